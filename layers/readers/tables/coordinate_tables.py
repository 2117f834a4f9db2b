"""Tables with coordinates: delimited text and workbooks as layers."""

from __future__ import annotations

import re
from typing import Any
from zipfile import ZipFile

import numpy as np
import pyogrio
import pyogrio.raw
from msgspec.structs import replace

from layers.errors import CannotBePlaced, NotReadable
from layers.geo.crs import WGS84, crs_text
from layers.phrase import Phrase
from layers.readers.files import Content
from layers.readers.guards.zip_guard import opened
from layers.readers.rows.ogr import READ_ERRORS, field_type, remarks_ignored, typed_values
from layers.readers.rows.parsed_layer import ParsedLayer
from layers.readers.rows.row_problems import RowProblems
from layers.readers.rows.source_rows import VectorSource
from layers.readers.tables.cell_types import typed_column
from layers.readers.tables.delimited import (
    PREVIEW_ROWS,
    RawTable,
    read_delimited,
    unique_names,
    without_blank_columns,
)
from layers.readers.tables.header_row import LOOKED_AT, header_at, names_at, said_above
from layers.readers.tables.place_hints import shows_longitude_first, side_columns
from layers.readers.tables.table_columns import chosen_columns, other_geometries
from layers.readers.tables.table_places import looks_swapped, placed
from layers.readers.tables.workbook_cells import check_parts, exact_cells
from layers.readers.tables.workbook_columns import (
    as_written,
    unescaped,
    with_exact,
    with_exact_names,
    without_blank_rows,
)
from layers.text.counted import counted
from layers.text.guarded_xml import BadXml

MAX_SHEETS = 200
_DRIVER = "XLSX:"
"""Prefix of a path that keeps OGR from opening it by any other driver."""
_NAMELESS = re.compile(r"Field\d+|column \d+")
_SHOWN_ROWS = 12
_SHOWN_CHARS = 200


def parse_tables(source: VectorSource, *, preview: bool = False) -> list[ParsedLayer]:
    """The table of a text file, or the sheets of a workbook that have places.

    With `preview` only the first rows are read, and tables that cannot be placed come too. Raises CannotBePlaced,
    NotReadable, TooLarge, UnsupportedFormat, BadCRS.
    """
    layers = [_layer(table, source) for table in raw_tables(source, preview=preview)]
    if preview:
        return layers
    placed_layers = [layer for layer in layers if layer.reading["columns"]]
    if not placed_layers:
        raise CannotBePlaced(
            "{name} has no columns called lat and lon: name the columns that hold the coordinates.", name=source.name
        )
    if left := [layer.name for layer in layers if not layer.reading["columns"]]:
        note = Phrase(
            "{name} also holds {left}, without columns called lat and lon: not shown.",
            name=source.name,
            left=", ".join(left)[:200],
        )
        placed_layers[0] = replace(placed_layers[0], problems=(*placed_layers[0].problems, note))
    return placed_layers


def raw_tables(source: VectorSource, *, preview: bool = False) -> list[RawTable]:
    """The table of a text file, or the filled sheets of a workbook, whether or not their rows have places.

    Raises NotReadable, TooLarge, UnsupportedFormat.
    """
    if source.content is Content.TABLE:
        return [read_delimited(source.path, source.options, preview=preview)]
    return _sheets(source, preview)


def _layer(table: RawTable, source: VectorSource) -> ParsedLayer:
    options = source.options
    columns = chosen_columns(table, options)
    columns |= side_columns(table, columns)
    problems = RowProblems(table.numbers)
    crs = crs_text(str(options["crs"])) if options.get("crs") else ""
    wkb: list[bytes | None] = [None] * len(table)
    swapped = looks_swapped(table, columns, crs)
    if swapped:
        crs = crs or WGS84  # and no place: it would be a wrong one
    elif columns:
        wkb, crs = placed(table, columns, crs, problems)
    values, types = dict(table.columns), dict(table.types)
    for name, cells in table.columns.items():
        if name not in types:
            types[name], values[name] = typed_column(cells)
    sentences = list(table.problems)
    if "place" in columns and (shown := shows_longitude_first(table.columns[columns["place"]])) is not None:
        number = table.numbers[shown] if table.numbers else shown + 1
        sentences.append(
            Phrase(
                "“{columns}” is read with the longitude first: row {number} cannot be otherwise.",
                columns=columns["place"],
                number=number,
            )
        )
    if "wkt" in columns and not options.get("wkt") and (others := other_geometries(table, columns["wkt"])):
        listed = ", ".join(f"“{name}”" for name in others)[:_SHOWN_CHARS]
        sentences.append(
            Phrase(
                "“{wkt}” gives the places. Geometries stand in {others} as well: another column can be chosen.",
                wkt=columns["wkt"],
                others=listed,
            )
        )
    if swapped:
        sentences.insert(0, _swapped_words(columns))
    if len(problems):
        count = counted(len(problems), "row")
        have = "have" if len(problems) > 1 else "has"
        sentences.append(
            Phrase("{count} of {name} {have} no usable coordinates.", count=count, name=table.name, have=have)
        )
        sentences += problems.sentences(Phrase("is kept without a place"))
    reading = {
        **table.reading,
        "columns": columns,
        "names": list(table.columns),
        "preview": _preview(table),
        "rows": len(table),
        "placed": sum(blob is not None for blob in wkb),
        "swapped": swapped,
    }
    return ParsedLayer(
        table.name, source.content.value, crs, wkb, values, types, tuple(sentences), {}, reading, table.numbers
    )


def _swapped_words(columns: dict[str, str]) -> str:
    lat, lon = columns["y"], columns["x"]
    return Phrase(
        "“{lat}” and “{lon}” look swapped: as latitudes the numbers of “{lat}” go beyond 90, those of “{lon}” do not. "
        "Nothing is placed: choose the two columns the other way round.",
        lat=lat,
        lon=lon,
    )


def _preview(table: RawTable) -> list[list[str]]:
    columns = [values[:_SHOWN_ROWS] for values in table.columns.values()]
    return [["" if v is None else str(v)[:_SHOWN_CHARS] for v in row] for row in zip(*columns, strict=True)]


def _sheets(source: VectorSource, preview: bool) -> list[RawTable]:
    with opened(source.path) as archive:  # judged
        try:
            with remarks_ignored():
                check_parts(archive)
                names = [str(name) for name, _ in pyogrio.list_layers(_DRIVER + source.path)[:MAX_SHEETS]]
                tables = [_sheet(source, archive, name, preview) for name in names]
        except BadXml as error:
            raise NotReadable(
                "{name} is not read: {error}, which no workbook does.", name=source.name, error=error
            ) from error
        except READ_ERRORS as error:
            raise NotReadable(
                "{name} is no workbook that can be read, or damaged: save it anew, or as CSV.", name=source.name
            ) from error
    filled = [table for table in tables if len(table)]
    if not filled:
        raise NotReadable("{name} holds no rows: there is nothing to show.", name=source.name)
    return filled


def _sheet(source: VectorSource, archive: ZipFile, name: str, preview: bool) -> RawTable:
    most = PREVIEW_ROWS if preview else None
    types: dict[str, str] = {}
    top, at = list[tuple[Any, ...]](), 0
    columns = _named_by_first_row(source, name, most, types)
    if not columns:
        top, at = _top(source, name)
    if at <= 0:  # which OGR knows how to do, with the types of the cells
        columns = columns or _cells(source, name, "DISABLE" if at < 0 else "FORCE", most, types)
    else:
        known: dict[str, str] = {}
        whole = _cells(source, name, "DISABLE", most and most + at + 1, known)
        names = unique_names(names_at(top, at))
        columns = {column: values[at + 1 :] for column, values in zip(names, whole.values(), strict=True)}
        types = {column: known[field] for column, field in zip(names, whole, strict=True) if field in known}
    rows = len(next(iter(columns.values()), []))
    numbers = range(at + 2, at + 2 + rows)
    exact = exact_cells(
        archive, name, numbers.stop - 1 if preview else None, always=at > 0 or "boolean" in types.values()
    )
    if mixed := with_exact(columns, types, exact, numbers):
        written = exact_cells(archive, name, numbers.stop - 1 if preview else None, always=True, plain=True)
        as_written(columns, types, written, numbers, mixed)
    if at >= 0:
        columns, types = with_exact_names(columns, types, exact, at + 1)
    reading = {"sheet": name, "header": at >= 0, "header_row": at + 1}
    problems = (*said_above(top, range(1, len(top) + 1), at), *exact.notes)
    if at >= 0:
        columns = without_blank_columns(columns, ["" if _is_made_up(column) else column for column in columns])
        types = {column: kind for column, kind in types.items() if column in columns}
    columns, kept = without_blank_rows(columns, numbers)
    return RawTable(name, columns, types, reading, problems, kept)


def _is_made_up(column: str) -> bool:
    """True for the name that OGR or we give to a column without one."""
    return _NAMELESS.fullmatch(column) is not None


def _named_by_first_row(
    source: VectorSource, name: str, most: int | None, types: dict[str, str]
) -> dict[str, list[Any]]:
    """The columns where the first row has their names, as nearly always: OGR then reads the sheet once. {} elsewhere;
    and where a person says something about it."""
    options = source.options
    if not options.get("header", True) or options.get("header_row"):
        return {}
    own_types: dict[str, str] = {}
    columns = _cells(source, name, "FORCE", most, own_types)
    named = [None if column == f"Field{at}" else column for at, column in enumerate(columns, 1)]
    rows = list(zip(*(values[: LOOKED_AT - 1] for values in columns.values()), strict=True))
    if header_at([named, *rows], range(1, len(rows) + 2), options):
        return {}
    types |= own_types
    return columns


def _top(source: VectorSource, name: str) -> tuple[list[tuple[Any, ...]], int]:
    """The first rows of a sheet, and which of them holds the names."""
    options = source.options
    rows = list(zip(*_cells(source, name, "DISABLE", LOOKED_AT).values(), strict=True))
    if (chosen := int(options.get("header_row") or 0)) > len(rows):
        rows = list(zip(*_cells(source, name, "DISABLE", chosen).values(), strict=True))
    return rows, header_at(rows, range(1, len(rows) + 1), options) if rows else 0


def _cells(
    source: VectorSource, name: str, headers: str, most: int | None, types: dict[str, str] | None = None
) -> dict[str, list[Any]]:
    """Read columns by name through OGR; the types that it knows are put into `types`."""
    meta, _, _, cells = pyogrio.raw.read(
        _DRIVER + source.path,
        layer=name,
        read_geometry=False,
        datetime_as_string=True,
        max_features=most,
        HEADERS=headers,
    )
    columns: dict[str, list[Any]] = {}
    names = unique_names(unescaped([str(field) for field in meta["fields"]]))
    for column, values, kind, subtype in zip(names, cells, meta["ogr_types"], meta["ogr_subtypes"], strict=True):
        columns[column] = unescaped(typed_values(np.asarray(values), kind, subtype))
        if types is not None and kind != "OFTString":
            types[column] = field_type(kind, subtype)
    return columns
