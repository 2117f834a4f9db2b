"""Paints features with QPainter, one by one, as vectors on any device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPolygonF

from layers.checkpoint import Checkpoint, unchecked
from layers.geo.bounds import Bounds
from layers.geo.seams import is_on_both_sides, without_seams
from layers.grid.tile_grid import View
from layers.vector.drawing.content import VectorContent
from layers.vector.gathering import gathered
from layers.vector.style.symbol import Symbol, marker_radius_px
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable
from viewer.rendering.vector.qt_shapes import is_vector_device, path_of, polygon_of
from viewer.rendering.vector.sprites import sprite_image
from viewer.rendering.vector.symbol_painter import (
    brush_of,
    paint_area,
    paint_arrows,
    paint_lines,
    paint_marker,
    stroke_pen,
)
from viewer.support.painting import part_of_picture

MAX_PIXEL = 1e6
"""Largest distance in pixels of a coordinate; ones further away are pulled in, as QPainter fails with them."""
MANY_POINTS = 200
"""Number of points from which they are pictures of their sign at whole pixels, as on tiles."""
CORNERS_AT_ONCE, POINTS_AT_ONCE = 4_000, 250
"""Corners of lines and areas, and signs, between two checkpoints: they take some milliseconds onto a PDF."""
_LEAST_PX = 0.5
"""Extent in pixels below which a line or an area is painted as a pixel."""
_SPECK = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
"""A pixel, which stands for a line or an area that is too small to be seen."""
type _Symbols = Sequence[Symbol | None]
type _Pixels = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Columns and rows of points."""


def paint_content(
    painter: QPainter,
    content: VectorContent,
    view: View,
    scale: float,
    most: int | None = None,
    checkpoint: Checkpoint = unchecked,
) -> None:
    """Paint areas, then lines, then points, in pixels of the view; `scale` of them are a logical pixel.

    `most` is the most features of each table.
    """
    bounds = view.world_bounds().expanded(margin_px(content.symbols, scale) * view.grid.resolution)
    table_rows = []
    for table in content.tables:
        rows = content.rows_in(table, bounds) if table.crs == view.grid.crs else np.zeros(0, np.int32)
        if rows.size:
            table_rows.append((table, rows[:most]))
    with part_of_picture(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for table, rows in table_rows:
            for batch in _in_batches(table, rows_of_kind(table, rows, POLYGON)):
                paint_areas(painter, table, batch, content.codes_of(table, batch), content.symbols, view, scale)
                checkpoint()
        lines = [(table, rows_of_kind(table, rows, LINE)) for table, rows in table_rows]
        for index, symbol in enumerate(content.symbols):
            if symbol is not None:
                shown = [pair for pair in lines if pair[1].size]
                _paint_lines(painter, content, shown, index, symbol, view, scale, checkpoint)
        points = [(table, rows_of_kind(table, rows, POINT)) for table, rows in table_rows]
        _paint_points(painter, content, points, view, scale, checkpoint)


def _in_batches(table: FeatureTable, rows: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
    """The rows in groups with a limited number of corners, at least one row each."""
    if rows.size:
        part = np.cumsum(table.coordinates_of(rows)) // CORNERS_AT_ONCE
        yield from np.split(rows, np.flatnonzero(np.diff(part)) + 1)


def paint_areas(
    painter: QPainter,
    table: FeatureTable,
    rows: NDArray[Any],
    codes: NDArray[np.uint16] | None,
    symbols: _Symbols,
    view: View,
    scale: float,
) -> None:
    """Paint areas one by one, in order, each with its own symbol."""
    dressed: int | None = None
    may_be_cut = is_on_both_sides(table.world_bounds(), table.crs)
    for position, pieces in enumerate(_pieces(table, rows, view)):
        index = 0 if codes is None else int(codes[position])
        symbol = symbols[index]
        if symbol is None:
            continue
        if may_be_cut and is_on_both_sides(bounds := _bounds_of(table, int(rows[position])), table.crs):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush_of(symbol))
            painter.drawPath(path_of(pieces))
            paint_lines(painter, symbol, _edges(table, int(rows[position]), bounds, view), scale)
            dressed = None
            continue
        if symbol.casing_color or symbol.ground_color:
            paint_area(painter, symbol, path_of(pieces), scale)
            dressed = None
            continue
        if dressed != index:
            painter.setPen(stroke_pen(symbol, scale))
            painter.setBrush(brush_of(symbol))
            dressed = index
        if len(pieces) == 1:
            painter.drawPolygon(polygon_of(pieces[0]), Qt.FillRule.OddEvenFill)
        else:
            painter.drawPath(path_of(pieces))


def _bounds_of(table: FeatureTable, row: int) -> Bounds:
    """Bounds of a feature, in canvas CRS units."""
    left, bottom, right, top = (table.bounds[row] * table.step).tolist()
    x, y = table.origin_x, table.origin_y
    return Bounds(x + left, y + bottom, x + right, y + top)


def _edges(table: FeatureTable, row: int, bounds: Bounds, view: View) -> list[QPolygonF]:
    """The outline of an area in pixels; on both sides of the antimeridian, without the edges along it."""
    parts, inverse = gathered(table, np.array([row])), view.affine.inverse()
    world = np.float64(table.step) * parts.xy + (table.origin_x, table.origin_y)
    polygons = []
    for run in without_seams([world[start:end] for start, end in pairwise(parts.starts.tolist())], bounds, table.crs):
        x, y = run[:, 0], run[:, 1]
        pixels = inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f
        polygons.append(polygon_of(np.clip(np.stack(pixels, axis=1), -MAX_PIXEL, MAX_PIXEL)))
    return polygons


def margin_px(symbols: _Symbols, scale: float) -> float:
    """Distance to which a feature may paint outside its bounds, in picture pixels."""
    reach = [
        max(marker_radius_px(symbol) * 1.4, symbol.stroke_width_px * 4 + symbol.casing_width_px + 5)
        for symbol in symbols
        if symbol is not None
    ]
    return max(reach, default=0.0) * scale + 1.0


def to_pixels(table: FeatureTable, view: View, xy: NDArray[np.int32]) -> _Pixels:
    """Steps of a table as pixels of a view, those far away pulled in."""
    inverse, step = view.affine.inverse(), table.step
    origin_px, origin_py = inverse.apply(table.origin_x, table.origin_y)
    x, y = xy[:, 0], xy[:, 1]
    if inverse.b == 0 and inverse.d == 0:
        px, py = x * (inverse.a * step), y * (inverse.e * step)
    else:
        px = x * (inverse.a * step) + y * (inverse.b * step)
        py = x * (inverse.d * step) + y * (inverse.e * step)
    px += origin_px
    py += origin_py
    # No step is further than this from another: where that is near enough, nothing has to be pulled in.
    if 2.0**32 * step > MAX_PIXEL * view.grid.resolution:
        np.clip(px, -MAX_PIXEL, MAX_PIXEL, out=px)
        np.clip(py, -MAX_PIXEL, MAX_PIXEL, out=py)
    return px.astype(np.float32), py.astype(np.float32)


def rows_of_kind(table: FeatureTable, rows: NDArray[np.int32], kind: int) -> NDArray[np.int32]:
    """The rows that are points, lines or areas, as `kind` says."""
    chosen = np.flatnonzero(table.kind[rows] == kind) if table.only_kind is None else None
    if chosen is not None:
        return rows.take(chosen)
    return rows if table.only_kind == kind else rows[:0]


def _pieces(table: FeatureTable, rows: NDArray[Any], view: View) -> list[list[NDArray[np.float64]]]:
    """The parts of each row, in pixels."""
    if not rows.size:
        return []
    parts = gathered(table, rows)
    pixels = np.stack(to_pixels(table, view, parts.xy), axis=1).astype(np.float64)
    starts = parts.starts.tolist()
    runs = [pixels[start:end] for start, end in pairwise(starts)]
    counts = np.bincount(parts.owner, minlength=len(rows)).tolist()
    pieces, at = [], 0
    for count in counts:
        pieces.append(runs[at : at + count])
        at += count
    for row in _specks(table, rows, view).tolist():
        if pieces[row]:
            pieces[row] = [pieces[row][0].mean(axis=0) + _SPECK]
    return pieces


def _specks(table: FeatureTable, rows: NDArray[Any], view: View) -> NDArray[np.intp]:
    """Mask of the rows that are too small to be seen: Qt would paint nothing of them."""
    bounds = table.bounds[rows].astype(np.float64)
    reach = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    return np.flatnonzero(reach * table.step < _LEAST_PX * view.grid.resolution)


def _paint_lines(
    painter: QPainter,
    content: VectorContent,
    table_rows: list[tuple[FeatureTable, NDArray[Any]]],
    index: int,
    symbol: Symbol,
    view: View,
    scale: float,
    checkpoint: Checkpoint,
) -> None:
    pieces: list[NDArray[np.float64]] = []
    for table, rows in table_rows:
        codes = content.codes_of(table, rows)
        if codes is not None:
            rows = rows[codes == index]
        elif index:
            continue
        pieces += [piece for several in _pieces(table, rows, view) for piece in several]
    if not symbol.dash and symbol.arrow == "none":
        reach = margin_px([symbol], scale)
        pieces = [run for piece in pieces for run in _runs_near(piece, view, reach)]
    paint_lines(painter, symbol, [polygon_of(piece) for piece in pieces], scale, CORNERS_AT_ONCE, checkpoint)
    if pieces and symbol.arrow != "none":
        paint_arrows(painter, symbol, pieces, scale)
        checkpoint()


def _runs_near(points: NDArray[np.float64], view: View, reach: float) -> list[NDArray[np.float64]]:
    """The parts of a line whose legs come near a view: most of a long coast is outside a map, or a tile of it."""
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    near = ((high >= -reach) & (low <= (view.width + reach, view.height + reach))).all(axis=1)
    if near.all():
        return [points]
    legs = np.flatnonzero(near)
    return [points[run[0] : run[-1] + 2] for run in np.split(legs, np.flatnonzero(np.diff(legs) > 1) + 1) if len(run)]


def _paint_points(
    painter: QPainter,
    content: VectorContent,
    table_rows: list[tuple[FeatureTable, NDArray[Any]]],
    view: View,
    scale: float,
    checkpoint: Checkpoint,
) -> None:
    as_shapes = is_vector_device(painter) or sum(len(rows) for _, rows in table_rows) < MANY_POINTS
    for table, rows in table_rows:
        if not rows.size:
            continue
        parts = gathered(table, rows)
        x, y = to_pixels(table, view, parts.xy)
        codes = content.codes_of(table, rows)
        point_codes = np.zeros(len(x), int) if codes is None else codes[parts.owner[parts.of_coordinate()]]
        paint = _paint_shapes if as_shapes else _paint_sprites
        step = POINTS_AT_ONCE if as_shapes else len(x)
        for at in range(0, len(x), max(step, 1)):
            batch = slice(at, at + step)
            paint(painter, content.symbols, (x[batch], y[batch]), point_codes[batch], scale)
            checkpoint()


def _paint_shapes(painter: QPainter, symbols: _Symbols, xy: _Pixels, point_codes: NDArray[Any], scale: float) -> None:
    x, y = xy
    for px, py, index in zip(x.tolist(), y.tolist(), point_codes.tolist(), strict=True):
        symbol = symbols[index]
        if symbol is not None:
            painter.translate(px, py)
            paint_marker(painter, symbol, scale)
            painter.translate(-px, -py)


def _paint_sprites(painter: QPainter, symbols: _Symbols, xy: _Pixels, point_codes: NDArray[Any], scale: float) -> None:
    x, y = xy
    images = [None if symbol is None else sprite_image(symbol, scale) for symbol in symbols]
    columns, rows = np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist()
    for px, py, index in zip(columns, rows, point_codes.tolist(), strict=True):
        image = images[index]
        if image is not None:
            reach = image.width() // 2
            painter.drawImage(px - reach, py - reach, image)
