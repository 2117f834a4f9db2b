"""The picture of very many marks, kept from frame to frame: only parts that come into view, or are edited, are painted.

A map moves by whole pixels, so that a picture moved along and one painted anew are the same. What takes long is painted
in several frames; meanwhile the picture before stands in.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.sites.footprints import Footprint, rects_of
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_index import SiteIndex
from viewer.support.painting import painting, part_of_picture

WITHIN_S, MOVING_S = 0.03, 0.005
"""Most seconds of painting in a frame, while the map rests and while it moves; the rest comes in the next frames."""
_MOST_JOINED = 1.1
"""Greatest growth of area at which two waiting parts are joined: what lies across them is then painted once."""
_EDGE_PX = 8
"""Width in pixels of the picture's edge, where Qt may clip shapes a little differently: once moved, it is repainted."""
_MOST_CHANGED = 40
"""Most sites that may be newly selected or deselected without painting the whole picture anew."""
_MOST_SCALED = 16.0
"""Largest ratio of scales at which one picture stands in for another."""

type PartStep = Callable[[QPainter], bool]
"""One step of a painting; it returns False where something was left out for now."""
type PictureSteps = Callable[[SiteFrame, frozenset[str]], Iterator[PartStep]]


class _Key(NamedTuple):
    """The inputs of the picture, apart from place, edits and selection."""

    index_id: int
    grid: TileGrid
    width: int
    height: int
    ratio: float


class _Part(Struct):
    """A part of the picture that is being painted."""

    view: View
    region: QRegion
    """Region of the part, in pixels of the picture."""
    steps: Iterator[PartStep]
    is_cleared: bool = False


class KeptPicture:
    """Holds the last picture, and the parts of it that are still to be painted."""

    def __init__(self, steps: PictureSteps) -> None:
        """`steps` have to paint each place of the ground alike, wherever the frame's edges are."""
        self._steps = steps
        self._picture = QImage()
        self._spare = QImage()
        """A picture of the same size into which the kept one is moved: new memory for each frame takes longer than
        painting.
        """
        self._key: _Key | None = None
        self._index: SiteIndex | None = None
        """Kept, so that no other index gets its identity."""
        self._view: View | None = None
        self._revision = 0
        self._selection = frozenset[str]()
        self._parts: list[_Part] = []
        self._former: tuple[QImage, View] | None = None
        """The last whole picture, shown while another one is being painted."""

    def paint(
        self,
        painter: QPainter,
        frame: SiteFrame,
        selection: frozenset[str],
        *,
        moving: bool = False,
        at_once: bool = False,
    ) -> bool:
        """Paint the marks of a frame; `at_once`, all of them. False where something was left out for now."""
        view, index = frame.view, frame.index
        key = _Key(id(index), view.grid, view.width, view.height, view.ratio)
        if key != self._key or not self._goes_along(frame, selection):
            self._begin_anew(frame, selection)
        self._key, self._index, self._view = key, index, view
        self._revision, self._selection = index.revision, selection
        lacks = self._work(math.inf if at_once else MOVING_S if moving else WITHIN_S)
        if not self._parts:
            self._former = None
        self._show(painter, view)
        if lacks:
            self.forget()
        return not lacks and not self._parts

    @property
    def is_under_way(self) -> bool:
        """True while parts of the picture are still to be painted."""
        return bool(self._parts)

    def forget(self) -> None:
        """Drop the picture."""
        if not self._picture.isNull():
            self._picture, self._spare, self._key, self._index, self._view = QImage(), QImage(), None, None, None
            self._parts, self._former = [], None

    def _begin_anew(self, frame: SiteFrame, selection: frozenset[str]) -> None:
        view = frame.view
        if not self._parts and self._view is not None and self._index is frame.index:
            self._former = self._picture, self._view
        elif self._index is not frame.index:
            self._former = None
        self._picture = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
        self._spare, self._parts = QImage(), []
        self._ask_for(frame, selection, QRect(0, 0, view.width, view.height))

    def _goes_along(self, frame: SiteFrame, selection: frozenset[str]) -> bool:
        """Move the kept picture along with the frame; False where it has to be painted anew."""
        assert self._view is not None
        view = frame.view
        dx, dy = self._view.left - view.left, self._view.top - view.top
        if abs(dx) >= view.width or abs(dy) >= view.height:
            return False
        outdated = self._outdated(frame, selection)
        if outdated is None or (outdated and self._parts):
            return False
        if dx or dy:
            self._shift(view, dx, dy)
        width, height = min(abs(dx) + _EDGE_PX, view.width), min(abs(dy) + _EDGE_PX, view.height)
        if dx:
            outdated.append(QRect(0 if dx > 0 else view.width - width, 0, width, view.height))
        if dy:
            outdated.append(QRect(0, 0 if dy > 0 else view.height - height, view.width, height))
        for rect in outdated:
            self._ask_for(frame, selection, rect)
        return True

    def _outdated(self, frame: SiteFrame, selection: frozenset[str]) -> list[QRect] | None:
        """Boxes of what has changed since the last frame; None where that is too much to list."""
        index = frame.index
        chosen = frozenset[str]() if selection is self._selection else selection ^ self._selection
        changed: list[Footprint] | None = index.touched_since(self._revision)
        if changed is None or len(chosen) > _MOST_CHANGED:
            return None
        rects = rects_of([*changed, *(index.footprint(uuid) for uuid in chosen)], frame.view)
        return None if rects is None else _apart(rects, frame.view)

    def _shift(self, view: View, dx: int, dy: int) -> None:
        before, picture = self._picture, QRect(0, 0, view.width, view.height)
        fits = self._spare.size() == before.size()
        self._picture = self._spare if fits else QImage(before.size(), before.format())
        self._spare = before
        with painting(self._picture) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(dx, dy, before)
        for part in self._parts:
            part.region = part.region.translated(dx, dy).intersected(picture)

    def _ask_for(self, frame: SiteFrame, selection: frozenset[str], rect: QRect) -> None:
        view, rect = frame.view, self._with_waiting(rect)
        piece = View(view.grid, view.left + rect.x(), view.top + rect.y(), rect.width(), rect.height(), view.ratio)
        here = frame if piece == view else frame.part(piece)
        for part in self._parts:
            part.region = part.region.subtracted(rect)
        self._parts = [part for part in self._parts if not part.region.isEmpty()]
        self._parts.append(_Part(piece, QRegion(rect), self._steps(here, selection)))

    def _with_waiting(self, rect: QRect) -> QRect:
        """Join a box with the waiting parts beside it, which are dropped; parts that are begun stay."""
        for part in [part for part in self._parts if not part.is_cleared]:
            other = part.region.boundingRect()
            joined = rect.united(other)
            if _area(joined) <= _MOST_JOINED * (_area(rect) + _area(other)):
                self._parts.remove(part)
                rect = joined
        return rect

    def _work(self, within_s: float) -> bool:
        """Paint for at most `within_s` seconds; True where something was left out although its turn came."""
        end, lacks = time.perf_counter() + within_s, False
        if not self._parts:
            return False
        assert self._view is not None
        with painting(self._picture) as painter:
            while self._parts:
                part, is_done = self._parts[0], False
                with part_of_picture(painter):
                    painter.setClipRegion(part.region)
                    if not part.is_cleared:
                        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                        painter.fillRect(part.region.boundingRect(), Qt.GlobalColor.transparent)
                        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                        part.is_cleared = True
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                    painter.translate(part.view.left - self._view.left, part.view.top - self._view.top)
                    for step in part.steps:
                        lacks |= not step(painter)
                        if time.perf_counter() > end:
                            break
                    else:
                        is_done = True
                if not is_done:
                    break
                del self._parts[0]
        return lacks

    def _show(self, painter: QPainter, view: View) -> None:
        between = _between(self._former[1], view) if self._former is not None else None
        if self._former is None or between is None:
            painter.drawImage(0, 0, self._picture)
            return
        image = self._former[0]
        whole = QRegion(0, 0, view.width, view.height)
        with part_of_picture(painter):
            around = whole.subtracted(QRegion(between.mapToPolygon(image.rect())))
            painter.setClipRegion(around, Qt.ClipOperation.IntersectClip)
            painter.drawImage(0, 0, self._picture)
        with part_of_picture(painter):
            painter.setTransform(between, True)
            painter.drawImage(0, 0, image)


def _apart(rects: list[QRect], view: View) -> list[QRect] | None:
    """Rectangles made free of overlaps; None where together they are most of the picture."""
    apart: list[QRect] = []
    for rect in rects:
        joined, rest = rect, apart
        while touching := [other for other in rest if other.intersects(joined)]:
            rest = [other for other in rest if not other.intersects(joined)]
            for other in touching:
                joined = joined.united(other)
        apart = [*rest, joined]
    area = sum(map(_area, apart))
    return apart if 2 * area < view.width * view.height else None


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()


def _between(before: View, now: View) -> QTransform | None:
    """Transform from the pixels of one view to those of another; None where the one cannot stand in for the other."""
    if before.grid.crs != now.grid.crs:
        return None
    scale = before.grid.resolution / now.grid.resolution
    if not 1 / _MOST_SCALED <= scale <= _MOST_SCALED:
        return None
    (x0, y0), (x1, y1), (x2, y2) = (
        now.to_pixel(*before.to_world(x, y)) for x, y in ((0, 0), (before.width, 0), (0, before.height))
    )
    if max(map(abs, (x0, y0, x1, y1, x2, y2))) > 1e5:
        return None
    across, down = before.width, before.height
    return QTransform((x1 - x0) / across, (y1 - y0) / across, (x2 - x0) / down, (y2 - y0) / down, x0, y0)
