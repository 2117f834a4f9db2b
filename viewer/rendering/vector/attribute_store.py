"""Reads and keeps the attributes of vector layers when they are first needed, as by the table, a filter or a label."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from msgspec import Struct, field
from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.pool.attribute_columns import read_attributes
from layers.pool.measures import Measured
from layers.pool.pool import ReaderPool
from layers.requests.features import OfLayer
from layers.text.counted import grouped
from layers.vector.columns import Attributes
from layers.vector.expression.quick_search import QuickSearch
from viewer.support.jobs import Job, JobCancelled, JobContext, Jobs

type _Done = Callable[[LayerAttributes], None]
type Failed = Callable[[GeoloupeError], None]


class AttributeSource(Struct, frozen=True):
    """The layer of a file that attributes are read from, and how it is read."""

    path: str
    table: str
    options_json: str = "{}"
    crs: str = ""
    """The CRS chosen by hand, for measures."""

    @classmethod
    def of(cls, layer: Layer, path: Path, table: str = "") -> AttributeSource:
        """The source of a layer's attributes; `table` is the name a reader found, where the layer names none."""
        source = layer.source
        options = json.dumps(source.get("options") or {}, sort_keys=True)
        return cls(str(path), str(source.get("table", "")) or table, options, layer.crs)

    def asked(self) -> OfLayer:
        """The layer in the form that requests to readers take."""
        return OfLayer(self.path, self.table, json.loads(self.options_json), self.crs)


class LayerAttributes(Struct, frozen=True, eq=False):
    """Attributes of a layer that have been read: all columns, or those that were requested."""

    table: Attributes
    search: QuickSearch
    is_whole: bool
    measured: Measured

    @property
    def rows(self) -> int:
        return len(self.table)


class _Reading(Struct, eq=False):
    """One job that reads columns (None: all), with those who wait for them."""

    columns: tuple[str, ...] | None
    waiting: list[tuple[_Done, Failed]] = field(default_factory=list)
    job: Job | None = None


class AttributeStore(QObject):
    """Reads attributes in jobs, one at a time a layer, and keeps them. For the window's thread only."""

    def __init__(self, pool: ReaderPool, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool, self._jobs = pool, jobs
        self._held: dict[AttributeSource, LayerAttributes] = {}
        self._readings: dict[AttributeSource, list[_Reading]] = {}
        jobs.finished.connect(self._job_ended)

    def held(self, source: AttributeSource, columns: Sequence[str] | None = None) -> LayerAttributes | None:
        """The attributes that have been read, where they hold the columns (None: all)."""
        attributes = self._held.get(source)
        if attributes is None or attributes.is_whole:
            return attributes
        return attributes if columns is not None and set(columns) <= set(attributes.table.names) else None

    def want(
        self,
        source: AttributeSource,
        done: _Done,
        failed: Failed,
        columns: Sequence[str] | None = None,
        *,
        title: str = "",
        expected: int = 0,
    ) -> None:
        """Call `done` with the columns (None: all), at once where they are kept, else when they have been read.

        `expected` rows make the progress that is shown under `title`. `failed` is also called when the job is
        cancelled.
        """
        attributes = self.held(source, columns)
        if attributes is not None:
            done(attributes)
            return
        readings = self._readings.setdefault(source, [])
        for under_way in readings:
            if under_way.columns is None or (columns is not None and set(columns) <= set(under_way.columns)):
                under_way.waiting.append((done, failed))
                return
        reading = _Reading(None if columns is None else tuple(columns), [(done, failed)])
        readings.append(reading)
        reading.job = self._read(source, reading, title, expected)

    def adopt(self, source: AttributeSource, attributes: LayerAttributes) -> None:
        """Keep attributes that were read whole elsewhere."""
        self._held.setdefault(source, attributes)

    def keep_only(self, sources: Collection[AttributeSource]) -> None:
        """Forget attributes that no layer shows any more."""
        for source in [source for source in self._held if source not in sources]:
            del self._held[source]

    def forget(self, source: AttributeSource) -> None:
        """Forget attributes, so that they are read again."""
        self._held.pop(source, None)

    def _read(self, source: AttributeSource, reading: _Reading, title: str, expected: int) -> Job:
        pool = self._pool
        held = self._held.get(source)
        known = held.table if held is not None else None
        columns = reading.columns
        measured = held.measured if held is not None else Measured(pool, source.asked())
        missing = None if columns is None or known is None else [name for name in columns if name not in known.columns]

        def work(context: JobContext) -> LayerAttributes:
            def report(rows: int) -> None:
                context.check()
                context.progress(min(rows / expected, 1.0) if expected else 0.0, grouped(rows))

            table = read_attributes(pool, source.asked(), columns if missing is None else missing, report)
            if missing is not None and known is not None and len(known) == len(table):
                table = known.joined(table)
            return LayerAttributes(table, QuickSearch(table.columns), columns is None, measured)

        def done(attributes: LayerAttributes) -> None:
            before = self._held.get(source)
            if before is None or not before.is_whole:
                self._held[source] = attributes
            for on_done, _ in self._take_waiting(source, reading):
                on_done(attributes)

        def failed(error: GeoloupeError) -> None:
            for _, on_failed in self._take_waiting(source, reading):
                on_failed(error)

        return self._jobs.run(work, done, failed, title)

    def _job_ended(self, job: Job) -> None:
        """Call `failed` of all that wait for a cancelled job, which itself calls nobody."""
        if not job.cancelled:
            return
        for source, readings in list(self._readings.items()):
            for reading in [reading for reading in readings if reading.job is job]:
                for _, failed in self._take_waiting(source, reading):
                    failed(JobCancelled("{title}: cancelled.", title=job.title))

    def _take_waiting(self, source: AttributeSource, reading: _Reading) -> list[tuple[_Done, Failed]]:
        """Drop a reading that has ended, and return the callbacks that wait for it."""
        readings = self._readings.get(source, [])
        if reading in readings:
            readings.remove(reading)
        if not readings:
            self._readings.pop(source, None)
        waiting, reading.waiting = reading.waiting, []
        return waiting
