"""The window in a made-up language, the demo in other letters: what is English on it, no translator could say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from shapely import LineString

from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.marks.mark_shape import as_json
from layers.document.marks.shadow_mark import ShadowMark
from layers.document.placing.nudge import Nudge
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.project.saving.recovery import MarkCounts, RecoverableSession
from layers.time.shadows import ShadowImage
from tests.support.cases.marks import marks_of_every_kind
from tests.support.cases.other_letters import words_in_other_letters
from tests.support.cited_words import english
from tests.support.dialogs import DIALOGS, MORE, look_at_each, open_about_files, open_by_hand, open_now
from tests.support.made_up_language import spoken
from tests.support.many_scenes import write_scene
from tests.support.product_windows import ready
from tests.support.shown_texts import Shown, in_menus, shown_on
from tests.support.windows import make_panels, opened, settle
from tests.viewer.app.conftest import Answers
from viewer.app.desktop.questions import Questions, Which
from viewer.app.window import MainWindow
from viewer.canvas.said_problems import said_problems
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_facts import nudge_fact
from viewer.panels.shadows.shadow_check import ShadowCheck
from viewer.panels.time_strip.tick_words import tick_lines

FRAME = Bounds(10.0, 50.0, 11.0, 50.7)
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
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    """The dialogs of logins are those of a network."""
    return fetchers


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
    # The history still has the demo's own words: they are no words of the program, which stand around them.
    earlier = {shown for shown in texts if "PlainLabel in EarlierLine" in shown[0]}
    assert all(words.startswith("⟦") and words.endswith("⟧") for _, words in earlier)
    assert english(texts - earlier) == []


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
    assert len(product.findings.groups) > 1
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
    names = frozenset({"places", "name", "table", "many", "gone", "tiles", "example", "org", "chip"})
    assert english(texts | shown_on(speaking), names) == []


@pytest.mark.bounded
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


@pytest.mark.bounded
@pytest.mark.parametrize("names", [[*REFUSED][:1], [*REFUSED][1:]], ids=["one", "all others"])
def test_refusals_are_in_the_language(speaking: MainWindow, qtbot: QtBot, tmp_path: Path, names: list[str]) -> None:
    texts = set[Shown]()
    for name in names:
        data = REFUSED[name]
        if data is not None:
            (tmp_path / name).write_bytes(data)
        opened(speaking, tmp_path / name, qtbot)
        texts |= {("message", line.text) for line in speaking.messages.lines()} | shown_on(speaking)
        for dialog in open_now(speaking).values():
            texts |= shown_on(dialog)
            dialog.close()
    assert english(texts) == []


@pytest.mark.bounded
def test_scenes_on_the_time_strip_are_in_the_language(
    speaking: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    write_scene(tmp_path / "1.tif", FRAME, "2019-05-01T10:00:00Z", platform="1")
    write_scene(tmp_path / "2.tif", FRAME, kind="composite")
    write_scene(tmp_path / "3_1975.tif", FRAME)
    speaking.views.show_bounds(FRAME, 0.0)
    speaking.action_table["panel_time_strip"].trigger()
    panel = speaking.docks.time_strip.panel
    answers.path = tmp_path
    panel.add_button.click()
    settle(speaking, qtbot)
    assert len(panel.view.places.all) == 3
    texts = shown_on(speaking)
    for placed in panel.view.places.all:
        texts |= {("tick", words) for words in (panel.view.toolTip(), *tick_lines(placed.tick, of_site=False))}
    assert english(texts) == []


@pytest.mark.bounded
def test_the_check_of_a_shadow_is_in_the_language(speaking: MainWindow, qtbot: QtBot) -> None:
    line = LineString([(9.49, 50.155), (9.4895, 50.1565)])
    shape = as_json(ShadowMark(0.5, image=ShadowImage("2024-04-12T08:30:00Z", "instant")).of(line))
    mark = Site(uuid="1", geometry=line, label="1", shape_json=shape, mark_kind="measurement")
    speaking.session.push(Edit("", (Change("sites", None, mark),)))
    speaking.selection.set(["1"])
    settle(speaking, qtbot)
    speaking.action_table["check_shadow"].trigger()
    dialog = speaking.findChild(ShadowCheck)
    assert dialog is not None
    texts = shown_on(speaking)
    for stated in ("2024-04-12 12:30", "2024-04-12 22:30", "2024-04-12", ""):
        dialog.stated.setText(stated)
        dialog.stated.editingFinished.emit()
        settle(speaking, qtbot)
        texts |= shown_on(dialog)
    dialog.close()
    assert english(texts) == []


@pytest.mark.bounded
def test_a_service_that_waits_for_consent_is_in_the_language(speaking: MainWindow, qtbot: QtBot) -> None:
    source = json.dumps({"template": "https://1.example/{z}/{x}/{y}.png", "attribution": "1"})
    layer = Layer(uuid="1", kind="tiles", name="1", source_json=source)
    speaking.session.push(Edit("", (Change("layers", None, layer),)))
    speaking.panel_context.show_layer("1", raise_form=True)
    settle(speaking, qtbot)
    texts = shown_on(speaking)
    assert any("1.example" in text for _, text in texts)
    shifted = replace(layer, nudge_json=Nudge(3.0, -4.0, 10.0, 50.0, by="1", at="2024-01-01").to_json())
    texts |= {("shift", nudge_fact(shifted)), *(("problem", one) for one in said_problems(speaking.scene))}
    assert english(texts) == []
