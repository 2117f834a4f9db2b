"""Files at addresses: where a reader asks for their bytes, range by range, and the window hands them over.

Only the standard library and msgspec: the window's process and each reader import this module at their start.
"""

from __future__ import annotations

import hashlib
import os
from urllib.parse import unquote, urlsplit

from msgspec import Struct

_SCHEMES = ("https://", "http://")
_LONGEST_NAME = 120
HEAD_BYTES = 5 * 2**10
"""Bytes of the first request to a file: the headers of most COGs are in them."""
_RANGED = (".tif", ".tiff", ".pmtiles")


class WantedRanges(Struct, frozen=True):
    """Ranges of the bytes of one file that a reader asks for; none to ask for the file's state alone."""

    address: str
    ranges: tuple[tuple[int, int], ...] = ()
    """First and last byte of each, both included. What lies past the end is left out of the answer."""


class ServedRanges(Struct, frozen=True):
    """Bytes of a file, range after range, with the state of the file that they are of."""

    data: bytes
    size: int
    """Size of the whole file in bytes."""
    mark: str = ""
    """The server's mark of this state of the file (its ETag, or when it was changed last); empty where it gives none.
    """

    @property
    def state(self) -> tuple[int, int]:
        """Two numbers that stand for the state of the file, as the time of change and the size of one on disk."""
        number = int.from_bytes(hashlib.blake2b(self.mark.encode(), digest_size=7).digest())
        return number, self.size


def is_address(path: str) -> bool:
    """True for the address of a file on a host, which is no path of this computer."""
    return path[:8].lower().startswith(_SCHEMES)


def is_ranged_address(text: str) -> bool:
    """True for an address of a file that is read by ranges, by the ending of its name: a COG or PMTiles. Its query may
    hold a key. No template is one.
    """
    try:
        return is_address(text) and "{" not in text and urlsplit(text).path.lower().endswith(_RANGED)
    except ValueError:
        return False


def name_of(path: str) -> str:
    """The name of the file at a path, or at an address, for people: a key in an address is not part of it."""
    if not is_address(path):
        return os.path.basename(path)
    try:
        parts = urlsplit(path)
    except ValueError:
        return ""
    name = unquote(parts.path.rstrip("/").rpartition("/")[2], errors="replace") or parts.netloc.rpartition("@")[2]
    return "".join(c if c.isprintable() and c not in '/\\"' else "_" for c in name)[:_LONGEST_NAME]
