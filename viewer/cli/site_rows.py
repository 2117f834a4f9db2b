"""Rows of a file as sites: which column is what, and where the place is."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapely import from_wkb
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from layers.document.vocabulary import ROLES, SITE_CLASSES
from layers.errors import BadCoordinate, InvalidValue, NotReadable, UnsupportedFormat
from layers.geo.coordinates import Datum, parse_coordinate
from layers.pool.rows import read_rows
from layers.project.geometry_blobs import wkb_is_sound
from layers.text_encoding import guessed_encoding

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool

type SiteRow = tuple[BaseGeometry, dict[str, Any]]

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "label": ("label", "name", "title", "название", "名称"),
    "lat": ("lat", "latitude", "y", "широта", "纬度"),
    "lon": ("lon", "lng", "long", "longitude", "x", "долгота", "经度"),
    "place": (
        "coordinates",
        "coordinate",
        "coords",
        "position",
        "place",
        "mgrs",
        "utm",
        "location",
        "координаты",
        "坐标",
    ),
    "notes": ("notes", "note", "remark", "remarks", "comment", "description"),
    "class_code": ("class_code", "class", "kind", "type"),
    "role": ("role",),
    "location_country": ("location_country", "country"),
    "operator_country": ("operator_country", "operator"),
    "position_error_m": ("position_error_m", "error_m"),
    "position_basis": ("position_basis", "basis"),
    "alias_zh": ("alias_zh", "zh", "name_zh"),
    "alias_ru": ("alias_ru", "ru", "name_ru"),
    "alias_en": ("alias_en", "en", "name_en"),
}
"""The field of a site and the column names it is found under, without regard to case."""


def read_sites(path: Path, mapping: Mapping[str, str], pool: ReaderPool) -> tuple[list[SiteRow], list[str]]:
    """(geometry, fields) of every usable row, and a sentence for each that was left out.

    Raises InvalidValue where a mapped column is missing or no row has a place, NotReadable and the like for the file.
    """
    unknown = set(mapping) - set(COLUMN_NAMES)
    if unknown:
        raise InvalidValue(f"--map knows no field “{unknown.pop()}”: use {', '.join(COLUMN_NAMES)}.")
    rows = _csv_rows(path) if path.suffix.lower() in {".csv", ".tsv", ".txt"} else _vector_rows(path, pool)
    sites: list[SiteRow] = []
    skipped: list[str] = []
    columns: dict[str, str] | None = None
    for number, (geometry, values) in enumerate(rows, 1):
        if columns is None:
            columns = _columns(list(values), mapping, path)
        try:
            sites.append(_site(geometry, values, columns))
        except (BadCoordinate, InvalidValue) as error:
            skipped.append(f"{path.name}, row {number}: left out. {error.sentence}")
    if columns is None:
        raise InvalidValue(f"{path} holds no rows: there is nothing to add.")
    if not sites:
        raise InvalidValue(f"No row of {path} has a place: name the columns with --map lat=COLUMN lon=COLUMN.")
    return sites, skipped


def _columns(names: list[str], mapping: Mapping[str, str], path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    folded = {name.strip().casefold(): name for name in names}
    for field, candidates in COLUMN_NAMES.items():
        for candidate in candidates:
            if candidate in folded and folded[candidate] not in mapping.values():
                found[field] = folded[candidate]
                break
    for field, column in mapping.items():
        if column.strip().casefold() not in folded:
            raise InvalidValue(f"{path} has no column “{column}”; it has {', '.join(names)}.")
        found[field] = folded[column.strip().casefold()]
    return found


def _site(geometry: BaseGeometry | None, values: Mapping[str, Any], columns: Mapping[str, str]) -> SiteRow:
    def text(field: str) -> str:
        value = values.get(columns.get(field, ""))
        return "" if value is None else str(value).strip()

    fields: dict[str, Any] = {
        field: text(field)
        for field in ("label", "notes", "location_country", "operator_country", "position_basis")
        if text(field)
    }
    if text("class_code"):
        fields["class_code"] = text("class_code") if text("class_code") in SITE_CLASSES else "other"
    if text("role") in ROLES:
        fields["role"] = text("role")
    aliases = tuple(
        (language, text(f"alias_{language}")) for language in ("zh", "ru", "en") if text(f"alias_{language}")
    )
    if aliases:
        fields["aliases"] = aliases
    if text("position_error_m"):
        fields["position_error_m"] = _number(text("position_error_m"))
    if geometry is None:
        geometry, as_given = _place(text)
        fields.setdefault("position_basis", as_given)
    return geometry, fields


def _place(text: Callable[[str], str]) -> tuple[Point, str]:
    """The point and how finely it was written: that is no position error, so it only goes into the basis."""
    if text("lat") and text("lon"):
        given = f"lat: {text('lat')} lon: {text('lon')}"
    elif text("place"):
        given = text("place")
    else:
        raise BadCoordinate("It has no coordinates.")
    parsed = parse_coordinate(given)
    if parsed.datum is not Datum.WGS84:
        return Point(parsed.lon, parsed.lat), parsed.basis
    return Point(parsed.lon, parsed.lat), f"{parsed.notation} coordinate as given, written to ± {parsed.error_m:.2g} m"


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InvalidValue(f"“{text}” is no number of metres.") from None


def _vector_rows(path: Path, pool: ReaderPool) -> Iterator[tuple[BaseGeometry | None, dict[str, Any]]]:
    for wkb, values in read_rows(pool, path):
        yield (from_wkb(wkb) if wkb_is_sound(wkb) else None), values


def _csv_rows(path: Path) -> Iterator[tuple[None, dict[str, Any]]]:
    data = path.read_bytes()
    if b"\0" in data and not data.startswith(UTF_16):
        raise UnsupportedFormat(f"{path} is not a text table: its content is binary.")
    text = decoded(data)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), dialect=dialect):
            yield None, {name: value for name, value in row.items() if name is not None}
    except csv.Error as error:
        raise NotReadable(f"{path} is not a well-formed table ({error}): save it again as CSV.") from error


def decoded(data: bytes) -> str:
    """The text of a table that does not name its encoding, as the readers guess it."""
    return data.decode(guessed_encoding(data)[0], "replace")
