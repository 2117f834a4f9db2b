"""The canvas under real mouse, wheel and key events."""

from __future__ import annotations

import math

import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from tests.viewer.canvas.conftest import site
from tests.viewer.conftest import shown
from viewer.canvas.map_picture import LIVE_PAINT_MS, LOADING_PAINT_MS
from viewer.canvas.widget import MapCanvas
from viewer.support.painting import painting
from viewer.tools.navigate import NavigateTool
from viewer.tools.tool import ToolContext

Left, Middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def drag(
    canvas: MapCanvas,
    start: tuple[int, int],
    end: tuple[int, int],
    button=Left,
    modifiers=Qt.KeyboardModifier.NoModifier,
):
    (x1, y1), (x2, y2) = start, end
    QTest.mousePress(canvas, button, modifiers, QPoint(x1, y1))
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(canvas, QPoint(round(x1 + (x2 - x1) * share), round(y1 + (y2 - y1) * share)))
    QTest.mouseRelease(canvas, button, modifiers, QPoint(x2, y2))


def wheel(canvas: MapCanvas, x: int, y: int, notches: float, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    angle = QPoint(0, round(120 * notches))
    at = QPointF(x, y)
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def place(canvas: MapCanvas, x: int, y: int) -> tuple[float, float]:
    return canvas.viewport.lonlat(x, y)


def linger(canvas: MapCanvas, qtbot) -> None:
    """Until the view is one to come back to."""
    qtbot.waitUntil(lambda: not canvas.motion.is_under_way)


def navigate(canvas: MapCanvas) -> None:
    canvas.set_tool(NavigateTool(ToolContext(canvas, lambda edit: None, lambda text: None), canvas))


@pytest.mark.bounded
def test_wheel_zooms_about_the_cursor_and_rests_afterwards(canvas, qtbot):
    linger(canvas, qtbot)
    under, resolution = place(canvas, 200, 150), canvas.viewport.resolution
    wheel(canvas, 200, 150, 2)
    assert canvas.viewport.resolution == pytest.approx(resolution / 2)
    assert place(canvas, 200, 150) == pytest.approx(under)
    assert not canvas.is_idle(), "a gesture runs"
    qtbot.waitUntil(canvas.is_idle)
    canvas.motion.back()
    assert canvas.viewport.resolution == pytest.approx(resolution)


def test_stand_ins_of_another_view_are_painted_rarely_and_new_colours_at_once(make_scene, qtbot):
    """Painting stand-ins takes the cores from those who make the tiles; colours that change are to be seen."""
    document = Document({"layers": [Layer(uuid="a", kind="raster", name="#224466")]})
    canvas = shown(qtbot, MapCanvas(make_scene(document)), 300, 200)
    drawing, picture = canvas.scene.drawings["a"], canvas.panes.in_use.picture
    drawing.updated.emit()
    drawing.complete = False
    drawing.updated.emit()
    assert picture.put_off_ms == LIVE_PAINT_MS, "the same view with other colours"
    qtbot.waitUntil(lambda: picture.put_off_ms is None)
    canvas.motion.zoom_in()
    drawing.updated.emit()
    assert picture.put_off_ms == LOADING_PAINT_MS
    drawing.complete = True
    drawing.updated.emit()
    assert picture.put_off_ms is None, "the last tile shows at once"


def test_drawings_hear_of_gestures_and_rest(make_scene, qtbot):
    document = Document({"layers": [Layer(uuid="a", kind="raster", name="#224466")]})
    canvas = shown(qtbot, MapCanvas(make_scene(document)), 300, 200)
    told = canvas.scene.drawings["a"].views
    told.clear()
    wheel(canvas, 100, 100, 1)
    wheel(canvas, 100, 100, 1)
    qtbot.waitUntil(canvas.is_idle)
    assert [resting for _, resting in told] == [False, False, True]
    canvas.motion.zoom_in()
    assert [resting for _, resting in told[3:]] == [True], "a single step is exact at once"


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier])
def test_wheel_with_alt_or_shift_turns_about_the_cursor(canvas, modifier):
    under = place(canvas, 600, 100)
    wheel(canvas, 600, 100, 2, modifier)
    assert canvas.viewport.rotation_deg == pytest.approx(10)
    assert place(canvas, 600, 100) == pytest.approx(under)
    QTest.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.viewport.rotation_deg == 0


@pytest.mark.parametrize("how", ["navigate", "middle", "space"])
def test_drags_pan_by_whole_pixels(canvas, how):
    if how == "navigate":
        navigate(canvas)
    before, under = canvas.viewport.view(), place(canvas, 300, 300)
    if how == "space":
        QTest.keyPress(canvas, Qt.Key.Key_Space)
        assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    drag(canvas, (300, 300), (380, 250), Middle if how == "middle" else Left)
    if how == "space":
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
    after = canvas.viewport.view()
    assert after.grid == before.grid
    assert (after.left, after.top) == (before.left - 80, before.top + 50)
    assert place(canvas, 380, 250) == pytest.approx(under)
    assert canvas.cursor().shape() != Qt.CursorShape.ClosedHandCursor


def test_space_ends_when_the_focus_goes(canvas, qtbot):
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    canvas.clearFocus()
    before = canvas.viewport.view()
    drag(canvas, (300, 300), (380, 250))
    assert canvas.viewport.view() == before


def test_shift_drag_zooms_into_the_box(canvas):
    middle = place(canvas, 300, 200)
    resolution = canvas.viewport.resolution
    drag(canvas, (200, 125), (400, 275), modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert canvas.viewport.resolution == pytest.approx(resolution / 4)
    assert canvas.viewport.centre_lonlat() == pytest.approx(middle)


def test_keys_pan_zoom_and_turn(canvas):
    before = canvas.viewport.view()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert (canvas.viewport.view().left - before.left, canvas.viewport.view().top - before.top) == (80, 300)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.viewport.resolution == pytest.approx(before.grid.resolution / 2)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_PageDown)
    assert canvas.viewport.resolution == pytest.approx(before.grid.resolution * 2)
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.viewport.rotation_deg == -5
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.viewport.rotation_deg == 0
    assert canvas.viewport.view().world_bounds().width > 4e7


@pytest.mark.bounded
def test_back_and_forward_come_to_the_very_same_view(canvas, qtbot):
    linger(canvas, qtbot)
    first = canvas.viewport.view()
    canvas.motion.zoom_in()
    linger(canvas, qtbot)
    second = canvas.viewport.view()
    canvas.motion.set_crs("EPSG:32632")
    third = canvas.viewport.view()
    canvas.motion.back()
    assert canvas.viewport.view() == second
    QTest.mouseClick(canvas, Qt.MouseButton.BackButton)
    assert canvas.viewport.view() == first
    canvas.motion.forward()
    canvas.motion.forward()
    assert canvas.viewport.view() == third
    assert not canvas.motion.can_go_forward


def test_cursor_is_told_in_degrees_and_nan_off_the_map(canvas, qtbot):
    told = []
    canvas.cursor_moved.connect(lambda lon, lat: told.append((lon, lat)))
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 10.0, 50.0))
    px, py = canvas.viewport.view().to_pixel(x, y)
    QTest.mouseMove(canvas, QPoint(round(px), round(py)))
    assert told[-1] == pytest.approx((10, 50), abs=0.002)
    canvas.motion.full_view()
    for _ in range(3):
        canvas.motion.zoom_out()
    QTest.mouseMove(canvas, QPoint(300, 2))
    assert math.isnan(told[-1][0])
    assert math.isnan(told[-1][1])


def test_bounds_of_a_layer_and_exact_bounds(make_scene, qtbot):
    canvas = shown(
        qtbot, MapCanvas(make_scene(Document({"layers": [Layer(uuid="a", kind="raster", name="#224466")]}))), 400, 400
    )
    canvas.motion.zoom_to_bounds(canvas.scene.stack.bounds_of("a"), 0.0)
    assert canvas.viewport.centre_lonlat()[0] == pytest.approx(15)
    assert canvas.scene.stack.bounds_of("no such layer") is None
    bounds = Bounds(1e6, 6e6, 1.1e6, 6.1e6)
    canvas.motion.rotate_by(20)
    canvas.motion.show_bounds(WEB_MERCATOR, bounds)
    assert tuple(canvas.viewport.view().world_bounds()) == pytest.approx(tuple(bounds))


def test_the_picture_follows_edits_and_selection(canvas):
    before = canvas.grab_picture()
    canvas.selection.set({"port"})
    selected = canvas.grab_picture()
    assert selected != before
    document = canvas.scene.document
    moved = replace(document.sites["firm"], geometry=shapely.Point(10.2, 50.1), rev=2)
    document.apply(Edit("Move", (Change("sites", document.sites["firm"], moved),)))
    assert canvas.grab_picture() != selected


def test_hover_repaints_nothing_of_the_map(canvas, qtbot, monkeypatch):
    qtbot.waitUntil(canvas.is_idle)
    painted = []
    monkeypatch.setattr(canvas.scene, "paint_map", lambda *args, **kwargs: painted.append(args))
    navigate(canvas)
    for step in range(5):
        QTest.mouseMove(canvas, QPoint(100 + step, 100))
        canvas.repaint()
    assert len(painted) == 1, "once, to keep it as a picture"
    canvas.motion.zoom_in()
    canvas.repaint()
    assert len(painted) == 2


def test_the_map_below_a_hint_is_the_map_as_it_was_painted(canvas, qtbot):
    canvas.show_overlays = False
    qtbot.waitUntil(canvas.is_idle)
    canvas.motion.zoom_in()
    qtbot.waitUntil(canvas.is_idle)
    straight = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    canvas.update()
    canvas.repaint()
    kept = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert kept == straight == canvas.grab_picture()


def test_picture_of_the_map_is_what_paint_map_paints(canvas, qtbot):
    canvas.show_overlays = False
    view = canvas.viewport.view()
    product = QImage(view.width, view.height, QImage.Format.Format_RGB32)

    with painting(product) as painter:
        canvas.scene.paint_map(painter, view)
    assert canvas.grab_picture() == product


def test_another_document_drops_the_selection(canvas):
    canvas.selection.set({"port", "firm"})
    canvas.scene.set_document(Document({"sites": [site("firm", shapely.Point(1, 1))]}))
    assert canvas.selection.uuids == {"firm"}


def test_two_canvases_in_one_window_move_apart_and_share_edits(make_scene, qtbot):
    document = Document({"sites": [site("a", shapely.Point(10, 50))]})
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    left, right = MapCanvas(make_scene(document)), MapCanvas(make_scene(document))
    row.addWidget(left)
    row.addWidget(right)
    window.resize(900, 400)
    window.show()
    qtbot.waitExposed(window)
    before = right.viewport.view()
    left.motion.zoom_to_bounds(Bounds(9, 49, 11, 51))
    left.motion.set_crs("EPSG:32632")
    assert right.viewport.view() == before
    left.selection.set({"a"})
    assert right.selection.uuids == frozenset()
    pictures = left.grab_picture(), right.grab_picture()
    document.apply(Edit("Delete", (Change("sites", document.sites["a"], None),)))
    assert left.grab_picture() != pictures[0]
    assert right.grab_picture() != pictures[1]


def test_dropped_files_and_urls_are_passed_on(canvas, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a b.tif")), QUrl("https://example.org/{z}/{x}/{y}.png")])
    how = Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(5, 5), *how)
    QApplication.sendEvent(canvas, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), *how)
    with qtbot.waitSignal(canvas.files_dropped) as heard:
        QApplication.sendEvent(canvas, drop)
    assert heard.args[0][0] == str(tmp_path / "a b.tif")
    assert heard.args[0][1].startswith("https://example.org/")


def test_it_has_a_name_for_those_who_cannot_see_it(canvas):
    assert canvas.accessibleName()
    assert canvas.accessibleDescription()
    assert canvas.focusPolicy() == Qt.FocusPolicy.StrongFocus
