"""The drawing of a layer: one interface for files, services and features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, override, runtime_checkable

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.disk.content_mark import KEY as CONTENT
from layers.document.layer import STATED, Layer
from layers.document.layer_terms import may_leave
from layers.document.placing.nudge import Nudge, read_nudge
from layers.document.placing.page_origin import PAGE_KEY
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, check_map_crs, has_way, off_earth_sentence
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.band_names import KEY as BAND_NAMES
from layers.services.times.time_range import RANGE_KEY
from layers.time.image_dates import image_date
from viewer.commands.layer_filter import FILTER
from viewer.rendering.context import RenderContext
from viewer.rendering.layer_date import acquisition_of
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.rendering.nudged import own_view, shown_bounds
from viewer.rendering.service_state import SHOWN, ServiceState, StateKind, Way
from viewer.rendering.world_copies import Views
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

_NO_PLACE = frozenset({FILTER, BAND_NAMES, CONTENT, PAGE_KEY, RANGE_KEY, *STATED})
"""Entries of a layer's source that locate no data."""


class LayerDrawing(QObject):
    """Draws one layer of a scene, in the window's thread.

    `updated` is emitted when `paint` would paint something else, at most once an event-loop turn.
    `problem_changed` carries the layer's uuid and one sentence, empty when all is well again.
    """

    updated = Signal()
    problem_changed = Signal(str, str)

    def __init__(self, layer: Layer, context: RenderContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layer = layer
        self.context = context
        self.problem = ""
        self.is_unavailable = False
        """True while the drive of its file does not answer; the file is read when the drive is back."""
        self._problems: dict[str, str] = {}
        self._is_closed = False
        self._announcing = False
        self._set_problem(place_problem(layer), "crs")

    @property
    def layer_uuid(self) -> str:
        return self.layer.uuid

    @property
    def attribution(self) -> str:
        """Credit and date for the map's edge; empty without any."""
        return self.layer.credit

    @property
    def acquisition(self) -> Acquisition:
        """Time and kind of the acquisition of what it shows, as far as they are known."""
        return acquisition_of(self.layer, None, None)

    def fits(self, layer: Layer) -> bool:
        """True where `set_layer` can take the new row; else the scene makes a new drawing."""
        return (layer.uuid, layer.kind, _data_of(layer)) == (self.layer.uuid, self.layer.kind, _data_of(self.layer))

    def set_layer(self, layer: Layer) -> None:
        """Take over a new row of the same layer: its style, opacity, credit, CRS."""
        self.layer = layer
        self._set_problem(place_problem(layer), "crs")
        self._announce()

    # A layer that was nudged lies elsewhere on the map than its data say. A drawing knows nothing of that: whoever
    # asks it about a view of the map hands on `seen(view)`, and takes `shown_bounds` for where it is.

    @property
    def nudge(self) -> Nudge | None:
        """The shift that the layer's row holds."""
        return read_nudge(self.layer.nudge_json)

    def seen(self, view: View) -> View:
        """The view of the layer's own ground that a view of the map shows."""
        nudge = self.nudge
        return view if nudge is None else own_view(view, nudge)

    def shown_bounds(self) -> Bounds | None:
        """Bounds of the layer's data on the map, in longitudes and latitudes, once they are known."""
        bounds, nudge = self.bounds_lonlat(), self.nudge
        return bounds if bounds is None or nudge is None else shown_bounds(bounds, nudge)

    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        """Set the view, which replaces all earlier requests. `resting` False: a gesture runs, and stand-ins are enough.

        `copies`, here and below: the wrapped world copies in the view, which the scene finds (`world_copies`).
        """
        raise NotImplementedError

    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        """Paint what is there of `view`; the painter's coordinates are the view's pixels.

        `checkpoint` is called after each few milliseconds of painting, and at the end.
        """
        raise NotImplementedError

    def shows_in(self, view: View, copies: Views = ()) -> bool:
        """True where `paint` paints something of the layer now: only then is it credited."""
        return True

    def is_complete(self, view: View, copies: Views = ()) -> bool:
        """True when `paint` paints the final, exact picture (what has failed counts as done)."""
        raise NotImplementedError

    def has_failed_in(self, view: View) -> bool:
        """True where all tiles for a complete view have failed: the picture is without the layer."""
        return False

    def state_in(self, view: View | None) -> ServiceState:
        """The state of a service's layer in a view of the map; without one, as far as no view matters."""
        if self.layer.kind != "tiles" or not self.problem:
            return SHOWN
        if self.is_paused:
            return ServiceState(StateKind.PAUSED, Phrase("paused"), self._named_problem(), (Way.ALLOW,), True)
        return ServiceState(StateKind.FAILED, Phrase("failed"), self._named_problem(), (), True)

    @property
    def state(self) -> ServiceState:
        """The state of a service's layer in the view that was set last."""
        return self.state_in(None)

    def _named_problem(self) -> str:
        """Its problem in a sentence that names the layer."""
        name = one_line(self.layer.name, 60)
        if name in self.problem:
            return self.problem
        return Phrase("“{name}”: {problem}", name=name, problem=self.problem)

    def labelling(self, view: View) -> LayerLabelling | None:
        """The labels of its features in this view; None where there are none yet."""
        return None

    def bounds_lonlat(self) -> Bounds | None:
        """Bounds of the layer's own data, once they are known."""
        return None

    @property
    def plane(self) -> str:
        """The CRS off the Earth in which the layer lies (`is_off_earth`), once it is known; empty for a place on the
        map.
        """
        return PIXEL_SPACE if self.layer.crs == PIXEL_SPACE else ""

    def plane_bounds(self, crs: str) -> Bounds | None:
        """Bounds on a canvas of that CRS off the Earth; None where the layer is not on it, or its place is not known
        yet.
        """
        return None

    @property
    def is_paused(self) -> bool:
        """True while the layer waits for a permission: nothing of it has been looked at."""
        return False

    @property
    def missing(self) -> frozenset[str]:
        """Files of the layer that were looked for and are missing."""
        return frozenset()

    @property
    def is_missing(self) -> bool:
        """True where a file of the layer is not where the case says."""
        return bool(self.missing)

    @property
    def remark(self) -> str:
        """A sentence on why nothing of it is on the map of the Earth, where that is no fault; else empty."""
        if self.plane in ("", PIXEL_SPACE):
            return ""
        return off_earth_sentence(one_line(self.layer.name, 60), self.plane)

    @property
    def is_open(self) -> bool:
        """True when it is known where the layer is, that it has no place, or that it cannot be drawn."""
        return bool(self.problem) or self.bounds_lonlat() is not None

    @property
    def is_nowhere(self) -> bool:
        """True where its row gives a CRS that places nothing: nothing need be read."""
        return "crs" in self._problems

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of its files; empty for a layer that needs none."""
        return ()

    def suspend(self, sentence: str) -> None:
        """Request nothing more, as the drive of its file does not answer; what was read stays."""
        if not self.is_unavailable and self._needs_file:
            self.is_unavailable = True
            self._stop_reading()
            self._set_problem(sentence, "drive")
            self._announce()

    def resume(self) -> None:
        """Request again what is lacking, as the drive answers again."""
        if self.is_unavailable:
            self.is_unavailable = False
            self._set_problem("", "drive")
            self._read_on()
            self._announce()

    @property
    def _needs_file(self) -> bool:
        """False once all of its file has been read."""
        return True

    def _stop_reading(self) -> None:
        """Cancel reads in progress, as the file does not answer."""

    def _read_on(self) -> None:
        """Read what is lacking, as the file answers again."""

    def give_back(self) -> None:
        """Free the drawing's caches, as memory ran short."""

    def close(self) -> None:
        """Request nothing more, and emit nothing afterwards.

        The object is freed here, in the window's thread, and not by the thread that drops the last reference.
        """
        if not self._is_closed:
            self._is_closed = True
            self.context.scheduler.forget(id(self))
            self.deleteLater()

    def _announce(self) -> None:
        """Emit `updated` later in this turn, and only once: two answers often arrive together."""
        if not self._announcing and not self._is_closed:
            self._announcing = True
            self.context.mailbox.post(self._emit_updated)

    def _emit_updated(self) -> None:
        self._announcing = False
        if not self._is_closed:
            self.updated.emit()

    def _set_problem(self, sentence: str, about: str = "source") -> None:
        """Set the problem of one matter, empty when it is well again. The oldest problem that stands is shown."""
        if sentence:
            self._problems[about] = sentence
        else:
            self._problems.pop(about, None)
        shown = next(iter(self._problems.values()), "")
        if shown != self.problem and not self._is_closed:
            self.problem = shown
            self.problem_changed.emit(self.layer_uuid, in_language(shown))


@runtime_checkable
class ReadApart(Protocol):
    """A drawing whose data are read apart from its tiles: `viewer.rendering.vector.vector_drawing.VectorDrawing`."""

    def read(self, view: View, copies: Views = ()) -> None:
        """Read all that is said of a view in words, as `set_view` does, but paint no tile of it ahead."""

    def is_read(self, view: View, copies: Views = ()) -> bool:
        """True when all is known that is said of a view in words, whether its tiles are painted or not."""


def credit_on_map(drawing: LayerDrawing) -> str:
    """Credit and date, with the shift of a layer that is nudged: nothing else on the map shows that."""
    nudge = drawing.nudge
    if nudge is None:
        return drawing.attribution
    return Phrase(
        "{attribution}, shifted {offset_words}",
        attribution=drawing.attribution or one_line(drawing.layer.name, 60),
        offset_words=nudge.offset_words,
    )


def is_on_plane(plane: str, crs: str) -> bool:
    """True where a plane off the Earth, empty for none, is on a canvas of that CRS: both are of one body or grid."""
    return bool(plane) and has_way(plane, crs)


def place_problem(layer: Layer) -> str:
    """The reason why the CRS in a layer's row cannot place it; empty where it can, or where the row gives none."""
    if not layer.crs or layer.crs == PIXEL_SPACE:
        return ""
    try:
        check_map_crs(layer.crs)
    except GeoloupeError as error:
        return Phrase("“{name}” cannot be placed: {why}", name=one_line(layer.name, 60), why=error.sentence)
    return ""


def _data_of(layer: Layer) -> dict[str, Any]:
    """Entries of a layer's source that locate its data, with the control points that place it.

    A filter, names of bands, a mark of its content and words on it are left out.
    """
    located = {key: value for key, value in layer.source.items() if key not in _NO_PLACE}
    return {**located, "control points": layer.control_points_json}


def credit_with_date(credit: str, acquired_at: str, date_kind: str, until: str = "", note: str = "") -> str:
    """A credit with dates and a note, as maps print it; dates are ISO 8601 or as the source gives them."""
    when = (
        image_date(acquired_at, date_kind if date_kind != "unknown" else "instant", until)
        if acquired_at or date_kind != "composite"
        else Phrase("composite")
    )
    return Phrase("{credit} ({when}{note})", credit=credit, when=when, note=note)


class StandInDrawing(LayerDrawing):
    """Paints nothing, for a layer that has nothing to paint."""

    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        pass

    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        checkpoint()

    def shows_in(self, view: View, copies: Views = ()) -> bool:
        return False


def may_be_shown_in_files(drawing: LayerDrawing) -> bool:
    """False where it draws what the terms of its service do not allow in a file or a copied picture."""
    return isinstance(drawing, StandInDrawing) or may_leave(drawing.layer)


class FailedDrawing(StandInDrawing):
    """Stands for a layer that cannot be drawn, and says why."""

    def __init__(
        self,
        layer: Layer,
        context: RenderContext,
        sentence: str,
        parent: QObject | None = None,
        *,
        is_paused: bool = False,
        is_missing: bool = False,
    ) -> None:
        super().__init__(layer, context, parent)
        self._is_paused, self._is_missing = is_paused, is_missing
        self._set_problem(sentence)

    @property
    @override
    def is_paused(self) -> bool:
        return self._is_paused

    @property
    @override
    def is_missing(self) -> bool:
        return self._is_missing

    @override
    def fits(self, layer: Layer) -> bool:
        """True where style, CRS and source are the same; with others the layer may be drawn after all."""
        rest = ("style_json", "crs", "source_json")
        return super().fits(layer) and all(getattr(layer, name) == getattr(self.layer, name) for name in rest)

    def is_complete(self, view: View, copies: Views = ()) -> bool:
        return True


class LeftOutDrawing(FailedDrawing):
    """Stands for a layer that lies beneath the most layers that are drawn at once."""

    def __init__(self, layer: Layer, context: RenderContext, most: int) -> None:
        name = one_line(layer.name, 60)
        super().__init__(
            layer,
            context,
            translate(
                "Drawing",
                "“{0}” is not drawn: {count} layers above it are. Hide some of them to see it.",
                "“{0}” is not drawn: {count} layer above it are. Hide some of them to see it.",
                most,
            ).format(name),
        )

    @override
    def state_in(self, view: View | None) -> ServiceState:
        state = super().state_in(view)
        return state if state is SHOWN else replace(state, badge=Phrase("not drawn"))


class AwaitedDrawing(StandInDrawing):
    """Stands for a layer until it is known whether the drives of its files are there."""

    def __init__(self, layer: Layer, files: Sequence[Path], context: RenderContext) -> None:
        super().__init__(layer, context)
        self._files = tuple(files)
        for path in files:
            if context.drives.is_gone(path.parent):
                self.suspend(context.drives.sentence(layer.name, path.parent))

    @property
    def folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(path.parent for path in self._files))

    def fits(self, layer: Layer) -> bool:
        return False  # where the drive is there, the layer's own drawing takes its place

    def is_complete(self, view: View, copies: Views = ()) -> bool:
        return self.is_unavailable
