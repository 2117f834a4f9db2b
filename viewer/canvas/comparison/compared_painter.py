"""Paints a comparison: its frames put together in one picture, with the words of each and the bars between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from layers.document.comparison import ComparisonSpec
from layers.grid.tile_grid import View
from viewer.canvas.comparison.compared_sides import ComparedSides
from viewer.canvas.comparison.side_words import SideWords, paint_caption, paint_sentence, paint_side_words
from viewer.canvas.comparison.sides import Sides
from viewer.canvas.scene import MapScene
from viewer.rendering.images import unpainted
from viewer.rendering.vector.qt_shapes import is_vector_device
from viewer.support.jobs import Jobs
from viewer.support.language.translation import translate
from viewer.support.painting import painting

type PictureKey = tuple[View, frozenset[str], bool]
"""View, selection, and whether the view rests."""

GRIP_PART = 0.25
"""Place of the grip on its bar, as a part of its length: in the middle it would cover what the map was brought to."""


class _Kept(Struct, eq=False):
    """The picture of a frame as it was last painted."""

    image: QImage
    key: PictureKey | None = None
    is_stale: bool = True


class ComparedPainter:
    """Puts the frames of a comparison together in one picture.

    On the screen it keeps a picture of each frame: while a bar moves, or two frames blink, none of them is painted.
    """

    def __init__(
        self,
        sides: ComparedSides,
        frames: Callable[[], list[MapScene]],
        is_complete: Callable[[View], bool],
        jobs: Jobs,
        recomposed: Callable[[], None],
    ) -> None:
        """`recomposed` is called when a picture is ready that the last painting lacked."""
        self._sides, self._frames, self._is_complete = sides, frames, is_complete
        self._jobs, self._recomposed = jobs, recomposed
        self._kept: list[_Kept] = []
        self._difference: tuple[View, QImage] | None = None
        self._differing: View | None = None
        """The view for which a job is computing a difference."""

    def begin(self, count: int) -> None:
        """Begin with other frames; `count` is their number."""
        self._kept = [_Kept(QImage()) for _ in range(count)]
        self._difference = None

    def outdate(self, part: slice) -> None:
        """Drop the pictures of some frames, as they have changed."""
        for kept in self._kept[part]:
            kept.is_stale = True
        self.forget_difference()

    def forget_difference(self) -> None:
        """Drop the picture of the difference."""
        self._difference = None

    def give_back(self) -> None:
        """Free the pictures of the frames, as memory ran short."""
        for kept in self._kept:
            kept.image, kept.key = QImage(), None

    def paint(
        self, painter: QPainter, sides: Sides, key: PictureKey, words: Sequence[SideWords], *, in_haste: bool
    ) -> None:
        """Paint a picture. It always bears the dates of its sides, on paper as on the screen."""
        is_complete = partial(self._is_complete, key[0])
        frames = _FramePainter(self._frames(), self._kept, key, is_complete, in_haste=in_haste)
        self._paint_sides(painter, sides, frames, words)

    def _paint_sides(self, painter: QPainter, sides: Sides, frames: _FramePainter, words: Sequence[SideWords]) -> None:
        mode, ratio = sides.spec.mode, frames.view.ratio
        if self._sides.is_held or mode == "blink":
            frames.paint(painter, self._sides.phase)
            frames.make_ready()
            self._sides.word_boxes = paint_caption(painter, sides, [words[self._sides.phase]], ratio)
        elif mode == "fade":
            self._paint_fade(painter, sides, frames, words)
        elif mode == "difference":
            self._paint_difference(painter, sides, frames, words)
        else:
            shown = range(2) if mode == "spyglass" else range(len(words))
            for at in shown:
                painter.save()
                painter.setClipPath(sides.path(at), Qt.ClipOperation.IntersectClip)
                frames.paint(painter, at)
                painter.restore()
            self._sides.word_boxes = paint_side_words(painter, sides, words, ratio)
            paint_bars(painter, sides, ratio)

    def _paint_fade(self, painter: QPainter, sides: Sides, frames: _FramePainter, words: Sequence[SideWords]) -> None:
        place = sides.spec.position * (len(words) - 1)
        below, share = math.floor(place), place - math.floor(place)
        frames.paint(painter, below)
        if share:
            painter.save()
            painter.setOpacity(share)
            frames.paint(painter, below + 1, as_picture=True)
            painter.restore()
        seen = [(below, 1 - share), *([(below + 1, share)] if share else [])]
        shares = [part for _, part in seen]
        shown_words = [words[at] for at, _ in seen]
        self._sides.word_boxes = paint_caption(painter, sides, shown_words, frames.view.ratio, shares)

    def _paint_difference(
        self, painter: QPainter, sides: Sides, frames: _FramePainter, words: Sequence[SideWords]
    ) -> None:
        """Paint the second frame minus the first.

        Where a difference means nothing, paint the second frame and the reason.
        """
        # For start-up time.
        from viewer.canvas.comparison.difference_picture import is_in_reflectance, why_no_difference

        ratio, why = frames.view.ratio, why_no_difference(sides.spec, self._frames())
        if why:
            frames.paint(painter, 1)
            self._sides.word_boxes = paint_caption(painter, sides, [words[1]], ratio)
            paint_sentence(painter, sides, translate("comparison", "No difference is shown"), why, ratio)
            return
        view = frames.view
        picture = self._difference_picture(view, frames.in_haste)
        if picture is None:
            frames.paint(painter, 1)
        else:
            painter.drawImage(0, 0, picture)
        frames.paint_marks(painter, 1)
        caption = SideWords(
            translate("comparison", "Difference of reflectance")
            if is_in_reflectance(sides.spec, self._frames())
            else translate("comparison", "Difference"),
            f"{words[1].letter} − {words[0].letter}: {words[1].when} − {words[0].when}",
            translate("comparison", "grey: no change; lighter: more in {0}; darker: less").format(words[1].letter),
            translate("comparison", "includes season, sun, angle, registration"),
        )
        self._sides.word_boxes = paint_caption(painter, sides, [caption], ratio)

    def _difference_picture(self, view: View, in_haste: bool) -> QImage | None:
        """Picture of the difference. On the screen None until a job has made it; `recomposed` is called then."""
        from viewer.canvas.comparison.difference_picture import difference_work  # for start-up time

        if self._difference is not None and self._difference[0] == view:
            return self._difference[1]
        spec = self._sides.spec
        assert spec is not None
        work = difference_work(spec, self._frames(), view)
        if not in_haste:
            return work()
        if self._differing != view and self._is_complete(view):
            self._differing = view
            self._jobs.run(lambda _: work(), partial(self._differed, view, spec), lambda _error: None)
        return None

    def _differed(self, view: View, spec: ComparisonSpec, picture: QImage) -> None:
        self._differing = None
        if self._sides.spec is not None and self._sides.spec.frames == spec.frames:
            self._difference = view, picture
            self._recomposed()


class _FramePainter:
    """Paints the frames of one picture; on the screen from the pictures that are kept of them."""

    def __init__(
        self,
        frames: Sequence[MapScene],
        kept: Sequence[_Kept],
        key: PictureKey,
        is_complete: Callable[[], bool],
        *,
        in_haste: bool,
    ) -> None:
        self._frames, self._kept, self._key = frames, kept, key
        self.view, self.in_haste = key[0], in_haste
        self._is_complete = is_complete

    def paint(self, painter: QPainter, at: int, *, as_picture: bool = False) -> None:
        """Paint frame `at`, from its kept picture where there is one.

        It is painted anew on paper, where lines and letters stay vectors, and while the map is dragged, unless
        `as_picture`.
        """
        is_still = self._key[2] or not self.in_haste
        if as_picture or (is_still and not is_vector_device(painter)):
            painter.drawImage(0, 0, self._picture(at))
        else:
            self._paint(painter, at)

    def make_ready(self) -> None:
        """Paint the pictures of all frames ahead on the screen, so that a change of frames has none to paint."""
        if self.in_haste and self._key[2] and self._is_complete():
            for at in range(len(self._frames)):
                self._picture(at)

    def paint_marks(self, painter: QPainter, at: int) -> None:
        """Paint all of a frame except its images."""
        view, selection, settled = self._key
        scene = self._frames[at]
        scene.stack.paint(painter, view, ("vector",))
        scene.paint_marks(painter, view, selection, settled, self.in_haste)

    def _picture(self, at: int) -> QImage:
        kept, view = self._kept[at], self.view
        if kept.is_stale or kept.key != self._key:
            if (kept.image.width(), kept.image.height()) != (view.width, view.height):
                kept.image = unpainted(view.width, view.height, opaque=True)
            kept.key, kept.is_stale = self._key, False
            with painting(kept.image) as painter:
                self._paint(painter, at)
        return kept.image

    def _paint(self, painter: QPainter, at: int) -> None:
        view, selection, settled = self._key
        scene = self._frames[at]
        painter.save()
        scene.paint_picture(painter, view, selection, settled, self.in_haste)
        painter.restore()


def paint_bars(painter: QPainter, sides: Sides, ratio: float) -> None:
    """Paint the bars of a swipe, with a grip on the one that moves, or the rim of a glass: light on dark."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(11, 20, 28, 190), 4.0), (QColor(255, 255, 255), 1.6)):
        painter.setPen(QPen(color, width * ratio))
        if sides.spec.mode == "spyglass":
            painter.drawEllipse(sides.glass)
            continue
        for bar in sides.bars:
            ends = (QPointF(0, bar), QPointF(sides.width, bar)) if sides.is_across else None
            painter.drawLine(*(ends or (QPointF(bar, 0), QPointF(bar, sides.height))))
    if sides.spec.mode != "spyglass":
        bar = sides.bars[0]
        along = GRIP_PART * (sides.width if sides.is_across else sides.height)
        place = QPointF(along, bar) if sides.is_across else QPointF(bar, along)
        _paint_grip(painter, place, sides.is_across, ratio)
    painter.restore()


def _paint_grip(painter: QPainter, place: QPointF, across: bool, r: float) -> None:
    """Paint a disc with two arrows in the directions in which the bar moves."""
    painter.translate(place)
    painter.rotate(90 if across else 0)
    painter.setPen(QPen(QColor(11, 20, 28, 190), 1.2 * r))
    painter.setBrush(QColor(255, 255, 255, 235))
    painter.drawEllipse(QPointF(0, 0), 11 * r, 11 * r)
    pen = QPen(QColor(11, 20, 28), 1.8 * r)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for way in (-1, 1):
        painter.drawPolyline([QPointF(way * 3 * r, -3.5 * r), QPointF(way * 6.5 * r, 0), QPointF(way * 3 * r, 3.5 * r)])
