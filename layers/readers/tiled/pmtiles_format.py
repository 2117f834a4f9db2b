"""The form of PMTiles, version 3: header, directories of tiles and their numbers along a Hilbert curve.

Everything is bounded, as a file may come from anywhere: sizes, numbers of entries, and how deep directories lead.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from enum import IntEnum
from struct import Struct as Layout
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.text.unpacking import GZIP, unpacked_gzip

MAGIC = b"PMTiles"
HEADER_BYTES = 127
MOST_DIRECTORY_BYTES = 4 * 2**20
"""Bytes of one directory, packed or not: programs write a hundredth of that."""
MOST_METADATA_BYTES = 2**20
MOST_TILE_BYTES = 2 * 2**20
MOST_DEPTH = 4
"""Directories on the way to a tile: the root, and leaves below it. Programs write two."""
_KEPT_LEAVES = 16
_LONGEST_NUMBER = 9
"""Bytes of a number up to 2**63."""
_MOST_OFFSET = 2**62
_VERSION = 3
_HEADER = Layout("<7sB11Q6B4iB2i")
_DEGREES = 1e-7


class Compression(IntEnum):
    """Ways in which parts of a file are packed."""

    UNKNOWN, NONE, GZIP, BROTLI, ZSTD = range(5)


class TileType(IntEnum):
    """Kinds of tiles."""

    UNKNOWN, MVT, PNG, JPEG, WEBP, AVIF = range(6)


_NAMES = {Compression.BROTLI: "Brotli", Compression.ZSTD: "Zstandard"}


class FileBytes(Protocol):
    """The bytes of a file, on this computer or at an address."""

    @property
    def length(self) -> int:
        """Bytes of the whole file."""

    def bytes_at(self, offset: int, count: int) -> bytes:
        """Bytes from `offset` on, fewer where the file ends."""

    def bytes_of(self, ranges: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of several ranges (offset, count), asked for together."""

    def close(self) -> None:
        """Let go of the file."""


class PmtilesHeader(Struct, frozen=True):
    """The facts in the first bytes of a file. Parts are (offset, count) in bytes."""

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    packed: int
    """The compression of directories and metadata."""
    tiles_packed: int
    tile_type: int
    zooms: tuple[int, int]
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""


class _Directory(Struct, frozen=True, eq=False):
    """Entries in the order of their tiles. A run of 0 is a leaf: a further directory."""

    ids: NDArray[np.int64]
    runs: NDArray[np.int64]
    lengths: NDArray[np.int64]
    offsets: NDArray[np.int64]


class PmtilesFile:
    """A file, with its root directory read. Raises NotReadable where it is damaged, in any call."""

    def __init__(self, name: str, data: FileBytes) -> None:
        """Raises UnsupportedFormat for another version, tiles that are no pictures, and packing that is not read."""
        self.name, self._data = name, data
        self._leaves: OrderedDict[tuple[int, int], _Directory] = OrderedDict()
        self.header = _header_in(data.bytes_at(0, HEADER_BYTES), name)
        self._judge()
        self._root = self._directory(*self.header.root)

    def metadata(self) -> dict[str, str]:
        """Texts of the file's own description; empty where there is none, or none that can be read."""
        offset, count = self.header.metadata
        if not 0 < count <= MOST_METADATA_BYTES:
            return {}
        try:
            value = json.loads(self._unpacked(self._part(offset, count), MOST_METADATA_BYTES))
        except (ValueError, RecursionError, NotReadable, TooLarge):
            return {}
        texts = value.items() if isinstance(value, dict) else ()
        return {str(key): text for key, text in texts if isinstance(text, str)}

    def first_tile(self) -> bytes:
        """The bytes of the first tile; none where there is no tile."""
        place = self._place(int(self._root.ids[0]))
        return b"" if place is None else self._tile_bodies([place])[0]

    def tiles(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> list[bytes | None]:
        """The bytes of tiles (column, row from the north) in their order; None for one that is not there."""
        places = [self._place(tile_number(zoom, column, row)) for column, row in tiles]
        wanted = list(dict.fromkeys(place for place in places if place is not None))
        bodies = dict(zip(wanted, self._tile_bodies(wanted), strict=True))
        return [None if place is None else bodies[place] for place in places]

    def close(self) -> None:
        self._data.close()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        """Check what the header says before anything else is read."""
        header = self.header
        if header.tile_type == TileType.MVT:
            raise UnsupportedFormat("{name} holds vector tiles: only PMTiles with pictures are drawn.", name=self.name)
        for packed in (header.packed, header.tiles_packed):
            if packed in _NAMES:
                raise UnsupportedFormat(
                    "{name} is packed with {kind}, which is not read here: only gzip is.",
                    name=self.name,
                    kind=_NAMES[Compression(packed)],
                )
        least, most = header.zooms
        is_sound = header.packed in (Compression.NONE, Compression.GZIP) and least <= most
        if not is_sound or max(map(sum, (header.root, header.metadata, header.leaves))) > self._data.length:
            raise damaged(self.name)

    def _part(self, offset: int, count: int) -> bytes:
        part = self._data.bytes_at(offset, count)
        if len(part) != count:
            raise damaged(self.name)
        return part

    def _unpacked(self, part: bytes, most_bytes: int) -> bytes:
        return unpacked_gzip(part, most_bytes) if self.header.packed == Compression.GZIP else part

    def _directory(self, offset: int, count: int) -> _Directory:
        if not 0 < count <= MOST_DIRECTORY_BYTES:
            raise damaged(self.name)
        try:
            return _directory_in(self._unpacked(self._part(offset, count), MOST_DIRECTORY_BYTES))
        except (ValueError, NotReadable, TooLarge) as error:
            raise damaged(self.name) from error

    def _leaf(self, offset: int, count: int) -> _Directory:
        key = offset, count
        if key not in self._leaves:
            start, room = self.header.leaves
            if offset + count > room:
                raise damaged(self.name)
            self._leaves[key] = self._directory(start + offset, count)
            while len(self._leaves) > _KEPT_LEAVES:
                self._leaves.popitem(last=False)
        self._leaves.move_to_end(key)
        return self._leaves[key]

    def _place(self, number: int) -> tuple[int, int] | None:
        """The place in the file of the tile of a number, (offset, count); None where there is none."""
        directory = self._root
        for _ in range(MOST_DEPTH):
            at = int(np.searchsorted(directory.ids, number, "right")) - 1
            if at < 0:
                return None
            first, run = int(directory.ids[at]), int(directory.runs[at])
            count, offset = int(directory.lengths[at]), int(directory.offsets[at])
            if run:
                return self._within_tiles(offset, count) if number < first + run else None
            directory = self._leaf(offset, count)
        raise damaged(self.name)

    def _within_tiles(self, offset: int, count: int) -> tuple[int, int] | None:
        start, room = self.header.tiles
        if count > MOST_TILE_BYTES:
            raise TooLarge("{name} has a tile of {mb} MB, too large to read.", name=self.name, mb=count >> 20)
        if offset + count > room or start + offset + count > self._data.length:
            raise damaged(self.name)
        return (start + offset, count) if count else None

    def _tile_bodies(self, places: list[tuple[int, int]]) -> list[bytes]:
        bodies = self._data.bytes_of(places) if places else []
        try:
            return [unpacked_gzip(body, MOST_TILE_BYTES) if body.startswith(GZIP) else body for body in bodies]
        except (NotReadable, TooLarge) as error:
            raise damaged(self.name) from error


def damaged(name: str) -> NotReadable:
    """The error for a file that is not as its header says."""
    return NotReadable("{name} is damaged, or was not copied to its end: copy or download it again.", name=name)


def tile_number(zoom: int, column: int, row: int) -> int:
    """The number of a tile: those of coarser zooms come first, then those of its own along a Hilbert curve."""
    number, x, y = (4**zoom - 1) // 3, column, row
    for step in (1 << at for at in reversed(range(zoom))):
        right, down = int(bool(x & step)), int(bool(y & step))
        number += step * step * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = step - 1 - x, step - 1 - y
            x, y = y, x
    return number


def _header_in(head: bytes, name: str) -> PmtilesHeader:
    if not head.startswith(MAGIC) or len(head) <= len(MAGIC):
        raise damaged(name)
    if head[len(MAGIC)] != _VERSION:
        raise UnsupportedFormat(
            "{name} is PMTiles of version {version}, and only version 3 is opened: write it anew, as with pmtiles "
            "convert.",
            name=name,
            version=head[len(MAGIC)],
        )
    if len(head) < HEADER_BYTES:
        raise damaged(name)
    values = _HEADER.unpack_from(head)
    parts = values[2:10]
    west, south, east, north = (value * _DEGREES for value in values[19:23])
    return PmtilesHeader(
        root=(parts[0], parts[1]),
        metadata=(parts[2], parts[3]),
        leaves=(parts[4], parts[5]),
        tiles=(parts[6], parts[7]),
        packed=values[14],
        tiles_packed=values[15],
        tile_type=values[16],
        zooms=(values[17], values[18]),
        bounds=(west, south, east, north),
    )


def _directory_in(raw: bytes) -> _Directory:
    """The entries in the bytes of a directory. Raises ValueError where they are none."""
    numbers = _numbers_in(raw)
    count = int(numbers[0])
    if count < 1 or len(numbers) != 4 * count + 1:
        raise ValueError("not as many entries as it says")
    steps, runs, lengths, places = numbers[1:].reshape(4, count)
    is_explicit = places > 0
    if float(steps.sum(dtype=float)) > _MOST_OFFSET or not is_explicit[0] or bool((steps[1:] < 1).any()):
        raise ValueError("tiles out of order")
    if int(places.max()) > _MOST_OFFSET or int(max(lengths.max(), runs.max())) >= 2**32:
        raise ValueError("numbers out of range")
    # A place of 0 is right behind the entry before.
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    known = np.flatnonzero(is_explicit)[np.cumsum(is_explicit) - 1]
    return _Directory(np.cumsum(steps), runs, lengths, places[known] - 1 + before - before[known])


def _numbers_in(raw: bytes) -> NDArray[np.int64]:
    """The numbers in bytes, seven bits in each, the lowest first. Raises ValueError where the last one breaks off, or
    one is longer than any may be.
    """
    data = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(data < 128)
    if not len(ends) or ends[-1] != len(data) - 1:
        raise ValueError("the last number breaks off")
    starts = np.concatenate([[0], ends[:-1] + 1])
    sizes = ends - starts + 1
    if int(sizes.max()) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    shifts = (np.arange(len(data)) - np.repeat(starts, sizes)) * 7
    return np.add.reduceat((data & 127).astype(np.int64) << shifts, starts)
