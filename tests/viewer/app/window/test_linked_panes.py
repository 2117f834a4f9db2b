"""Images side by side in the real window: moved as one, each a map to work on, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec import Struct
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from layers.document.comparison import read_spec
from layers.document.site import Site
from layers.geo.bounds import Bounds
from tests.support.choices import choose_by_keys, popup
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.canvas.panes import IN_USE_COLOR, Pane, pane_rects
from viewer.canvas.widget import MapCanvas
from viewer.commands.sites import update_sites
from viewer.panels.shell.message_bar import MessageBar

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
Nothing = Qt.KeyboardModifier.NoModifier
NAMES = ("red", "green", "blue", "grey")
COLORS = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200), "grey": (90, 90, 90)}


class Side(Struct):
    """A window in which images are compared side by side, and a hand on its panes."""

    window: MainWindow
    qtbot: QtBot

    @property
    def canvas(self) -> MapCanvas:
        return self.window.canvas

    @property
    def panes(self) -> list[Pane]:
        return self.canvas.panes.all

    def at(self, pane: int, x: int, y: int) -> QPoint:
        """A point of the widget, from the middle of a pane."""
        return self.panes[pane].place.center() + QPoint(x, y)

    def click(self, pane: int, x: int, y: int) -> None:
        QTest.mouseClick(self.canvas, Left, Nothing, self.at(pane, x, y))
        self.settle()

    def drag(self, pane: int, start: QPoint, way: QPoint, button: Qt.MouseButton = Left) -> None:
        first = self.at(pane, start.x(), start.y())
        QTest.mousePress(self.canvas, button, Nothing, first)
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(self.canvas, first + QPoint(round(way.x() * share), round(way.y() * share)))
        QTest.mouseRelease(self.canvas, button, Nothing, first + way)
        self.settle()

    def wheel(self, pane: int, notches: int) -> None:
        at = QPointF(self.at(pane, 20, 10))
        everywhere = QPointF(self.canvas.mapToGlobal(at))
        turn = QWheelEvent(
            at,
            everywhere,
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Nothing,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, turn)
        self.settle()

    def key(self, key: Key, modifiers: Qt.KeyboardModifier = Nothing) -> None:
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)
        self.settle()

    def settle(self) -> None:
        settle(self.window, self.qtbot)

    def colors(self) -> list[tuple[int, int, int]]:
        """In each pane, beside its middle."""
        picture = self.canvas.grab_picture()
        found = [picture.pixelColor(self.at(number, 25, 25)) for number in range(len(self.panes))]
        return [(color.red(), color.green(), color.blue()) for color in found]

    def views_agree(self) -> bool:
        return len({pane.viewport.view() for pane in self.panes}) == 1

    @property
    def sites(self) -> list[Site]:
        return list(self.window.session.document.sites.values())

    def looks(self, uuid: str) -> list[str]:
        """Of a mark with a name, how each pane names it."""
        words = []
        for pane in self.panes:
            placed = pane.scene.label_layout(pane.viewport.view(), frozenset({uuid})).placed
            words += [" ".join(label.text.split()) for label in placed if label.uuid == uuid]
        return words


def write_color(folder: Path, name: str) -> Path:
    bands = np.zeros((3, 64, 64), np.uint8) + np.array(COLORS[name], np.uint8)[:, None, None]
    return write_raster(folder / f"{name}.tif", bands, "EPSG:4326", Bounds(8, 48, 12, 52))


def side_by_side(window: MainWindow, qtbot: QtBot, folder: Path, count: int) -> Side:
    window.resize(1366, 768)
    window.file_menu.new_case()
    side = Side(window, qtbot)
    side.settle()
    for name in NAMES[:count]:
        window.opener.open([str(write_color(folder, name))])
        side.settle()
    window.activateWindow()
    window.comparisons.compare([layer.uuid for layer in window.session.document.layers.values()])
    window.comparisons.set_match(False)
    side.settle()
    window.action_table["compare_panes"].trigger()
    side.settle()
    window.views.show_bounds(Bounds(9.5, 49.5, 10.5, 50.5), 0.0)
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    side.settle()
    return side


@pytest.fixture
def two(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Side:
    return side_by_side(window, qtbot, tmp_path, 2)


def test_places_of_two_to_four_panes() -> None:
    assert pane_rects(1, 800, 600) == [(0, 0, 800, 600)]
    assert pane_rects(2, 801, 600) == [(0, 0, 400, 600), (400, 0, 400, 600)]
    assert pane_rects(2, 400, 601) == [(0, 0, 400, 300), (0, 300, 400, 300)]
    assert [place[0] for place in pane_rects(3, 900, 600)] == [0, 300, 600]
    assert [place[1] for place in pane_rects(3, 500, 600)] == [0, 200, 400]
    assert [place[:2] for place in pane_rects(4, 400, 300)] == [(0, 0), (200, 0), (0, 150), (200, 150)]


@pytest.mark.bounded
@popup
def test_each_pane_is_a_frame_and_all_show_the_same_ground(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    side = side_by_side(window, qtbot, tmp_path, 4)
    assert len(side.panes) == 4
    assert side.colors() == [COLORS[name] for name in NAMES]
    assert side.views_agree()
    assert side.canvas.panes.words is not None
    assert [side.canvas.panes.words.name(at) for at in range(4)] == [
        f"{letter} · date unknown, {name}" for letter, name in zip("ABCD", NAMES, strict=True)
    ]
    scenes = [pane.scene for pane in side.panes]
    choose_by_keys(window.comparison_bar.bar.mode, "Swipe")
    side.settle()
    assert [pane.scene for pane in side.panes] == [window.scene]
    assert side.canvas.viewport.size[0] == side.canvas.width()
    window.action_table["undo"].trigger()
    side.settle()
    assert [pane.scene for pane in side.panes] == scenes, "what was read stays read"
    (row,) = window.session.document.comparisons.values()
    assert read_spec(row.spec_json).mode == "panes"
    window.comparisons.swap()
    side.settle()
    assert side.colors() == [COLORS[name] for name in (*NAMES[1:], NAMES[0])]
    side.key(Key.Key_Escape)
    assert window.comparisons.spec is None
    assert len(side.panes) == 1
    assert side.canvas.accessibleName() == "Map"


@pytest.mark.bounded
def test_no_message_lies_on_the_titles_of_the_panes(two: Side) -> None:
    window = two.window
    window.messages.show("a", "A pixel of “2020” is 89 m here: the mark is no better than that.")
    bar = window.findChild(MessageBar)
    assert bar is not None
    two.qtbot.waitUntil(bar.isVisible)
    clear = two.canvas.grab_picture()
    bar.hide()
    top = bar.mapTo(two.canvas.parentWidget().parentWidget(), QPoint(0, 0)).y()
    assert top > 10
    ground = [clear.pixelColor(pane.place.left() + 12, y).getRgb() for pane in two.panes for y in range(top, top + 20)]
    titles = [clear.pixelColor(pane.place.left() + 12, 20).getRgb() for pane in two.panes]
    assert not set(ground) & set(titles), "the titles end above it"
    bar.show()
    window.action_table["end_comparison"].trigger()
    two.settle()
    two.qtbot.waitUntil(lambda: bar.y() == 0)


@pytest.mark.bounded
def test_the_panes_move_as_one_by_mouse_and_by_keyboard(two: Side) -> None:
    canvas, panes = two.canvas, two.panes
    first = canvas.viewport.view()
    two.wheel(1, 2)
    assert canvas.panes.in_use is panes[1], "the pane under the wheel is the one in use"
    assert two.views_agree()
    assert canvas.viewport.resolution == pytest.approx(first.grid.resolution / 2)
    for button in (Qt.MouseButton.MiddleButton, Left):
        before = canvas.viewport.view()
        two.drag(0, QPoint(-20, -20), QPoint(40, 24), button)
        moved = canvas.viewport.view()
        if button is Qt.MouseButton.MiddleButton:
            assert (moved.left - before.left, moved.top - before.top) == (-40, -24), "pixel by pixel"
        assert two.views_agree()
    assert canvas.panes.in_use is panes[0]
    two.key(Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert panes[1].viewport.rotation_deg == 5.0
    two.key(Key.Key_N)
    two.key(Key.Key_Plus)
    two.key(Key.Key_Down)
    two.window.action_table["zoom_out"].trigger()
    two.settle()
    assert two.views_agree()
    two.window.status.crs_asked.emit("EPSG:32632")
    two.settle()
    assert panes[1].viewport.crs == "EPSG:32632"
    assert two.views_agree()
    canvas.motion.back()
    two.settle()
    assert two.views_agree()
    canvas.use_pane(panes[1])
    canvas.motion.pan_by(3000, 0)
    two.window.views.show_layer(next(iter(two.window.session.document.layers)))
    two.settle()
    assert two.views_agree()
    assert two.colors() == [COLORS["red"], COLORS["green"]], "also a layer that another pane shows"


@pytest.mark.bounded
def test_panes_that_are_not_linked_move_by_themselves(two: Side) -> None:
    window, canvas, panes = two.window, two.canvas, two.panes
    assert window.comparison_bar.bar.linked.isVisible()
    QTest.mouseClick(
        window.comparison_bar.bar.linked, Left, pos=QPoint(8, window.comparison_bar.bar.linked.height() // 2)
    )
    assert not canvas.panes.is_linked
    still = panes[0].viewport.view()
    two.wheel(1, 2)
    assert panes[0].viewport.view() == still
    scale = window.status.scale.currentText()
    two.click(0, 30, 30)
    assert window.status.scale.currentText() != scale, "the bar tells of the pane in use"
    window.resize(1366, 700)
    two.settle()
    assert not two.views_agree()
    in_use = panes[0].viewport.view()
    window.action_table["link_panes"].trigger()
    two.settle()
    assert two.views_agree()
    assert canvas.viewport.view() == in_use, "the others come to the one in use"
    assert window.comparison_bar.bar.linked.isChecked()


@pytest.mark.bounded
def test_tab_leads_through_the_panes_and_out_and_the_one_in_use_is_framed(two: Side) -> None:
    canvas, panes = two.canvas, two.panes
    canvas.use_pane(panes[0])
    for number, key in ((0, None), (1, Key.Key_Tab), (0, Key.Key_Backtab)):
        if key is not None:
            two.key(key)
        assert canvas.hasFocus()
        assert canvas.panes.in_use is panes[number]
        assert canvas.accessibleName().startswith(f"Map, pane {number + 1} of 2: ")
        picture = canvas.grab_picture()
        framed = [picture.pixelColor(pane.place.topLeft() + QPoint(1, 200)).name() == IN_USE_COLOR for pane in panes]
        assert framed == [at == number for at in range(2)]
    two.key(Key.Key_Tab)
    two.key(Key.Key_Tab)
    assert not canvas.hasFocus(), "after the last pane comes what follows the map"
    canvas.setFocus(Qt.FocusReason.BacktabFocusReason)
    assert canvas.panes.in_use is panes[1]
    canvas.setFocus()


@pytest.mark.bounded
def test_a_ghost_of_the_pointer_is_in_the_other_panes(two: Side) -> None:
    canvas, panes = two.canvas, two.panes
    plain = canvas.grab_picture()
    QTest.mouseMove(canvas, two.at(0, 40, -30))
    here = canvas.panes.ghost_in(panes[1])
    assert canvas.panes.ghost_in(panes[0]) is None
    assert here is not None
    wanted = two.at(0, 40, -30) - panes[0].place.topLeft()
    assert (here - QPointF(wanted)).manhattanLength() < 0.01
    box = panes[1].place.topLeft() + wanted - QPoint(12, 12)
    around = (box.x(), box.y(), 24, 24)
    assert canvas.grab_picture().copy(*around) != plain.copy(*around)
    canvas.link_panes(False)
    two.wheel(1, 1)
    QTest.mouseMove(canvas, two.at(0, 10, 10))
    there = canvas.panes.ghost_in(panes[1])
    ghost = canvas.panes.ghost
    assert there is not None
    assert panes[1].viewport.lonlat(there.x(), there.y()) == pytest.approx(ghost[1:], abs=1e-9), "at the same place"
    QTest.mouseMove(canvas, two.at(1, 10, 10))
    assert canvas.panes.ghost_in(panes[1]) is None
    assert canvas.panes.in_use is panes[1], "a pointer that passes by changes nothing"


@pytest.mark.bounded
def test_draw_once_shows_in_all_solid_where_it_was_marked(two: Side) -> None:
    window, canvas = two.window, two.canvas
    before = {table: dict(window.session.document.table(table)) for table in ("sites", "images", "sources")}
    window.toolbox.take("tool_polygon")
    two.click(1, -40, -40)
    two.click(1, 40, -40)
    two.click(0, 40, 40)
    QTest.mouseMove(canvas, two.at(0, -40, 40))
    sketch = canvas.grab_picture()
    offset = two.panes[1].place.topLeft() - two.panes[0].place.topLeft()
    edge = two.at(0, 0, -40)
    assert sketch.pixelColor(edge) != sketch.pixelColor(edge + QPoint(0, 20))
    assert sketch.pixelColor(edge + offset) != sketch.pixelColor(edge + offset + QPoint(0, 20)), "the sketch is in all"
    two.click(1, -40, 40)
    two.key(Key.Key_Return)
    (site,) = two.sites
    layers, document = list(window.session.document.layers.values()), window.session.document
    assert document.images[site.image_uuid].layer_uuid == layers[1].uuid, "of the pane in which it was ended"
    window.panel_context.do(update_sites, (site.uuid,), label="Bend")
    two.settle()
    assert two.looks(site.uuid) == ["place of Bend", "Bend"]
    window.selection.set({site.uuid})
    for number in (0, 1):
        corners = two.sites[0].geometry
        window.toolbox.take("tool_edit_vertices")
        two.drag(number, QPoint(40 - 8 * number, -40), QPoint(-8, 0))
        assert two.sites[0].geometry.area < corners.area, "a vertex is moved in each pane"
    window.toolbox.give_up()
    assert document.images[two.sites[0].image_uuid].layer_uuid == layers[1].uuid, (
        "of the pane in which it was moved last"
    )
    canvas.setFocus()
    canvas.use_pane(two.panes[0])
    window.toolbox.take("tool_point")
    two.key(Key.Key_Return)
    two.settle()
    pin = two.sites[1]
    assert document.images[pin.image_uuid].layer_uuid == layers[0].uuid
    after = {table: dict(document.table(table)) for table in before}
    while two.sites:
        window.action_table["undo"].trigger()
    assert {table: dict(document.table(table)) for table in before} == before
    for _ in range(10):
        window.action_table["redo"].trigger()
    assert {table: dict(document.table(table)) for table in before} == after


@pytest.mark.bounded
@popup
def test_tools_menus_and_vertices_work_in_each_pane(two: Side) -> None:
    window, canvas = two.window, two.canvas
    for number in (0, 1):
        window.toolbox.take("tool_point")
        two.click(number, 30, 20 + 30 * number)
        site = two.sites[number]
        view = two.panes[number].viewport.view()
        px, py = (30 + view.width // 2, 20 + 30 * number + view.height // 2)
        assert canvas.viewport.lonlat(px, py) == pytest.approx(site.place.coords[0], abs=0.02)
        window.selection.clear()
        two.click(1 - number, 30, 20 + 30 * number)
        assert window.selection.uuids == {site.uuid}, "selected in the other pane"
        two.drag(number, QPoint(30, 20 + 30 * number), QPoint(-60, 0))
        moved = two.sites[number]
        assert moved.place.x < site.place.x
        assert moved.place.y == pytest.approx(site.place.y, abs=1e-4)
        at = two.at(number, 70, 70)
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, at, canvas.mapToGlobal(at)))
        menus = [menu for menu in canvas.findChildren(QMenu) if menu.isVisible()]
        assert menus, "the menu of the place"
        assert menus[-1].y() == canvas.mapToGlobal(at).y()
        assert number or menus[-1].x() == canvas.mapToGlobal(at).x(), "the screen of the tests ends in the other pane"
        menus[-1].close()
    window.activateWindow()  # as a window manager does once a menu is closed
    window.selection.clear()
    window.toolbox.take("tool_measure")
    two.qtbot.waitUntil(canvas.hasFocus)
    two.click(1, -50, 0)
    QTest.mouseMove(canvas, two.at(1, 50, 0))
    assert "km" in canvas.hint
    two.key(Key.Key_Escape)
    two.key(Key.Key_Escape)
    assert window.comparisons.spec is not None


@pytest.mark.bounded
def test_a_chip_is_of_the_pane_in_use(two: Side) -> None:
    window, canvas = two.window, two.canvas
    window.selection.clear()
    canvas.use_pane(two.panes[1])
    window.images.chips.take()
    two.settle()
    chips = list(window.session.document.chips.values())
    assert chips
    green = list(window.session.document.layers.values())[1]
    images = {window.session.document.images[chip.image_uuid].layer_uuid for chip in chips if chip.image_uuid}
    assert images == {green.uuid}
