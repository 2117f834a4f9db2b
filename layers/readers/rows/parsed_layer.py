"""A layer that we parse ourselves, as a whole: geometries, typed columns, and problems of the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from layers.readers.rows.ogr import plain
from layers.readers.rows.source_rows import Rows, VectorSource


class ParsedLayer(Struct, frozen=True, eq=False):
    """`columns` hold JSON values, None for NULL; `types` name theirs as `VectorInfo.fields` does."""

    name: str
    driver: str
    crs: str
    wkb: list[bytes | None]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    style: dict[str, Any] = field(default_factory=dict)
    """A `VectorStyle` in JSON that the file itself gives; empty: none."""
    reading: dict[str, Any] = field(default_factory=dict)
    """The way the file was understood, as `VectorInfo.reading`."""
    numbers: Sequence[int] = ()
    """Numbers that people see on the rows; without them they count from 1."""

    def __len__(self) -> int:
        return len(self.wkb)

    @property
    def fids(self) -> NDArray[np.int64]:
        return np.asarray(self.numbers if len(self.numbers) else np.arange(1, len(self.wkb) + 1), np.int64)

    def rows(self, columns: list[str] | None, exact: bool = False) -> Rows:
        """All rows; fids are what people see on them. `exact` keeps long texts."""
        names = [name for name in self.columns if columns is None or name in columns]
        cut = {name: [plain(value, exact=exact) for value in self.columns[name]] for name in names}
        return Rows(self.crs, self.fids, self.wkb, cut)


class ParsedFiles:
    """The layers of the last file that was parsed, so that its chunks do not parse it again."""

    def __init__(self, parse: Callable[[VectorSource], list[ParsedLayer]]) -> None:
        self._parse = parse
        self._key: tuple[Any, ...] = ()
        self._layers: list[ParsedLayer] = []

    def layers(self, source: VectorSource) -> list[ParsedLayer]:
        """All layers of the source's file, read with its options. Raises what parsing raises."""
        state = os.stat(source.path)
        key = (source.path, state.st_mtime_ns, state.st_size, repr(sorted(source.options.items())))
        if key != self._key:
            self._layers, self._key = [], ()  # never two of them in memory
            self._layers = self._parse(source)
            self._key = key
        return self._layers
