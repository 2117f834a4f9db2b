"""Pictures of many features: markers, lines and small areas in numpy, all at once; only large areas one by one.

Order: areas, then lines, then points, each class by class in the order of the looks; points in their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from layers.grid.tile_grid import View
from layers.vector.blending import argb_of, deepened, over, tinted
from layers.vector.content import VectorContent
from layers.vector.details import Details
from layers.vector.fills import filled, signed_areas
from layers.vector.gathering import Gathered, gathered
from layers.vector.look import Look
from layers.vector.stamps import stamp
from layers.vector.strokes import Legs, stroked
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable
from viewer.rendering.look_painter import paint_arrows
from viewer.rendering.sprites import sprite_of
from viewer.rendering.vector_painter import margin_px, paint_areas, to_pixels

LARGE_PX = 48.0
"""Areas that stretch further are painted one by one: there cannot be many in a view."""
_ARROWS_FROM_PX = 24.0


def bulk_picture(content: VectorContent, details: Details, view: View, scale: float) -> NDArray[np.uint32] | None:
    """(height, width) premultiplied ARGB of a view; None where nothing is. `scale`: picture pixels a logical pixel."""
    bounds = view.world_bounds().expanded(margin_px(content.looks, scale) * view.grid.resolution)
    found = [(table, rows) for table in content.tables if (rows := content.rows_in(table, bounds)).size]
    if not found:
        return None
    picture = np.zeros((view.height, view.width), np.uint32)
    areas = [_Drawn.of(content, details, view, *one, POLYGON) for one in found]
    lines = [_Drawn.of(content, details, view, *one, LINE) for one in found]
    picture = _areas(picture, content, view, [one for one in areas if one is not None], scale)
    for index, look in enumerate(content.looks):
        if look is not None:
            picture = _lines(picture, look, [one for one in lines if one is not None], index, scale)
    return _points(picture, content, view, found, scale)


@dataclass(frozen=True, eq=False, slots=True)
class _Drawn:
    """Lines or areas of one table in the pixels of a view."""

    table: FeatureTable
    rows: NDArray[Any]
    codes: NDArray[np.uint16] | None
    parts: Gathered
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    size: NDArray[np.float32]
    """(len(rows),) how far each stretches, in pixels."""

    @classmethod
    def of(
        cls, content: VectorContent, details: Details, view: View, table: FeatureTable, rows: NDArray[Any], kind: int
    ) -> _Drawn | None:
        if table.only_kind not in (None, kind):
            return None
        if table.only_kind is None:
            rows = rows[table.kind[rows] == kind]
        if not rows.size:
            return None
        thin = details.table(table, view.grid.resolution)
        parts = gathered(thin, rows)
        x, y = to_pixels(table, view, parts.xy)
        box = table.bounds[rows]
        size = np.maximum(box[:, 2] - box[:, 0].astype(np.float32), box[:, 3] - box[:, 1].astype(np.float32))
        return cls(
            thin, rows, content.codes_of(table, rows), parts, x, y, size * np.float32(table.step / view.grid.resolution)
        )

    def parts_of(self, index: int, among: NDArray[np.bool_] | None = None) -> NDArray[np.intp] | None:
        """The parts of the features of one class; None: all of them."""
        if self.codes is None:
            among_class = None if index == 0 else np.zeros(len(self.rows), bool)
        else:
            among_class = self.codes == index
        if among is not None:
            among_class = among if among_class is None else among_class & among
        if among_class is None or among_class.all():
            return None
        return np.flatnonzero(among_class[self.parts.owner])

    def legs(self, parts: NDArray[np.intp] | None, with_along: bool = False) -> tuple[Legs, NDArray[np.int64]]:
        """Their legs, and the part of each."""
        at = self.parts.legs()
        owner = self.parts.of_coordinate()[at]
        if parts is not None:
            chosen = np.zeros(len(self.parts.owner), bool)
            chosen[parts] = True
            kept = chosen[owner]
            at, owner = at[kept], owner[kept]
        x, y = self.x, self.y
        legs = Legs(x[at], y[at], x[at + 1], y[at + 1], self._along()[at] if with_along else None)
        return legs, owner

    def _along(self) -> NDArray[np.float32]:
        """How far along its part each coordinate is."""
        steps = np.hypot(np.diff(self.x, prepend=self.x[:1]), np.diff(self.y, prepend=self.y[:1])).astype(np.float64)
        steps[self.parts.starts[:-1]] = 0
        total = np.cumsum(steps)
        return (total - np.repeat(total[self.parts.starts[:-1]], np.diff(self.parts.starts))).astype(np.float32)


def _areas(
    picture: NDArray[np.uint32], content: VectorContent, view: View, found: list[_Drawn], scale: float
) -> NDArray[np.uint32]:
    """Large ones first: what is small stays to be seen on them."""
    height, width = picture.shape
    small = []
    large = []
    for one in found:
        several = np.bincount(one.parts.owner, minlength=len(one.rows)) > 1
        is_large = (one.size > LARGE_PX) | (several & (one.size > 2.0))
        small.append(~is_large)
        if is_large.any():
            large.append((one.table, one.rows[is_large], None if one.codes is None else one.codes[is_large]))
    if large:
        image = QImage(picture.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for table, rows, codes in large:
            paint_areas(painter, table, rows, codes, content.looks, view, scale)
        painter.end()
    for index, look in enumerate(content.looks):
        if look is None:
            continue
        if look.fill_color:
            sums = np.zeros(picture.shape, np.float32)
            for one, chosen in zip(found, small, strict=True):
                sums += _fill(one, one.parts_of(index, chosen), picture.shape, bare=look.stroke_width_px == 0)
            picture = over(picture, deepened(sums, argb_of(look.fill_color)))
        picture = _strokes(picture, look, [(one, one.parts_of(index, chosen)) for one, chosen in
                                           zip(found, small, strict=True)], scale)  # fmt: skip
    return picture


def _fill(
    one: _Drawn, parts: NDArray[np.intp] | None, shape: tuple[int, int], bare: bool
) -> NDArray[np.float32] | float:
    """`bare`: there is no outline, so what is smaller than a pixel becomes one."""
    legs, owner = one.legs(parts)
    if not len(legs):
        return 0.0
    areas = signed_areas(one.x, one.y, one.parts.starts)
    sums = filled(shape[1], shape[0], legs, np.sign(areas)[owner])
    if bare:
        which = np.arange(len(one.parts.owner)) if parts is None else parts
        first = one.parts.starts[which[one.size[one.parts.owner[which]] < 1.0]]
        col, row = np.floor(one.x[first]).astype(np.int32), np.floor(one.y[first]).astype(np.int32)
        inside = (col >= 0) & (col < shape[1]) & (row >= 0) & (row < shape[0])
        np.maximum.at(sums, (row[inside], col[inside]), np.float32(1.0))
    return sums


def _lines(
    picture: NDArray[np.uint32], look: Look, found: list[_Drawn], index: int, scale: float
) -> NDArray[np.uint32]:
    chosen = [(one, one.parts_of(index)) for one in found]
    picture = _strokes(picture, look, chosen, scale)
    if look.arrow == "none":
        return picture
    pieces = []
    for one, parts in chosen:
        long = one.size[one.parts.owner] >= _ARROWS_FROM_PX
        which = np.flatnonzero(long) if parts is None else parts[long[parts]]
        starts = one.parts.starts
        pieces += [np.stack([one.x[starts[j] : starts[j + 1]], one.y[starts[j] : starts[j + 1]]], axis=1).astype(float)
                   for j in which.tolist()]  # fmt: skip
    if pieces:
        height, width = picture.shape
        image = QImage(picture.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_arrows(painter, look, pieces, scale)
        painter.end()
    return picture


def _strokes(
    picture: NDArray[np.uint32], look: Look, found: list[tuple[_Drawn, NDArray[np.intp] | None]], scale: float
) -> NDArray[np.uint32]:
    """Casing, ground and stroke, each over all of them."""
    width = look.stroke_width_px
    passes: list[tuple[str, float, tuple[float, ...]]] = []
    if look.casing_color and look.casing_width_px > 0:
        passes.append((look.casing_color, width + 2 * look.casing_width_px, ()))
    if look.ground_color:
        passes.append((look.ground_color, width, ()))
    passes.append((look.stroke_color, width, look.dash))
    for color, wide, dash in passes:
        if not wide:
            continue
        cover = None
        pattern = tuple(part * wide * scale for part in dash)
        for one, parts in found:
            legs, _ = one.legs(parts, bool(dash))
            if len(legs):
                mine = stroked(picture.shape[1], picture.shape[0], legs, wide * scale, pattern)
                cover = mine if cover is None else np.maximum(cover, mine)
        if cover is not None:
            picture = over(picture, tinted(cover, argb_of(color)))
    return picture


def _points(
    picture: NDArray[np.uint32],
    content: VectorContent,
    view: View,
    found: list[tuple[FeatureTable, NDArray[np.int32]]],
    scale: float,
) -> NDArray[np.uint32]:
    xs, ys, codes = [], [], []
    for table, rows in found:
        if table.only_kind not in (None, POINT):
            continue
        rows = rows if table.only_kind else rows[table.kind[rows] == POINT]
        if not rows.size:
            continue
        parts = gathered(table, rows)
        x, y = to_pixels(table, view, parts.xy)
        xs.append(np.rint(x).astype(np.int32))
        ys.append(np.rint(y).astype(np.int32))
        mine = content.codes_of(table, rows)
        if mine is not None:
            codes.append(mine if table.is_single else mine[parts.owner[parts.of_coordinate()]])
    if not xs:
        return picture
    sprites = [None if look is None else sprite_of(look, scale) for look in content.looks]
    look = np.concatenate(codes) if codes else None
    stamped = stamp(view.width, view.height, np.concatenate(xs), np.concatenate(ys), look, sprites)
    return over(picture, np.ascontiguousarray(stamped))
