"""The last change of a field: what a text was before it was typed, and what Undo has put back."""

from __future__ import annotations

from layers.project.history.earlier_values import SITTING, last_change
from layers.project.history.recorded_change import ChangeWay, FieldChange, RecordedChange


def changed(
    before: str, after: str, at: str, *, actor: str = "ana", reason: str = "", way: ChangeWay = ""
) -> RecordedChange:
    """A change of a claim's statement at a minute of 08:00."""
    moment = f"2026-11-02T08:{at}Z"
    fields = (FieldChange("statement", before or None, after or None),)
    return RecordedChange(0, "", moment, actor, "claims", "c", "update", fields, reason, way)


def told(*changes: RecordedChange, typed: bool = False) -> tuple[object, object, str, str] | None:
    """Value before and after, moment and reason of the last change, of changes with the newest first."""
    change = last_change(changes, ("statement",), SITTING) if typed else last_change(changes, ("statement",))
    if change is None:
        return None
    (field,) = change.fields
    return field.before, field.after, change.at[14:19], change.reason


def test_the_newest_change_counts_with_its_reason() -> None:
    newest = changed("b", "c", "30:00", reason="a second image")
    assert told(newest, changed("a", "b", "00:00")) == ("b", "c", "30:00", "a second image")


def test_a_first_statement_is_no_change() -> None:
    assert told(changed("", "a", "00:00")) is None
    assert told(changed("a", "ab", "00:05"), changed("", "a", "00:00"), typed=True) is None


def test_a_text_that_is_typed_is_one_change_of_one_person() -> None:
    typed = changed("axx", "axxx", "02:00"), changed("ax", "axx", "01:00"), changed("a", "ax", "00:00", actor="bo")
    assert told(*typed, typed=True) == ("ax", "axxx", "01:00", "")


def test_what_was_put_back_counts_as_never_changed() -> None:
    undone = changed("b", "a", "41:00", way="undone"), changed("a", "b", "40:00", reason="an error")
    assert told(*undone) is None
    assert told(*undone, changed("z", "a", "00:00", reason="first")) == ("z", "a", "00:00", "first")
    assert told(changed("a", "b", "42:00", way="redone"), *undone) == ("a", "b", "40:00", "an error")
