"""Corrects the fonts of a PDF that Qt wrote, so that search and other viewers have the right letters."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Sequence

from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from viewer.export.formats.pdf_objects import PdfObjects, put, repack, unpacked

_USUAL = {0x09: 0x20, 0xA0: 0x20, 0xAD: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D, 0x2126: 0x3A9, 0x2206: 0x394}
"""Usual characters for others: space for tab and hard space, hyphen for soft and hard ones, Greek for physical signs.
"""
_IDEOGRAPHS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF))
"""Ranges of radicals and compatibility forms, which look like the ideographs in use."""
_LIST = re.compile(rb"\[[^\]]*\]")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4})>")


_TABLES, _ENTRY = 12, 16
"""Bytes before the list of a font's tables, and of each of its rows."""
_SUM_AT, _UNITS_AT, _BOX_AT = 8, 18, 36
"""Bytes in the table `head` at which the sum of the font, the units of its size and the box of its letters begin."""
_SUM = 0xB1B0AFBA


def give_fonts_their_box(pdf: PdfObjects) -> None:
    """Write the box of all letters into each font, where Qt writes that of the letters in use.

    From that box poppler decides whether letters stand at parts of a pixel, which should not depend on the words of a
    page.
    """
    for one in pdf:
        if isinstance(one, DictionaryObject) and "/FontFile2" in one and "/FontBBox" in one:
            file, box = one["/FontFile2"], one["/FontBBox"]
            assert isinstance(file, StreamObject)
            assert isinstance(box, ArrayObject)
            font = with_box(unpacked(file), [float(side) for side in box])
            repack(file, font)
            put(file, Length1=len(font))


def with_box(font: bytes, box: Sequence[float]) -> bytes:
    """A TrueType font with another box of its letters: left, bottom, right, top in thousandths of its size."""
    data, head, row = bytearray(font), 0, 0
    for at in range(_TABLES, _TABLES + _ENTRY * struct.unpack_from(">H", data, 4)[0], _ENTRY):
        if data[at : at + 4] == b"head":
            row, (head, length) = at, struct.unpack_from(">II", data, at + 8)
    if not row:
        return font
    units = struct.unpack_from(">H", data, head + _UNITS_AT)[0]
    struct.pack_into(">4h", data, head + _BOX_AT, *(round(side * units / 1000) for side in box))
    struct.pack_into(">I", data, head + _SUM_AT, 0)
    struct.pack_into(">I", data, row + 4, _sum_of(data[head : head + length]))
    struct.pack_into(">I", data, head + _SUM_AT, (_SUM - _sum_of(data)) & 0xFFFFFFFF)
    return bytes(data)


def _sum_of(table: bytes | bytearray) -> int:
    padded = bytes(table) + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def name_letters_as_written(pdf: PdfObjects) -> None:
    """Correct the characters of all fonts' glyphs: where several share a glyph, Qt names any, and search needs the
    usual one.
    """
    for one in pdf:
        if isinstance(one, DictionaryObject) and "/ToUnicode" in one:
            named = one["/ToUnicode"]
            if isinstance(named, StreamObject):
                repack(named, _LIST.sub(lambda found: _CODE.sub(_usual, found[0]), unpacked(named)))


def _usual(found: re.Match[bytes]) -> bytes:
    return b"<%04X>" % usual_character(int(found[1], 16))


def usual_character(code: int) -> int:
    """The usual character among those that share a glyph."""
    if any(first <= code <= last for first, last in _IDEOGRAPHS):
        plain = unicodedata.normalize("NFKC", chr(code))
        return ord(plain) if len(plain) == 1 and ord(plain) <= 0xFFFF else code
    return _USUAL.get(code, code)
