"""Where the rows of a table are, by the columns that say so."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from layers.errors import BadCoordinate
from layers.geo.coordinate_parse import parse_coordinate
from layers.geo.crs import WGS84, is_geographic
from layers.readers.delimited import RawTable
from layers.readers.row_problems import RowProblems
from layers.readers.wkt_places import from_wkt


def placed(table: RawTable, columns: dict[str, str], crs: str, problems: RowProblems) -> tuple[list[bytes | None], str]:
    """A geometry for each row, None where it has none, and the CRS they are in ("" where that has to be asked).

    `crs` is what a person said; without it plain numbers that fit degrees are taken as WGS 84.
    """
    if "wkt" in columns:
        return from_wkt(table.columns[columns["wkt"]], crs, problems)
    if "place" in columns:
        texts = table.columns[columns["place"]]
        return _points([_place(text, index, problems) for index, text in enumerate(texts)]), WGS84
    xs, ys = table.columns[columns["x"]], table.columns[columns["y"]]
    if "zone" in columns:
        zones = table.columns[columns["zone"]]
        texts = [_utm(zone, x, y) for zone, x, y in zip(zones, xs, ys, strict=True)]
        return _points([_place(text, index, problems) for index, text in enumerate(texts)]), WGS84
    return _from_numbers(xs, ys, crs, problems)


def _from_numbers(
    xs: Sequence[Any], ys: Sequence[Any], crs: str, problems: RowProblems
) -> tuple[list[bytes | None], str]:
    x, y = _numbers(xs), _numbers(ys)
    if not crs:
        known = np.isfinite(x) & np.isfinite(y)
        fits = (np.abs(x) <= 360) & (np.abs(y) <= 90)
        crs = WGS84 if not known.any() or fits[known].mean() > 0.5 else ""
    is_angle = bool(crs) and is_geographic(crs)
    found: list[tuple[float, float] | None] = []
    for index, place in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        if math.isfinite(place[0]) and math.isfinite(place[1]):
            outside = is_angle and (abs(place[0]) > 360 or abs(place[1]) > 90)
            if outside:
                problems.add(index, f"{place[1]:g}, {place[0]:g} is outside the degrees of the Earth.")
            found.append(None if outside else place)
        elif is_angle:
            given = f"lat: {ys[index]} lon: {xs[index]}" if ys[index] and xs[index] else None
            found.append(_place(given, index, problems))
        else:
            problems.add(index, "it has no coordinates.")
            found.append(None)
    return _points(found), crs


def _numbers(values: Sequence[Any]) -> np.ndarray:
    try:
        return np.array([math.nan if v is None or v == "" else v for v in values], dtype=np.float64)
    except (ValueError, TypeError):
        return np.array([_number(value) for value in values], dtype=np.float64)


def _number(value: Any) -> float:
    try:
        return float(str(value).strip().replace(",", "."))
    except ValueError:
        return math.nan


def _place(text: Any, index: int, problems: RowProblems) -> tuple[float, float] | None:
    if text is None or not str(text).strip():
        problems.add(index, "it has no coordinates.")
        return None
    try:
        found = parse_coordinate(str(text))
    except BadCoordinate as error:
        problems.add(index, f"“{str(text)[:60]}”: {error.sentence}")
        return None
    return found.lon, found.lat


def _utm(zone: Any, x: Any, y: Any) -> str | None:
    if not (zone and x and y):
        return None
    zone = re.sub(r"\s+", "", str(zone)).upper()
    return f"{zone if zone[-1:].isalpha() else zone + ' NORTH'} {_metres(x)} {_metres(y)}"


def _metres(value: Any) -> str:
    number = _number(value)
    return f"{number:.4f}".rstrip("0").rstrip(".") if math.isfinite(number) else str(value)


def _points(places: list[tuple[float, float] | None]) -> list[bytes | None]:
    at = [index for index, place in enumerate(places) if place is not None]
    found: list[bytes | None] = [None] * len(places)
    if at:
        points = shapely.points(np.array([places[index] for index in at], dtype=np.float64))
        for index, wkb in zip(at, shapely.to_wkb(points, byte_order=1, output_dimension=2), strict=True):
            found[index] = wkb
    return found
