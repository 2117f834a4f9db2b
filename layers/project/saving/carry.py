"""Carries over content of other programs: their tables, layers, styles and projects are in our next save as they were.

Tables are made anew from checked facts; no SQL of theirs is run. Rows in tables that GeoPackage shares (contents,
styles, metadata ...) come along where they are not ours.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from layers.project.opening.case_reader import CaseReader, Chunk, Unfit
from layers.project.opening.foreign import ForeignTable
from layers.project.opening.qgis_rows import Fact, digest, facts, project_rows_of, style_rows_of
from layers.project.saving.spatial_index import add_rtree_triggers, build_rtree, count_features
from layers.project.storage.row_writer import quoted, row_number
from layers.project.storage.schema import CARRIED_KEY, OUR_PROJECT

_RTREE = "gpkg_rtree_index"


def carry_over(new: sqlite3.Connection, case: CaseReader) -> None:
    """Write the content that is not ours into a new file, in an open transaction. Raises sqlite3.Error and what `case`
    raises.
    """
    before = new.total_changes
    carried = [table for table in case.opened.foreign.tables if not _is_there(new, table.carried_as)]
    for table in carried:
        _copy_table(new, case, table)
    _copy_shared_rows(new, case, {table.name: table.carried_as for table in carried})
    by_name = {table.carried_as: table for table in carried}
    for name, column in _rtrees(new, by_name.keys()):
        if by_name[name].row_key:
            build_rtree(new, case, by_name[name].name, column, name)
            add_rtree_triggers(new, name, column, by_name[name].row_key)
    registered = {name for (name,) in new.execute("SELECT table_name FROM gpkg_contents")}
    for table in carried:
        if table.carried_as in registered:
            count_features(new, table.carried_as)
        for index, is_unique, columns in table.indexes:
            if not _is_there(new, index):
                unique = "UNIQUE " if is_unique else ""
                listed = ", ".join(map(quoted, columns))
                new.execute(f"CREATE {unique}INDEX {quoted(index)} ON {quoted(table.carried_as)} ({listed})")
    if carried or case.opened.foreign.columns or new.total_changes != before:
        new.execute("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES (?, 'yes')", (CARRIED_KEY,))


def _is_there(new: sqlite3.Connection, name: str) -> bool:
    row = new.execute("SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?)", (name,)).fetchone()
    return row is not None or name.lower().startswith("sqlite_")


# -- whole tables ---------------------------------------------------------------------------------------------------


def _copy_table(new: sqlite3.Connection, case: CaseReader, table: ForeignTable) -> None:
    new.execute(_create_sql(table))
    names = [column.name for column in table.columns]
    columns = case.filled(table.name, names)
    row_name = row_number(names) or quoted(table.row_key)
    number = "" if table.row_key else f"{row_name}, "
    listed = ", ".join(quoted(name) for name in columns)
    holders = ", ".join("?" * (len(columns) + bool(number)))
    sql = f"INSERT INTO {quoted(table.carried_as)} ({number}{listed}) VALUES ({holders})" if listed or number else ""
    if not sql:
        return

    def take(chunk: Chunk) -> None:
        values: list[Sequence[Any]] = [chunk.columns[name] for name in columns]
        if number:
            values.insert(0, chunk.numbers)
        rows = list(zip(*values, strict=True))
        new.executemany(sql, [[None if isinstance(value, Unfit) else value for value in row] for row in rows])
        for name in columns:
            for row, value in zip(chunk.numbers, chunk.columns[name], strict=True):
                if isinstance(value, Unfit):
                    odd.append((name, row))

    odd: list[tuple[str, int]] = []
    case.each_chunk(table.name, columns, take)
    for name, row in odd:
        value = case.value(table.name, name, row)
        holder = "CAST(? AS TEXT)" if value.is_text else "?"
        new.execute(
            f"UPDATE {quoted(table.carried_as)} SET {quoted(name)} = {holder} WHERE {row_name} = ?",
            (b"".join(value.pieces), row),
        )


def _create_sql(table: ForeignTable) -> str:
    lines = []
    for column in table.columns:
        line = f"{quoted(column.name)} {column.declared}"
        if column.name == table.row_key:
            line += " PRIMARY KEY" + (" AUTOINCREMENT" if table.counts_up else "")
        lines.append(line + (" NOT NULL" if column.is_required else ""))
    key = sorted((column for column in table.columns if column.key), key=lambda column: column.key)
    if key and not table.row_key:
        lines.append(f"PRIMARY KEY ({', '.join(quoted(column.name) for column in key)})")
    return f"CREATE TABLE {quoted(table.carried_as)} ({', '.join(lines)})"


def _rtrees(new: sqlite3.Connection, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """(table, geometry column) of carried layers that had a spatial index."""
    for name, column in new.execute(
        "SELECT e.table_name, e.column_name FROM gpkg_extensions e JOIN gpkg_geometry_columns g "
        "ON g.table_name = e.table_name AND g.column_name = e.column_name WHERE e.extension_name = ?",
        (_RTREE,),
    ).fetchall():
        if name in names:
            yield name, column


# -- rows in tables that all share ------------------------------------------------------------------------------------


class _Shared(Struct, frozen=True):
    """A table of GeoPackage in which each program has rows."""

    name: str
    key: tuple[str, ...]
    """Columns that identify a row."""
    is_theirs: Callable[[Fact], bool]


_TABLE_NAMES = ("table_name", "f_table_name", "mapping_table_name", "base_table_name", "related_table_name")
"""Columns in which shared tables name a table."""


def _copy_shared_rows(new: sqlite3.Connection, case: CaseReader, tables: Mapping[str, str]) -> None:
    """`tables` are those carried over, with their new names."""
    foreign = case.opened.foreign
    columns = {name: {c.name for c in extra} for name, extra in foreign.columns.items()}

    def renamed(row: Fact) -> Fact:
        names = {key: tables.get(str(row[key]), row[key]) for key in _TABLE_NAMES if key in row}
        if row.get("column_name") is not None:
            names["column_name"] = foreign.column_name(str(row.get("table_name")), str(row["column_name"]))
        return {**row, **names}

    def of_table(row: Fact) -> bool:
        return row.get("table_name") in tables

    def of_column(row: Fact) -> bool:
        return of_table(row) or row.get("column_name") in columns.get(str(row.get("table_name")), ())

    def any_row(row: Fact) -> bool:
        return True

    for shared in (
        _Shared("gpkg_spatial_ref_sys", ("srs_id",), any_row),
        _Shared("gpkg_contents", ("table_name",), of_table),
        _Shared("gpkg_geometry_columns", ("table_name",), of_table),
        _Shared(
            "gpkg_extensions",
            ("table_name", "column_name", "extension_name"),
            lambda row: of_table(row) or not row.get("table_name"),
        ),
        _Shared("gpkg_data_column_constraints", ("constraint_name", "constraint_type", "value"), any_row),
        _Shared("gpkg_data_columns", ("table_name", "column_name"), of_column),
        _Shared("gpkgext_relations", ("mapping_table_name",), lambda row: row.get("mapping_table_name") in tables),
    ):
        for row in facts(case, shared.name):
            if shared.is_theirs(row):
                _insert_new(new, shared, renamed(row))
    _copy_metadata(new, case, renamed)
    _copy_styles(new, case, renamed)
    _copy_projects(new, case)


def _insert_new(new: sqlite3.Connection, shared: _Shared, row: Fact) -> None:
    """Add a row unless one of its key is there; columns that the new file does not know are left out."""
    where = " AND ".join(f"{name} IS ?" for name in shared.key)
    keys = [row.get(name) for name in shared.key]
    if new.execute(f"SELECT 1 FROM {shared.name} WHERE {where}", keys).fetchone() is not None:
        return
    if shared.name == "gpkg_contents":
        row = {**row, "identifier": _free_identifier(new, row)}
    _insert(new, shared.name, {name: value for name, value in row.items() if name != "id"})


def _insert(new: sqlite3.Connection, table: str, row: Fact) -> None:
    there = [name for (name,) in new.execute("SELECT name FROM pragma_table_info(?)", (table,)) if name in row]
    listed = ", ".join(map(quoted, there))
    new.execute(
        f"INSERT OR IGNORE INTO {table} ({listed}) VALUES ({', '.join('?' * len(there))})", [row[n] for n in there]
    )


def _free_identifier(new: sqlite3.Connection, row: Fact) -> str | None:
    """The layer's name; where another layer has it, the table's."""
    wanted = row.get("identifier")
    in_use = {text for (text,) in new.execute("SELECT identifier FROM gpkg_contents")}
    return (
        wanted
        if wanted not in in_use
        else next((name for name in (row["table_name"], f"{row['table_name']} (2)") if name not in in_use), None)
    )


def _copy_metadata(new: sqlite3.Connection, case: CaseReader, renamed: Callable[[Fact], Fact]) -> None:
    """Copy metadata of other programs under numbers of its own, with references to what it describes."""
    (ours,) = new.execute("SELECT metadata FROM gpkg_metadata WHERE id = 1").fetchone()
    numbers: dict[Any, int] = {}
    for row in facts(case, "gpkg_metadata"):
        if row.get("metadata") != ours:
            (free,) = new.execute("SELECT max(id) + 1 FROM gpkg_metadata").fetchone()
            _insert(new, "gpkg_metadata", {**row, "id": free})
            numbers[row.get("id")] = free
    for row in facts(case, "gpkg_metadata_reference"):
        if row.get("md_file_id") in numbers:
            parent = numbers.get(row.get("md_parent_id"))
            _insert(
                new,
                "gpkg_metadata_reference",
                {**renamed(row), "md_file_id": numbers[row["md_file_id"]], "md_parent_id": parent},
            )


def told_styles(rows: Iterable[tuple[str, str, str]]) -> str:
    """(table, style name, QML) rows in the fact `STYLES_KEY`."""
    return json.dumps({f"{table}/{name}": digest(qml) for table, name, qml in rows})


def _copy_styles(new: sqlite3.Connection, case: CaseReader, renamed: Callable[[Fact], Fact]) -> None:
    """Copy styles that are not ours, and changed ones of ours, which replace ours; all without code."""
    for row in style_rows_of(case):
        if row.fact is None:
            continue
        kept = renamed(row.fact)
        keys = kept.get("f_table_name"), kept.get("styleName")
        new.execute("DELETE FROM layer_styles WHERE f_table_name = ? AND styleName = ?", keys)
        _insert(new, "layer_styles", {key: value for key, value in kept.items() if key != "id"})


def _copy_projects(new: sqlite3.Connection, case: CaseReader) -> None:
    """Copy projects of others without code. Ours, where it was changed in QGIS, stays, and the new one stands beside
    it.
    """
    for row in project_rows_of(case):
        if row.fact is None:
            continue
        if row.fact.get("name") == OUR_PROJECT:
            new.execute("UPDATE qgis_projects SET name = ? WHERE name = ?", (f"{OUR_PROJECT}, as saved", OUR_PROJECT))
        _insert(new, "qgis_projects", row.fact)
