"""Copies the bytes of an open file, by the system where it can."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

SPAN_BYTES = 1 << 24
"""Bytes that the system copies between two looks whether the copy is still wanted."""
PIECE_BYTES = 1 << 18
"""Bytes written at once: in larger pieces the system takes several times as long."""


def copy_bytes(
    file: BinaryIO,
    to: Path,
    is_over: Callable[[], bool] = lambda: False,
    tell: Callable[[int], None] = lambda size: None,
) -> None:
    """Copy all bytes of `file` to the new file `to`; once `is_over` says so the rest is left. `tell` takes the bytes of
    each piece that was copied. Raises OSError.
    """
    with to.open("wb", buffering=0) as new:
        done = 0
        if sys.platform == "linux":
            with suppress(OSError):  # it copies not between any two: then the rest goes piece by piece
                while not is_over() and (count := os.copy_file_range(file.fileno(), new.fileno(), SPAN_BYTES, done)):
                    done += count
                    tell(count)
        new.seek(done)
        file.seek(done)
        room = memoryview(bytearray(PIECE_BYTES))
        while not is_over() and (size := file.readinto(room)):  # type: ignore[attr-defined]  # every binary file has it
            piece = room[:size]
            tell(size)
            while piece:
                piece = piece[new.write(piece) :]
