"""The drawings of a scene's layers, kept in step with the document's rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.layer import Layer
from layers.document.placing.nudge import read_nudge
from layers.document.vocabulary import LAYER_KINDS
from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from layers.phrase import Phrase, joined
from viewer.canvas.viewport import lonlat_bounds
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import (
    AwaitedDrawing,
    FailedDrawing,
    LayerDrawing,
    LeftOutDrawing,
    ReadApart,
    credit_on_map,
    is_on_plane,
)
from viewer.rendering.service_state import Notice, told_once
from viewer.rendering.vector.attribute_store import AttributeSource, AttributeStore
from viewer.rendering.vector.layer_filters import Filtered, LayerFilters
from viewer.rendering.vector.layer_styles import LayerStyles, Styled
from viewer.rendering.world_copies import world_copies
from viewer.support.going_on import going_on
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.painting import part_of_picture

type DrawingFactory = Callable[[Layer, Path | None, RenderContext], LayerDrawing]

_MODES = {
    "normal": QPainter.CompositionMode.CompositionMode_SourceOver,
    "multiply": QPainter.CompositionMode.CompositionMode_Multiply,
    "screen": QPainter.CompositionMode.CompositionMode_Screen,
    "overlay": QPainter.CompositionMode.CompositionMode_Overlay,
    "darken": QPainter.CompositionMode.CompositionMode_Darken,
    "lighten": QPainter.CompositionMode.CompositionMode_Lighten,
}


MOST_DRAWN = 500
"""Most layers that are drawn, the uppermost of those shown: each takes memory and reading."""
TOGETHER_S = 1.0
"""Seconds within which the files of the layers of a case are requested together."""
_MOST_NOTICES = 4
"""Most notices that are shown together."""


class LayerStack(QObject):
    """The drawings of the layers, one a layer, bottom first."""

    updated = Signal()
    problem_changed = Signal(str, str)

    def __init__(self, context: RenderContext, make_drawing: DrawingFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.drawings: dict[str, LayerDrawing] = {}
        self.base_folder: Path | None = None
        self._show([])
        self._view: View | None = None
        self._left_out: frozenset[str] = frozenset()
        """Uuids of the layers that are not drawn because there are too many."""
        self._with_view: set[str] = set()
        """Uuids of the layers that know the view."""
        self._context, self._make_drawing = context, make_drawing
        self.attributes = AttributeStore(context.pool, context.jobs, self)
        self.filters = LayerFilters(self.attributes, context.jobs, self)
        self.filters.changed.connect(self._filter_changed)
        self.styles = LayerStyles(self.attributes, context.jobs, self)
        context.drives.changed.connect(self._drive_changed)

    def show_layers(self, layers: list[Layer], base_folder: Path | None, view: View | None) -> None:
        """Follow the document's layers: keep the drawings that still fit, make and close the others."""
        moved, self.base_folder = base_folder != self.base_folder, base_folder
        wanted = {layer.uuid: layer for layer in layers}
        self._left_out = _beneath(layers)
        for uuid, drawing in list(self.drawings.items()):
            layer = wanted.get(uuid)
            stays = isinstance(drawing, LeftOutDrawing) == (uuid in self._left_out)
            if layer is None or moved or not (stays and drawing.fits(layer)):
                self._drop(uuid)
                if layer is not None:
                    self._context.tiles.drop_layer(uuid)  # its data have changed
            elif layer != drawing.layer:
                with self._guarding(uuid):
                    drawing.set_layer(layer)
        self._show(layers)
        new = [layer for layer in layers if layer.uuid not in self.drawings]
        if len(new) > 1:
            self._context.pool.keep_all(TOGETHER_S)
        with self._context.pool.together():
            for layer in new:
                self._add(layer)
        sources = {layer.uuid: source for layer in layers if (source := self.attribute_source(layer.uuid)) is not None}
        drawings = {uuid: self.drawings[uuid] for uuid in sources}
        self.filters.follow(
            layers,
            {uuid: (drawing, sources[uuid]) for uuid, drawing in drawings.items() if isinstance(drawing, Filtered)},
        )
        self.styles.follow(
            {uuid: (drawing, sources[uuid]) for uuid, drawing in drawings.items() if isinstance(drawing, Styled)}
        )
        self.attributes.keep_only(set(sources.values()))
        if view is not None:
            self.set_view(view, None, True)

    def draw_anew(self, uuids: Collection[str], view: View | None) -> None:
        """Drop all that was read of these layers, and read them as if they had just been opened."""
        for uuid in uuids:
            self._drop(uuid)
            self._context.tiles.drop_layer(uuid)
        self.show_layers(self._layers, self.base_folder, view)

    def attribute_source(self, uuid: str) -> AttributeSource | None:
        """The source of a layer's attributes; None for a layer without attributes."""
        drawing = self.drawings.get(uuid)
        if drawing is None or drawing.layer.kind != "vector":
            return None
        path = getattr(drawing, "path", None)
        return AttributeSource.of(drawing.layer, path) if isinstance(path, Path) else None

    def problems(self) -> dict[str, str]:
        """Sentences on the problems of layers and of their filters, by layer uuid."""
        return {uuid: problem for uuid in self.drawings if (problem := self._problem_of(uuid))}

    def _problem_of(self, uuid: str) -> str:
        return self.drawings[uuid].problem or self.filters.problem(uuid)

    def lost(self) -> dict[str, str]:
        """Sentences on the layers that the last view lacks because all their tiles failed, by layer uuid."""
        if self._view is None:
            return {}
        shown = ((layer, self.drawings[layer.uuid]) for layer in self.shown_on(self._view))
        view = self._view
        return {
            layer.uuid: self._lost_words(layer) for layer, drawing in shown if drawing.has_failed_in(drawing.seen(view))
        }

    def _lost_words(self, layer: Layer) -> str:
        name, problem = one_line(layer.name, 60), self._problem_of(layer.uuid)
        lost = Phrase("“{name}” is not in the picture, as none of its tiles came.", name=name)
        return joined(" ", [lost, problem]) if problem else lost

    def credits(self, view: View, *, drawn: bool = False, but: Collection[str] = ()) -> list[str]:
        """Credits with dates of the visible layers in view, the topmost first; `drawn`: of those that are painted.

        `but` leaves out layers, by uuid.
        """
        drawings = [self.drawings[uuid] for uuid in self.in_view(view) if uuid not in but]
        texts = ((drawing, credit_on_map(drawing)) for drawing in drawings)
        return list(
            dict.fromkeys(text for drawing, text in texts if text and (not drawn or self._paints(drawing, view)))
        )

    def notices(self, view: View) -> list[Notice]:
        """States of tile services that this view lacks, or that it shows other than they look, the topmost first."""
        visible = [self.drawings[uuid] for uuid in reversed(self.visible())]
        states = [(drawing.layer, drawing.state_in(drawing.seen(view))) for drawing in visible]
        notices = [
            Notice(layer.uuid, state, one_line(layer.name, 60)) for layer, state in states if state.is_said_on_map
        ]
        return told_once(notices)[:_MOST_NOTICES]

    def set_view(self, view: View, cursor: tuple[float, float] | None, resting: bool) -> None:
        """Set the view of all layers; `cursor` is the pixel under the mouse, `resting` False during a gesture."""
        self._view = view
        self._with_view = set()
        for layer in self.shown_on(view):
            self._tell(layer.uuid, view, cursor, resting)

    def read(self, view: View) -> None:
        """Read all that is said of a view in words, as `set_view` does, but paint no tile of features ahead."""
        self._view = view
        self._with_view = set()
        for layer in self.shown_on(view):
            self._with_view.add(layer.uuid)
            with self._guarding(layer.uuid):
                drawing = self.drawings[layer.uuid]
                self._look_at_drives(drawing)
                seen = drawing.seen(view)
                if isinstance(drawing, ReadApart):
                    drawing.read(seen, world_copies(seen))
                else:
                    drawing.set_view(seen, None, True, world_copies(seen))

    def _look_at_drives(self, drawing: LayerDrawing) -> None:
        for folder in drawing.folders:
            self._context.drives.look_at(folder)

    def _tell(self, uuid: str, view: View, cursor: tuple[float, float] | None, resting: bool) -> None:
        self._with_view.add(uuid)
        with self._guarding(uuid):
            drawing = self.drawings[uuid]
            if resting:
                self._look_at_drives(drawing)
            seen = drawing.seen(view)
            drawing.set_view(seen, cursor, resting, world_copies(seen))

    def preview(self, layer: Layer) -> None:
        """Show a layer row that is not in the document, until the next edit of the layers."""
        drawing = self.drawings.get(layer.uuid)
        if drawing is None or not drawing.fits(layer):
            return
        is_moved = drawing.nudge != read_nudge(layer.nudge_json)
        drawing.set_layer(layer)
        if is_moved and self._view is not None and layer.uuid in self._with_view:
            self._tell(layer.uuid, self._view, None, False)

    def visible(self) -> list[str]:
        """Uuids of the layers that are shown, bottom first."""
        return [layer.uuid for layer in self._visible]

    def shown_on(self, view: View) -> list[Layer]:
        """The layers that a view can show, bottom first: off the Earth only those that lie in its CRS."""
        crs = view.grid.crs
        return [layer for layer in self._visible if self._lies_on(layer, crs)] if is_off_earth(crs) else self._visible

    def _lies_on(self, layer: Layer, crs: str) -> bool:
        drawing = self.drawings.get(layer.uuid)
        return drawing is not None and is_on_plane(drawing.plane, crs)

    def in_view(self, view: View) -> list[str]:
        """Uuids of the visible layers that have data in a view, or whose bounds are unknown, the topmost first."""
        try:
            if is_off_earth(view.grid.crs):
                uuids = self._visible_on_plane(view.grid.crs, view.world_bounds())
            else:
                uuids = self._visible_in(lonlat_bounds(view.grid.crs, view.world_bounds()))
        except CannotBePlaced:
            return []
        return uuids[::-1]

    def _visible_on_plane(self, crs: str, bounds: Bounds) -> list[str]:
        """Uuids of the visible layers with data within bounds of a CRS off the Earth, bottom first."""
        boxes = ((uuid, self.drawings[uuid].plane_bounds(crs)) for uuid in self.visible())
        return [uuid for uuid, box in boxes if box is not None and box.intersects(bounds)]

    def _visible_in(self, lonlat: Bounds) -> list[str]:
        """The visible layers that have data within bounds, or whose bounds are not known yet."""
        uuids = []
        for uuid in self.visible():
            drawing = self.drawings[uuid]
            bounds = drawing.shown_bounds()
            if (
                bounds is None
                or bounds.intersects(lonlat)
                or any(_turned(bounds, turn).intersects(lonlat) for turn in (-360.0, 360.0))
            ):
                is_on_no_map = drawing.plane or drawing.remark
                uuids += [] if is_on_no_map else [uuid]
        return uuids

    def bounds_of(self, uuid: str) -> Bounds | None:
        """Bounds of a layer's data on the map, in lon, lat; None until they are known."""
        drawing = self.drawings.get(uuid)
        return drawing.shown_bounds() if drawing is not None else None

    def is_open(self) -> bool:
        return self._unopened.find(self._layers, self._is_unopened) is None

    def is_complete(self, view: View) -> bool:
        late = self._late.find(self.shown_on(view), partial(self._is_incomplete, view))
        return late is None and self.filters.is_settled() and self.styles.is_settled()

    def is_read(self, view: View) -> bool:
        """True when all is known that is said of a view in words, whether its tiles are painted or not."""
        unread = self._unread.find(self.shown_on(view), partial(self._is_unread, view))
        return unread is None and self.filters.is_settled() and self.styles.is_settled()

    def late(self, view: View | None = None) -> list[str]:
        """Names of the layers that a picture of this view waits for; without a view, of those not open yet."""
        if view is None:
            uuids = [uuid for uuid, drawing in self.drawings.items() if not drawing.is_open]
        else:
            uuids = [layer.uuid for layer in self.shown_on(view) if self._is_incomplete(view, layer)]
        return [one_line(self.drawings[uuid].layer.name, 60) for uuid in uuids]

    def knows_classes(self, uuid: str) -> bool:
        """True once it is known which features of a vector layer are drawn, and in which of its classes."""
        return not (self.filters.is_pending(uuid) or self.styles.is_pending(uuid))

    def _is_incomplete(self, view: View, layer: Layer) -> bool:
        drawing = self.drawings.get(layer.uuid)
        is_complete = drawing is not None
        if drawing is not None:
            with self._guarding(layer.uuid):
                seen = drawing.seen(view)
                is_complete = drawing.is_complete(seen, world_copies(seen))
        return not is_complete

    def _is_unread(self, view: View, layer: Layer) -> bool:
        drawing = self.drawings.get(layer.uuid)
        is_read = drawing is not None
        if drawing is not None:
            with self._guarding(layer.uuid):
                seen = drawing.seen(view)
                ask = drawing.is_read if isinstance(drawing, ReadApart) else drawing.is_complete
                is_read = ask(seen, world_copies(seen))
        return not is_read

    def _is_unopened(self, layer: Layer) -> bool:
        drawing = self.drawings.get(layer.uuid)
        return drawing is None or not drawing.is_open

    def _show(self, layers: list[Layer]) -> None:
        self._layers = layers
        self._visible = [layer for layer in layers if layer.visible]
        self._late, self._unread, self._unopened = _LateLayer(), _LateLayer(), _LateLayer()

    def _paints(self, drawing: LayerDrawing, view: View) -> bool:
        """True where a layer paints something in a view now."""
        seen = drawing.seen(view)
        return drawing.layer.drawn_opacity > 0 and drawing.shows_in(seen, world_copies(seen))

    def paint(
        self,
        painter: QPainter,
        view: View,
        kinds: Collection[str] = LAYER_KINDS,
        part: slice = slice(None),
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        """Paint layers bottom first: those of some kinds, or a `part` of all that the view shows.

        Each drawing applies its layer's opacity; the blend mode is set here.
        """
        for layer in self.shown_on(view)[part]:
            if kinds is not LAYER_KINDS and layer.kind not in kinds:
                continue
            with self._guarding(layer.uuid), part_of_picture(painter):
                painter.setCompositionMode(_MODES.get(layer.blend, _MODES["normal"]))
                drawing = self.drawings[layer.uuid]
                seen = drawing.seen(view)
                drawing.paint(painter, seen, world_copies(seen), checkpoint)

    def close(self) -> None:
        self.filters.follow([], {})
        self.styles.follow({})
        for uuid in list(self.drawings):
            self._drop(uuid)
        self._show([])

    def _guarding(self, uuid: str) -> AbstractContextManager[None]:
        """Give up a drawing that raises: report it once, and do not call it again until its row changes."""
        return going_on(partial(self._give_up, uuid))

    def _give_up(self, uuid: str, error: Exception) -> None:
        if self._context.puts_off(self._give_up, uuid, error):  # in a job, where no object of Qt may be made
            return
        if uuid not in self.drawings:  # gone while it was painted in steps
            return
        layer = self.drawings[uuid].layer
        self._drop(uuid)
        self._take(self._failed(layer, error))

    def _failed(self, layer: Layer, error: Exception) -> FailedDrawing:
        why = one_line(repr(error), 120)
        sentence = Phrase(
            "“{name}” cannot be drawn: something went wrong inside Geoloupe ({why}).",
            name=one_line(layer.name, 60),
            why=why,
        )
        return FailedDrawing(layer, self._context, sentence)

    def _add(self, layer: Layer) -> None:
        made: list[LayerDrawing] = []
        with going_on(lambda error: made.append(self._failed(layer, error))):
            if layer.uuid in self._left_out:
                made.append(LeftOutDrawing(layer, self._context, MOST_DRAWN))
            else:
                made.append(self._make_drawing(layer, self.base_folder, self._context))
        self._take(made[0])

    def _take(self, drawing: LayerDrawing) -> None:
        layer = drawing.layer
        drawing.setParent(self)
        drawing.updated.connect(self._drawing_updated)
        drawing.problem_changed.connect(self.problem_changed)
        self.drawings[layer.uuid] = drawing
        if drawing.problem:
            self.problem_changed.emit(layer.uuid, in_language(drawing.problem))

    def _drive_changed(self, folder: str) -> None:
        """Suspend the layers of a drive that does not answer, and resume them when it is back."""
        if self._context.puts_off(self._drive_changed, folder):
            return
        drives = self._context.drives
        touched = [
            drawing for drawing in self.drawings.values() if any(str(place) == folder for place in drawing.folders)
        ]
        is_gone = drives.is_gone(Path(folder))
        with self._context.pool.together():  # no reader that is free now takes a request of a layer that comes later
            for drawing in touched:
                if is_gone:
                    drawing.suspend(drives.sentence(drawing.layer.name, Path(folder)))
                else:
                    drawing.resume()
            if is_gone:
                self._context.pool.grants.drop_beneath(folder)  # a new reader would look there first, and hang
        if not is_gone and any(isinstance(drawing, AwaitedDrawing) for drawing in touched):
            self.show_layers(self._layers, self.base_folder, self._view)
        if touched:
            self.updated.emit()

    def _drawing_updated(self) -> None:
        """Set the view of a drawing that is known only now to lie where the map looks off the Earth."""
        view = self._view
        if view is not None and is_off_earth(view.grid.crs):
            drawing = self.sender()  # Qt looks through all layers for it
            if isinstance(drawing, LayerDrawing) and drawing.layer_uuid not in self._with_view:
                layer = drawing.layer
                if layer.visible and self._lies_on(layer, view.grid.crs):
                    self._tell(layer.uuid, view, None, True)
        self.updated.emit()

    def _filter_changed(self, uuid: str) -> None:
        if uuid in self.drawings:
            self.problem_changed.emit(uuid, in_language(self._problem_of(uuid)))
            self.updated.emit()

    def _drop(self, uuid: str) -> None:
        drawing = self.drawings.pop(uuid)
        self._with_view.discard(uuid)
        drawing.updated.disconnect(self._drawing_updated)
        drawing.problem_changed.disconnect(self.problem_changed)
        drawing.close()
        drawing.deleteLater()
        self.problem_changed.emit(uuid, "")


def _beneath(layers: Sequence[Layer]) -> frozenset[str]:
    """Uuids of the visible layers beneath the most that are drawn at once; `layers` bottom first."""
    visible = [layer.uuid for layer in layers if layer.visible]
    return frozenset(visible[: max(0, len(visible) - MOST_DRAWN)])


class _LateLayer:
    """Finds a layer that is late, again and again while layers arrive.

    It begins where it was last successful: of thousands of layers most searches look at that one only.
    """

    def __init__(self) -> None:
        self._at = 0

    def find(self, layers: Sequence[Layer], is_late: Callable[[Layer], bool]) -> Layer | None:
        """A layer that is late; None where none is."""
        count = len(layers)
        for step in range(count):
            at = (self._at + step) % count
            if is_late(layers[at]):
                self._at = at
                return layers[at]
        return None


def _turned(bounds: Bounds, degrees: float) -> Bounds:
    return Bounds(bounds.left + degrees, bounds.bottom, bounds.right + degrees, bounds.top)
