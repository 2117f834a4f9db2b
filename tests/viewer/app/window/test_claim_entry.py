"""Claims and the properties of layers are filled in: Tab, refusals, dates, undo and redo, in the real window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shapely import Point

from tests.support.windows import begin_on_map, covered, press, settle, texts
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.layers.layer_properties import LayerPropertiesPanel

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key = Qt.Key
BAND = {"state": "assessed", "likelihood_term": "likely", "likelihood_low": 55, "likelihood_high": 80}


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> ClaimFormPanel:
    """Of a judgement with a band of 55 to 80 %, above a report, in the active window."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    document, push = window.session.document, window.session.push
    push(add_claim(document, actor="me", uuid="report", voice="speaker", statement="Sold"))
    push(add_claim(document, actor="me", uuid="own", voice="analyst", statement="Not yet ready", **BAND))
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return show(window, "own", qtbot)


def show(window: MainWindow, claim: str, qtbot: QtBot) -> ClaimFormPanel:
    window.panel_context.show_claim(claim)
    window.panel_context.panel_wanted.emit("claim_form")
    qtbot.wait(20)
    found = window.findChild(ClaimFormPanel)
    assert found is not None
    return found


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("claim", ["own", "report"])
def test_tab_goes_through_a_claim_as_its_fields_stand(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot, claim: str
) -> None:
    show(window, claim, qtbot)
    form.sources.cite_text("AP: pads of the north")
    qtbot.wait(20)
    first = form.statement_part if claim == "own" else form.sources_part
    inside = form.page.content.parentWidget()
    (form.fields.fields["statement"] if claim == "own" else form.sources.picker).setFocus()
    seen: list[QWidget] = []
    while focused() is not first.header:
        seen.append(focused())
        press(Key.Key_Tab)
    tops = [widget.mapTo(inside, widget.rect().center()).y() for widget in seen]
    assert all(later > before - 6 for before, later in pairwise(tops)), [widget.accessibleName() for widget in seen]
    assert len(seen) >= 11


def type_into(field: QWidget, text: str) -> None:
    field.setFocus()
    press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


@pytest.mark.bounded
def test_a_refusal_covers_nothing_that_is_to_be_filled_next_and_esc_takes_it_back(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    low, refusal = form.judgement.low, form.fields.refusal
    type_into(low, "90")
    press(Key.Key_Tab)
    qtbot.wait(20)
    assert focused() is form.judgement.high
    for _ in range(2):
        assert refusal.isVisible()
        assert "90" in refusal.text()
        assert covered(refusal) == []
        press(Key.Key_Tab)
    assert low.text() == "90"
    before = focused()
    press(Key.Key_Escape)
    assert refusal.isHidden()
    assert low.text() == "55"
    assert focused() is before
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert "Not kept" not in texts(window), "it was taken back by who typed it"


@pytest.mark.bounded
def test_a_refusal_never_stands_over_the_field_in_which_one_types(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    type_into(form.judgement.low, "90")
    for field in (form.judgement.likelihood, form.fields.fields["confidence"], form.fields.fields["statement"]):
        field.setFocus()
        qtbot.wait(20)
        refusal = form.fields.refusal
        host = refusal.parentWidget()
        assert host is not None
        assert refusal.is_said
        place = QRect(field.mapTo(host, QPoint()), field.size())
        assert refusal.isHidden() or not refusal.geometry().intersects(place)
    form.judgement.low.setFocus()
    qtbot.wait(20)
    assert refusal.isVisible()


@pytest.mark.bounded
def test_what_was_refused_is_not_lost_without_a_word(window: MainWindow, form: ClaimFormPanel, qtbot: QtBot) -> None:
    type_into(form.judgement.low, "90")
    press(Key.Key_Tab)
    type_into(form.fields.fields["confidence_reason"], "Two scenes")
    press(Key.Key_Tab)
    assert form.judgement.low.text() == "90", "another entry takes nothing away"
    assert form.fields.refusal.is_said
    show(window, "report", qtbot)
    assert form.fields.refusal.isHidden()
    assert "Not kept: From, %: The likelihood's low bound (90 %)" in texts(window)
    show(window, "own", qtbot)
    assert form.judgement.low.text() == "55"
    type_into(form.judgement.low, "60")
    press(Key.Key_Tab)
    assert window.session.document.claims["own"].likelihood_low == 60
    assert "Not kept" not in texts(window), "it was mended"


@pytest.mark.bounded
@pytest.mark.parametrize("date", ["2020", "2020-05", "2020-05-01/2020-05-31"])
def test_a_date_tells_its_kind_and_enter_goes_back_to_the_map(window: MainWindow, qtbot: QtBot, date: str) -> None:
    window.resize(1366, 768)
    window.file_menu.new_case()
    window.session.push(add_layer(window.session.document, "raster", "A", {"path": "/a.tif"}, actor="me", uuid="a"))
    settle(window, qtbot)
    window.activateWindow()
    window.panel_context.show_layer("a")
    window.panel_context.panel_wanted.emit("layer_properties")
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    field, kind = panel.fields.fields["acquired_at"], panel.fields.fields["date_kind"]
    assert "a year or a month alone" in field.toolTip()
    qtbot.waitUntil(window.isActiveWindow)
    type_into(field, date)
    press(Key.Key_Return)
    qtbot.waitUntil(window.canvas.hasFocus)
    layer = window.session.document.layers["a"]
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == (date, "interval", "analyst")
    assert kind.currentData() == "interval"
    type_into(field, "2020-05-01")
    press(Key.Key_Return)
    qtbot.waitUntil(window.canvas.hasFocus)
    layer = window.session.document.layers["a"]
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == ("2020-05-01", "instant", "analyst")
    assert kind.currentData() == "instant"
    type_into(field, date)
    press(Key.Key_Return)
    assert window.session.document.layers["a"].date_kind == "interval", "it was an instant by its day alone"
    for _ in range(3):
        window.action_table["undo"].trigger()
    layer = window.session.document.layers["a"]
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == ("", "unknown", "")


@pytest.mark.bounded
def test_redo_shows_what_it_brings_back(window: MainWindow, form: ClaimFormPanel, qtbot: QtBot) -> None:
    window.session.push(add_site(window.session.document, Point(9.5, 50.1), actor="me", uuid="pad"))
    window.selection.set({"pad"})
    for _ in range(2):
        window.action_table["undo"].trigger()
    assert form.page.currentWidget() is form.page.hint
    window.action_table["redo"].trigger()
    assert (form.uuid, window.panel_context.claim_uuid) == ("own", "own")
    assert form.page.currentWidget() is not form.page.hint
    assert not window.selection.uuids
    window.action_table["redo"].trigger()
    assert window.selection.uuids == {"pad"}
