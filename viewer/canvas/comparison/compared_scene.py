"""The scene of a window: the map, or a comparison of several maps of one document in its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter

from layers.document.comparison import ComparisonSpec, frame_rows
from layers.document.document import Document
from layers.document.layer import Layer
from layers.grid.tile_grid import View
from layers.observing.blind_look import BlindLook
from viewer.canvas.comparison.compared_painter import ComparedPainter
from viewer.canvas.comparison.compared_sides import ComparedSides
from viewer.canvas.comparison.frame_scene import frame_scene, show_frame
from viewer.canvas.comparison.side_words import SideWords, images_of, words_of
from viewer.canvas.comparison.stretches import stretch_notes
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.shown_only import BareMarks
from viewer.canvas.sites.site_index import SiteIndex
from viewer.rendering.layers.drawings import drawing_for
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.going_on import going_on
from viewer.support.painting import part_of_picture

_OF_MAP, _OF_OTHERS = slice(1), slice(1, None)
type _Arrange = Callable[[Sequence[Layer]], list[Layer]]


class ComparedScene(QObject):
    """Shows a map; with `compare`, frames of it against each other.

    The first frame is the map itself, in another arrangement of its layers; the others are scenes of the same document
    that are made beside it. `sides` says which of them is seen where.
    """

    updated = Signal()
    edited = Signal()
    unfinished = Signal()
    recomposed = Signal()
    """Emitted when the same pictures are put together in another way: a frame is painted at once."""
    compared = Signal()
    """Emitted when another comparison is shown, or none any more."""

    def __init__(
        self, map_scene: MapScene, *, make_drawing: DrawingFactory = drawing_for, parent: QObject | None = None
    ) -> None:
        """Own the scene of the map. `make_drawing` makes the drawings of the frames beside it."""
        super().__init__(parent)
        self.map, self.context = map_scene, map_scene.context
        map_scene.setParent(self)
        self._make_drawing = make_drawing
        self._others: list[MapScene] = []
        self._alone: _Arrange = list
        """The arrangement of the layers while nothing is compared."""
        self._is_closed = False
        self._words: list[SideWords] | None = None
        """The words of each frame, kept until a frame changes; None where they have to be made again."""
        self.sides = ComparedSides(lambda: self.frames, self)
        self.sides.recomposed.connect(self.recomposed)
        self._painter = ComparedPainter(
            self.sides, lambda: self.frames, self.is_complete, self.context.jobs, self.recomposed.emit
        )
        map_scene.updated.connect(self._map_updated)
        map_scene.edited.connect(self._map_edited)
        map_scene.unfinished.connect(self._map_unfinished)

    # -- which frames -------------------------------------------------------------------------------------------

    @property
    def frames(self) -> list[MapScene]:
        """The scenes of the frames, first of all the map. In linked panes the canvas paints each by itself."""
        return [self.map, *self._others]

    @property
    def painted(self) -> list[MapScene]:
        """The scenes whose pictures this one puts together; in linked panes the map alone."""
        return [self.map] if self.is_in_panes else self.frames

    @property
    def is_in_panes(self) -> bool:
        """True while the frames stand side by side, each in a pane of the canvas."""
        return self.sides.spec is not None and self.sides.spec.mode == "panes"

    def words(self) -> list[SideWords]:
        """The words that are burned into each frame: date, kind, name, stretch."""
        if self._words is None:
            spec, frames = self.sides.spec, self.frames
            self._words = [] if spec is None else words_of(spec, frames, stretch_notes(spec, frames))
        return self._words

    def compare(self, spec: ComparisonSpec | None) -> None:
        """Show a comparison, or the map again."""
        was, self.sides.spec = self.sides.spec, spec
        if spec == was:
            return
        self._words = None
        if spec is not None and was is not None and spec.frames == was.frames and "panes" not in (spec.mode, was.mode):
            if spec.mode != was.mode:
                self._painter.forget_difference()
            self.compared.emit()
            self.recomposed.emit()
            return
        self.sides.begin()
        self._follow(spec)
        self.compared.emit()
        self.updated.emit()

    def show_alone(self, arrange: _Arrange | None) -> None:
        """Show the layers arranged in another way while nothing is compared; None: as the case has them."""
        if self._is_closed or (arrange is None and self._alone is list):
            return
        self._alone = arrange or list
        if self.sides.spec is None:
            self.map.arrange(self._alone)

    def hide_from(self, blind: BlindLook | None) -> None:
        """Keep from an observer, in all frames, what others have counted and seen; None: show all."""
        for scene in self.frames:
            scene.hide_from(blind)

    def show_only(self, uuids: frozenset[str] | None) -> None:
        """Show, in all frames, only the marks that a filter leaves; None: all."""
        for scene in self.frames:
            scene.show_only(uuids)

    def show_bare(self, bare: BareMarks) -> None:
        """Paint no symbols of some marks in all frames, as they would cover what is looked at."""
        for scene in self.frames:
            scene.show_bare(bare)

    def _follow(self, spec: ComparisonSpec | None) -> None:
        """Create, update and drop scenes so that there is one for each frame."""
        wanted = 0 if spec is None else len(spec.frames) - 1
        while len(self._others) > wanted:
            self._drop_frame()
        self._painter.begin(wanted + 1)
        self.map.arrange(self._alone if spec is None else partial(frame_rows, spec, 0))
        self.map.show_solid_on(None if spec is None else spec.frames[0].layers)
        for at, scene in enumerate(self._others, 1):
            assert spec is not None
            show_frame(scene, spec, at)
        while spec is not None and len(self._others) < wanted:
            self._add_frame(spec, len(self._others) + 1)
        self._words = None

    def _add_frame(self, spec: ComparisonSpec, at: int) -> None:
        own, make = self.map, self._make_drawing
        folder = own.stack.base_folder
        scene = frame_scene(own.document, self.context, folder, spec, at, make_drawing=make, beside=own, parent=self)
        scene.label_language = own.label_language
        scene.hide_from(own.marks.blind)
        scene.show_only(own.marks.only)
        scene.show_bare(own.marks.bare)
        self._others.append(scene)
        scene.updated.connect(self._other_updated)
        scene.edited.connect(self._other_edited)
        scene.unfinished.connect(self._other_unfinished)
        if own.last_view is not None:
            scene.set_view(own.last_view)

    def _drop_frame(self) -> None:
        scene = self._others.pop()
        scene.updated.disconnect(self._other_updated)
        scene.edited.disconnect(self._other_edited)
        scene.unfinished.disconnect(self._other_unfinished)
        scene.close()
        scene.deleteLater()

    def set_document(self, document: Document, base_folder: Path | None = None, index: SiteIndex | None = None) -> None:
        """Show the map of another document; the arguments are those of `MapScene.set_document`."""
        self.compare(None)
        self.show_alone(None)
        self.map.set_document(document, base_folder, index)

    def close(self) -> None:
        """Let go of the document and of all drawings."""
        self._is_closed = True
        while self._others:
            self._drop_frame()
        self.map.close()

    # -- news of a frame ----------------------------------------------------------------------------------------

    def _map_updated(self) -> None:
        self._map_changed(self.updated)

    def _map_edited(self) -> None:
        self._map_changed(self.edited)

    def _map_unfinished(self) -> None:
        self._map_changed(self.unfinished)

    def _map_changed(self, signal: SignalInstance) -> None:
        self._words = None
        self._painter.outdate(_OF_MAP)
        signal.emit()

    def _other_updated(self) -> None:
        self._other_changed(self.updated)

    def _other_edited(self) -> None:
        self._other_changed(self.edited)

    def _other_unfinished(self) -> None:
        self._other_changed(self.unfinished)

    def _other_changed(self, signal: SignalInstance) -> None:
        """Pass on that the picture of another frame has changed; a pane repaints by itself."""
        self._words = None
        if not self.is_in_panes:
            self._painter.outdate(_OF_OTHERS)
            signal.emit()

    # -- all frames as one --------------------------------------------------------------------------------------

    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        """Set the view of all frames in the picture, as `MapScene.set_view` does."""
        for scene in self.painted:
            scene.set_view(view, cursor, resting)

    def is_open(self) -> bool:
        """True when every layer of every frame is known or has failed."""
        return all(scene.is_open() for scene in self.frames)

    def is_complete(self, view: View) -> bool:
        """True when `paint_map` paints the final, exact picture, with the dates of all images in it."""
        if not all(scene.is_complete(view) for scene in self.painted):
            return False
        return self.sides.spec is None or self._knows_dates(self.sides.spec)

    def _knows_dates(self, spec: ComparisonSpec) -> bool:
        """True once the dates of all images that are compared are known, as they are burned in."""
        known = True
        for at, scene in enumerate(self.frames):
            for drawing in images_of(scene, spec, at):
                if isinstance(drawing, RasterDrawing) and drawing.info is not None:
                    drawing.ask_acquisition()
                    known &= drawing.source.acquisition is not None
        return known

    @property
    def awaits_labels(self) -> bool:
        """True while labels or their letters are being made that the last painting on the screen lacked."""
        return any(scene.awaits_labels for scene in self.painted)

    def draw_anew(self, uuids: Collection[str]) -> None:
        """Drop all that was read of these layers in any frame."""
        for scene in (*self._others, self.map):
            scene.draw_anew(uuids)

    def give_back(self) -> None:
        """Free the caches of all frames, as memory ran short."""
        self._painter.give_back()
        for scene in (*self._others, self.map):
            scene.give_back()

    def preview_layer(self, layer: Layer) -> None:
        """Show a layer row that is not in the document in all frames, until the next edit of the layers."""
        for scene in (*self._others, self.map):
            scene.preview_layer(layer)

    def paint_map(
        self,
        painter: QPainter,
        view: View,
        *,
        selection: frozenset[str] = frozenset(),
        settled: bool = True,
        in_haste: bool = False,
    ) -> None:
        """Paint the picture, as `MapScene.paint_map` does."""
        sides = None if self.is_in_panes else self.sides.on(view)
        if sides is None:
            self.map.paint_map(painter, view, selection=selection, settled=settled, in_haste=in_haste)
            return
        painter.save()
        painter.setClipRect(0, 0, view.width, view.height, Qt.ClipOperation.IntersectClip)
        with going_on(), part_of_picture(painter):
            self._painter.paint(painter, sides, (view, selection, settled), self.words(), in_haste=in_haste)
        painter.restore()
