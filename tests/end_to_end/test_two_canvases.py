"""Two canvases in one window on one case: the canvas has no singletons."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, polar_crs, transform_points
from tests.end_to_end.conftest import Desk
from tests.support.pictures import map_of, picture
from viewer.canvas.mark_query import marks_at
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas

NORTH = Bounds(90, 40, 150, 75)


@pytest.fixture
def other(demo: Desk) -> Iterator[MapCanvas]:
    """A second canvas below the first, in the same window, on the same case."""
    window = demo.window
    scene = MapScene(window.session.document, window.context, window.session.base_folder)
    canvas = MapCanvas(scene)
    dock = QDockWidget("Compare", window, objectName="compare")
    dock.setWidget(canvas)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    canvas.setFixedHeight(230)
    demo.wait(canvas.isVisible)
    yield canvas
    scene.close()


@pytest.mark.bounded
def test_each_canvas_has_its_own_view_and_both_show_an_edit(demo: Desk, other: MapCanvas) -> None:
    first = demo.canvas
    demo.window.docks.arrangement.folds.open_by_hand("right")  # else the form of the mark narrows both canvases
    other.motion.set_crs(polar_crs(90))
    other.motion.zoom_to_bounds(NORTH)
    first.motion.zoom_to_bounds(Bounds(100, 45, 140, 65))
    demo.wait(lambda: first.is_idle() and other.is_idle())
    assert other.viewport.crs != first.viewport.crs
    before = picture(first), picture(other)
    assert all(shown.std() > 20 for shown in before)

    place = first.rect().center() + QPoint(20, 10)
    lonlat = demo.lonlat(place)
    demo.keys("P", first)
    demo.click(place)
    demo.wait(lambda: first.is_idle() and other.is_idle())
    (uuid,) = demo.window.selection.uuids
    for canvas, old in zip((first, other), before, strict=True):
        assert changed_at(old, picture(canvas), canvas, lonlat)
    assert uuid in marks_at(other.scene, other.viewport.view(), *where(other, lonlat))
    demo.keys("Ctrl+Z", first)
    demo.wait(lambda: first.is_idle() and other.is_idle())
    assert np.array_equal(picture(other), before[1])

    kept, moved = first.viewport.view(), other.viewport.view()
    QTest.keyClick(other, Qt.Key.Key_Left)
    assert other.viewport.view() != moved
    assert first.viewport.view() == kept, "moving one canvas moves no other"


@pytest.mark.bounded
def test_two_canvases_at_one_view_paint_one_picture(demo: Desk, other: MapCanvas) -> None:
    demo.canvas.motion.zoom_to_bounds(NORTH)
    demo.settle()
    view = demo.canvas.viewport.view()
    other.scene.set_view(view)
    demo.wait(lambda: other.scene.is_complete(view))
    assert np.array_equal(map_of(demo.canvas.scene, view), map_of(other.scene, view))


def where(canvas: MapCanvas, lonlat: tuple[float, float]) -> tuple[float, float]:
    x, y = transform_points(WGS84, canvas.viewport.crs, *lonlat)
    return canvas.viewport.view().to_pixel(float(x), float(y))


def changed_at(old: np.ndarray, new: np.ndarray, canvas: MapCanvas, lonlat: tuple[float, float]) -> bool:
    """Whether something else is drawn around a place."""
    px, py = (round(v) for v in where(canvas, lonlat))
    around = (slice(py - 6, py + 7), slice(px - 6, px + 7))
    return not np.array_equal(old[around], new[around])
