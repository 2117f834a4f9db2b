"""The ring stands on its place in any view and CRS; outside the view an arrow points there; the map is not touched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.crs import polar_crs, utm_crs
from viewer.app.navigation.place_marker import PlaceMarker
from viewer.canvas.sites.site_symbology import SELECTED_COLOR
from viewer.canvas.widget import MapCanvas


@pytest.fixture
def marker(canvas: MapCanvas, qtbot: QtBot) -> PlaceMarker:
    canvas.resize(600, 400)
    canvas.show()
    canvas.motion.zoom_to_bounds(Bounds(120, 48, 136, 56))
    return PlaceMarker(canvas)


def _on_place(canvas: MapCanvas, marker: PlaceMarker) -> bool:
    found = marker.anchor()
    assert found is not None
    at, is_place = found
    ratio = canvas.viewport.view().ratio
    lon, lat = canvas.viewport.lonlat(at.x() * ratio, at.y() * ratio)
    assert marker.place is not None
    return is_place and (lon, lat) == pytest.approx(marker.place, abs=1e-4)


def test_it_stands_on_its_place_and_follows_the_view(canvas: MapCanvas, marker: PlaceMarker) -> None:
    marker.show_at(128.334, 51.884)
    assert marker.isVisible()
    assert _on_place(canvas, marker)
    before = marker.geometry().center()
    canvas.motion.pan_by(60, 30)
    assert _on_place(canvas, marker)
    moved = before - marker.geometry().center()
    assert (moved.x(), moved.y()) == (60, 30)
    canvas.motion.zoom_in()
    assert _on_place(canvas, marker)
    canvas.motion.rotate_by(30)
    assert _on_place(canvas, marker)


@pytest.mark.parametrize("crs", [utm_crs(128, 52), polar_crs(90), "EPSG:4326"])
def test_it_is_right_in_any_crs(canvas: MapCanvas, marker: PlaceMarker, crs: str) -> None:
    marker.show_at(128.334, 51.884)
    canvas.motion.set_crs(crs)
    assert _on_place(canvas, marker)


def test_across_the_antimeridian_it_takes_the_copy_in_view(canvas: MapCanvas, marker: PlaceMarker) -> None:
    canvas.motion.zoom_to_bounds(Bounds(170, 50, 195, 65))
    marker.show_at(-170.0, 58.0)
    found = marker.anchor()
    assert found is not None
    assert found[1]


def test_outside_the_view_an_arrow_stands_at_the_edge_on_its_side(canvas: MapCanvas, marker: PlaceMarker) -> None:
    for lon, lat, side in ((37.6, 51.9, "left"), (178.0, 52.0, "right"), (128.0, 80.0, "top"), (128.0, 10.0, "bottom")):
        marker.show_at(lon, lat)
        found = marker.anchor()
        assert found is not None
        at, is_place = found
        assert not is_place
        edges = {"left": at.x(), "right": canvas.width() - at.x(), "top": at.y(), "bottom": canvas.height() - at.y()}
        assert min(edges, key=lambda name: edges[name]) == side
        assert canvas.rect().contains(at.toPoint())
        assert canvas.rect().contains(marker.geometry())


def test_under_the_palette_it_is_pointed_at_from_below(canvas: MapCanvas, marker: PlaceMarker) -> None:
    marker.show_at(128.0, 52.4)
    assert _on_place(canvas, marker)
    cover = QRect(100, 0, 400, 260)
    marker.set_cover(cover)
    found = marker.anchor()
    assert found is not None
    assert not found[1]
    assert found[0].y() > cover.bottom()
    marker.set_cover(QRect())
    assert _on_place(canvas, marker)


def _yellow(image: QImage, near: QPointF, reach: int) -> int:
    wanted = QColor(SELECTED_COLOR)
    spots = [(x, y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)]
    colors = (image.pixelColor(round(near.x()) + x, round(near.y()) + y) for x, y in spots)
    return sum(abs(c.red() - wanted.red()) + abs(c.blue() - wanted.blue()) < 60 for c in colors)


def test_the_ring_is_painted_and_no_picture_of_the_map_holds_it(canvas: MapCanvas, marker: PlaceMarker) -> None:
    marker.show_at(128.334, 51.884)
    found = marker.anchor()
    assert found is not None
    assert _yellow(canvas.grab().toImage(), found[0], 14) > 40
    assert _yellow(canvas.grab_picture(), found[0], 14) < 10
    marker.clear()
    assert _yellow(canvas.grab().toImage(), found[0], 14) < 10


def test_a_large_error_is_a_circle(canvas: MapCanvas, marker: PlaceMarker) -> None:
    marker.show_at(128.334, 51.884, 10.0)
    small = marker.geometry()
    marker.show_at(128.334, 51.884, 250_000.0)
    assert marker.width() > 1.5 * small.width()
    canvas.grab()


def test_it_ends_by_itself_and_lets_the_mouse_through(canvas: MapCanvas, marker: PlaceMarker, qtbot: QtBot) -> None:
    marker.show_at(128.334, 51.884, for_ms=50)
    assert marker.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    qtbot.waitUntil(lambda: not marker.isVisible())
    assert marker.place is None
