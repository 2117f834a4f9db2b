"""The scene of a window: the map, or a comparison of several maps of one document in its place."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import override

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from layers.document.comparison import ComparisonSpec, frame_rows
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.grid.tile_grid import View
from viewer.canvas.comparison.frame_scene import frame_scene, show_frame
from viewer.canvas.comparison.side_words import (
    SideWords,
    images_of,
    paint_caption,
    paint_sentence,
    paint_side_words,
    words_of,
)
from viewer.canvas.comparison.sides import Sides
from viewer.canvas.comparison.stretches import stretch_notes
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.pointer import Handle
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.site_index import SiteIndex
from viewer.rendering.context import RenderContext
from viewer.rendering.images import unpainted
from viewer.rendering.layers.drawings import drawing_for
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.vector.qt_shapes import is_vector_device
from viewer.support.going_on import going_on
from viewer.support.language.translation import translate
from viewer.support.painting import painting, part_of_picture

type PictureKey = tuple[View, frozenset[str], bool]


class _Kept(Struct, eq=False):
    """The picture of a frame as it was last painted."""

    image: QImage
    key: PictureKey | None = None
    is_stale: bool = True


class ComparedScene(MapScene):
    """Shows a map as any scene does; with `compare`, frames of it against each other.

    The first frame is this scene itself, the others are scenes beside it. While a bar moves, or two pictures blink, the
    frames' pictures are put together anew, and nothing is read, styled or painted again.
    """

    compared = Signal()
    """Emitted when another comparison is shown, or none any more."""
    bar_moved = Signal()
    """Emitted while the bar or the glass is dragged: `spec` holds its position."""
    bar_let_go = Signal()

    def __init__(
        self,
        document: Document,
        context: RenderContext,
        base_folder: Path | None = None,
        *,
        make_drawing: DrawingFactory = drawing_for,
        frozen: Mapping[str, str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        self._spec: ComparisonSpec | None = None
        self._others: list[MapScene] = []
        self._kept: list[_Kept] = []
        self._difference: tuple[View, QImage] | None = None
        self._differing: View | None = None
        """The view for which a job is computing a difference."""
        self._words: list[SideWords] | None = None
        """The words of each frame, kept until a frame changes; None where they have to be made again."""
        self._phase, self._held = 0, -1
        self.glass_follows = False
        """True while the spyglass follows the pointer without being dragged."""
        self._is_relaying = False
        super().__init__(document, context, base_folder, make_drawing=make_drawing, frozen=frozen, parent=parent)
        self._make_drawing = make_drawing
        for signal in (self.updated, self.edited, self.unfinished):
            signal.connect(self._own_outdated)

    # -- which comparison ---------------------------------------------------------------------------------------

    @property
    def spec(self) -> ComparisonSpec | None:
        """The comparison that is shown; None for the map."""
        return self._spec

    @property
    @override
    def frames(self) -> list[MapScene]:
        """The scenes of the frames, first of all this one. In linked panes the canvas paints each by itself."""
        return [self, *self._others] if self._spec is not None else [self]

    @property
    def is_in_panes(self) -> bool:
        """True while the frames stand side by side, each in a pane of the canvas."""
        return self._spec is not None and self._spec.mode == "panes"

    @property
    def _painted_here(self) -> list[MapScene]:
        """The scenes of the other frames, where this one puts its pictures together with theirs."""
        return [] if self.is_in_panes else self._others

    def words(self) -> list[SideWords]:
        """The words that are burned into each frame: date, kind, name, stretch."""
        if self._words is None:
            spec, frames = self._spec, self.frames
            self._words = [] if spec is None else words_of(spec, frames, stretch_notes(spec, frames))
        return self._words

    def compare(self, spec: ComparisonSpec | None) -> None:
        """Show a comparison, or the map again."""
        was, self._spec = self._spec, spec
        if spec == was:
            return
        self._words = None
        if spec is not None and was is not None and spec.frames == was.frames and "panes" not in (spec.mode, was.mode):
            self._difference = None if spec.mode != was.mode else self._difference
            self.compared.emit()
            self.recomposed.emit()
            return
        self._phase, self._held = 0, -1
        self._follow(spec)
        self.compared.emit()
        self.updated.emit()

    def _follow(self, spec: ComparisonSpec | None) -> None:
        """Create, update and drop scenes so that there is one for each frame."""
        wanted = 0 if spec is None else len(spec.frames) - 1
        while len(self._others) > wanted:
            self._drop_frame()
        self._kept = [_Kept(QImage()) for _ in range(wanted + 1)]
        self._difference = None
        self.arrange(list if spec is None else partial(frame_rows, spec, 0))
        self.show_solid_on(None if spec is None else spec.frames[0].layers)
        for at, scene in enumerate(self._others, 1):
            assert spec is not None
            show_frame(scene, spec, at)
        while spec is not None and len(self._others) < wanted:
            self._add_frame(spec, len(self._others) + 1)
        self._words = None

    def _add_frame(self, spec: ComparisonSpec, at: int) -> None:
        folder, make = self.stack.base_folder, self._make_drawing
        scene = frame_scene(self.document, self.context, folder, spec, at, make_drawing=make, beside=self, parent=self)
        scene.label_language = self.label_language
        self._others.append(scene)
        scene.updated.connect(self._other_updated)
        scene.edited.connect(self._other_edited)
        scene.unfinished.connect(self._other_unfinished)
        if self._view is not None:
            scene.set_view(self._view)

    def _drop_frame(self) -> None:
        scene = self._others.pop()
        scene.updated.disconnect(self._other_updated)
        scene.edited.disconnect(self._other_edited)
        scene.unfinished.disconnect(self._other_unfinished)
        scene.close()
        scene.deleteLater()

    def _other_updated(self) -> None:
        self._relay(self.updated)

    def _other_edited(self) -> None:
        self._relay(self.edited)

    def _other_unfinished(self) -> None:
        self._relay(self.unfinished)

    def _relay(self, signal: SignalInstance) -> None:
        """Pass on that the picture of another frame has changed; a pane repaints by itself."""
        self._words = None
        if self.is_in_panes:
            return
        for kept in self._kept[1:]:
            kept.is_stale = True
        self._difference = None
        self._is_relaying = True
        try:
            signal.emit()
        finally:
            self._is_relaying = False

    def _own_outdated(self) -> None:
        self._words = None
        if self._kept and not self._is_relaying:
            self._kept[0].is_stale = True
            self._difference = None

    @override
    def set_document(self, document: Document, base_folder: Path | None = None, index: SiteIndex | None = None) -> None:
        self.compare(None)
        super().set_document(document, base_folder, index)

    @override
    def close(self) -> None:
        while self._others:
            self._drop_frame()
        super().close()

    def kept(self, at: int) -> _Kept:
        return self._kept[at]

    # -- which part ---------------------------------------------------------------------------------------------

    @property
    def phase(self) -> int:
        """Number of the frame that is shown, in modes that show one at a time."""
        return self._held if self._held >= 0 else self._phase

    def show_phase(self, at: int) -> None:
        """Blink to another frame."""
        if self._spec is not None and at != self._phase:
            self._phase = at % len(self._spec.frames)
            self.recomposed.emit()

    def hold(self, at: int) -> None:
        """Show frame `at` alone, whatever the mode; a number below 0 ends that."""
        if self._spec is not None and at != self._held:
            self._held = min(at, len(self._spec.frames) - 1)
            self.recomposed.emit()

    @property
    def is_held(self) -> bool:
        return self._held >= 0

    def sides(self, view: View) -> Sides | None:
        """The parts of a picture; None where one frame covers all of it."""
        return None if self._spec is None else Sides(self._spec, view.width, view.height)

    def move_bar(self, position: float, position_y: float) -> None:
        """Move the bar and emit `bar_moved`."""
        if self._spec is not None:
            moved = replace(self._spec, position=position, position_y=position_y)
            if moved != self._spec:
                self._spec = moved
                self.bar_moved.emit()
                self.recomposed.emit()

    @override
    def side_at(self, view: View, px: float, py: float) -> MapScene:
        if self._spec is None or self.is_in_panes:
            return self
        return self.frames[self.frame_at(view, px, py)]

    @override
    def seen_at(self, view: View, px: float, py: float) -> list[MapScene]:
        spec = self._spec
        if spec is None or spec.mode != "fade" or self._held >= 0:
            return super().seen_at(view, px, py)
        place = spec.position * (len(spec.frames) - 1)
        both = dict.fromkeys((round(place), math.floor(place), math.ceil(place)))
        return [self.frames[at] for at in both]

    def frame_at(self, view: View, px: float, py: float) -> int:
        """Number of the frame that is seen at a place of the picture."""
        sides = self.sides(view)
        if sides is None or self._held >= 0:
            return max(0, self._held)
        if sides.spec.mode == "fade":
            return round(sides.spec.position * (len(sides.spec.frames) - 1))
        if sides.spec.mode == "difference":
            return 1
        return sides.frame_at(px, py, self._phase if sides.spec.mode == "blink" else 0)

    @override
    def handle_at(self, view: View, px: float, py: float) -> Handle | None:
        sides = self.sides(view)
        if sides is None or self._held >= 0 or self._is_following:
            return None
        is_rim = sides.has_handle_at(px, py, view.ratio)
        return _Bar(self, sides, px, py, is_inner=not is_rim) if is_rim or sides.is_in_glass(px, py) else None

    @property
    def _is_following(self) -> bool:
        return self.glass_follows and self._spec is not None and self._spec.mode == "spyglass" and self._held < 0

    @override
    def follow_pointer(self, view: View, px: float, py: float) -> None:
        sides = self.sides(view)
        if sides is not None and self._is_following:
            self.move_bar(*sides.position_for(px, py, QPointF()))

    # -- all frames as one --------------------------------------------------------------------------------------

    @override
    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        super().set_view(view, cursor, resting)
        for scene in self._painted_here:
            scene.set_view(view, cursor, resting)

    @override
    def is_open(self) -> bool:
        return super().is_open() and all(scene.is_open() for scene in self._others)

    @override
    def is_complete(self, view: View) -> bool:
        if not (super().is_complete(view) and all(scene.is_complete(view) for scene in self._painted_here)):
            return False
        return self._spec is None or self._knows_dates(self._spec)

    def _knows_dates(self, spec: ComparisonSpec) -> bool:
        """True once the dates of all images that are compared are known, as they are burned in."""
        known = True
        for at, scene in enumerate(self.frames):
            for drawing in images_of(scene, spec, at):
                if isinstance(drawing, RasterDrawing) and drawing.info is not None:
                    drawing.ask_acquisition()
                    known &= drawing.source.acquisition is not None
        return known

    @override
    def waits_for(self, view: View | None = None) -> list[str]:
        late = [*super().waits_for(view), *(name for scene in self._painted_here for name in scene.waits_for(view))]
        return list(dict.fromkeys(late))

    @property
    @override
    def awaits_labels(self) -> bool:
        return super().awaits_labels or any(scene.awaits_labels for scene in self._painted_here)

    @override
    def attributions(self, view: View, *, drawn: bool = False) -> list[str]:
        others = (scene.attributions(view, drawn=drawn) for scene in self._painted_here)
        found = [super().attributions(view, drawn=drawn), *others]
        return list(dict.fromkeys(text for texts in found for text in texts))

    @override
    def draw_anew(self, uuids: Collection[str]) -> None:
        for scene in self._others:
            scene.draw_anew(uuids)
        super().draw_anew(uuids)

    @override
    def give_back(self) -> None:
        for kept in self._kept:
            kept.image, kept.key = QImage(), None
        for scene in self._others:
            scene.give_back()
        super().give_back()

    @override
    def preview_layer(self, layer: Layer) -> None:
        for scene in self._others:
            scene.preview_layer(layer)
        super().preview_layer(layer)

    @override
    def preview_sites(self, rows: Mapping[str, Site]) -> None:
        for scene in self._painted_here:
            scene.preview_sites(rows)
        super().preview_sites(rows)

    # -- painting -----------------------------------------------------------------------------------------------

    @override
    def paint_picture(
        self, painter: QPainter, view: View, selection: frozenset[str], settled: bool, in_haste: bool
    ) -> None:
        """Paint the picture. That of a comparison always bears the dates of its sides, on paper as on the screen."""
        sides = self.sides(view)
        if sides is None or sides.spec.mode == "panes":
            super().paint_picture(painter, view, selection, settled, in_haste)
            return
        frames = _FramePainter(self, view, selection, settled, in_haste)
        with going_on(), part_of_picture(painter):
            self._paint_sides(painter, sides, frames, self.words())

    def _paint_sides(self, painter: QPainter, sides: Sides, frames: _FramePainter, words: Sequence[SideWords]) -> None:
        mode, ratio = sides.spec.mode, frames.view.ratio
        if self._held >= 0 or mode == "blink":
            frames.paint(painter, self.phase)
            frames.make_ready()
            paint_caption(painter, sides, [words[self.phase]], ratio)
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
            paint_side_words(painter, sides, words, ratio)
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
        paint_caption(painter, sides, [words[at] for at, _ in seen], frames.view.ratio, shares)

    def _paint_difference(
        self, painter: QPainter, sides: Sides, frames: _FramePainter, words: Sequence[SideWords]
    ) -> None:
        """Paint the second frame minus the first.

        Where a difference means nothing, paint the second frame and the reason.
        """
        from viewer.canvas.comparison.difference_picture import why_no_difference  # for start-up time

        ratio, why = frames.view.ratio, why_no_difference(sides.spec, self.frames)
        if why:
            frames.paint(painter, 1)
            paint_caption(painter, sides, [words[1]], ratio)
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
            translate("comparison", "Difference"),
            f"{words[1].letter} − {words[0].letter}: {words[1].when} − {words[0].when}",
            translate("comparison", "grey: no change; lighter: more in {0}; darker: less").format(words[1].letter),
            translate("comparison", "includes season, sun, angle, registration"),
        )
        paint_caption(painter, sides, [caption], ratio)

    def _difference_picture(self, view: View, in_haste: bool) -> QImage | None:
        """Picture of the difference. On the screen None until a job has made it; `recomposed` is emitted then."""
        from viewer.canvas.comparison.difference_picture import difference_work  # for start-up time

        if self._difference is not None and self._difference[0] == view:
            return self._difference[1]
        assert self._spec is not None
        work = difference_work(self._spec, self.frames, view)
        if not in_haste:
            return work()
        if self._differing != view and self.is_complete(view):
            self._differing = view
            self.context.jobs.run(lambda _: work(), partial(self._differed, view, self._spec), lambda _error: None)
        return None

    def _differed(self, view: View, spec: ComparisonSpec, picture: QImage) -> None:
        self._differing = None
        if self._spec is not None and self._spec.frames == spec.frames:
            self._difference = view, picture
            self.recomposed.emit()


class _FramePainter:
    """Paints the frames of one picture; on the screen from the pictures that are kept of them."""

    def __init__(
        self, scene: ComparedScene, view: View, selection: frozenset[str], settled: bool, in_haste: bool
    ) -> None:
        self.view = view
        self._scene, self._key, self.in_haste = scene, (view, selection, settled), in_haste

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
        if self.in_haste and self._key[2] and self._scene.is_complete(self.view):
            for at in range(len(self._scene.frames)):
                self._picture(at)

    def paint_marks(self, painter: QPainter, at: int) -> None:
        """Paint all of a frame except its images."""
        view, selection, settled = self._key
        scene = self._scene.frames[at]
        scene.stack.paint(painter, view, ("vector",))
        scene.paint_marks(painter, view, selection, settled, self.in_haste)

    def _picture(self, at: int) -> QImage:
        kept, view = self._scene.kept(at), self.view
        if kept.is_stale or kept.key != self._key:
            if (kept.image.width(), kept.image.height()) != (view.width, view.height):
                kept.image = unpainted(view.width, view.height, opaque=True)
            kept.key, kept.is_stale = self._key, False
            with painting(kept.image) as painter:
                self._paint(painter, at)
        return kept.image

    def _paint(self, painter: QPainter, at: int) -> None:
        view, selection, settled = self._key
        scene = self._scene.frames[at]
        paint = partial(MapScene.paint_picture, scene) if scene is self._scene else scene.paint_picture
        painter.save()
        paint(painter, view, selection, settled, self.in_haste)
        painter.restore()


class _Bar:
    """Drag of the bar, or of the glass."""

    def __init__(self, scene: ComparedScene, sides: Sides, px: float, py: float, *, is_inner: bool) -> None:
        self.is_inner = is_inner
        self._scene, self._grip = scene, sides.grip_of(px, py)
        self._began = sides.spec.position, sides.spec.position_y
        self._mode = sides.spec.mode

    @property
    def cursor(self) -> Qt.CursorShape:
        if self._mode == "spyglass":
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.SplitVCursor if self._mode == "swipe across" else Qt.CursorShape.SplitHCursor

    def drag_to(self, view: View, px: float, py: float) -> None:
        sides = self._scene.sides(view)
        if sides is not None:
            self._scene.move_bar(*sides.position_for(px, py, self._grip))

    def let_go(self) -> None:
        self._scene.bar_let_go.emit()

    def give_up(self) -> None:
        self._scene.move_bar(*self._began)


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
        middle = QPointF(sides.width / 2, bar) if sides.is_across else QPointF(bar, sides.height / 2)
        _paint_grip(painter, middle, sides.is_across, ratio)
    painter.restore()


def _paint_grip(painter: QPainter, middle: QPointF, across: bool, r: float) -> None:
    """Paint a disc with two arrows in the directions in which the bar moves."""
    painter.translate(middle)
    painter.rotate(90 if across else 0)
    painter.setPen(QPen(QColor(11, 20, 28, 190), 1.2 * r))
    painter.setBrush(QColor(255, 255, 255, 235))
    painter.drawEllipse(QPointF(0, 0), 11 * r, 11 * r)
    pen = QPen(QColor(11, 20, 28), 1.8 * r)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for way in (-1, 1):
        painter.drawPolyline([QPointF(way * 3 * r, -3.5 * r), QPointF(way * 6.5 * r, 0), QPointF(way * 3 * r, 3.5 * r)])
