"""Corrects the fonts of a PDF that Qt wrote: search has the right letters, and equal fonts have equal names."""

from __future__ import annotations

import hashlib
import re
import string
import unicodedata

from pypdf.generic import DictionaryObject, StreamObject

from viewer.export.formats.pdf_objects import PdfObjects, name, put, repack, unpacked

_USUAL = {0x09: 0x20, 0xA0: 0x20, 0xAD: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D, 0x2126: 0x3A9, 0x2206: 0x394}
"""Usual characters for others: space for tab and hard space, hyphen for soft and hard ones, Greek for physical signs.
"""
_IDEOGRAPHS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF))
"""Ranges of radicals and compatibility forms, which look like the ideographs in use."""
_LIST = re.compile(rb"\[[^\]]*\]")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4})>")


_TAG_LETTERS = 6
"""Letters before the name of a font of which only a part is embedded, as ISO 32000 has them."""


def name_fonts_by_content(pdf: PdfObjects) -> None:
    """Tag the embedded parts of fonts by their content. Qt counts objects for the tag, also those that it drops, whose
    number differs from run to run: the same page would be another file.
    """
    for pdf_object in pdf:
        if isinstance(pdf_object, DictionaryObject) and "/FontFile2" in pdf_object and "/FontName" in pdf_object:
            file, whole = pdf_object["/FontFile2"], str(pdf_object["/FontName"]).lstrip("/")
            if isinstance(file, StreamObject):
                put(pdf_object, FontName=name(f"{_tag(unpacked(file))}+{whole.rpartition('+')[2]}"))


def _tag(data: bytes) -> str:
    number = int.from_bytes(hashlib.sha256(data).digest())
    letters = string.ascii_uppercase
    return "".join(letters[number // len(letters) ** at % len(letters)] for at in range(_TAG_LETTERS))


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
