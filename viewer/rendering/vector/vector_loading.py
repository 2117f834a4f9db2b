"""Reading all features of a layer: shares of it by several readers at once, chunk after chunk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from layers.errors import GeoloupeError
from layers.pool.features import table_from_answer
from layers.pool.protocol import Answer, Request
from layers.requests.features import ReadFeatures
from layers.vector.lost_rows import LostRows
from layers.vector.table import FeatureTable
from viewer.rendering.context import RenderContext

ANSWER_BYTES = 3 * 2**20
"""About so much a chunk: the window takes what it gets in a millisecond, and readers are not held up by a large one."""
AHEAD = 4
"""Requests under way: one more than a reader each, so that none waits while its answer is taken."""
TELL_EVERY_S = 1.0
"""What is there so far is shown no oftener: painting takes the cores from the readers."""

Arrived = Callable[[tuple[FeatureTable, ...], bool, GeoloupeError | None], None]


class VectorLoading:
    """One load; `stop` it when something else is wanted. `arrived` is called in the window's thread with all features
    so far, in order, whether these are all, and what went wrong; seldom until the end.
    """

    def __init__(
        self,
        context: RenderContext,
        asked: ReadFeatures,
        prepare: Callable[[FeatureTable], object],
        arrived: Arrived,
    ) -> None:
        """`prepare` is called on a reader's thread with each chunk: what it works out, painting need not."""
        self._context, self._prepare, self._arrived = context, prepare, arrived
        self._asked = replace(asked, most_bytes=ANSWER_BYTES)
        self._shares = AHEAD
        """As many as readers say; until then as many as are asked for at first."""
        self._next = self._ended = 0
        self._tables: dict[tuple[int, int], FeatureTable] = {}
        self._told = time.monotonic()
        self._is_stopped = False
        self.lost = LostRows()
        """What could not be drawn of what has been read."""
        for _ in range(AHEAD):
            self._begin_share()

    def stop(self) -> None:
        """Nothing arrives any more."""
        self._is_stopped = True

    def _begin_share(self) -> None:
        number, self._next = self._next, self._next + 1
        self._ask(number, 0, replace(self._asked, share=number))

    def _ask(self, share: int, chunk: int, asked: ReadFeatures) -> None:
        """Submit a request; on any thread."""
        done = partial(self._read, share, chunk)
        self._context.pool.submit(Request(asked, done, strike_key=asked.path))

    def _read(self, share: int, chunk: int, result: Answer | GeoloupeError) -> None:
        """On a reader's thread. The next chunk is asked for at once, so that the reader never waits for the window."""
        if self._is_stopped:
            return
        table: FeatureTable | GeoloupeError = (
            result if isinstance(result, GeoloupeError) else FeatureTable.empty(self._asked.crs)
        )
        following = None
        if isinstance(result, Answer):
            following = result.header.get("next_fid")
            try:
                table = table_from_answer(result)
            except GeoloupeError as error:
                table, following = error, None
        if following is not None:
            end = result.header.get("end_fid")  # type: ignore[union-attr]
            self._ask(share, chunk + 1, replace(self._asked, start_fid=int(following), end_fid=end))
        if isinstance(table, FeatureTable) and len(table):
            self._prepare(table)
        shares = int(result.header.get("shares") or 1) if isinstance(result, Answer) and chunk == 0 else 0
        header = result.header if isinstance(result, Answer) else {}
        self._context.mailbox.post(self._took, share, chunk, table, following is None, shares, header)

    def _took(
        self, share: int, chunk: int, table: FeatureTable | GeoloupeError, share_ends: bool, shares: int, header: Any
    ) -> None:
        if self._is_stopped:
            return
        self.lost.take(header)
        if isinstance(table, GeoloupeError):
            self._is_stopped = True
            self._arrived(self.tables(), True, table)
            return
        if len(table):
            self._tables[share, chunk] = table
        self._shares = max(self._shares, shares)
        self._ended += share_ends
        if share_ends and self._next < self._shares:
            self._begin_share()
        if self._ended >= self._next:
            self._is_stopped = True
            self._arrived(self.tables(), True, None)
        elif time.monotonic() - self._told >= TELL_EVERY_S:
            self._told = time.monotonic()
            self._arrived(self.tables(), False, None)

    def tables(self) -> tuple[FeatureTable, ...]:
        """What is there so far, in the file's order."""
        return tuple(self._tables[key] for key in sorted(self._tables))
