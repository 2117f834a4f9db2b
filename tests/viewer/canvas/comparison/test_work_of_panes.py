"""Panes that are moved do no more of their own than they must: four of them would do it four times a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from layers.document.comparison import Frame, spec_of
from layers.document.edit import Change, Edit
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from tests.support.cases.marks import marks_of_every_kind
from tests.viewer.canvas.comparison.conftest import MakeCompared
from viewer.canvas.comparison import compared_scene
from viewer.canvas.comparison.linked_panes import LinkedPanes
from viewer.canvas.panes import paint_borders
from viewer.canvas.sites import site_painter
from viewer.canvas.widget import MapCanvas
from viewer.support.painting import painting

PLACES = [QRect(0, 0, 400, 300), QRect(400, 0, 400, 300), QRect(0, 300, 400, 300), QRect(400, 300, 400, 300)]


class Recorded:
    """A painter that notes what is filled."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter
        self.filled: list[tuple[int, int, int, int]] = []

    def fillRect(self, left: int, top: int, width: int, height: int, color: QColor) -> None:
        self.filled.append((left, top, width, height))
        self._painter.fillRect(left, top, width, height, color)


def test_words_of_panes_are_found_once_until_a_frame_is_another(
    make_compared: MakeCompared, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    words_of = compared_scene.words_of

    def counted(*told: Any) -> Sequence[Any]:
        asked.append(1)
        return words_of(*told)

    monkeypatch.setattr(compared_scene, "words_of", counted)
    scene = make_compared()
    canvas = MapCanvas(scene)
    qtbot.addWidget(canvas)
    LinkedPanes(canvas, scene, canvas)
    canvas.resize(800, 600)
    canvas.show()
    spec = replace(spec_of(("old",), ("new",)), mode="panes")
    scene.compare(spec)
    canvas.grab()
    asked.clear()
    for _ in range(5):
        canvas.motion.pan_by(8, 0, resting=False)
        canvas.grab()
    assert not asked, "nothing has changed but the place"
    scene.frames[1].updated.emit()
    canvas.grab()
    assert len(asked) == 1, "an image of another pane may have its date now"
    titled = replace(spec, frames=(Frame(spec.frames[0].layers, "Before the flood"), spec.frames[1]))
    scene.compare(titled)
    canvas.grab()
    assert scene.words()[0].name == "Before the flood"
    canvas.close()


def test_lines_of_sites_go_along_in_each_pane(
    make_compared: MakeCompared, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is painted of them is what comes into view: a line that does not is painted no more while the map moves."""
    scene = make_compared()
    marks = [site for site in marks_of_every_kind(10.0, 50.0, 0.05, "mark-") if site.kind == "line"]
    assert 2 < len(marks) < site_painter.MANY_SHAPES
    at_edges = [Change("sites", scene.map.document.sites[uuid], None) for uuid in ("line", "field", "loose")]
    scene.map.document.apply(Edit("Draw", (*at_edges, *(Change("sites", None, site) for site in marks))))
    canvas = MapCanvas(scene)
    qtbot.addWidget(canvas)
    LinkedPanes(canvas, scene, canvas)
    canvas.resize(800, 600)
    canvas.show()
    scene.compare(replace(spec_of(("old",), ("new",), ("old",), ("new",)), mode="panes"))
    canvas.motion.zoom_to_bounds(Bounds(9.7, 49.8, 10.3, 50.2), 0.0)
    canvas.grab()
    painted: list[int] = []
    paint_lines = site_painter.paint_lines

    def counted(painter: QPainter, view: View, lines: list[Any], *told: Any) -> None:
        painted.append(len(lines))
        paint_lines(painter, view, lines, *told)

    monkeypatch.setattr(site_painter, "paint_lines", counted)
    canvas.motion.pan_by(8, 0, resting=False)
    canvas.grab()
    assert sum(painted) >= 4 * len(marks), "in each pane a picture is made of them as the map begins to move"
    painted.clear()
    for _ in range(5):
        canvas.motion.pan_by(8, 0, resting=False)
        canvas.grab()
    assert not painted
    canvas.close()


def test_no_translucent_border_is_shared_out_among_threads() -> None:
    """Qt does so with more than 95 rows, and the window's thread then waits for one that may get no core."""
    image, whole = (QImage(800, 600, QImage.Format.Format_RGB32) for _ in range(2))
    for one in (image, whole):
        one.fill(QColor("#456789"))
    with painting(image) as inner:
        painter = Recorded(inner)
        paint_borders(painter, PLACES, 1.0)  # type: ignore[arg-type]
    assert max(height for _, _, _, height in painter.filled) <= 95
    with painting(whole) as plain:
        for color, wide in ((QColor(11, 20, 28, 190), 4), (QColor(255, 255, 255), 2)):
            for place in PLACES:
                if place.left():
                    plain.fillRect(place.left() - wide // 2, place.top(), wide, place.height(), color)
                if place.top():
                    plain.fillRect(place.left(), place.top() - wide // 2, place.width(), wide, color)
    assert image == whole, "not a pixel is filled twice, or left out"
