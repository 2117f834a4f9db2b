"""Adds the words of a product to JPEG and WebP files that have none yet."""

from __future__ import annotations

import struct
from pathlib import Path

from layers.errors import ExportFailed
from viewer.export.formats.metadata import iptc_records, xmp_packet
from viewer.export.printed import ProductWords

_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"
_MOST_SEGMENT = 65_533
_BLOCK = 4 * 2**20
_HAS_XMP = 0x04


def with_jpeg_words(plain: Path, out: Path, words: ProductWords, size: tuple[int, int], dpi: float) -> None:
    """Copy the JPEG `plain` to `out`, with its resolution, an XMP packet and IPTC records. `size` is not needed.

    Raises ExportFailed, OSError.
    """
    with plain.open("rb") as source, out.open("wb") as file:
        if source.read(2) != b"\xff\xd8":
            raise ExportFailed("The picture could not be encoded as a JPEG.")
        rest = source.read(20)
        if rest[:2] == b"\xff\xe0":  # its own JFIF header, which says nothing of a resolution
            length = int.from_bytes(rest[2:4], "big") + 2
            source.seek(2 + length)
        else:
            source.seek(2)
        dots = round(dpi)
        file.write(b"\xff\xd8" + _segment(0xE0, b"JFIF\0\x01\x02\x01" + struct.pack(">HHBB", dots, dots, 0, 0)))
        room = _MOST_SEGMENT - len(_XMP_NAME)
        file.write(_segment(0xE1, _XMP_NAME + xmp_packet(words, room)))
        file.write(_segment(0xED, b"Photoshop 3.0\0" + _photoshop_block(iptc_records(words))))
        while block := source.read(_BLOCK):
            file.write(block)


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data


def _photoshop_block(records: bytes) -> bytes:
    """The Photoshop resource that holds IPTC records."""
    return b"8BIM\x04\x04\0\0" + len(records).to_bytes(4, "big") + records + b"\0" * (len(records) % 2)


def with_webp_words(plain: Path, out: Path, words: ProductWords, size: tuple[int, int], dpi: float) -> None:
    """Copy the WebP `plain` to `out` in its extended form, with its `size` in pixels and an XMP packet.

    `dpi` is not needed, as WebP states no resolution. Raises ExportFailed, OSError.
    """
    xmp = xmp_packet(words)
    with plain.open("rb") as source, out.open("wb") as file:
        head = source.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WEBP":
            raise ExportFailed("The picture could not be encoded as a WebP.")
        chunks: list[tuple[bytes, int, int]] = []
        while len(header := source.read(8)) == 8:
            length = int.from_bytes(header[4:], "little")
            if header[:4] in (b"VP8 ", b"VP8L"):
                chunks.append((header[:4], source.tell(), length))
            source.seek(length + length % 2, 1)
        width, height = (side - 1 for side in size)
        extended = bytes((_HAS_XMP, 0, 0, 0)) + width.to_bytes(3, "little") + height.to_bytes(3, "little")
        body = 4 + 18 + sum(8 + length + length % 2 for _, _, length in chunks) + 8 + len(xmp) + len(xmp) % 2
        file.write(b"RIFF" + body.to_bytes(4, "little") + b"WEBP" + _chunk(b"VP8X", extended))
        for name, place, length in chunks:
            source.seek(place)
            file.write(_chunk(name, source.read(length)))
        file.write(_chunk(b"XMP ", xmp))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
