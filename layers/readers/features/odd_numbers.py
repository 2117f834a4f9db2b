"""Cells of a GeoPackage's columns of numbers that hold no number: OGR reads them as 0, or cuts them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from layers.phrase import Phrase
from layers.readers.files import Content
from layers.readers.rows.fid_range import among
from layers.readers.rows.row_problems import RowProblems
from layers.readers.rows.source_rows import VectorSource
from layers.text.counted import counted

_NO_NUMBER = "typeof({0}) IN ('text', 'blob')"
_NO_WHOLE = "(typeof({0}) = 'real' AND {0} <> CAST({0} AS INTEGER))"


def odd_numbers(
    source: VectorSource, integers: list[str], reals: list[str], fids: NDArray[np.int64]
) -> dict[str, dict[int, str]]:
    """Find cells that are no number, in the rows from the first to the last of `fids`; their texts by column and fid.

    SQLite keeps any value in any column.
    """
    if source.content is not Content.SQLITE or not (integers or reals) or not len(fids):
        return {}
    names = [*integers, *reals]
    columns = [_quoted(name) for name in names]
    odd = [f"({_NO_NUMBER} OR {_NO_WHOLE})".format(column) for column in columns[: len(integers)]]
    odd += [_NO_NUMBER.format(column) for column in columns[len(integers) :]]
    cases = ", ".join(f"CASE WHEN {is_odd} THEN {column} END" for is_odd, column in zip(odd, columns, strict=True))
    fid = _quoted(source.fid_column)
    which, parameters = among(fids)
    texts: dict[str, dict[int, str]] = {}
    with closing(sqlite3.connect(f"file:{quote(source.path)}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        rows = database.execute(
            f"SELECT {fid}, {cases} FROM {_quoted(source.layer)} WHERE {fid} {which} AND ({' OR '.join(odd)})",
            parameters,
        )
        for row, *cells in rows:
            for name, cell in zip(names, cells, strict=True):
                if cell is not None:
                    texts.setdefault(name, {})[row] = _text(cell)
    return texts


def odd_number_problems(
    source: VectorSource, integers: list[str], reals: list[str], fids: NDArray[np.int64]
) -> list[str]:
    """Sentences about cells that are no number; rows have the numbers that people see."""
    problems = RowProblems()
    for name, texts in odd_numbers(source, integers, reals, fids).items():
        what = Phrase("whole number") if name in integers else Phrase("number")
        for fid, text in texts.items():
            problems.add(
                fid - 1,
                Phrase(
                    "its {name} “{text}” is no {what} as its column says: the cell is shown empty.",
                    name=name,
                    text=text[:40],
                    what=what,
                ),
            )
    return problems.sentences(Phrase("has such a cell"))


def _text(cell: Any) -> str:
    return f"{counted(len(cell), 'byte')}" if isinstance(cell, bytes) else str(cell)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
