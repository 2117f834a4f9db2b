"""Packs rows of a picture for PNG and PDF: filtered, deflated on several threads, and put back in order."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LEVEL = 1
"""Level of zlib: the fastest."""
_ADLER = 65_521
_UP = 2
"""PNG's filter that stores each pixel as its difference from the one above."""
_HEADER = b"\x78\x01"
_NO_MORE = b"\x03\x00"


class PackedRows:
    """A zlib stream of RGB rows that grows from the first row to the last; `emit` is called with its pieces, in order.

    `put` may be called on any thread, and out of order.
    """

    def __init__(self, emit: Callable[[bytes], object], first_row: int = 0) -> None:
        self._emit, self._row, self._sum = emit, first_row, 1
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[bytes, int, int, int]] = {}
        emit(_HEADER)

    def put(self, top: int, rows: NDArray[np.uint8], above: NDArray[np.uint8] | None) -> None:
        """Pack `rows`, (rows, width, 3) RGB, which begin at row `top` of the page. Raises OSError.

        `above` is the row above them, (width, 3); None for the first of all.
        """
        flat = rows.reshape(len(rows), -1)
        filtered = np.empty((len(rows), 1 + flat.shape[1]), np.uint8)
        filtered[:, 0] = _UP
        np.subtract(flat[1:], flat[:-1], out=filtered[1:, 1:])
        filtered[0, 1:] = flat[0] if above is None else flat[0] - above.reshape(-1)
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15, 9)
        packed = packer.compress(filtered) + packer.flush(zlib.Z_FULL_FLUSH)
        with self._lock:
            self._waiting[top] = packed, zlib.adler32(filtered), filtered.size, len(rows)
            while self._row in self._waiting:
                data, added, size, count = self._waiting.pop(self._row)
                self._emit(data)
                self._sum = joined_sum(self._sum, added, size)
                self._row += count

    def close(self) -> None:
        """Emit the end of the stream, after the last row. Raises OSError."""
        self._emit(_NO_MORE + self._sum.to_bytes(4, "big"))


def joined_sum(first: int, second: int, size: int) -> int:
    """Adler-32 of joined bytes from the sums of their two parts, the second of which has `size` bytes."""
    low, high = first & 0xFFFF, first >> 16
    joined = (low + (second & 0xFFFF) - 1) % _ADLER
    return ((high + (second >> 16) + size % _ADLER * (low - 1)) % _ADLER) << 16 | joined
