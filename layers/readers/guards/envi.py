"""ENVI's raw pictures: pixels without any mark, and a header beside them that describes their layout.

The header is judged before GDAL reads it: it may describe a list of other files instead of pixels.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from layers.errors import NotAllowed, NotReadable, UnsupportedFormat
from layers.geo.crs_judge import fault_of_crs
from layers.phrase import Phrase
from layers.readers.guards.own_folder import companion
from layers.readers.signatures import envi_header_beside

_MAX_BYTES = 4 * 2**20
_BESIDE = (".sta",)
"""Files with statistics beside the data, which GDAL reads."""
_ITEM_BYTES = {1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 9: 16, 12: 2, 13: 4, 14: 8, 15: 8}
_FIELD = re.compile(r"^[ \t]*([^={}\n]+?)[ \t]*=[ \t]*(\{[^}]*\}?|[^\n]*)", re.MULTILINE)
_PIXELS_OF_ITS_OWN = re.compile(r"(?!.*(?:meta|virtual|mosaic|library|vector)).*", re.IGNORECASE)
"""The file types that are pixels: ENVI Standard, ENVI Classification, DEMs and many more."""


class EnviHeader(NamedTuple):
    """Fields of a header, keys in lower case."""

    path: str
    fields: dict[str, str]

    def number(self, key: str, default: int = 0) -> int:
        """A whole number of it. Raises ValueError."""
        return int(self.fields.get(key, str(default)).strip())

    @property
    def pixel_bytes(self) -> int:
        """Return the number of bytes that the data must have. Raises ValueError where the header does not say it."""
        item = _ITEM_BYTES.get(self.number("data type", -1), 0)
        samples, lines, bands = self.number("samples"), self.number("lines"), self.number("bands", 1)
        if min(item, samples, lines, bands) < 1:
            raise ValueError("no size")
        return self.number("header offset") + samples * lines * bands * item


def judge_envi(path: str) -> EnviHeader:
    """The header of a picture that may be opened.

    Raises NotAllowed where it leads elsewhere, NotReadable where it says nothing usable, UnsupportedFormat for
    compressed data.
    """
    name, header = os.path.basename(path), envi_header_beside(path)
    companion(path, os.path.basename(header), Phrase("its header"))
    for suffix in _BESIDE:
        beside = os.path.splitext(path)[0] + suffix
        if os.path.lexists(beside):
            companion(path, os.path.basename(beside), Phrase("its statistics"))
    envi = _read(name, header)
    kind = envi.fields.get("file type", "ENVI Standard")
    if not _PIXELS_OF_ITS_OWN.fullmatch(kind):
        raise NotAllowed(
            "{name} is not opened because its header calls it {kind}, which leads to other files: open those, "
            "or save it anew as ENVI Standard or as a GeoTIFF.",
            name=name,
            kind=repr(kind[:40]),
        )
    if envi.fields.get("file compression", "0").strip() not in ("", "0"):
        raise UnsupportedFormat(
            "{name} is compressed, which is not read: save it anew without file compression.", name=name
        )
    fault = fault_of_crs(envi.fields.get("coordinate system string", "").strip("{} \n"))
    if fault:
        raise NotAllowed("The CRS in the header of {name} {fault}: take it out of the header.", name=name, fault=fault)
    return envi


def _read(name: str, header: str) -> EnviHeader:
    with open(header, "rb") as file:
        text = file.read(_MAX_BYTES).decode("utf-8", "replace").replace("\r\n", "\n")
    fields = {" ".join(key.lower().split()): value.strip() for key, value in _FIELD.findall(text)}
    envi = EnviHeader(header, fields)
    try:
        _ = envi.pixel_bytes
    except ValueError as error:
        raise NotReadable(
            "{header} beside {name} does not say how its pixels lie (samples, lines, bands, data "
            "type): write the header anew with ENVI.",
            header=os.path.basename(header),
            name=name,
        ) from error
    return envi


def cut_short(path: str) -> str:
    """A sentence where the data ends before its last pixel; else empty. Raises what `judge_envi` raises."""
    if os.path.getsize(path) >= judge_envi(path).pixel_bytes:
        return ""
    return Phrase(
        "{path} is cut short: its last pixels are missing. Copy or download it again.", path=os.path.basename(path)
    )
