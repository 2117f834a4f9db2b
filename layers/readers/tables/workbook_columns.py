"""The columns of a sheet as OGR reads them, made exact by what the cells themselves say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from layers.readers.tables.delimited import unique_names
from layers.readers.tables.workbook_cells import Exact

type Columns = dict[str, list[Any]]

_MIDNIGHT = "T00:00:00"
_CLOCK = re.compile(r"([01]\d|2[0-3]):.*")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def with_exact(columns: Columns, types: dict[str, str], exact: Exact, numbers: Sequence[int]) -> list[str]:
    """Put the exact cells of the rows `numbers` into the columns, and the types that these have then into `types`.

    Also the columns that OGR makes truth values of, though other numbers are among them.
    """
    mixed = []
    for position, column in enumerate(columns):
        if position in exact.texts:
            texts = exact.texts[position]
            columns[column] = unescaped(
                [texts.get(at, cell) for at, cell in zip(numbers, columns[column], strict=True)]
            )
        if position in exact.cells:
            cells = [exact.cells[position].get(number) for number in numbers]
            filled = [value for value, cell in zip(cells, columns[column], strict=True) if cell is not None]
            if types.get(column) == "boolean" and not all(isinstance(value, bool) for value in filled):
                mixed.append(column)
            else:
                _made_exact(column, columns, types, cells)
    return mixed


def as_written(
    columns: Columns, types: dict[str, str], exact: Exact, numbers: Sequence[int], names: Sequence[str]
) -> None:
    """Make texts of the columns `names`: truth values as words, numbers as they are written."""
    for position, column in enumerate(columns):
        if column in names:
            cells, texts = exact.cells.get(position, {}), exact.texts.get(position, {})
            values = [cells.get(number, texts.get(number)) for number in numbers]
            types[column] = "text"
            columns[column] = [None if value is None else _in_text(value) for value in values]


def _made_exact(column: str, columns: Columns, types: dict[str, str], exact: list[str | bool | None]) -> None:
    """Days where no timestamp has an hour, else timestamps; times of day; truth values.

    Where there are other cells too, or several of these, they stay as texts.
    """
    cells = columns[column]
    known = [value for value, cell in zip(exact, cells, strict=True) if cell is not None]
    if not any(value is not None for value in known):
        return
    if all(isinstance(value, bool) for value in known):
        types[column], columns[column] = "boolean", list(exact)
    elif all(isinstance(value, str) for value in known):
        types[column] = kind = _kind_of([str(value) for value in known])
        columns[column] = [_in_text(value) if value is not None and kind != "datetime" else value for value in exact]
    elif column not in types:
        columns[column] = [cell if value is None else _in_text(value) for value, cell in zip(exact, cells, strict=True)]


def _kind_of(texts: list[str]) -> str:
    if all("T" in text for text in texts):
        return "date" if all(text.endswith(_MIDNIGHT) for text in texts) else "datetime"
    return "time" if all(_CLOCK.fullmatch(text) and "T" not in text for text in texts) else "text"


def _in_text(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value.removesuffix(_MIDNIGHT)


def with_exact_names(columns: Columns, types: dict[str, str], exact: Exact, row: int) -> tuple[Columns, dict[str, str]]:
    """The same called as the cells of the `row` of names say: OGR calls one of a day by a number."""
    names = list(columns)
    for position, name in enumerate(names):
        value = exact.texts.get(position, {}).get(row, exact.cells.get(position, {}).get(row))
        names[position] = name if value is None else unescaped([_in_text(value)])[0]
    renamed = dict(zip(columns, unique_names(names), strict=True))
    return (
        {renamed[name]: cells for name, cells in columns.items()},
        {renamed[name]: kind for name, kind in types.items()},
    )


def without_blank_rows(columns: Columns, numbers: Sequence[int]) -> tuple[Columns, Sequence[int]]:
    """Leave out rows whose cells have a format but no value."""
    filled = [any(cell is not None and cell != "" for cell in row) for row in zip(*columns.values(), strict=True)]
    if all(filled):
        return columns, numbers
    kept = [at for at, is_filled in enumerate(filled) if is_filled]
    return {name: [cells[at] for at in kept] for name, cells in columns.items()}, [numbers[at] for at in kept]


def unescaped(cells: list[Any]) -> list[Any]:
    """Replace XML's escapes of forbidden characters, such as _x000D_, by the characters."""
    return [
        _ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell) if isinstance(cell, str) and "_x" in cell else cell
        for cell in cells
    ]
