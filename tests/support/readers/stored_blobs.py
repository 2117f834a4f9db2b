"""The geometries of a file as they are stored."""

from __future__ import annotations

from pathlib import Path

from layers.readers.arrow.geometry_stream import geometry_batches
from layers.readers.features.vector_source import source_of
from layers.requests.features import OfLayer


def blobs_of(path: Path) -> list[bytes]:
    """As the file holds them, in ISO WKB."""
    source = source_of(OfLayer.of({"path": str(path), "layer": ""}))
    return [blobs.row(i) for _, (_, blobs) in geometry_batches(source, 100) for i in range(len(blobs))]
