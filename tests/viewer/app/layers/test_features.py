"""Features of a vector layer in the real window: table, filter, selection, identify, sites of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from msgspec.structs import replace
from PySide6 import QtGui
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shapely.geometry import LineString, Point, box

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.pool.measures import Measured
from layers.vector.style.layer_style import StyleClass, VectorStyle
from layers.vector.style.symbol import Symbol
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.layer_filter import filter_of, set_layer_filter
from viewer.commands.layers import update_layer
from viewer.panels.attributes.attribute_table import AttributeTablePanel
from viewer.panels.attributes.identify_panel import IdentifyPanel
from viewer.panels.attributes.select_by import SelectByDialog, SelectNearDialog
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_rows import BADGE_ROLE, CLASSES_ROLE
from viewer.panels.sites.make_sites import MakeSitesDialog
from viewer.support.language.text import unbroken

Left, Nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Shift, Control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LARGE = 2**53 + 1


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """Ten places on a line along 50 N, 0.1 degrees apart."""
    count = 10
    frame = gpd.GeoDataFrame(
        {
            "name": [f"Town {n}" if n else None for n in range(count)],
            "kind": ["port", "Depot"] * 5,
            "big": [LARGE + n for n in range(count)],
            "html": ["<b>x</b>"] * count,
        },
        geometry=[Point(10 + n / 10, 50) for n in range(count)],
        crs=4326,
    )
    pyogrio.write_dataframe(frame, tmp_path / "towns.gpkg")
    return tmp_path / "towns.gpkg"


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, towns: Path) -> MainWindow:
    window.opener.open([str(towns)])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    window.panel_context.show_layer(next(iter(window.session.document.layers)))
    settle(window, qtbot)
    window.canvas.motion.zoom_to_bounds(Bounds(9.9, 49.8, 11.0, 50.2))
    settle(window, qtbot)
    return window


def uuid_of(window: MainWindow) -> str:
    return next(iter(window.session.document.layers))


def table_of(window: MainWindow, qtbot: QtBot) -> AttributeTablePanel:
    window.action_table["attribute_table"].trigger()
    panel = window.docks.attributes.panel
    assert isinstance(panel, AttributeTablePanel)
    wait(window, qtbot, panel)
    return panel


def wait(window: MainWindow, qtbot: QtBot, panel: AttributeTablePanel) -> None:
    settle(window, qtbot)
    qtbot.waitUntil(lambda: panel.is_settled, timeout=10_000)
    settle(window, qtbot)


def names(panel: AttributeTablePanel, column: str = "name") -> list[str]:
    section = panel.model.columns.index(column)
    return [panel.model.index(row, section).data() for row in range(panel.model.rowCount())]


def at(window: MainWindow, lon: float, lat: float = 50.0) -> QPoint:
    x, y = transform_points(WGS84, window.canvas.viewport.crs, lon, lat)
    px, py = window.canvas.viewport.view().to_pixel(float(x), float(y))
    return QPoint(round(px), round(py))


def selected(window: MainWindow) -> list[int]:
    return window.canvas.features.of(uuid_of(window)).tolist()


def drag(window: MainWindow, start: QPoint, *ways: QPoint, modifiers: Qt.KeyboardModifier = Nothing) -> None:
    QTest.mousePress(window.canvas, Left, modifiers, start)
    for before, way in pairwise((start, *ways)):
        QTest.mouseMove(window.canvas, (before + way) / 2)
        QTest.mouseMove(window.canvas, way)
    QTest.mouseRelease(window.canvas, Left, modifiers, ways[-1])
    assert window.context.jobs.wait()


# -- the table --------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_table_shows_every_cell_and_sorts_filters_and_counts(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    assert panel.model.columns == ["name", "kind", "big", "html"]
    assert names(panel)[:2] == ["NULL", "Town 1"]
    assert names(panel, "big")[0] == str(LARGE)
    assert names(panel, "html")[0] == "<b>x</b>"
    assert panel.count.text() == "10"
    panel.view.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    wait(opened, qtbot, panel)
    assert names(panel) == [*(f"Town {n}" for n in range(9, 0, -1)), "NULL"]
    QTest.keyClicks(panel.quick, "TOWN port")
    wait(opened, qtbot, panel)
    assert names(panel) == ["Town 8", "Town 6", "Town 4", "Town 2"]
    assert panel.count.text() == "4 of 10"
    panel.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    panel.quick.clear()
    wait(opened, qtbot, panel)
    assert names(panel)[0] == "NULL"


@pytest.mark.bounded
def test_a_row_that_something_is_said_of_is_found_in_the_table(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """With a title and an empty line above it: the file counts them."""
    path = tmp_path / "a.csv"
    path.write_text("Towns\n\nname,wkt\nA,POINT (10 50)\n\nB,nowhere\nC,POINT (11 50)\n")
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    uuid = next(iter(window.session.document.layers))
    window.panel_context.show_layer(uuid)
    panel = table_of(window, qtbot)
    said = window.panel_context.layers.info_of(uuid).problems
    assert any(problem.startswith("Row 6: ") for problem in said)
    heads = [panel.model.headerData(row, Qt.Orientation.Vertical) for row in range(3)]
    assert dict(zip(heads, names(panel), strict=True)) == {"4": "A", "6": "B", "7": "C"}


@pytest.mark.bounded
def test_conditions_of_several_columns_and_what_is_wrong_with_them(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    panel.filter_button.click()
    (row,) = panel.filter_rows.rows
    row.column.setCurrentText("big")
    row.operator.setCurrentIndex(row.operator.findData("≥"))
    QTest.keyClicks(row.value, str(LARGE + 5))
    other = panel.filter_rows.add_row()
    other.column.setCurrentText("kind")
    assert other.operator.currentData() == "contains"
    QTest.keyClicks(other.value, "PORT")
    panel.filter_rows.flush()
    wait(opened, qtbot, panel)
    assert names(panel) == ["Town 6", "Town 8"]
    assert panel.filter_rows.expression.text() == f'"big" >= {LARGE + 5} and "kind" contains \'PORT\''
    other.remove.click()
    panel.filter_rows.flush()
    wait(opened, qtbot, panel)
    assert panel.count.text() == "5 of 10"
    panel.filter_rows.show_expression("nosuch = 1")
    wait(opened, qtbot, panel)
    assert "nosuch" in panel.filter_rows.problem.text()
    panel.filter_rows.show_expression("name is")
    assert "NULL" in panel.filter_rows.problem.text()
    panel.filter_rows.show_expression("")
    assert not panel.filter_rows.problem.text()


@pytest.mark.bounded
def test_rows_are_selected_by_mouse_and_keys_and_shown_on_the_map(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    view = panel.view

    def click(row: int, modifiers: Qt.KeyboardModifier = Nothing) -> None:
        place = view.visualRect(panel.model.index(row, 0)).center()
        QTest.mouseClick(view.viewport(), Left, modifiers, place)

    click(1)
    click(3, Shift)
    assert selected(opened) == [2, 3, 4]
    click(2, Control)
    assert selected(opened) == [2, 4]
    assert panel.count.text() == "10, 2 selected"
    view.setFocus()
    click(1)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert selected(opened) == [3]
    QTest.keyClick(view, Qt.Key.Key_Down, Shift)
    assert selected(opened) == [3, 4]
    QTest.keyClick(view, Qt.Key.Key_A, Control)
    assert len(selected(opened)) == 10
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert selected(opened) == []
    opened.canvas.features.set(uuid_of(opened), [5, 6])
    assert panel.model.selected_fids().tolist() == [5, 6]
    panel.only_selected.setChecked(True)
    wait(opened, qtbot, panel)
    assert names(panel) == ["Town 4", "Town 5"]
    panel.invert_button.click()
    wait(opened, qtbot, panel)
    assert selected(opened) == []


@pytest.mark.bounded
def test_rows_are_copied_exactly_in_the_columns_shown(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    opened.canvas.features.set(uuid_of(opened), [1, 2])
    panel.view.setColumnHidden(panel.model.columns.index("html"), True)
    panel.copy()
    settle(opened, qtbot)
    assert QApplication.clipboard().text() == f"name\tkind\tbig\n\tport\t{LARGE}\nTown 1\tDepot\t{LARGE + 1}\n"


@pytest.mark.bounded
@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every popup offscreen
def test_the_statistics_of_a_column_are_of_the_rows_shown(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    QTest.keyClicks(panel.quick, "port")
    wait(opened, qtbot, panel)
    panel.summarize(0, QPoint(100, 100))
    settle(opened, qtbot)
    assert dict(panel.summary.lines)["NULL"] == "1"
    assert dict(panel.summary.lines)["Filled"] == "4"
    panel.summary.close()


@pytest.mark.bounded
def test_zooming_to_the_selected(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    opened.canvas.features.set(uuid_of(opened), [3, 4])
    panel.zoom_button.click()
    lon, lat = opened.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(10.25, abs=0.001), pytest.approx(50, abs=0.01))


@pytest.mark.bounded
def test_huge_hostile_and_many_cells_are_clipped_on_screen_and_exact_when_copied(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """F61: 5 MB in a cell, right-to-left overrides, combining marks, as many columns as a GeoPackage has."""
    odd = "a\u202eevil\u202c e\u0301 <i>x</i>\ttab\nline"
    frame = gpd.GeoDataFrame(
        {"huge": ["Ж" * 2_500_000], "odd": [odd], **{f"c{n}": [n] for n in range(900)}},
        geometry=[Point(10, 50)],
        crs=4326,
    )
    pyogrio.write_dataframe(frame, tmp_path / "odd.gpkg")
    window.opener.open([str(tmp_path / "odd.gpkg")])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    window.panel_context.show_layer(uuid_of(window))
    settle(window, qtbot)
    panel = table_of(window, qtbot)
    assert panel.model.columnCount() == 902
    assert names(panel, "huge")[0] == "Ж" * 199 + "…"
    assert "\u202e" not in names(panel, "odd")[0]
    assert "\n" not in names(panel, "odd")[0]
    window.canvas.features.set(uuid_of(window), [1])
    for section in range(2, 902):
        panel.view.setColumnHidden(section, True)
    panel.copy()
    settle(window, qtbot)
    assert QApplication.clipboard().text() == f'huge\todd\n{"Ж" * 2_500_000}\t"{odd}"\n'
    panel.quick.setText("жжж")  # QTest types ASCII only
    wait(window, qtbot, panel)
    assert panel.count.text() == "1, 1 selected"


# -- the filter of the map --------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_filter_of_the_map_is_an_edit_a_badge_and_saved(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, answers
) -> None:
    panel, uuid = table_of(opened, qtbot), uuid_of(opened)
    assert not panel.apply_button.isEnabled()
    QTest.keyClicks(panel.quick, "port")
    wait(opened, qtbot, panel)
    drawing = opened.scene.drawings[uuid]
    panel.apply_button.click()
    wait(opened, qtbot, panel)
    assert opened.scene.drawings[uuid] is drawing, "nothing is read again"
    assert filter_of(opened.session.document.layers[uuid]) == "any('port')"
    assert panel.quick.text() == ""
    assert panel.count.text() == "5 of 10"
    assert panel.map_filter.isVisible()
    tree = opened.docks.layer_tree.model
    assert tree.index(tree.row_of(uuid)).data(BADGE_ROLE) == "5 of 10, filtered"
    opened.action_table["tool_select_features"].trigger()
    drag(opened, at(opened, 9.95, 50.1), at(opened, 10.95, 49.9))
    assert selected(opened) == [1, 3, 5, 7, 9], "what the filter hides is not selected"
    answers.path = tmp_path / "case.gpkg"
    opened.action_table["save_as"].trigger()
    settle(opened, qtbot)
    opened.action_table["undo"].trigger()
    wait(opened, qtbot, panel)
    assert panel.count.text().startswith("10")
    assert not tree.index(tree.row_of(uuid)).data(BADGE_ROLE)
    opened.file_menu.new_case()
    settle(opened, qtbot)
    opened.session.close()
    opened.opener.open([str(tmp_path / "case.gpkg")])
    qtbot.waitUntil(lambda: len(opened.session.document.layers) == 1, timeout=10_000)
    settle(opened, qtbot)
    assert filter_of(opened.session.document.layers[uuid]) == "any('port')"
    assert tree.index(tree.row_of(uuid)).data(BADGE_ROLE) == "5 of 10, filtered"


@pytest.mark.bounded
def test_rows_that_are_not_drawn_and_scales_that_show_nothing_have_a_badge(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text("name,lat,lon\na,50,10\nb,north,10\nc,,\nd,50.1,10.1\n", "utf-8")
    window.opener.open([str(tmp_path / "bad.csv")])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    settle(window, qtbot)
    uuid, tree = uuid_of(window), window.docks.layer_tree.model
    place = tree.index(tree.row_of(uuid))
    qtbot.waitUntil(lambda: place.data(BADGE_ROLE) == "2 not drawn")
    assert "rows 3, 4" in place.data(Qt.ItemDataRole.ToolTipRole)
    style = VectorStyle("#ffffff", 1.0, "#3182bd", visible_from=50_000.0)
    window.panel_context.do(update_layer, uuid, style_json=json.dumps(style.to_json()))
    for bounds, badge in ((Bounds(0, 40, 20, 60), "out of scale"), (Bounds(10, 50, 10.01, 50.01), "2 not drawn")):
        window.canvas.motion.zoom_to_bounds(bounds)
        settle(window, qtbot)
        qtbot.waitUntil(lambda badge=badge: place.data(BADGE_ROLE) == badge)
        assert ("1:50\u202f000" in place.data(Qt.ItemDataRole.ToolTipRole)) is (badge == "out of scale")


@pytest.mark.bounded
def test_a_second_filter_narrows_the_first_and_editing_takes_it_off(opened: MainWindow, qtbot: QtBot) -> None:
    panel, uuid = table_of(opened, qtbot), uuid_of(opened)
    for text in ("kind = 'port'", "name is not null"):
        panel.filter_rows.show_expression(text)
        wait(opened, qtbot, panel)
        panel.apply_to_map()
        wait(opened, qtbot, panel)
    assert filter_of(opened.session.document.layers[uuid]) == "(kind = 'port') and (name is not null)"
    assert panel.count.text() == "4 of 10"
    panel.edit_button.click()
    wait(opened, qtbot, panel)
    assert filter_of(opened.session.document.layers[uuid]) == ""
    assert panel.filter_rows.expression.text() == "(kind = 'port') and (name is not null)"
    assert panel.count.text() == "4 of 10", "the table still has it"


# -- tools ------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_clicks_and_boxes_select(opened: MainWindow, qtbot: QtBot) -> None:
    opened.action_table["tool_select_features"].trigger()
    canvas = opened.canvas
    QTest.mouseClick(canvas, Left, Nothing, at(opened, 10.2))
    assert selected(opened) == [3]
    QTest.mouseClick(canvas, Left, Shift, at(opened, 10.4))
    assert selected(opened) == [3, 5]
    QTest.mouseClick(canvas, Left, Control, at(opened, 10.2))
    assert selected(opened) == [5]
    drag(opened, at(opened, 10.55, 50.05), at(opened, 10.75, 49.95), modifiers=Shift)
    assert selected(opened) == [5, 7, 8]
    QTest.mouseClick(canvas, Left, Nothing, at(opened, 10.25, 50.15))
    assert selected(opened) == []
    drag(opened, at(opened, 9.95, 50.05), at(opened, 10.15, 49.95))
    assert selected(opened) == [1, 2]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert selected(opened) == []


@pytest.mark.bounded
def test_a_lasso_and_a_polygon_select(opened: MainWindow, qtbot: QtBot) -> None:
    opened.action_table["tool_select_lasso"].trigger()
    ring = [(10.35, 49.9), (10.65, 49.9), (10.65, 50.1), (10.35, 50.1)]
    drag(opened, at(opened, 10.35, 50.1), *(at(opened, *place) for place in ring))
    assert selected(opened) == [5, 6, 7]
    for place in ring[:2]:
        QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, *place))
    QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, 10.5, 50.1))
    QTest.keyClick(opened.canvas, Qt.Key.Key_Return)
    settle(opened, qtbot)
    assert selected(opened) == [6]


@pytest.mark.bounded
def test_a_distance_is_measured_on_the_ellipsoid(opened: MainWindow, qtbot: QtBot) -> None:
    """0.1 degrees along 50 N are 7.17 km: Web Mercator would make 11 km of them."""
    opened.action_table["tool_select_within"].trigger()
    drag(opened, at(opened, 10.5), at(opened, 10.5 + 0.14))
    assert selected(opened) == [5, 6, 7]
    opened.action_table["select_near"].trigger()
    dialog = opened.findChild(SelectNearDialog)
    dialog.metres.setValue(7_100)
    dialog.select()
    settle(opened, qtbot)
    assert selected(opened) == [5, 6, 7]
    dialog.metres.setValue(7_200)
    dialog.select()
    settle(opened, qtbot)
    assert selected(opened) == [4, 5, 6, 7, 8]
    dialog.close()


@pytest.mark.bounded
def test_near_is_near_over_the_antimeridian(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    places = [(179.9, 65.0), (-179.9, 65.05), (-179.5, 65.05), (0, 65.05), (178, 65.05)]
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"n": range(5)}, geometry=[Point(*p) for p in places], crs=4326), tmp_path / "a.gpkg"
    )
    window.opener.open([str(tmp_path / "a.gpkg")])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    window.panel_context.show_layer(uuid_of(window))
    settle(window, qtbot)
    window.canvas.features.set(uuid_of(window), [1])
    window.action_table["select_near"].trigger()
    dialog = window.findChild(SelectNearDialog)
    dialog.metres.setValue(20_000)
    dialog.select()
    settle(window, qtbot)
    assert selected(window) == [1, 2]
    assert dialog.answer.text().startswith("2 features")
    dialog.close()
    window.canvas.motion.zoom_to_bounds(Bounds(179.5, 64.8, 180.2, 65.2))
    settle(window, qtbot)
    window.action_table["tool_select_within"].trigger()
    drag(window, at(window, 179.9, 65.0), at(window, 179.9 + 0.27, 65.0))  # 12.7 km
    assert selected(window) == [1, 2]


@pytest.mark.bounded
def test_all_that_is_selected_counts_for_what_is_near(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    count = 700
    places = [Point(10 + n / 50, 50 + d) for d in (0, 0.0001) for n in range(count)]
    pyogrio.write_dataframe(gpd.GeoDataFrame({"n": range(2 * count)}, geometry=places, crs=4326), tmp_path / "a.gpkg")
    window.opener.open([str(tmp_path / "a.gpkg")])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    window.panel_context.show_layer(uuid_of(window))
    settle(window, qtbot)
    window.canvas.features.set(uuid_of(window), range(1, count + 1))
    window.action_table["select_near"].trigger()
    dialog = window.findChild(SelectNearDialog)
    dialog.metres.setValue(100)
    dialog.select()
    settle(window, qtbot)
    assert selected(window) == list(range(1, 2 * count + 1))
    dialog.close()


@pytest.mark.bounded
def test_what_the_style_hides_is_neither_selected_nor_identified(opened: MainWindow, qtbot: QtBot) -> None:
    uuid, hits = uuid_of(opened), []
    opened.feature_menu.hits_found.connect(lambda found, _place: hits.append(found))
    base = VectorStyle("#ffffff", 1.0, "#3182bd", size_px=9.0)
    classes = tuple(StyleClass(base.own_symbol, value=kind, shown=kind == "Depot") for kind in ("port", "Depot"))
    by_kind = replace(base, mode="categorised", column="kind", classes=classes)
    for style, seen in ((by_kind, [8]), (replace(base, visible_from=1000.0), []), (base, [7, 8])):
        opened.panel_context.do(update_layer, uuid, style_json=json.dumps(style.to_json()))
        settle(opened, qtbot)
        opened.action_table["tool_select_features"].trigger()
        drag(opened, at(opened, 10.55, 50.05), at(opened, 10.75, 49.95))
        assert selected(opened) == seen
        opened.action_table["tool_identify"].trigger()
        QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, 10.6))
        assert [hit.fid for hit in hits[-1]] == [fid for fid in seen if fid == 7]


@pytest.mark.bounded
def test_the_style_of_a_layer_is_one_key_away(opened: MainWindow, qtbot: QtBot) -> None:
    opened.action_table["vector_style"].trigger()
    qtbot.waitUntil(lambda: opened.findChild(LayerPropertiesPanel) is not None)
    panel = opened.findChild(LayerPropertiesPanel)
    qtbot.waitUntil(panel.isVisible)
    page = panel.page
    heading = next(label for label in panel.findChildren(QLabel) if label.text() == "Style")
    qtbot.waitUntil(lambda: abs(heading.mapTo(page, QPoint()).y()) < page.height() / 3)


@pytest.mark.bounded
def test_the_layer_tree_names_others_only_where_there_are_some(opened: MainWindow, qtbot: QtBot) -> None:
    uuid, tree = uuid_of(opened), opened.docks.layer_tree.model
    look = Symbol("#ffffff", 1.0, "#3182bd", size_px=9.0)
    for kinds, lines in ((["port", "Depot"], ["port", "Depot"]), (["port"], ["port", "others"])):
        classes = tuple(StyleClass(look, value=kind) for kind in kinds)
        style = VectorStyle("#ffffff", 1.0, "#3182bd", mode="categorised", column="kind", classes=classes)
        opened.panel_context.do(update_layer, uuid, style_json=json.dumps(style.to_json()))
        settle(opened, qtbot)
        qtbot.waitUntil(
            lambda lines=lines: [text for _, text in tree.index(tree.row_of(uuid)).data(CLASSES_ROLE)] == lines
        )


@pytest.mark.bounded
def test_escape_empties_the_quick_filter(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    QTest.keyClicks(panel.quick, "port")
    wait(opened, qtbot, panel)
    opened.activateWindow()
    panel.quick.setFocus()
    qtbot.waitUntil(panel.quick.hasFocus)
    QTest.keyClick(panel.quick, Qt.Key.Key_Escape)
    wait(opened, qtbot, panel)
    assert (panel.quick.text(), panel.count.text()) == ("", "10")


@pytest.mark.bounded
def test_the_sign_of_a_cluster_is_all_that_is_in_it(opened: MainWindow, qtbot: QtBot) -> None:
    uuid, hits = uuid_of(opened), []
    opened.feature_menu.hits_found.connect(lambda found, _place: hits.append(found))
    style = VectorStyle("#ffffff", 1.0, "#3182bd", size_px=9.0, cluster_px=60.0)
    opened.panel_context.do(update_layer, uuid, style_json=json.dumps(style.to_json()))
    opened.canvas.motion.zoom_to_bounds(Bounds(0, 40, 30, 60))
    settle(opened, qtbot)
    drawing = opened.scene.drawings[uuid]
    qtbot.waitUntil(lambda: drawing.is_complete(opened.canvas.viewport.view()))
    opened.action_table["tool_identify"].trigger()
    QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, 10.45))
    assert sorted(hit.fid for hit in hits[-1]) == list(range(1, 11))
    opened.action_table["tool_select_features"].trigger()
    QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, 10.45))
    settle(opened, qtbot)
    assert selected(opened) == list(range(1, 11))


def test_the_hint_counts_what_is_selected_wherever_that_was_done(opened: MainWindow, qtbot: QtBot) -> None:
    opened.action_table["tool_select_features"].trigger()
    for fids, words in (([1, 2, 3], "3 features"), ([4], "1 feature "), ([], "Click")):
        opened.canvas.features.set(uuid_of(opened), fids)
        assert any(label.text().startswith(words) for label in opened.findChildren(QLabel, "muted")), words


@pytest.mark.bounded
def test_a_filter_that_is_refused_is_not_put_on_the_map(opened: MainWindow, qtbot: QtBot) -> None:
    panel = table_of(opened, qtbot)
    panel.filter_button.setChecked(True)
    panel.filter_rows.expression.setText("kind = 'port'")
    wait(opened, qtbot, panel)
    qtbot.waitUntil(panel.apply_button.isEnabled)
    panel.filter_rows.expression.setText("kind = 'port' and name =")
    panel.apply_to_map()  # before the pause in the typing ends
    assert not panel.apply_button.isEnabled()
    layer = opened.session.document.layers[uuid_of(opened)]
    assert filter_of(layer) == ""
    assert panel.filter_rows.expression.text() == "kind = 'port' and name ="
    panel.filter_rows.expression.setText("kind = 'Depot'")
    panel.apply_to_map()
    assert filter_of(opened.session.document.layers[uuid_of(opened)]) == "kind = 'Depot'"


@pytest.mark.bounded
def test_an_expression_selects_or_says_why_not(opened: MainWindow, qtbot: QtBot) -> None:
    opened.action_table["select_expression"].trigger()
    dialog = opened.findChild(SelectByDialog)
    for text, expected in (("kind = 'port' and big > 9007199254740995", [5, 7, 9]), ("nosuch = 1", [5, 7, 9])):
        dialog.text.setPlainText(text)
        dialog.select()
        settle(opened, qtbot)
        assert selected(opened) == expected
    assert "nosuch" in dialog.answer.text()
    dialog.text.setPlainText("kind =")
    dialog.select()
    assert "ends too early" in dialog.answer.text()
    dialog.columns.setCurrentIndex(1)
    dialog.columns.activated.emit(1)
    assert '"name"' in dialog.text.toPlainText()
    dialog.close()


@pytest.mark.bounded
def test_identify_lists_attributes_as_plain_text(opened: MainWindow, qtbot: QtBot) -> None:
    opened.action_table["tool_identify"].trigger()
    QTest.mouseMove(opened.canvas, at(opened, 10.3))
    assert opened.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, 10.3))
    settle(opened, qtbot)
    panel = opened.docks["panel_details"].widget().currentWidget().panel
    layer = panel.tree.topLevelItem(0)
    assert layer.text(0) == "towns"
    feature = layer.child(0)
    assert (feature.text(0), feature.text(1)) == ("Feature 4", "Town 3")
    cells = {feature.child(n).text(0): feature.child(n).text(1) for n in range(feature.childCount())}
    assert cells == {"name": "Town 3", "kind": "Depot", "big": str(LARGE + 3), "html": "<b>x</b>"}
    assert unbroken(feature.child(3).toolTip(1)) == "<b>x</b>"
    assert not QtGui.Qt.mightBeRichText(feature.child(3).toolTip(1))
    panel.select_button.click()
    assert selected(opened) == [4]
    QTest.mouseClick(opened.canvas, Left, Nothing, at(opened, 10.35, 50.15))
    assert panel.tree.topLevelItemCount() == 0
    assert "neither a feature" in panel.message.text()


@pytest.mark.bounded
def test_selected_features_become_sites_in_one_step(opened: MainWindow, qtbot: QtBot) -> None:
    opened.canvas.features.set(uuid_of(opened), [2, 3])
    opened.action_table["make_sites"].trigger()
    dialog = opened.findChild(MakeSitesDialog)
    assert dialog.columns["label"].currentData() == "name"
    assert dialog.columns["class_code"].currentData() == "kind"
    dialog.credit.setText("Survey of towns")
    dialog.licence.setText("CC BY 4.0")
    dialog.make()
    qtbot.waitUntil(lambda: len(opened.session.document.sites) == 2, timeout=10_000)
    document = opened.session.document
    sites = sorted(document.sites.values(), key=lambda site: site.label)
    assert [(site.label, site.class_code) for site in sites] == [("Town 1", "depot"), ("Town 2", "port")]
    assert sites[0].geometry.equals(Point(10.1, 50))
    assert json.loads(sites[0].props_json)["big"] == LARGE + 1
    (source,) = document.sources.values()
    assert (source.title, source.publisher, source.rights) == ("towns", "Survey of towns", "CC BY 4.0")
    assert opened.selection.uuids == set(document.sites)
    opened.action_table["undo"].trigger()
    assert not document.sites
    assert not document.sources


@pytest.mark.bounded
def test_lengths_and_areas_select_and_filter(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """Measured on the ellipsoid, though the layer is in Web Mercator, which has them 1.6 times too long up there."""
    frame = gpd.GeoDataFrame(
        {"name": ["short", "long", "area"]},
        crs=4326,
        geometry=[LineString([(10, 52), (10, 52.1)]), LineString([(10, 52), (10, 53)]), box(10, 52, 10.1, 52.1)],
    )
    pyogrio.write_dataframe(frame.to_crs(3857), tmp_path / "lines.gpkg")
    window.opener.open([str(tmp_path / "lines.gpkg")])
    settle(window, qtbot)
    window.panel_context.show_layer(uuid_of(window))
    window.action_table["select_expression"].trigger()
    dialog = window.findChild(SelectByDialog)
    assert dialog is not None
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert any("$length in metres" in text and "$area" in text for text in said)
    for text, wanted in (("$length > 100000", [2]), ("$length between 11000 and 11200", [1]), ("$area > 0", [3])):
        dialog.text.setPlainText(text)
        dialog.select()
        qtbot.waitUntil(lambda: "found" in dialog.answer.text(), timeout=10_000)
        assert selected(window) == wanted, text
        dialog.answer.clear()
    panel = table_of(window, qtbot)
    panel.filter_button.click()
    panel.filter_rows.show_expression("$area is null and $length > 20000")
    wait(window, qtbot, panel)
    assert names(panel) == ["long"]
    panel.apply_button.click()
    settle(window, qtbot)
    qtbot.waitUntil(lambda: window.scene.stack.filters.counts(uuid_of(window)) == (1, 3), timeout=10_000)


@pytest.mark.bounded
def test_the_palette_finds_attributes_of_the_features_shown(opened: MainWindow, qtbot: QtBot) -> None:
    (source,) = opened.searches
    found = source.find("town 3", 5)
    assert [(match.fid, match.column, match.value) for match in found] == [(4, "name", "Town 3")]
    assert found[0].bounds.centre == (pytest.approx(10.3), pytest.approx(50))
    assert len(source.find("DEPOT", 3)) == 3
    opened.panel_context.do(set_layer_filter, uuid_of(opened), "kind = 'port'")
    settle(opened, qtbot)
    (source,) = opened.searches
    assert not source.find("depot", 3)
    palette = opened.search.show_palette([])
    QTest.keyClicks(palette.line, "Town 4")
    qtbot.waitUntil(lambda: any("Town 4" in text for text in palette.shown_texts()), timeout=10_000)
    row = next(at for at, text in enumerate(palette.shown_texts()) if "Town 4" in text)
    opened.canvas.features.set(uuid_of(opened), [1, 2])
    for _ in range(row):
        QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert selected(opened) == [5]
    panel = opened.findChild(IdentifyPanel)
    assert panel is not None
    qtbot.waitUntil(panel.isVisible)
    settle(opened, qtbot)
    (layer,) = [panel.tree.topLevelItem(at) for at in range(panel.tree.topLevelItemCount())]
    assert layer.childCount() == 1
    assert layer.child(0).text(1) == "Town 4"


@pytest.mark.bounded
def test_measuring_can_be_stopped(opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person does by the button in the status bar: all is shown then, and it is said why."""
    panel = table_of(opened, qtbot)
    uuid, jobs = uuid_of(opened), opened.context.jobs

    def slow(self: object, name: str, fids: object, heard: Callable[[], None]) -> None:
        while True:
            heard()
            time.sleep(0.001)

    def stop() -> None:
        qtbot.waitUntil(lambda: any(job.title == "Measuring features" for job in jobs.running()))
        next(job for job in jobs.running() if job.title == "Measuring features").cancel()

    monkeypatch.setattr(Measured, "of", slow)
    panel.filter_button.click()
    panel.filter_rows.show_expression("$length > 1")
    stop()
    qtbot.waitUntil(lambda: panel.is_settled)
    assert "stopped" in panel.filter_rows.problem.text()
    panel.filter_rows.show_expression("")
    opened.panel_context.do(set_layer_filter, uuid, "$length > 1")
    stop()
    settle(opened, qtbot)
    assert "stopped" in opened.scene.stack.filters.problem(uuid)
    assert opened.scene.stack.filters.fids(uuid) is None


@pytest.mark.bounded
def test_what_a_filter_hides_is_not_selected(opened: MainWindow, qtbot: QtBot) -> None:
    uuid = uuid_of(opened)
    opened.canvas.features.set(uuid, [1, 2, 3, 4])
    opened.panel_context.do(set_layer_filter, uuid, "kind = 'port'")
    settle(opened, qtbot)
    qtbot.waitUntil(lambda: selected(opened) == [1, 3], timeout=10_000)
    opened.panel_context.do(set_layer_filter, uuid, "kind = 'nothing'")
    qtbot.waitUntil(lambda: not selected(opened), timeout=10_000)
    assert not opened.action_table["make_sites"].isEnabled()


@pytest.mark.bounded
def test_actions_for_features_are_offered_where_they_mean_something(opened: MainWindow, qtbot: QtBot) -> None:
    table = opened.action_table
    assert table["attribute_table"].isEnabled()
    assert not table["make_sites"].isEnabled()
    assert not table["clear_filter"].isEnabled()
    opened.canvas.features.set(uuid_of(opened), [2])
    assert table["make_sites"].isEnabled()
    opened.panel_context.do(set_layer_filter, uuid_of(opened), "big > 1")
    assert table["clear_filter"].isEnabled()
    table["clear_filter"].trigger()
    settle(opened, qtbot)
    assert filter_of(opened.session.document.layers[uuid_of(opened)]) == ""
    opened.action_table["remove_layer"].trigger()
    assert not len(opened.canvas.features)
    assert not table["attribute_table"].isEnabled()
