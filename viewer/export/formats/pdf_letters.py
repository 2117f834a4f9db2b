"""Letters of a PDF as text: of the characters that share a glyph Qt names any, and search has to find the usual one."""

from __future__ import annotations

import re
import unicodedata

import pikepdf

_USUAL = {0x09: 0x20, 0xA0: 0x20, 0xAD: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D, 0x2126: 0x3A9, 0x2206: 0x394}
"""Tab and hard space for the space, soft and hard hyphens for the hyphen, signs of physics for Greek letters."""
_IDEOGRAPHS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF))
"""Radicals and compatibility forms, which look as the ideographs that people write."""
_LIST = re.compile(rb"\[[^\]]*\]")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4})>")


def name_letters_as_written(pdf: pikepdf.Pdf) -> None:
    """Set right which characters the glyphs of all fonts stand for."""
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary) and isinstance(one.get("/ToUnicode"), pikepdf.Stream):
            one.ToUnicode.write(_LIST.sub(lambda found: _CODE.sub(_usual, found[0]), one.ToUnicode.read_bytes()))


def _usual(found: re.Match[bytes]) -> bytes:
    return b"<%04X>" % usual_character(int(found[1], 16))


def usual_character(code: int) -> int:
    """The character that is meant where a glyph is that of several."""
    if any(first <= code <= last for first, last in _IDEOGRAPHS):
        plain = unicodedata.normalize("NFKC", chr(code))
        return ord(plain) if len(plain) == 1 and ord(plain) <= 0xFFFF else code
    return _USUAL.get(code, code)
