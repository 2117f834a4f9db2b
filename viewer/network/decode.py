"""Decodes the bytes of a tile to a picture, or reports in a sentence why not. Runs on a thread of its own."""

from __future__ import annotations

import zlib
from functools import cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from layers.errors import ServerFault
from viewer.network.server_faults import AnsweredInWords

MAX_DECODED_BYTES = 16 << 20
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK_BYTES = 12
"""Bytes of a part of a PNG without any content: its length, kind and sum."""
_SVG_BYTES = 1024
"""Bytes of a text within which an SVG names itself."""


class HalfPicture(ServerFault):
    """Raised for a picture of a right kind that is cut off: worth one more request."""


def decode_tile(body: bytes, host: str) -> QImage:
    """Decode a tile's picture to a format that is painted fast. PNG, JPEG and WEBP only. Raises ServerFault."""
    kind = _judged_kind(body, host)
    buffer = QBuffer()
    buffer.setData(QByteArray(body))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if size.isValid() and size.width() * size.height() * 4 > MAX_DECODED_BYTES:
        raise ServerFault(
            "{host} sent a picture of {width} x {height} pixels: too large for a tile.",
            host=host,
            width=size.width(),
            height=size.height(),
        )
    # `size` is invalid where the header is broken; Qt's own limit then holds.
    image = reader.read()
    if image.isNull() or (kind == "jpeg" and not is_whole(kind, body)):
        raise HalfPicture("{host} sent a damaged picture.", host=host)
    # In place: another image of a whole map takes longer to allocate than to convert.
    alpha = image.hasAlphaChannel()
    image.convertTo(QImage.Format.Format_ARGB32_Premultiplied if alpha else QImage.Format.Format_RGB32)
    return image


def judge_tile(body: bytes, host: str) -> None:
    """Check that the bytes of a tile are a whole picture of a kind that can be read. Raises ServerFault."""
    if not is_whole(_judged_kind(body, host), body):
        raise HalfPicture("{host} sent a damaged picture.", host=host)


def _judged_kind(body: bytes, host: str) -> str:
    """The kind of a picture that can be read."""
    # For start-up time: few tiles are words.
    from layers.services.server_words import is_text, is_web_page, words_of_server

    kind = picture_kind(body)
    if not kind:
        if is_text(body) and not is_web_page(body) and (words := words_of_server(body)):
            raise AnsweredInWords("{host} sent no picture but says: {words}", host=host, words=words)
        if is_web_page(body) or (is_text(body) and not _is_data(body)):
            raise ServerFault("{host} sent a web page instead of a picture: it may want a login or a key.", host=host)
        raise ServerFault(
            "{host} sent something that is no PNG, JPEG or WEBP picture: check the layer's address.", host=host
        )
    if kind not in readable_kinds():
        raise ServerFault(
            "{host} sent a {kind}, which this Qt cannot read: its plugin for it is missing.",
            host=host,
            kind=kind.upper(),
        )
    return kind


def _is_data(text: bytes) -> bool:
    """True for JSON, and for a picture that is written as text."""
    return text.lstrip().startswith(b"{") or b"<svg" in text[:_SVG_BYTES].lower()


def is_whole(kind: str, body: bytes) -> bool:
    """True where a picture has its end, and for a PNG all its sums."""
    if kind == "jpeg":
        return body.rstrip(b"\0").endswith(b"\xff\xd9")
    if kind == "webp":
        return len(body) >= 8 + int.from_bytes(body[4:8], "little")
    at = len(_PNG)
    while at + _CHUNK_BYTES <= len(body):
        end = at + _CHUNK_BYTES + int.from_bytes(body[at : at + 4], "big")
        if zlib.crc32(body[at + 4 : end - 4]) != int.from_bytes(body[end - 4 : end], "big"):
            return False
        if body[at + 4 : at + 8] == b"IEND":
            return True
        at = end
    return False


@cache
def readable_kinds() -> frozenset[str]:
    """The formats that Qt has a plugin for."""
    return frozenset(bytes(name.data()).decode() for name in QImageReader.supportedImageFormats())


def picture_kind(body: bytes) -> str:
    """Kind of a picture by its magic bytes: png, jpeg or webp, else empty."""
    if body.startswith(_PNG):
        return "png"
    if body.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if body[:4] == b"RIFF" and body[8:12] == b"WEBP" else ""
