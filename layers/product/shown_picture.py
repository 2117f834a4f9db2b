"""Checks pictures of a case before readers outside get them, by their own first bytes and size, never by a stated type;
hands on their pixels, and nothing else of their files.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from layers.product.bare_picture import bare_picture

MOST_SIDE_PX = 20_000
MOST_PIXELS = 64 * 2**20
"""Most pixels: a browser takes four bytes for each of them."""
_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
_SIZES_OF_JPEG = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


class ShownPicture(Struct, frozen=True):
    """A picture that any reader's program shows."""

    content_type: str
    data: bytes
    size: tuple[int, int]


def shown_picture(data: bytes) -> ShownPicture | None:
    """The picture in these bytes; None where there is none, or it is broken, or would need too much memory."""
    kind = next((kind for kind, magic in _MAGIC.items() if data.startswith(magic)), "")
    bare = bare_picture(data, kind)
    if bare is None:
        return None
    try:
        width, height = _SIZES[kind](bare)
    except (struct.error, ValueError, IndexError):
        return None
    is_small = 0 < width <= MOST_SIDE_PX and 0 < height <= MOST_SIDE_PX and width * height <= MOST_PIXELS
    return ShownPicture(kind, bare, (width, height)) if is_small else None


def _size_of_png(data: bytes) -> tuple[int, int]:
    length, kind, width, height = struct.unpack_from(">I4sII", data, 8)
    if kind != b"IHDR" or length != 13:
        raise ValueError("no header")
    return width, height


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    """The size of the largest frame; an intact JPEG has only one."""
    at, largest = 2, (0, 0)
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        kind, length = struct.unpack_from(">BH", data, at + 1)
        if kind in _SIZES_OF_JPEG:
            height, width = struct.unpack_from(">HH", data, at + 5)
            largest = max(largest, (width, height), key=lambda size: size[0] * size[1])
        at += 2 + length
    return largest


def _size_of_webp(data: bytes) -> tuple[int, int]:
    """The largest of canvas and frames."""
    at, sizes = 12, [(0, 0)]
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        if kind == b"VP8X":
            sizes.append((1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")))
        elif kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
            width, height = struct.unpack_from("<HH", body, 6)
            sizes.append((width & 0x3FFF, height & 0x3FFF))
        elif kind == b"VP8L" and body[:1] == b"\x2f":
            (bits,) = struct.unpack_from("<I", body, 1)
            sizes.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
        at += 8 + length + length % 2
    return max(sizes, key=lambda size: size[0] * size[1])


_SIZES = {"image/png": _size_of_png, "image/jpeg": _size_of_jpeg, "image/webp": _size_of_webp}
