"""The date of a dated service, chosen in its properties and stepped through by keys, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.services.tile_service import TileService
from tests.support.windows import press, texts
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.service_time_form import ServiceTimeForm
from viewer.panels.widgets.fields import LineField
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.service_state import Way

LISTED = "2024-04-01,2024-04-11,2024-04-15T10:00:00Z,2024-04-15T12:30:00Z"
TEMPLATE = "https://tiles.example.org/{time}/{z}/{x}/{y}.png"


def shown_layer(window: MainWindow, name: str = "Sky, 2024-04-11", **service: object) -> Layer:
    """A dated layer, current, with its properties shown."""
    window.session.new_case()
    value = TileService("Sky", TEMPLATE, time="2024-04-11", attribution="Sky company", **service)  # type: ignore[arg-type]
    edit = add_layer(window.session.document, "tiles", name, encoded(value), actor="a", acquired_at="2024-04-11")
    window.session.push(edit)
    (layer,) = window.session.document.layers.values()
    window.panel_context.show_layer(layer.uuid)
    window.docks.show_panel("layer_properties")
    return layer


def now(window: MainWindow) -> Layer:
    (layer,) = window.session.document.layers.values()
    return layer


def form_of(window: MainWindow) -> ServiceTimeForm:
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    return panel.time


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> ServiceTimeForm:
    shown_layer(window, times=LISTED)
    qtbot.waitUntil(lambda: form_of(window).isVisible())
    return form_of(window)


@pytest.mark.bounded
def test_arrows_go_to_the_dates_that_the_service_has(window: MainWindow, form: ServiceTimeForm) -> None:
    QTest.mouseClick(form.later, Qt.MouseButton.LeftButton)
    layer = now(window)
    assert TileService.from_json(layer.source).time == "2024-04-15T10:00:00Z"
    assert layer.acquired_at == "2024-04-15T10:00:00Z"
    assert layer.name == "Sky, 2024-04-15T10:00:00Z"
    assert form.clock.isVisible(), "the day has two times"
    QTest.mouseClick(form.latest, Qt.MouseButton.LeftButton)
    assert TileService.from_json(now(window).source).time == "2024-04-15T12:30:00Z"
    assert not form.later.isEnabled()
    assert not form.latest.isEnabled()


@pytest.mark.bounded
def test_a_date_that_is_typed_shows_the_nearest_one(window: MainWindow, form: ServiceTimeForm) -> None:
    form.date.setFocus()
    form.date.selectAll()
    QTest.keyClicks(form.date, "3 April 2024")
    QTest.keyClick(form.date, Qt.Key.Key_Return)
    assert TileService.from_json(now(window).source).time == "2024-04-01"
    assert form.date.text() == "2024-04-01", "the date that is shown is the one that is asked for"
    assert form.note.text().startswith("2024-04-03 was asked for; the nearest that the service has is shown.")
    form.date.selectAll()
    QTest.keyClicks(form.date, "2024-04-02")
    QTest.keyClick(form.date, Qt.Key.Key_Return)
    assert form.date.text() == "2024-04-01"
    assert form.note.text().startswith("2024-04-02 was asked for")
    QTest.mouseClick(form.later, Qt.MouseButton.LeftButton)
    assert "was asked for" not in form.note.text()


@pytest.mark.bounded
def test_after_a_typed_date_the_map_has_the_keyboard(window: MainWindow, form: ServiceTimeForm, qtbot: QtBot) -> None:
    """Letters that are typed next are no new name of the layer."""
    for day in ("2024-04-01", "2024-04-11"):
        form.date.setFocus()
        form.date.selectAll()
        QTest.keyClicks(form.date, day)
        press(Qt.Key.Key_Return)
        qtbot.waitUntil(window.canvas.hasFocus)


@pytest.mark.bounded
def test_a_few_dates_are_a_list_the_newest_first(form: ServiceTimeForm, window: MainWindow) -> None:
    form.calendar_button.menu().aboutToShow.emit()
    dates = [form.list.item(row).text() for row in range(form.list.count())]
    assert dates == ["2024-04-15T12:30:00Z", "2024-04-15T10:00:00Z", "2024-04-11", "2024-04-01"]
    assert form.list.currentRow() == 2, "the one that is shown"
    form.list.itemActivated.emit(form.list.item(3))
    assert TileService.from_json(now(window).source).time == "2024-04-01"


def test_the_calendar_marks_days_that_the_service_has(window: MainWindow, qtbot: QtBot) -> None:
    shown_layer(window, times="2024-01-01/2024-12-30/P5D")
    qtbot.waitUntil(lambda: form_of(window).isVisible())
    form = form_of(window)
    form.calendar_button.menu().aboutToShow.emit()
    bold = [day for day in range(1, 31) if form.calendar.dateTextFormat(QDate(2024, 4, day)).fontWeight() > 400]
    assert bold == [5, 10, 15, 20, 25, 30]
    form.calendar.clicked.emit(QDate(2024, 4, 5))
    assert TileService.from_json(now(window).source).time == "2024-04-05"


@pytest.mark.bounded
def test_the_way_to_a_date_leads_the_keyboard_to_it(window: MainWindow, qtbot: QtBot) -> None:
    layer = shown_layer(window, times=LISTED)
    window.canvas.setFocus()
    window.panel_context.layer_verbs.leave_state.emit(layer.uuid, Way.CHOOSE_DATE)
    qtbot.waitUntil(lambda: form_of(window).date.hasFocus())


@pytest.mark.bounded
def test_keys_step_through_the_dates_of_the_current_layer(window: MainWindow, form: ServiceTimeForm) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert TileService.from_json(now(window).source).time == "2024-04-01"
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert TileService.from_json(now(window).source).time == "2024-04-01", "there is nothing before the first"
    QTest.keyClick(window.canvas, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert TileService.from_json(now(window).source).time == "2024-04-11"
    window.session.undo()
    assert TileService.from_json(now(window).source).time == "2024-04-01"


def typed(field: LineField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.bounded
def test_keys_and_arrows_step_through_a_range(window: MainWindow, form: ServiceTimeForm, qtbot: QtBot) -> None:
    assert "This is 2 of 4." in form.note.text()
    typed(form.first, "2024-04-02")
    typed(form.last, "15 April 2024")
    assert now(window).source["time_range"] == {"first": "2024-04-02", "last": "2024-04-15"}
    assert "This is 1 of 3 in the range." in form.note.text()
    assert not form.earlier.isEnabled(), "the first of the range"
    window.canvas.setFocus()
    seen = []
    for _ in range(4):
        QTest.keyClick(window.canvas, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        seen.append(TileService.from_json(now(window).source).time)
    assert seen == ["2024-04-15T10:00:00Z", *["2024-04-15T12:30:00Z"] * 3]
    typed(form.last, "2024-04-01")
    assert now(window).source["time_range"]["last"] == "2024-04-15", "it would end before it begins"
    typed(form.first, "")
    assert now(window).source["time_range"] == {"first": "", "last": "2024-04-15"}
    window.session.undo()
    assert form.first.text() == "2024-04-02"


@pytest.mark.bounded
def test_a_service_without_a_list_is_stepped_day_by_day(window: MainWindow, qtbot: QtBot) -> None:
    shown_layer(window)
    qtbot.waitUntil(lambda: form_of(window).isVisible())
    for button, id_ in ((form_of(window).earlier, "previous_date"), (form_of(window).later, "next_date")):
        key = window.action_table[id_].shortcut().toString()
        assert key in button.toolTip(), "a step is learnt from its button"
    QTest.mouseClick(form_of(window).earlier, Qt.MouseButton.LeftButton)
    assert TileService.from_json(now(window).source).time == "2024-04-10"
    assert "has dates" not in form_of(window).note.text()


@pytest.mark.bounded
def test_a_step_beyond_the_last_date_is_said(window: MainWindow, qtbot: QtBot) -> None:
    shown_layer(window, times="2024-04-01,2024-04-11")
    window.action_table["next_date"].trigger()
    assert "has no date after 2024-04-11." in texts(window)


@pytest.mark.bounded
def test_the_nearest_may_be_served_is_said(window: MainWindow, qtbot: QtBot) -> None:
    shown_layer(window, times=LISTED, nearest=True)
    qtbot.waitUntil(lambda: form_of(window).isVisible())
    assert "nearest" in form_of(window).note.text()
    drawing = TilesDrawing(now(window), TileService.from_json(now(window).source), window.context)
    assert drawing.attribution == "Sky company (11 April 2024, asked for; the nearest may be served)"
    drawing.close()


@pytest.mark.bounded
def test_other_layers_have_no_such_control(window: MainWindow, qtbot: QtBot) -> None:
    window.session.new_case()
    service = TileService("Sky", "https://tiles.example.org/{z}/{x}/{y}.png")
    window.session.push(add_layer(window.session.document, "tiles", "Sky", encoded(service), actor="a"))
    window.panel_context.show_layer(now(window).uuid)
    window.docks.show_panel("layer_properties")
    qtbot.waitUntil(lambda: window.findChild(LayerPropertiesPanel) is not None)
    assert not form_of(window).isVisible()
    assert not window.action_table["previous_date"].isEnabled()
