"""The window in a made-up language, the demo in other letters: what is English on it, no translator could say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from layers.document.edit import Change, Edit
from layers.project.saving.recovery import MarkCounts, RecoverableSession
from tests.support.cases.marks import marks_of_every_kind
from tests.support.cases.other_letters import words_in_other_letters
from tests.support.cited_words import english
from tests.support.dialogs import DIALOGS, MORE, look_at_each, open_about_files, open_by_hand, open_now
from tests.support.made_up_language import spoken
from tests.support.product_windows import ready
from tests.support.shown_texts import Shown, in_menus, shown_on
from tests.support.windows import make_panels, opened, settle
from viewer.app.opening.questions import Questions, Which
from viewer.app.window import MainWindow

REFUSED = {
    "missing.tif": None,
    "text.tif": b"no image at all",
    "empty.geojson": b"",
    "cut.geojson": b'{"type": "FeatureCollection", "features": [{"type"',
    "cut.tif": b"II*\0\x08\0\0\0\xff\xff",
    "empty.zip": b"PK\x05\x06" + bytes(18),
    "case.gpkg": b"SQLite format 3\0" + bytes(100),
    "program.exe": b"MZ" + bytes(100),
    "page.pdf": b"%PDF-1.4\n",
    "cut.png": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "cut.kml": b"<kml><Document>",
    "1.csv": b"a;b\n1;2\n",
}
"""Files that are refused, each in another way; None: there is none of this name."""


@pytest.fixture
def speaking(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    """A window that was made in the language."""
    language = spoken()
    window: MainWindow = request.getfixturevalue("window")
    window.resize(1366, 900)
    yield window
    QCoreApplication.removeTranslator(language)


@pytest.fixture
def demo(speaking: MainWindow, qtbot: QtBot) -> MainWindow:
    """The same with the demo in it, whose own words are in other letters."""
    speaking.file_menu.open_demo()
    qtbot.waitUntil(speaking.is_idle, timeout=60_000)
    speaking.session.push(words_in_other_letters(speaking.session.document))
    settle(speaking, qtbot)
    return speaking


@pytest.mark.bounded
def test_menus_and_panels_are_in_the_language(
    speaking: MainWindow, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    at_start = shown_on(speaking)
    demo: MainWindow = request.getfixturevalue("demo")
    make_panels(demo)
    assert english(at_start | in_menus(demo) | shown_on(demo)) == []


@pytest.mark.bounded
def test_forms_are_in_the_language(demo: MainWindow, qtbot: QtBot) -> None:
    document, context = demo.session.document, demo.panel_context
    marks = [replace(mark, label="", shape_json="") for mark in marks_of_every_kind()]
    demo.session.push(Edit("", tuple(Change("sites", None, mark) for mark in marks)))
    make_panels(demo)
    texts = set[Shown]()
    for chosen in (*([mark.uuid] for mark in marks), [mark.uuid for mark in marks]):
        demo.selection.set(chosen)
        texts |= shown_on(demo)
    link = next(iter(document.table("claim_sources").values()))
    for show in (
        partial(context.show_claim, link.claim_uuid, raise_form=True),
        partial(context.show_row, "sources", link.source_uuid, raise_form=True),
        partial(context.show_row, "responses", next(iter(document.responses)), raise_form=True),
        *(partial(context.show_layer, layer, raise_form=True) for layer in document.layers),
    ):
        show()
        settle(demo, qtbot)
        texts |= shown_on(demo)
    assert english(texts) == []


@pytest.mark.bounded
def test_dialogs_are_in_the_language(demo: MainWindow, qtbot: QtBot) -> None:
    demo.selection.set(list(demo.session.document.sites)[:1])
    texts = set[Shown]()
    look_at_each(demo, qtbot, [*DIALOGS, *MORE], lambda dialog: texts.update(shown_on(dialog)))
    assert english(texts) == []


@pytest.mark.bounded
def test_a_product_and_its_check_are_in_the_language(demo: MainWindow, qtbot: QtBot) -> None:
    demo.action_table["export_product"].trigger()
    product = ready(demo, qtbot)
    assert len(product.findings.groups) > 3
    texts = shown_on(product)
    product.close()
    assert english(texts) == []


@pytest.mark.bounded
def test_dialogs_about_files_are_in_the_language(speaking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_about_files(speaking, qtbot, tmp_path)
    open_by_hand(speaking)
    settle(speaking, qtbot)
    texts = set[Shown]()
    for dialog in open_now(speaking).values():
        texts |= shown_on(dialog)
        dialog.close()
    names = frozenset({"places", "name", "table", "many", "gone"})
    assert english(texts | shown_on(speaking), names) == []


def test_questions_are_in_the_language(speaking: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = set[Shown]()

    def hear(box: QMessageBox) -> int:
        texts.update(shown_on(box))
        return 0

    def hear_words(_parent: object, title: str, _place: str, kinds: str = "") -> tuple[str, str]:
        texts.update({("file dialog", title), ("file dialog", kinds)})
        return "", ""

    monkeypatch.setattr(QMessageBox, "exec", hear)
    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, hear_words)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *words: hear_words(*words)[0])
    ask, moment = Questions(speaking), "2026-11-30T12:00:00Z"
    left = RecoverableSession(tmp_path, None, "1", moment, 3, MarkCounts(2, 1))
    ask.unsaved("1")
    ask.changed_on_disk("1")
    ask.recovery("1", left)
    ask.take_over("1", "2")
    ask.which_features("1", dict.fromkeys(Which, 2))
    ask.file_in_place_of("1", tmp_path)
    for folder in (ask.paths_to_open, ask.folder_to_look_in, ask.style_to_open, ask.templates_to_open):
        folder(tmp_path)
    ask.folder_of_scenes()
    ask.folder_of_products()
    for file in (
        *(ask.case_to_write, ask.picture_to_write, ask.product_to_write, ask.data_to_write),
        *(ask.measurements_to_write, ask.layer_to_write, ask.style_to_write, ask.templates_to_write),
    ):
        file(tmp_path / "1")
    assert english(texts) == []


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_in_the_language(speaking: MainWindow, qtbot: QtBot, tmp_path: Path, name: str) -> None:
    data = REFUSED[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    opened(speaking, tmp_path / name, qtbot)
    texts = {("message", line.text) for line in speaking.messages.lines()} | shown_on(speaking)
    for dialog in open_now(speaking).values():
        texts |= shown_on(dialog)
        dialog.close()
    assert english(texts) == []
