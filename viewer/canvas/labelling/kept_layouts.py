"""Layouts of the labels of a scene: made at once for products, and in a job for the screen where that takes longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from layers.errors import GeoloupeError
from layers.grid.tile_grid import View
from layers.vector.labels.label_layout import LabelLayout, PlacedLabel
from viewer.canvas.labelling.map_labels import LabelTask, carried_along
from viewer.canvas.labels.label_painter import LabelPainter
from viewer.canvas.labels.layer_labels import LayerLabels
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.support.jobs import Jobs

AT_ONCE_S = 0.004
"""Longest time in seconds that a layout for the screen is made before its frame is painted, and not in a job."""
MANY_MORE = 60
"""Labels more than in the last layout whose time does not tell how long the next one takes: crowded ones take some
hundredths of a millisecond each.
"""

type Labelled = tuple[tuple[str, LayerLabelling], ...]


class LabelKey(NamedTuple):
    """The inputs of a layout, apart from the document's sites."""

    view: View
    selection: frozenset[str]
    language: str
    labelled: Labelled
    has_crosshair: bool = False


class LabelLayouts:
    """Keeps the last layout; its labels move with the map until those of the next layout are ready.

    `changed` is called when labels are ready that were awaited.
    """

    def __init__(self, jobs: Jobs, changed: Callable[[], None]) -> None:
        self._jobs, self._changed = jobs, changed
        self._here = LayerLabels(LabelPainter())
        self._there = LayerLabels(LabelPainter())
        """Used in jobs only, by one at a time."""
        self._last: tuple[LabelKey, LabelLayout] | None = None
        self._is_stale = False
        self._awaited: LabelKey | None = None
        """The layout that a job is computing."""
        self._took_s = 0.0
        """Seconds that the last layout of site labels took."""
        self._asked = 0
        """Number of labels of sites that the last layout was asked for."""
        self._edition = self._document = 0
        self._is_closed = False

    @property
    def is_awaited(self) -> bool:
        """True while a job makes the labels that the last painting of the map lacked."""
        return self._awaited is not None

    def outdate(self) -> None:
        """Note that sites or layers have changed; labels stay where they are until the next layout."""
        self._is_stale = True
        self._edition += 1

    def forget(self) -> None:
        """Drop the layout, as another document is shown."""
        self.outdate()
        self._document += 1
        self._last = None

    def close(self) -> None:
        self._is_closed = True

    def exact(self, key: LabelKey, task: Callable[[], LabelTask]) -> LabelLayout:
        """The layout for `key`, made now where it is not kept."""
        if not self._has(key):
            began = time.perf_counter()
            label_task = task()
            self._keep(key, label_task.layout(self._here))
            self._took_s, self._asked = time.perf_counter() - began, len(label_task.requests)
        assert self._last is not None
        return self._last[1]

    def shown(self, key: LabelKey, task: Callable[[], LabelTask], *, settled: bool) -> Sequence[PlacedLabel]:
        """The labels to paint on the screen now. While the map moves (not `settled`), kept labels move with it."""
        if self._has(key):
            return self.exact(key, task).placed
        last = self._last
        carries = last is not None and last[0].view.grid.crs == key.view.grid.crs
        if settled or last is None or not carries or last[0][1:3] != key[1:3]:
            is_late = last is not None and (self._took_s >= AT_ONCE_S or self._awaited is not None)
            if key.labelled or is_late:
                self._find(key, task)
            else:
                label_task = task()
                if last is None or len(label_task.requests) <= self._asked + MANY_MORE:
                    return self.exact(key, lambda: label_task).placed
                self._find_with(key, label_task)
        return _standing(carried_along(last[1], last[0].view, key.view), key) if last is not None and carries else ()

    def placed(self, view: View) -> Sequence[PlacedLabel]:
        """The labels of the last layout, where it was for this view; else empty."""
        return self._last[1].placed if self._last is not None and self._last[0].view == view else ()

    def _has(self, key: LabelKey) -> bool:
        return self._last is not None and not self._is_stale and self._last[0] == key

    def _keep(self, key: LabelKey, layout: LabelLayout) -> None:
        self._last, self._is_stale = (key, layout), False

    def _find(self, key: LabelKey, task: Callable[[], LabelTask]) -> None:
        if self._awaited is not None:
            return  # when that is done the map is painted anew, and asks for what is wanted then
        self._awaited = key
        if self._last is None:
            self._begin(key, task)
        else:  # after the frame that is being painted, in which the labels that are there stand
            self._jobs.mailbox.post(self._begin, key, task)

    def _begin(self, key: LabelKey, task: Callable[[], LabelTask]) -> None:
        if self._is_closed:
            return
        try:
            label_task = task()
        except BaseException:
            self._awaited = None
            raise
        self._find_with(key, label_task)

    def _find_with(self, key: LabelKey, task: LabelTask) -> None:
        """Make the layout of a task, of the document as it is now, in a job."""
        self._awaited = key
        edition, document = self._edition, self._document

        def find() -> tuple[LabelLayout, float]:
            began = time.thread_time()
            return task.layout(self._there), time.thread_time() - began

        def keep(answer: tuple[LabelLayout, float]) -> None:
            if self._is_closed:
                return
            self._awaited = None
            layout, self._took_s = answer
            self._asked = len(task.requests)
            if document == self._document:
                self._keep(key, layout)
                self._is_stale = edition != self._edition
            self._changed()

        self._jobs.run(lambda _: find(), keep, self._failed)

    def _failed(self, error: GeoloupeError) -> None:
        self._awaited = None
        self._jobs.unheard.emit(error)


def _standing(labels: Sequence[PlacedLabel], key: LabelKey) -> list[PlacedLabel]:
    """The labels of sites, and those of layers that are still labelled."""
    layers = {uuid for uuid, _ in key.labelled}
    parts = ((label, label.uuid.partition("/")) for label in labels)
    return [label for label, (layer, feature, _) in parts if not feature or layer in layers]
