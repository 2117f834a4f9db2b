"""Places of the brush to half a pixel: however many they are, the brush is set down once at each.

The places are bits, so that the brush is set down at eight of them at once.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from layers.vector.drawing.brush import PHASES, brush_taps, steps_of

DOT_PHASES = 2
"""Number of places within a pixel, each way."""
BITS = 8
"""The width of the picture is a multiple of this: so a row begins with a byte of its own."""

type _Shift = tuple[int, int]
"""A phase, and the columns by which its places are moved."""
type _Level = tuple[int, list[tuple[int, list[_Shift]]]]
"""A coverage, with the rows and columns by which places are moved to pixels that the brush covers so."""


class Dots:
    """The places of one picture, of `wide` x `high` pixels; `wide` is a multiple of `BITS`."""

    def __init__(self, wide: int, high: int, reach: int) -> None:
        """`reach`: the most pixels to which a brush reaches."""
        self._wide, self._size, self._margin = wide, wide * high, reach
        self._places = np.zeros((DOT_PHASES**2, self._size + 2 * reach), np.uint8)

    def add(self, place: NDArray[np.int32], phase: NDArray[np.int32]) -> None:
        """Add places by the index of their pixel, and by their phase: 0..3, first by rows."""
        self._places.reshape(-1)[phase * np.int32(self._places.shape[1]) + place + np.int32(self._margin)] = 1

    def set_down(self, cover: NDArray[np.uint8], stroke_px: float) -> None:
        """Set the brush down at all places: `cover`, 0..255 by pixel, becomes at least what it covers there."""
        moved, touched, row = dict[_Shift, NDArray[np.uint8]](), *np.empty((2, self._size // BITS), np.uint8)
        for strength, rows in _levels(steps_of(stroke_px)):
            touched[:] = 0
            for dy, shifts in rows:
                places = self._joined([self._moved(shift, moved) for shift in shifts], row)
                down = dy * self._wide // BITS
                low, high = max(down, 0), min(len(touched), len(touched) + down)
                seen = touched[low:high]
                np.bitwise_or(seen, places[low - down : high - down], out=seen)
            bits = np.unpackbits(touched)
            np.multiply(bits, np.uint8(strength), out=bits)
            np.maximum(cover, bits, out=cover)

    def _moved(self, shift: _Shift, moved: dict[_Shift, NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """The places of a phase, moved by some columns, as bits."""
        if shift not in moved:
            phase, dx = shift
            first = self._margin - dx
            moved[shift] = np.packbits(self._places[phase, first : first + self._size])
        return moved[shift]

    @staticmethod
    def _joined(places: list[NDArray[np.uint8]], out: NDArray[np.uint8]) -> NDArray[np.uint8]:
        joined, *others = places
        for other in others:
            joined = np.bitwise_or(joined, other, out=out)
        return joined


@lru_cache(maxsize=64)
def _levels(sixteenths: int) -> list[_Level]:
    """The coverages of a brush, the faintest first, each with the shifts from a place to the pixels covered so."""
    step = PHASES // DOT_PHASES
    levels: dict[int, dict[int, list[_Shift]]] = {}
    for dy, dx, coverage in brush_taps(sixteenths):
        for phase in range(DOT_PHASES**2):
            fine = (phase // DOT_PHASES * PHASES + phase % DOT_PHASES) * step
            strength = int(coverage[fine])
            if strength:
                levels.setdefault(strength, {}).setdefault(dy, []).append((phase, dx))
    return [(strength, list(rows.items())) for strength, rows in sorted(levels.items())]
