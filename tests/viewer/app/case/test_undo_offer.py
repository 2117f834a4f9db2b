"""The button that undoes a deletion: offered as long as that is what it would do, and the bytes are there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import MetaEntry
from viewer.app.case.undo_offer import KEY, UndoOffer
from viewer.commands.history import History
from viewer.support.messages import MessageAction, Messages


class _Journal:
    def append(self, edit: Edit, actor: str) -> None:
        """Nothing is kept."""

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """No reason is asked for."""


def _title(value: str) -> Edit:
    return Edit("Title", (Change("meta", None, MetaEntry(uuid=value, value=value)),))


@pytest.fixture
def history(qapp: object) -> History:
    return History(Document(), _Journal(), "me")


def _offered(history: History) -> tuple[Messages, MessageAction]:
    messages = Messages(history)
    history.push(_title("a"))
    UndoOffer(history, history.undo, messages, history).say("One is deleted.")
    line = messages.line(KEY)
    assert line is not None
    assert line.action is not None
    return messages, line.action


def test_the_button_undoes_the_step_and_is_gone(history: History) -> None:
    messages, action = _offered(history)
    action.run()
    assert not history.stack.canUndo()
    assert messages.line(KEY) is None
    history.push(_title("b"))
    action.run()
    assert history.stack.canUndo(), "another step is not undone"


def test_the_offer_ends_with_the_next_step_and_with_a_save(history: History) -> None:
    messages, _action = _offered(history)
    history.push(_title("b"))
    assert messages.line(KEY) is None
    history.undo()
    history.undo()
    messages, _action = _offered(history)
    history.mark_saved(history.state())
    assert messages.line(KEY) is None
