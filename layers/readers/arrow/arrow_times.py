"""Parses times from OGR's texts, which name the zone of each: OGR's numbers are UTC even where the file names none."""

from __future__ import annotations

import ctypes
import struct

import numpy as np
from numpy.typing import NDArray

from layers.readers.arrow.arrow_c import Schema
from layers.vector.columns import Column, Kind, number_column, text_column, time_value
from layers.vector.texts import Texts

_KEY, _DATETIME = b"GDAL:OGR:type", b"DateTime"
_NO_ZONE = 32_767
_BODIES = {19: 19, 20: 19, 23: 23, 24: 23, 25: 19, 29: 23}
"""The length of a time without its zone, by that of the text: with seconds or thousandths, Z or +08:00."""


def is_datetime(schema: Schema) -> bool:
    """True where a column of texts holds times, by OGR's metadata."""
    if not schema.metadata:
        return False
    (pairs,) = struct.unpack("=i", ctypes.string_at(schema.metadata, 4))
    at, strings = schema.metadata + 4, list[bytes]()
    for _ in range(2 * pairs):
        (length,) = struct.unpack("=i", ctypes.string_at(at, 4))
        strings.append(ctypes.string_at(at + 4, length))
        at += 4 + length
    return dict(zip(strings[::2], strings[1::2], strict=True)).get(_KEY) == _DATETIME


def datetime_column(name: str, texts: Texts, valid: NDArray[np.bool_] | None) -> Column:
    """Build a column of times in the zone that they share, in UTC for several zones; texts where only some state a
    zone.
    """
    filled = np.ones(len(texts), bool) if valid is None else valid
    timestamps, zones = _parsed(texts, np.flatnonzero(filled))
    known = filled & ~np.isnat(timestamps)
    offsets = np.unique(zones[known])
    if len(offsets) > 1 and _NO_ZONE in offsets:
        return text_column(name, texts, valid)
    numbers = np.where(known, timestamps, np.datetime64(0, "ms")).astype(np.int64)
    zone = (
        "" if not len(offsets) or offsets[0] == _NO_ZONE else "UTC" if len(offsets) > 1 else _zone_name(int(offsets[0]))
    )
    return number_column(name, Kind.DATETIME, numbers, known, zone)


def _parsed(texts: Texts, rows: NDArray[np.intp]) -> tuple[NDArray[np.datetime64], NDArray[np.int16]]:
    """Parse texts into (n,) times, in UTC, or by the clock where no zone is stated, and (n,) minutes of their zones."""
    timestamps = np.full(len(texts), np.datetime64("NaT", "ms"))
    zones = np.full(len(texts), _NO_ZONE, np.int16)
    begins = np.asarray(texts.starts)
    lengths = np.diff(begins)
    for length in np.unique(lengths[rows]).tolist():
        same_length = rows[lengths[rows] == length]
        try:
            cells = texts.data[begins[same_length][:, None] + np.arange(length)]
            timestamps[same_length], zones[same_length] = _fixed(cells, _BODIES[length])
        except (KeyError, ValueError):
            for row in same_length.tolist():
                number = time_value(Kind.DATETIME, texts[row])
                timestamps[row] = np.datetime64("NaT", "ms") if number is None else np.datetime64(number, "ms")
                zones[row] = 0 if texts[row][-1:] == "Z" or texts[row][-6:-5] in ("+", "-") else _NO_ZONE
    return timestamps, zones


def _fixed(cells: NDArray[np.uint8], body: int) -> tuple[NDArray[np.datetime64], NDArray[np.int16]]:
    """Parse texts of equal length, (n, length) characters, into UTC times and offsets in minutes.

    Raises ValueError where one of them is no time.
    """
    plain = np.ascontiguousarray(cells[:, :body]).view(f"S{body}").ravel().astype(f"U{body}").astype("datetime64[ms]")
    rest = cells[:, body:]
    if not rest.shape[1]:
        return plain, np.full(len(cells), _NO_ZONE, np.int16)
    if rest.shape[1] == 1:
        if (rest != ord("Z")).any():
            raise ValueError("no zone")
        return plain, np.zeros(len(cells), np.int16)
    digits = rest[:, (1, 2, 4, 5)].astype(np.int16) - ord("0")
    signs = np.select([rest[:, 0] == ord("+"), rest[:, 0] == ord("-")], [1, -1], 0)
    if not signs.all() or (rest[:, 3] != ord(":")).any() or (digits < 0).any() or (digits > 9).any():
        raise ValueError("no zone")
    minutes = (signs * (digits @ np.array([600, 60, 10, 1], np.int16))).astype(np.int16)
    return plain - minutes.astype(np.int64) * np.timedelta64(1, "m"), minutes


def _zone_name(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"
