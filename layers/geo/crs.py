"""Coordinate reference systems as text, and conversions between them. Always x, y; never the network.

A CRS is passed around as *text*: an authority code ("EPSG:32652"), WKT or PROJJSON. Everything costly is cached by that
text, and pyproj's transformers a thread at a time, for they may not be shared.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs_judge import fault_of_crs, text_for_proj
from layers.geo.lon_extent import narrowest
from layers.geo.longitudes import normalise_lon
from layers.geo.proj import pyproj
from layers.phrase import Phrase

WGS84 = "EPSG:4326"
WEB_MERCATOR = "EPSG:3857"
PIXEL_SPACE = "pixels"
"""Name in place of a CRS where data without a CRS are shown.

For a picture x are its columns and y its rows upwards, the first row at y = 0; for features the numbers in their file.
Nothing can be converted from it to the Earth, nor from other CRSs that are off it (`is_off_earth`): points become nan,
bounds raise CannotBePlaced.
"""
PIXEL_WORLD_PX = 2**24
"""Largest side of the square that pixel space shows."""
_GRID_HALF_M = 2e7
"""Distance from its origin that a grid on no body reaches, in metres."""
EARTH_RADIUS_M = 6378137.0
MERCATOR_HALF_M = math.pi * EARTH_RADIUS_M
MERCATOR_MAX_LAT = 85.0511287798
_REMEMBERED = 1024
"""Most texts of CRSs that are remembered."""
_HALVINGS = 40
"""Number of halvings, from half a step of a grid over the whole Earth to a millimetre."""
_ABOUT_THE_POLE = 60.0
"""Least latitude, north or south, of an area about a pole."""

CHOSEN_REMARK = "Chosen by the extent of a map"
"""Remark in the WKT of a projection that was made for one map: it has no code, and looking for one takes 0.5 s."""

_CODE_OR_WKT = re.compile(r"\s*(?:[A-Za-z_]\w*:\w+\s*$|[A-Za-z_]+\s*\[)")

Points = tuple[NDArray[np.float64], NDArray[np.float64]]

# PROJ would otherwise follow the user's PROJ_NETWORK and fetch grids while a map is drawn.
pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]


def parse_crs(text: str) -> pyproj.CRS:
    """Return the CRS that `text` names; raises BadCRS, also for one that names files or is endlessly long.

    Texts that name none are remembered too: PROJ may search 0.3 s for one.
    """
    parsed = _parsed(text)
    if isinstance(parsed, str):
        raise BadCRS(parsed)
    return parsed


def remember_crs(texts: Iterable[str]) -> None:
    """Parse these CRSs now, as many as are remembered, for a thread that must not wait later."""
    for text in islice(dict.fromkeys(texts), _REMEMBERED):
        if text and text != PIXEL_SPACE:
            _parsed(text)


@lru_cache(maxsize=_REMEMBERED)
def _parsed(text: str) -> pyproj.CRS | str:
    """Return the CRS, or a sentence on why there is none."""
    short = " ".join(str(text)[:200].split())[:60]
    fault = fault_of_crs(text)
    if fault:
        return Phrase(
            '"{short}" names no CRS that is read, as it {fault}: choose one such as EPSG:4326 or EPSG:32652.',
            short=short,
            fault=fault,
        )
    unknown = Phrase('"{short}" names no CRS we know: choose one such as EPSG:4326 or EPSG:32652.', short=short)
    proj_text = text_for_proj(text)
    if not proj_text:
        return unknown
    try:
        return pyproj.CRS.from_user_input(proj_text)
    except (pyproj.exceptions.CRSError, ValueError):
        return unknown


def plain_crs(text: str) -> str:
    """The CRS as an authority's code or as WKT, which no library takes for the name of a file. Raises BadCRS."""
    crs = parse_crs(text)
    return text.strip() if _CODE_OR_WKT.match(text) else str(crs.to_wkt())


@lru_cache(maxsize=256)
def check_map_crs(text: str) -> None:
    """Raises BadCRS for a CRS that places nothing on a map: an unknown one, one of heights alone, or of the Earth's
    centre.

    A CRS off the Earth (`is_off_earth`) has a map of its own.
    """
    crs = _on_the_ground(parse_crs(text))
    if crs.is_vertical or crs.is_geocentric:
        kind = Phrase("tells heights only") if crs.is_vertical else Phrase("counts from the middle of the Earth")
        raise BadCRS(
            "{crs_name} {kind}: choose one such as EPSG:4326 or EPSG:32652.", crs_name=crs_name(text), kind=kind
        )


@lru_cache(maxsize=256)
def crs_name(text: str) -> str:
    """A CRS's name for people: "WGS 84 / UTM zone 52N (EPSG:32652)"; without a code the name alone. Raises BadCRS."""
    if text == PIXEL_SPACE:
        return "pixel space"
    crs = parse_crs(text)
    authority = crs.to_authority() if crs.remarks != CHOSEN_REMARK else None
    return f"{crs.name} ({':'.join(authority)})" if authority else crs.name


@lru_cache(maxsize=256)
def same_crs(a: str, b: str) -> bool:
    """True when both texts mean the same CRS, whatever their axis order. Raises BadCRS."""
    if PIXEL_SPACE in (a, b):
        return a == b
    return a == b or parse_crs(a).equals(parse_crs(b), ignore_axis_order=True)


@lru_cache(maxsize=256)
def is_geographic(text: str) -> bool:
    """True when x, y are longitude and latitude. Raises BadCRS."""
    return text != PIXEL_SPACE and parse_crs(text).is_geographic


@lru_cache(maxsize=256)
def is_off_earth(text: str) -> bool:
    """True for pixel space, and for a CRS without a way to WGS 84: of a building site, of the Moon. Raises BadCRS."""
    return text != WGS84 and not has_way(text, WGS84)


def off_earth_sentence(name: str, crs: str) -> str:
    """A sentence about data in a CRS that cannot be converted to maps of the Earth. Raises BadCRS."""
    if _is_of_earth(crs):
        return Phrase(
            "{name} is in {crs_name}, from which no way to other maps is known: it is shown by itself, without a "
            "map. Save it in another CRS to see it on one.",
            name=name,
            crs_name=crs_name(crs),
        )
    return Phrase(
        "{name} is in {crs_name}, which has no place on the Earth: it is shown by itself, without a map.",
        name=name,
        crs_name=crs_name(crs),
    )


def _is_of_earth(crs: str) -> bool:
    """True for a map of the Earth in a projection that PROJ does not know."""
    known = None if crs == PIXEL_SPACE else parse_crs(crs)
    base = known.geodetic_crs if known is not None and known.is_projected else None
    return base is not None and has_way(base.to_wkt(), WGS84)


def _on_the_ground(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the horizontal part of a CRS of places and heights; any other CRS as it is."""
    return crs.sub_crs_list[0] if crs.is_compound else crs


@lru_cache(maxsize=256)
def has_way(source: str, target: str) -> bool:
    """True where coordinates of one CRS can be converted to the other: both are of one body, or one grid. Raises
    BadCRS.
    """
    if PIXEL_SPACE in (source, target):
        return source == target
    source, target = (WGS84 if _kind(text) else text for text in (source, target))
    grids = _on_the_ground(parse_crs(source)), _on_the_ground(parse_crs(target))
    if any(grid.is_engineering for grid in grids):  # PROJ takes any two grids for one
        return same_crs(source, target) and grids[0].name == grids[1].name
    return same_crs(source, target) or _transformers.get(source, target) is not None


def is_unrolled(crs: str) -> bool:
    """True for canvases where meridians are upright and the world ends at the antimeridian. Raises BadCRS."""
    return is_geographic(crs) or same_crs(crs, WEB_MERCATOR)


@lru_cache(maxsize=256)
def metres_per_unit(text: str) -> float:
    """Metres in one unit of a projected CRS; raises BadCRS, also for a CRS in degrees."""
    crs = parse_crs(text)
    if crs.is_geographic or not crs.axis_info:
        raise BadCRS("{name} is not measured in metres or feet: choose a projected CRS.", name=crs.name)
    return float(crs.axis_info[0].unit_conversion_factor)


def transform_points(source: str, target: str, x: ArrayLike, y: ArrayLike) -> Points:
    """Points from one CRS into another, as new float64 arrays of the same shape (0-d for plain numbers).

    What is not finite or has no place in the target becomes nan in both arrays; no point ever raises, only a bad CRS
    does (BadCRS). Between EPSG:4326 and EPSG:3857 closed formulas are used, also for the second half of the way from
    or to another CRS: PROJ takes 6 ms to find a way to EPSG:3857, and half a millisecond to EPSG:4326. Latitudes in
    EPSG:4326 are held to +-85.0511287798 and longitudes beyond +-180 run on.
    """
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    source_kind, target_kind = _kind(source), _kind(target)
    with np.errstate(invalid="ignore", over="ignore"):
        if source == target or source_kind == target_kind != "":
            out_x, out_y = x.copy(), y.copy()
        elif not has_way(source, target):
            out_x, out_y = np.full_like(x, np.nan), np.full_like(y, np.nan)
        elif source_kind == WEB_MERCATOR:
            lon, lat = _mercator_to_lonlat(x, y)
            out_x, out_y = (lon, lat) if target_kind == WGS84 else _by_proj(WGS84, target, lon, lat)
        elif target_kind == WEB_MERCATOR:
            held = np.clip(y, -MERCATOR_MAX_LAT, MERCATOR_MAX_LAT)
            out_x, out_y = _lonlat_to_mercator(*((x, held) if source_kind == WGS84 else _by_proj(source, WGS84, x, y)))
        else:
            out_x, out_y = _by_proj(source, target, x, y)
    finite = np.isfinite(out_x) & np.isfinite(out_y)
    if not finite.all():
        out_x, out_y = np.where(finite, out_x, np.nan), np.where(finite, out_y, np.nan)
    return out_x, out_y


def transform_bounds(source: str, target: str, bounds: Bounds, densify: int = 21) -> Bounds:
    """The bounds in `target` of everything inside `bounds`, from a grid of `densify` + 2 points a side.

    Points without a place are dropped; raises CannotBePlaced if none is left, BadCRS for a bad CRS. In lon, lat the
    result is continuous (177 to 183.4 rather than the whole world) and reaches the pole when a pole is inside.
    """
    if not bounds.is_finite() or bounds.is_empty:
        raise CannotBePlaced("The bounds are not finite numbers: check the transform or the CRS of the data.")
    xs, ys = _samples(bounds.left, bounds.right, densify), _samples(bounds.bottom, bounds.top, densify)
    if is_geographic(source):
        # The extremes of a polar grid lie on these meridians.
        quarters = np.arange(math.ceil(bounds.left / 90), math.floor(bounds.right / 90) + 1) * 90.0
        xs = np.sort(np.concatenate([xs, quarters[:9]]))  # not `union1d`: it loads masked arrays, 11 ms
    grid_x, grid_y = np.meshgrid(xs, ys)
    x, y = transform_points(source, target, grid_x, grid_y)
    if not np.isfinite(x).all() and not is_geographic(source):
        edge_x, edge_y = transform_points(source, target, *_limb(source, grid_x, grid_y))
        x, y = np.append(x, edge_x), np.append(y, edge_y)
    if not np.isfinite(x).any():
        raise CannotBePlaced(
            "Nothing inside the bounds has a place in {crs_name}: choose another CRS.", crs_name=crs_name(target)
        )
    formula = _kind(source) and _kind(target)
    if not is_geographic(target) or formula:
        return Bounds.of_points(x, y)

    def holds(x: float, y: float) -> bool:
        return bounds.left < x < bounds.right and bounds.bottom < y < bounds.top

    return _lonlat_bounds(source, target, bounds.centre, (x, y), holds)


def picture_bounds(
    crs: str, transform: tuple[float, float, float, float, float, float], size: tuple[int, int]
) -> Bounds:
    """Bounds of a picture of (width, height) in lon, lat, by its outline: the box in its own CRS around a turned one
    may be twice as large. `transform` is pixel to world. Raises as `transform_bounds`.
    """
    a, b, c, d, e, f = transform
    cols, rows = np.meshgrid(_samples(0.0, size[0], 21), _samples(0.0, size[1], 21))
    x, y = a * cols + b * rows + c, d * cols + e * rows + f
    lon, lat = transform_points(crs, WGS84, x, y)
    if not np.isfinite(lon).all() and not is_geographic(crs):
        edge_lon, edge_lat = transform_points(crs, WGS84, *_limb(crs, x, y))
        lon, lat = np.append(lon, edge_lon), np.append(lat, edge_lat)
    if not np.isfinite(lon).any():
        raise CannotBePlaced(
            "Nothing of the picture has a place in {crs_name}: choose another CRS.", crs_name=crs_name(WGS84)
        )

    def holds(x: float, y: float) -> bool:
        col, row = e * (x - c) - b * (y - f), a * (y - f) - d * (x - c)
        whole = a * e - b * d
        return whole != 0 and 0 < col / whole < size[0] and 0 < row / whole < size[1]

    middle = a * size[0] / 2 + b * size[1] / 2 + c, d * size[0] / 2 + e * size[1] / 2 + f
    return _lonlat_bounds(crs, WGS84, middle, (lon, lat), holds)


def lonlat_bounds(crs: str, bounds: Bounds) -> Bounds:
    """Bounds of features as drawn, in lon, lat, from their `bounds` in a CRS: as `transform_bounds`, but longitudes
    beyond +-180 are brought to their place on the map (`lon_extent.narrowest`). Raises BadCRS, CannotBePlaced.
    """
    lonlat = transform_bounds(crs, WGS84, bounds)
    return narrowest([lonlat]) if is_geographic(crs) else lonlat


def utm_crs(lon: float, lat: float) -> str:
    """The UTM zone's CRS, with the exceptions of Norway and Svalbard: "EPSG:326xx" north, "EPSG:327xx" south."""
    return f"EPSG:{326 if lat >= 0 else 327}{utm_zone(lon, lat):02d}"


def utm_zone(lon: float, lat: float) -> int:
    """The UTM zone, 1 to 60."""
    lon = normalise_lon(lon)
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if 72 <= lat <= 84 and 0 <= lon < 42:
        return 31 if lon < 9 else 33 if lon < 21 else 35 if lon < 33 else 37
    return int((lon + 180) // 6) % 60 + 1


def polar_crs(lat: float) -> str:
    """A polar stereographic CRS for the hemisphere of `lat`."""
    return "EPSG:3995" if lat >= 0 else "EPSG:3031"


def polar_canvas(lonlat: Bounds) -> str:
    """The polar CRS for bounds that Web Mercator cannot show whole: all of them, or some of what lies about one pole,
    are beyond 85 degrees. Empty where they are shown well enough.
    """
    for sign in (1.0, -1.0):
        low, high = sorted((sign * lonlat.bottom, sign * lonlat.top))
        if high > MERCATOR_MAX_LAT and low >= _ABOUT_THE_POLE:
            return polar_crs(sign)
    return ""


def chosen_canvas(crs: str | None, lonlat: Bounds | None) -> tuple[str, str]:
    """Choose the CRS of a map where nobody can be asked, with a remark: Web Mercator where none is named, or a polar
    one for data beyond its edge.
    """
    polar = polar_canvas(lonlat) if lonlat is not None and not crs else ""
    if not polar:
        return crs or WEB_MERCATOR, ""
    return polar, Phrase(
        "The data reach beyond 85 degrees, where Web Mercator ends: the map is in {crs_name}.", crs_name=crs_name(polar)
    )


def true_north_degrees(crs: str, x: float, y: float) -> float:
    """Direction of true north at a point of the CRS, in degrees clockwise from its +y axis, -180..180.

    nan where the point has no place on Earth, and at a pole.
    """
    if is_off_earth(crs):
        return math.nan
    if is_geographic(crs) or _kind(crs) == WEB_MERCATOR:
        return 0.0
    (lon,), (lat,) = (values.tolist() for values in transform_points(crs, WGS84, [x], [y]))
    if not math.isfinite(lon) or abs(lat) > 90 - 1e-9:
        return math.nan
    lats = [max(lat - 1e-4, -90.0), min(lat + 1e-4, 90.0)]
    xs, ys = transform_points(WGS84, crs, [lon, lon], lats)
    return math.degrees(math.atan2(xs[1] - xs[0], ys[1] - ys[0]))


@lru_cache(maxsize=64)
def world_bounds(crs: str) -> Bounds:
    """Bounds of a full view in this CRS: the world, or the CRS's area of use (a UTM zone, a polar cap)."""
    if _kind(crs) == WEB_MERCATOR:
        return Bounds(-MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M)
    if is_geographic(crs):
        return Bounds(-180.0, -90.0, 180.0, 90.0)
    if crs == PIXEL_SPACE:
        return Bounds(0.0, -float(PIXEL_WORLD_PX), float(PIXEL_WORLD_PX), 0.0)
    if is_off_earth(crs):
        return _other_world(crs)
    area = parse_crs(crs).area_of_use
    if area is None:
        return _invertible_world(crs)
    east = area.east + 360.0 if area.east < area.west else area.east
    return transform_bounds(WGS84, crs, Bounds(area.west, area.south, east, area.north))


class _ThreadTransformers(threading.local):
    """Each thread's own transformers: pyproj's are not to be shared between threads."""

    def __init__(self) -> None:
        self.get = lru_cache(maxsize=64)(_new_transformer)


def _new_transformer(source: str, target: str) -> pyproj.Transformer | None:
    """Create a transformer; None where there is none: the two are of different bodies, or one is a grid of its own."""
    try:
        return pyproj.Transformer.from_crs(parse_crs(source), parse_crs(target), always_xy=True)
    except pyproj.exceptions.ProjError:
        return None


_transformers = _ThreadTransformers()


@lru_cache(maxsize=256)
def _kind(text: str) -> str:
    """WGS84 or WEB_MERCATOR when the text means that CRS, else ""; raises BadCRS."""
    return next((known for known in (WGS84, WEB_MERCATOR) if same_crs(text, known)), "")


def _by_proj(source: str, target: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    transformer = _transformers.get(source, target)
    out_x, out_y = (x.copy(), y.copy()) if transformer is None else transformer.transform(x, y)
    return np.asarray(out_x, dtype=np.float64), np.asarray(out_y, dtype=np.float64)


def _lonlat_to_mercator(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Points:
    """The poles are infinitely far: nan."""
    y = np.arcsinh(np.tan(np.radians(lat))) * EARTH_RADIUS_M
    return np.radians(lon) * EARTH_RADIUS_M, np.where(np.abs(lat) < 90.0, y, np.nan)


def _mercator_to_lonlat(x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    return np.degrees(x / EARTH_RADIUS_M), np.degrees(np.arctan(np.sinh(y / EARTH_RADIUS_M)))


def _samples(low: float, high: float, densify: int) -> NDArray[np.float64]:
    return np.linspace(low, high, max(densify, 0) + 2)


def _limb(crs: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    """Places on the edge of the part of the Earth that a CRS shows, such as the disk that a satellite sees.

    `x`, `y` are a grid in the CRS. Between a sample on the Earth and a neighbour beyond the edge the last place on the
    Earth is found by halving: near the edge one step of the grid may be thirty degrees.
    """
    on_earth = np.isfinite(transform_points(crs, WGS84, x, y)[0])
    near, far = [], []
    for before, after in ((np.s_[:-1, :], np.s_[1:, :]), (np.s_[:, :-1], np.s_[:, 1:])):
        for inside, outside in ((before, after), (after, before)):
            differ = on_earth[inside] & ~on_earth[outside]
            near.append(np.stack([x[inside][differ], y[inside][differ]]))
            far.append(np.stack([x[outside][differ], y[outside][differ]]))
    last, first = np.concatenate(near, axis=1), np.concatenate(far, axis=1)
    for _ in range(_HALVINGS if last.size else 0):
        middle = (last + first) / 2
        is_on = np.isfinite(transform_points(crs, WGS84, *middle)[0])
        last, first = np.where(is_on, middle, last), np.where(is_on, first, middle)
    return last[0], last[1]


def _lonlat_bounds(
    source: str, target: str, centre: tuple[float, float], points: Points, holds: Callable[[float, float], bool]
) -> Bounds:
    """Bounds of lon, lat points: continuous at the antimeridian, and with the pole that lies where `holds` says."""
    lon, lat = points
    (middle,), _ = (v.tolist() for v in transform_points(source, target, [centre[0]], [centre[1]]))
    if math.isfinite(middle) and np.nanmax(np.abs(lon - middle)) > 180.0:
        lon = lon - 360.0 * np.sign(lon - middle) * (np.abs(lon - middle) > 180.0)
    extent = Bounds.of_points(lon, lat)
    if is_geographic(source):
        return extent
    for pole in (-90.0, 90.0):
        (x,), (y,) = (values.tolist() for values in transform_points(target, source, [0.0], [pole]))
        if holds(x, y):
            extent = Bounds(-180.0, min(extent.bottom, pole), 180.0, max(extent.top, pole))
    return extent


def _other_world(crs: str) -> Bounds:
    """Bounds of the whole body of a projected CRS, or of a grid on no body."""
    known = parse_crs(crs)
    half_m = math.pi * known.ellipsoid.semi_major_metre if known.ellipsoid is not None else _GRID_HALF_M
    half = half_m / (known.axis_info[0].unit_conversion_factor if known.axis_info else 1.0)
    return Bounds(-half, -half, half, half)


def _invertible_world(crs: str) -> Bounds:
    """The part of the world that can be converted to the CRS and back: for a CRS that states no area of use."""
    lon, lat = (grid.ravel() for grid in np.meshgrid(np.linspace(-180, 180, 73), np.linspace(-90, 90, 37)))
    x, y = transform_points(WGS84, crs, lon, lat)
    back_lon, back_lat = transform_points(crs, WGS84, x, y)
    with np.errstate(invalid="ignore"):
        sound = (np.abs((back_lon - lon + 180.0) % 360.0 - 180.0) < 1e-6) & (np.abs(back_lat - lat) < 1e-6)
    if not sound.any():
        raise CannotBePlaced("{crs_name} covers no place on Earth: choose another CRS.", crs_name=crs_name(crs))
    return Bounds.of_points(x[sound], y[sound])


def crs_text(wkt: str) -> str:
    """The authority code of a CRS where it has one, else the WKT itself. Raises BadCRS."""
    authority = parse_crs(wkt).to_authority(min_confidence=100)
    return ":".join(authority) if authority else wkt
