"""Marks copied, cut and pasted by keys in the real window, between cases, and from and to other programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.mark_template import MarkTemplate, TemplateField
from layers.document.rows import Template
from layers.document.site import Site
from tests.support.windows import opened, settle, texts
from tests.viewer.app.conftest import Answers
from viewer.app.actions.mark_clipboard import GEOJSON_TYPE, OWN_TYPE, MarkClipboard
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.commands.filing.templates import save_templates
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel

DEMO = Path("sample_data/demo.gpkg")
Control = Qt.KeyboardModifier.ControlModifier
GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [lon, 52]}}
            for name, lon in (("Hangar", 128), ("Tower", 129))
        ],
    }
)


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    opened(window, DEMO, qtbot)
    QGuiApplication.clipboard().clear()
    window.activateWindow()
    window.canvas.setFocus()
    return window


def sites(window: MainWindow) -> dict[str, Site]:
    return dict(window.session.document.sites)


def some(window: MainWindow) -> list[Site]:
    """A site of which something is claimed, one that is cited with a lifecycle, and a line."""
    document = window.session.document
    found = list(document.sites.values())
    claimed = next(site for site in found if document.links.site_to_claims(site.uuid))
    planned = next(site for site in found if site.lifecycle_source_uuid)
    return [claimed, planned, next(site for site in found if site.kind == "line")]


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Control) -> None:
    focus = window.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)


@pytest.mark.bounded
def test_between_cases_with_the_template_of_their_class(demo: MainWindow, answers: Answers, qtbot: QtBot) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    chosen = some(demo)[:1]
    own = MarkTemplate(chosen[0].class_code, "My own name for it", "point", fields=(TemplateField("crew", "Crew"),))
    demo.panel_context.do(save_templates, [own])
    demo.selection.set({chosen[0].uuid})
    press(demo, Qt.Key.Key_C)
    demo.file_menu.new_case()
    settle(demo, qtbot)
    demo.canvas.setFocus()
    said: list[str] = []
    for _ in range(2):
        press(demo, Qt.Key.Key_V)
        settle(demo, qtbot)
        said.append(texts(demo))
    (row,) = demo.session.document.table("templates").values()
    assert isinstance(row, Template)
    assert (row.class_code, row.name) == (own.code, own.name)
    assert ["With 1 template." in line for line in said] == [True, False]
    for _ in range(2):
        demo.action_table["undo"].trigger()
    assert not demo.session.document.table("templates")


@pytest.mark.bounded
def test_between_cases_with_the_sources_once(demo: MainWindow, qtbot: QtBot) -> None:
    chosen = some(demo)
    links = sum(len(demo.session.document.links.site_to_claims(site.uuid)) for site in chosen)
    demo.selection.set(site.uuid for site in chosen)
    press(demo, Qt.Key.Key_C)
    assert "Copied: 3 marks" in texts(demo)
    demo.file_menu.new_case()
    settle(demo, qtbot)
    demo.canvas.setFocus()
    for _ in range(2):
        press(demo, Qt.Key.Key_V)
        settle(demo, qtbot)
    there = sites(demo)
    assert len(there) == 6
    assert there.keys().isdisjoint(site.uuid for site in chosen)
    assert sorted(site.label for site in there.values()) == sorted([site.label for site in chosen] * 2)
    assert demo.selection.uuids == set(list(there)[3:])
    cited = {site.position_source_uuid for site in there.values()} | {
        site.lifecycle_source_uuid for site in there.values()
    }
    assert cited - {""} == set(demo.session.document.sources)
    assert f"Not copied: {links} link" in texts(demo)
    assert "that they cite" not in texts(demo), "the notice names what the sources are of"
    assert not demo.session.document.claims
    assert [demo.session.history.undo_text(), len(demo.session.document.sources) > 0] == ["Paste 3 marks", True]
    for _ in range(2):
        demo.action_table["undo"].trigger()
    assert not demo.session.document.sites
    assert not demo.session.document.sources


@pytest.mark.bounded
def test_cut_is_one_step_and_what_is_pasted_says_the_same(demo: MainWindow, qtbot: QtBot) -> None:
    before = sites(demo)
    chosen = some(demo)
    demo.selection.set(site.uuid for site in chosen)
    press(demo, Qt.Key.Key_X)
    assert len(sites(demo)) == len(before) - 3
    press(demo, Qt.Key.Key_V)
    settle(demo, qtbot)
    pasted = [site for uuid, site in sites(demo).items() if uuid not in before]
    assert {(site.label, site.geometry, site.lifecycle) for site in pasted} == {
        (site.label, site.geometry, site.lifecycle) for site in chosen
    }
    demo.action_table["undo"].trigger()
    demo.action_table["undo"].trigger()
    assert sites(demo) == before
    assert not demo.action_table["undo"].isEnabled()


@pytest.mark.bounded
def test_other_programs_get_geojson_and_text(demo: MainWindow) -> None:
    demo.selection.set([some(demo)[0].uuid])
    press(demo, Qt.Key.Key_C)
    content = QGuiApplication.clipboard().mimeData()
    assert content.hasFormat(OWN_TYPE)
    for text in (content.text(), bytes(content.data(GEOJSON_TYPE).data()).decode()):
        (feature,) = json.loads(text)["features"]
        assert feature["properties"]["label"] == some(demo)[0].label


@pytest.mark.bounded
def test_geojson_text_of_another_program_makes_marks(demo: MainWindow, qtbot: QtBot) -> None:
    before = sites(demo)
    QGuiApplication.clipboard().setText(GEOJSON)
    press(demo, Qt.Key.Key_V)
    settle(demo, qtbot)
    new = {uuid: site for uuid, site in sites(demo).items() if uuid not in before}
    assert {site.label for site in new.values()} == {"Hangar", "Tower"}
    assert demo.selection.uuids == set(new)
    assert {site.status for site in new.values()} == {"draft"}


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "text", ["", "just words", '{"type": "FeatureCollection", "features": [null]}', '{"type"' * 9 + "}"]
)
def test_anything_else_is_said_and_changes_nothing(demo: MainWindow, text: str, qtbot: QtBot) -> None:
    before = sites(demo)
    QGuiApplication.clipboard().setText(text)
    press(demo, Qt.Key.Key_V)
    settle(demo, qtbot)
    assert sites(demo) == before
    assert "marks" in texts(demo) or "The pasted text is no JSON" in texts(demo)


@pytest.mark.bounded
def test_a_picture_on_the_clipboard_makes_no_marks(demo: MainWindow) -> None:
    image, content = QImage(8, 8, QImage.Format.Format_RGB32), QMimeData()
    image.fill(QColor("red"))
    content.setImageData(image)
    assert not MarkClipboard(demo.panel_context, demo.messages, demo).can_paste(content)


@pytest.mark.bounded
def test_text_fields_and_other_lists_keep_their_keys(demo: MainWindow, qtbot: QtBot) -> None:
    site = some(demo)[0]
    demo.selection.set([site.uuid])
    settle(demo, qtbot)
    form = demo.findChild(SiteFormPanel)
    assert form is not None
    label = form.fields.fields["label"]
    label.setFocus()
    label.selectAll()
    press(demo, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == site.label
    assert not QGuiApplication.clipboard().mimeData().hasFormat(OWN_TYPE)
    before = sites(demo)
    press(demo, Qt.Key.Key_X)
    press(demo, Qt.Key.Key_V)
    assert label.text() == site.label
    assert sites(demo).keys() == before.keys()
    demo.docks.show_panel("panel_claims")
    settle(demo, qtbot)
    claims = demo.findChild(ClaimListPanel)
    assert claims is not None
    claims.list.view.setFocus()
    QGuiApplication.clipboard().setText(GEOJSON)
    for key in (Qt.Key.Key_X, Qt.Key.Key_C, Qt.Key.Key_V):
        press(demo, key)
    settle(demo, qtbot)
    assert sites(demo).keys() == before.keys()


@pytest.mark.bounded
def test_in_the_list_of_sites_the_keys_are_those_of_marks(demo: MainWindow, qtbot: QtBot) -> None:
    panel = demo.findChild(SiteListPanel)
    assert panel is not None
    demo.selection.set([some(demo)[0].uuid])
    panel.list.view.setFocus()
    press(demo, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().mimeData().hasFormat(OWN_TYPE)
    before = sites(demo)
    press(demo, Qt.Key.Key_V)
    settle(demo, qtbot)
    assert len(sites(demo)) == len(before) + 1


@pytest.mark.bounded
def test_what_is_read_late_is_not_pasted_into_another_case(demo: MainWindow, qtbot: QtBot) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "x" * 300},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    QGuiApplication.clipboard().setText(json.dumps({"type": "FeatureCollection", "features": [feature] * 1000}))
    press(demo, Qt.Key.Key_V)
    demo.file_menu.new_case()
    settle(demo, qtbot)
    assert not demo.session.document.sites


def test_marks_are_pasted_on_the_start_page(window: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(GEOJSON)
    window.activateWindow()
    window.start_page.setFocus()
    QTest.keyClick(window, Qt.Key.Key_V, Control)
    settle(window, qtbot)
    assert window.session.is_begun
    assert [site.label for site in sites(window).values()] == ["Hangar", "Tower"]
