"""Judges if a raster has too few overviews to be looked at as a whole, and names those that we build for it."""

from __future__ import annotations

import hashlib
import os
from enum import StrEnum
from typing import NamedTuple

from layers.raster.info import RasterInfo

ENOUGH_PIXELS = 16_000_000
"""Most pixels of a level that is read as a whole without a noticeable wait."""
SAMPLED_FROM_PIXELS = 64_000_000
"""Number of pixels from which readers sample a tile instead of averaging it."""
MODERATE_PIXELS = 200_000_000
SOON_PIXELS = 1_000_000_000
"""Most pixels of a raster whose overviews are worth waiting for."""
MAX_PIXELS = 40_000_000_000
REDUCED_FROM = 4
"""Reduction from which on our own overviews are used."""
_OWN_DRIVERS = ("VRT", "MBTiles", "PMTiles", "GPKG")
"""Drivers for which no overviews are built: what the sources of a VRT hold may not be copied, the others have levels
of their own.
"""


class Lack(StrEnum):
    """Degree to which a raster lacks overviews, and so the action it needs."""

    NONE = "none"
    MODERATE = "moderate"
    """Overviews are built without a noticeable wait, and without asking."""
    LARGE = "large"
    """Building overviews takes minutes and room: it is offered."""
    BEYOND = "beyond"
    """Too large for overviews of ours."""


class SourceState(NamedTuple):
    """A picture in a file, as its probe found it."""

    path: str
    part: str
    modified_ns: int
    size: int

    @property
    def overview_name(self) -> str:
        """The file name of its overviews in the cache."""
        return overview_name(*self)

    @property
    def overview_stem(self) -> str:
        return overview_stem(self.path, self.part)


def lack_of(info: RasterInfo) -> Lack:
    """Judge from sizes alone: the coarsest level that the file holds is compared with what a screen needs."""
    pixels = info.width * info.height
    coarsest = max((1, *info.overviews))
    if pixels <= ENOUGH_PIXELS * coarsest * coarsest or info.driver in _OWN_DRIVERS:
        return Lack.NONE
    if pixels > MAX_PIXELS:
        return Lack.BEYOND
    return Lack.LARGE if pixels > MODERATE_PIXELS else Lack.MODERATE


def overview_bytes(info: RasterInfo) -> int:
    """Estimate the bytes that its overviews will take on the disk, slightly compressed."""
    sizes = {"complex_int16": 4, "complex64": 4, "complex128": 8, "bool": 1}
    digits = "".join(c for c in info.dtype if c.isdigit())
    itemsize = sizes.get(info.dtype) or int(digits or 8) // 8
    return info.width * info.height // 16 * len(info.bands) * itemsize


def overview_stem(path: str, part: str = "") -> str:
    """Return the beginning of the names of a raster's overviews, which is the same whatever its state."""
    return _digest(f"{os.path.abspath(path)}|{part}", 24) + "-"


def overview_name(path: str, part: str, modified_ns: int, size: int) -> str:
    """The file name of a raster's overviews in the cache: another one when the raster changes."""
    return f"{overview_stem(path, part)}{_digest(f'{modified_ns}|{size}', 16)}.tif"


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
