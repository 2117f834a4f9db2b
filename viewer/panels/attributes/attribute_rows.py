"""Filters and sorts the rows of a table off the window's thread; the last request wins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from layers.errors import GeoloupeError
from layers.formula.budget import Budget
from layers.vector.column_order import order_of
from layers.vector.expression.expression_values import mask_of
from layers.vector.expression.language import parse_expression, quoted_text
from viewer.rendering.vector.attribute_store import LayerAttributes
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.translation import in_language

type RowNumbers = NDArray[np.intp]


class RowRequest(Struct, frozen=True, eq=False):
    """A request for the rows that meet all its conditions, in the order of `sort`.

    `text` must be in any column, `expression` must be true, and the masks `passing` and `selected`, (n,) over all rows
    of the table, must be True; an empty text and None are no condition. `sort` is a column and True for descending.
    """

    text: str = ""
    expression: str = ""
    sort: tuple[str, bool] | None = None
    passing: NDArray[np.bool_] | None = None
    selected: NDArray[np.bool_] | None = None

    @property
    def as_expression(self) -> str:
        """The typed filter as an expression for the map."""
        quick = f"any({quoted_text(self.text.strip())})" if self.text.strip() else ""
        if quick and self.expression:
            return f"{quick} and ({self.expression})"
        return quick or self.expression


class AttributeRows(QObject):
    """Computes the rows of the latest request in a job.

    `found` carries their indexes, `failed` a sentence. Sorted orders are kept, so that another filter sorts nothing
    again.
    """

    found = Signal(object)
    failed = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._attributes: LayerAttributes | None = None
        self._orders: dict[tuple[str, bool], RowNumbers] = {}
        self._job: Job | None = None
        self.request = RowRequest()
        jobs.finished.connect(self._job_ended)

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def show(self, attributes: LayerAttributes | None) -> None:
        """Work on another table, without a request yet."""
        self._give_up()
        self._attributes, self._orders, self.request = attributes, {}, RowRequest()

    def want(self, **changes: object) -> None:
        """Change the request and compute its rows."""
        self.request = replace(self.request, **changes)
        self._give_up()
        attributes, request, orders = self._attributes, self.request, self._orders
        if attributes is None:
            return

        def work(context: JobContext) -> RowNumbers:
            return _rows_for(attributes, request, orders, context.check)

        title = self.tr("Measuring features") if _is_measured(request.expression) else ""
        self._job = self._jobs.run(work, self._answered, self._refused, title)

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _job_ended(self, job: Job) -> None:
        """Report that the job was cancelled: a cancelled job calls neither `_answered` nor `_refused`."""
        if job is self._job and job.cancelled:
            self._job = None
            self.failed.emit(self.tr("It was stopped."))

    def _answered(self, rows: RowNumbers) -> None:
        self._job = None
        self.found.emit(rows)

    def _refused(self, error: GeoloupeError) -> None:
        self._job = None
        self.failed.emit(in_language(error.sentence))


def _is_measured(text: str) -> bool:
    try:
        return bool(text) and parse_expression(text).is_measured
    except GeoloupeError:
        return False


def _rows_for(
    attributes: LayerAttributes,
    request: RowRequest,
    orders: dict[tuple[str, bool], RowNumbers],
    check: Callable[[], None],
) -> RowNumbers:
    table, budget = attributes.table, Budget(check)
    mask = np.ones(len(table), bool)
    for chosen in (request.passing, request.selected):
        if chosen is not None:
            mask &= chosen
    if request.expression:
        mask &= mask_of(parse_expression(request.expression), table, attributes.search, budget, attributes.measured)
    if request.text.strip():
        mask &= attributes.search.mask(request.text, budget)
    check()
    if request.sort is None:
        return np.flatnonzero(mask)
    if request.sort not in orders:
        name, descending = request.sort
        orders[request.sort] = order_of(table.columns[name], None, descending, check)
    order = orders[request.sort]
    return order[mask[order]]
