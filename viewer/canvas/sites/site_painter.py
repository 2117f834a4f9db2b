"""Paints sites onto any painter: areas, lines, circles, then symbols, claims above the setting, the selected on top."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import batched, groupby
from math import isfinite
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from layers.geo.crs import world_bounds
from layers.geo.seams import is_on_both_sides, running_on, without_seams
from layers.grid.tile_grid import TileGrid, View
from layers.vector.drawing.blending import tint
from layers.vector.drawing.strokes import Strokes
from viewer.canvas.sites.kept_picture import KeptPicture, PartStep
from viewer.canvas.sites.mark_painter import SIGNS_A_FRAME_S, MarkPainter, paint_arrow_heads
from viewer.canvas.sites.outlines import Floats, Outline, strokes_of
from viewer.canvas.sites.ring_signs import radii_in
from viewer.canvas.sites.site_frame import ShapeInView, SiteFrame
from viewer.canvas.sites.site_shapes import polygon_in_view, runs_in_view, to_pixels
from viewer.canvas.sites.site_symbol_painter import SiteSymbolPainter, paint_faint_sign
from viewer.canvas.sites.site_symbology import (
    AREA_DOTS_PX,
    HALO_COLOR,
    SELECTED_COLOR,
    LineSymbol,
    fill_of,
    line_symbol,
    outline_of,
)
from viewer.rendering.vector.qt_shapes import can_clip, is_vector_device, path_of, polygon_of, round_pen
from viewer.support.painting import part_of_picture

_AREA_OUTLINE_PX = 1.6
_MARGIN_PX = 24.0
MANY_SHAPES, MANY_SIGNS = 12, 60
"""Numbers of lines and areas, and of texts and numbers, from which they may take several frames."""
_SHAPES_A_MEGAPIXEL, _LEAST_SHAPES = 3.0, 2
"""Lines and areas a megapixel that are painted anew each time: laying a larger picture upon the map takes longer."""
_FEW_AREAS, _FEW_OUTLINES = 4, 4
"""Number that is painted, or computed, in one step."""
TICK_PX = 7.0
"""Half the length of the bar at an end of a dimension line, in logical pixels."""
_NO_HEADS = np.zeros((0, 2)), np.zeros((0, 2))


class _Kept(NamedTuple):
    """Pictures of many marks: of lines and areas, and of symbols with texts and numbers.

    Few marks have one picture together, and only while the map pans: at rest they are painted as in a product, to the
    byte.
    """

    shapes: KeptPicture
    signs: KeptPicture
    both: KeptPicture

    def forget_all_but(self, *kept: KeptPicture) -> None:
        for picture in self:
            if picture not in kept:
                picture.forget()


class SitePainter:
    """Paints frames of sites. Holds nothing but pictures of marks."""

    def __init__(self) -> None:
        self._symbols = SiteSymbolPainter()
        self._marks = MarkPainter()
        self._kept: dict[int, _Kept] = {}
        """Kept pictures of each world copy in view."""
        self._grids: dict[int, TileGrid] = {}
        """Grid of each world copy, as last painted on the screen."""

    def paint(
        self,
        painter: QPainter,
        frame: SiteFrame,
        selection: frozenset[str] = frozenset(),
        *,
        in_haste: bool = False,
        moving: bool = False,
        copy: int = 0,
    ) -> bool:
        """Paint everything but the labels, in picture pixels.

        `copy` numbers world copies, each of which has its own pictures; `moving` while the map moves and frames follow
        each other. `in_haste`, some texts may be left out until the next painting, as their letters take time: then
        False.
        """
        kept = self._kept_of(copy)
        if frame.is_empty:
            if in_haste:
                kept.forget_all_but()
            return True
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        within_s = SIGNS_A_FRAME_S if in_haste else math.inf
        shapes, signs = frame.shapes_in_boxes, frame.signs_near + len(frame.rings)
        has_many_shapes, has_many_signs = shapes >= MANY_SHAPES, signs >= MANY_SIGNS and not frame.compact
        keeps_both = not (has_many_shapes or has_many_signs or frame.compact) and shapes >= _worth_keeping(frame.view)
        if not in_haste:  # a product leaves alone what the screen keeps
            is_whole = self._paint_shapes(painter, frame, selection)
            is_whole &= self._paint_signs(painter, frame, selection)
        elif keeps_both and moving and self._grids.get(copy) == frame.view.grid:  # it pans, and is not zoomed
            kept.forget_all_but(kept.both)
            is_whole = kept.both.paint(painter, frame, selection, moving=moving, at_once=True)
        else:
            wanted = ((kept.shapes, has_many_shapes), (kept.signs, has_many_signs), (kept.both, keeps_both))
            kept.forget_all_but(*(picture for picture, is_wanted in wanted if is_wanted))
            if has_many_shapes:
                is_whole = kept.shapes.paint(painter, frame, selection, moving=moving)
            else:
                is_whole = self._paint_shapes(painter, frame, selection)
            if has_many_signs:
                is_whole &= kept.signs.paint(painter, frame, selection, moving=moving)
            else:
                is_whole &= self._paint_signs(painter, frame, selection, within_s)
        if in_haste:
            self._grids[copy] = frame.view.grid
        is_whole &= self._marks.paint(painter, radii_in(frame)[1], frame.scale, within_s)
        painter.restore()
        return is_whole

    def paint_shapes(self, painter: QPainter, frame: SiteFrame, selection: frozenset[str] = frozenset()) -> None:
        """Paint, as for a product, what lies below all symbols: areas, lines and circles of loosely known places."""
        with part_of_picture(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_shapes(painter, frame, selection)

    def paint_symbols(self, painter: QPainter, frame: SiteFrame, selection: frozenset[str] = frozenset()) -> None:
        """Paint, as for a product, symbols, texts and numbers, and radii: all that `paint_shapes` does not."""
        with part_of_picture(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_signs(painter, frame, selection)
            self._marks.paint(painter, radii_in(frame)[1], frame.scale, math.inf)

    @property
    def is_under_way(self) -> bool:
        """True where the last frame, painted `in_haste`, lacks shapes: the next one has more."""
        return any(picture.is_under_way for kept in self._kept.values() for picture in kept)

    def _kept_of(self, copy: int) -> _Kept:
        if copy not in self._kept:
            self._kept[copy] = _Kept(*map(KeptPicture, (self._shape_steps, self._sign_steps, self._all_steps)))
        return self._kept[copy]

    def _all_steps(self, frame: SiteFrame, selection: frozenset[str]) -> Iterator[PartStep]:
        yield from self._shape_steps(frame, selection)
        yield from self._sign_steps(frame, selection)

    def _paint_shapes(self, painter: QPainter, frame: SiteFrame, selection: frozenset[str]) -> bool:
        is_whole = True
        for step in self._shape_steps(frame, selection):
            is_whole &= step(painter)
        return is_whole

    def _shape_steps(self, frame: SiteFrame, selection: frozenset[str]) -> Iterator[PartStep]:
        """Steps that paint areas, lines, heads of arrows and ends of dimension lines, a few milliseconds each.

        Circles of loosely known places lie above the lines, and the signs in them topmost, so that none is crossed.
        """
        kinds = {
            kind: list(uuids) for kind, uuids in groupby(frame.near, lambda uuid: frame.index.shapes[uuid].site.kind)
        }
        for uuid in kinds.get("polygon", ()):
            yield partial(self._paint_polygon, frame=frame, uuid=uuid, selected=uuid in selection)
        lines: list[ShapeInView] = []
        for uuids in batched(kinds.get("line", ()), _FEW_OUTLINES):
            lines += frame.shapes_of(uuids)
            yield _nothing
        yield partial(_paint_ticks, frame=frame, shapes=lines, selection=selection)
        yield from _alike(frame, [shape for shape in lines if shape.uuid not in selection], selected=False)
        yield from _alike(frame, [shape for shape in lines if shape.uuid in selection], selected=True)
        yield partial(_paint_heads, frame=frame, shapes=lines, selection=selection)
        yield partial(_paint_ticks, frame=frame, shapes=lines, selection=selection, is_above=True)
        circles = list(batched(np.flatnonzero(frame.is_area).tolist(), _FEW_AREAS))
        for areas in circles:
            yield partial(self._paint_areas, frame=frame, areas=areas, selection=selection)
        for areas in circles:
            yield partial(_paint_signs_in, frame=frame, areas=areas)

    def _sign_steps(self, frame: SiteFrame, selection: frozenset[str]) -> Iterator[PartStep]:
        yield partial(self._paint_signs, frame=frame, selection=selection, within_s=SIGNS_A_FRAME_S)

    def _paint_signs(
        self, painter: QPainter, frame: SiteFrame, selection: frozenset[str], within_s: float = math.inf
    ) -> bool:
        """Paint radii, above them symbols, texts and numbers, and the selected topmost."""
        is_whole = self._marks.paint(painter, radii_in(frame)[0], frame.scale, within_s)
        self._paint_symbols(painter, frame, selection)
        signs = [sign._replace(selected=True) if uuid in selection else sign for uuid, sign in frame.signs]
        signs.sort(key=lambda sign: sign.selected)
        return self._marks.paint(painter, signs, frame.scale, within_s) and is_whole

    def _paint_polygon(self, painter: QPainter, frame: SiteFrame, uuid: str, selected: bool) -> bool:
        for shape in frame.shapes_of([uuid]):
            _fill(painter, frame, shape.outline, fill_of(shape.site))
            _paint_outline(painter, frame, shape.outline, line_symbol(shape.site), selected)
        return True

    def _paint_areas(
        self, painter: QPainter, frame: SiteFrame, areas: Sequence[int], selection: frozenset[str]
    ) -> bool:
        for position, outline in zip(areas, frame.circles(areas), strict=True):
            row = frame.rows[position]
            site = frame.index.sites[frame.index.uuids[row]]
            _fill(painter, frame, outline, fill_of(site))
            symbol = LineSymbol(outline_of(site).name(), _AREA_OUTLINE_PX, AREA_DOTS_PX, casing_width=1.1)
            _paint_outline(painter, frame, outline, symbol, site.uuid in selection)
        return True

    def _paint_symbols(self, painter: QPainter, frame: SiteFrame, selection: frozenset[str]) -> None:
        index, shown = frame.index, frame.thinned()
        if frame.compact:
            # By symbol within a rank: onto PDF and SVG dots of one symbol follow each other.
            shown = shown[np.lexsort((index.shown_symbol[frame.rows[shown]], frame.is_claim[shown]))]
        if frame.claim_scale == 1.0:
            self._paint_some(painter, frame, shown)
        else:
            is_claim = frame.is_claim[shown]
            self._paint_some(painter, frame, shown[~is_claim])
            self._paint_some(painter, frame, shown[is_claim], factor=frame.claim_scale)
        if selection:
            chosen = frame.thinned(frame.chosen(selection) & frame.is_symbol)
            self._paint_some(painter, frame, chosen, selected=True)

    def _paint_some(
        self,
        painter: QPainter,
        frame: SiteFrame,
        shown: NDArray[np.intp],
        *,
        selected: bool = False,
        factor: float = 1.0,
    ) -> None:
        """Paint the symbols at these positions of a frame, in this order, `factor` times as large as the frame says."""
        which, px, py = frame.index.shown_symbol[frame.rows[shown]], frame.px[shown], frame.py[shown]
        symbols, compact, scale = frame.index.symbols, frame.compact, frame.scale * frame.symbol_scale * factor
        self._symbols.paint(painter, symbols, which, px, py, scale, selected=selected, compact=compact)


def _worth_keeping(view: View) -> float:
    """Number of lines and areas that take as long to paint as it takes to lay a picture of them upon the map."""
    return max(_SHAPES_A_MEGAPIXEL * view.width * view.height / 1e6, _LEAST_SHAPES)


def _fill(painter: QPainter, frame: SiteFrame, outline: Outline, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for part in outline.shown(frame.view.grid.resolution).parts:
        if part.is_polygon:
            for rings in polygon_in_view(part.rings, frame.view):
                painter.drawPath(path_of(rings))


def _paint_signs_in(painter: QPainter, frame: SiteFrame, areas: Sequence[int]) -> bool:
    """Paint the signs in the circles of loosely known places."""
    for position in areas:
        row = frame.rows[position]
        color = outline_of(frame.index.sites[frame.index.uuids[row]])
        at = float(frame.px[position]), float(frame.py[position])
        paint_faint_sign(painter, frame.index.symbols[frame.index.symbol[row]], *at, frame.scale, color)
    return True


def _nothing(painter: QPainter) -> bool:
    """Paint nothing: a step that only computes something."""
    return True


def _alike(frame: SiteFrame, shapes: list[ShapeInView], *, selected: bool) -> Iterator[PartStep]:
    """Paint lines of one symbol together: no casing covers a line where they meet, and pens change less often."""
    alike: dict[tuple[LineSymbol, bool], list[Outline]] = {}
    for shape in shapes:
        is_cut = is_on_both_sides(shape.outline.bounds, frame.view.grid.crs)
        alike.setdefault((line_symbol(shape.site), is_cut), []).append(shape.outline)
    for (symbol, _), outlines in alike.items():
        yield partial(_paint_lines, frame=frame, outlines=outlines, symbol=symbol, selected=selected)


def _paint_lines(
    painter: QPainter, frame: SiteFrame, outlines: list[Outline], symbol: LineSymbol, selected: bool
) -> bool:
    paint_outlines(painter, frame.view, outlines, symbol, selected)
    return True


def _paint_heads(painter: QPainter, frame: SiteFrame, shapes: list[ShapeInView], selection: frozenset[str]) -> bool:
    """Paint heads of arrows, those of one symbol together."""
    heads: dict[tuple[LineSymbol, bool], list[tuple[Floats, Floats]]] = {}
    for shape in shapes:
        tips, tails = shape.mark.tips(frame.view.grid.crs) if shape.mark is not None else _NO_HEADS
        if len(tips):
            key = line_symbol(shape.site), shape.uuid in selection
            tips_and_tails = zip(to_pixels(frame.view, tips), to_pixels(frame.view, tails), strict=True)
            heads.setdefault(key, []).extend(tips_and_tails)
    for (symbol, selected), ends in sorted(heads.items(), key=lambda head: head[0][1]):
        paint_arrow_heads(painter, ends, symbol, frame.scale, selected=selected)
    return True


def _paint_ticks(
    painter: QPainter,
    frame: SiteFrame,
    shapes: list[ShapeInView],
    selection: frozenset[str],
    *,
    is_above: bool = False,
) -> bool:
    """Paint short bars across the ends of dimension lines, those of one symbol together.

    Below the lines they have casings, above them none, so that neither cuts the other.
    """
    bars: dict[tuple[LineSymbol, bool], list[Floats]] = {}
    for shape in shapes:
        ends, beside = shape.mark.ticks(frame.view.grid.crs) if shape.mark is not None else _NO_HEADS
        for end, next_to in zip(to_pixels(frame.view, ends), to_pixels(frame.view, beside), strict=True):
            way, length = next_to - end, float(np.hypot(*(next_to - end)))
            if isfinite(length) and length > 0:
                half = np.array([-way[1], way[0]]) / length * TICK_PX * frame.scale
                bars.setdefault((line_symbol(shape.site), shape.uuid in selection), []).append(
                    np.array([end - half, end + half])
                )
    for (symbol, selected), ticks in bars.items():
        if is_above:
            symbol, selected = replace(symbol, casing=symbol.color, casing_width=0.0), False
        paint_lines(painter, frame.view, ticks, symbol, selected)
    return True


def _paint_outline(painter: QPainter, frame: SiteFrame, outline: Outline, symbol: LineSymbol, selected: bool) -> None:
    paint_outlines(painter, frame.view, [outline], symbol, selected)


def paint_outlines(painter: QPainter, view: View, outlines: list[Outline], symbol: LineSymbol, selected: bool) -> None:
    """Paint outlines. Lines that are cut at the antimeridian continue over it as if they were not.

    Either all outlines of a call are cut there, or none.
    """
    if not is_vector_device(painter):
        outlines = [_without_dots(painter, view, outline, symbol, selected) for outline in outlines]
    crs = view.grid.crs
    is_cut = is_on_both_sides(outlines[0].bounds, crs) and can_clip(painter)
    lines: list[Floats] = []
    for outline in outlines:
        parts = outline.shown(view.grid.resolution).parts
        lines += without_seams([ring for part in parts for ring in part.rings], outline.bounds, crs)
    if is_cut:
        painter.save()
        clip_to_world(painter, view)
        lines = running_on(lines, crs, _MARGIN_PX * view.grid.resolution)
    paint_lines(painter, view, [to_pixels(view, line) for line in lines], symbol, selected)
    if is_cut:
        painter.restore()


def _without_dots(painter: QPainter, view: View, outline: Outline, symbol: LineSymbol, selected: bool) -> Outline:
    """Paint the small ones of very many parts as dots, all in one go, and return the other parts."""
    rest, middles = outline.dots(view.grid.resolution)
    if not len(middles):
        return outline
    picture = np.zeros((view.height, view.width), np.uint32)
    x, y = to_pixels(view, middles).T
    for color, width in _passes(symbol, selected):
        strokes = Strokes(view.width, view.height, width * view.ratio)
        strokes.add_dots(x, y)
        tint(picture, strokes.cover(), color.rgba())
    image = QImage(picture.data, view.width, view.height, view.width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(0, 0, image)
    return rest


def clip_to_world(painter: QPainter, view: View) -> None:
    """Clip the painter to the map's edges; world copies beyond them are painted in their turn."""
    left, bottom, right, top = world_bounds(view.grid.crs)
    corners = to_pixels(view, np.array([(left, bottom), (left, top), (right, top), (right, bottom)]))
    x = corners[:, 0]
    if abs(x[0] - x[1]) < 1e-6:
        edges = [round(edge) for edge in (x.min(), x.max())]
        painter.setClipRect(edges[0], -1, edges[1] - edges[0], view.height + 2, Qt.ClipOperation.IntersectClip)
    else:
        painter.setClipPath(path_of([corners]), Qt.ClipOperation.IntersectClip)


def _passes(symbol: LineSymbol, selected: bool) -> list[tuple[QColor, float]]:
    """Colours and widths of the strokes of a line, the lowest first, the line itself last."""
    passes = [(_with_alpha(symbol.casing, 185), symbol.width + 2 * symbol.casing_width)]
    if selected:
        passes = [
            (_with_alpha(HALO_COLOR, 120), symbol.width + 9.0),
            (QColor(SELECTED_COLOR), symbol.width + 6.0),
            *passes,
        ]
    if symbol.ground:
        passes.append((QColor(symbol.ground), symbol.width))
    return [*passes, (QColor(symbol.color), symbol.width)]


def _with_alpha(color: str, alpha: int) -> QColor:
    translucent = QColor(color)
    translucent.setAlpha(alpha)
    return translucent


def paint_lines(painter: QPainter, view: View, lines: list[Floats], symbol: LineSymbol, selected: bool) -> None:
    """Paint lines in picture pixels: glow of the selected, casing, ground and dashes, each over all runs."""
    scale = view.ratio
    runs = [run for line in lines for run in runs_in_view(line, view, _MARGIN_PX * scale)]
    if not runs:
        return
    passes = _passes(symbol, selected)
    pen_px = sum(width for _, width in passes) * scale
    strokes, is_scribble = strokes_of([(run.points, run.start_px) for run in runs], view.width, view.height, pen_px)
    shapes = [(polygon_of(points), start_px) for points, start_px in strokes]
    pens = [round_pen(color, width * scale) for color, width in passes]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in pens:
        dashed = pen is pens[-1] and bool(symbol.dash) and not is_scribble
        if dashed:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([length / symbol.width for length in symbol.dash])
        painter.setPen(pen)
        for polygon, start_px in shapes:
            if dashed and start_px:
                pen.setDashOffset((start_px / scale) % sum(symbol.dash) / symbol.width)
                painter.setPen(pen)
            painter.drawPolyline(polygon)
            if dashed and start_px:
                pen.setDashOffset(0.0)
                painter.setPen(pen)
