"""Panels are made when they are needed, a part at a time, and all of them while nobody waits."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QTabBar
from pytestqt.qtbot import QtBot

from layers.text.counted import grouped
from tests.support.windows import opened, press, warm_up
from tests.viewer.app.conftest import settle
from viewer.app.arranging.panel_layouts import MARKING, WindowRoom
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.raster_style.raster_style_form import RasterStyleForm
from viewer.panels.vector_style.label_page import LabelPage
from viewer.panels.vector_style.scale_page import ScalePage
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.rendering.vector.vector_drawing import VectorDrawing


@pytest.mark.bounded
def test_all_panels_and_their_parts_are_made_ahead_one_a_turn(window: MainWindow, qtbot: QtBot) -> None:
    def made() -> int:
        return sum(late.is_made for late in window.findChildren(LazyPanel))

    steps = [made()]
    window.docks._warm.timeout.connect(lambda: steps.append(made()))
    warm_up(window, qtbot)
    assert all(late.is_made for late in window.findChildren(LazyPanel))
    assert window.findChild(RasterStyleForm) is not None
    assert window.findChild(ScalePage) is not None
    assert max(after - before for before, after in pairwise(steps)) == 1


@pytest.mark.bounded
def test_a_layer_has_only_the_form_of_its_kind_and_a_page_when_it_is_chosen(
    window: MainWindow, points: Path, qtbot: QtBot
) -> None:
    opened(window, points, qtbot)
    window.action_table["layer_properties"].trigger()
    panel = window.findChild(LayerPropertiesPanel)
    qtbot.waitUntil(panel.isVisible)
    assert panel.vector.isVisible()
    assert window.findChild(RasterStyleForm) is None
    assert window.findChild(LabelPage) is None
    panel.vector.tabs.setCurrentIndex(1)
    page = window.findChild(LabelPage)
    assert page.isVisible()
    column = page.fields.fields["text"]
    assert column.count() > 1, "it knows the layer's columns"


@pytest.mark.bounded
def test_the_form_follows_what_the_layer_is_found_to_hold(
    window: MainWindow, points: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kind of geometry of some files is known only when their features arrive, with the form open already."""
    found = ["Unknown"]
    monkeypatch.setattr(VectorDrawing, "geometry", property(lambda drawing: found[0]))
    opened(window, points, qtbot)
    window.action_table["layer_properties"].trigger()
    panel = window.findChild(LayerPropertiesPanel)
    qtbot.waitUntil(panel.isVisible)
    fill = panel.vector.look.set.fields["fill_color"]
    assert fill.isVisible()
    found[0] = "LineString"
    window.compared.updated.emit()
    assert not fill.isVisible()


def test_the_buttons_of_panels_keep_their_colour_when_a_case_is_closed_and_another_begun(
    window: MainWindow, qtbot: QtBot
) -> None:
    def pictures() -> list[object]:
        names = ("qt_dockwidget_closebutton", "qt_dockwidget_floatbutton")
        buttons = [dock.findChild(QAbstractButton, name) for dock in window.docks.all() for name in names]
        return [button.icon().pixmap(16, 16).toImage() for button in buttons]

    window.file_menu.new_case()
    settle(window, qtbot)
    before = pictures()
    window.action_table["close_case"].trigger()
    settle(window, qtbot)
    window.file_menu.new_case()
    settle(window, qtbot)
    assert pictures() == before


RIGHT_OF_THE_MAP = ("Details", "Site", "Comparisons")
"""The longest names of the side that is as narrow as a form may be: the map has three fifths of the window."""


def tab_bars(window: MainWindow) -> list[QTabBar]:
    return [bar for bar in window.findChildren(QTabBar) if bar.isVisible() and bar.parentWidget() is window]


@pytest.mark.bounded
def test_tabs_are_in_sight_at_1366_pixels_and_short_of_their_names_they_say_so(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1366, 768)
    window.action_table["open_demo"].trigger()
    settle(window, qtbot)
    window.selection.set({next(iter(window.session.document.sites))})
    settle(window, qtbot)
    bars = tab_bars(window)
    assert len(bars) == 2
    for bar in bars:
        for at in range(bar.count()):
            assert bar.rect().contains(bar.tabRect(at)), f"{bar.tabText(at)} is out of sight"
            needed = bar.fontMetrics().horizontalAdvance(bar.tabText(at))
            is_whole = bar.tabRect(at).width() >= needed
            assert is_whole or bar.elideMode() is Qt.TextElideMode.ElideMiddle
            assert is_whole or bar.tabToolTip(at) == bar.tabText(at)
            may_be_short = bar.tabText(at).partition(":")[0] in RIGHT_OF_THE_MAP
            assert is_whole or may_be_short, f"{bar.tabText(at)} is cut"


@pytest.mark.parametrize("size", [(910, 490), pytest.param((1366, 768), marks=pytest.mark.bounded)])
def test_tabs_too_many_for_their_bar_keep_whole_titles_and_are_scrolled(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    """The smaller window is one of 1366 by 768 pixels at a scale of 1.5: its titles were cut to “S…s”."""
    window.resize(*size)
    window.file_menu.new_case()
    settle(window, qtbot)
    for name in ("panel_searches", "panel_products", "panel_measurements"):
        window.docks.show_panel(name)
    qtbot.waitUntil(lambda: [bar.usesScrollButtons() for bar in tab_bars(window) if bar.count() > 4] == [True])
    (bar,) = (bar for bar in tab_bars(window) if bar.count() > 4)
    needed = [bar.fontMetrics().horizontalAdvance(bar.tabText(at)) for at in range(bar.count())]
    assert all(bar.tabRect(at).width() >= needed[at] for at in range(bar.count()))
    assert bar.rect().contains(bar.tabRect(bar.currentIndex())), "the panel in front is named in sight"
    for name in ("panel_searches", "panel_products", "panel_measurements"):
        window.docks[name].hide()
    qtbot.waitUntil(lambda: not any(bar.usesScrollButtons() for bar in tab_bars(window)))


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("width", [1000, 1100, 1366])
def test_panels_below_the_map_take_no_width_from_those_beside_it(window: MainWindow, qtbot: QtBot, width: int) -> None:
    window.resize(width, 768)
    window.file_menu.new_case()
    document = window.session.document
    window.session.push(add_layer(document, "vector", "Coast", {"shipped": "coast.geojson"}, actor="me", uuid="coast"))
    window.action_table["reset_panels"].trigger()
    settle(window, qtbot)
    beside = [window.docks[id_] for id_ in ("panel_layers", "panel_sites", "panel_details")]
    window.action_table["panel_details"].trigger()
    left, right = WindowRoom(width, 768).sides(MARKING)
    qtbot.waitUntil(lambda: [dock.width() for dock in beside] == [left, left, right])
    window.panel_context.show_layer("coast")
    for key, id_ in ((Qt.Key.Key_F6, "panel_attributes"), (Qt.Key.Key_F9, "panel_time_strip")):
        window.canvas.setFocus()
        press(key)
        qtbot.waitUntil(lambda id_=id_: not window.docks[id_].visibleRegion().isEmpty())
        settle(window, qtbot)
        page = window.docks.attributes.panel
        page.show_counts(123_456, 1_234_567, 123_456)
        for is_open in (True, False):
            page.filter_button.setChecked(is_open)
            settle(window, qtbot)
            assert [dock.width() for dock in beside] == [left, left, right]
            parts = [page.apply_button, page.filter_button, page.only_selected, page.count, page.columns_button]
            pairs = [
                (one, other) for one, other in combinations(parts, 2) if one.geometry().intersects(other.geometry())
            ]
            assert not pairs, "each has its place"
            assert all(page.contentsRect().contains(part.geometry()) for part in parts), "in sight as a whole"
        assert grouped(1_234_567) in page.count.toolTip()
    window.docks.set_panel_visible("panel_time_strip", visible=False)
    window.docks.set_panel_visible("panel_attributes", visible=False)
    settle(window, qtbot)
    assert [dock.width() for dock in beside] == [left, left, right]
