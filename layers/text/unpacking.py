"""Unpacks gzip that came from elsewhere: never more than a limit, and nothing that breaks off."""

from __future__ import annotations

import zlib

from layers.errors import NotReadable, TooLarge

GZIP = b"\x1f\x8b"
"""The first bytes of anything that is packed with gzip."""
_MOST_MEMBERS = 10_000
"""Parts, packed one after the other, up to which they are read: empty ones cost time and tell nothing."""
_STEP_BYTES = 64 * 2**10


def unpacked_gzip(packed: bytes, most_bytes: int) -> bytes:
    """The bytes that were packed with gzip, in one part or several; those after the last part, such as padding, are
    left out.

    Raises TooLarge beyond `most_bytes`, before they are held, and NotReadable for what is damaged or breaks off: half a
    document may look whole.
    """
    parts: list[bytes] = []
    room, start, members = most_bytes, 0, 1
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    while start < len(packed):
        step = packed[start : start + _STEP_BYTES]
        try:
            part = unpacker.decompress(step, room + 1)
        except zlib.error as error:
            raise NotReadable("What was packed with gzip is damaged: fetch it again.") from error
        room -= len(part)
        if room < 0:
            raise TooLarge("Unpacked it is larger than {most} bytes.", most=most_bytes)
        parts.append(part)
        start += len(step) - len(unpacker.unused_data)
        if unpacker.eof:
            if members == _MOST_MEMBERS or not packed.startswith(GZIP, start):
                break
            members += 1
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    if not unpacker.eof:
        raise NotReadable("What was packed with gzip breaks off: fetch it again.")
    return b"".join(parts)
