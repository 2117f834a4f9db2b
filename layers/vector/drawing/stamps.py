"""Markers by the hundred thousand: one picture of each sign, set at whole pixels; in each pixel the topmost shows.

The work is bounded by pixels: of markers at one pixel only the topmost counts, and the reach of all of them is found by
sliding maxima over a picture of their ranks, however many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.vector.drawing.blending import over

OPAQUE = 250
"""Least alpha at which a pixel of a sign hides what is below it."""


class Sprite(Struct, frozen=True, eq=False):
    """The picture of a sign: (s, s) premultiplied ARGB, s even; its place is the corner in the middle."""

    argb: NDArray[np.uint32]

    @property
    def reach(self) -> int:
        return len(self.argb) // 2

    @property
    def alpha(self) -> NDArray[np.uint8]:
        return (self.argb >> 24).astype(np.uint8)

    @property
    def hides(self) -> bool:
        """False for a see-through sign: where many lie on each other it shows how many."""
        return bool(self.alpha.max() >= OPAQUE)


def stamp(
    width: int,
    height: int,
    px: NDArray[np.int32],
    py: NDArray[np.int32],
    symbol: NDArray[Any] | None,
    sprites: Sequence[Sprite | None],
) -> NDArray[np.uint32]:
    """Draw markers at the corners (px, py) of pixels, the last on top: (height, width) premultiplied ARGB.

    Places may lie outside. `symbol` says which sprite each marker has (None: the first; a sprite of None: not shown).
    """
    reach = max((sprite.reach for sprite in sprites if sprite is not None), default=0)
    near = (px >= -reach) & (px < width + reach) & (py >= -reach) & (py < height + reach)
    if not near.all():
        px, py, symbol = px[near], py[near], None if symbol is None else symbol[near]
    shape = (height + 2 * reach, width + 2 * reach)
    place = (py + reach) * shape[1] + (px + reach)
    rank = np.arange(1, len(px) + 1, dtype=np.int32)
    core = np.zeros(shape[0] * shape[1], np.int32)
    edge = core.copy()
    misty = []
    for index, sprite in enumerate(sprites):
        mine = slice(None) if symbol is None else np.flatnonzero(symbol == index)
        if sprite is None or (symbol is None and index) or not len(rank[mine]):
            continue
        if not sprite.hides:
            misty.append((sprite, place[mine]))
            continue
        ranks = np.zeros(shape[0] * shape[1], np.int32)
        ranks[place[mine]] = rank[mine]
        windows = _Windows(ranks)
        _spread(core, windows, _runs(sprite, True), shape[1])
        _spread(edge, windows, _runs(sprite, False), shape[1])
    picture = _colours(core, place, symbol, sprites, shape[1])
    picture = over(picture, _colours(np.where(edge > core, edge, 0), place, symbol, sprites, shape[1]))
    for sprite, places in misty:
        picture = over(picture, _mist(sprite, places, shape))
    return picture.reshape(shape)[reach : reach + height, reach : reach + width]


class _Windows:
    """Sliding maxima of a row of numbers, each width made of two of half of it."""

    def __init__(self, values: NDArray[np.int32]) -> None:
        self._widths: dict[int, NDArray[np.int32]] = {1: values}

    def of(self, width: int) -> NDArray[np.int32]:
        """(n - width + 1,) the largest of each `width` neighbours."""
        maxima = self._widths.get(width)
        if maxima is None:
            half = 1 << ((width - 1).bit_length() - 1)
            narrow = self.of(half)
            shift = width - half
            maxima = self._widths[width] = np.maximum(narrow[: len(narrow) - shift], narrow[shift:])
        return maxima


def _spread(target: NDArray[np.int32], windows: _Windows, runs: list[tuple[int, int, int]], stride: int) -> None:
    """Raise `target` to the highest rank whose sign covers each pixel with one of its `runs`."""
    for dy, left, width in runs:
        window = windows.of(width)
        # target[i] sees the places i - dy * stride - (left .. left + width - 1)
        shift = dy * stride + left + width - 1
        low, high = max(shift, 0), min(len(target), len(window) + shift)
        if low < high:
            np.maximum(target[low:high], window[low - shift : high - shift], out=target[low:high])


@lru_cache(maxsize=512)
def _runs(sprite: Sprite, hiding: bool) -> list[tuple[int, int, int]]:
    """(dy, left, width) of each run of pixels in a row, about the middle: those that hide, or those that only tint."""
    alpha, middle = sprite.alpha, sprite.reach
    mask = alpha >= OPAQUE if hiding else (alpha > 0) & (alpha < OPAQUE)
    runs = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.view(np.int8), [0]])))
        runs += [(y - middle, first - middle, last - first) for first, last in edges.reshape(-1, 2).tolist()]
    return runs


def _colours(
    ranks: NDArray[np.int32],
    place: NDArray[np.int32],
    symbol: NDArray[Any] | None,
    sprites: Sequence[Sprite | None],
    stride: int,
) -> NDArray[np.uint32]:
    """The pixel of the sign of each rank; 0 where the rank is 0."""
    picture = np.zeros(ranks.shape, np.uint32)
    at = np.flatnonzero(ranks)
    which = ranks[at] - 1
    away = at - place[which]
    for index, sprite in enumerate(sprites):
        if sprite is None:
            continue
        # A sign's pixels by how far they are from its place in a row of all pixels.
        reach = sprite.reach
        laid = np.zeros((2 * reach, stride), np.uint32)
        laid[:, : 2 * reach] = sprite.argb
        first = reach * (stride + 1)
        if symbol is None:
            picture[at] = laid.ravel()[away + first]
            break
        mine = np.flatnonzero(symbol[which] == index)
        picture[at[mine]] = laid.ravel()[away[mine] + first]
    return picture


def _mist(sprite: Sprite, places: NDArray[np.int32], shape: tuple[int, int]) -> NDArray[np.uint32]:
    """Blend see-through signs over each other: light goes through all of them, so that their order does not matter."""
    count = np.bincount(places, minlength=shape[0] * shape[1]).astype(np.float32)
    depth, tints = np.zeros_like(count), [np.zeros_like(count) for _ in range(3)]
    colours, group = np.unique(sprite.argb & np.uint32(0xF8F8F8F8), return_inverse=True)
    group = group.reshape(sprite.argb.shape)
    for index, colour in enumerate(colours.tolist()):
        alpha = (colour >> 24) / 255
        if alpha == 0:
            continue
        covered = np.zeros_like(count)
        for y, x in np.argwhere(group == index).tolist():
            shift = (y - sprite.reach) * shape[1] + x - sprite.reach
            low, high = max(shift, 0), min(len(count), len(count) + shift)
            covered[low:high] += count[low - shift : high - shift]
        weight = -np.log1p(-min(alpha, 0.996))
        depth += covered * weight
        for channel, tint in enumerate(tints):
            tint += covered * (weight * (colour >> (8 * channel) & 255) / alpha)
    alpha = 1 - np.exp(-depth)
    scale = alpha / np.maximum(depth, 1e-9)
    picture: NDArray[np.uint32] = np.rint(alpha * 255).astype(np.uint32) << np.uint32(24)
    for channel, tint in enumerate(tints):
        value = np.minimum(np.rint(tint * scale), np.rint(alpha * 255))
        picture |= value.astype(np.uint32) << np.uint32(8 * channel)
    return picture
