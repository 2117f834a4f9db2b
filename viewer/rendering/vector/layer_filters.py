"""Computes the filters of vector layers off the window's thread: the features that their drawings show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.formula.budget import Budget
from layers.phrase import Phrase
from layers.vector.columns import ascending
from layers.vector.expression.expression_values import mask_of
from layers.vector.expression.language import Expression, parse_expression
from viewer.commands.layer_filter import filter_of
from viewer.rendering.vector.attribute_store import AttributeSource, AttributeStore, LayerAttributes
from viewer.support.jobs import Job, JobCancelled, JobContext, Jobs


@runtime_checkable
class Filtered(Protocol):
    """A drawing that can show some of its features only: `viewer.rendering.vector.vector_drawing.VectorDrawing`."""

    def set_filter(self, fids: NDArray[np.int64] | None) -> None: ...


class _Filter(Struct, eq=False):
    """The filter of one layer, and what is known of its result: None until it has been computed."""

    source: AttributeSource
    text: str
    drawing: Filtered
    fids: NDArray[np.int64] | None = None
    rows: int = 0
    problem: str = ""
    is_pending: bool = True
    job: Job | None = None

    def give_up(self) -> None:
        """Cancel a computation that is no longer wanted, so that its thread is free for others."""
        if self.job is not None and self.is_pending:
            self.job.cancel()


class LayerFilters(QObject):
    """Keeps drawings in step with their layers' filters. `changed` carries a layer's uuid."""

    changed = Signal(str)

    def __init__(self, store: AttributeStore, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._filters: dict[str, _Filter] = {}
        jobs.finished.connect(self._job_ended)

    def follow(self, layers: Sequence[Layer], drawings: Mapping[str, tuple[Filtered, AttributeSource]]) -> None:
        """Take over the layers as they are now; `drawings` are those of vector layers by uuid."""
        texts = {layer.uuid: filter_of(layer) for layer in layers if layer.uuid in drawings}
        for uuid, before in list(self._filters.items()):
            if not texts.get(uuid):
                del self._filters[uuid]
                before.give_up()
                if uuid in drawings:
                    before.drawing.set_filter(None)
                self.changed.emit(uuid)
        for uuid, text in texts.items():
            if text:
                self._set(uuid, text, *drawings[uuid])

    def counts(self, uuid: str) -> tuple[int, int] | None:
        """(features that pass, rows in all); None without a filter, or until it is known."""
        layer_filter = self._filters.get(uuid)
        return (
            None if layer_filter is None or layer_filter.fids is None else (len(layer_filter.fids), layer_filter.rows)
        )

    def fids(self, uuid: str) -> NDArray[np.int64] | None:
        """The features that pass, ascending; None where all do, or until it is known."""
        layer_filter = self._filters.get(uuid)
        return layer_filter.fids if layer_filter is not None else None

    def problem(self, uuid: str) -> str:
        """The reason why a filter cannot be computed and everything is shown; empty where all is well."""
        layer_filter = self._filters.get(uuid)
        return layer_filter.problem if layer_filter is not None else ""

    def is_pending(self, uuid: str) -> bool:
        """True until it is known which features of a layer pass."""
        layer_filter = self._filters.get(uuid)
        return layer_filter is not None and layer_filter.is_pending

    def is_settled(self) -> bool:
        return not any(layer_filter.is_pending for layer_filter in self._filters.values())

    def _set(self, uuid: str, text: str, drawing: Filtered, source: AttributeSource) -> None:
        before = self._filters.get(uuid)
        if before is not None and (before.source, before.text) == (source, text):
            if before.drawing is not drawing:
                before.drawing = drawing
                drawing.set_filter(before.fids)
            return
        if before is not None:
            before.give_up()
        wanted = self._filters[uuid] = _Filter(source, text, drawing)
        failed = partial(self._fail, uuid, wanted)
        try:
            expression = parse_expression(text)
        except GeoloupeError as error:
            self._fail(uuid, wanted, error)
            return
        # Until it is known which features pass, none of the others may be seen.
        drawing.set_filter(np.empty(0, np.int64) if before is None or before.fids is None else before.fids)
        columns = None if expression.needs_all_columns else expression.columns
        self._store.want(source, partial(self._compute, uuid, wanted, expression), failed, columns)

    def _compute(self, uuid: str, wanted: _Filter, expression: Expression, attributes: LayerAttributes) -> None:
        if not attributes.is_whole and not set(expression.columns) <= set(attributes.table.names):
            # A name that is written in another case is found among all columns only.
            again = partial(self._compute, uuid, wanted, expression)
            self._store.want(wanted.source, again, partial(self._fail, uuid, wanted))
            return

        def work(context: JobContext) -> NDArray[np.int64]:
            passing = mask_of(
                expression, attributes.table, attributes.search, Budget(context.check), attributes.measured
            )
            return ascending(attributes.table.fids[passing])

        def done(fids: NDArray[np.int64]) -> None:
            if self._filters.get(uuid) is wanted:
                wanted.fids, wanted.rows, wanted.is_pending = fids, attributes.rows, False
                wanted.drawing.set_filter(fids)
                self.changed.emit(uuid)

        title = self.tr("Measuring features") if expression.is_measured else ""
        wanted.job = self._jobs.run(work, done, partial(self._fail, uuid, wanted), title)

    def _job_ended(self, job: Job) -> None:
        """Report the filter of a cancelled job as failed, as the job itself calls nobody."""
        if not job.cancelled:
            return
        for uuid, wanted in list(self._filters.items()):
            if wanted.job is job and wanted.is_pending:
                self._fail(uuid, wanted, JobCancelled(self.tr("it was stopped.")))

    def _fail(self, uuid: str, wanted: _Filter, error: GeoloupeError) -> None:
        if self._filters.get(uuid) is wanted:
            wanted.problem, wanted.is_pending = (
                Phrase("The filter cannot be used, all is shown: {why}", why=error.sentence),
                False,
            )
            wanted.drawing.set_filter(None)
            self.changed.emit(uuid)
