"""Paints the cells of a search above the map: each state has a hatch and a sign, told apart without colours too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from shapely.geometry.base import BaseGeometry

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from layers.observing.search_cells import CANNOT_TELL, FOUND, NOTHING, SearchCell, SearchSheet
from layers.observing.search_grid import CellPlace, SearchGrid
from layers.observing.search_hatches import SearchHatch, ShownSearch
from viewer.canvas.furniture.overlays import haloed_text_box, paint_haloed_text
from viewer.support.language.translation import translate

NOTHING_COLOR, FOUND_COLOR, OBSCURED_COLOR = QColor("#3fb68b"), QColor("#ff5d8f"), QColor("#f2b134")
OPEN_COLOR, HERE_COLOR, HALO = QColor("#c9d3dc"), QColor("#ffffff"), QColor(11, 20, 28, 170)
HATCH_PX, DOTS_PX = 11.0, 14.0
"""Distance of the lines of a hatch, and of its dots, in logical pixels."""
SIGN_PX = 15.0
SIGNS = {NOTHING: "\N{MINUS SIGN}", FOUND: "+", CANNOT_TELL: "?"}
"""Signs of the answers: they are those of the keys of a sheet of observations."""
NUMBER_PX = 11.0
_OUTSIDE = 0.25
"""Distance of the numbers of rows and columns from the first ones, as a part of a cell."""
_NUMBER_STEPS = 33
"""Places along a row or column that are looked at for its number: its middle is bent on most maps."""
_PINNED_PX = 6.0
"""Distance of a number from the edge of the view at which it is pinned."""
_LEAST_NUMBERED_PX = 64.0
"""Least side of a cell on the screen beside which rows and columns are numbered."""
_LEAST_PX = 22.0
"""Least side of a cell on the screen that gets a sign."""


def paint_search(
    painter: QPainter, view: View, sheet: SearchSheet, places: Iterable[CellPlace], here: tuple[int, int] | None = None
) -> None:
    """Paint the cells of a search in a view; of the one in hand, `here`, no more than the outline."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(0, 0, view.width, view.height)
    grid = sheet.grid
    outlines = [(place, _path_of(grid.outline(place.row, place.column), view)) for place in places]
    shown = [(place, outline) for place, outline in outlines if outline.boundingRect().intersects(frame)]
    for place, outline in shown:
        if place[:2] != here and sheet.cell(place.row, place.column).answer != FOUND:
            _paint_cell(painter, view, sheet.cell(place.row, place.column), outline)
    for place, outline in shown:  # above the outlines of their neighbours
        if place[:2] != here and sheet.cell(place.row, place.column).answer == FOUND:
            _paint_cell(painter, view, sheet.cell(place.row, place.column), outline)
    for place, outline in shown:
        if place[:2] == here:
            _paint_here(painter, view, outline)
    _paint_numbers(painter, view, grid, here)
    painter.restore()


def _paint_numbers(painter: QPainter, view: View, grid: SearchGrid, here: tuple[int, int] | None) -> None:
    """Number rows and columns outside the first ones, as on a chessboard: those of a turned image do not run as one
    reads. The numbers of the cell in hand stand at the edge of the view where the first ones are out of it.
    """
    first = _path_of(grid.outline(*(here or (1, 1))), view).boundingRect()
    if min(first.width(), first.height()) < _LEAST_NUMBERED_PX * view.ratio:
        return
    outside, middle = -_OUTSIDE * grid.width_m, grid.left_m + grid.columns * grid.width_m
    for row in range(1, grid.rows + 1):
        down = grid.top_m + (row - 0.5) * grid.height_m
        text, is_here = translate("Search", "row {0}").format(row), here is not None and here[0] == row
        _paint_number(
            painter, view, text, _places_of(grid, view, (grid.left_m + outside, down), (middle, down)), is_here
        )
    outside, middle = -_OUTSIDE * grid.height_m, grid.top_m + grid.rows * grid.height_m
    for column in range(1, grid.columns + 1):
        along = grid.left_m + (column - 0.5) * grid.width_m
        text, is_here = translate("Search", "column {0}").format(column), here is not None and here[1] == column
        _paint_number(
            painter, view, text, _places_of(grid, view, (along, grid.top_m + outside), (along, middle)), is_here
        )


def _places_of(grid: SearchGrid, view: View, begin: tuple[float, float], end: tuple[float, float]) -> list[QPointF]:
    """Pixels of a view along the middle of a row or column, from the place of its number on."""
    steps = np.linspace(begin, end, _NUMBER_STEPS)
    places = [grid.lonlat(float(along), float(down)) for along, down in steps]
    x, y = transform_points(WGS84, view.grid.crs, *np.array(places).T)
    pixels = [view.to_pixel(float(east), float(north)) for east, north in zip(x, y, strict=True)]
    return [QPointF(*pixel) for pixel in pixels if all(map(math.isfinite, pixel))]


def _paint_number(painter: QPainter, view: View, text: str, places: list[QPointF], is_here: bool) -> None:
    """Paint a number at the first of its places; that of the cell in hand where it is in sight, and bold."""
    if not places:
        return
    size_px = NUMBER_PX * view.ratio
    box = haloed_text_box(text, size_px, bold=is_here)
    at: QPointF | None = places[0]
    if is_here:
        across, down = (0.5 * side + _PINNED_PX * view.ratio for side in (box.width(), box.height()))
        room = shapely.box(across, down, max(view.width - across, across + 1), max(view.height - down, down + 1))
        at = _first_inside(places, room)
    if at is None:
        return
    if is_here:  # signs of the cells beside it may lie below
        room = box.translated(at - box.center()).adjusted(-3, -2, 3, 2)
        painter.fillRect(room, QColor(HALO.red(), HALO.green(), HALO.blue(), 225))
    paint_haloed_text(painter, at - box.center(), text, size_px, bold=is_here)


def _first_inside(places: list[QPointF], room: BaseGeometry) -> QPointF | None:
    """The first place of a line that lies in a room; None where none does."""
    line = shapely.LineString([(place.x(), place.y()) for place in places])
    inside = shapely.intersection(line, room)
    if inside.is_empty:
        return None
    nearest = min(shapely.get_coordinates(inside).tolist(), key=lambda place: line.project(shapely.Point(place)))
    return QPointF(*nearest)


def paint_hatches(painter: QPainter, view: View, hatches: Iterable[SearchHatch]) -> None:
    """Hatch the ground of searches that was hidden from view, and dot the ground where nobody looked."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(0, 0, view.width, view.height)
    for hatch in hatches:
        for ground, paint in ((hatch.obscured, paint_obscured), (hatch.missed, paint_missed)):
            path = _path_of(ground, view)
            if not path.isEmpty():
                paint(painter, path, view.ratio, frame)
    painter.restore()


def paint_shown(painter: QPainter, view: View, searches: Iterable[ShownSearch]) -> None:
    """Paint what searches have shown: hatched and dotted as on products, with outlines where something was found and
    where nothing was seen.
    """
    searches = tuple(searches)
    paint_hatches(painter, view, (search.hatch for search in searches))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for search in searches:
        outlines = [_path_of(part, view) for part in shapely.get_parts(search.nothing)]
        marked = [_path_of(ground, view) for ground in search.marked]
        for paths, color, width in ((outlines, NOTHING_COLOR, 1.2), (marked, FOUND_COLOR, 2.2)):
            for path in paths:
                _paint_rim(painter, path, color, view.ratio, width)
        _paint_signs(painter, view, search)
    painter.restore()


def _paint_signs(painter: QPainter, view: View, search: ShownSearch) -> None:
    """Paint the signs of a search's answers, where its cells are large enough for them."""
    box, frame = _path_of(search.cell, view).boundingRect(), QRectF(0, 0, view.width, view.height)
    if not search.signs or min(box.width(), box.height()) < _LEAST_PX * view.ratio:
        return
    x, y = transform_points(WGS84, view.grid.crs, *np.array([place for _, place in search.signs]).T)
    for (answer, _), east, north in zip(search.signs, x.tolist(), y.tolist(), strict=True):
        pixel = view.to_pixel(east, north)
        if answer in SIGNS and all(map(math.isfinite, pixel)) and frame.contains(QPointF(*pixel)):
            _paint_sign(painter, QPointF(*pixel), box, SIGNS[answer], view.ratio)


def paint_scene(painter: QPainter, view: View, ground: BaseGeometry) -> None:
    """Outline the ground of a scene."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_here(painter, view, _path_of(ground, view))
    painter.restore()


def paint_obscured(painter: QPainter, path: QPainterPath, ratio: float, frame: QRectF) -> None:
    """Hatch an outline with slanting lines, as far as it lies in a frame: looked at, and cannot be told."""
    box = path.boundingRect().intersected(frame)
    _paint_lines(painter, path, box, OBSCURED_COLOR, HATCH_PX * ratio, 1.4 * ratio)
    _paint_rim(painter, path, OBSCURED_COLOR, ratio)


def paint_missed(painter: QPainter, path: QPainterPath, ratio: float, frame: QRectF) -> None:
    """Fill an outline with dots, as far as it lies in a frame: nobody looked there."""
    box = path.boundingRect().intersected(frame)
    _paint_dots(painter, path, box, OPEN_COLOR, DOTS_PX * ratio, 1.3 * ratio)
    _paint_rim(painter, path, OPEN_COLOR, ratio)


def _paint_rim(painter: QPainter, path: QPainterPath, color: QColor, ratio: float, width: float = 1.2) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shade, thickness in ((HALO, 3.0), (color, width)):
        painter.setPen(QPen(shade, thickness * ratio))
        painter.drawPath(path)


def _path_of(ground: BaseGeometry, view: View) -> QPainterPath:
    """The outlines of an area in lon, lat as a path in pixels of a view; empty where some of it is nowhere on it."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for part in shapely.get_parts(ground):
        for ring in (part.exterior, *part.interiors):
            lon, lat = np.array(ring.coords).T
            x, y = transform_points(WGS84, view.grid.crs, lon, lat)
            pixels = [view.to_pixel(float(east), float(north)) for east, north in zip(x, y, strict=True)]
            if not all(math.isfinite(number) for pixel in pixels for number in pixel):
                return QPainterPath()
            path.addPolygon(QPolygonF([QPointF(px, py) for px, py in pixels]))
            path.closeSubpath()
    return path


def _paint_cell(painter: QPainter, view: View, cell: SearchCell, outline: QPainterPath) -> None:
    ratio, box, frame = view.ratio, outline.boundingRect(), QRectF(0, 0, view.width, view.height)
    if cell.answer == CANNOT_TELL:
        paint_obscured(painter, outline, ratio, frame)
    elif not cell.is_searched:
        paint_missed(painter, outline, ratio, frame)
    if cell.answer in (NOTHING, FOUND):
        is_found = cell.answer == FOUND
        color, width = (FOUND_COLOR, 2.2) if is_found else (NOTHING_COLOR, 1.2)
        _paint_rim(painter, outline, color, ratio, width)
    sign = SIGNS.get(cell.answer, "")
    if sign:
        _paint_sign(painter, box.center(), box, sign, ratio)


def _paint_sign(painter: QPainter, middle: QPointF, box: QRectF, sign: str, ratio: float) -> None:
    """Paint the sign of an answer, where its ground is large enough for one."""
    if min(box.width(), box.height()) >= _LEAST_PX * ratio:
        at = middle - QPointF(SIGN_PX * ratio * 0.3, -SIGN_PX * ratio * 0.35)
        paint_haloed_text(painter, at, sign, SIGN_PX * ratio, bold=True)


def _paint_here(painter: QPainter, view: View, outline: QPainterPath) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((HALO, 5.0), (HERE_COLOR, 2.4)):
        painter.setPen(QPen(color, width * view.ratio))
        painter.drawPath(outline)


def _paint_lines(
    painter: QPainter, outline: QPainterPath, box: QRectF, color: QColor, step: float, width: float
) -> None:
    painter.save()
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    begin = math.floor((box.left() - box.bottom()) / step) * step
    count = max(0, math.ceil((box.width() + box.height()) / step) + 2)
    ends = [(box.bottom() + begin + at * step, box.top() + begin + at * step) for at in range(count)]
    painter.setPen(Qt.PenStyle.NoPen)
    for shade, thickness in ((HALO, 2.2 * width), (color, width)):
        painter.setBrush(shade)
        for bar in _bars(ends, box.top(), box.bottom(), thickness * math.sqrt(0.5)):
            painter.drawConvexPolygon(bar)  # all in one path look the same, and take fifteen times as long
    painter.restore()


def _bars(ends: Iterable[tuple[float, float]], top: float, bottom: float, half: float) -> Iterator[QPolygonF]:
    """Slanting bars, from `ends` at the bottom and at the top: filled ones look the same in each strip of a page."""
    for low, high in ends:
        corners = [(low - half, bottom), (low + half, bottom), (high + half, top), (high - half, top)]
        yield QPolygonF([QPointF(x, y) for x, y in corners])


def _paint_dots(
    painter: QPainter, outline: QPainterPath, box: QRectF, color: QColor, step: float, radius: float
) -> None:
    painter.save()
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    across = np.arange(math.floor(box.left() / step), math.ceil(box.right() / step) + 1)
    down = np.arange(math.floor(box.top() / step), math.ceil(box.bottom() / step) + 1)
    dots = [QPointF((x + 0.5 * (y % 2)) * step, y * step) for y in down.tolist() for x in across.tolist()]
    for color_of, size in ((HALO, radius * 3.4), (color, radius * 2.0)):
        painter.setPen(QPen(color_of, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(dots)
    painter.restore()
