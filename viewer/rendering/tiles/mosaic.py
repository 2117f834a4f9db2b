"""Composes a display tile from a service's tiles: pastes them side by side, then resamples once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF, QTransform

from layers.grid.tile_grid import TILE_PX
from layers.services.matrix import CELLS, Sources, SourceTile, finer, parent_of
from viewer.support.painting import painting

type Corners = NDArray[np.float64]


def with_ancestors(
    have: Callable[[SourceTile], QImage | None], missing: list[SourceTile], min_level: int
) -> dict[SourceTile, QImage]:
    """The pictures at hand of the nearest parents of the `missing` tiles."""
    parents: dict[SourceTile, QImage] = {}
    for tile in missing:
        for up in range(1, tile.level - min_level + 1):
            parent = parent_of(tile, up)
            image = have(parent)
            if image is not None and not image.isNull():
                parents[parent] = image
                break
    return parents


def compose_tile(sources: Sources, pictures: Mapping[SourceTile, QImage], tile_px: int) -> QImage:
    """Compose a display tile. A tile missing in `pictures` is cut from a parent there, or left transparent."""
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    mosaic = _mosaic(sources, pictures, tile_px)
    points = sources.points - np.array([sources.columns.start * tile_px, sources.rows.start * tile_px], dtype=float)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if sources.is_affine:
            _paint_square(painter, points[::CELLS, ::CELLS], mosaic, 0, 0, TILE_PX)
        else:
            points = finer(points)
            cells = points.shape[0] - 1
            side = TILE_PX // cells
            for row in range(cells):
                for column in range(cells):
                    painter.setClipRect(QRect(column * side, row * side, side, side))
                    corners = points[row : row + 2, column : column + 2]
                    _paint_square(painter, corners, mosaic, column * side, row * side, side)
    return image


def _paint_square(painter: QPainter, corners: Corners, mosaic: QImage, left: int, top: int, side: int) -> None:
    """Paint what lies between the (2, 2, 2) `corners` in the mosaic onto a square; nothing if a corner has no place."""
    if not np.isfinite(corners).all():
        return
    ring = [QPointF(*corners[0, 0]), QPointF(*corners[0, 1]), QPointF(*corners[1, 1]), QPointF(*corners[1, 0])]
    place = QTransform()
    if not QTransform.quadToQuad(QPolygonF(ring), QPolygonF(_square(left, top, side)), place):
        return
    if place.type() == QTransform.TransformationType.TxTranslate and not _is_whole(place):
        # Qt would round a mere shift to whole pixels.
        place = QTransform.fromScale(1 + 1e-6, 1 + 1e-6) * place
    painter.setTransform(place)
    painter.drawImage(0, 0, mosaic)
    painter.resetTransform()


def _square(left: int, top: int, side: int) -> list[QPointF]:
    right, bottom = left + side, top + side
    return [QPointF(left, top), QPointF(right, top), QPointF(right, bottom), QPointF(left, bottom)]


def _is_whole(place: QTransform) -> bool:
    return all(abs(shift - round(shift)) < 0.01 for shift in (place.dx(), place.dy()))


def _mosaic(sources: Sources, pictures: Mapping[SourceTile, QImage], tile_px: int) -> QImage:
    width, height = len(sources.columns) * tile_px, len(sources.rows) * tile_px
    mosaic = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    mosaic.fill(Qt.GlobalColor.transparent)
    with painting(mosaic) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        count = 2**sources.level
        for across, column in enumerate(sources.columns):
            for down, row in enumerate(sources.rows):
                picture = _picture_of(SourceTile(sources.level, column % count, row), pictures)
                if picture is not None:
                    image, part = picture
                    painter.drawImage(QRectF(across * tile_px, down * tile_px, tile_px, tile_px), image, part)
    return mosaic


def _picture_of(tile: SourceTile, pictures: Mapping[SourceTile, QImage]) -> tuple[QImage, QRectF] | None:
    """A picture and the part of it that shows `tile`: its own, or its nearest parent's."""
    for up in range(tile.level + 1):
        image = pictures.get(parent_of(tile, up))
        if image is not None:
            if image.isNull():
                return None
            share = 0.5**up
            width, height = image.width() * share, image.height() * share
            left, top = (tile.x & ((1 << up) - 1)) * width, (tile.y & ((1 << up) - 1)) * height
            return image, QRectF(left, top, width, height)
    return None
