"""A bit of a picture in a case, flipped as a bad disk does it."""

from __future__ import annotations

from pathlib import Path


def flip(path: Path, picture: bytes, at: int) -> None:
    """Flip a bit of a picture at about byte `at`: a page holds 4,092 bytes of it, and the next may lie anywhere."""
    data = bytearray(path.read_bytes())
    (place, *_) = [
        found for near in (at, at - 16, at + 16) if (found := data.find(picture[max(near, 0) : max(near, 0) + 16])) > 0
    ]
    data[place] ^= 1
    path.write_bytes(data)
