"""Scale bar and north arrow are measured, not assumed."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, transform_points
from layers.geo.measure import distance_m, nice_scale_bar
from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.furniture import overlays
from viewer.canvas.furniture.overlays import (
    north_angle_deg,
    paint_attribution,
    paint_north_arrow,
    paint_scale_bar,
)
from viewer.support.painting import painting


def scale_at_m(view: View, px: float, py: float) -> float:
    """True metres a picture pixel spans from left to right at a place."""
    ends = [view.to_world(px + way, py) for way in (-0.5, 0.5)]
    lons, lats = transform_points(view.grid.crs, WGS84, *zip(*ends, strict=True))
    return float(distance_m(lons[0], lats[0], lons[1], lats[1]))


VOSTOCHNY = Bounds(128.0, 51.6, 128.7, 52.1)


def view_of(bounds: Bounds, crs: str = WEB_MERCATOR, ratio: float = 1.0) -> View:
    return replace(View.of_bounds(crs, transform_bounds(WGS84, crs, bounds), 800, 600), ratio=ratio)


def painted(paint, view: View, rect: QRectF, *values: object) -> QImage:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(QColor("#336633"))
    with painting(image) as painter:
        paint(painter, rect, view, *values)
    return image


def white_columns(image: QImage, row: int) -> list[int]:
    return [x for x in range(image.width()) if image.pixelColor(x, row).lightness() > 230]


def test_scale_is_true_where_mercator_is_not():
    view = view_of(VOSTOCHNY)
    assert view.grid.resolution / scale_at_m(view, 400, 300) == pytest.approx(1.62, abs=0.01)
    turned = replace(view, grid=replace(view.grid, rotation_deg=30.0))
    assert scale_at_m(turned, 400, 300) == pytest.approx(scale_at_m(view, 400, 300), rel=0.02)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_bar_is_as_long_as_it_says(qtbot, ratio):
    view = view_of(VOSTOCHNY, ratio=ratio)
    rect = QRectF(20, 500, 300, 60)
    image = painted(paint_scale_bar, view, rect)
    columns = white_columns(image, round(rect.bottom() - 5 * ratio))
    length_m, width_px, _ = nice_scale_bar(scale_at_m(view, 400, 300), 300 - 8 * ratio)
    assert columns[-1] - columns[0] == pytest.approx(width_px, abs=2.5 * ratio)
    assert (columns[-1] - columns[0]) * scale_at_m(view, 400, 300) == pytest.approx(length_m, rel=0.03)


def test_over_a_continent_the_bar_names_its_latitude(qtbot, monkeypatch):
    said = []
    monkeypatch.setattr(overlays, "paint_haloed_text", lambda painter, at, text, size, bold: said.append(text))
    painted(paint_scale_bar, view_of(VOSTOCHNY), QRectF(0, 500, 300, 60))
    painted(paint_scale_bar, view_of(Bounds(60, 18, 150, 66)), QRectF(0, 500, 300, 60))
    assert "at" not in said[0]
    assert said[1].endswith("° N")


@pytest.mark.parametrize("grid", [TileGrid("EPSG:32652", 1000.0, 9e7, 9e7), TileGrid(WGS84, 0.1, 0.0, 150.0)])
def test_off_the_earth_nothing_is_claimed(qtbot, grid):
    nowhere = View(grid, 0, 0, 300, 200)
    blank = painted(lambda *args: None, nowhere, QRectF(0, 0, 300, 200))
    assert painted(paint_scale_bar, nowhere, QRectF(0, 100, 300, 60)) == blank


def test_at_the_pole_there_is_no_north(qtbot):
    pole = View(TileGrid("EPSG:3995", 1000.0, -150e3, 100e3), 0, 0, 300, 200)
    blank = painted(lambda *args: None, pole, QRectF(0, 0, 300, 200))
    assert painted(paint_north_arrow, pole, QRectF(0, 0, 48, 48)) == blank


def test_north_follows_grid_and_rotation():
    view = view_of(VOSTOCHNY)
    assert north_angle_deg(view) == 0.0
    turned = replace(view, grid=replace(view.grid, rotation_deg=90.0))
    assert north_angle_deg(turned) == 90.0
    x, y = turned.to_world(400, 300)
    px, py = turned.to_pixel(x, y + 1000)
    assert math.degrees(math.atan2(px - 400, 300 - py)) == pytest.approx(90.0), "and so does the map"
    polar = view_of(Bounds(89, 75, 91, 76), "EPSG:3995")
    x, y = polar.to_world(400, 300)
    px, py = polar.to_pixel(x * 0.99, y * 0.99)
    assert north_angle_deg(polar) == pytest.approx(math.degrees(math.atan2(px - 400, 300 - py)), abs=0.5)


def test_the_arrow_points_there(qtbot):
    view = view_of(VOSTOCHNY)
    up = painted(paint_north_arrow, view, QRectF(100, 100, 96, 96))
    right = painted(
        paint_north_arrow, replace(view, grid=replace(view.grid, rotation_deg=90.0)), QRectF(100, 100, 96, 96)
    )
    tip = 148 - 18
    assert up.pixelColor(147, tip).lightness() > 200
    assert right.pixelColor(296 - tip, 147).lightness() > 200


def test_credits_stand_at_the_lower_right_each_once(qtbot):
    view = view_of(VOSTOCHNY)
    room = QRectF(0, 0, 800, 600)
    one = painted(paint_attribution, view, room, ["NASA, 2004", "NASA, 2004", ""])
    assert one == painted(paint_attribution, view, room, ["NASA, 2004"])
    assert one.pixelColor(798, 598) != QColor("#336633")
    assert one.pixelColor(2, 598) == QColor("#336633")
    assert painted(paint_attribution, view, room, []) == painted(lambda *args: None, view, room)
    long = painted(paint_attribution, view, room, [f"Provider number {i} of imagery and of data" for i in range(6)])
    assert long.pixelColor(795, 575) != QColor("#336633"), "more lines rather than cut words"


@pytest.mark.parametrize("text", ["x" * 5000, "many words " * 500, "东方航天港" * 300, "   "])
def test_a_credit_without_end_stays_in_its_room(qtbot, text: str):
    view, room = view_of(VOSTOCHNY), QRectF(240, 0, 560, 600)
    picture = painted(paint_attribution, view, room, [text, "NASA, 2004"])
    ground = QColor("#336633")
    assert all(picture.pixelColor(x, y) == ground for x in range(0, 240, 3) for y in range(0, 600, 3))
    assert all(picture.pixelColor(x, y) == ground for x in range(240, 800, 7) for y in range(0, 360, 7))
    assert picture.pixelColor(798, 598) != ground


CREDITS = [f"© Provider {number} of imagery, data and more of both, 20{number:02d}" for number in range(24)]


class Writer(QPainter):
    """Keeps the texts that are written, with the boxes that they fill."""

    def __init__(self, device: QImage) -> None:
        super().__init__(device)
        self.written: list[tuple[str, QRectF]] = []

    def drawText(self, at: QPointF, text: str) -> None:  # type: ignore[override]
        metrics = QFontMetricsF(self.font())
        box = QRectF(at.x(), at.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
        self.written.append((text, box))
        super().drawText(at, text)


@pytest.mark.parametrize("count", [1, 3, 7, 24])
@pytest.mark.parametrize(("width", "height"), [(240, 180), (400, 300), (700, 600), (1366, 768)])
@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_no_credit_is_cut_and_the_rest_are_counted(qtbot, count: int, width: int, height: int, ratio: float) -> None:
    view = replace(view_of(VOSTOCHNY), width=round(width * ratio), height=round(height * ratio), ratio=ratio)
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    painter = Writer(image)
    band = paint_attribution(painter, QRectF(view.width * 0.3, 0, view.width * 0.7, view.height), view, CREDITS[:count])
    painter.end()
    assert all(band.contains(box) for _, box in painter.written)
    assert QRectF(0, 0, view.width, view.height).contains(band)
    assert band.height() <= 0.4 * view.height + 20 * ratio
    told = " ".join(text for text, _ in painter.written).replace(" · ", " ").replace("  ", " ")
    whole = [credit for credit in CREDITS[:count] if credit in told]
    assert "…" not in told
    left = count - len(whole)
    if left:
        assert f"and {left} more" in told or f"{left} credits: there is no room for them" in told
    if width >= 700 and count <= 7:
        assert not left
