"""Which labels the sites in a frame ask for, and their letters on the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from layers.document.site import Site
from layers.grid.tile_grid import View
from viewer.canvas.fonts import letters_path, map_font
from viewer.canvas.labels import Box, LabelLayout, LabelWish, PlacedLabel, Rank, mark_boxes
from viewer.canvas.qt_shapes import is_vector_device
from viewer.canvas.site_frame import ShapeInView, SiteFrame
from viewer.canvas.site_look import HALO_COLOR, SELECTED_COLOR
from viewer.canvas.site_shapes import Floats, runs_in_view, to_pixels

MOST_WISHES = 240
"""More labels than this never fit a picture; the rest is not measured."""
_SIZE_PX = {Rank.SELECTED: 13.0, Rank.CLAIM: 13.0, Rank.SETTING: 12.0, Rank.LINE: 11.5}
_COLORS = {Rank.SELECTED: SELECTED_COLOR, Rank.CLAIM: "#ffd9c7", Rank.SETTING: "#ffffff", Rank.LINE: "#e3edf3"}
_HALO_PX = 3.4
_PAD_PX = 3.0
_WRAP_AFTER = 26
_MOST_SPRITES = 2000


class SiteLabels:
    """Measures, places and paints the labels of frames; keeps measures and letter pictures."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, Rank, float], tuple[float, float]] = {}
        self._sprites: dict[tuple[str, Rank, int, float], QImage] = {}

    def layout(self, frame: SiteFrame, selection: frozenset[str] = frozenset(), language: str = "") -> LabelLayout:
        """The labels of a frame: a function of frame, selection and language alone."""
        view, radius = frame.view, frame.symbol_radius_px
        marks = _furniture(view)
        if not frame.compact:
            shown = np.flatnonzero(~frame.is_area)
            places = zip(frame.px[shown].tolist(), frame.py[shown].tolist(), strict=True)
            marks += [box for px, py in places for box in mark_boxes(px, py, radius)]
        edge = 2.0 * frame.scale
        room = Box(edge, edge, view.width - edge, view.height - edge)
        return LabelLayout.of(room, self._wishes(frame, selection, language), marks)

    def paint(self, painter: QPainter, labels: Sequence[PlacedLabel], scale: float) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        as_text = is_vector_device(painter)
        for label in reversed(labels):
            if as_text:
                _paint_letters(painter, label, scale, QPointF(label.box.left, label.box.top), as_text=True)
            else:
                painter.drawImage(QPointF(round(label.box.left), round(label.box.top)), self._sprite(label, scale))
        painter.restore()

    def _wishes(self, frame: SiteFrame, selection: frozenset[str], language: str) -> list[LabelWish]:
        found: list[tuple[Rank, Site, tuple[tuple[float, float, float], ...]]] = []
        radius = frame.symbol_radius_px
        for i in _label_order(frame, selection)[: MOST_WISHES * 2]:
            site = frame.index.sites[frame.index.uuids[frame.rows[i]]]
            clearance = _sign_clearance(frame) if frame.is_area[i] else radius
            found.append((_rank(site, selection), site, ((float(frame.px[i]), float(frame.py[i]), clearance),)))
        for shape in frame.shapes[:MOST_WISHES]:
            anchors = tuple(_shape_anchors(shape, frame))
            if anchors:
                found.append((_rank(shape.site, selection), shape.site, anchors))
        found.sort(key=lambda wish: wish[0])
        wishes: list[LabelWish] = []
        named: set[str] = set()
        for rank, site, anchors in found:
            text = wrapped(label_text(site, language))
            if text and site.uuid not in named and len(wishes) < MOST_WISHES:
                named.add(site.uuid)
                wishes.append(LabelWish(site.uuid, text, rank, *self._size(text, rank, frame.scale), anchors))
        return wishes

    def _size(self, text: str, rank: Rank, scale: float) -> tuple[float, float]:
        key = text, rank, scale
        if key not in self._sizes:
            if len(self._sizes) > 20_000:
                self._sizes.clear()
            metrics = QFontMetricsF(_font(rank, scale))
            lines = text.split("\n")
            width = max(metrics.horizontalAdvance(line) for line in lines)
            pad = _PAD_PX * scale
            self._sizes[key] = math.ceil(width + 2 * pad), math.ceil(metrics.height() * len(lines) + pad)
        return self._sizes[key]

    def _sprite(self, label: PlacedLabel, scale: float) -> QImage:
        key = label.text, label.rank, label.side, scale
        sprite = self._sprites.get(key)
        if sprite is None:
            if len(self._sprites) > _MOST_SPRITES:
                self._sprites.clear()
            width, height = self._size(label.text, label.rank, scale)
            sprite = QImage(int(width), int(height), QImage.Format.Format_ARGB32_Premultiplied)
            sprite.fill(Qt.GlobalColor.transparent)
            painter = QPainter(sprite)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_letters(painter, label, scale, QPointF(0, 0), as_text=False)
            painter.end()
            self._sprites[key] = sprite
        return sprite


def label_text(site: Site, language: str = "") -> str:
    """The site's name in `language` where it has one, else its label, in one line."""
    names = dict(site.aliases)
    return " ".join((names.get(language) or site.label).split())


def wrapped(text: str) -> str:
    """Long names in two or three lines, the longest of them as short as can be."""
    words = text.split(" ")
    count = min(3, math.ceil(len(text) / _WRAP_AFTER), len(words))
    if len(text) <= _WRAP_AFTER or count < 2 or len(words) > 24:
        return text
    ways = []
    for cuts in combinations(range(1, len(words)), count - 1):
        lines = [" ".join(words[i:j]) for i, j in pairwise((0, *cuts, len(words)))]
        ways.append((max(map(len, lines)), lines))
    return "\n".join(min(ways)[1])


def _font(rank: Rank, scale: float) -> QFont:
    return map_font(_SIZE_PX[rank] * scale, bold=rank in (Rank.SELECTED, Rank.CLAIM), italic=rank is Rank.LINE)


def _paint_letters(painter: QPainter, label: PlacedLabel, scale: float, at: QPointF, *, as_text: bool) -> None:
    """Letters on a dark halo. Onto PDF and SVG the halo is an outline and the letters are text."""
    font, lines, rank = _font(label.rank, scale), label.text.split("\n"), label.rank
    metrics = QFontMetricsF(font)
    outline, places = QPainterPath(), []
    pad, widths = _PAD_PX * scale, [metrics.horizontalAdvance(line) for line in lines]
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        indent = (max(widths) - width) * {1: 0.0, 0: 0.5, -1: 1.0}[label.side]
        place = QPointF(at.x() + pad + indent, at.y() + pad / 2 + metrics.ascent() + number * metrics.height())
        places.append((place, line))
        outline.addPath(letters_path(place, font, line))
    halo = QColor(HALO_COLOR)
    halo.setAlpha(225)
    pen = QPen(halo, _HALO_PX * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(outline, pen)
    if not as_text:
        painter.fillPath(outline, QColor(_COLORS[rank]))
        return
    painter.setFont(font)
    painter.setPen(QColor(_COLORS[rank]))
    for place, line in places:
        painter.drawText(place, line)


def _label_order(frame: SiteFrame, selection: frozenset[str]) -> list[int]:
    """Positions in the frame, the most important first: the selected, then claims (painted last), then the setting."""
    order = list(range(len(frame.rows)))[::-1] if len(frame.rows) <= 20_000 else []
    rank = [frame.index.looks[frame.index.look[row]].role != "named in a claim" for row in frame.rows[order].tolist()]
    chosen = {row for uuid in selection for row in frame.index.rows_of(uuid)}
    keyed = sorted(
        zip(order, rank, strict=True), key=lambda item: (frame.rows[item[0]] not in chosen, item[1], item[0])
    )
    return [i for i, _ in keyed]


def _rank(site: Site, selection: frozenset[str]) -> Rank:
    if site.uuid in selection:
        return Rank.SELECTED
    if site.role == "named in a claim":
        return Rank.CLAIM
    return Rank.LINE if site.kind == "line" else Rank.SETTING


def _furniture(view: View) -> list[Box]:
    """Where scale bar, credits and north arrow stand on a map: labels keep out, on screen and in products alike."""
    r, width, height = view.ratio, view.width, view.height
    return [
        Box(0, height - 56 * r, 240 * r, height),
        Box(width * 0.5, height - 22 * r, width, height),
        Box(width - 66 * r, 0, width, 66 * r),
    ]


def _sign_clearance(frame: SiteFrame) -> float:
    return 11.0 * frame.scale


def _shape_anchors(shape: ShapeInView, frame: SiteFrame) -> Iterator[tuple[float, float, float]]:
    """Along the longest stretch of a line in view; in the middle of a polygon, else along its outline."""
    view = frame.view
    if shape.site.kind == "polygon":
        bounds = shape.outline.bounds
        if bounds is not None:
            px, py = view.to_pixel(*bounds.centre)
            yield px, py, 0.0
    rings = [to_pixels(view, ring) for part in shape.outline.parts for ring in part.rings]
    runs = [run.points for ring in rings for run in runs_in_view(ring, view, 0.0)]
    if not runs:
        return
    longest = max(runs, key=_length_px)
    if _length_px(longest) < 40.0 * frame.scale:
        return
    for share in (0.5, 0.35, 0.65, 0.2, 0.8):
        x, y = _point_along(longest, share)
        yield x, y, 6.0 * frame.scale


def _length_px(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _point_along(points: Floats, share: float) -> tuple[float, float]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = along[-1] * share
    return float(np.interp(at, along, points[:, 0])), float(np.interp(at, along, points[:, 1]))
