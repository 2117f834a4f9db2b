"""Lengths and areas of a layer's features, read when an expression first asks for them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.requests.features import ChunkFacts, Measure, OfLayer


class Measured:
    """Lengths and areas of a layer, read on demand. It blocks: never use it in the window's thread."""

    def __init__(self, pool: ReaderPool, layer: OfLayer) -> None:
        self._pool, self._layer = pool, layer
        self._measures: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        self._lock = threading.Lock()

    def of(self, name: str, fids: NDArray[np.int64], cancel_token: Callable[[], None]) -> NDArray[np.float64]:
        """(n,) Metres or square metres of these features, nan where they have none. Raises what the reader reports.

        `cancel_token` is called now and then, and may raise to give it up.
        """
        with self._lock:
            if name not in self._measures:
                self._measures[name] = self._read(name, cancel_token)
        known, values = self._measures[name]
        if not len(known):
            return np.full(len(fids), np.nan)
        at = np.minimum(np.searchsorted(known, fids), len(known) - 1)
        return np.where(known[at] == fids, values[at], np.nan)

    def _read(self, name: str, cancel_token: Callable[[], None]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        fids, values = [np.empty(0, np.int64)], [np.empty(0)]
        start: int | None = 0
        while start is not None:
            cancel_token()
            layer = self._layer
            answer = self._pool.ask(Measure(layer.path, layer.layer, layer.options, layer.source_crs, name, start))
            facts: ChunkFacts = answer.facts
            following = facts.next
            if len(answer.arrays) != 2:
                raise NotReadable("The reader sent measures that do not fit together: reload the layer.")
            chunk_fids, of_them = answer.arrays
            fits = chunk_fids.dtype == np.int64 and of_them.dtype == np.float64 and chunk_fids.shape == of_them.shape
            if (
                not fits
                or chunk_fids.ndim != 1
                or (following is not None and not (len(chunk_fids) and following > start))
            ):
                raise NotReadable("The reader sent measures that do not fit together: reload the layer.")
            fids.append(chunk_fids.copy())
            values.append(of_them.copy())
            start = following
        whole = np.concatenate(fids)
        order = np.argsort(whole, kind="stable")
        return whole[order], np.concatenate(values)[order]
