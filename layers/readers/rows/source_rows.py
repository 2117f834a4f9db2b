"""The part of a vector file that is read: one layer of it, however it is read, and some of its rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct, field

from layers.readers.files import Content


class VectorSource(Struct, frozen=True, eq=False):
    """One layer of a file, as it is read; made by `vector_source.source_of`.

    Where `is_ogr`, pyogrio reads it: ``pyogrio.raw.read(source.dataset, layer=source.layer, **source.how)``.
    Everything else is parsed by us, as a whole.
    """

    path: str
    content: Content
    layer: str
    """The layer's name; never empty where the file has several."""
    dataset: str | bytes
    """Text or bytes that pyogrio opens: a path with its driver before it, or a repaired copy in memory."""
    how: dict[str, str] = field(default_factory=dict)
    """Keywords for pyogrio: encoding and the driver's open options."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options for reading from the layer in the document: encoding, columns, delimiter, CRS."""
    is_ogr: bool = True
    has_surfaces: bool = False
    """True where its geometries are patches and triangles, which are read as polygons."""
    by_fid: bool = False
    """True where chunks start at a fid, False where at a position."""
    is_chunked: bool = False
    """True where a stretch of positions can be read without reading all (pyogrio's `skip_features`)."""
    fid_column: str = "FID"
    first: int = 0
    """Number added to OGR's fids: where a file has none of its own they are positions, and people count from 1."""
    notes: tuple[str, ...] = ()
    """Sentences about differences between the file and what is read."""
    default_crs: str = ""
    """CRS where OGR states none: that of the format, or one in the file that OGR does not understand."""
    lacks_geometry: bool = False
    """True where the stated column of geometries is missing."""
    info: dict[str, Any] | None = None
    """OGR's facts about it, features and bounds counted, where they were asked already: it parses the whole file."""

    @property
    def name(self) -> str:
        return os.path.basename(self.path)


class Rows(Struct, frozen=True, eq=False):
    """Some rows of a layer: `wkb` in `crs`, `columns` of JSON values by name. `next_fid` is where the next begin."""

    crs: str
    fids: np.ndarray
    wkb: Sequence[bytes | None]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    next_fid: int | None = None
    by_fid: bool = False
    """True where chunks start at a fid, False where at a position."""
