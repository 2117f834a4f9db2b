"""Reads the places of the rows of a table, by the columns that say so."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.errors import BadCoordinate
from layers.geo.coordinates.parse import parse_candidates, parse_coordinate
from layers.geo.crs import WGS84, is_geographic
from layers.phrase import Phrase
from layers.readers.rows.row_problems import RowProblems
from layers.readers.tables.column_names import hemisphere, is_latitude
from layers.readers.tables.delimited import RawTable
from layers.readers.tables.place_hints import (
    SIDES,
    minutes_as_degrees,
    row_sides,
    shows_longitude_first,
    with_latitude_first,
)
from layers.readers.tables.wkt_places import from_wkt

_SWAPPED = 0.5
"""Least share of rows with a longitude for a latitude that makes the columns count as swapped; fewer are slips."""


def placed(table: RawTable, columns: dict[str, str], crs: str, problems: RowProblems) -> tuple[list[bytes | None], str]:
    """A geometry for each row, None where it has none, and the CRS they are in ("" where that has to be asked).

    `crs` is what a person said; without it plain numbers that fit degrees are taken as WGS 84.
    """
    if "wkt" in columns:
        return from_wkt(table.columns[columns["wkt"]], crs, problems)
    if "place" in columns:
        texts = table.columns[columns["place"]]
        if shows_longitude_first(texts) is not None:
            texts = with_latitude_first(texts)
        return _points([_place(text, index, problems) for index, text in enumerate(texts)]), WGS84
    if "lat_deg" in columns:
        halves = zip(_angles(table, columns, "lat"), _angles(table, columns, "lon"), strict=True)
        texts = [f"{lat}; {lon}" if lat and lon else None for lat, lon in halves]
        return _points([_place(text, index, problems) for index, text in enumerate(texts)]), WGS84
    xs, ys = table.columns[columns["x"]], table.columns[columns["y"]]
    if "zone" in columns:
        zones = table.columns[columns["zone"]]
        texts = [_utm(zone, x, y) for zone, x, y in zip(zones, xs, ys, strict=True)]
        return _points([_place(text, index, problems) for index, text in enumerate(texts)]), WGS84
    east, north = (row_sides(table, columns, axis, hemisphere(columns[axis])) for axis in ("x", "y"))
    return _from_numbers(xs, ys, crs, (east, north), problems)


def looks_swapped(table: RawTable, columns: dict[str, str], crs: str) -> bool:
    """True where the latitudes go beyond 90 and no longitude does, as where each stands in the other's column."""
    if not {"x", "y"} <= set(columns) or "zone" in columns:
        return False
    if not (is_geographic(crs) if crs else is_latitude(columns["y"])):
        return False
    x, y = (np.abs(numbers(table.columns[columns[key]])) for key in ("x", "y"))
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any() or (x[known] > 90).any() or (y[known] > 360).any():
        return False
    return bool((y[known] > 90).mean() >= _SWAPPED)


def _from_numbers(
    xs: Sequence[Any], ys: Sequence[Any], crs: str, sides: tuple[list[str], list[str]], problems: RowProblems
) -> tuple[list[bytes | None], str]:
    """Place rows by numbers; `sides` are the hemispheres of the rows, by names of columns or by cells."""
    x, y = (_signed(values, side) for values, side in zip((numbers(xs), numbers(ys)), sides, strict=True))
    if not crs and all(map(any, sides)):
        east, north = minutes_as_degrees(x, 180), minutes_as_degrees(y, 90)
        if east is not None and north is not None:
            x, y = east, north
    if not crs:
        known = np.isfinite(x) & np.isfinite(y)
        fits = (np.abs(x) <= 360) & (np.abs(y) <= 90)
        crs = WGS84 if not known.any() or fits[known].mean() > 0.5 else ""
    is_angle = bool(crs) and is_geographic(crs)
    places: list[tuple[float, float] | None] = []
    for index, place in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        if math.isfinite(place[0]) and math.isfinite(place[1]):
            outside = is_angle and (abs(place[0]) > 360 or abs(place[1]) > 90)
            if outside:
                problems.add(
                    index,
                    Phrase(
                        "{place}, {place_2} is outside the degrees of the Earth.",
                        place=f"{place[1]:g}",
                        place_2=f"{place[0]:g}",
                    ),
                )
            places.append(None if outside else place)
        elif is_angle and (why := _contradiction(xs[index], ys[index], sides[0][index], sides[1][index])):
            problems.add(index, why)
            places.append(None)
        elif is_angle:
            lon, lat = _half("lon", xs[index], sides[0][index]), _half("lat", ys[index], sides[1][index])
            places.append(_place(f"{lat} {lon}" if lat and lon else None, index, problems))
        else:
            problems.add(index, Phrase("it has no coordinates."))
            places.append(None)
    return _points(places), crs


def _signed(values: NDArray[np.float64], sides: list[str]) -> NDArray[np.float64]:
    """Negative in the west and south; nan where a negative number is called east or north."""
    if not any(sides):
        return values
    side = np.array(sides)
    signed = np.where(np.isin(side, ["W", "S"]), -np.abs(values), values)
    return np.where(np.isin(side, ["E", "N"]) & (values < 0), np.nan, signed)


def _contradiction(x: Any, y: Any, east: str, north: str) -> str:
    for value, side, name in ((x, east, "longitude"), (y, north, "latitude")):
        if side in ("E", "N") and _number(value) < 0:
            return Phrase(
                "its {name} is {value} and called {side}: one of them is wrong.",
                name=name,
                value=str(value)[:20],
                side=side,
            )
    return ""


def numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    """The values as numbers, nan where one is none; text with a decimal point or comma."""
    if not any(isinstance(value, str) and "_" in value for value in values):  # which Python takes for a separator
        with contextlib.suppress(ValueError, TypeError):
            return np.array([math.nan if v is None or v == "" else v for v in values], dtype=np.float64)
    return np.array([_number(value) for value in values], dtype=np.float64)


def _number(value: Any) -> float:
    text = str(value).strip().replace(",", ".")
    try:
        return math.nan if "_" in text else float(text)
    except ValueError:
        return math.nan


def _half(axis: str, value: Any, side: str) -> str:
    """Return the text of an angle, with its column's hemisphere unless it has its own."""
    if not value:
        return ""
    angle, other = f"{side} {value}", "0° E" if axis == "lat" else "0° N"
    return angle if side and parse_candidates(f"{angle}; {other}") else f"{axis}: {value}"


def _angles(table: RawTable, columns: dict[str, str], axis: str) -> list[str]:
    """Texts as 34° 10' 20" S from the columns that hold their parts; "" where there are no degrees."""
    parts = [table.columns.get(columns.get(f"{axis}_{part}", "")) for part in ("deg", "min", "sec", "dir")]
    cells = [[None] * len(table) if column is None else column for column in parts]
    side = hemisphere(columns[f"{axis}_deg"])
    return [_angle(row, side) for row in zip(*cells, strict=True)]


def _angle(cells: tuple[Any, ...], side: str) -> str:
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    if not texts[0]:
        return ""
    degrees, minutes, seconds = ((whole.removesuffix(".0") or "0") if whole else "" for whole in texts[:3])
    if seconds and not minutes:
        minutes = "0"
    marked = f"{degrees}°" + (f" {minutes}'" if minutes else "") + (f' {seconds}"' if seconds else "")
    return f"{marked} {SIDES.get(texts[3][:1].casefold(), texts[3]) or side}"


def _place(text: Any, index: int, problems: RowProblems) -> tuple[float, float] | None:
    if text is None or not str(text).strip():
        problems.add(index, Phrase("it has no coordinates."))
        return None
    try:
        point = parse_coordinate(str(text))
    except BadCoordinate as error:
        problems.add(index, Phrase("“{text}”: {why}", text=str(text)[:60], why=error.sentence))
        return None
    return point.lon, point.lat


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
    blobs: list[bytes | None] = [None] * len(places)
    if at:
        points = shapely.points(np.array([places[index] for index in at], dtype=np.float64))
        for index, wkb in zip(at, shapely.to_wkb(points, byte_order=1, output_dimension=2), strict=True):
            blobs[index] = wkb
    return blobs
