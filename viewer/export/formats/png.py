"""Writes PNG: strips are filtered and packed in jobs, side by side, and follow each other in the file."""

from __future__ import annotations

import struct
import threading
import zlib
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from viewer.export.formats.metadata import named_texts, xmp_packet
from viewer.export.formats.sheets import Strip
from viewer.export.formats.steps import Awaited, Steps, Workshop
from viewer.export.formats.strips import painted_strips
from viewer.export.plates.page_files import page_path
from viewer.export.plates.printed import Printed

MOST_SIDE = 2**31 - 1
LEVEL = 1
"""Of zlib: the fastest."""
_ADLER = 65_521
_UP = 2
"""PNG's filter that leaves of each pixel what differs from the one above."""
_HEADER = b"\x78\x01"
_NO_MORE = b"\x03\x00"


class PngFile:
    """A PNG that grows from its top to its end. `put` may be called on any thread, and out of order."""

    def __init__(self, path: Path, size: tuple[int, int], dpi: float, texts: dict[str, str], xmp: bytes) -> None:
        self._width, height = size
        self._file: BinaryIO = path.open("wb")
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[bytes, int, int, int]] = {}
        self._row, self._sum = 0, 1
        metre = round(dpi / 0.0254)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", self._width, height, 8, 2, 0, 0, 0), b"\x89PNG\r\n\x1a\n")
        self._chunk(b"sRGB", b"\0")
        self._chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1))
        for name, text in texts.items():
            self._chunk(b"iTXt", name.encode("latin-1") + b"\0\0\0\0\0" + text.encode())
        self._chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
        self._chunk(b"IDAT", _HEADER)

    def put(self, top: int, rows: NDArray[np.uint8], above: NDArray[np.uint8] | None) -> None:
        """Write rows of RGB from `top` on; `above` is the row above them. Raises OSError."""
        filtered = np.empty((len(rows), 1 + 3 * self._width), np.uint8)
        filtered[:, 0] = _UP
        flat = rows.reshape(len(rows), -1)
        np.subtract(flat[1:], flat[:-1], out=filtered[1:, 1:])
        filtered[0, 1:] = flat[0] if above is None else flat[0] - above.reshape(-1)
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15, 9)
        packed = packer.compress(filtered) + packer.flush(zlib.Z_FULL_FLUSH)
        with self._lock:
            self._waiting[top] = packed, zlib.adler32(filtered), filtered.size, len(rows)
            while self._row in self._waiting:
                data, added, size, count = self._waiting.pop(self._row)
                self._chunk(b"IDAT", data)
                self._sum = joined_sum(self._sum, added, size)
                self._row += count

    def close(self) -> None:
        """Write what follows the last row. Raises OSError."""
        with self._lock:
            self._chunk(b"IDAT", _NO_MORE + self._sum.to_bytes(4, "big"))
            self._chunk(b"IEND", b"")
            self._file.close()

    def give_up(self) -> None:
        """Close the file as it is."""
        with self._lock:
            self._file.close()

    def _chunk(self, kind: bytes, data: bytes, before: bytes = b"") -> None:
        check = zlib.crc32(data, zlib.crc32(kind))
        self._file.write(before + struct.pack(">I", len(data)) + kind)
        self._file.write(data)
        self._file.write(check.to_bytes(4, "big"))


def joined_sum(first: int, second: int, size: int) -> int:
    """Adler-32 of bytes from those of their two parts, the second of which has `size` bytes."""
    low, high = first & 0xFFFF, first >> 16
    joined = (low + (second & 0xFFFF) - 1) % _ADLER
    return ((high + (second >> 16) + size % _ADLER * (low - 1)) % _ADLER) << 16 | joined


def write_png(printed: Printed, shop: Workshop, made: list[tuple[Path, Path]]) -> Steps:
    """Write each page as a PNG."""
    for page in range(printed.pages):
        path = shop.folder / f"page-{page}.png"
        texts, xmp = named_texts(printed, page), xmp_packet(printed.words)
        begun = shop.job(partial(PngFile, path, printed.size_px(page), printed.dpi, texts, xmp))
        yield begun
        yield from _pages_rows(printed, page, shop, begun.result)
        made.append((path, page_path(shop.target, page)))


def _pages_rows(printed: Printed, page: int, shop: Workshop, file: PngFile) -> Steps:
    last: NDArray[np.uint8] | None = None

    def put(strip: Strip) -> Awaited[None]:
        nonlocal last
        above, last = last, strip.last_row()
        return shop.job(lambda: file.put(strip.top, strip.rgb(), above))

    try:
        yield from painted_strips(printed, page, put)
        closed = shop.job(file.close)
        yield closed
        assert closed.result is None
    finally:
        file.give_up()
