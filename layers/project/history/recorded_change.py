"""Changes as the history of a case records them, decoded: who changed which fields of which row, when, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from msgspec import Struct

from layers.document.edit import REDONE, UNDONE
from layers.project.storage.tables import BY_NAME, TableSpec, aliases_from_text, empty_value

type ChangeKind = Literal["baseline", "insert", "update", "delete"]
type ChangeWay = Literal["", "undone", "redone"]
"""The way a change came about: by the hand of the analyst, or by Undo or Redo."""
type ToldValue = str | int | float | bool | None
"""A value as the history has it; None: not stated."""

_WAYS: tuple[tuple[ChangeWay, str], ...] = (("undone", UNDONE), ("redone", REDONE))
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind.__value__)
GEOMETRY = "geom"
"""The column under which a change of geometry is listed; its values are read one by one, as they are large."""
_OF_EACH_CHANGE = frozenset({"modified_at", "modified_by", "rev"})
"""Stamps that every change sets."""
_NAMES = (
    "label",
    "title",
    "name",
    "statement",
    "source_wording",
    "caption",
    "words",
    "body",
    "quote",
    "target",
    "what",
)
"""Columns that name a row, the best first."""


class FieldChange(Struct, frozen=True):
    """One column before and after a change."""

    column: str
    before: ToldValue = None
    after: ToldValue = None


class RecordedChange(Struct, frozen=True):
    """One row of the history. `fields` leaves out the stamps that every change sets."""

    seq: int
    txn_uuid: str
    """The step with which it was made: changes of one step share it."""
    at: str
    """UTC, ISO 8601 with a Z."""
    actor: str
    table_name: str
    """A name of the file's tables."""
    row_uuid: str
    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""
    """The reason that somebody gave, or the words of a program for what it did."""
    way: ChangeWay = ""
    rev_before: int = 0
    """The revision of the row before the change; 0 where there was none."""
    left_as: str = ""
    """The name of the row when it was last deleted; empty where it never was."""
    is_taken_back: bool = False
    """True where a later change took it back, and nothing made it again since."""

    @property
    def uuid(self) -> str:
        """A name for lists of changes: the place in the history."""
        return str(self.seq)

    @property
    def spec(self) -> TableSpec | None:
        """The table of the row; None for one that this version does not know."""
        return BY_NAME.get(self.table_name)

    @property
    def has_geometry(self) -> bool:
        """True where the history keeps a geometry before or after the change."""
        return any(item.column == GEOMETRY for item in self.fields)

    @property
    def values(self) -> dict[str, ToldValue]:
        """The columns that were stated: after the change, or before a deletion."""
        return {item.column: item.before if self.kind == "delete" else item.after for item in self.fields}


COLUMNS = (
    "seq",
    "txn_uuid",
    "at",
    "actor",
    "table_name",
    "row_uuid",
    "op",
    "delta_json",
    "reason",
    "parent_rev",
    "old_geom IS NOT NULL OR new_geom IS NOT NULL",
)
"""The columns of a history from which `decoded` makes a change, in SQL."""


def decoded(row: Sequence[Any]) -> RecordedChange:
    """The change in the `COLUMNS` of a history. Texts of others may stand there: what fits nothing says nothing."""
    seq, txn_uuid, at, actor, table_name, row_uuid, op, delta, reason, rev, has_geometry = row
    kind: ChangeKind = op if op in KINDS else "update"
    way, reason = _way_and_reason(_text(reason))
    fields = fields_in(delta)
    if has_geometry:
        fields = (*fields, FieldChange(GEOMETRY))
    return RecordedChange(
        seq=int(seq),
        txn_uuid=_text(txn_uuid),
        at=_text(at),
        actor=_text(actor),
        table_name=_text(table_name),
        row_uuid=_text(row_uuid),
        kind=kind,
        fields=fields,
        reason=reason,
        way=way,
        rev_before=rev if isinstance(rev, int) else 0,
    )


def own_reason(text: str) -> str:
    """The reason of a change without the words for the way it came about."""
    return _way_and_reason(text)[1]


def _way_and_reason(text: str) -> tuple[ChangeWay, str]:
    """The way a change came about, by the beginning of its reason, and the rest of that."""
    for way, mark in _WAYS:
        if text == mark or text.startswith(f"{mark} · "):
            return way, text[len(mark) :].removeprefix(" · ")
    return "", text


def fields_in(delta: Any) -> tuple[FieldChange, ...]:
    """The changed columns in the JSON of a delta, without the stamps of each change."""
    try:
        pairs = json.loads(delta) if isinstance(delta, str) else {}
    except (ValueError, RecursionError):
        return ()
    if not isinstance(pairs, dict):
        return ()
    return tuple(
        FieldChange(name, _told(pair[0]), _told(pair[1]))
        for name, pair in pairs.items()
        if name not in _OF_EACH_CHANGE and isinstance(pair, list) and len(pair) == 2
    )


def row_name(table_name: str, values: Mapping[str, ToldValue]) -> str:
    """The text that names a row in its columns, such as a label or a title; empty where none does."""
    columns = ("key",) if table_name == "loupe_meta" else _NAMES
    names = (values.get(column) for column in columns)
    return next((name for name in names if isinstance(name, str) and name.strip()), "")


def stored_fields(spec: TableSpec, values: Mapping[str, ToldValue]) -> dict[str, Any]:
    """Fields of a row by name, from told values by column; columns that are none of ours are left out."""
    fields: dict[str, Any] = {}
    for column in spec.plain_columns:
        if column.name not in values:
            continue
        value = values[column.name]
        if value is None:
            fields[column.field] = empty_value(column)
        elif column.kind == "aliases":
            fields[column.field] = aliases_from_text(str(value)) or ()
        else:
            fields[column.field] = value
    return fields


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _told(value: Any) -> ToldValue:
    return value if value is None or isinstance(value, str | int | float | bool) else json.dumps(value)
