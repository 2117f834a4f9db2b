"""Points set on a picture and on a map beside it, by mouse and by keys, and what either pane shows first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from msgspec import Struct, field
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from tests.viewer.canvas.conftest import FlatDrawing, context, flat_layer, make_scene
from tests.viewer.conftest import shown
from viewer.app.paired_points.point_pane import PaneHeading, PointPane, show_whole
from viewer.app.paired_points.point_tool import PointSide, PointTool, PointVerbs, PointWords, off_the_map
from viewer.app.paired_points.two_panes import TwoPanes
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.photo_numbers import NumberAt
from viewer.canvas.widget import MapCanvas

__all__ = ["context", "make_scene"]

Left, Nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SIZE = (400, 200)
HERE = Bounds(9.4, 49.6, 10.6, 50.4)
BESIDE = "That is beside the picture."


class Asked(Struct):
    """All that was asked of the points of a side, and the points as it gives them."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    points: list[NumberAt] = field(default_factory=list)

    def side(self, scene: MapScene, size: tuple[int, int] | None) -> PointSide[NumberAt]:
        def verb(name: str) -> Callable[..., None]:
            return lambda *values: self.calls.append((name, *values))

        def paint(tool: PointTool[NumberAt], painter: QPainter, view: View) -> None:
            assert tool.canvas.scene is scene

        def show_here(canvas: MapCanvas) -> None:
            canvas.motion.zoom_to_bounds(HERE, 0.0)

        return PointSide(
            scene=scene,
            size=size,
            begin=show_here if size is None else partial(show_whole, size),
            words=PointWords(lambda: f"{len(self.points)} points", "Enter sets one", BESIDE if size else off_the_map()),
            verbs=PointVerbs(verb("place"), verb("move"), verb("choose"), verb("remove")),
            points=lambda: self.points,
            paint=paint,
            reach_px=9.0,
        )


class Shrinking(QDialog):
    """A dialog that gets its size while it is shown, as one that is fitted to its screen does."""

    def __init__(self, panes: TwoPanes) -> None:
        super().__init__()
        QVBoxLayout(self).addWidget(panes)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.resize(700, 400)


class Pair(Struct):
    """Both panes in a dialog, and what was asked and said."""

    dialog: QDialog
    panes: TwoPanes
    picture: PointPane[NumberAt]
    map: PointPane[NumberAt]
    on_picture: Asked
    on_map: Asked
    said: list[str]


@pytest.fixture
def pair(make_scene: Callable[..., MapScene], qtbot: QtBot) -> Pair:
    on_picture, on_map, said = Asked(), Asked(), list[str]()

    def pane(asked: Asked, size: tuple[int, int] | None) -> PointPane[NumberAt]:
        title, told, layout = QLabel("&Side"), QLabel(), QVBoxLayout()
        layout.addWidget(title)
        layout.addWidget(told)
        scene = make_scene(Document({"layers": [flat_layer("flat", "#204060", 0.0)]}))
        return PointPane(asked.side(scene, size), PaneHeading(title, told, told.setText, layout), said.append)

    picture, map_ = pane(on_picture, SIZE), pane(on_map, None)
    panes = TwoPanes(picture, map_)
    dialog = shown(qtbot, Shrinking(panes), 1100, 700)
    dialog.activateWindow()
    qtbot.waitUntil(panes.is_idle)
    return Pair(dialog, panes, picture, map_, on_picture, on_map, said)


def pixel_of(pane: PointPane[NumberAt], x: float, y: float) -> QPoint:
    """The pixel of the canvas where a position of its side is shown."""
    view = pane.canvas.viewport.view()
    if pane.side.size is not None:
        return QPoint(*map(round, view.to_pixel(x, -y)))
    world = (float(value) for value in transform_points(WGS84, view.grid.crs, x, y))
    return QPoint(*map(round, view.to_pixel(*world)))


def test_both_sides_are_shown_whole_in_the_size_that_the_dialog_gets(pair: Pair) -> None:
    assert pair.picture.width() == pair.map.width()
    canvas = pair.picture.canvas
    left, right = pixel_of(pair.picture, 0, 0), pixel_of(pair.picture, *SIZE)
    assert canvas.rect().contains(left)
    assert canvas.rect().contains(right)
    assert right.x() - left.x() > 0.9 * canvas.width(), "as large as it can be"
    for corner in ((HERE.left, HERE.bottom), (HERE.right, HERE.top)):
        assert pair.map.canvas.rect().adjusted(-1, -1, 1, 1).contains(pixel_of(pair.map, *corner))
    assert canvas.hasFocus(), "the keyboard begins in the picture"
    assert canvas.accessibleName() == "Side"
    assert not canvas.show_overlays
    assert pair.map.canvas.show_overlays


@pytest.mark.parametrize(
    ("name", "first", "second"), [("picture", (120, 90), (300, 150)), ("map", (9.8, 49.9), (10.2, 50.1))]
)
def test_gestures_and_keys_mean_the_points_of_their_side(
    pair: Pair, name: str, first: tuple[float, float], second: tuple[float, float]
) -> None:
    pane, asked = (pair.picture, pair.on_picture) if name == "picture" else (pair.map, pair.on_map)
    canvas, near = pane.canvas, pytest.approx(first, rel=0.02)
    QTest.mouseClick(canvas, Left, Nothing, pixel_of(pane, *first))
    assert (asked.calls[-1][0], asked.calls[-1][1:]) == ("place", near)
    asked.points = [NumberAt(1, *first)]
    pair.panes.show_points()
    assert pane.hint.text() == "1 points"
    QTest.mouseClick(canvas, Left, Nothing, pixel_of(pane, *first))
    assert asked.calls[-1] == ("choose", 1)
    start, end = pixel_of(pane, *first), pixel_of(pane, *second)
    QTest.mousePress(canvas, Left, Nothing, start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    assert pane.tool.to == pytest.approx(second, rel=0.02)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert pane.tool.to is None, "Esc drops the drag and nothing more"
    QTest.mouseRelease(canvas, Left, Nothing, end)
    assert asked.calls[-1] == ("choose", 1)
    QTest.mousePress(canvas, Left, Nothing, start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Left, Nothing, end)
    assert asked.calls[-1][:2] == ("move", 1)
    assert asked.calls[-1][2:] == pytest.approx(second, rel=0.02)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    middle = (200, 100) if name == "picture" else HERE.centre
    assert (asked.calls[-1][0], asked.calls[-1][1:]) == ("place", pytest.approx(middle, rel=0.02))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert asked.calls[-1] == ("remove",)
    other = pair.on_map if name == "picture" else pair.on_picture
    assert not other.calls


def test_a_place_beside_the_picture_is_refused_in_words(pair: Pair) -> None:
    QTest.mouseClick(pair.picture.canvas, Left, Nothing, QPoint(2, 2))
    assert pair.said == [BESIDE]
    assert not pair.on_picture.calls


def test_esc_on_either_side_gives_up(pair: Pair, qtbot: QtBot) -> None:
    for pane in (pair.picture, pair.map):
        with qtbot.waitSignal(pair.panes.given_up):
            QTest.keyClick(pane.canvas, Qt.Key.Key_Escape)


def test_what_a_side_begins_with_is_shown_once(pair: Pair, qtbot: QtBot) -> None:
    pair.map.canvas.motion.zoom_in()
    resolution = pair.map.canvas.viewport.resolution
    pair.dialog.hide()
    pair.dialog.show()
    qtbot.waitUntil(pair.panes.is_idle)
    assert pair.map.canvas.viewport.resolution == resolution, "the analyst's view stays"


def test_closed_scenes_draw_no_more(pair: Pair) -> None:
    drawings = [pane.scene.drawings["flat"] for pane in (pair.picture, pair.map)]
    pair.panes.close_scenes()
    assert all(isinstance(drawing, FlatDrawing) and drawing.closed for drawing in drawings)
