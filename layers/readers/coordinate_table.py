"""CSV and other delimited text with a column of latitudes and one of longitudes, in decimal degrees (WGS 84)."""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import dataclass

from layers.errors import CannotBePlaced, NotReadable, TooLarge

MAX_BYTES = 200 * 2**20
_LAT_NAMES = ("lat", "latitude", "lat_dd", "lat_wgs84", "latitude_deg", "y", "широта", "纬度", "緯度")
_LON_NAMES = (
    "lon", "lng", "long", "longitude", "lon_dd", "lon_wgs84", "longitude_deg", "x", "долгота", "经度", "經度",
)  # fmt: skip
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class CoordinateTable:
    """Columns of text by name; `lons` and `lats` hold nan where a row has no usable place."""

    columns: dict[str, list[str]]
    lons: list[float]
    lats: list[float]

    def __len__(self) -> int:
        return len(self.lons)


def read_coordinate_table(path: str) -> CoordinateTable:
    """Raises CannotBePlaced without such columns, NotReadable where it is no table, TooLarge over 200 MB."""
    name = os.path.basename(path)
    if os.path.getsize(path) > MAX_BYTES:
        raise TooLarge(f"{name} is larger than {MAX_BYTES // 2**20} MB: convert it to a GeoPackage.")
    with open(path, "rb") as file:
        text = _decoded(file.read())
    header_line = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NotReadable(f"{name} is not a table of text: {error}.") from error
    if not rows:
        raise NotReadable(f"{name} is empty: there is nothing to show.")
    names = _unique([cell.strip() for cell in rows[0]])
    lat, lon = _find(names, _LAT_NAMES), _find(names, _LON_NAMES)
    if lat is None or lon is None:
        raise CannotBePlaced(f"{name} has no columns called lat and lon: name the columns that hold the coordinates.")
    body = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    padded = [row[: len(names)] + [""] * (len(names) - len(row)) for row in body]
    columns = {column: [row[i] for row in padded] for i, column in enumerate(names)}
    places = [_place(row[lon], row[lat]) for row in padded]
    return CoordinateTable(columns, [x for x, _ in places], [y for _, y in places])


def kind_of(values: list[str]) -> str:
    """integer, real or text: what all filled cells of a column are."""
    filled = [value.strip() for value in values if value.strip()]
    for kind, parse in (("integer", int), ("real", float)):
        try:
            for value in filled:
                parse(value)
        except ValueError:
            continue
        return kind if filled else "text"
    return "text"


def typed(values: list[str]) -> list[int | float | str | None]:
    """The cells as values of the column's kind; empty cells are None."""
    kind = kind_of(values)
    parse = {"integer": int, "real": float}.get(kind, str)
    return [parse(value.strip() if kind != "text" else value) if value.strip() else None for value in values]


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for position, name in enumerate(names, 1):
        name = name or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _find(names: list[str], wanted: tuple[str, ...]) -> int | None:
    lowered = [name.lower() for name in names]
    return next((lowered.index(name) for name in wanted if name in lowered), None)


def _place(lon: str, lat: str) -> tuple[float, float]:
    x, y = _number(lon), _number(lat)
    return (x, y) if abs(x) <= 360 and abs(y) <= 90 else (math.nan, math.nan)


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan
