"""One line a matter, counted."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from viewer.support.language.text import LONGEST, one_line, plain, tooltip, unbroken
from viewer.support.messages import Messages
from viewer.support.plain_label import plain_label


def test_the_same_key_makes_one_line_with_a_count(qtbot: QtBot) -> None:
    messages = Messages()
    for number in range(400):
        messages.show("tiles", f"tile {number} failed", "warning")
    messages.show("save", "Saved.")
    assert [(line.key, line.count) for line in messages.lines()] == [("tiles", 400), ("save", 1)]
    assert messages.lines()[0].text == "tile 399 failed"


def test_a_line_that_is_said_again_becomes_the_newest(qtbot: QtBot) -> None:
    messages = Messages()
    for key in ("a", "b", "a"):
        messages.show(key, key)
    assert [line.key for line in messages.lines()] == ["b", "a"]


def test_two_matters_in_the_same_words_are_one_line(qtbot: QtBot) -> None:
    messages = Messages()
    messages.show("working copy", "The disk is full.", "error")
    messages.show("save", "The disk is full.", "error")
    assert [line.key for line in messages.lines()] == ["save"]
    messages.clear("save")
    assert [line.key for line in messages.lines()] == ["working copy"], "that matter is not well yet"
    messages.show("save", "The disk is full.", "error")
    messages.dismiss(messages.lines()[0])
    assert not messages.lines(), "what was read does not come up again"


def test_clearing_tells_only_when_something_went(qtbot: QtBot) -> None:
    messages, heard = Messages(), []
    messages.changed.connect(lambda: heard.append(1))
    messages.clear("nothing")
    messages.end_case()
    assert not heard
    messages.show("a", "a")
    messages.clear("a")
    assert len(heard) == 2
    assert not messages.lines()


def test_what_is_about_the_case_goes_with_it_and_what_is_about_the_program_stays(qtbot: QtBot) -> None:
    messages, heard = Messages(), []
    messages.show("settings", "The settings cannot be kept.", "warning", about="program")
    messages.show("intake-0", "Two sites have no place.", "warning")
    messages.show("lock", "Olga has it open.")
    messages.changed.connect(lambda: heard.append(1))
    messages.end_case()
    assert [line.key for line in messages.lines()] == ["settings"]
    assert heard == [1]
    messages.end_case()
    assert heard == [1]


def test_text_of_files_is_made_harmless(qtbot: QtBot) -> None:
    assert plain("in\u202evoice\x07.tif\u2066") == "invoice.tif"
    assert one_line("two\n lines\t of it") == "two lines of it"
    assert len(plain("x" * 10_000)) == LONGEST
    assert unbroken(tooltip("<b>bold</b> & more")) == "<b>bold</b> & more"
    label = plain_label("<b>not bold</b>")
    qtbot.addWidget(label)
    assert label.text() == "<b>not bold</b>"
    assert label.textFormat().name == "PlainText"
