"""Encodes pictures for files: the same pixels make the same bytes, without any text or time in them."""

from __future__ import annotations

from base64 import b64encode

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

PNG, JPEG = "image/png", "image/jpeg"
_QUALITY, _QUALITY_OF_DETAIL = 88, 82


def png_bytes(picture: QImage) -> bytes:
    """A picture as PNG."""
    return _bytes(picture, "PNG", -1)


def map_bytes(picture: QImage) -> bytes:
    """A map as JPEG or PNG, whichever is smaller: photographs make large PNGs, and plain areas small ones."""
    return min(_bytes(picture, "JPEG", _QUALITY), png_bytes(picture), key=len)


def detail_bytes(picture: QImage) -> bytes:
    """A part of a map in more detail, as JPEG: there are many in a file."""
    return _bytes(picture, "JPEG", _QUALITY_OF_DETAIL)


def type_of(data: bytes) -> str:
    """The content type of a picture that was encoded here."""
    return JPEG if data.startswith(b"\xff\xd8") else PNG


def _bytes(picture: QImage, kind: str, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, kind, quality)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def data_url(data: bytes, content_type: str) -> str:
    """An address that holds a picture itself; empty without one."""
    return f"data:{content_type};base64,{b64encode(data).decode()}" if data else ""
