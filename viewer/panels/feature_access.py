"""Functions through which panels reach the features of vector layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.requests.features import ReadAttributes, RowFacts
from viewer.canvas.feature_selection import FeatureSelection, Fids
from viewer.rendering.vector.attribute_store import AttributeSource, AttributeStore
from viewer.rendering.vector.layer_filters import LayerFilters
from viewer.support.jobs import Jobs

type RowValues = dict[int, dict[str, Any]]
"""Attributes by fid, then by name."""


class FeatureAccess(Struct, frozen=True):
    """Reads, selects and shows features. `source_of` returns the source of a layer's attributes; None without any.

    `zoom_to` shows features of a layer; `report` is called with a sentence on what cannot be read.
    """

    pool: ReaderPool
    jobs: Jobs
    store: AttributeStore
    filters: LayerFilters
    selection: FeatureSelection
    source_of: Callable[[str], AttributeSource | None]
    zoom_to: Callable[[str, Fids], None]
    report: Callable[[str], None]

    def read(self, uuid: str, fids: Sequence[int], done: Callable[[RowValues], None]) -> None:
        """Read attributes of a few features of a layer: from memory where they are kept, else from the file.

        `done` is called with them in the window's thread; failures are reported instead.
        """
        source = self.source_of(uuid)
        if source is None:
            return
        held = self.store.held(source)
        if held is not None:
            rows = held.table.rows_of(list(fids)).tolist()
            done({int(held.table.fids[row]): held.table.row(row) for row in rows})
            return
        file_layer = source.asked()
        wanted = ReadAttributes(
            file_layer.path, file_layer.layer, file_layer.options, fids=tuple(int(fid) for fid in fids)
        )
        answered = partial(self.jobs.mailbox.post, self._read_ended, done)
        self.pool.submit(Request(wanted, answered, strike_key=source.path))

    def _read_ended(self, done: Callable[[RowValues], None], result: Answer | GeoloupeError) -> None:
        if isinstance(result, GeoloupeError):
            self.report(result.sentence)
            return
        facts: RowFacts = result.facts
        done({fid: {name: values[at] for name, values in facts.columns.items()} for at, fid in enumerate(facts.fids)})
