"""Pictures of a case that go to readers outside are judged by their own bytes."""

from __future__ import annotations

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from layers.product.shown_picture import MOST_SIDE_PX, shown_picture

KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def coded(kind: str, width: int = 40, height: int = 30) -> bytes:
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    assert picture.save(out, kind, 90)
    return bytes(out.data().data())


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes and very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_what_its_bytes_are(kind: str) -> None:
    found = shown_picture(coded(kind) + b"<script>alert(1)</script>")
    assert found is not None
    assert (found.content_type, found.size) == (KINDS[kind], (40, 30))
    assert b"script" not in found.data
    again = QImage.fromData(found.data)
    assert (again.width(), again.height()) == (40, 30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"<svg onload='alert(1)'/>",
        b"GIF89a" + bytes(40),
        b"\x89PNG\r\n\x1a\n",
        b"RIFF" + bytes(40),
        coded("JPEG")[:60],
        bomb(60_000, 60_000),
        bomb(MOST_SIDE_PX + 1, 1),
        bomb(MOST_SIDE_PX, MOST_SIDE_PX),
        bomb(0, 5),
        coded("WEBP").replace(b"VP8 ", b"JUNK"),
    ],
)
def test_what_is_no_picture_or_too_large_a_one_is_not_shown(data: bytes) -> None:
    assert shown_picture(data) is None


def test_a_second_frame_of_a_jpeg_hides_no_size() -> None:
    plain = coded("JPEG")
    at = plain.index(b"\xff\xc0")
    huge = plain[at : at + 5] + struct.pack(">HH", 60_000, 60_000) + plain[at + 9 : at + 19]
    assert shown_picture(plain[:at] + huge + plain[at:]) is None
