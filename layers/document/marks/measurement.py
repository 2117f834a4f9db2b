"""A measurement: the quantity that is measured on a mark's own geometry, its result, and the error of the picks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.document.json_fields import finite_numbers
from layers.document.mark_position import pick_of
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.cross_track import cross_track
from layers.geo.longitudes import Place, shift_near
from layers.geo.measure import (
    GEOD,
    azimuth_deg,
    circle,
    destination,
    distance_m,
    geometry_area_m2,
    geometry_length_m,
)
from layers.geo.on_earth import why_off_earth
from layers.phrase import Phrase
from layers.text.measured_values import ANGLE, AREA, FACTORS, LENGTH, value_text

_WHAT = Phrase("A measurement")


type MeasuredLines = list[NDArray[np.float64]]

MEASUREMENT = "measurement"
"""The kind of mark, and of its shape."""


class Quantity(NamedTuple):
    """`places` is how many vertices its geometry has; None for any number."""

    dimension: str
    geometry: str
    places: int | None = None


QUANTITIES: Mapping[str, Quantity] = {
    "length": Quantity(LENGTH, "line"),
    "area": Quantity(AREA, "polygon"),
    "perimeter": Quantity(LENGTH, "polygon"),
    "bearing": Quantity(ANGLE, "line", 2),
    "radius": Quantity(LENGTH, "line", 2),
    "angle": Quantity(ANGLE, "line", 3),
    "cross-track": Quantity(LENGTH, "line", 3),
}
"""A radius goes from the centre to a place on the circle. An angle is that at the middle of three places. A cross-track
distance is that of the third place from the line through the first two.
"""
MOST_PLACES = 10_000
"""Most vertices of a geometry that is measured while one waits."""
SMALLEST_LEG_M = 1e-3
"""Length in metres below which a leg has no direction."""
_MEASURABLE = ("rectangle", "circle", "freehand", "arrow")
"""Shapes that may be measured as lines and areas are."""
_MOST_PICK_M = 1e7
_MOST_VALUE = 1e16
_CIRCLE_POINTS = 96
_ARC_STEP_DEG = 3.0
_BEARING_ARC, _ANGLE_ARC = 0.3, 0.4
"""Shares of the legs at which the arc of an angle stands."""


class Measurement(Struct, frozen=True):
    """The shape of a mark that measures. `pick_m`: the precision of its places on the screen."""

    quantity: str
    unit: str = ""
    """Unit in which it is shown; empty for the one that is easiest to read."""
    pick_m: float | None = None
    result: float | None = None
    error: float | None = None

    kind: ClassVar[str] = MEASUREMENT

    def __post_init__(self) -> None:
        if self.quantity not in QUANTITIES:
            raise InvalidValue("What is measured is one of {quantities}.", quantities=", ".join(QUANTITIES))
        if self.unit and self.unit not in FACTORS[self.dimension]:
            raise InvalidValue("The unit is one of {factors}.", factors=", ".join(FACTORS[self.dimension]))
        if self.pick_m is not None and not 0 < self.pick_m <= _MOST_PICK_M:
            raise InvalidValue("The pick's size in metres is a positive length.")
        for value in (self.result, self.error):
            if value is not None and not -_MOST_VALUE <= value <= _MOST_VALUE:
                raise InvalidValue("The result of a measurement is a finite number.")

    @property
    def dimension(self) -> str:
        return QUANTITIES[self.quantity].dimension

    def fields(self) -> dict[str, Any]:
        values = {"unit": self.unit or None, "pick_m": self.pick_m, "result": self.result, "error": self.error}
        wording = {} if self.result is None else {"says": self.text}
        return {
            "quantity": self.quantity,
            **{key: value for key, value in values.items() if value is not None},
            **wording,
        }

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> Measurement:
        quantity, unit = data.get("quantity"), data.get("unit", "")
        if not isinstance(quantity, str) or not isinstance(unit, str):
            raise InvalidValue("A measurement names what is measured, and its unit.")
        numbers = {key: data[key] for key in ("pick_m", "result", "error") if key in data}
        return cls(quantity, unit, **dict(zip(numbers, finite_numbers(data, numbers, _WHAT), strict=True)))

    @property
    def text(self) -> str:
        """The result as it was computed last."""
        return "" if self.result is None else value_text(self.dimension, self.result, self.error, self.unit)

    def is_of(self, geometry: BaseGeometry) -> bool:
        """True where this quantity can be measured on such a geometry."""
        wanted = QUANTITIES[self.quantity]
        if geometry.is_empty or wanted.geometry != _kind(geometry):
            return False
        if int(shapely.get_num_coordinates(geometry)) > MOST_PLACES or why_off_earth(geometry):
            return False
        if wanted.places is None:
            return True  # however small it is
        if geometry.geom_type != "LineString":
            return False
        places = places_of(geometry)
        return len(places) == wanted.places and all(map(_is_leg, places, places[1:]))

    def of(self, geometry: BaseGeometry, pick_m: float | None = None) -> Measurement:
        """Measure the mark again. `pick_m`: that of the image, where it is known, before that of the screen."""
        value, error = measured(self.quantity, geometry, pick_m or self.pick_m)
        return replace(self, result=round(value, 6), error=None if error is None else round(error, 6))


class MeasuredValue(NamedTuple):
    """A result and its error, None where that is not known."""

    value: float
    error: float | None


def default_quantity(geometry: BaseGeometry) -> str:
    """The quantity of a line or an area for which none is stated; empty for points."""
    return {"line": "length", "polygon": "area"}.get(_kind(geometry), "")


def measured(quantity: str, geometry: BaseGeometry, pick_m: float | None = None) -> MeasuredValue:
    """The geodesic result. Of its geometry `Measurement.is_of` must be true.

    The error is that of places each known to within `pick_m` in any direction, independent of each other.
    """
    spread = _spread(quantity, geometry) if pick_m is not None else 0.0
    error = None if pick_m is None else pick_m * spread
    if error is not None:
        error = min(math.degrees(error), 180.0) if quantity in ("bearing", "angle") else min(error, _MOST_VALUE)
    return MeasuredValue(_VALUES[quantity](geometry), error)


def places_of(geometry: BaseGeometry) -> list[Place]:
    return [(lon, lat) for lon, lat in shapely.get_coordinates(geometry).tolist()]


def angle_between(a: Place, corner: Place, b: Place) -> float:
    """The angle at the corner between the geodesics to two places, 0..180 degrees."""
    turn = (azimuth_deg(*corner, *b) - azimuth_deg(*corner, *a)) % 360.0
    return min(turn, 360.0 - turn)


def _bearing(geometry: BaseGeometry) -> float:
    a, b = places_of(geometry)
    return azimuth_deg(*a, *b)


def _angle(geometry: BaseGeometry) -> float:
    a, corner, b = places_of(geometry)
    return angle_between(a, corner, b)


def _cross_track(geometry: BaseGeometry) -> float:
    return abs(cross_track(*places_of(geometry)).offset_m)


_VALUES: Mapping[str, Any] = {
    "length": geometry_length_m,
    "area": geometry_area_m2,
    "perimeter": geometry_length_m,
    "bearing": _bearing,
    "radius": geometry_length_m,
    "angle": _angle,
    "cross-track": _cross_track,
}


# -- errors -------------------------------------------------------------------------------------------------------


def _spread(quantity: str, geometry: BaseGeometry) -> float:
    """The error of the result per metre of the pick."""
    if quantity in ("length", "perimeter", "radius"):
        return math.sqrt(math.fsum(_turns(line) for line in _lines(geometry)))
    if quantity == "area":
        return 0.5 * math.sqrt(math.fsum(_chords(ring) for ring in _lines(geometry)))
    if quantity == "bearing":
        return math.sqrt(2.0) / geometry_length_m(geometry)
    if quantity == "angle":
        a, corner, b = places_of(geometry)
        to_a, to_b = distance_m(*corner, *a), distance_m(*corner, *b)
        both = math.cos(math.radians(angle_between(a, corner, b))) / (to_a * to_b)
        return math.sqrt(max(2 / to_a**2 + 2 / to_b**2 - 2 * both, 0.0))
    a, b, place = places_of(geometry)
    share = cross_track(a, b, place).along_m / distance_m(*a, *b)
    return math.sqrt(1 + (1 - share) ** 2 + share**2)


def _turns(line: NDArray[np.float64]) -> float:
    """The sum of squares of how much a line grows with each of its places: all of it at an end, none where straight."""
    ahead, back, far = _legs(line)
    kept = far > 0
    ahead, back = ahead[kept], back[kept]
    if not len(ahead):
        return 2.0
    is_ring = bool(np.array_equal(line[0], line[-1])) and len(ahead) > 1
    before, after = back + 180.0, np.roll(ahead, -1)
    turns = 2.0 - 2.0 * np.cos(np.radians(after - before))
    return float(turns.sum()) if is_ring else float(turns[:-1].sum()) + 2.0


def _chords(ring: NDArray[np.float64]) -> float:
    """The sum of squares of the distances between the neighbours of each place."""
    places = ring[:-1]
    before, after = np.roll(places, 1, axis=0), np.roll(places, -1, axis=0)
    far = np.asarray(GEOD.inv(before[:, 0], before[:, 1], after[:, 0], after[:, 1])[2], np.float64)
    return float((far**2).sum())


def _legs(line: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    ahead, back, far = GEOD.inv(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])
    return np.asarray(ahead), np.asarray(back), np.asarray(far)


# -- rows ---------------------------------------------------------------------------------------------------------


def measurement_in(site: Site, shape: Any) -> Measurement | None:
    """Measure a row; None for a mark of another kind, and for one that cannot be measured.

    `shape` is the one in its `shape_json`; where that is no measurement, lines have a length and areas an area.
    """
    measurement = intended(site, shape)
    return None if measurement is None else measurement.of(site.geometry, image_pick_m(site))


def intended(site: Site, shape: Any) -> Measurement | None:
    """The measurement of a row before it is measured: its result is the one in the row."""
    if site.mark_kind != MEASUREMENT:
        return None
    if shape is not None and shape.kind not in (MEASUREMENT, *_MEASURABLE):
        return None
    if not isinstance(shape, Measurement) or not shape.is_of(site.geometry):
        quantity = default_quantity(site.geometry)
        shape = Measurement(quantity) if quantity else None
        if shape is None or not shape.is_of(site.geometry):
            return None
    return shape


def image_pick_m(site: Site) -> float | None:
    """The error of each place picked on a mark's image; None where no image is known."""
    pick = pick_of(site)
    return None if pick is None else pick.error_m


def name_of(label: str, *measurements: Measurement | None) -> str:
    """The name that the analyst gave a measurement; empty where its label is the result, present or past."""
    label = " ".join(label.split())
    return (
        ""
        if label in {text for measurement in measurements if measurement is not None for text in _results(measurement)}
        else label
    )


def words_on_map(name: str, measurement: Measurement) -> str:
    """The name, where there is one, and the present result; a label may hold an old one."""
    return f"{name}: {measurement.text}" if name else measurement.text


def remeasured(before: Site, after: Site, old: Any, new: Any) -> dict[str, Any]:
    """The fields to update after a change of a measurement's row: `shape`, and `label` where that is a result.

    `old` and `new` are the shapes that the rows hold. Empty where the row is no measurement.
    """
    if after.mark_kind != MEASUREMENT:
        label = after.label if name_of(after.label, measurement_in(before, old), _as(old)) else ""
        return {} if label == after.label else {"label": label}
    measurement = measurement_in(after, new)
    if measurement is None:
        return {}
    is_named = bool(name_of(after.label, measurement, _as(old), _as(new)))
    label = after.label if is_named else measurement.text
    fields: dict[str, Any] = {} if label == after.label else {"label": label}
    # A circle or a rectangle that is measured stays what it is.
    return {**fields, "shape": measurement} if new is None or isinstance(new, Measurement) else fields


def _as(shape: Any) -> Measurement | None:
    return shape if isinstance(shape, Measurement) else None


def _results(measurement: Measurement) -> tuple[str, ...]:
    """The words for its result, with its error and, as versions before had it, without."""
    if measurement.result is None:
        return ("",)
    return "", measurement.text, value_text(measurement.dimension, measurement.result)


# -- drawing ------------------------------------------------------------------------------------------------------


class Dimension(NamedTuple):
    """A measurement as lines in longitude and latitude. `said` is the line along which its words are set; empty for all
    of `lines`. `ticks` are ends, each with the neighbouring place of its line.
    """

    lines: MeasuredLines
    said: NDArray[np.float64]
    ticks: list[tuple[Place, Place]]


def dimension_of(measurement: Measurement, geometry: BaseGeometry) -> Dimension:
    """The lines that a measurement is drawn with; the rings of what has an area."""
    nothing = np.zeros((0, 2))
    lines = _lines(geometry)
    if QUANTITIES[measurement.quantity].geometry == "polygon":
        return Dimension(lines, nothing, [])
    if measurement.quantity == "length":
        return Dimension(lines, nothing, [tick for line in lines for tick in _ticks(line)])
    places = places_of(geometry)
    if measurement.quantity == "radius":
        lons, lats = circle(*places[0], distance_m(*places[0], *places[1]), _CIRCLE_POINTS)
        ring = np.column_stack([lons, lats])
        closed = np.vstack([ring, [(shift_near(float(ring[0, 0]), float(ring[-1, 0])), ring[0, 1])]])
        return Dimension([*lines, closed], lines[0], _ticks(lines[0]))
    if measurement.quantity == "bearing":
        far, azimuth = distance_m(*places[0], *places[1]), azimuth_deg(*places[0], *places[1])
        north = np.array([places[0], destination(*places[0], 0.0, far * _BEARING_ARC * 1.25)])
        arc = _arc(places[0], 0.0, azimuth, far * _BEARING_ARC)
        outside = np.array([destination(*places[0], azimuth, far * _BEARING_ARC * 1.1), places[1]])
        return Dimension([*lines, north, arc], outside, _ticks(lines[0])[:1])
    if measurement.quantity == "angle":
        a, corner, b = places
        radius = min(distance_m(*corner, *a), distance_m(*corner, *b)) * _ANGLE_ARC
        first, turn = azimuth_deg(*corner, *a), azimuth_deg(*corner, *b) - azimuth_deg(*corner, *a)
        arc = _arc(corner, first, (turn + 180.0) % 360.0 - 180.0, radius)
        return Dimension([*lines, arc], arc, [])
    return _cross_track_lines(*places)


def _cross_track_lines(a: Place, b: Place, place: Place) -> Dimension:
    track = cross_track(a, b, place)
    foot = shift_near(track.foot[0], place[0]), track.foot[1]
    offset = np.array([foot, place])
    lines = [np.array([a, b]), offset]
    whole = distance_m(*a, *b)
    if not 0.0 <= track.along_m <= whole:
        lines.append(np.array([b if track.along_m > whole else a, track.foot]))
    return Dimension(lines, offset, _ticks(offset) if _is_leg(foot, place) else [])


def _arc(centre: Place, azimuth: float, turn: float, radius_m: float) -> NDArray[np.float64]:
    """The arc of a circle from an azimuth by so many degrees, clockwise where they are positive."""
    count = max(2, math.ceil(abs(turn) / _ARC_STEP_DEG) + 1)
    return np.array([destination(*centre, azimuth + turn * at / (count - 1), radius_m) for at in range(count)])


def _ticks(line: NDArray[np.float64]) -> list[tuple[Place, Place]]:
    """Both ends of a line, each with the place next to it."""
    places = [(lon, lat) for at, (lon, lat) in enumerate(line.tolist()) if not at or (lon, lat) != tuple(line[at - 1])]
    return [(places[0], places[1]), (places[-1], places[-2])] if len(places) > 1 else []


def _lines(geometry: BaseGeometry) -> MeasuredLines:
    """The lines and the rings of a geometry, as places (n, 2)."""
    parts = shapely.get_parts(geometry)
    rings = shapely.get_rings(parts) if _kind(geometry) == "polygon" else parts
    return [shapely.get_coordinates(ring) for ring in rings]


def _is_leg(a: Place, b: Place) -> bool:
    return distance_m(*a, *b) >= SMALLEST_LEG_M


def _kind(geometry: BaseGeometry) -> str:
    return "polygon" if "Polygon" in geometry.geom_type else "line" if "Line" in geometry.geom_type else "point"
