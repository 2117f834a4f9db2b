"""Judges a file at an address: it is read by ranges only where a view needs few of them."""

from __future__ import annotations

import os
from typing import Any

from layers.errors import UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.overviews import ENOUGH_PIXELS
from layers.readers.files import HEAD_BYTES, Content, content_of_head
from layers.readers.raster.ranged_files import head_at, state_at
from layers.requests.addresses import name_of

FEW_BYTES = 8 * 2**20
"""Size of a file up to which any layout will do: it may be fetched as a whole."""
_MOST_STRIP_PX = 1024
"""Width of a picture up to which blocks as wide as itself are no strips."""
_WORDS = {
    Content.JPEG2000: "JPEG 2000",
    Content.PNG: "PNG",
    Content.JPEG: "JPEG",
    Content.WEBP: "WebP",
    Content.NITF: "NITF",
    Content.VRT: "VRT",
    Content.HDF5: "HDF5",
    Content.NETCDF: "netCDF",
}


def content_by_ranges(address: str) -> Content:
    """TIFF or PMTILES. Raises UnsupportedFormat for a file of any other kind, and GeoloupeError where there is none."""
    name = name_of(address)
    content = content_of_head(head_at(address, HEAD_BYTES), os.path.splitext(name)[1].lower())
    if content in (Content.TIFF, Content.PMTILES):
        return content
    kind = _WORDS.get(content, Phrase("of another kind")) if content is not None else Phrase("of another kind")
    raise UnsupportedFormat(
        "{name} is {kind}: from a host only Cloud Optimized GeoTIFFs and PMTiles are shown. Download it and open the "
        "file.",
        name=name,
        kind=kind,
    )


def judge_layout(dataset: Any, address: str) -> None:
    """Check the layout of an open TIFF. Raises UnsupportedFormat where a view would fetch most of a large file."""
    if state_at(address)[1] <= FEW_BYTES:
        return
    rows, cols = dataset.block_shapes[0]
    if cols >= dataset.width > _MOST_STRIP_PX and rows < dataset.height:
        why = Phrase("it is stored in rows, not in tiles")
    elif not _has_small_level(dataset):
        why = Phrase("it has no overviews, or none that are small enough")
    else:
        return
    raise UnsupportedFormat(
        "{name} is no Cloud Optimized GeoTIFF ({why}), and would have to be fetched as a whole: download it and open "
        "the file.",
        name=name_of(address),
        why=why,
    )


def judge_levels(tiles: Any, address: str) -> None:
    """Check the levels of a file of tiles. Raises UnsupportedFormat where a view of all of it would fetch too many."""
    if not _has_small_level(tiles):
        tiles.close()
        raise UnsupportedFormat(
            "{name} has no coarse levels, so that a view of all of it would fetch too many tiles: download it and open "
            "the file.",
            name=name_of(address),
        )


def _has_small_level(dataset: Any) -> bool:
    coarsest = max((1, *dataset.overviews(1)))
    return bool(dataset.width * dataset.height <= ENOUGH_PIXELS * coarsest**2)
