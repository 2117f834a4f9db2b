"""Corrects the fonts of a PDF that Qt wrote, so that search and other viewers have the right letters."""

from __future__ import annotations

import re
import unicodedata

from pypdf.generic import DictionaryObject, StreamObject

from viewer.export.formats.pdf_objects import PdfObjects, repack, unpacked

_USUAL = {0x09: 0x20, 0xA0: 0x20, 0xAD: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D, 0x2126: 0x3A9, 0x2206: 0x394}
"""Usual characters for others: space for tab and hard space, hyphen for soft and hard ones, Greek for physical signs.
"""
_IDEOGRAPHS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF))
"""Ranges of radicals and compatibility forms, which look like the ideographs in use."""
_LIST = re.compile(rb"\[[^\]]*\]")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4})>")


def name_letters_as_written(pdf: PdfObjects) -> None:
    """Correct the characters of all fonts' glyphs: where several share a glyph, Qt names any, and search needs the
    usual one.
    """
    for pdf_object in pdf:
        if isinstance(pdf_object, DictionaryObject) and "/ToUnicode" in pdf_object:
            named = pdf_object["/ToUnicode"]
            if isinstance(named, StreamObject):
                repack(named, _LIST.sub(lambda match: _CODE.sub(_usual, match[0]), unpacked(named)))


def _usual(match: re.Match[bytes]) -> bytes:
    return b"<%04X>" % usual_character(int(match[1], 16))


def usual_character(code: int) -> int:
    """The usual character among those that share a glyph."""
    if any(first <= code <= last for first, last in _IDEOGRAPHS):
        plain = unicodedata.normalize("NFKC", chr(code))
        return ord(plain) if len(plain) == 1 and ord(plain) <= 0xFFFF else code
    return _USUAL.get(code, code)
