"""A display tile composed of a service's tiles: pasted side by side, then resampled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from layers.grid.tile_grid import TILE_PX
from layers.services.matrix import CELL_PX, CELLS, Sources, SourceTile

MAX_ANCESTOR = 6
"""A parent's pixel is never shown larger than 2**this of the level asked for."""


def with_ancestors(
    have: Callable[[SourceTile], QImage | None], missing: list[SourceTile], min_level: int
) -> dict[SourceTile, QImage]:
    """The nearest parents at hand of the `missing` tiles."""
    found: dict[SourceTile, QImage] = {}
    for tile in missing:
        for up in range(1, min(MAX_ANCESTOR, tile.level - min_level) + 1):
            parent = SourceTile(tile.level - up, tile.x >> up, tile.y >> up)
            image = have(parent)
            if image is not None and not image.isNull():
                found[parent] = image
                break
    return found


def compose_tile(sources: Sources, pictures: Mapping[SourceTile, QImage], tile_px: int) -> QImage:
    """The display tile. A source that is missing in `pictures` is cut from a parent there, or left transparent."""
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    mosaic = _mosaic(sources, pictures, tile_px)
    points = sources.points - np.array([sources.columns.start * tile_px, sources.rows.start * tile_px], dtype=float)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if sources.is_affine:
        place = _place(points[0, 0], points[0, -1], points[-1, 0], TILE_PX)
        if place is not None:
            painter.setTransform(place)
            painter.drawImage(0, 0, mosaic)
    else:
        _paint_cells(painter, points, mosaic)
    painter.end()
    return image


def _paint_cells(painter: QPainter, points: np.ndarray, mosaic: QImage) -> None:
    for row in range(CELLS):
        for column in range(CELLS):
            place = _place(points[row, column], points[row, column + 1], points[row + 1, column], CELL_PX)
            if place is None or not np.isfinite(points[row + 1, column + 1]).all():
                continue
            painter.resetTransform()
            painter.setClipRect(QRect(column * CELL_PX, row * CELL_PX, CELL_PX, CELL_PX))
            painter.setTransform(place * QTransform.fromTranslate(column * CELL_PX, row * CELL_PX))
            painter.drawImage(0, 0, mosaic)


def _place(origin: np.ndarray, right: np.ndarray, down: np.ndarray, length_px: int) -> QTransform | None:
    """From mosaic pixels to the pixels of a square of `length_px`, three of whose corners are given in the mosaic."""
    across, along = (right - origin) / length_px, (down - origin) / length_px
    if not np.isfinite([*origin, *across, *along]).all():
        return None
    into = QTransform(*(float(v) for v in (across[0], across[1], along[0], along[1], origin[0], origin[1])))
    place, invertible = into.inverted()
    return place if invertible else None


def _mosaic(sources: Sources, pictures: Mapping[SourceTile, QImage], tile_px: int) -> QImage:
    width, height = len(sources.columns) * tile_px, len(sources.rows) * tile_px
    mosaic = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    mosaic.fill(Qt.GlobalColor.transparent)
    painter = QPainter(mosaic)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    count = 2**sources.level
    for i, column in enumerate(sources.columns):
        for j, row in enumerate(sources.rows):
            found = _picture_of(SourceTile(sources.level, column % count, row), pictures)
            if found is not None:
                image, part = found
                painter.drawImage(QRectF(i * tile_px, j * tile_px, tile_px, tile_px), image, part)
    painter.end()
    return mosaic


def _picture_of(tile: SourceTile, pictures: Mapping[SourceTile, QImage]) -> tuple[QImage, QRectF] | None:
    """A picture and the part of it that shows `tile`: its own, or its nearest parent's."""
    for up in range(min(MAX_ANCESTOR, tile.level) + 1):
        image = pictures.get(SourceTile(tile.level - up, tile.x >> up, tile.y >> up))
        if image is not None:
            if image.isNull():
                return None
            share = 0.5**up
            width, height = image.width() * share, image.height() * share
            left, top = (tile.x & ((1 << up) - 1)) * width, (tile.y & ((1 << up) - 1)) * height
            return image, QRectF(left, top, width, height)
    return None
