"""The content of a case that is not ours: columns, tables and layers that another program put there.

It is carried over as data when the case is saved: the tables are made anew from judged facts, never from their SQL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from msgspec import Struct, field

from layers.phrase import Phrase
from layers.project.opening.case_file import CaseSchema, TableColumn
from layers.project.opening.foreign_rules import Counted, rules_left_behind
from layers.project.storage.schema import OWN_TABLES, RELATIONS
from layers.project.storage.tables import BY_NAME
from layers.project.storage.versions import later_columns, later_tables
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


class ForeignTable(Struct, frozen=True):
    """A table of another program, as our next save makes it."""

    name: str
    columns: tuple[TableColumn, ...]
    counts_up: bool
    """AUTOINCREMENT: row numbers are never used again."""
    indexes: tuple[tuple[str, bool, tuple[str, ...]], ...]
    """(name, is unique, columns)"""
    carried_as: str = ""
    """Its name in our next save; another one where a table of ours has taken its own meanwhile."""

    @property
    def row_key(self) -> str:
        """Column that is the row number; empty where there is none."""
        key = [column for column in self.columns if column.key]
        return key[0].name if len(key) == 1 and key[0].declared.upper() == "INTEGER" else ""


class Foreign(Struct, frozen=True):
    """All content of a case besides Geoloupe's own. `lost` are sentences about content that cannot be kept.

    `renamed` are, by table of ours, new names of columns in our next save, where they cannot keep their own.
    """

    columns: Mapping[str, tuple[TableColumn, ...]]
    """Foreign columns of our own tables, by table."""
    tables: tuple[ForeignTable, ...]
    lost: tuple[str, ...]
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def column_name(self, table: str, column: str) -> str:
        """The name of another program's column in our next save."""
        return self.renamed.get(table, {}).get(column, column)

    @property
    def is_carried(self) -> bool:
        """True where our next save has to contain any of it."""
        return bool(self.columns or self.tables)


def foreign_in(schema: CaseSchema, version: int) -> Foreign:
    """Finds the tables and columns of a case's schema of this version that are not ours."""
    later = later_tables(version)
    columns: dict[str, tuple[TableColumn, ...]] = {}
    renamed: dict[str, dict[str, str]] = {}
    for name, spec in BY_NAME.items():
        in_use = {column.name.lower() for column in spec.columns} | {spec.key, "geom", *spec.blobs}
        ours = in_use - later_columns(version, name)
        in_file = () if name in later else schema.tables.get(name, ())
        extra = tuple(column for column in in_file if column.name.lower() not in ours)
        if extra:
            columns[name] = extra
            names = free_names([column.name for column in extra], in_use)
            renamed |= {name: names} if names else {}
    own = OWN_TABLES | {relation.mapping for relation in RELATIONS}
    others = [name for name in schema.tables if name.lower() not in own - later]
    carried_as = free_names(others, own)
    tables = tuple(
        ForeignTable(
            name,
            schema.tables[name],
            bool(re.search(r"\bautoincrement\b", schema.sql.get(name, ""), re.IGNORECASE)),
            tuple((index, unique, cols) for index, table, unique, cols in schema.indexes if table == name),
            carried_as.get(name, name),
        )
        for name in others
    )
    return Foreign(columns, tables, tuple(_lost(schema, {table.name for table in tables})), renamed)


def free_names(names: Sequence[str], in_use: Collection[str]) -> dict[str, str]:
    """New names, the same in every save, for those that a later version of ours uses."""
    used = {name.lower() for name in names} | set(in_use)
    new_names = {}
    for name in names:
        if name.lower() in in_use:
            new_names[name] = next(new for new in _tries(name) if new.lower() not in used)
            used.add(new_names[name].lower())
    return new_names


def _tries(name: str) -> Iterator[str]:
    yield f"{name}_carried"
    yield from (f"{name}_carried_{number}" for number in count(2))


def _lost(schema: CaseSchema, carried: Collection[str]) -> Iterator[str]:
    spatial = tuple(f"rtree_{name.lower()}_" for name in [*carried, *BY_NAME])
    virtual = [name for name in schema.virtual_tables if not name.lower().startswith(spatial)]
    triggers = [name for name in schema.triggers if not name.startswith(_USUAL_TRIGGERS)]
    computed = [name.replace("\0", ".") for name in schema.computed]
    kinds: tuple[tuple[Collection[str], Counted], ...] = (
        (schema.views, lambda n: counted(n, "view of another program is", "views of another program are")),
        (triggers, lambda n: counted(n, "trigger of another program is", "triggers of another program are")),
        (virtual, lambda n: counted(n, "virtual table of another program is", "virtual tables of another program are")),
        (
            computed,
            lambda n: counted(n, "computed column of another program is", "computed columns of another program are"),
        ),
        (
            schema.unreadable,
            lambda n: counted(
                n,
                "table of an unusual kind of another program is",
                "tables of an unusual kind of another program are",
            ),
        ),
    )
    for names, words in (*kinds, *rules_left_behind(schema, carried)):
        if names:
            shown = ", ".join(sorted(names)[:_NAMED]) + (", …" if len(names) > _NAMED else "")
            yield (
                Phrase(
                    "{counted} ignored and will not be in the next save: {shown}.",
                    counted=words(len(names)),
                    shown=shown,
                )
            )


def renamed_sentences(foreign: Foreign) -> list[str]:
    """Sentences for the analyst about tables and columns that get another name."""
    pairs = [
        (Phrase("the column {old} of {table}", old=old, table=table), new)
        for table, names in foreign.renamed.items()
        for old, new in names.items()
    ]
    pairs += [
        (Phrase("the table {name}", name=table.name), table.carried_as)
        for table in foreign.tables
        if table.carried_as != table.name
    ]
    return [
        Phrase("Another program's content keeps its values under a new name: {old} is {new} now.", old=old, new=new)
        for old, new in pairs
    ]
