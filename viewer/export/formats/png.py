"""Writes PNG strip by strip, with the words of the product in it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QRect

from viewer.export.formats.metadata import named_texts, xmp_packet
from viewer.export.formats.packed_rows import PackedRows
from viewer.export.formats.strips import packed_strips
from viewer.export.formats.writing import Made, Workshop
from viewer.export.plates.page_files import page_path
from viewer.export.plates.printed import PaintedGroup, Printed

MOST_SIDE = 2**31 - 1


class PngFile:
    """A PNG file that grows from top to bottom."""

    def __init__(
        self, path: Path, size: tuple[int, int], dpi: float, texts: dict[str, str], xmp: bytes, first_row: int = 0
    ) -> None:
        self._file: BinaryIO = path.open("wb")
        try:
            self._begin(size, round(dpi / 0.0254), texts, xmp)
            self.rows = PackedRows(partial(self._chunk, b"IDAT"), first_row)
        except OSError:
            self.give_up()
            raise

    def _begin(self, size: tuple[int, int], metre: int, texts: dict[str, str], xmp: bytes) -> None:
        self._file.write(b"\x89PNG\r\n\x1a\n")
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
        self._chunk(b"sRGB", b"\0")
        self._chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1))
        for name, text in texts.items():
            self._chunk(b"iTXt", name.encode("latin-1") + b"\0\0\0\0\0" + text.encode())
        if xmp:
            self._chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)

    def close(self) -> None:
        """Write the end of the file, after the last row. Raises OSError."""
        self.rows.close()
        self._chunk(b"IEND", b"")
        self._file.close()

    def give_up(self) -> None:
        """Close the file as it is, even on a full disk."""
        with suppress(OSError):
            self._file.close()

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + kind)
        self._file.write(data)
        self._file.write(zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big"))


def painted_png(
    printed: Printed,
    page: int,
    shop: Workshop,
    begin: Callable[[], PngFile],
    room: QRect | None = None,
    groups: Sequence[PaintedGroup] = (),
) -> None:
    """Write a part of a page, by default all of it, into the file that `begin` opens."""
    file = begin()
    try:
        packed_strips(printed, page, shop, file.rows, room, groups)
        file.close()
    finally:
        file.give_up()


def write_png(printed: Printed, shop: Workshop) -> Made:
    """Write each page as a PNG."""
    made = []
    for page in range(printed.pages):
        path = shop.folder / f"page-{page}.png"
        texts, xmp = named_texts(printed, page), xmp_packet(printed.words_of(page))
        painted_png(printed, page, shop, partial(PngFile, path, printed.size_px(page), printed.dpi, texts, xmp))
        made.append((path, page_path(shop.target, page)))
    return made
