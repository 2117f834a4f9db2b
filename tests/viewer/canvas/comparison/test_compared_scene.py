"""A comparison on the map: which frame is seen where, what is painted again, and what the mouse takes."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from layers.document.comparison import ComparisonSpec, spec_of
from layers.document.edit import Change, Edit
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from tests.support.painted_scenes import ALL, painted, view_of
from tests.viewer.canvas.comparison.conftest import BLUE, GREEN, RED, layer
from tests.viewer.conftest import shown
from viewer.canvas.comparison import compared_painter
from viewer.canvas.shown_scene import credits_of, late_layers, map_at
from viewer.canvas.widget import MapCanvas
from viewer.tools.tool import Tool, ToolContext

TWO = spec_of(("old",), ("new",))
SKY = Bounds(20.0, 49.6, 21.2, 50.4)
"""Where no mark is."""


def colors(image: QImage, *places: tuple[int, int]) -> list[str]:
    return [image.pixelColor(*place).name() for place in places]


def test_each_frame_is_seen_on_its_side(make_compared):
    scene, view = make_compared(), view_of(SKY)
    assert colors(painted(scene, view), (5, 5)) == [GREEN]
    scene.compare(TWO)
    assert colors(painted(scene, view), (5, 5), (396, 20), (404, 20), (795, 5)) == [RED, RED, BLUE, BLUE]
    scene.compare(replace(TWO, position=0.25))
    assert colors(painted(scene, view), (195, 20), (205, 20)) == [RED, BLUE]
    scene.compare(replace(TWO, mode="swipe across"))
    assert colors(painted(scene, view), (795, 290), (795, 310)) == [RED, BLUE]
    scene.compare(replace(TWO, mode="spyglass"))
    assert colors(painted(scene, view), (400, 300), (400, 140), (5, 5)) == [BLUE, BLUE, RED]
    scene.compare(replace(TWO, mode="fade", position=0.25))
    assert painted(scene, view).pixelColor(5, 5).red() == pytest.approx(191, abs=1)
    assert painted(scene, view).pixelColor(5, 5).blue() == pytest.approx(64, abs=1)
    scene.compare(replace(TWO, mode="blink"))
    assert colors(painted(scene, view), (5, 5), (795, 5)) == [RED, RED]
    scene.sides.show_phase(1)
    assert colors(painted(scene, view), (5, 5), (795, 5)) == [BLUE, BLUE]
    scene.compare(TWO)
    scene.sides.hold(1)
    assert colors(painted(scene, view), (5, 5), (795, 5)) == [BLUE, BLUE]
    scene.sides.hold(-1)
    assert colors(painted(scene, view), (5, 5), (795, 5)) == [RED, BLUE]
    scene.compare(TWO.swapped())
    assert colors(painted(scene, view), (5, 5), (795, 5)) == [BLUE, RED]
    scene.compare(None)
    assert colors(painted(scene, view), (5, 5)) == [GREEN]


def test_three_frames_share_the_picture(make_compared):
    scene, view = make_compared(), view_of(SKY)
    scene.compare(replace(spec_of(("old",), ("new",), ("third",)), position=1 / 3))
    assert colors(painted(scene, view), (260, 5), (275, 5), (526, 5), (540, 5)) == [RED, BLUE, BLUE, GREEN]
    scene.compare(replace(scene.sides.spec, mode="fade", position=0.75))
    assert painted(scene, view).pixelColor(5, 5).green() == pytest.approx(128, abs=1)
    scene.compare(spec_of(("old",), ("new",)))
    assert colors(painted(scene, view), (795, 5)) == [BLUE]


def test_marks_are_on_both_sides_and_the_map_is_as_before_afterwards(make_compared, make_scene, document):
    scene, alone, view = make_compared(), make_scene(document), view_of()
    whole = painted(alone, view)
    document.apply(Edit("x", (Change("layers", document.layers["third"], None),)))
    blue = painted(alone, view)
    scene.compare(TWO)
    for frame in scene.frames:
        frame.show_solid_on(None)  # which marks are solid is told by test_marks_of_frames
    right = painted(scene, view).copy(560, 0, 240, 600)
    assert right == blue.copy(560, 0, 240, 600)
    scene.compare(None)
    document.apply(Edit("x", (Change("layers", None, layer("third", GREEN, 3)),)))
    assert painted(scene, view) == whole


class Counted:
    """Counts how often layers are painted."""

    def __init__(self, scene, monkeypatch) -> None:
        self.count = 0
        for frame in scene.frames:
            paint = frame.stack.paint
            monkeypatch.setattr(frame.stack, "paint", lambda *args, paint=paint: (self.add(), paint(*args)))

    def add(self) -> None:
        self.count += 1


def test_a_bar_that_moves_and_pictures_that_blink_are_painted_once(make_compared, monkeypatch, document):
    scene, view = make_compared(), view_of()
    scene.compare(TWO)
    counted = Counted(scene, monkeypatch)
    for step in range(20):
        scene.sides.move_bar(step / 20, 0.5)
        painted(scene, view, in_haste=True)
    assert counted.count == 2
    for step in range(20):
        scene.sides.hold(step % 2)
        painted(scene, view, in_haste=True)
    scene.sides.hold(-1)
    assert counted.count == 2
    site = document.sites["port"]
    document.apply(Edit("x", (Change("sites", site, replace(site, label="Harbour", rev=2)),)))
    painted(scene, view, in_haste=True)
    assert counted.count == 4, "a mark that has changed shows on both sides"
    blue = document.layers["new"]
    document.apply(Edit("x", (Change("layers", blue, replace(blue, opacity=0.5, rev=2)),)))
    image = painted(scene, view, in_haste=True)
    assert image.pixelColor(790, 5).blue() < 200


def test_the_picture_of_a_bar_is_a_function_of_the_comparison(make_compared):
    scene, view = make_compared(), view_of()
    scene.compare(replace(TWO, position=0.25))
    first = painted(scene, view)
    scene.sides.move_bar(0.75, 0.5)
    painted(scene, view, in_haste=True)
    scene.sides.move_bar(0.25, 0.5)
    assert painted(scene, view) == first
    assert painted(scene, view, in_haste=True, settled=False).copy(300, 100, 400, 200) == first.copy(300, 100, 400, 200)


@pytest.mark.parametrize("mode", ["swipe", "swipe across", "spyglass"])
def test_the_mouse_drags_the_bar_and_nothing_else(make_compared, qtbot, mode):
    scene = make_compared()
    canvas = shown(qtbot, MapCanvas(scene), 800, 600)
    canvas.motion.zoom_to_bounds(ALL, 0.0)
    scene.compare(replace(TWO, mode=mode))
    let_go, before = [], canvas.viewport.view()
    scene.sides.bar_let_go.connect(lambda: let_go.append(scene.sides.spec))
    view = canvas.viewport.view()
    start = QPoint(400, 300) if mode != "spyglass" else QPoint(400, 300 + round(scene.sides.on(view).radius))
    assert scene.sides.handle_at(view, start.x(), start.y()) is not None
    assert scene.sides.handle_at(view, 20, 20) is None
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(40, 30))
    assert scene.sides.spec.position == 0.55
    assert scene.sides.spec.position_y == (0.55 if mode == "spyglass" else 0.5)
    assert not let_go
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 30))
    assert len(let_go) == 1
    assert canvas.viewport.view() == before, "the map stays"
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 30))
    QTest.mouseMove(canvas, start)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert scene.sides.spec.position == 0.55, "Esc gives the drag up"
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start)


def test_a_glass_is_dragged_inside_where_a_tool_has_no_use_for_that(make_compared, qtbot):
    scene = make_compared()
    canvas = shown(qtbot, MapCanvas(scene), 800, 600)
    canvas.motion.zoom_to_bounds(ALL, 0.0)
    scene.compare(replace(TWO, mode="spyglass"))
    tool = RecordingTool(canvas)
    canvas.set_tool(tool)
    inside = QPoint(420, 310)

    def drag(by: QPoint) -> None:
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=inside)
        QTest.mouseMove(canvas, inside + by)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=inside + by)

    drag(QPoint(40, 30))
    assert (scene.sides.spec.position, scene.sides.spec.position_y) == (0.5, 0.5), "a tool that draws draws"
    assert tool.told == ["start", "move", "end"]
    tool.told.clear()
    tool.is_idle = True
    drag(QPoint(40, 30))
    assert (scene.sides.spec.position, scene.sides.spec.position_y) == (0.55, 0.55)
    assert not tool.told
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=inside)
    assert tool.told == ["click"], "a click is the tool's"
    assert (scene.sides.spec.position, scene.sides.spec.position_y) == (0.55, 0.55)


class RecordingTool(Tool):
    """Keeps what it is told; idle it leaves drags to the picture."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(ToolContext(canvas, lambda edit: True, lambda text: None), canvas)
        self.told: list[str] = []
        self.is_idle = False
        self.hint_text = ""

    @property
    def hint(self) -> str:
        return self.hint_text

    def leaves(self, event) -> bool:
        return self.is_idle

    def click(self, event) -> None:
        self.told.append("click")

    def drag_start(self, event) -> None:
        self.told.append("start")

    def drag_move(self, event) -> None:
        self.told.append("move")

    def drag_end(self, event) -> None:
        self.told.append("end")


def test_no_words_lie_in_a_glass_wherever_it_is(make_compared, monkeypatch):
    scene, view = make_compared(), view_of()
    boxes, paint = [], compared_painter.paint_side_words
    monkeypatch.setattr(compared_painter, "paint_side_words", lambda *arguments: boxes.extend(paint(*arguments)))
    for x, y in ((0.5, 0.5), (0.3, 0.25), (0.5, 0.75), (0.9, 0.5)):
        scene.compare(replace(TWO, mode="spyglass", position=x, position_y=y))
        boxes.clear()
        painted(scene, view)
        sides = scene.sides.on(view)
        middle = sides.glass.center()
        first, second = boxes
        assert not first.intersects(second)
        for box in (first, second):
            near = min(max(middle.x(), box.left()), box.right()), min(max(middle.y(), box.top()), box.bottom())
            assert math.hypot(near[0] - middle.x(), near[1] - middle.y()) >= sides.radius


def test_a_bar_stays_in_the_picture(make_compared):
    scene, view = make_compared(), view_of()
    scene.compare(TWO)
    bar = scene.sides.handle_at(view, 400.0, 300.0)
    bar.drag_to(view, 5000.0, 0.0)
    assert scene.sides.spec.position == 1.0
    bar.drag_to(view, -5.0, 0.0)
    assert scene.sides.spec.position == 0.0
    bar.give_up()
    assert scene.sides.spec == TWO


def test_the_frame_under_the_pointer_is_the_one_that_is_seen(make_compared):
    scene, view = make_compared(), view_of()
    assert map_at(scene, view, 5, 5) is scene.map
    scene.compare(TWO)
    left, right = scene.frames
    assert map_at(scene, view, 395, 5) is left
    assert map_at(scene, view, 405, 5) is right
    for spec, places in (
        (replace(TWO, mode="spyglass"), {(5, 5): 0, (400, 300): 1}),
        (replace(TWO, mode="fade", position=0.4), {(5, 5): 0}),
        (replace(TWO, mode="fade", position=0.6), {(5, 5): 1}),
        (replace(TWO, mode="difference"), {(5, 5): 1}),
        (replace(TWO, mode="blink"), {(5, 5): 0}),
    ):
        scene.compare(spec)
        for place, at in places.items():
            assert map_at(scene, view, *place) is scene.frames[at], spec.mode
    scene.sides.show_phase(1)
    scene.sides.hold(0)
    assert scene.sides.frame_at(view, 5, 5) == 0


def test_a_comparison_wraps_round_the_world(make_compared):
    scene = make_compared()
    scene.compare(TWO)
    view = View.of_bounds(WEB_MERCATOR, Bounds(1.8e7, -1e6, 2.2e7, 2e6), 800, 600)
    scene.set_view(view)
    image = painted(scene, view)
    assert colors(image, (5, 5), (795, 5)) == [RED, BLUE]
    for frame in scene.frames:
        assert any(frame.drawings[uuid].copies[-1] for uuid in frame.drawings if frame.drawings[uuid].layer.visible), (
            "each over the antimeridian"
        )


def test_all_frames_are_waited_for(make_compared):
    scene, view = make_compared(), view_of()
    scene.compare(TWO)
    scene.set_view(view)
    other = scene.frames[1]
    other.drawings["new"].complete = False
    assert not scene.is_complete(view)
    assert late_layers(scene, view) == [BLUE]
    other.drawings["new"].complete = True
    assert scene.is_complete(view)
    assert credits_of(scene, view) == []


def test_another_document_ends_the_comparison(make_compared, document):
    scene = make_compared()
    scene.compare(ComparisonSpec(TWO.frames, "blink"))
    other = scene.frames[1]
    scene.set_document(document)
    assert scene.sides.spec is None
    assert scene.frames == [scene.map]
    assert not other.drawings


def test_both_pictures_are_there_before_the_first_blink(make_compared, monkeypatch):
    scene, view = make_compared(), view_of()
    scene.compare(replace(TWO, mode="blink"))
    scene.set_view(view)
    counted = Counted(scene, monkeypatch)
    painted(scene, view, in_haste=True)
    assert counted.count == 2
    scene.sides.show_phase(1)
    painted(scene, view, in_haste=True)
    assert counted.count == 2
