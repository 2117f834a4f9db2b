"""Paints pictures of many features: markers, lines and small areas in numpy, all at once; only large areas one by one.

Order: areas, then lines, then points, each class by class in the order of the symbols; points in their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from layers.grid.tile_grid import View
from layers.vector.drawing.blending import argb_of, deepen, over, tint
from layers.vector.drawing.content import VectorContent
from layers.vector.drawing.fills import Fills
from layers.vector.drawing.simplification import Details
from layers.vector.drawing.stamps import stamp
from layers.vector.drawing.strokes import Strokes
from layers.vector.gathering import gathered
from layers.vector.style.symbol import Symbol
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable
from viewer.rendering.vector.sprites import sprite_of
from viewer.rendering.vector.symbol_painter import paint_arrows
from viewer.rendering.vector.vector_painter import margin_px, paint_areas, rows_of_kind, to_pixels
from viewer.support.painting import painting

LARGE_PX = 75.0
"""Extent in pixels from which areas are painted one by one: only few of these fit a view."""
LARGE_OPAQUE_PX = 48.0
"""Extent in pixels from which opaque areas are painted one by one: in bulk all outlines would lie over all fills."""
TINY_PX = 2.5
"""Largest extent in pixels of areas that are painted from their middle and their area alone."""
_ROUND = 0.7
"""Distance of a tiny area's outline from its middle, as a part of its half size: that of a square would be 1."""
_ARROWS_FROM_PX = 24.0
"""Extent in pixels from which a line gets arrowheads."""
type _TableRows = list[tuple[FeatureTable, NDArray[np.int32]]]


def bulk_picture(
    content: VectorContent, details: Details | None, view: View, scale: float
) -> NDArray[np.uint32] | None:
    """(height, width) premultiplied ARGB of a view; None where nothing is. `scale`: picture pixels a logical pixel.

    Without `details` every vertex is painted: where little of the content is in view, that is less work than to look
    at all of it first.
    """
    bounds = view.world_bounds().expanded(margin_px(content.symbols, scale) * view.grid.resolution)
    table_rows = [(table, rows) for table in content.tables if (rows := content.rows_in(table, bounds)).size]
    if not table_rows:
        return None
    picture = np.zeros((view.height, view.width), np.uint32)
    areas, tiny = _sorted_by_size(view, table_rows)
    shapes, dots = _Shapes.of(content, details, view, areas, POLYGON), _Tiny.of(content, view, tiny)
    _areas(picture, content, view, shapes, dots, scale)
    lines = _Shapes.of(content, details, view, table_rows, LINE)
    if lines is not None:
        for index, symbol in enumerate(content.symbols):
            if symbol is not None:
                _lines(picture, symbol, lines.of_class(index), scale)
    return _points(picture, content, view, table_rows, scale)


class _Shapes(Struct, frozen=True, eq=False):
    """Lines or areas in the pixels of a view."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    starts: NDArray[np.int64]
    """(m + 1,) Index at which each part begins."""
    owner: NDArray[np.int64]
    """(m,) Index of the feature of each part."""
    size: NDArray[np.float32]
    """(n,) Extent of each feature, in pixels."""
    codes: NDArray[np.uint16] | None
    sources: list[tuple[FeatureTable, NDArray[np.int32]]]
    """The tables and rows that the features come from, one after the other."""

    @classmethod
    def of(
        cls, content: VectorContent, details: Details | None, view: View, table_rows: _TableRows, kind: int
    ) -> _Shapes | None:
        """Gather the rows of one kind, LINE or POLYGON, in pixels, thinned by `details`; None without any."""
        sizes, codes, sources, xs, ys, starts, owners = [], [], [], [], [], [], []
        coordinates = features = 0
        for table, rows in table_rows:
            rows = rows_of_kind(table, rows, kind)
            if not rows.size:
                continue
            thin = table if details is None else details.table(table, view.grid.resolution)
            parts = gathered(thin, rows)
            x, y = to_pixels(thin, view, parts.xy)
            xs.append(x)
            ys.append(y)
            starts.append(parts.starts[:-1] + coordinates)
            owners.append(parts.owner + features)
            coordinates, features = coordinates + len(x), features + len(rows)
            box = table.bounds[rows]
            wide = np.maximum(box[:, 2] - box[:, 0].astype(np.float32), box[:, 3] - box[:, 1].astype(np.float32))
            sizes.append(wide * np.float32(table.step / view.grid.resolution))
            codes.append(content.codes_of(table, rows))
            sources.append((table, rows))
        if not sources:
            return None
        known = [class_codes for class_codes in codes if class_codes is not None]
        return cls(
            np.concatenate(xs),
            np.concatenate(ys),
            np.append(np.concatenate(starts), coordinates),
            np.concatenate(owners),
            np.concatenate(sizes),
            np.concatenate(known) if known else None,
            sources,
        )

    def of_class(self, index: int) -> _Shapes:
        """The features of one class."""
        if self.codes is None:
            return self if index == 0 else self.only(np.zeros(len(self.size), bool))
        return self.only(self.codes == index)

    def only(self, chosen: NDArray[np.bool_]) -> _Shapes:
        """Some of the features, for painting: `sources` stay those of all."""
        if chosen.all():
            return self
        parts = chosen[self.owner]
        counts = np.diff(self.starts)
        kept = np.repeat(parts, counts)
        starts = np.concatenate([[0], np.cumsum(counts[parts])])
        owner = (np.cumsum(chosen) - 1)[self.owner[parts]]
        codes = None if self.codes is None else self.codes[chosen]
        return _Shapes(self.x[kept], self.y[kept], starts, owner, self.size[chosen], codes, self.sources)

    def lines(self, chosen: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
        """(n, 2) pixels of each of these parts."""
        which = np.flatnonzero(chosen).tolist()
        both = np.stack([self.x, self.y], axis=1).astype(np.float64) if which else None
        return [] if both is None else [both[self.starts[part] : self.starts[part + 1]] for part in which]


class _Tiny(Struct, frozen=True, eq=False):
    """Areas of about a pixel: their middles, half sizes and areas, in pixels."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    half: NDArray[np.float32]
    """(n, 2) Half sizes."""
    area: NDArray[np.float32]
    codes: NDArray[np.uint16] | None

    @classmethod
    def of(cls, content: VectorContent, view: View, table_rows: _TableRows) -> _Tiny | None:
        if not table_rows:
            return None
        boxes = np.concatenate([table.bounds[rows] for table, rows in table_rows])
        table, pixel = table_rows[0][0], table_rows[0][0].step / view.grid.resolution
        half = (boxes[:, 2:] - boxes[:, :2].astype(np.float32)) * np.float32(pixel / 2)
        x, y = to_pixels(table, view, (boxes[:, :2] >> 1) + (boxes[:, 2:] >> 1))
        area = np.concatenate([table.areas[rows] for table, rows in table_rows]) * np.float32(pixel**2)
        known = [codes for table, rows in table_rows if (codes := content.codes_of(table, rows)) is not None]
        return cls(x, y, half, area, np.concatenate(known) if known else None)

    def of_class(self, index: int) -> _Tiny:
        if self.codes is None and index == 0:
            return self
        chosen = np.zeros(0, np.intp) if self.codes is None else np.flatnonzero(self.codes == index)
        return _Tiny(self.x[chosen], self.y[chosen], self.half[chosen], self.area[chosen], None)

    def outline(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Places on the areas: the middle of each, and the middles of its sides where they are apart from that."""
        wide = np.flatnonzero(self.half.max(axis=1) > 0.3)
        x, y, dx, dy = self.x[wide], self.y[wide], self.half[wide, 0] * _ROUND, self.half[wide, 1] * _ROUND
        return np.concatenate([self.x, x - dx, x + dx, x, x]), np.concatenate([self.y, y, y, y - dy, y + dy])


def _sorted_by_size(view: View, table_rows: _TableRows) -> tuple[_TableRows, _TableRows]:
    """Areas larger than about a pixel, and the others."""
    areas: _TableRows = []
    tiny: _TableRows = []
    limit = TINY_PX * view.grid.resolution
    for table, rows in table_rows:
        rows = rows_of_kind(table, rows, POLYGON)
        box = table.bounds[rows] if rows.size else np.zeros((0, 4), np.int32)
        sides = box[:, 2:] - box[:, :2].astype(np.float32)
        is_tiny = sides.max(axis=1, initial=0) <= np.float32(limit / table.step)
        for kept, chosen in ((tiny, is_tiny), (areas, ~is_tiny)):
            if chosen.any():
                kept.append((table, rows[chosen]))
    return areas, tiny


def _areas(
    picture: NDArray[np.uint32],
    content: VectorContent,
    view: View,
    areas: _Shapes | None,
    tiny: _Tiny | None,
    scale: float,
) -> None:
    """Paint areas, the large ones first, so that small ones show on them."""
    small = None
    if areas is not None:
        several = np.bincount(areas.owner, minlength=len(areas.size)) > 1
        is_large = (areas.size > _large_px(content)) | several
        _paint_large(picture, content, view, areas, is_large, scale)
        small = areas.only(~is_large)
    for index, symbol in enumerate(content.symbols):
        if symbol is None or (small is None and tiny is None):
            continue
        shapes = None if small is None else small.of_class(index)
        dots = None if tiny is None else tiny.of_class(index)
        if symbol.fill_color:
            fills = Fills(view.width, view.height)
            if shapes is not None:
                fills.add(shapes.x, shapes.y, shapes.starts)
            if dots is not None:
                # Without an outline what is smaller than a pixel becomes one.
                fills.add_tiny(dots.x, dots.y, dots.area if symbol.stroke_width_px else np.maximum(dots.area, 1))
            deepen(picture, fills.sums(), argb_of(symbol.fill_color))
        _strokes(picture, symbol, shapes, scale, dots)


def _large_px(content: VectorContent) -> float:
    fills = [argb_of(symbol.fill_color) >> 24 for symbol in content.symbols if symbol is not None and symbol.fill_color]
    return LARGE_OPAQUE_PX if 255 in fills else LARGE_PX


def _paint_large(
    picture: NDArray[np.uint32],
    content: VectorContent,
    view: View,
    areas: _Shapes,
    is_large: NDArray[np.bool_],
    scale: float,
) -> None:
    if not is_large.any():
        return
    with _painting(picture) as painter:
        first = 0
        for table, rows in areas.sources:
            large = rows[is_large[first : first + len(rows)]]
            first += len(rows)
            paint_areas(painter, table, large, content.codes_of(table, large), content.symbols, view, scale)


def _lines(picture: NDArray[np.uint32], symbol: Symbol, lines: _Shapes, scale: float) -> None:
    _strokes(picture, symbol, lines, scale)
    if symbol.arrow != "none":
        pieces = lines.lines(lines.size[lines.owner] >= _ARROWS_FROM_PX)
        if pieces:
            with _painting(picture) as painter:
                paint_arrows(painter, symbol, pieces, scale)


def _strokes(
    picture: NDArray[np.uint32], symbol: Symbol, lines: _Shapes | None, scale: float, tiny: _Tiny | None = None
) -> None:
    """Paint casing, ground and stroke, each over all lines."""
    width = symbol.stroke_width_px
    passes: list[tuple[str, float, tuple[float, ...]]] = []
    if symbol.casing_color and symbol.casing_width_px > 0:
        passes.append((symbol.casing_color, width + 2 * symbol.casing_width_px, ()))
    if symbol.ground_color:
        passes.append((symbol.ground_color, width, ()))
    passes.append((symbol.stroke_color, width, symbol.dash))
    for color, wide, dash in passes:
        if wide:
            strokes = Strokes(picture.shape[1], picture.shape[0], wide * scale, [part * wide * scale for part in dash])
            if lines is not None:
                strokes.add(lines.x, lines.y, lines.starts)
            if tiny is not None:
                strokes.add_dots(*tiny.outline())
            tint(picture, strokes.cover(), argb_of(color))


@contextmanager
def _painting(picture: NDArray[np.uint32]) -> Iterator[QPainter]:
    """A painter onto the picture itself."""
    height, width = picture.shape
    image = QImage(picture.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        yield painter


def _points(
    picture: NDArray[np.uint32],
    content: VectorContent,
    view: View,
    table_rows: _TableRows,
    scale: float,
) -> NDArray[np.uint32]:
    xs, ys, codes = [], [], []
    for table, rows in table_rows:
        rows = rows_of_kind(table, rows, POINT)
        if not rows.size:
            continue
        parts = gathered(table, rows)
        x, y = to_pixels(table, view, parts.xy)
        xs.append(np.rint(x).astype(np.int32))
        ys.append(np.rint(y).astype(np.int32))
        table_codes = content.codes_of(table, rows)
        if table_codes is not None:
            codes.append(table_codes if table.is_single else table_codes[parts.owner[parts.of_coordinate()]])
    if not xs:
        return picture
    sprites = [None if symbol is None else sprite_of(symbol, scale) for symbol in content.symbols]
    symbol = np.concatenate(codes) if codes else None
    stamped = stamp(view.width, view.height, np.concatenate(xs), np.concatenate(ys), symbol, sprites)
    return over(picture, np.ascontiguousarray(stamped))
