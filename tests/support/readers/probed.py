"""Images and layers of files as readers tell of them, asked inside the test's own process."""

from __future__ import annotations

from pathlib import Path

from layers.pool.pool import ReaderPool
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


def probed_image(path: Path | str, **more: object) -> RasterInfo:
    """The image in a file; `more` stands in the question besides."""
    return POOL.ask(raw("probe", {"path": str(path), **more})).facts.raster


def probed_layers(path: Path, **more: object) -> list[VectorInfo]:
    """The layers of features in a file."""
    return list(POOL.ask(raw("probe", {"path": str(path), **more})).facts.layers)


def probed_layer(path: Path, **more: object) -> VectorInfo:
    """The one layer in a file."""
    (one,) = probed_layers(path, **more)
    return one
