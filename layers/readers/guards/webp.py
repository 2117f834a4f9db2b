"""The header of a WebP picture: its size and content, checked before it is unpacked as a whole."""

from __future__ import annotations

import os
import struct

from layers.errors import NotReadable, TooLarge, UnsupportedFormat

MOST_PIXELS = 64_000_000
"""Most pixels of a picture: GDAL unpacks all of them for the first one, four bytes each."""
_ANIMATED = 0x02
_HEAD_BYTES = 64


def judge_webp(path: str) -> None:
    """Raises UnsupportedFormat for a film, TooLarge for a picture too large to unpack, NotReadable for a cut one."""
    name = os.path.basename(path)
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    if len(head) < 30 or struct.unpack_from("<I", head, 4)[0] + 8 > os.path.getsize(path):
        raise NotReadable("{name} is cut short: its last pixels are missing. Copy or download it again.", name=name)
    if head[12:16] == b"VP8X" and head[20] & _ANIMATED:
        raise UnsupportedFormat("{name} is an animation: save the frame that you need as PNG or JPEG.", name=name)
    width, height = _size(head)
    if width * height > MOST_PIXELS:
        raise TooLarge(
            "{name} has {width} x {height} pixels in one block, too many to unpack: save it as a GeoTIFF.",
            name=name,
            width=width,
            height=height,
        )


def _size(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF
