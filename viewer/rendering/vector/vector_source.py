"""The readers' side of a vector layer: what its file is found to be, and its features in the CRS of the canvas."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from layers.document.layer import Layer
from layers.errors import FileMissing, GeoloupeError
from layers.geo.crs import PIXEL_SPACE
from layers.pool.protocol import Answer, Request
from layers.requests.features import ReadFeatures
from layers.requests.probe import Probe
from layers.vector.lost_rows import LostRows
from layers.vector.table import FeatureTable, VectorInfo
from viewer.rendering.context import RenderContext
from viewer.rendering.vector.vector_loading import VectorLoading

_DIGITS = 9
"""So many decimal digits of a number fit the steps of features."""

type Tables = tuple[FeatureTable, ...]


class VectorSource:
    """All callbacks come in the window's thread, but `prepare` of `load`."""

    def __init__(self, context: RenderContext, path: Path, layer: Layer) -> None:
        self.path = path
        self.info: VectorInfo | None = None
        """None until it is known."""
        self.missing: frozenset[str] = frozenset()
        """The file, where it was looked for and is not there."""
        self.crs = ""
        """In which the features are, or are being read."""
        self.is_loaded = False
        self._context = context
        self._table = str(layer.source.get("table", ""))
        options = layer.source.get("options")
        self._options: dict[str, Any] = options if isinstance(options, dict) else {}
        """How the file is to be read, where somebody said so."""
        self._loading: VectorLoading | None = None

    def probe(self, done: Callable[[str], None]) -> None:
        """Find out what is there; `done` is told what is wrong with it, or nothing."""

        def probed(result: Answer | GeoloupeError) -> None:
            self.missing = frozenset({str(self.path)}) if isinstance(result, FileMissing) else frozenset()
            done(result.sentence if isinstance(result, GeoloupeError) else self._take(result.header))

        asked = Probe(str(self.path), options=self._options, canvas_crs="")
        answered = partial(self._context.mailbox.post, probed)  # called on a reader's thread
        self._context.pool.submit(Request(asked, answered, strike_key=str(self.path)))

    def _take(self, header: dict[str, Any]) -> str:
        if header.get("kind") != "vector":
            return f"{self.path.name} holds no vector layer: remove the layer and add the file again."
        infos = [VectorInfo.from_json(data) for data in header["layers"]]
        self.info = next((info for info in infos if not self._table or info.name == self._table), None)
        if self.info is None:
            name = f"no layer named {self._table}" if self._table else "no layer"
            return f"{self.path.name} has {name}: it may have been saved anew; add it again."
        self._tell_lost()
        return ""

    def is_readable(self, layer: Layer) -> bool:
        """False once it is known that nothing can be read, or nowhere put."""
        return self.info is None or (bool(self.info.features) and bool(layer.crs or self.info.crs))

    def load(
        self,
        crs: str,
        source_crs: str,
        prepare: Callable[[FeatureTable], object],
        arrived: Callable[[Tables, str], None],
    ) -> None:
        """Read all features into a CRS: at once, before it is known what they are.

        `arrived` gets those so far and what went wrong; `prepare` each chunk, on a reader's thread.
        """
        self.stop()
        self.crs, self.is_loaded = crs, False
        asked = ReadFeatures(str(self.path), self._table, self._options, source_crs, crs, self._step(crs))

        def took(tables: Tables, is_last: bool, error: GeoloupeError | None) -> None:
            self.is_loaded = is_last
            self._tell_lost()
            arrived(tables, "" if error is None else error.sentence)

        self._loading = VectorLoading(self._context, asked, prepare, took)

    def _step(self, crs: str) -> float | None:
        """World units a step; None: the canvas's. Numbers without a CRS may be pixels, metres or degrees."""
        bounds = self.info.bounds if self.info is not None else None
        if crs != PIXEL_SPACE or bounds is None:
            return None
        return 10.0 ** (math.ceil(math.log10(max(*map(abs, bounds), 1.0))) - _DIGITS)

    def stop(self) -> None:
        """Nothing arrives any more."""
        if self._loading is not None:
            self._loading.stop()

    @property
    def lost(self) -> LostRows:
        """What could not be drawn, once all is read."""
        return self._loading.lost if self._loading is not None and self.is_loaded else LostRows()

    def _tell_lost(self) -> None:
        """Rows that could not be drawn are known once all are read."""
        if self.is_loaded and self.info is not None and self._loading is not None:
            self.info = self._loading.lost.told_in(self.info)
