"""Reads the attributes that the styles of vector layers need, for their classes and labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.formula.budget import Budget
from layers.vector.columns import Attributes
from layers.vector.drawing.content import FeatureClasses
from layers.vector.style.layer_style import ClassKey, VectorStyle, classify
from viewer.rendering.vector.attribute_store import AttributeSource, AttributeStore, LayerAttributes
from viewer.support.jobs import Job, JobContext, Jobs


class ColumnReader(Struct, frozen=True, eq=False):
    """Reads attributes of one layer for computations with them."""

    store: AttributeStore
    jobs: Jobs
    source: AttributeSource

    def run(
        self,
        columns: Sequence[str] | None,
        work: Callable[[Attributes, Budget], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        """Read the columns (None: all), call `work` with them off the window's thread, then `done` or `failed`."""

        def say(error: GeoloupeError) -> None:
            failed(error.sentence)

        def read(attributes: LayerAttributes) -> None:
            self.jobs.run(lambda context: work(attributes.table, Budget(context.check)), done, say)

        self.store.want(self.source, read, say, columns)


@runtime_checkable
class Styled(Protocol):
    """A drawing of features by class, with names: `viewer.rendering.vector.vector_drawing.VectorDrawing`."""

    columns: ColumnReader | None

    @property
    def layer(self) -> Layer: ...

    def set_attributes(self, attributes: Attributes, key: ClassKey, classes: FeatureClasses | None) -> None:
        """Take columns that hold what the style needs, and the class of each feature for styles of this key."""

    def attributes_failed(self, sentence: str) -> None:
        """Note that the attributes cannot be read, or that a rule cannot be used."""


class _Wanted(Struct, frozen=True, eq=False):
    drawing: Styled
    source: AttributeSource
    columns: tuple[str, ...]
    key: ClassKey

    def answers(self, other: _Wanted) -> bool:
        same = self.drawing is other.drawing and (self.source, self.key) == (other.source, other.key)
        return same and set(other.columns) <= set(self.columns)


class LayerStyles(QObject):
    """Gives drawings of vector layers the attributes and the classes that their styles need."""

    def __init__(self, store: AttributeStore, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._wanted: dict[str, _Wanted] = {}
        self._waiting: set[str] = set()
        self._classing: dict[str, Job] = {}

    def follow(self, drawings: Mapping[str, tuple[Styled, AttributeSource]]) -> None:
        """Take over the drawings as they are now, by layer uuid."""
        self._wanted = {uuid: wanted for uuid, wanted in self._wanted.items() if uuid in drawings}
        self._waiting &= set(drawings)
        for uuid in self._classing.keys() - drawings.keys():
            self._give_up(uuid)
        for uuid, (drawing, source) in drawings.items():
            style = _style_of(drawing.layer)
            wanted = _Wanted(drawing, source, _columns_of(style), style.class_key)
            before = self._wanted.get(uuid)
            if before is not None and before.answers(wanted):
                continue
            drawing.columns = ColumnReader(self._store, self._jobs, source)
            self._wanted[uuid] = wanted
            self._give_up(uuid)
            self._waiting.discard(uuid)
            if wanted.columns:
                self._waiting.add(uuid)
                done, failed = partial(self._read, uuid, wanted, style), partial(self._failed, uuid, wanted)
                self._store.want(source, done, failed, wanted.columns)

    def is_pending(self, uuid: str) -> bool:
        """True while the classes of a layer's features are not known yet."""
        return uuid in self._waiting

    def is_settled(self) -> bool:
        return not self._waiting

    def _read(self, uuid: str, wanted: _Wanted, style: VectorStyle, attributes: LayerAttributes) -> None:
        if self._wanted.get(uuid) is not wanted:
            return

        def done(classes: FeatureClasses | None) -> None:
            if self._wanted.get(uuid) is wanted:
                self._waiting.discard(uuid)
                wanted.drawing.set_attributes(attributes.table, wanted.key, classes)

        def work(context: JobContext) -> FeatureClasses | None:
            return classes_of(style, attributes.table, Budget(context.check))

        self._classing[uuid] = self._jobs.run(work, done, partial(self._failed, uuid, wanted))

    def _give_up(self, uuid: str) -> None:
        """Cancel a job for a style that is no longer shown, so that its thread is free for others."""
        job = self._classing.pop(uuid, None)
        if job is not None:
            job.cancel()

    def _failed(self, uuid: str, wanted: _Wanted, error: GeoloupeError) -> None:
        if self._wanted.get(uuid) is wanted:
            self._waiting.discard(uuid)
            wanted.drawing.attributes_failed(error.sentence)


def classes_of(style: VectorStyle, attributes: Attributes, budget: Budget | None = None) -> FeatureClasses | None:
    """The class of each feature; None for a single symbol. Raises InvalidValue for a rule that cannot be used."""
    if style.mode == "single":
        return None
    codes, _ = classify(style, attributes, budget)
    fids = attributes.fids
    if bool((fids[1:] > fids[:-1]).all()):
        return FeatureClasses(fids, codes)
    order = np.argsort(fids, kind="stable")
    return FeatureClasses(fids[order], codes[order])


def _style_of(layer: Layer) -> VectorStyle:
    """The style of a layer; a plain one, which needs no attributes, where it has none or an unreadable one."""
    try:
        return VectorStyle.from_json(layer.style) if layer.style else VectorStyle()
    except GeoloupeError:
        return VectorStyle()


def _columns_of(style: VectorStyle) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*style.columns, *style.labels.columns)))
