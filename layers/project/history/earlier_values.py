"""The value that a field had before it was last changed, by the history of its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from layers.project.history.recorded_change import FieldChange, RecordedChange, ToldValue

SITTING = timedelta(minutes=10)
"""Pause between changes of a text by one person up to which they are one: it is kept as it is typed."""


NO_SITTING = timedelta(0)


def last_change(
    changes: Iterable[RecordedChange], columns: Sequence[str], sitting: timedelta = NO_SITTING
) -> RecordedChange | None:
    """The last change of some columns that belong together, as one change with its first moment and its last reason.

    changes: those of one row, the newest first
    columns: the columns, such as a term with its bounds
    sitting: changes by one person with shorter pauses count as one; what Undo has put back counts as never changed

    None where they were never changed, or not stated before.
    """
    after: dict[str, ToldValue] = {}
    before: dict[str, ToldValue] = {}
    first: RecordedChange | None = None
    reason = ""
    for change in changes:
        fields = [item for item in change.fields if item.column in columns]
        if change.kind != "update" or not fields:
            continue
        if first is not None and not first.way and not _is_one_sitting(change, first, sitting):
            if _differ(before, after):
                break
            reason = ""  # what was changed was put back: an older change counts
        for item in fields:
            after.setdefault(item.column, item.after)
            before[item.column] = item.before
        first, reason = change, reason or change.reason
    if first is None or not _differ(before, after) or not any(value not in ("", None) for value in before.values()):
        return None
    pairs = tuple(FieldChange(column, before[column], after[column]) for column in columns if column in before)
    return replace(first, fields=pairs, reason=reason)


def _differ(before: dict[str, ToldValue], after: dict[str, ToldValue]) -> bool:
    return any(value != after[column] for column, value in before.items())


def _is_one_sitting(change: RecordedChange, later: RecordedChange, sitting: timedelta) -> bool:
    """True for changes by one person with a short pause between them."""
    try:
        pause = datetime.fromisoformat(later.at) - datetime.fromisoformat(change.at)
    except (ValueError, TypeError):  # no moment, or one without its zone
        return False
    return change.actor == later.actor and pause < sitting
