"""The content of a case that is not ours: columns, tables and layers that another program put there.

It is carried over as data when the case is saved: the tables are made anew from judged facts, never from their SQL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from layers.project.opening.case_file import Schema, TableColumn
from layers.project.storage.schema import OWN_TABLES, RELATIONS
from layers.project.storage.tables import BY_NAME
from layers.text.counted import counted

_USUAL_TRIGGERS = (
    "rtree_",
    "trigger_insert_feature_count_",
    "trigger_delete_feature_count_",
    "gpkg_",
    "fgti_",
    "fgtu_",
)
"""Triggers that GeoPackage writers make for themselves."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table of another program, as it will be made anew."""

    name: str
    columns: tuple[TableColumn, ...]
    counts_up: bool
    """AUTOINCREMENT: row numbers are never used again."""
    indexes: tuple[tuple[str, bool, tuple[str, ...]], ...]
    """(name, is unique, columns)"""

    @property
    def row_key(self) -> str:
        """The column that is the row number; empty where none is."""
        key = [column for column in self.columns if column.key]
        return key[0].name if len(key) == 1 and key[0].declared.upper() == "INTEGER" else ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """All that a case holds beside what Geoloupe wrote. `lost` are sentences about what cannot be carried over."""

    columns: Mapping[str, tuple[TableColumn, ...]]
    """Of tables of ours."""
    tables: tuple[ForeignTable, ...]
    lost: tuple[str, ...]

    @property
    def is_carried(self) -> bool:
        """True where anything has to be written into the next save."""
        return bool(self.columns or self.tables)

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": {table: [_column_json(column) for column in columns] for table, columns in self.columns.items()},
            "tables": [
                {
                    "name": table.name,
                    "columns": [_column_json(column) for column in table.columns],
                    "counts_up": table.counts_up,
                    "indexes": [list(index) for index in table.indexes],
                }
                for table in self.tables
            ],
            "lost": list(self.lost),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where `data` is none of `to_json`."""
        return cls(
            {str(table): tuple(map(_column, columns)) for table, columns in data["columns"].items()},
            tuple(
                ForeignTable(
                    str(table["name"]),
                    tuple(map(_column, table["columns"])),
                    bool(table["counts_up"]),
                    tuple((str(name), bool(unique), tuple(map(str, over))) for name, unique, over in table["indexes"]),
                )
                for table in data["tables"]
            ),
            tuple(str(sentence) for sentence in data["lost"]),
        )


NOTHING = Foreign({}, (), ())


def foreign_in(schema: Schema) -> Foreign:
    """Finds the tables and columns of a case's schema that are not ours."""
    columns = {}
    for name, spec in BY_NAME.items():
        ours = {column.name.lower() for column in spec.columns} | {spec.key, "geom", "data"}
        extra = tuple(column for column in schema.tables.get(name, ()) if column.name.lower() not in ours)
        if extra:
            columns[name] = extra
    own = OWN_TABLES | {relation.mapping for relation in RELATIONS}
    tables = tuple(
        ForeignTable(
            name,
            found,
            bool(re.search(r"\bautoincrement\b", schema.sql.get(name, ""), re.IGNORECASE)),
            tuple((index, unique, cols) for index, table, unique, cols in schema.indexes if table == name),
        )
        for name, found in schema.tables.items()
        if name.lower() not in own
    )
    return Foreign(columns, tables, tuple(_lost(schema, {table.name for table in tables})))


def _lost(schema: Schema, carried: Collection[str]) -> Iterator[str]:
    spatial = tuple(f"rtree_{name.lower()}_" for name in [*carried, *BY_NAME])
    virtual = [name for name in schema.virtual_tables if not name.lower().startswith(spatial)]
    triggers = [name for name in schema.triggers if not name.startswith(_USUAL_TRIGGERS)]
    computed = [name.replace("\0", ".") for name in schema.computed]
    for names, one, many in (
        (schema.views, "view", "views"),
        (triggers, "trigger", "triggers"),
        (virtual, "virtual table", "virtual tables"),
        (computed, "computed column", "computed columns"),
        (schema.unreadable, "table of an unusual kind", "tables of an unusual kind"),
    ):
        if names:
            shown = ", ".join(sorted(names)[:_NAMED]) + (", …" if len(names) > _NAMED else "")
            yield (
                f"{counted(len(names), f'{one} of another program is', f'{many} of another program are')} ignored "
                f"and will not be in the next save: {shown}."
            )


def _column_json(column: TableColumn) -> list[Any]:
    return [column.name, column.declared, column.is_required, column.key]


def _column(data: Any) -> TableColumn:
    name, declared, is_required, key = data
    return TableColumn(str(name), str(declared), bool(is_required), int(key))
