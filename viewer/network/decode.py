"""Decodes the bytes of a tile to a picture, or reports in a sentence why not. Runs on a thread of its own."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from layers.errors import ServerFault
from layers.services.server_words import is_text, is_web_page, words_of_server
from viewer.network.server_faults import AnsweredInWords

MAX_DECODED_BYTES = 16 << 20


class HalfPicture(ServerFault):
    """Raised for a picture of a right kind that is cut off: worth one more request."""


def decode_tile(body: bytes, host: str) -> QImage:
    """Decode a tile's picture to a format that is painted fast. PNG, JPEG and WEBP only. Raises ServerFault."""
    kind = picture_kind(body)
    if not kind:
        if is_text(body) and not is_web_page(body) and (words := words_of_server(body)):
            raise AnsweredInWords("{host} sent no picture but says: {words}", host=host, words=words)
        if is_text(body) and not body.lstrip().startswith(b"{"):
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
    if image.isNull() or (kind == "jpeg" and not body.rstrip(b"\0").endswith(b"\xff\xd9")):
        raise HalfPicture("{host} sent a damaged picture.", host=host)
    alpha = image.hasAlphaChannel()
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied if alpha else QImage.Format.Format_RGB32)


@cache
def readable_kinds() -> frozenset[str]:
    """The formats that Qt has a plugin for."""
    return frozenset(bytes(name.data()).decode() for name in QImageReader.supportedImageFormats())


def picture_kind(body: bytes) -> str:
    """Kind of a picture by its magic bytes: png, jpeg or webp, else empty."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if body.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if body[:4] == b"RIFF" and body[8:12] == b"WEBP" else ""
