"""The scene: all that a map shows, painted the same way for the screen, for products and for tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QPainter

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.grid.tile_grid import View
from layers.observing.blind_look import BlindLook
from layers.vector.labels.label_layout import LabelLayout
from viewer.canvas.labelling.kept_layouts import LabelKey, LabelLayouts
from viewer.canvas.labelling.map_labels import LabelTask, MapLabels
from viewer.canvas.layer_stack import DrawingFactory, LayerStack
from viewer.canvas.sites.scene_marks import SceneMarks
from viewer.canvas.sites.shown_only import BareMarks
from viewer.canvas.sites.site_index import SiteIndex
from viewer.canvas.sites.site_painter import SitePainter
from viewer.commands.meta import SHOWN_KEYS
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.drawings import drawing_for
from viewer.support.going_on import going_on
from viewer.support.language.translation import in_language
from viewer.support.painting import part_of_picture
from viewer.support.timing import span

BACKGROUND_COLOR = "#0e1a24"
type _Arrange = Callable[[Sequence[Layer]], list[Layer]]
"""Turns the rows of a document, bottom first, into those that a scene shows, in the same order."""


class MapScene(QObject):
    """Follows one document; several scenes may live side by side. `updated` is emitted when the picture has changed.

    `problem_changed` carries a layer's uuid and one sentence, empty when all is well again.
    """

    updated = Signal()
    edited = Signal()
    """Emitted when only sites were edited by hand: a frame is painted at once."""
    unfinished = Signal()
    """Emitted when the last picture lacks marks because they take long: another frame would show more of them."""
    recomposed = Signal()
    """Emitted when the same pictures are put together in another way: a frame is painted at once."""
    problem_changed = Signal(str, str)
    sites_problem_changed = Signal(str)
    """Emitted with one sentence on sites that cannot be drawn and why; empty when all can."""
    document_changed = Signal()

    def __init__(
        self,
        document: Document,
        context: RenderContext,
        base_folder: Path | None = None,
        *,
        make_drawing: DrawingFactory = drawing_for,
        frozen: Mapping[str, str] | None = None,
        arrange: _Arrange = list,
        beside: MapScene | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Make a scene of a document.

        `frozen`: styles, as JSON by uuid, in which layers are shown here whatever their rows say.
        `arrange` turns the rows into those shown here, with other visibility, day or style.
        `beside`: a scene of the same document, whose index of the sites is copied.
        """
        super().__init__(parent)
        self.context = context
        self.frozen = dict(frozen or {})
        self._arrange = arrange
        self.label_language = ""
        self.has_crosshair = False
        """True where labels keep clear of the middle, which a tool marks."""
        self.sides = WholeMap(self)
        self.stack = LayerStack(context, make_drawing, self)
        """The layers' drawings with their filters and attributes."""
        self.drawings = self.stack.drawings
        """Drawings by layer uuid."""
        self._is_closed = False
        self._layouts = LabelLayouts(context.jobs, self.updated.emit)
        self.marks = SceneMarks(self._rows, self.stack.drawings, self._layouts.outdate)
        self.stack.updated.connect(self.marks.note_news)
        self.stack.updated.connect(self.updated)
        self.stack.problem_changed.connect(self.problem_changed)
        self._sites, self._labels = SitePainter(), MapLabels()
        self._lacks_letters = False
        self._view: View | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._sites_problem = ""
        self._adopt(document, base_folder, None if beside is None else beside.marks.index.copied())

    # -- the document ---------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        return self._document

    def set_document(self, document: Document, base_folder: Path | None = None, index: SiteIndex | None = None) -> None:
        """Show another document; relative paths of its layers are to `base_folder`.

        `index` is an index of its sites that was made already; the scene owns it from then on.
        """
        self._unsubscribe()
        self._adopt(document, base_folder, index)
        self.document_changed.emit()
        self.updated.emit()

    def arrange(self, arrange: _Arrange) -> None:
        """Show the rows of the document in another way from now on."""
        self._arrange = arrange
        self._show_layers(self.stack.base_folder)
        self._layouts.outdate()
        self.updated.emit()

    def show_solid_on(self, layers: Collection[str] | None) -> None:
        """Draw solid only marks that these layers' images tell of, others dashed; None: `MarkJudge` finds which."""
        if self.marks.show_solid_on(layers):
            self.updated.emit()

    def hide_from(self, blind: BlindLook | None) -> None:
        """Keep from an observer what others have counted and seen; None: show all."""
        if self.marks.hide_from(blind):
            self._layouts.outdate()
            self.updated.emit()

    def show_only(self, uuids: frozenset[str] | None) -> None:
        """Show only the marks that a filter leaves; None: all."""
        if self.marks.show_only(uuids):
            self._layouts.outdate()
            self.updated.emit()

    def show_bare(self, bare: BareMarks) -> None:
        """Paint no symbols of some marks, as they would cover what is looked at."""
        if self.marks.show_bare(bare):
            self._layouts.outdate()
            self.updated.emit()

    def draw_anew(self, uuids: Collection[str]) -> None:
        """Drop all that was read of these layers, as their permission or their file is another."""
        known = [uuid for uuid in uuids if uuid in self.drawings]
        if known:
            self.stack.draw_anew(known, self._view)
            self._layouts.outdate()
            self.updated.emit()

    def give_back(self) -> None:
        """Free the caches of the scene and of its context, as memory ran short."""
        self.context.tiles.give_back()
        for drawing in self.drawings.values():
            drawing.give_back()

    def close(self) -> None:
        """Let go of the document and of all drawings."""
        self._is_closed = True
        self._unsubscribe()
        self._unsubscribe = lambda: None
        self._layouts.close()
        self.stack.close()

    def _adopt(self, document: Document, base_folder: Path | None, index: SiteIndex | None = None) -> None:
        self._document = document
        self._unsubscribe = document.subscribe(self._on_changes)
        self.marks.adopt(document, index)
        self._tell_of_sites()
        self._layouts.forget()
        self._show_layers(base_folder)

    def _on_changes(self, changes: Changes) -> None:
        self.marks.follow(changes)
        if changes.touches("sites"):
            self._tell_of_sites()
        if changes.touches("layers"):
            self._show_layers(self.stack.base_folder)
        is_other_marks = changes.touches("sites", "images", "observations", "layers") and self.marks.judge(changes)
        if changes.touches("sites", "layers") or SHOWN_KEYS & changes.uuids("meta"):
            self._layouts.outdate()
            (self.updated if changes.touches("layers") else self.edited).emit()
        elif is_other_marks:
            self.edited.emit()

    def _show_layers(self, base_folder: Path | None) -> None:
        rows = self._rows()
        self._make_room(len(rows))
        self.stack.show_layers(rows, base_folder, self._view)

    def _make_room(self, layers: int) -> None:
        if self._view is not None:
            self.context.tiles.fit(self._view.width * self._view.height, layers)

    def _tell_of_sites(self) -> None:
        sentence = self.marks.index.not_drawn
        if sentence != self._sites_problem:
            self._sites_problem = sentence
            self.sites_problem_changed.emit(in_language(sentence))

    def _rows(self) -> list[Layer]:
        rows = self._document.layers_in_order()
        return self._arrange([replace(row, style_json=self.frozen.get(row.uuid, row.style_json)) for row in rows])

    def preview_layer(self, layer: Layer) -> None:
        """Show a layer row that is not in the document, as while a slider moves, until the next edit of the layers."""
        for shown in self._arrange([layer]):
            self.stack.preview(shown)

    # -- what is looked at ----------------------------------------------------------------------------------------

    @property
    def frames(self) -> list[MapScene]:
        """The scenes that make up a picture: this one alone."""
        return [self]

    painted = frames
    """The scenes whose pictures this one puts together: the same."""

    @property
    def last_view(self) -> View | None:
        """The view that was set last; None before the first."""
        return self._view

    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        """Set the view. `resting` is False while a gesture runs, when stand-ins are enough."""
        self._view = view
        self._make_room(len(self.drawings))
        self.stack.set_view(view, cursor, resting)

    def read(self, view: View) -> None:
        """Read all that is said of a view in words; nothing has to be painted."""
        self._view = view
        self._make_room(len(self.drawings))
        self.stack.read(view)

    def is_open(self) -> bool:
        """True when every layer is known or has failed."""
        return self.stack.is_open()

    def is_complete(self, view: View) -> bool:
        """True when `paint_map` paints the final, exact picture; on the screen labels may come a little later."""
        return self.stack.is_complete(view)

    @property
    def awaits_labels(self) -> bool:
        """True while labels or their letters are being made that the last painting on the screen lacked."""
        return self._layouts.is_awaited or self._lacks_letters

    def is_idle(self) -> bool:
        """True when the view last set is complete."""
        return self._view is None or self.is_complete(self._view)

    # -- marks and labels -----------------------------------------------------------------------------------------

    def preview_sites(self, rows: Mapping[str, Site]) -> None:
        """Show these sites, by uuid, instead of their rows while they are dragged; an empty mapping ends that."""
        if self.marks.preview(rows):
            self._layouts.outdate()
            self.updated.emit()

    def labelled_at(self, view: View, px: float, py: float) -> list[str]:
        """Uuids of the sites whose labels, as they were last painted, are at a place of the picture."""
        return self._labels.at(self._layouts.placed(view), px, py, view.ratio)

    def label_layout(self, view: View, selection: frozenset[str] = frozenset()) -> LabelLayout:
        """Layout of the labels of a view; it depends on document, view, selection and language alone."""
        key = self._label_key(view, selection)
        return self._layouts.exact(key, partial(self._label_task, key))

    def _label_key(self, view: View, selection: frozenset[str]) -> LabelKey:
        drawings = [(uuid, self.drawings[uuid]) for uuid in reversed(self.stack.visible())]
        labellings = ((uuid, drawing.nudge, drawing.labelling(drawing.seen(view))) for uuid, drawing in drawings)
        labelled = tuple(
            (uuid, replace(labelling, nudge=nudge)) for uuid, nudge, labelling in labellings if labelling is not None
        )
        return LabelKey(view, selection, self.label_language, labelled, self.has_crosshair)

    def _label_task(self, key: LabelKey) -> LabelTask:
        frames = self.marks.frames(key.view) if self.marks.are_shown else ()
        about = key.labelled, key.selection, key.language
        return self._labels.task(key.view, frames, *about, has_crosshair=key.has_crosshair)

    # -- painting -------------------------------------------------------------------------------------------------

    def paint_map(
        self,
        painter: QPainter,
        view: View,
        *,
        selection: frozenset[str] = frozenset(),
        settled: bool = True,
        in_haste: bool = False,
    ) -> None:
        """Paint the map onto any painter whose coordinates are the view's pixels; vectors and text stay vectors and
        text.

        `settled` is False while the map is dragged: labels only move with it, and are placed anew when it rests.
        `in_haste`, on the screen: labels may come some frames later, and `updated` is emitted when they do.
        """
        painter.save()
        painter.setClipRect(0, 0, view.width, view.height, Qt.ClipOperation.IntersectClip)
        self.paint_picture(painter, view, selection, settled, in_haste)
        painter.restore()

    def paint_picture(
        self, painter: QPainter, view: View, selection: frozenset[str], settled: bool, in_haste: bool
    ) -> None:
        """Paint layers and sites, below what is being drawn."""
        painter.fillRect(0, 0, view.width, view.height, QColor(BACKGROUND_COLOR))
        with span("paint layers"):
            self.stack.paint(painter, view)
        self.paint_marks(painter, view, selection, settled, in_haste)

    def paint_marks(
        self, painter: QPainter, view: View, selection: frozenset[str], settled: bool, in_haste: bool
    ) -> None:
        """Paint sites, and the labels of sites and layers."""
        all_there = True
        if self.marks.are_shown:
            with span("paint sites"), going_on(), part_of_picture(painter):
                frames = self.marks.frames(view)
                for copy, frame in enumerate(frames):
                    all_there &= self._sites.paint(
                        painter, frame, selection, in_haste=in_haste, moving=not settled, copy=copy
                    )
        with span("paint labels"), going_on(), part_of_picture(painter):
            all_there &= self._paint_labels(painter, view, selection, settled, in_haste)
        if in_haste:
            self._lacks_letters = not all_there
        if not all_there:
            self.context.mailbox.post(self._tell, self.unfinished if self._sites.is_under_way else self.updated)

    def _tell(self, signal: SignalInstance) -> None:
        if not self._is_closed:
            signal.emit()

    def _paint_labels(
        self, painter: QPainter, view: View, selection: frozenset[str], settled: bool, in_haste: bool
    ) -> bool:
        if in_haste:
            key = self._label_key(view, selection)
            labels = self._layouts.shown(key, partial(self._label_task, key), settled=settled)
        else:
            labels = self.label_layout(view, selection).placed
        return self._labels.paint(painter, labels, view.ratio, in_haste=in_haste)


class WholeMap:
    """The only side of a picture that shows one map; nothing of it can be dragged."""

    def __init__(self, scene: MapScene) -> None:
        self._scene = scene
        self.word_boxes: Sequence[QRectF] = ()

    def seen_at(self, view: View, px: float, py: float) -> list[MapScene]:
        return [self._scene]

    def handle_at(self, view: View, px: float, py: float) -> None:
        return None

    def follow_pointer(self, view: View, px: float, py: float) -> None:
        pass
