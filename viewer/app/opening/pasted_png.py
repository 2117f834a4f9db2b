"""Encodes a picture of the clipboard as PNG, in strips: Qt's own writer blocks all of Python until it is done."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace, QImage

from viewer.export.formats.packed_rows import PackedRows

MAGIC = b"\x89PNG\r\n\x1a\n"
STRIP_PIXELS = 2**20
"""Pixels copied and compressed in one step, which takes a few hundredths of a second."""
_RGB, _RGBA = 2, 6
"""PNG's colour types, without and with alpha."""


def png_of(image: QImage, tell: Callable[[float], None] = lambda part: None) -> bytes:
    """Encode a picture without loss: 8 or 16 bits a channel, alpha where it has any, colour space and resolution.

    `tell` gets the share that is done, 0 to 1, and may raise to stop.
    """
    width, height, is_deep, has_alpha = image.width(), image.height(), _is_deep(image), image.hasAlphaChannel()
    pieces = [MAGIC, _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *_kind(is_deep, has_alpha), 0, 0, 0))]
    pieces += [*_colours(image.colorSpace()), _resolution(image)]
    packed: list[bytes] = []
    rows, above, step = PackedRows(packed.append), None, max(1, STRIP_PIXELS // max(width, 1))
    for top in range(0, height, step):
        tell(top / height)
        strip = _pixels(image.copy(0, top, width, min(step, height - top)), is_deep=is_deep, has_alpha=has_alpha)
        rows.put(top, strip, above)
        above = strip[-1]
    rows.close()
    return b"".join([*pieces, *(_chunk(b"IDAT", piece) for piece in packed), _chunk(b"IEND", b"")])


def size_in_png(data: bytes) -> tuple[int, int] | None:
    """Width and height in the header of a PNG; None for other data."""
    if not data.startswith(MAGIC) or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _is_deep(image: QImage) -> bool:
    return image.depth() > 32 or image.format() == QImage.Format.Format_Grayscale16


def _kind(is_deep: bool, has_alpha: bool) -> tuple[int, int]:
    return 16 if is_deep else 8, _RGBA if has_alpha else _RGB


def _pixels(strip: QImage, *, is_deep: bool, has_alpha: bool) -> NDArray[np.uint8]:
    """Pixels of a strip as PNG stores them, shape (rows, bytes)."""
    channels = 4 if has_alpha else 3
    if is_deep:
        strip = strip.convertToFormat(QImage.Format.Format_RGBA64)
        words = np.frombuffer(strip.constBits(), np.uint16).reshape(strip.height(), strip.width(), 4)
        parts = words[:, :, :channels].astype(">u2")
        return parts.reshape(strip.height(), -1).view(np.uint8)
    strip = strip.convertToFormat(QImage.Format.Format_RGBA8888 if has_alpha else QImage.Format.Format_RGB888)
    lines = np.frombuffer(strip.constBits(), np.uint8).reshape(strip.height(), strip.bytesPerLine())
    return lines[:, : channels * strip.width()].copy()


def _colours(space: QColorSpace) -> list[bytes]:
    if not space.isValid() or space == QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        return [_chunk(b"sRGB", b"\0")] if space.isValid() else []
    return [_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(bytes(space.iccProfile().data())))]


def _resolution(image: QImage) -> bytes:
    return _chunk(b"pHYs", struct.pack(">IIB", image.dotsPerMeterX(), image.dotsPerMeterY(), 1))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")
