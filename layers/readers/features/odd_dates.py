"""Impossible dates in GeoPackages and shapefiles, such as 30 February: OGR streams them as other days, or fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import quote

import numpy as np
import pyogrio
import pyogrio.raw
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.phrase import Phrase
from layers.readers.features.odd_numbers import odd_numbers
from layers.readers.files import Content
from layers.readers.rows.row_problems import RowProblems
from layers.readers.rows.source_rows import VectorSource
from layers.time.dates import is_exact
from layers.vector.columns import Column, Kind

DATES = ("OFTDate", "OFTDateTime")
_QUERY = """
SELECT "{fid}", CAST("{column}" AS TEXT) FROM "{table}"
WHERE "{fid}" BETWEEN ? AND ? AND "{column}" IS NOT NULL
AND (typeof("{column}") <> 'text' OR julianday(replace("{column}", '/', '-')) IS NULL
OR date(replace(substr("{column}", 1, 10), '/', '-')) IS NOT replace(substr("{column}", 1, 10), '/', '-'))
"""


def odd_dates(source: VectorSource, names: list[str], fids: NDArray[np.int64]) -> dict[str, dict[int, str]]:
    """Find texts that are no date, in the rows from the first to the last of `fids`; by column and fid."""
    if not names or not len(fids):
        return {}
    first, last = int(fids.min()), int(fids.max())
    if source.content is Content.SQLITE:
        return _in_table(source, names, first, last)
    return _in_shapefile(source, names, first, last) if source.content is Content.SHAPEFILE else {}


def without_odd_cells(source: VectorSource, fids: NDArray[np.int64], columns: list[Column]) -> list[Column]:
    """Return the columns of the rows `fids` with NULL for impossible dates and for cells that are no number."""

    def named(*kinds: Kind) -> list[str]:
        return [column.name for column in columns if column.kind in kinds]

    odd = odd_dates(source, named(Kind.DATE, Kind.DATETIME), fids)
    odd |= odd_numbers(source, named(Kind.INTEGER, Kind.BOOLEAN), named(Kind.REAL), fids)
    return [_nulled(column, np.isin(fids, list(odd.get(column.name, {})))) for column in columns]


def odd_date_problems(source: VectorSource, names: list[str], fids: NDArray[np.int64]) -> list[str]:
    """Sentences about impossible dates; rows have the numbers that people see."""
    problems = RowProblems()
    for name, texts in odd_dates(source, names, fids - source.first).items():
        for fid, text in texts.items():
            problems.add(
                fid + source.first - 1,
                Phrase(
                    "its {name} “{text}” is no date that there is: the cell is shown empty.", name=name, text=text[:40]
                ),
            )
    return problems.sentences(Phrase("has such a date"))


def _nulled(column: Column, wrong: NDArray[np.bool_]) -> Column:
    return replace(column, valid=column.filled() & ~wrong) if wrong.any() else column


def _in_table(source: VectorSource, names: list[str], first: int, last: int) -> dict[str, dict[int, str]]:
    dates = {}
    with closing(sqlite3.connect(f"file:{quote(source.path)}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        for name in names:
            parts = {"fid": source.fid_column, "column": name, "table": source.layer}
            query = _QUERY.format(**{key: text.replace('"', '""') for key, text in parts.items()})
            dates[name] = dict(database.execute(query, (first, last)).fetchall())
    return dates


def _in_shapefile(source: VectorSource, names: list[str], first: int, last: int) -> dict[str, dict[int, str]]:
    """Find impossible dates of a shapefile. Its driver reads year, month and day apart: as text they stay unchanged."""
    table, dates = str(pyogrio.read_info(source.dataset, **source.how)["layer_name"]).replace('"', '""'), {}
    for name in names:
        column = name.replace('"', '""')
        _, fids, _, (texts,) = pyogrio.raw.read(
            source.dataset,
            read_geometry=False,
            return_fids=True,
            sql_dialect="OGRSQL",
            **source.how,
            sql=f'SELECT CAST("{column}" AS CHARACTER(40)) FROM "{table}" WHERE FID >= {first} AND FID <= {last}',
        )
        pairs: list[tuple[int, Any]] = list(zip(np.asarray(fids).tolist(), texts.tolist(), strict=True))
        dates[name] = {fid: text for fid, text in pairs if text and not is_exact(text)}
    return dates
