"""Undo, redo, cleanness, and what a failing edit leaves behind."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.edit import REDONE, UNDONE, Change, Edit
from layers.document.rows import MetaEntry
from layers.errors import InvalidEdit, SaveFailed
from viewer.commands.history import History


class _Journal:
    def __init__(self) -> None:
        self.edits: list[Edit] = []

    def append(self, edit: Edit, actor: str) -> None:
        self.edits.append(edit)

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """No reason is given in these tests."""


def _title(before: str | None, after: str | None) -> Edit:
    return Edit(f"Title {after}", (Change("meta", _row(before), _row(after)),))


def _row(value: str | None) -> MetaEntry | None:
    return None if value is None else MetaEntry(uuid="title", value=value)


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def journal() -> _Journal:
    return _Journal()


@pytest.fixture
def history(document: Document, journal: _Journal, qapp: object) -> History:
    return History(document, journal, "me")


def test_push_undo_redo_go_through_the_document_and_the_journal(
    history: History, document: Document, journal: _Journal
) -> None:
    history.push(_title(None, "a"))
    history.push(_title("a", "b"))
    assert document.meta("title") == "b"
    history.undo()
    assert document.meta("title") == "a"
    assert (history.undo_text(), history.redo_text()) == ("Title a", "Title b")
    history.redo()
    assert document.meta("title") == "b"
    assert [edit.label for edit in journal.edits] == ["Title a", "Title b", "Title b", "Title b"]
    assert journal.edits[2] == replace(_title("a", "b").inverse(), reason=UNDONE)
    assert journal.edits[3] == replace(_title("a", "b"), reason=REDONE), "the history can tell both from new edits"
    history.undo()
    assert journal.edits[4].reason == UNDONE, "an undone redo is an undo as any other"


def test_the_stack_itself_may_be_moved(history: History, document: Document, journal: _Journal) -> None:
    history.push(_title(None, "a"))
    history.stack.undo()
    assert document.meta("title") == ""
    history.stack.redo()
    assert document.meta("title") == "a"
    assert len(journal.edits) == 3


def test_an_edit_that_does_not_fit_leaves_nothing(history: History, document: Document, journal: _Journal) -> None:
    with pytest.raises(InvalidEdit):
        history.push(_title("not there", "x"))
    assert history.stack.count() == 0
    assert not journal.edits
    assert history.is_clean()


def test_f82_an_undo_that_does_not_fit_leaves_the_stack(history: History, document: Document) -> None:
    history.push(_title(None, "a"))
    document.apply(_title("a", "behind its back"))
    with pytest.raises(InvalidEdit):
        history.undo()
    assert history.stack.index() == 1
    assert document.meta("title") == "behind its back"


def test_f82_a_failing_listener_loses_no_edit(history: History, document: Document, journal: _Journal) -> None:
    def fail(changes: Changes) -> None:
        raise RuntimeError("a panel broke")

    document.subscribe(fail)
    with pytest.raises(RuntimeError):
        history.push(_title(None, "a"))
    assert history.stack.count() == 1
    assert len(journal.edits) == 1
    with pytest.raises(RuntimeError):
        history.undo()
    assert document.meta("title") == ""
    assert history.stack.index() == 0


def test_whoever_hears_of_an_edit_finds_it_journaled_and_undoable(
    history: History, document: Document, journal: _Journal
) -> None:
    heard: list[tuple[int, int]] = []
    document.subscribe(lambda _: heard.append((len(journal.edits), history.stack.index())))
    history.push(_title(None, "a"))
    history.amend(_title("a", "b"))
    history.undo()
    history.redo()
    history.stack.undo()
    assert [edits for edits, _ in heard] == [1, 2, 3, 4, 5]
    assert [index for _, index in heard[:4]] == [1, 1, 0, 1]


def test_an_edit_within_an_edit_is_journaled_after_it(history: History, document: Document, journal: _Journal) -> None:
    def go_on(changes: Changes) -> None:
        if document.meta("title") == "a":
            history.amend(_title("a", "b"))

    document.subscribe(go_on)
    history.push(_title(None, "a"))
    assert [edit.changes[0].after for edit in journal.edits] == [_row("a"), _row("b")]
    history.undo()
    assert document.meta("title") == "", "one step"


def test_an_edit_that_cannot_be_journaled_is_undoable_and_told(
    history: History, document: Document, journal: _Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(edit: Edit, actor: str) -> None:
        raise SaveFailed("This case is closed already.")

    heard: list[Changes] = []
    document.subscribe(heard.append)
    with monkeypatch.context() as full:
        full.setattr(journal, "append", refuse)
        with pytest.raises(SaveFailed):
            history.push(_title(None, "a"))
    assert len(heard) == 1
    history.undo()
    assert document.meta("title") == ""


def test_clean_means_as_saved(history: History) -> None:
    assert history.is_clean()
    history.push(_title(None, "a"))
    saved = history.state()
    history.push(_title("a", "b"))
    history.mark_saved(saved)  # a save that began before the second edit
    assert not history.is_clean()
    history.undo()
    assert history.is_clean()
    history.undo()
    assert not history.is_clean()
    history.push(_title(None, "c"))
    assert not history.is_clean()


def test_an_empty_edit_is_none(history: History) -> None:
    history.push(Edit("Nothing", ()))
    assert history.stack.count() == 0


@settings(max_examples=30, deadline=None)
@given(moves=st.lists(st.sampled_from(["push", "undo", "redo"]), max_size=40))
def test_f89_any_walk_shows_exact_states(moves: list[str]) -> None:
    document, states, at = Document(), [""], 0
    history = History(document, _Journal(), "me")
    for number, move in enumerate(moves):
        if move == "push":
            now = document.meta("title") or None
            history.push(_title(now, str(number)))
            states, at = [*states[: at + 1], str(number)], at + 1
        elif move == "undo" and at:
            history.undo()
            at -= 1
        elif move == "redo" and at + 1 < len(states):
            history.redo()
            at += 1
        assert document.meta("title") == states[at]
    while at:
        history.undo()
        at -= 1
    assert document.meta("title") == ""


def test_an_amended_step_is_taken_back_as_one(history: History, document: Document, journal: _Journal) -> None:
    history.push(_title(None, "a"))
    saved = history.state()
    history.mark_saved(saved)
    history.amend(_title("a", "b"))
    assert not history.is_clean()
    assert (history.stack.count(), history.undo_text()) == (1, "Title a")
    assert [edit.label for edit in journal.edits] == ["Title a", "Title b"]
    history.undo()
    assert document.meta("title") == ""
    history.redo()
    assert document.meta("title") == "b"


def test_nothing_that_was_undone_is_amended(history: History, document: Document) -> None:
    history.push(_title(None, "a"))
    assert history.touches("title")
    history.push(_title("a", "b"))
    history.undo()
    assert not history.touches("title")
    history.amend(_title("a", "c"))
    assert history.stack.count() == 2
    history.undo()
    assert document.meta("title") == "a"


def test_an_amendment_that_does_not_fit_changes_nothing(history: History, document: Document) -> None:
    history.push(_title(None, "a"))
    with pytest.raises(InvalidEdit):
        history.amend(_title("x", "b"))
    history.undo()
    assert document.meta("title") == ""


def _nudge(before: str | None, after: str, series: str = "nudge 1") -> Edit:
    return replace(_title(before, after), series=series)


def test_a_series_of_edits_is_one_step(history: History, document: Document, journal: _Journal) -> None:
    history.push(_title(None, "a"))
    for before, after in (("a", "b"), ("b", "c"), ("c", "d")):
        history.push(_nudge(before, after))
    assert history.stack.count() == 2
    assert len(journal.edits) == 4, "each is durable when it is made"
    history.undo()
    assert document.meta("title") == "a"
    history.redo()
    assert document.meta("title") == "d"
    history.push(_nudge("d", "e"))
    history.undo()
    assert document.meta("title") == "a"


def test_a_series_that_leads_back_to_where_it_began_is_no_step(
    history: History, document: Document, journal: _Journal
) -> None:
    history.push(_title(None, "a"))
    before = history.state()
    history.push(_nudge("a", "b"))
    back = MetaEntry(uuid="title", value="a", modified_at="2026-01-02T03:04:05Z", modified_by="me", rev=3)
    history.push(Edit("Back", (Change("meta", MetaEntry(uuid="title", value="b"), back),), series="nudge 1"))
    assert (document.meta("title"), history.undo_text(), history.redo_text()) == ("a", "Title a", "")
    assert history.state() == before
    assert document.table("meta")["title"] == MetaEntry(uuid="title", value="a"), "its stamps too"
    assert journal.edits[-1].changes[0].after == MetaEntry(uuid="title", value="a")
    history.push(_nudge("a", "c"))
    history.undo()
    assert document.meta("title") == "a"


def test_another_series_is_another_step(history: History, document: Document) -> None:
    history.push(_nudge(None, "a"))
    history.push(_nudge("a", "b", "nudge 2"))
    history.push(_title("b", "c"))
    history.push(_nudge("c", "d", "nudge 2"))
    assert history.stack.count() == 4


def test_a_series_goes_on_neither_over_a_save_nor_after_an_undo(history: History, document: Document) -> None:
    history.push(_nudge(None, "a"))
    history.mark_saved(history.state())
    history.push(_nudge("a", "b"))
    assert history.stack.count() == 2
    history.undo()
    assert history.is_clean()
    history.push(_nudge("a", "c"))
    history.undo()
    assert document.meta("title") == "a"
    assert history.is_clean()
