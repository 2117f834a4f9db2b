"""Finds tiles that are there in name only: transparent ones where imagery ends, and one picture such as "Map data not
yet available" that a server sends for many places. The coarser tile shows what the place looks like.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from layers.services.matrix import PlacedPart, SourceTile, parent_parts
from layers.services.tile_matrix import TileMatrixSet
from viewer.network.tile_fetch import DIGEST, STORED

SAME_FROM = 3
"""Places with the same bytes from which a picture is looked at: no two photographs are the same."""
UNLIKE_FROM = 2
"""Places that must look otherwise a level coarser for a picture to be taken for a blank one."""
LIKE_FROM = 4
"""Places that look the same a level coarser from which a picture is honest, such as a pattern on a drawn map."""
UNLIKE = 24.0
"""Least difference, of 255, between cells of a picture and of the coarser one that is more than another date."""
CLEAR_BELIEVED = 8
"""Transparent tiles that were honest from which all are: the layer is one to lay over others."""
MOST_KNOWN = 4096
"""Most pictures of which the places are remembered."""
MOST_PLACES = 64
JUDGED_AT_ONCE = 6
"""Most places at which one picture is looked at together."""
CELLS = 8


class _Seen(Struct):
    """The places of one picture; `is_blank` is None while that is not known."""

    tiles: OrderedDict[SourceTile, None] = field(default_factory=OrderedDict)
    like: int = 0
    unlike: int = 0
    is_blank: bool | None = None


class BlankWatch:
    """Watches the tiles of one layer as they come. Pictures of one colour are left alone: open sea is one."""

    def __init__(self, matrices: TileMatrixSet, first_level: int, get: Callable[[SourceTile], QImage | None]) -> None:
        """`get`: the picture of a tile that is at hand."""
        self._matrices, self._first_level, self._get = matrices, first_level, get
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._suspects: dict[SourceTile, str] = {}
        """Tiles whose coarser one is to be looked at, with the digest of the picture, empty for a transparent one."""
        self._honest_clear = self._blank_clear = 0

    def see(self, tile: SourceTile, picture: QImage) -> bool:
        """Look at a tile that has come; True where its picture is known for a blank one."""
        if tile.level <= self._first_level or len(self._suspects) >= MOST_KNOWN:
            return False
        if is_clear(picture):
            if self._blank_clear or self._honest_clear < CLEAR_BELIEVED:
                self._suspects[tile] = ""
            return False
        digest = picture.text(DIGEST)
        if not digest:
            return False
        seen = self._seen.setdefault(digest, _Seen())
        self._seen.move_to_end(digest)
        if len(self._seen) > MOST_KNOWN:
            self._seen.popitem(last=False)
        seen.tiles[tile] = None
        if len(seen.tiles) > MOST_PLACES:
            seen.tiles.popitem(last=False)
        if seen.is_blank is None and len(seen.tiles) >= SAME_FROM:
            if _is_of_one_colour(picture):
                seen.is_blank = False
            elif sum(name == digest for name in self._suspects.values()) < JUDGED_AT_ONCE:
                self._suspects |= dict.fromkeys([*seen.tiles][-JUDGED_AT_ONCE:], digest)
        return bool(seen.is_blank)

    @property
    def has_suspects(self) -> bool:
        """True while a coarser tile is to be looked at."""
        return bool(self._suspects)

    def wanted(
        self, is_settled: Callable[[SourceTile], bool], is_stored: Callable[[SourceTile], bool]
    ) -> list[SourceTile]:
        """The coarser tiles to fetch so that suspects can be judged. For what is stored nothing is asked of a server:
        what it was judged by is stored, too.
        """
        wanted: dict[SourceTile, None] = {}
        for tile, digest in self._suspects.items():
            part, picture = self._above(tile, digest, is_settled), self._get(tile)
            if part is None or is_settled(part.tile) or picture is None:
                continue
            if not picture.text(STORED) or is_stored(part.tile):
                wanted[part.tile] = None
        return list(wanted)

    def judge(self, is_settled: Callable[[SourceTile], bool]) -> list[SourceTile]:
        """Judge what can be judged by now; the tiles that were found to be blank."""
        blank: dict[SourceTile, None] = {}
        for tile, digest in list(self._suspects.items()):
            part = self._above(tile, digest, is_settled)
            if part is not None and not is_settled(part.tile):
                continue
            picture, coarser = self._get(tile), None if part is None else self._get(part.tile)
            self._suspects.pop(tile, None)
            if picture is None:
                continue
            if not digest:
                is_blank = part is not None and coarser is not None and _is_opaque(_cut(coarser, part))
                self._honest_clear, self._blank_clear = (
                    self._honest_clear + (not is_blank),
                    self._blank_clear + is_blank,
                )
                blank |= {tile: None} if is_blank else {}
            elif digest in self._seen:
                is_unlike = part is not None and coarser is not None and _differ(picture, coarser, part)
                blank |= dict.fromkeys(self._vote(self._seen[digest], is_unlike=is_unlike))
        return list(blank)

    def _vote(self, seen: _Seen, *, is_unlike: bool) -> list[SourceTile]:
        """Count a place; all places of the picture where that has made it a blank one."""
        seen.like, seen.unlike = seen.like + (not is_unlike), seen.unlike + is_unlike
        if seen.is_blank is not None:
            return []
        if seen.unlike >= UNLIKE_FROM and seen.unlike > seen.like:
            seen.is_blank = True
            return list(seen.tiles)
        if seen.like >= LIKE_FROM:
            seen.is_blank = False
        return []

    def _above(self, tile: SourceTile, digest: str, is_settled: Callable[[SourceTile], bool]) -> PlacedPart | None:
        """The nearest coarser tile with a picture of its own, or one that is still to be fetched; None for none."""
        for up in range(1, tile.level - self._first_level + 1):
            parts = parent_parts(tile, self._matrices, up)
            if len(parts) != 1:
                return None
            if not is_settled(parts[0].tile):
                return parts[0]
            picture = self._get(parts[0].tile)
            if picture is not None and not (is_clear(picture) or (digest and picture.text(DIGEST) == digest)):
                return parts[0]
        return None


def is_clear(picture: QImage) -> bool:
    """True for a picture in which nothing is to be seen."""
    return picture.hasAlphaChannel() and not np.frombuffer(picture.constBits(), np.uint32).any()


def _is_of_one_colour(picture: QImage) -> bool:
    pixels = np.frombuffer(picture.constBits(), np.uint32)
    return bool((pixels == pixels[0]).all())


def _cut(picture: QImage, part: PlacedPart) -> NDArray[np.uint8]:
    """The pixels, (h, w, 4), of the part of a coarser picture that shows the tile."""
    left, top, right, bottom = part.of_tile
    wide, high = picture.width(), picture.height()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(high, wide, 4)
    return pixels[round(top * high) : round(bottom * high), round(left * wide) : round(right * wide)]


def _is_opaque(pixels: NDArray[np.uint8]) -> bool:
    return bool(pixels.size) and bool((pixels[..., 3] == 255).all())


def _differ(picture: QImage, coarser: QImage, part: PlacedPart) -> bool:
    """True where a picture cannot show what the coarser one shows of its place."""
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
    here, there = _cells(pixels), _cells(_cut(coarser, part))
    return here is not None and there is not None and float(np.sqrt(np.mean((here - there) ** 2))) > UNLIKE


def _cells(pixels: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """The mean colours of cells of a picture; None where it is too small for them."""
    high, wide = pixels.shape[0] // CELLS, pixels.shape[1] // CELLS
    if not high or not wide:
        return None
    whole = pixels[: high * CELLS, : wide * CELLS, :3].astype(np.float64)
    return np.asarray(whole.reshape(CELLS, high, CELLS, wide, 3).mean(axis=(1, 3)))
