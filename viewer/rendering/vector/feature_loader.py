"""The readers' side of a vector layer: the facts of its file, and its features in the CRS of the canvas."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.errors import FileMissing, GeoloupeError, NotReadable
from layers.geo.crs import PIXEL_SPACE
from layers.phrase import Phrase
from layers.pool.features import table_from_answer
from layers.pool.protocol import Answer, Request
from layers.requests.features import FeatureFacts, ReadFeatures
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from layers.vector.lost_rows import LostRows
from layers.vector.table import FeatureTable, VectorInfo
from viewer.rendering.context import RenderContext

_DIGITS = 9
"""Decimal digits of a number that fit the steps of features."""

type _Tables = tuple[FeatureTable, ...]
ANSWER_BYTES = 3 * 2**20
"""Bytes of a chunk, about: the window takes one in a millisecond, and it does not hold up readers."""
AHEAD = 4
"""Number of requests under way: one for each reader and one more, so that none waits while its answer is taken."""
TELL_EVERY_S = 1.0
"""Least seconds between showing features that have come so far: painting takes the cores from the readers."""
Arrived = Callable[[tuple[FeatureTable, ...], bool, GeoloupeError | None], None]


class FeatureLoader:
    """Asks readers about a vector file. All callbacks come in the window's thread, except `prepare` of `load`."""

    def __init__(self, context: RenderContext, path: Path, layer: Layer) -> None:
        self.path = path
        self.info: VectorInfo | None = None
        """The facts of the file; None until they are known."""
        self.missing: frozenset[str] = frozenset()
        """The file, where it was looked for and is missing."""
        self.crs = ""
        """CRS in which the features are, or are being read."""
        self.is_loaded = False
        self._context = context
        self._table = str(layer.source.get("table", ""))
        options = layer.source.get("options")
        self._options: dict[str, Any] = options if isinstance(options, dict) else {}
        """Options for reading the file, where any were given."""
        self._loading: VectorLoading | None = None

    def probe(self, done: Callable[[str], None]) -> None:
        """Probe the file; `done` is called with a sentence on its problem, which is empty where it has none."""

        def probed(answer: Answer | GeoloupeError) -> None:
            self.missing = frozenset({str(self.path)}) if isinstance(answer, FileMissing) else frozenset()
            done(answer.sentence if isinstance(answer, GeoloupeError) else self._take(answer.facts))

        question = Probe(str(self.path), options=self._options, canvas_crs="")
        answered = partial(self._context.mailbox.post, probed)  # called on a supervisor's thread
        self._context.pool.probe(question, answered)

    def _take(self, probed: Probed) -> str:
        if probed.kind != "vector":
            return Phrase("{name} holds no vector layer: remove the layer and add the file again.", name=self.path.name)
        self.info = next((info for info in probed.layers if not self._table or info.name == self._table), None)
        if self.info is None:
            name = Phrase("no layer named {table}", table=self._table) if self._table else "no layer"
            return Phrase(
                "{name} has {name_2}: it may have been saved anew; add it again.", name=self.path.name, name_2=name
            )
        self._tell_lost()
        return ""

    def is_readable(self, layer: Layer) -> bool:
        """False once it is known that nothing can be read, or that it has no place."""
        return self.info is None or (bool(self.info.features) and bool(layer.crs or self.info.crs))

    def load(
        self,
        crs: str,
        source_crs: str,
        prepare: Callable[[FeatureTable], object],
        arrived: Callable[[_Tables, str], None],
    ) -> None:
        """Read all features into a CRS, at once, before the file's facts are known.

        `arrived` is called with those so far and what went wrong; `prepare` with each chunk, on a supervisor's thread.
        """
        self.stop()
        self.crs, self.is_loaded = crs, False
        question = ReadFeatures(str(self.path), self._table, self._options, source_crs, crs, self._step(crs))

        def took(tables: _Tables, is_last: bool, error: GeoloupeError | None) -> None:
            self.is_loaded = is_last
            self._tell_lost()
            arrived(tables, "" if error is None else error.sentence)

        self._loading = VectorLoading(self._context, question, prepare, took)

    def _step(self, crs: str) -> float | None:
        """World units a step; None for the canvas's own. Numbers without a CRS may be pixels, metres or degrees."""
        bounds = self.info.bounds if self.info is not None else None
        if crs != PIXEL_SPACE or bounds is None:
            return None
        return 10.0 ** (math.ceil(math.log10(max(*map(abs, bounds), 1.0))) - _DIGITS)

    def stop(self) -> None:
        """End the loading; nothing arrives any more."""
        if self._loading is not None:
            self._loading.stop()

    @property
    def lost(self) -> LostRows:
        """The rows that could not be drawn, once all are read."""
        return self._loading.lost if self._loading is not None and self.is_loaded else LostRows()

    def _tell_lost(self) -> None:
        """Report the rows that could not be drawn, once all are read."""
        if self.is_loaded and self.info is not None and self._loading is not None:
            self.info = self._loading.lost.told_in(self.info)


class VectorLoading:
    """One loading of features; `stop` it when something else is wanted.

    `arrived` is called in the window's thread with all features so far, in order, True where these are all, and what
    went wrong; seldom until the end, and for a page at the end only.
    """

    def __init__(
        self,
        context: RenderContext,
        question: ReadFeatures,
        prepare: Callable[[FeatureTable], object],
        arrived: Arrived,
    ) -> None:
        """Start loading.

        `prepare` is called with each chunk on a supervisor's thread, to compute what painting will need.
        """
        self._context, self._prepare, self._arrived = context, prepare, arrived
        self._question = replace(question, most_bytes=ANSWER_BYTES)
        self._shares = AHEAD
        """Number of shares: that of the readers' answers, until then that of the first requests."""
        self._next = self._ended = 0
        self._tables: dict[tuple[int, int], FeatureTable] = {}
        self._shown_at = time.monotonic()
        self._is_stopped = False
        self.lost = LostRows()
        """Rows that could not be drawn, among those read so far."""
        for _ in range(AHEAD):
            self._begin_share()

    def stop(self) -> None:
        """End the loading; nothing arrives any more."""
        self._is_stopped = True

    def _begin_share(self) -> None:
        number, self._next = self._next, self._next + 1
        self._ask(number, 0, replace(self._question, share=number))

    def _ask(self, share: int, chunk: int, question: ReadFeatures) -> None:
        """Submit a request; on any thread."""
        done = partial(self._read, share, chunk, question)
        self._context.pool.submit(Request(question, done, strike_key=question.path))

    def _read(self, share: int, chunk: int, question: ReadFeatures, answer: Answer | GeoloupeError) -> None:
        """Take an answer on a supervisor's thread, and request the next chunk at once, so that it never waits."""
        if self._is_stopped:
            return
        table: FeatureTable | GeoloupeError = (
            answer if isinstance(answer, GeoloupeError) else FeatureTable.empty(self._question.crs)
        )
        facts: FeatureFacts | None = answer.facts if isinstance(answer, Answer) else None
        following = None
        if isinstance(answer, Answer):
            try:
                table = table_from_answer(answer)
            except GeoloupeError as error:
                table = error
            else:
                following = answer.facts.next_fid
        if following is not None and chunk and following <= question.start_fid:
            table, following = NotReadable("The reader does not get on with the features: reload the layer."), None
        if facts is not None and following is not None:
            self._ask(share, chunk + 1, replace(self._question, start_fid=following, end_fid=facts.end_fid))
        if isinstance(table, FeatureTable) and len(table):
            self._prepare(table)
        self._context.mailbox.post(self._took, share, chunk, table, following is None, facts)

    def _took(
        self,
        share: int,
        chunk: int,
        table: FeatureTable | GeoloupeError,
        share_ends: bool,
        facts: FeatureFacts | None,
    ) -> None:
        if self._is_stopped:
            return
        if facts is not None:
            self.lost.take(facts.skipped, facts.lost)
        if isinstance(table, GeoloupeError):
            self._is_stopped = True
            self._arrived(self.tables(), True, table)
            return
        if len(table):
            self._tables[share, chunk] = table
        if facts is not None and chunk == 0:
            self._shares = max(self._shares, facts.shares)
        self._ended += share_ends
        if share_ends and self._next < self._shares:
            self._begin_share()
        if self._ended >= self._next:
            self._is_stopped = True
            self._arrived(self.tables(), True, None)
        elif not self._context.is_of_page and time.monotonic() - self._shown_at >= TELL_EVERY_S:
            self._shown_at = time.monotonic()
            self._arrived(self.tables(), False, None)

    def tables(self) -> tuple[FeatureTable, ...]:
        """The features so far, in the file's order."""
        return tuple(self._tables[key] for key in sorted(self._tables))
