"""Compares what Geoloupe says of a file with what its peer says: size, bands, place, rows and values at points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from tests.support.readers.raw import raw

DTYPES = {
    "uint8": "Byte",
    "int8": "Int8",
    "uint16": "UInt16",
    "int16": "Int16",
    "uint32": "UInt32",
    "int32": "Int32",
    "uint64": "UInt64",
    "int64": "Int64",
    "float16": "float16",
    "float32": "Float32",
    "float64": "Float64",
    "complex64": "CFloat32",
    "complex128": "CFloat64",
    "complex_int16": "CInt16",
    "complex_int32": "CInt32",
}
MOST_BANDS = 12
_PIXEL_SHARE = 0.3
"""Of a pixel, as far as bounds may be off."""
_BENT_PIXELS = 0.9
"""The same of pictures placed by points or by an RPC: their bounds are those of a box."""
_SAME_PLACE = 2e-7
_BENT_SHARE = 0.005


def differences(path: Path, part: str, facts: dict[str, Any], word: dict[str, Any], pool: ReaderPool) -> list[str]:
    """Sentences; none where both say the same. `facts` are those of `info --json`."""
    if facts["kind"] != word.get("kind"):
        return [f"it is {facts['kind']} to us, {word.get('kind') or word} to the peer"]
    if facts["kind"] == "raster":
        return [*_raster(facts, word), *_values(path, part, word, pool)]
    return [*_vector(facts, word), *_rows(path, facts, word, pool)]


def _unlike(what: str, ours: Any, theirs: Any) -> list[str]:
    return [] if ours == theirs else [f"{what}: {ours!r} to us, {theirs!r} to the peer"]


def _raster(facts: dict[str, Any], word: dict[str, Any]) -> list[str]:
    grid, (width, height) = word["grid"], word["size"]
    lats, lons = [lat for _, lat in grid], [lon for lon, _ in grid]
    dtypes = [DTYPES.get(band["dtype"], band["dtype"]) for band in facts["bands"]]
    nodata = [_plain(band["nodata"]) for band in facts["bands"]]
    share = _PIXEL_SHARE if word["how"] == "transform" else _BENT_PIXELS
    return [
        *_unlike("size", [facts["width"], facts["height"]], word["size"]),
        *_unlike("dtypes", dtypes, word["dtypes"]),
        *([] if _all_near(nodata, word["nodata"]) else _unlike("nodata", nodata, word["nodata"])),
        *_unlike("descriptions", [band["description"] for band in facts["bands"]], word["descriptions"]),
        *_crs(facts["crs"], word["wkt"]),
        *misplaced(
            facts["bounds_lonlat"],
            grid,
            word["pole"],
            share * _span(lons) / width + _SAME_PLACE,
            share * _span(lats) / height + _SAME_PLACE,
        ),
    ]


def _plain(value: Any) -> Any:
    """As the peer's JSON says it."""
    return value if value is None or (isinstance(value, (int, float)) and math.isfinite(value)) else str(value)


def _span(values: Sequence[float]) -> float:
    """The extent of numbers that go round at 360."""
    return min(max(values) - min(values), 360.0) if values else 0.0


def _all_near(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    return len(ours) == len(theirs) and all(map(near, ours, theirs))


def near(ours: Any, theirs: Any) -> bool:
    """The same, numbers but for rounding."""
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=2e-6, abs_tol=1e-12)
    return bool(ours == theirs)


def _crs(ours: str, theirs: str) -> list[str]:
    """Both have one, and of the same kind: whether they mean the same place, the bounds tell."""
    if not ours or not theirs:
        return _unlike("CRS", ours, theirs[:60]) if ours != theirs else []
    one, other = CRS(ours), CRS(theirs)
    kinds = [(crs.is_geographic, crs.is_projected, crs.is_engineering) for crs in (one, other)]
    return _unlike("kind of CRS", kinds[0], kinds[1])


def misplaced(
    bounds: Sequence[float] | None, points: Sequence[Sequence[float]], pole: int, lon_off: float, lat_off: float
) -> list[str]:
    """What is wrong with bounds in lon, lat that have to be those of the points; longitudes go round."""
    if bounds is None or not points:
        return [] if bounds is None and not points else [f"bounds {bounds} to us, {points[:3]} to the peer"]
    left, bottom, right, top = bounds
    middle = (left + right) / 2
    lons = [lon + 360.0 * round((middle - lon) / 360.0) for lon, _ in points]
    lats = [lat for _, lat in points]
    wrong = []
    if right < left or top < bottom:
        wrong.append(f"bounds come out reversed: {bounds}")
    found = (min(lats), max(lats)) if not pole else (min(*lats, pole), max(*lats, pole))
    if abs(bottom - found[0]) > lat_off or abs(top - found[1]) > lat_off:
        wrong.append(f"latitudes {bottom} to {top} to us, {found[0]} to {found[1]} to the peer")
    is_round = right - left >= 360 - lon_off
    if not is_round and (abs(min(lons) - left) > lon_off or abs(max(lons) - right) > lon_off or pole):
        wrong.append(f"longitudes {left} to {right} to us, {min(lons)} to {max(lons)} to the peer, pole {pole}")
    return wrong


def _values(path: Path, part: str, word: dict[str, Any], pool: ReaderPool) -> list[str]:
    """What is wrong with values in the file's own pixels, and at places on Earth."""
    wrong = []
    for spot in word["spots"]:
        x, y = spot["pixel"]
        places: list[tuple[str, Sequence[float]]] = [("", (x, -y))]
        if spot["lonlat"] and word["grid"]:
            lon, lat = spot["lonlat"]
            places.append(("EPSG:4326", ((lon + 180) % 360 - 180, lat)))
        for crs, at in places:
            try:
                found = value_at(path, part, crs, at, len(word["dtypes"]), pool)
            except GeoloupeError as error:
                wrong.append(f"at {at}: {error.sentence}")
                continue
            expected = _expected(spot, word["colours"])
            if not _all_near(found, expected):
                wrong.append(f"values at {at} ({spot['pixel']}): {found} to us, {expected} to the peer")
    return wrong


def _expected(spot: dict[str, Any], colours: list[str]) -> list[Any]:
    """A pixel is there where any of its bands has a value; its alpha has no say, it was asked by the peer."""
    values = [None if value == "nan" else value for value in spot["values"][:MOST_BANDS]]
    told = [value for value, kind in zip(values, colours, strict=False) if kind != "Alpha"]
    return [None] * len(values) if all(value is None for value in told) else values


def value_at(path: Path, part: str, crs: str, at: Sequence[float], bands: int, pool: ReaderPool) -> list[Any]:
    """The values under one point; None each where there is no pixel."""
    tiny = 1e-7
    asked = list(range(1, min(bands, MOST_BANDS) + 1))
    params = {
        "path": str(path),
        "part": part,
        "crs": crs,
        "width": 1,
        "height": 1,
        "bands": asked,
        "resampling": "nearest",
        "affine": [tiny, 0, at[0] - tiny / 2, 0, -tiny, at[1] + tiny / 2],
    }
    profile = Profile.VRT if path.suffix == ".vrt" else Profile.LOCAL
    values, mask = pool.ask(raw("tile", params), profile=profile).arrays
    return [_plain(value) for value in values[:, 0, 0].tolist()] if mask[0, 0] else [None] * len(asked)


def _vector(facts: dict[str, Any], word: dict[str, Any]) -> list[str]:
    ours, theirs = facts["layers"], word["layers"]
    points = [] if word.get("off") else [point for layer in theirs for point in layer["grid"]]
    is_bent = any(layer["grid"] != layer["points"] for layer in theirs)
    points += word.get("tiles", {}).get("grid", [])
    crs = next((layer["wkt"] for layer in theirs if layer["wkt"]), "")
    counts = [one["features"] for one in ours], [one["count"] for one in theirs]
    if len(ours) != len(theirs):  # to us folders are a column
        counts = [sum(counts[0])], [sum(counts[1])]
    return [
        *_unlike("numbers of rows", *counts),
        *_crs(facts["crs"], crs),
        *misplaced(facts["bounds_lonlat"], points, 0, *_off(points, is_bent)),
    ]


def _off(points: Sequence[Sequence[float]], is_curved: bool) -> tuple[float, float]:
    """How far the bounds of a box that is bent may be off: both look at some points of it only."""
    share = _BENT_SHARE if is_curved else 0.0
    return tuple(share * _span(values) + _SAME_PLACE for values in zip(*points, strict=True)) if points else (0.0, 0.0)


def _rows(path: Path, facts: dict[str, Any], word: dict[str, Any], pool: ReaderPool) -> list[str]:
    """What is wrong with the first rows: their shapes, and the columns that both know. Their order is that of the file
    where the peer has the same layers.
    """
    if word.get("off"):
        return []
    ours = [_rows_of(path, layer["name"], bool(facts["crs"]), pool) for layer in facts["layers"]]
    theirs = [layer["rows"] for layer in word["layers"]]
    if len(ours) == len(theirs):
        pairs = [
            (one, other)
            for mine, other_rows in zip(ours, theirs, strict=True)
            for one, other in zip(mine, other_rows, strict=False)
        ]
        return [sentence for one, other in pairs for sentence in _row(one, other)]
    left = [row for rows in ours for row in rows]
    wrong = []
    for row in [row for rows in theirs for row in rows]:
        same = next((one for one in left if not _row(one, row)), None)
        if same is None:
            wrong.append(f"no row of ours is as {row}")
        else:
            left.remove(same)
    return wrong


def _rows_of(path: Path, layer: str, has_crs: bool, pool: ReaderPool) -> list[tuple[bytes, dict[str, Any]]]:
    """WKB in lon, lat and the cells of each of the first rows."""
    params = {"path": str(path), "layer": layer} | ({} if has_crs else {"source_crs": "EPSG:4326"})
    answer = pool.ask(raw("rows", params))
    blobs, starts = answer.arrays
    columns = {name.lower(): values for name, values in answer.header["columns"].items()}
    return [
        (bytes(blobs[starts[at] : starts[at + 1]]), {name: values[at] for name, values in columns.items()})
        for at in range(len(starts) - 1)
    ]


def _row(ours: tuple[bytes, dict[str, Any]], theirs: dict[str, Any]) -> list[str]:
    return [*_shape(ours[0], theirs["wkb"]), *_cells(ours[1], theirs["cells"])]


def _shape(ours: bytes, theirs: str | None) -> list[str]:
    if not ours or not theirs:
        return [] if not ours and not theirs else [f"a row has a place to {'us' if ours else 'the peer'} only"]
    one, other = (_plainly(shapely.force_2d(shapely.from_wkb(blob))) for blob in (ours, theirs))
    if shapely.equals_exact(one, other, _SAME_PLACE, normalize=True) or _is_shifted(one, other):
        return []
    return [f"a row: {one.wkt[:200]} to us, {other.wkt[:200]} to the peer"]


def _plainly(shape: shapely.Geometry) -> shapely.Geometry:
    """A multi-part shape of one part is that part."""
    parts = shapely.get_parts(shape)
    return parts[0] if shape.geom_type.startswith("Multi") and len(parts) == 1 else shape


def _is_shifted(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """The same place one turn of the Earth away."""
    turn = 360.0 * round((one.bounds[0] - other.bounds[0]) / 360.0)
    moved = shapely.transform(other, lambda xy: xy + np.array([turn, 0.0]))
    return bool(shapely.equals_exact(one, moved, _SAME_PLACE, normalize=True))


def _cells(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    wrong = []
    for name, value in theirs.items():
        if name.lower() not in ours:
            continue
        own = ours[name.lower()]
        if own in (None, "") and value in (None, ""):
            continue
        if not near(own, value) and not near(_number(own), _number(value)):
            wrong.append(f"a row, {name}: {own!r} to us, {value!r} to the peer")
    return wrong


def _number(value: Any) -> Any:
    """Dates and numbers as texts lead to the same."""
    text = str(value).replace("/", "-").replace("T", " ").removesuffix("+00").removesuffix("Z").removesuffix("+00:00")
    try:
        return float(text)
    except ValueError:
        return text.removesuffix(".000").strip()


def points_of(word: dict[str, Any]) -> Iterable[tuple[Sequence[float], list[Any]]]:
    """Places that have to be seen in a picture, with the values there."""
    if word["kind"] == "raster":
        told = [
            (spot["lonlat"], _expected(spot, word["colours"]))
            for spot in word["spots"]
            if spot["lonlat"] and word["grid"]
        ]
        return [(at, values) for at, values in told if any(isinstance(value, (int, float)) for value in values)]
    return [(point, []) for layer in word["layers"] for point in layer["points"][:20]]
