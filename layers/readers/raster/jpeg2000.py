"""Recognises JPEG 2000 files that are cut short: OpenJPEG refuses them unless it is asked to read them."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

_END = b"\xff\xd9"
_MAX_BOXES = 10_000


def is_cut_short(path: str) -> bool:
    """True when the codestream does not end with its end mark."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        if file.read(4) == b"\xff\x4f\xff\x51":
            return not _ends_at(file, size, size)
        position = 0
        for _ in range(_MAX_BOXES):
            file.seek(position)
            head = file.read(16)
            if len(head) < 8:
                return True  # no codestream at all
            length, kind = struct.unpack(">I4s", head[:8])
            if length == 1 and len(head) == 16:
                (length,) = struct.unpack(">Q", head[8:])
            if kind == b"jp2c":
                return not _ends_at(file, position + length if length else size, size)
            if length < 8:
                return True
            position += length
    return True


def _ends_at(file: BinaryIO, end: int, size: int) -> bool:
    if end > size:
        return False
    file.seek(max(0, end - 2))
    return file.read(2) == _END
