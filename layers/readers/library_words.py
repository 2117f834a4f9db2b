"""Translates messages of GDAL and its libraries: theirs name functions, and do not say what to do."""

from __future__ import annotations

import errno
import re

from layers.errors import GeoloupeError, NotReadable, UnsupportedFormat
from layers.phrase import Phrase

_CODEC = re.compile(
    r"missing codec(?: for)? (?:of code )?(?P<named>\w+)|(?P<off>\w+) compression support is not configured"
    r"|(?P<deep>JPEG data precision \d+)|(?P<old>Old-JPEG) compression"
)
_FILTER = re.compile(r"undefined filter|H5Dread\(\) failed")
"""Messages of HDF5's library where a filter is missing, such as the LZF of h5py; it says no more."""
_DEPTH = re.compile(r"(?P<float>SampleFormat=IEEEFP and )?BitsPerSample\(?=(?P<bits>\d+)")
_KNOWN = {
    "JXL": "JPEG XL",
    "50002": "JPEG XL",
    "52546": "JPEG XL",
    "LERC": "LERC",
    "34887": "LERC",
    "JBIG": "JBIG",
    "JP2000": "JPEG 2000",
    "33003": "JPEG 2000",
    "33004": "JPEG 2000",
    "33005": "JPEG 2000",
    "34892": "lossy JPEG",
    "ZSTD": "ZSTD",
    "WEBP": "WebP",
    "LZMA": "LZMA",
}
_INNARDS = re.compile(r"TIFF[A-Z]\w+|I(?:Read|Write)Block|CPLE?_\w+|GDAL\w*|VSI\w+|\w+\(\)|not recognized as being")
_PYTHON = re.compile(r"out of bounds|has no attribute|object is not|not subscriptable|codec can't|list index")
_MEMORY = re.compile(r"alloc|memory|too (?:large|big)", re.IGNORECASE)


def cannot_open(name: str, text: str) -> GeoloupeError:
    """The error for a file that a library refuses with `text`."""
    lacking = _missing_codec(name, text) or _odd_depth(name, text)
    return (
        UnsupportedFormat(lacking)
        if lacking
        else NotReadable(
            "{name} cannot be opened, it is damaged or incomplete{because}: copy or download it again.",
            name=name,
            because=_because(text),
        )
    )


def cannot_read(name: str, text: str) -> NotReadable:
    """The error for pixels that a library refuses with `text`."""
    if _FILTER.search(text):
        return NotReadable(
            "{name} cannot be read here: it is damaged, or packed with a filter that this installation of HDF5 lacks "
            "(such as LZF or Zstandard). Save it anew with gzip.",
            name=name,
        )
    return NotReadable(
        _missing_codec(name, text)
        or Phrase(
            "{name} is damaged here, its pixels cannot be read{because}: copy or download it again.",
            name=name,
            because=_because(text),
        )
    )


def without_innards(text: str) -> str:
    """The words of an unknown error; a general sentence where they are no more than names of functions."""
    text = " ".join(text.split())[:200]
    if "surrogates not allowed" in text:  # of a name: what is in a file is decoded, never encoded
        return Phrase("its name, or that of a folder, is of bytes that are no UTF-8. Rename it.")
    is_inner = _INNARDS.search(text) or _PYTHON.search(text)
    return Phrase("the library that reads it gave up. Copy or download it again.") if is_inner else text


def tells_full_disk(error: Exception) -> bool:
    """True where a library failed to write because the disk is full: only some of them keep the system's number."""
    text = f"{error} {error.__cause__ or ''}"
    return getattr(error, "errno", None) == errno.ENOSPC or "No space" in text or "disk is full" in text


def _because(text: str) -> str:
    return Phrase(" (it claims more than a reader's memory can hold)") if _MEMORY.search(text) else ""


def _odd_depth(name: str, text: str) -> str:
    """A sentence about numbers of a size that GDAL does not read where it is that; else empty."""
    match = _DEPTH.search(text)
    if match is None:
        return ""
    kind = Phrase("floating-point numbers") if match["float"] else Phrase("numbers")
    return Phrase(
        "{name} holds {kind} of {found} bits, which this installation of GDAL does not read: save it anew "
        "with 8, 16 or 32 bits.",
        name=name,
        kind=kind,
        found=match["bits"],
    )


def _missing_codec(name: str, text: str) -> str:
    """A sentence about the compression where it is that; else empty."""
    match = _CODEC.search(text)
    if match is None:
        return ""
    codec: str
    if match["deep"]:
        codec = Phrase("JPEG of more than 8 bits")
    elif match["old"]:
        codec = Phrase("the JPEG of old TIFFs")
    else:
        code = match["named"] or match["off"]
        codec = _KNOWN.get(code, Phrase("method {code}", code=code))
    return Phrase(
        "{name} is compressed with {codec}, which this installation of GDAL cannot unpack: save it anew with Deflate, "
        "LZW or ZSTD.",
        name=name,
        codec=codec,
    )
