"""Measuring in the real window: by mouse and by keys alone, kept, edited, shown in other units, turned into sites."""

from __future__ import annotations

import csv
import hashlib
import json
import pickle
from pathlib import Path

import pytest
import shapely
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import Circle, as_json, measurement_of, shape_of_site
from layers.document.marks.measurement import QUANTITIES, measured
from layers.document.marks.reading import reading_of
from layers.document.site import Site
from layers.geo.measure import destination, distance_m
from tests.support.windows import press, settle, texts
from tests.viewer.app.conftest import Answers
from tests.viewer.tools.conftest import Desk
from viewer.app.actions.tools_menu import MEASURES
from viewer.app.window import MainWindow
from viewer.canvas.furniture.overlays import crosshair_arms, haloed_text_box
from viewer.commands.sites import add_site
from viewer.panels.measurements.measurement_list import MeasurementListPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.support.elided import ElidedLabel
from viewer.tools.measure import READOUT_PX, MeasureTool, tool_id

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Nothing = Qt.Key, Qt.KeyboardModifier.NoModifier
PLACES = [(9.4, 50.1), (9.6, 50.2), (9.5, 50.3)]


def marks(window: MainWindow) -> list[Site]:
    return list(window.session.document.sites.values())


def content_hash(window: MainWindow) -> str:
    """Of all rows that a case holds of marks and images, whatever their order."""
    document = window.session.document
    rows = [repr(sorted(map(repr, document.table(table).values()))) for table in ("sites", "images", "sources")]
    shapes = [shapely.to_wkb(site.geometry) for site in document.sites.values()]
    return hashlib.sha256(pickle.dumps((rows, sorted(shapes)))).hexdigest()


def measure(window: MainWindow, desk: Desk, quantity: str) -> None:
    window.action_table[tool_id(quantity)].trigger()
    assert window.toolbox.in_hand == tool_id(quantity)
    for place in PLACES[: QUANTITIES[quantity].places]:
        desk.click(*place)
    if QUANTITIES[quantity].places is None:
        press(Key.Key_Return)


def form(window: MainWindow, qtbot: QtBot) -> SiteFormPanel:
    window.docks.show_panel("site_form")
    settle(window, qtbot)
    (found,) = window.findChildren(SiteFormPanel)
    return found


def choose(field: object, value: str) -> None:
    """As a hand does from the open list."""
    at = field.findData(value)  # type: ignore[attr-defined]
    assert at >= 0
    field.setCurrentIndex(at)  # type: ignore[attr-defined]
    field.activated.emit(at)  # type: ignore[attr-defined]


@pytest.mark.bounded
def test_all_is_measured_by_mouse_kept_undone_to_nothing_and_redone_to_the_same(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    empty = content_hash(window)
    for number, quantity in enumerate(QUANTITIES, start=1):
        measure(window, desk, quantity)
        assert len(marks(window)) == number
        site = marks(window)[-1]
        found = measurement_of(site)
        assert found is not None
        assert (site.mark_kind, found.quantity) == ("measurement", quantity)
        assert found.result == pytest.approx(measured(quantity, site.geometry).value, abs=1e-6)
        assert site.label == found.text
        assert "±" in site.label
        assert window.selection.uuids == {site.uuid}
        assert window.toolbox.in_hand == tool_id(quantity), "the tool stays for the next one"
        assert window.canvas.hasFocus(), "and the keys with the map"
    window.action_table["tool_select"].trigger()
    assert len(marks(window)) == len(QUANTITIES)
    whole = content_hash(window)
    for _ in QUANTITIES:
        window.action_table["undo"].trigger()
    assert content_hash(window) == empty
    for _ in QUANTITIES:
        window.action_table["redo"].trigger()
    assert content_hash(window) == whole


@pytest.mark.bounded
def test_all_is_measured_by_keys_alone_at_the_crosshair(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    for quantity in QUANTITIES:
        window.action_table[tool_id(quantity)].trigger()
        view = window.canvas.viewport
        for step in range(QUANTITIES[quantity].places or 3):
            assert "Enter" in window.canvas.hint
            press(Key.Key_Return)
            key = (Key.Key_Right, Key.Key_Up, Key.Key_Left)[step % 3]
            if step + 1 < (QUANTITIES[quantity].places or 3):
                press(key)
                press(key)
        if QUANTITIES[quantity].places is None:
            press(Key.Key_Return)
        found = measurement_of(marks(window)[-1])
        assert found is not None
        assert found.quantity == quantity
        assert found.result
        assert view.centre_lonlat()[1] < 80
    assert len(marks(window)) == len(QUANTITIES)
    whole = content_hash(window)
    for _ in QUANTITIES:
        press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not marks(window)
    for _ in QUANTITIES:
        window.action_table["redo"].trigger()
    assert content_hash(window) == whole


@pytest.mark.bounded
def test_a_leg_is_typed_and_a_radius_asks_for_itself_alone(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.action_table["tool_measure"].trigger()
    desk.click(*PLACES[0])
    QTest.keyClicks(window.canvas, "1")
    entry = QApplication.focusWidget()
    assert entry is not None
    QTest.keyClicks(entry, "200 m 45")
    QTest.keyClick(entry, Key.Key_Return)
    press(Key.Key_Return)
    (site,) = marks(window)
    assert distance_m(*site.geometry.coords[0], *site.geometry.coords[1]) == pytest.approx(1200.0, abs=1e-6)
    window.action_table["tool_measure_radius"].trigger()
    desk.click(*PLACES[0])
    QTest.keyClicks(window.canvas, "5")
    entry = QApplication.focusWidget()
    QTest.keyClicks(entry, " km")
    QTest.keyClick(entry, Key.Key_Return)
    found = measurement_of(marks(window)[-1])
    assert (found.quantity, found.result) == ("radius", pytest.approx(5000.0, abs=1e-6))


@pytest.mark.bounded
def test_nothing_measured_vanishes_with_its_tool(window: MainWindow, desk: Desk) -> None:
    window.action_table["tool_measure"].trigger()
    desk.click(*PLACES[0])
    desk.click(*PLACES[1])
    press(Key.Key_V)
    (site,) = marks(window)
    assert site.mark_kind == "measurement"
    window.action_table["tool_measure"].trigger()
    desk.click(*PLACES[0])
    desk.click(*PLACES[2])
    press(Key.Key_Escape)
    press(Key.Key_V)
    assert marks(window) == [site], "what is given up is not kept"


def test_each_has_a_menu_entry_and_stands_in_the_menu_of_the_button(window: MainWindow, desk: Desk) -> None:
    assert [spec.id for spec in MEASURES] == [tool_id(quantity) for quantity in QUANTITIES]
    button = window.toolbar.widgetForAction(window.action_table["tool_measure"])
    assert isinstance(button, QToolButton)
    assert [action.text() for action in button.menu().actions()] == [
        window.action_table[spec.id].text() for spec in MEASURES
    ]
    press(Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(window.canvas.tool, MeasureTool)
    assert window.canvas.tool.quantity == "area"
    assert not window.toolbox.can_keep, "it stays in hand anyway"


@pytest.mark.bounded
def test_the_result_follows_handles_vertices_typed_legs_moves_and_undo(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    measure(window, desk, "length")
    (site,) = marks(window)
    press(Key.Key_E)
    first = site.geometry.coords[0]
    desk.drag(first, (9.3, 50.0))
    longer = marks(window)[0]
    assert measurement_of(longer).result > measurement_of(site).result
    assert longer.label == measurement_of(longer).text != site.label
    assert json.loads(longer.shape_json)["result"] == measurement_of(longer).result, "other programs see it too"
    part = form(window, qtbot).shape_part
    part.vertices.setCurrentIndex(part.vertices.vertices.index(1, 0))
    leg = part.fields.fields["leg_m"]
    leg.setFocus()
    leg.selectAll()
    QTest.keyClicks(leg, "2 km")
    QTest.keyClick(leg, Key.Key_Return)
    typed = marks(window)[0]
    assert distance_m(*typed.geometry.coords[0], *typed.geometry.coords[1]) == pytest.approx(2000.0, abs=1e-6)
    assert typed.label == measurement_of(typed).text != longer.label
    part.fields.fields["scale_by"].setFocus()
    QTest.keyClicks(part.fields.fields["scale_by"], "200 %")
    QTest.keyClick(part.fields.fields["scale_by"], Key.Key_Return)
    twice = marks(window)[0]
    assert measurement_of(twice).result == pytest.approx(2 * measurement_of(typed).result, rel=1e-4)
    for before in (typed, longer, site):
        window.action_table["undo"].trigger()
        assert marks(window) == [before]


@pytest.mark.bounded
def test_the_form_says_result_error_and_what_it_is_made_of_and_shows_other_units(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    measure(window, desk, "area")
    part = form(window, qtbot).measurement_part
    assert part.isVisible()
    (site,) = marks(window)
    facts = dict(part.facts.facts())
    assert facts["Area"] == measurement_of(site).text
    assert facts["Perimeter"].endswith("km")
    assert "±" in facts["Perimeter"], "what else the places tell has an error as well"
    assert part.note.text().startswith("At least: each place was pointed at to within")
    assert "No image is known" in part.note.text()
    choose(part.fields.fields["unit"], "ha")
    hectares = marks(window)[0]
    assert hectares.label.endswith(" ha")
    assert dict(part.facts.facts())["Area"] == hectares.label
    choose(part.fields.fields["quantity"], "perimeter")
    around = marks(window)[0]
    assert measurement_of(around).quantity == "perimeter"
    assert around.label.endswith(" km")
    assert around.label == facts["Perimeter"]
    assert "±" in dict(part.facts.facts())["Area"]
    choose(part.fields.fields["unit"], "nmi")
    assert marks(window)[0].label.endswith(" nmi")
    measure(window, desk, "length")
    assert marks(window)[1].label.endswith(" nmi"), "the next one is in the unit chosen last"
    measure(window, desk, "area")
    assert marks(window)[2].label.endswith(" km²"), "which is no unit of areas"
    for _ in range(2):
        window.action_table["undo"].trigger()
    for before in (around, hectares, site):
        window.action_table["undo"].trigger()
        assert marks(window) == [before]
    assert part.fields.fields["unit"].accessibleName()
    assert part.site_button.accessibleName()


@pytest.mark.bounded
def test_units_offered_are_those_of_the_quantity_whatever_was_shown_before(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    for quantity in ("length", "area"):
        measure(window, desk, quantity)
    length, area = marks(window)
    unit = form(window, qtbot).measurement_part.fields.fields["unit"]
    choose(unit, "ha")
    window.selection.set({length.uuid})
    assert [unit.itemData(at) for at in range(unit.count())] == ["", "m", "km", "nmi", "ft"]
    choose(unit, "nmi")
    window.selection.set({area.uuid})
    assert [unit.itemData(at) for at in range(unit.count())] == ["", "m2", "ha", "km2"]
    assert unit.currentData() == "ha"


@pytest.mark.bounded
def test_a_named_measurement_keeps_its_name_beside_its_result(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    measure(window, desk, "bearing")
    label = form(window, qtbot).fields.fields["label"]
    label.setFocus()
    label.selectAll()
    QTest.keyClicks(label, "Runway 05")
    QTest.keyClick(label, Key.Key_Return)
    (site,) = marks(window)
    assert site.label == "Runway 05"
    placed = window.canvas.scene.label_layout(window.canvas.viewport.view()).placed
    assert [" ".join(label.text.split()) for label in placed] == [f"Runway 05: {measurement_of(site).text}"]


@pytest.mark.bounded
def test_measurements_become_sites_and_sites_measurements(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    for quantity in ("area", "radius"):
        measure(window, desk, quantity)
    area, radius = marks(window)
    before = content_hash(window)
    assert not [site for site in marks(window) if site.is_site]
    window.selection.set({area.uuid, radius.uuid})
    window.action_table["measurements_to_sites"].trigger()
    sites = window.session.document.sites
    assert all(site.is_site for site in sites.values())
    assert [site.label for site in sites.values()] == ["", ""]
    circle = shape_of_site(sites[radius.uuid])
    assert isinstance(circle, Circle)
    assert circle.radius_m == pytest.approx(measurement_of(radius).result, abs=1e-6)
    window.action_table["sites_to_measurements"].trigger()
    back = {uuid: measurement_of(site) for uuid, site in window.session.document.sites.items()}
    assert back[area.uuid] == measurement_of(area)
    assert (back[radius.uuid].quantity, back[radius.uuid].result) == (
        "radius",
        pytest.approx(measurement_of(radius).result, abs=1e-6),
    )
    for _ in range(2):
        window.action_table["undo"].trigger()
    assert content_hash(window) == before
    window.selection.set({area.uuid})
    form(window, qtbot).measurement_part.site_button.click()
    assert window.session.document.sites[area.uuid].is_site
    window.action_table["measurements_to_sites"].trigger()
    assert "No measurement is selected" in texts(window)


@pytest.mark.bounded
def test_the_menu_of_a_measurement_makes_a_site_of_it(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    measure(window, desk, "length")
    window.action_table["tool_select"].trigger()
    at = desk.at(*PLACES[0])
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.canvas.mapToGlobal(at))
    QApplication.sendEvent(window.canvas, event)
    (menu,) = window.canvas.findChildren(QMenu)
    menu.close()
    (action,) = [action for action in menu.actions() if action.text() == "&Make a Site of It"]
    action.trigger()
    assert marks(window)[0].is_site


@pytest.mark.bounded
def test_the_list_shows_values_follows_edits_and_copies_them(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    for quantity in ("length", "angle"):
        measure(window, desk, quantity)
    press(Key.Key_F4)
    settle(window, qtbot)
    panel = window.docks.measurements.panel
    assert isinstance(panel, MeasurementListPanel)
    assert panel.isVisible()
    length, angle = marks(window)
    number, margin = reading_of(length).numbers
    row = [panel.model.index(0, column).data() for column in range(5)]
    left, bottom, right, top = length.geometry.bounds  # of the pixels that were clicked
    assert ((left + right) / 2, (bottom + top) / 2) == pytest.approx((9.5, 50.2), abs=0.005)
    name = f"Length 1 · {(bottom + top) / 2:.4f}° N, {(left + right) / 2:.4f}° E"
    assert panel.list.view.textElideMode() == Qt.TextElideMode.ElideRight, "the label stays, and no place is spoilt"
    assert row == [name, number, margin, "km", "Length"]
    window.selection.clear()
    panel.copy_button.click()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t") == ["Measurement", "Measured", "Value", "Error", "Unit"]
    assert lines[1].split("\t") == [name, "Length", number, margin, "km"]
    assert lines[2].split("\t")[-1] == "°"
    window.selection.set({angle.uuid})
    assert panel.list.selected() == {angle.uuid}
    panel.copy_button.click()
    assert len(QGuiApplication.clipboard().text().split("\n")) == 2, "the selected alone"
    window.session.push(add_site(window.session.document, shapely.Point(9, 50), actor="Li", uuid="site"))
    assert panel.model.total == 2, "sites are not listed"
    menu = panel.open_menu(panel.list.view.rect().center())
    assert [action.text() for action in menu.actions()][1:4] == ["&Copy Values", "Co&mment…", "&History"]
    menu.close()
    panel.list.view.setFocus()
    QTest.keyClick(panel.list.view, Key.Key_Delete)
    assert panel.model.total == 1
    window.action_table["undo"].trigger()
    assert panel.model.total == 2
    assert not panel.list.view.horizontalHeader().isHidden()
    for widget in (panel.copy_button, panel.delete_button, panel.list.view, panel.list.filter):
        assert widget.accessibleName()


@pytest.mark.bounded
def test_measurements_are_exported_with_columns_for_kml_and_spreadsheets(
    window: MainWindow, desk: Desk, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    for quantity in QUANTITIES:
        measure(window, desk, quantity)
    window.session.push(add_site(window.session.document, shapely.Point(9, 50), actor="Li", uuid="site"))
    for suffix in (".geojson", ".csv"):
        answers.path = tmp_path / f"measured{suffix}"
        window.action_table["export_measurements"].trigger()
        settle(window, qtbot)
    found = json.loads((tmp_path / "measured.geojson").read_text("utf-8"))["features"]
    assert [feature["properties"]["quantity"] for feature in found] == list(QUANTITIES)
    for feature in found:
        site = window.session.document.sites[feature["id"]]
        said, reading = feature["properties"], reading_of(site)
        assert said["name"] == reading.text
        assert said["description"].startswith(f"{reading.quantity}: ")
        assert (said["value_si"], said["error_si"]) == (reading.value, reading.error)
        assert (f"{said['value']:g}", said["unit"]) == (f"{float(reading.numbers[0]):g}", reading.sign)
        assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid
    off = shapely.from_geojson(json.dumps(found[-1]["geometry"]))
    assert off.geom_type == "MultiLineString"
    with (tmp_path / "measured.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["quantity"] for row in rows] == list(QUANTITIES)
    assert all(row["lat"] and row["wkt"] and row["error"] for row in rows)


@pytest.mark.bounded
def test_measurements_are_saved_and_opened_as_what_they_are(
    window: MainWindow, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    for quantity in QUANTITIES:
        measure(window, desk, quantity)
    before = {site.uuid: (site.label, measurement_of(site)) for site in marks(window)}
    path = tmp_path / "measured.gpkg"
    window.session.save_as(path)
    settle(window, qtbot)
    window.session.open_case(path)
    settle(window, qtbot)
    assert {site.uuid: (site.label, measurement_of(site)) for site in marks(window)} == before


@pytest.mark.bounded
def test_a_radius_by_handle_and_a_measured_circle(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    """A circle that is a site is measured as a radius, about the same centre."""
    centre = (9.5, 50.2)
    circle = Circle(centre, 2500.0)
    window.session.push(
        add_site(window.session.document, circle.geometry(), actor="Li", uuid="tank", shape_json=as_json(circle))
    )
    window.selection.set({"tank"})
    window.action_table["sites_to_measurements"].trigger()
    site = window.session.document.sites["tank"]
    assert measurement_of(site).result == pytest.approx(2500.0, abs=1e-6)
    assert site.geometry.coords[0] == pytest.approx(centre)
    assert destination(*centre, 90.0, 2500.0) == pytest.approx(site.geometry.coords[1])


@pytest.mark.bounded
def test_a_measurement_between_so_many_places_keeps_them(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    measure(window, desk, "angle")
    (site,) = marks(window)
    press(Key.Key_E)
    (ax, ay), (bx, by) = site.geometry.coords[:2]
    desk.click((ax + bx) / 2, (ay + by) / 2)
    assert marks(window) == [site], "no vertex between two"
    window.selection.set({site.uuid})
    desk.click(ax, ay)
    press(Key.Key_Delete)
    assert marks(window) == [site]
    assert "It measures between 3 places" in texts(window)
    part = form(window, qtbot).shape_part
    part.vertices.setCurrentIndex(part.vertices.vertices.index(0, 0))
    part.vertices.setFocus()
    QTest.keyClick(part.vertices, Key.Key_Delete)
    assert marks(window) == [site]
    desk.drag((ax, ay), (ax, ay - 0.05))
    moved = measurement_of(marks(window)[0])
    assert (moved.quantity, moved.result) != ("angle", measurement_of(site).result)
    assert moved.quantity == "angle"


@pytest.mark.bounded
def test_a_cross_track_distance_says_its_side_and_the_way_along(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    measure(window, desk, "cross-track")
    facts = form(window, qtbot).measurement_part.facts.facts()
    assert ("", "Left of the line") in facts
    assert dict(facts)["Along the line"].endswith(" km")


@pytest.mark.bounded
def test_a_handle_turns_and_scales_a_measurement(window: MainWindow, desk: Desk) -> None:
    measure(window, desk, "bearing")
    (site,) = marks(window)
    window.action_table["tool_select"].trigger()
    handles = window.canvas.tool.handles()
    turn = next(handle for handle in handles.each if handle.role == "turn")
    view = window.canvas.viewport.view()
    start, end = QPoint(round(turn.px), round(turn.py)), QPoint(round(turn.px) + 60, round(turn.py) + 40)
    assert view.ratio == 1.0
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, Nothing, start)
    QTest.mouseMove(window.canvas, start + QPoint(20, 10))
    QTest.mouseMove(window.canvas, end)
    placed = window.canvas.scene.label_layout(view).placed
    assert [label.text for label in placed] != [site.label], "the number goes along with the hand"
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, Nothing, end)
    (turned,) = marks(window)
    assert measurement_of(turned).quantity == "bearing"
    assert turned.label == measurement_of(turned).text != site.label
    window.action_table["undo"].trigger()
    assert marks(window) == [site]


@pytest.mark.bounded
def test_whatever_a_case_says_of_a_measurement_shows_as_a_measure_of_its_line(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(Key.Key_F4)
    line = shapely.LineString(PLACES)
    odd = ["", "{", "[" * 50_000, "null", '{"kind":"measurement"}', '{"kind":"measurement","quantity":{"a":[1]}}']
    odd += [
        json.dumps({"kind": "measurement", "quantity": "length", key: value})
        for key, value in (("unit", "parsec"), ("pick_m", -3), ("pick_m", 1e300), ("result", "x" * 9999))
    ]
    odd.append('{"kind":"measurement","quantity":"length","result":NaN,"error":1e999}')
    odd.append('{"kind":"measurement","quantity":"bearing","result":45}')
    for at, text in enumerate(odd):
        row = Site(uuid=f"odd {at}", geometry=line, mark_kind="measurement", shape_json=text, label="Odd")
        window.session.push(Edit("Odd", (Change("sites", None, row),)))
    settle(window, qtbot)
    panel = window.docks.measurements.panel
    for at in range(len(odd)):
        window.selection.set({f"odd {at}"})
        part = form(window, qtbot).measurement_part
        facts = part.facts.facts()
        assert facts[0][0] == "Length"
        assert facts[0][1].endswith(" km")
        row = panel.model.row_of(f"odd {at}")
        assert [panel.model.index(row, column).data() for column in (0, 3)] == ["Odd", "km"]
    assert window.canvas.scene.label_layout(window.canvas.viewport.view()).placed
    window.selection.set({f"odd {at}" for at in range(len(odd))})
    window.action_table["measurements_to_sites"].trigger()
    window.action_table["sites_to_measurements"].trigger()
    for _ in range(2 + len(odd)):
        window.action_table["undo"].trigger()
    assert not marks(window)


@pytest.mark.bounded
def test_a_hint_that_is_too_long_ends_with_an_ellipsis_and_a_leg_of_nothing_is_not_said(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    window.resize(700, 600)
    window.action_table["tool_measure"].trigger()
    desk.click(*PLACES[0])
    desk.hover(*PLACES[1])
    assert "°" in window.canvas.tool.readout
    desk.click(*PLACES[1])
    desk.click(*PLACES[2])
    assert "last leg 0 m" not in window.canvas.tool.readout, "the pointer rests where the vertex is"
    assert "last leg" in window.canvas.tool.readout
    hint = next(label for label in window.status.findChildren(ElidedLabel) if label.text() == window.canvas.hint)
    assert hint.fontMetrics().horizontalAdvance(hint.text()) > hint.width(), "or it says nothing"
    assert hint.toolTip()


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("tool_measure", "One place alone makes no line"),
        ("tool_measure_area", "three corners or more"),
        ("tool_line", "One place alone makes no line"),
        ("tool_polygon", "three corners or more"),
    ],
)
def test_enter_with_one_point_says_what_is_missing(window: MainWindow, desk: Desk, tool: str, said: str) -> None:
    window.action_table[tool].trigger()
    desk.click(*PLACES[0])
    assert said not in texts(window)
    press(Key.Key_Return)
    assert said in texts(window)
    assert not marks(window)
    assert window.toolbox.can_step_back, "the point stays"


# -- the crosshair of the keyboard --------------------------------------------------------------------------------


def words_at(window: MainWindow) -> list[QRectF]:
    """The rooms of the words of kept measurements on the map, in its pixels."""
    view = window.canvas.viewport.view()
    boxes = [label.box for label in window.scene.label_layout(view, window.selection.uuids).placed]
    return [QRectF(QPointF(box.left, box.top), QPointF(box.right, box.bottom)) for box in boxes]


@pytest.mark.bounded
@pytest.mark.parametrize("quantity", ["length", "radius", "area"])
def test_the_crosshair_is_on_no_words_of_a_measurement(
    window: MainWindow, desk: Desk, qtbot: QtBot, quantity: str
) -> None:
    """Measured across the middle of the map, the tool is still in hand, and its cross is there."""
    lon, lat = window.canvas.viewport.centre_lonlat()
    window.action_table[tool_id(quantity)].trigger()
    places = {
        "length": [(lon - 0.2, lat), (lon + 0.2, lat)],
        "radius": [(lon - 0.1, lat), (lon + 0.1, lat)],
        "area": [(lon - 0.2, lat - 0.1), (lon + 0.2, lat - 0.1), (lon, lat + 0.2)],
    }[quantity]
    for place in places:
        desk.click(*place)
    if quantity != "radius":
        press(Key.Key_Return)
    settle(window, qtbot)
    assert len(marks(window)) == 1
    assert window.toolbox.in_hand == tool_id(quantity)
    words, arms = words_at(window), crosshair_arms(window.canvas.viewport.view())
    assert len(words) == 1, "it is said"
    assert not any(word.intersects(arm) for word in words for arm in arms)


@pytest.mark.bounded
def test_the_words_on_the_way_keep_off_the_crosshair(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    tool = measuring(window)
    view = window.canvas.viewport.view()
    arms = crosshair_arms(view)
    desk.click(9.3, 50.1)
    for dx in range(-160, 60, 20):
        for dy in (-30, -5, 0, 10, 25, 40):
            desk_px = view.width / 2 + dx, view.height / 2 + dy
            QTest.mouseMove(window.canvas, QPoint(round(desk_px[0] / view.ratio), round(desk_px[1] / view.ratio)))
            at = tool.readout_at(view, *desk_px)
            box = haloed_text_box(tool.readout, READOUT_PX * view.ratio, bold=True).translated(at)
            assert not any(box.intersects(arm) for arm in arms), (dx, dy)


def measuring(window: MainWindow) -> MeasureTool:
    window.action_table["tool_measure"].trigger()
    tool = window.canvas.tool
    assert isinstance(tool, MeasureTool)
    return tool
