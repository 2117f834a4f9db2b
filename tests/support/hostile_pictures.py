"""Pictures that somebody sends who means harm, and that hold more than pixels."""

from __future__ import annotations

import struct
import zlib

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

PNG = b"\x89PNG\r\n\x1a\n"
PAGE = b"<html><script>alert(1)</script></html>"
SECRET = b"GPSLatitude 47.0000 secret text beside the pixels"


def picture(kind: str = "PNG", width: int = 40, height: int = 30) -> bytes:
    """Two colours side by side, coded as `kind`."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#c83214"))
    for x in range(width // 2):
        for y in range(height):
            image.setPixelColor(x, y, QColor("#1432c8"))
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(out, kind, 95)
    return bytes(out.data().data())


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int = 60_000) -> bytes:
    """A PNG of 60,000 x 60,000 grey pixels in 29 KB: the first 4,000 rows of them are there."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(4_000 * (side // 8 + 1)), 9)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def told_in_chunks() -> bytes:
    """A PNG with texts, a place and a time in its parts, and with a script after its end."""
    plain = picture()
    at = plain.index(b"IDAT") - 4
    said = (
        chunk(b"tEXt", b"Comment\0" + SECRET)
        + chunk(b"eXIf", b"MM\0*" + SECRET)
        + chunk(b"iTXt", b"a\0\0\0\0\0" + SECRET)
    )
    return plain[:at] + said + plain[at:] + PAGE


def told_in_segments() -> bytes:
    """A JPEG with Exif, a comment and a script after its end."""
    plain = picture("JPEG")
    parts = ((b"\xff\xe1", b"Exif\0\0" + SECRET), (b"\xff\xfe", SECRET))
    said = b"".join(mark + struct.pack(">H", len(data) + 2) + data for mark, data in parts)
    return plain[:2] + said + plain[2:] + PAGE


def hidden_in_rows() -> bytes:
    """A PNG whose packed pixels are followed by a script that no decoder reads, inside a part that every one keeps."""
    plain = picture()
    at = plain.index(b"IDAT")
    length = struct.unpack(">I", plain[at - 4 : at])[0]
    packed = plain[at + 4 : at + 4 + length] + PAGE
    return plain[: at - 4] + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_broken_pixels(kind: str) -> bytes:
    """A picture whose head is whole, and whose pixels end in the middle."""
    plain = picture(kind, 400, 300)
    if kind == "PNG":
        at = plain.index(b"IDAT")
        length = struct.unpack(">I", plain[at - 4 : at])[0]
        return plain[: at - 4] + chunk(b"IDAT", plain[at + 4 : at + 4 + length // 3]) + chunk(b"IEND", b"")
    if kind == "JPEG":
        return plain[: 2 * len(plain) // 3] + b"\xff\xd9"
    body = plain[12 : len(plain) - len(plain) // 3]
    body = body[:4] + struct.pack("<I", len(body) - 8) + body[8:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
