"""GDAL's metadata inside a TIFF, read before GDAL does: it may name a file of overviews, which GDAL would open."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml

_GDAL_METADATA = 42112
_MOST_ENTRIES = 4096
_LIMITS = XmlLimits(size=2**20)
_WAYS_TO_SAY = (b"overviews", b"&", b"<!")


class _Form(NamedTuple):
    """Layout of the directory of a classic TIFF or a BigTIFF."""

    offset: str
    entries: str
    entry: str
    inline: int


_FORMS = {42: _Form("I", "H", "HHII", 4), 43: _Form("Q", "Q", "HHQQ", 8)}


def names_overviews(path: str) -> bool:
    """True where the first directory of a TIFF may say that its overviews lie in another file. Raises OSError."""
    with open(path, "rb") as file:
        try:
            text = _metadata(file)
        except struct.error:
            return False  # it is damaged: GDAL says so
    if not text:
        return False
    try:
        items = list(parse_xml(text, _LIMITS).iter())
    except BadXml:
        return any(mark in text.lower() for mark in _WAYS_TO_SAY)  # GDAL reads what is no XML, too
    words = {value.strip().upper() for item in items for value in item.attrib.values()}
    return "OVERVIEWS" in words or any(item.tag.upper() == "DOMAIN" for item in items)


def _metadata(file: BinaryIO) -> bytes:
    """The text of the tag, without its end; empty where there is none. Raises struct.error."""
    order = {b"II": "<", b"MM": ">"}.get(file.read(2), "")
    form = _FORMS.get(_read(file, f"{order}H")[0]) if order else None
    if form is None:
        return b""
    if form.inline == 8:
        file.seek(8)
    (directory,) = _read(file, order + form.offset)
    file.seek(directory)
    (entries,) = _read(file, order + form.entries)
    for _ in range(min(entries, _MOST_ENTRIES)):
        tag, _, count, offset = _read(file, order + form.entry)
        if tag == _GDAL_METADATA and count > form.inline:
            file.seek(offset)
            return file.read(min(count, _LIMITS.size + 1)).rstrip(b"\0 \r\n\t")
    return b""


def _read(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))
