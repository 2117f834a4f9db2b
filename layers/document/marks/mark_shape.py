"""The shape of a mark, such as a circle or an arrow, beside its geometry: one Struct a kind, kept as JSON in
`Site.shape_json`.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.document.json_fields import finite_numbers, json_object
from layers.document.marks.measurement import QUANTITIES, Measurement, measurement_in, remeasured
from layers.document.marks.shadow_mark import ShadowMark, remeasured_shadow
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.antimeridian import split_geometry
from layers.geo.longitudes import Place, shift_near, unwrap_longitudes
from layers.geo.measure import (
    HALF_ROUND_M,
    azimuth_deg,
    circle,
    destination,
    distance_m,
    geometry_area_m2,
    geometry_length_m,
)
from layers.phrase import Phrase

HEADS = ("end", "start", "both")
"""Ends of an arrow's line that have a head."""
ANCHORS = ("centre", *["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"])
"""Sides of a place on which a text stands, as on a map with north up."""
SIZES_PX = (6.0, 96.0)
"""Smallest and largest height of a mark's text, in logical pixels."""
TEXT_SIZE_PX = 15.0
MOST_CHARS = 2000
MOST_RINGS = 40
MOST_NUMBER = 99_999
CIRCLE_POINTS = 96
SIDE_POINTS = 24
SMALLEST_M = 1e-3
LARGEST_AREA_M = HALF_ROUND_M * 0.49
"""Largest radius, and largest half of a rectangle's diagonal, in metres: the inside of one as large as a hemisphere
would be its outside.
"""
_LONGEST_JSON = 20_000
_MOST_LON = 540.0
_SAME_SHARE = 1e-6
"""Share of a shape's size by which its places may differ from those that other code computes, years later."""
_SAME_DEG = 2e-9
# What a refusal is about, made once: a case checks these for thousands of marks.
_WIDTH = Phrase("width of a rectangle in metres")
_HEIGHT = Phrase("height of a rectangle in metres")
_HALF_DIAGONAL = Phrase("half diagonal in metres")
_ROTATION = Phrase("rotation in degrees")
_A_RECTANGLE = Phrase("A rectangle")
_RADIUS = Phrase("radius of a circle in metres")
_A_CIRCLE = Phrase("A circle")
_RADIUS_OF_RING = Phrase("radius of a range ring in metres")
_A_RANGE_RING = Phrase("A range ring")
_SMOOTHING = Phrase("smoothing in metres")
_A_LINE = Phrase("A freehand line")
_HEAD = Phrase("head of an arrow")
_SIDE_OF_A_TEXT = Phrase("side of a text")
_SIZE_OF_A_TEXT = Phrase("size of a text in pixels")
_A_TEXT = Phrase("A text")
_A_CALLOUT = Phrase("A callout")
_NUMBER = Phrase("number of a marker")
_THE_SHAPE = Phrase("The shape")
_A_PLACE = Phrase("A place")
_LONGITUDE = Phrase("longitude")
_LATITUDE = Phrase("latitude")


class _AreaShape(Struct, frozen=True):
    """A shape that encloses an area."""

    def geometry(self) -> BaseGeometry:
        """Its outline."""
        raise NotImplementedError

    @property
    def area_m2(self) -> float:
        return geometry_area_m2(self.geometry())

    @property
    def perimeter_m(self) -> float:
        return geometry_length_m(self.geometry())


class Rectangle(_AreaShape, frozen=True):
    """`rotation_deg` is the direction of the side that `height_m` measures, clockwise from true north."""

    centre: Place
    width_m: float
    height_m: float
    rotation_deg: float = 0.0

    kind: ClassVar[str] = "rectangle"

    def __post_init__(self) -> None:
        _check_place(self.centre)
        _check_range(self.width_m, SMALLEST_M, 2 * LARGEST_AREA_M, _WIDTH)
        _check_range(self.height_m, SMALLEST_M, 2 * LARGEST_AREA_M, _HEIGHT)
        _check_range(math.hypot(self.width_m, self.height_m) / 2, 0.0, LARGEST_AREA_M, _HALF_DIAGONAL)
        _check_range(self.rotation_deg, 0.0, 360.0, _ROTATION)

    @property
    def corners(self) -> tuple[Place, Place, Place, Place]:
        """Clockwise as seen with its height up: top left, top right, bottom right, bottom left."""
        right, up = self.width_m / 2, self.height_m / 2
        at = [self._offset(x, y) for x, y in ((-right, up), (right, up), (right, -up), (-right, -up))]
        return at[0], at[1], at[2], at[3]

    def geometry(self) -> BaseGeometry:
        """The polygon of its corners; of one round a pole the polygon that reaches the pole.

        Close to a pole sides that are straight in degrees may cross each other: there they have points between.
        """
        polygon = _area(np.array(self.corners[::-1]))
        if polygon.is_valid:
            return polygon
        right, up = self.width_m / 2, self.height_m / 2
        ends = np.array(((-right, -up), (right, -up), (right, up), (-right, up), (-right, -up)))
        at = np.arange(4 * SIDE_POINTS) / SIDE_POINTS
        offsets = [np.interp(at, np.arange(5), ends[:, axis]).tolist() for axis in (0, 1)]
        return _sound(_area(np.array([self._offset(x, y) for x, y in zip(*offsets, strict=True)])))

    def fields(self) -> dict[str, Any]:
        return {
            "centre": list(self.centre),
            "width_m": self.width_m,
            "height_m": self.height_m,
            "rotation_deg": self.rotation_deg,
        }

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Rectangle:
        width_m, height_m, rotation_deg = finite_numbers(data, ("width_m", "height_m", "rotation_deg"), _A_RECTANGLE)
        return cls(_place(data.get("centre")), width_m, height_m, rotation_deg)

    def _offset(self, right_m: float, up_m: float) -> Place:
        turn = math.degrees(math.atan2(right_m, up_m))
        return destination(*self.centre, self.rotation_deg + turn, math.hypot(right_m, up_m))


class Circle(_AreaShape, frozen=True):
    centre: Place
    radius_m: float

    kind: ClassVar[str] = "circle"

    def __post_init__(self) -> None:
        _check_place(self.centre)
        _check_range(self.radius_m, SMALLEST_M, LARGEST_AREA_M, _RADIUS)

    def geometry(self) -> BaseGeometry:
        """The geodesic circle as a polygon; of one round a pole the polygon that reaches the pole."""
        return _area(_ring(self.centre, self.radius_m)[::-1])

    def fields(self) -> dict[str, Any]:
        return {"centre": list(self.centre), "radius_m": self.radius_m}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Circle:
        return cls(_place(data.get("centre")), *finite_numbers(data, ("radius_m",), _A_CIRCLE))


class RangeRing(Struct, frozen=True):
    """Circles round one centre, `radii_m` from the smallest to the largest: how far something reaches."""

    centre: Place
    radii_m: tuple[float, ...]

    kind: ClassVar[str] = "range_ring"

    def __post_init__(self) -> None:
        _check_place(self.centre)
        if not 1 <= len(self.radii_m) <= MOST_RINGS:
            raise InvalidValue("A range ring has from 1 to {most_rings} radii.", most_rings=MOST_RINGS)
        for radius_m in self.radii_m:
            _check_range(radius_m, SMALLEST_M, HALF_ROUND_M, _RADIUS_OF_RING)
        if any(b <= a for a, b in zip(self.radii_m, self.radii_m[1:], strict=False)):
            raise InvalidValue("The radii of a range ring go from the smallest to the largest.")

    def geometry(self) -> BaseGeometry:
        """The geodesic circles as closed lines: rings in rings would be no valid polygon, and hide each other."""
        rings = [_closed_line(_ring(self.centre, radius_m)) for radius_m in self.radii_m]
        return rings[0] if len(rings) == 1 else shapely.MultiLineString(rings)

    def fields(self) -> dict[str, Any]:
        return {"centre": list(self.centre), "radii_m": list(self.radii_m)}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> RangeRing:
        radii = data.get("radii_m")
        if not isinstance(radii, list) or len(radii) > MOST_RINGS:
            raise InvalidValue("A range ring has from 1 to {most_rings} radii.", most_rings=MOST_RINGS)
        numbered = {str(at): radius for at, radius in enumerate(radii)}
        return cls(_place(data.get("centre")), tuple(finite_numbers(numbered, numbered, _A_RANGE_RING)))


class Freehand(Struct, frozen=True):
    """A line drawn by hand: the row's own, already smoothed, within `smoothing_m` of where the hand went."""

    smoothing_m: float = 0.0

    kind: ClassVar[str] = "freehand"

    def __post_init__(self) -> None:
        _check_range(self.smoothing_m, 0.0, HALF_ROUND_M, _SMOOTHING)

    def fields(self) -> dict[str, Any]:
        return {"smoothing_m": self.smoothing_m}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Freehand:
        return cls(*finite_numbers(data, ("smoothing_m",), _A_LINE))


class Arrow(Struct, frozen=True):
    """Heads at ends of the row's own line, as `HEADS` names them."""

    head: str = "end"

    kind: ClassVar[str] = "arrow"

    def __post_init__(self) -> None:
        _check_word(self.head, HEADS, _HEAD)

    def fields(self) -> dict[str, Any]:
        return {"head": self.head}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Arrow:
        return cls(_text(data.get("head")))


class TextMark(Struct, frozen=True):
    """Words on the map at the row's own point, on the side of it that `anchor` names. Lines end with a newline."""

    text: str
    anchor: str = "centre"
    size_px: float = TEXT_SIZE_PX

    kind: ClassVar[str] = "text"

    def __post_init__(self) -> None:
        _check_text(self.text)
        _check_word(self.anchor, ANCHORS, _SIDE_OF_A_TEXT)
        _check_range(self.size_px, *SIZES_PX, _SIZE_OF_A_TEXT)

    def fields(self) -> dict[str, Any]:
        return {"text": self.text, "anchor": self.anchor, "size_px": self.size_px}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> TextMark:
        return cls(_text(data.get("text")), _text(data.get("anchor")), *finite_numbers(data, ("size_px",), _A_TEXT))


class Callout(Struct, frozen=True):
    """Words in a box whose middle is at `leader`, with a line from there to the row's own point."""

    text: str
    leader: Place
    size_px: float = TEXT_SIZE_PX

    kind: ClassVar[str] = "callout"

    def __post_init__(self) -> None:
        _check_text(self.text)
        _check_place(self.leader)
        _check_range(self.size_px, *SIZES_PX, _SIZE_OF_A_TEXT)

    def fields(self) -> dict[str, Any]:
        return {"text": self.text, "leader": list(self.leader), "size_px": self.size_px}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Callout:
        size_px = finite_numbers(data, ("size_px",), _A_CALLOUT)[0]
        return cls(_text(data.get("text")), _place(data.get("leader")), size_px)


class Numbered(Struct, frozen=True):
    """A number in a disc at the row's own point. Numbers follow their order until they are locked, then stay."""

    number: int
    locked: bool = False

    kind: ClassVar[str] = "numbered_marker"

    def __post_init__(self) -> None:
        _check_range(self.number, 1, MOST_NUMBER, _NUMBER)

    def fields(self) -> dict[str, Any]:
        return {"number": self.number, "locked": self.locked}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Numbered:
        number, locked = data.get("number"), data.get("locked")
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(locked, bool):
            raise InvalidValue("A numbered marker has a whole number, and is locked or not.")
        return cls(number, locked)


class CountTick(Struct, frozen=True):
    """A tick with its number in a count, at the row's own point. The row names the counted site and the image.

    `observer` is who counted, and `target` what; the counts of two observers or targets on one image stand apart.
    `made_uuid`: the observation that was made with this tick; empty where there was one, or none is known.
    """

    number: int
    observer: str = ""
    target: str = ""
    made_uuid: str = ""

    kind: ClassVar[str] = "count_tick"

    def __post_init__(self) -> None:
        _check_range(self.number, 1, MOST_NUMBER, _NUMBER)

    def fields(self) -> dict[str, Any]:
        more = {"target": self.target, "made_uuid": self.made_uuid}
        stated = {name: value for name, value in more.items() if value}
        return {"number": self.number, "observer": self.observer, **stated}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> CountTick:
        number, observer, target = data.get("number"), data.get("observer"), data.get("target", "")
        made_uuid = data.get("made_uuid", "")
        if not (isinstance(observer, str) and isinstance(target, str) and isinstance(made_uuid, str)) or (
            not isinstance(number, int) or isinstance(number, bool)
        ):
            raise InvalidValue("A tick of a count has a whole number and an observer.")
        return cls(number, observer, target, made_uuid)


type MarkShape = (
    Rectangle
    | Circle
    | RangeRing
    | Freehand
    | Arrow
    | TextMark
    | Callout
    | Numbered
    | CountTick
    | Measurement
    | ShadowMark
)

_KINDS: tuple[type[Any], ...] = (
    Rectangle,
    Circle,
    RangeRing,
    Freehand,
    Arrow,
    TextMark,
    Callout,
    Numbered,
    CountTick,
    Measurement,
    ShadowMark,
)
_BY_KIND: dict[str, type[Any]] = {shape.kind: shape for shape in _KINDS}
_GEOMETRY_KINDS = {
    **dict.fromkeys(("freehand", "arrow", "shadow_height"), "line"),
    **dict.fromkeys(("text", "callout", "numbered_marker", "count_tick"), "point"),
}
_NO_SITES = frozenset({"arrow", "text", "callout", "freehand", "numbered_marker", "count_tick", "range_ring"})


def as_json(shape: MarkShape) -> str:
    """The text for `Site.shape_json`."""
    return json.dumps({"kind": shape.kind, **shape.fields()}, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=8192)
def shape_of(text: str) -> MarkShape | None:
    """The shape in a row's `shape_json`; None for empty text and for anything else."""
    if not text or len(text) > _LONGEST_JSON:
        return None
    try:
        data = json_object(text, _THE_SHAPE)
        kind = data.get("kind")
        made = _BY_KIND.get(kind) if isinstance(kind, str) else None
        shape: MarkShape | None = None if made is None else made.from_fields(data)
    except InvalidValue:
        return None
    return shape


def shape_of_site(site: Site) -> MarkShape | None:
    """The shape of a row, unless its geometry was changed elsewhere and is no longer the shape's."""
    shape = shape_of(site.shape_json)
    return shape if shape is not None and is_geometry_of(shape, site.geometry) else None


def is_geometry_of(shape: MarkShape, geometry: BaseGeometry) -> bool:
    """True where a row with this geometry may have this shape."""
    if geometry.is_empty:
        return False
    if isinstance(shape, Measurement):
        return shape.is_of(geometry)
    if not isinstance(shape, Rectangle | Circle | RangeRing):
        wanted = {"point": "Point", "line": "LineString"}[_GEOMETRY_KINDS[shape.kind]]
        return bool(geometry.geom_type == wanted)
    return _is_same(geometry, shape.geometry())


def words_of(site: Site, shape: TextMark | Callout) -> str:
    """Text that a mark shows: its own, with its lines, while the row's label is the same; else the label, which any
    program can change.
    """
    return shape.text if shape.text.split() == site.label.split() else site.label


def measurement_of(site: Site) -> Measurement | None:
    """Measure a row; None for marks that are no measurements, shadows too, and for those that cannot be measured."""
    shape = shape_of(site.shape_json)
    if site.mark_kind != Measurement.kind or isinstance(shape, ShadowMark):
        return None
    return measurement_in(site, shape)


def wanted_places(site: Site) -> int | None:
    """The exact number of vertices that a mark has for its measurement; None for any number."""
    shape = shape_of(site.shape_json) if site.mark_kind == Measurement.kind else None
    is_measured = isinstance(shape, Measurement) and shape.is_of(site.geometry)
    return QUANTITIES[shape.quantity].places if is_measured and isinstance(shape, Measurement) else None


def measured_fields(before: Site, after: Site) -> dict[str, Any]:
    """The columns to update after a change of a row that is, or was, a measurement."""
    old, new = shape_of(before.shape_json), shape_of(after.shape_json)
    if isinstance(new, ShadowMark):
        fields = remeasured_shadow(before, after, old, new)
    elif Measurement.kind in (before.mark_kind, after.mark_kind):
        fields = remeasured(before, after, old, new)
    else:
        return {}
    shape = fields.pop("shape", None)
    # What is no shape that we know is kept as it stands.
    return fields if shape is None or (new is None and after.shape_json) else {**fields, "shape_json": as_json(shape)}


def is_annotation(shape: MarkShape | None) -> bool:
    """True for shapes that say something on the map and mark no site: they begin as annotations."""
    return shape is not None and shape.kind in _NO_SITES


def rectangle_between(a: Place, b: Place, rotation_deg: float = 0.0) -> Rectangle | None:
    """The rectangle with opposite corners at `a` and `b`, turned by so much; None where they span none."""
    centre = _middle(a, b)
    towards, half = azimuth_deg(*centre, *b), distance_m(*a, *b) / 2
    turn = math.radians(towards - rotation_deg)
    return _rectangle(centre, abs(2 * half * math.sin(turn)), abs(2 * half * math.cos(turn)), rotation_deg)


def rectangle_on_side(a: Place, b: Place, third: Place) -> Rectangle | None:
    """The rectangle with one side from `a` to `b` and the opposite one through `third`; None where they span none."""
    middle = _middle(a, b)
    along = azimuth_deg(*middle, *b)
    towards, far = azimuth_deg(*middle, *third), distance_m(*middle, *third)
    across = far * math.sin(math.radians(towards - along))
    out = (along + math.copysign(90.0, across)) % 360.0
    if abs(across) < SMALLEST_M:
        return None
    centre = destination(*middle, out, abs(across) / 2)
    rotation = (azimuth_deg(*centre, *middle) + 180.0) % 360.0
    return _rectangle(centre, distance_m(*a, *b), abs(across), rotation)


def _rectangle(centre: Place, width_m: float, height_m: float, rotation_deg: float) -> Rectangle | None:
    try:
        return Rectangle(centre, width_m, height_m, rotation_deg % 360.0)
    except InvalidValue:
        return None


def _middle(a: Place, b: Place) -> Place:
    half = distance_m(*a, *b) / 2
    return destination(*a, azimuth_deg(*a, *b), half) if half else a


def _ring(centre: Place, radius_m: float) -> NDArray[np.float64]:
    return np.column_stack(circle(*centre, radius_m, CIRCLE_POINTS))


def _closed_line(ring: NDArray[np.float64]) -> BaseGeometry:
    lon, lat = ring[0]
    return shapely.LineString(np.vstack([ring, [(shift_near(float(lon), float(ring[-1, 0])), lat)]]))


def _area(ring: NDArray[np.float64]) -> BaseGeometry:
    """A polygon in running longitudes; cut at the antimeridian only where it goes round a pole."""
    ring[:, 0] = unwrap_longitudes(ring[:, 0])
    polygon = shapely.Polygon(ring)
    round_again = shift_near(float(ring[0, 0]), float(ring[-1, 0]))
    return split_geometry(polygon) if abs(round_again - ring[0, 0]) >= 180.0 else polygon


def _sound(area: BaseGeometry) -> BaseGeometry:
    """The area itself, or the polygons of one whose outline touches itself."""
    if area.is_valid:
        return area
    parts = [part for part in shapely.get_parts(shapely.make_valid(area)) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _is_same(geometry: BaseGeometry, other: BaseGeometry) -> bool:
    """The same kind and the same places, whichever turn of longitude they are in and wherever a ring begins."""
    if shapely.get_dimensions(geometry) != shapely.get_dimensions(other):
        return False
    if shapely.get_num_geometries(geometry) != shapely.get_num_geometries(other):
        return False
    a, b = shapely.get_coordinates(geometry), shapely.get_coordinates(other)
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    within = _SAME_DEG + _SAME_SHARE * float(np.ptp(b[:, 1]))
    if _is_near(a, b, within):
        return True
    # Other programs turn rings round, or let them begin elsewhere.
    a, b = shapely.get_coordinates(shapely.normalize(geometry)), shapely.get_coordinates(shapely.normalize(other))
    return _is_near(a, b, within)


def _is_near(a: NDArray[np.float64], b: NDArray[np.float64], within: float) -> bool:
    lon = a[:, 0] - b[:, 0]
    turned = np.abs(lon - 360.0 * np.round(lon / 360.0)) * np.cos(np.radians(np.clip(b[:, 1], -90.0, 90.0)))
    return bool((turned <= within).all() and (np.abs(a[:, 1] - b[:, 1]) <= within).all())


def _place(value: Any) -> Place:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidValue("A place is a longitude and a latitude.")
    lon, lat = finite_numbers({"lon": value[0], "lat": value[1]}, ("lon", "lat"), _A_PLACE)
    return lon, lat


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("A text is missing.")
    return value


def _check_place(place: Place) -> None:
    lon, lat = place
    _check_range(lon, -_MOST_LON, _MOST_LON, _LONGITUDE)
    _check_range(lat, -90.0, 90.0, _LATITUDE)


def _check_range(value: float, least: float, most: float, what: Phrase) -> None:
    if not least <= value <= most:  # also false for nan
        raise InvalidValue("The {what} lies from {least} to {most}.", what=what, least=f"{least:g}", most=f"{most:g}")


def _check_word(word: str, words: tuple[str, ...], what: Phrase) -> None:
    if word not in words:
        raise InvalidValue("The {what} is one of {words}.", what=what, words=", ".join(words))


def _check_text(text: str) -> None:
    if len(text) > MOST_CHARS:
        raise InvalidValue("The text of a mark has at most {most_chars} characters.", most_chars=MOST_CHARS)
