"""Composes a display tile from a service's tiles: pastes them side by side, then resamples once."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF, QTransform

from layers.grid.tile_grid import TILE_PX
from layers.services.map_pictures import PictureBox, box_of
from layers.services.matrix import CELLS, PlacedPart, Sources, SourceTile, fitted, parent_parts, parents_of
from layers.services.seen_sources import WHOLE_TILE, TilePart, corners_of
from layers.services.tile_matrix import TileMatrix, TileMatrixSet
from viewer.support.painting import painting

FAR_PX = 2**30
"""Pixels beyond which an edge of what is sampled is not told apart: Qt's rectangles are of 32 bits."""
MARGIN_PX = 2
"""Pixels around what is sampled that are put together: bilinear sampling looks at one of them."""
WHOLE_PX = 1e-3
"""Distance from whole pixels at which a picture is shown as it is."""
_RING = [0, 1, 3, 2]
"""Order of the corners of a square that goes round it, of those row by row."""
CORNERS_PX = np.array([[[0, 0], [TILE_PX, 0]], [[0, TILE_PX], [TILE_PX, TILE_PX]]], dtype=float)
"""Corners of a display tile, in its pixels."""
MOST_KEPT_PX = 512 * 512
"""Most pixels of a mosaic whose memory a thread keeps."""
MOST_KEPT = 4
"""Most sizes of mosaics whose memory a thread keeps: those of one view differ by a pixel."""
STRIP_PX = 86
"""Height of the strips in which a display tile is painted: Qt shares higher ones out to threads of its own, for which a
thread of ours then waits.
"""

type Corners = NDArray[np.float64]
type Edges = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def with_ancestors(
    have: Callable[[SourceTile], QImage | None],
    missing: list[SourceTile],
    matrices: TileMatrixSet,
    levels: Collection[int],
) -> dict[SourceTile, QImage]:
    """The pictures at hand of the nearest parents of the `missing` tiles; there are none at other `levels`."""
    ancestors: dict[SourceTile, QImage] = {}
    finest_first = sorted(levels, reverse=True)
    for tile in missing:
        for up in (tile.level - level for level in finest_first if level < tile.level):
            pictures = [(parent, have(parent)) for parent in parents_of(tile, matrices, up)]
            at_hand = {parent: image for parent, image in pictures if image is not None and not image.isNull()}
            ancestors |= at_hand
            if at_hand:
                break
    return ancestors


def compose_tile(
    sources: Sources,
    pictures: Mapping[SourceTile, QImage],
    matrices: TileMatrixSet,
    part: TilePart = WHOLE_TILE,
) -> QImage:
    """Compose a display tile, or a part of it, which is placed by its `offset`. A tile missing in `pictures` is cut
    from its parents there, or left transparent.
    """
    matrix = matrices.matrices[sources.level]
    same = _same_picture(sources, pictures, matrix) if part.is_whole else None
    if same is not None:
        return same
    if not (part.is_whole or sources.is_affine):
        return _part_of(compose_tile(sources, pictures, matrices), part)
    sampled = _sampled(sources, matrix, part) if sources.is_affine else None
    needed = _needed_part(sources, matrix, sampled)
    opaque = sampled is not None and _fills_tile(sources, pictures, needed, sampled)
    pixels = QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(part.right - part.left, part.bottom - part.top, pixels)
    if not opaque:
        image.fill(Qt.GlobalColor.transparent)
    mosaic = _mosaic(sources, pictures, matrices, needed, pixels)
    begin = [sources.columns.start * matrix.tile_width, sources.rows.start * matrix.tile_height]
    points = sources.points - np.array([begin[0] + needed.left(), begin[1] + needed.top()], dtype=float)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if sources.is_affine:
            place = _place_on(points[::CELLS, ::CELLS], 0, 0, TILE_PX)
            if place is not None and not part.is_whole:
                place *= QTransform.fromTranslate(-part.left, -part.top)
            for top in range(0, image.height(), STRIP_PX):
                painter.setClipRect(QRect(0, top, image.width(), STRIP_PX))
                _paint_placed(painter, place, mosaic)
        else:
            points = fitted(points)
            cells = points.shape[0] - 1
            side = TILE_PX // cells
            for row in range(cells):
                for column in range(cells):
                    painter.setClipRect(QRect(column * side, row * side, side, side))
                    corners = points[row : row + 2, column : column + 2]
                    _paint_placed(painter, _place_on(corners, column * side, row * side, side), mosaic)
    image.setOffset(QPoint(part.left, part.top))
    return image


def _part_of(image: QImage, part: TilePart) -> QImage:
    """A part of a display tile, placed by its `offset`."""
    cut = image.copy(part.left, part.top, part.right - part.left, part.bottom - part.top)
    cut.setOffset(QPoint(part.left, part.top))
    return cut


def _same_picture(sources: Sources, pictures: Mapping[SourceTile, QImage], matrix: TileMatrix) -> QImage | None:
    """The picture of the one tile whose pixels are those of the display tile, as where a server drew it for the view;
    None where others are needed.
    """
    if (
        len(sources.tiles) != 1
        or not sources.is_affine
        or matrix.tile_width != TILE_PX
        or matrix.tile_height != TILE_PX
    ):
        return None
    picture = pictures.get(sources.tiles[0])
    if picture is None or picture.size() != QSize(TILE_PX, TILE_PX):
        return None
    begin = np.array([sources.columns.start * TILE_PX, sources.rows.start * TILE_PX], dtype=float)
    off = np.abs(sources.points[::CELLS, ::CELLS] - begin - CORNERS_PX)
    return picture if off.max() < WHOLE_PX else None


def _needed_part(sources: Sources, matrix: TileMatrix, sampled: Edges | None) -> QRect:
    """The part of the mosaic of all source tiles that is sampled, in its pixels; all of it where that is not known."""
    wide, high = matrix.tile_width, matrix.tile_height
    whole = QRect(0, 0, len(sources.columns) * wide, len(sources.rows) * high)
    if sampled is None or whole.isEmpty():
        return whole
    left, top, right, bottom = sampled
    left, top = (min(max(math.floor(edge) - MARGIN_PX, -1), FAR_PX) for edge in (left, top))
    right, bottom = (min(max(math.ceil(edge) + MARGIN_PX, -1), FAR_PX) for edge in (right, bottom))
    return QRect(left, top, right - left, bottom - top).intersected(whole)


def _sampled(sources: Sources, matrix: TileMatrix, part: TilePart) -> Edges:
    """Left, top, right and bottom of what a part of an affine display tile samples, in pixels of the mosaic of all its
    tiles.
    """
    xs, ys = zip(*corners_of(sources, part), strict=True)
    left, top = sources.columns.start * matrix.tile_width, sources.rows.start * matrix.tile_height
    return min(xs) - left, min(ys) - top, max(xs) - left, max(ys) - top


def _fills_tile(sources: Sources, pictures: Mapping[SourceTile, QImage], part: QRect, sampled: Edges) -> bool:
    """True where each pixel of the display tile is painted with an opaque one."""
    if part.isEmpty():
        return False
    left, top, right, bottom = sampled
    is_within = left >= 0 and top >= 0 and right <= part.right() + 1 and bottom <= part.bottom() + 1
    if not is_within or len(sources.tiles) < len(sources.columns) * len(sources.rows):
        return False
    images = [pictures.get(tile) for tile in sources.tiles]
    return all(image is not None and not image.isNull() and not image.hasAlphaChannel() for image in images)


def cut_picture(picture: QImage, tiles: Sequence[SourceTile], box: PictureBox) -> dict[SourceTile, QImage]:
    """Cut a picture of a box into the squares that it shows, or into parts of them, placed by their `offset`."""
    width, height = box.width, box.height
    if picture.size() != QSize(width, height):  # a server may draw smaller ones than it was asked for
        texts = {name: picture.text(name) for name in picture.textKeys()}
        picture = picture.scaled(
            width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        for name, text in texts.items():
            picture.setText(name, text)
    squares: dict[SourceTile, QImage] = {}
    for tile in tiles:
        part = box_of((tile,), box)
        square = picture
        if part != box:
            square = picture.copy(part.left - box.left, part.top - box.top, part.width, part.height)
        square.setOffset(QPoint(part.left - tile.x * TILE_PX, part.top - tile.y * TILE_PX))
        squares[tile] = square
    return squares


def _place_on(corners: Corners, left: int, top: int, side: int) -> QTransform | None:
    """The way from the mosaic onto a square that shows what lies between the (2, 2, 2) `corners`; None if a corner has
    no place.
    """
    first, second, third, fourth = ring = [tuple(corner) for corner in corners.reshape(-1, 2)[_RING].tolist()]
    if not all(map(math.isfinite, (*first, *second, *third, *fourth))):
        return None
    is_upright = (second, fourth) == ((third[0], first[1]), (first[0], third[1])) and third[0] > first[0]
    if is_upright and third[1] > first[1]:
        across, down = side / (third[0] - first[0]), side / (third[1] - first[1])
        place = QTransform(across, 0.0, 0.0, down, left - first[0] * across, top - first[1] * down)
    else:
        place = QTransform()
        polygon = QPolygonF([QPointF(*corner) for corner in ring])
        if not QTransform.quadToQuad(polygon, QPolygonF(_square(left, top, side)), place):
            return None
    if place.type() == QTransform.TransformationType.TxTranslate and not _is_whole(place):
        # Qt would round a mere shift to whole pixels.
        place = QTransform.fromScale(1 + 1e-6, 1 + 1e-6) * place
    return place


def _paint_placed(painter: QPainter, place: QTransform | None, mosaic: QImage) -> None:
    if place is not None:
        painter.setTransform(place)
        painter.drawImage(0, 0, mosaic)
        painter.resetTransform()


def _square(left: int, top: int, side: int) -> list[QPointF]:
    right, bottom = left + side, top + side
    return [QPointF(left, top), QPointF(right, top), QPointF(right, bottom), QPointF(left, bottom)]


def _is_whole(place: QTransform) -> bool:
    return all(abs(shift - round(shift)) < 0.01 for shift in (place.dx(), place.dy()))


def _mosaic(
    sources: Sources,
    pictures: Mapping[SourceTile, QImage],
    matrices: TileMatrixSet,
    part: QRect,
    pixels: QImage.Format,
) -> QImage:
    """A part of the tiles side by side, given in their pixels."""
    matrix = matrices.matrices[sources.level]
    wide, high = matrix.tile_width, matrix.tile_height
    mosaic = _canvas.of_size(part.size(), pixels)
    if mosaic.hasAlphaChannel():
        mosaic.fill(Qt.GlobalColor.transparent)
    with painting(mosaic) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for across, column in enumerate(sources.columns):
            for down, row in enumerate(sources.rows):
                tile = SourceTile(sources.level, column % matrix.columns, row)
                left, top = across * wide - part.left(), down * high - part.top()
                own = pictures.get(tile)
                if own is not None and own.width() == wide and own.height() == high:
                    painter.drawImage(left, top, own)
                    continue
                for image, placed in _pictures_of(tile, pictures, matrices):
                    target = _rect(placed.of_other, wide, high).translated(left, top)
                    painter.drawImage(target, image, _rect(placed.of_tile, image.width(), image.height()))
    return mosaic


class _Canvas(threading.local):
    """Images of a thread on which mosaics are put together, one after another: fresh memory takes longer than that."""

    def __init__(self) -> None:
        self._images: dict[tuple[int, int, QImage.Format], QImage] = {}

    def of_size(self, size: QSize, pixels: QImage.Format) -> QImage:
        """An image that is used until the next is asked for; what is painted on it already is anything."""
        if size.width() * size.height() > MOST_KEPT_PX:
            return QImage(size, pixels)
        name = size.width(), size.height(), pixels
        image = self._images.pop(name, None) or QImage(size, pixels)
        self._images[name] = image
        if len(self._images) > MOST_KEPT:
            del self._images[next(iter(self._images))]
        return image


_canvas = _Canvas()


def _pictures_of(
    tile: SourceTile, pictures: Mapping[SourceTile, QImage], matrices: TileMatrixSet
) -> list[tuple[QImage, PlacedPart]]:
    """Pictures that show `tile`, each with the part of it that does: its own, or those of its nearest parents."""
    for up in range(tile.level + 1):
        parts = [(pictures[part.tile], part) for part in parent_parts(tile, matrices, up) if part.tile in pictures]
        if parts:
            return [(image, part) for image, part in parts if not image.isNull()]
    return []


def _rect(shares: tuple[float, float, float, float], width: int, height: int) -> QRectF:
    """A part of a picture, given in shares of its width and height."""
    left, top, right, bottom = shares
    return QRectF(left * width, top * height, (right - left) * width, (bottom - top) * height)
