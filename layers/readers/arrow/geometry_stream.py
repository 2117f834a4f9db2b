"""Geometries of a file as OGR streams them in Arrow batches, read into numpy: no object a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.phrase import Phrase
from layers.readers.arrow.arrow_c import opened, pieces, view
from layers.readers.geometry.surfaces import blobs_as_polygons
from layers.readers.geometry.wkb_columns import Blobs
from layers.readers.rows.ogr import READ_ERRORS, known_crs, remarks_ignored
from layers.readers.rows.source_rows import VectorSource
from layers.readers.vector_words import features_refused

_INT64 = b"l"
_BLOBS = (b"z", b"Z")

Batch = tuple[NDArray[np.int64], Blobs]


def geometry_batches(source: VectorSource, batch_rows: int, **which: Any) -> Iterator[tuple[str, Batch]]:
    """(CRS as the file gives it or "", (fids, geometries)) of the rows `which` asks for.

    The arrays lie in the driver's memory and are gone with the next step. Raises NotReadable.
    """
    try:
        with (
            remarks_ignored(),
            pyogrio.open_arrow(
                source.dataset,
                layer=source.layer or None,
                columns=[],
                return_fids=True,
                batch_size=batch_rows,
                **which,
                **source.how,
            ) as (meta, stream),
        ):
            crs = known_crs(meta["crs"]) or source.default_crs
            for fids, blobs in _batches(stream):
                if (np.diff(blobs.starts) < 0).any():
                    blobs = _read_again(source, fids)
                if source.has_surfaces:
                    blobs = blobs_as_polygons(blobs)
                yield crs, (fids + source.first if source.first else fids, blobs)
    except READ_ERRORS as error:
        raise features_refused(source.name, str(error)) from error


def _batches(source: Any) -> Iterator[Batch]:
    with opened(source, Phrase("The geometries")) as stream:
        schema = stream.schema
        formats = [bytes(schema.children[at].contents.format or b"") for at in range(schema.n_children)]
        fid, blob = _only(formats, (_INT64,)), _only(formats, _BLOBS)
        while True:
            with stream.next_batch() as batch:
                if batch is None:
                    return
                fids, blobs = batch.children[fid].contents, batch.children[blob].contents
                yield (
                    view(fids, "i8", fids.offset + batch.offset, batch.length),
                    Blobs(*pieces(blobs, formats[blob] == b"Z", blobs.offset + batch.offset, batch.length)),
                )


def _read_again(source: VectorSource, fids: NDArray[np.int64]) -> Blobs:
    """The same rows one by one: GDAL's FlatGeobuf driver (3.12) counts from 0 again after a row without geometry, and
    writes the next ones over those before.
    """
    which = {"skip_features": int(fids[0]), "max_features": len(fids)}
    wkb = pyogrio.raw.read(source.dataset, layer=source.layer or None, columns=[], **which, **source.how)[2]
    blobs = [blob or b"" for blob in wkb.tolist()]
    return Blobs(np.frombuffer(b"".join(blobs), np.uint8), np.cumsum([0, *map(len, blobs)], dtype=np.int64))


def _only(formats: list[bytes], wanted: tuple[bytes, ...]) -> int:
    matches = [at for at, kind in enumerate(formats) if kind in wanted]
    if len(matches) != 1:
        raise NotReadable("The file's geometries do not come as expected: it cannot be shown.")
    return matches[0]
