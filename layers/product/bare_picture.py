"""Strips pictures of the metadata in their files, where programs write names and folders."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"))
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH"))
_WEBP_SAID = 0b0010_1100
"""The bits of VP8X that announce a colour profile, Exif and XMP."""


def bare_picture(data: bytes, content_type: str) -> bytes | None:
    """The same pixels in the same coding, and nothing else; None for data that is no PNG, JPEG or WebP, or broken."""
    strip = _STRIPPED.get(content_type)
    try:
        return None if strip is None else strip(data)
    except (struct.error, ValueError, IndexError):
        return None


def _png(data: bytes) -> bytes:
    if not data.startswith(_PNG):
        raise ValueError("no PNG")
    return _PNG + b"".join(_png_chunks(data))


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise ValueError("cut short")
        if kind in _PNG_KEPT:
            yield chunk
        if kind == b"IEND":
            return
        at += 12 + length


def _jpeg(data: bytes) -> bytes:
    """Strip a JPEG of comments and applications' segments; the JFIF head stays, as it states the density."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept, at = [data[:2]], 2
    while True:
        mark, kind, length = struct.unpack_from(">BBH", data, at)
        if mark != 0xFF or length < 2:
            raise ValueError("no segment")
        segment = data[at : at + 2 + length]
        is_jfif = kind == 0xE0 and segment[4:9] == b"JFIF\0"
        is_adobe = kind == 0xEE and segment[4:9] == b"Adobe"
        if kind == 0xDA:
            end = data.rindex(b"\xff\xd9") + 2
            return b"".join([*kept, data[at:end]])
        if is_jfif:
            kept.append(b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0")  # without its small picture
        elif is_adobe or not (0xE0 <= kind <= 0xEF or kind == 0xFE):
            kept.append(segment)
        at += 2 + length


def _webp(data: bytes) -> bytes:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP")
    kept, at = [], 12
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) < length:
            raise ValueError("cut short")
        if kind == b"VP8X":
            body = bytes((body[0] & ~_WEBP_SAID & 0xFF,)) + body[1:]
        if kind in _WEBP_KEPT:
            kept.append(struct.pack("<4sI", kind, length) + body + b"\0" * (length % 2))
        at += 8 + length + length % 2
    whole = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


_STRIPPED: dict[str, Callable[[bytes], bytes]] = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}
