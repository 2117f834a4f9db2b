"""Dates in GeoJSON: OGR reads texts that look like dates as dates, and turns impossible ones into other days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pyogrio
import pyogrio.raw

from layers.phrase import Phrase
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.readers.rows.row_problems import RowProblems
from layers.time.dates import is_exact

_ALIKE = re.compile(rb'\s*([-+]?\d{1,4}(?:\\?/|-|:)\d\d?(?:[^\d"][^"]{0,60})?)')
_KINDS = frozenset({"OFTDate", "OFTDateTime", "OFTTime"})
BLOCK_BYTES = 2**20
_LONGEST = 90
_DIGITS, _SPACES, _SEPARATORS = b"0123456789", b" \t\r\n\f\v", b"/-:\\"
_IS_DIGIT, _MAY_BEGIN, _SEPARATES = (
    np.isin(np.arange(256), list(codes)) for codes in (_DIGITS, _DIGITS + b"+-" + _SPACES, _SEPARATORS)
)
_ZEROS = bytes.maketrans(_DIGITS, b"0" * 10)
_PLAIN = frozenset({b"0000-00-00", b"0000-00-00T00:00:00", b"0000-00-00T00:00:00Z", b"0000-00-00T00:00:00.000Z"})
"""Forms of nearly all dates, with a zero for each digit."""


def may_have_odd_dates(data: bytes) -> bool:
    """True where some text in it looks like a date or a time and is none; it may be anywhere."""
    return not all(_is_sound(text) for texts in _short_texts(data) for text in texts)


def _is_sound(text: bytes) -> bool:
    if text.translate(_ZEROS) in _PLAIN:
        try:
            return datetime.fromisoformat(text.decode()) is not None
        except ValueError:
            return False
    match = _ALIKE.fullmatch(text)
    return match is None or is_exact(match[1].decode("utf-8", "replace").replace("\\/", "/"))


def _short_texts(data: bytes) -> Iterator[set[bytes]]:
    """Texts between two quotes that might be dates, a block at a time: searched for as numbers, for a pattern
    takes four times as long."""
    codes = np.frombuffer(data, np.uint8)
    for begin in range(0, len(codes), BLOCK_BYTES):
        block = codes[begin : begin + BLOCK_BYTES + _LONGEST]
        quotes = np.flatnonzero(block == ord('"'))
        first = quotes[:-1]
        first = np.flatnonzero(_MAY_BEGIN[block[first + 1]] & (np.diff(quotes) < _LONGEST) & (first < BLOCK_BYTES))
        at, end = quotes[first], quotes[first + 1]
        separated = [_SEPARATES[block[np.minimum(at + step, len(block) - 1)]] for step in range(2, 6)]
        kept = ~_IS_DIGIT[block[at + 1]] | np.any(separated, axis=0)
        yield {data[a:b] for a, b in zip((at[kept] + begin + 1).tolist(), (end[kept] + begin).tolist(), strict=True)}


def odd_dates(dataset: str | bytes, first: int) -> list[str]:
    """Sentences about values in columns of dates or times that are none.

    `dataset` is for the driver GeoJSON, whose fids are the numbers that people see less `first`.
    """
    try:
        with remarks_ignored():
            info = pyogrio.read_info(dataset)
            names = [str(name) for name, kind in zip(info["fields"], info["ogr_types"], strict=True) if kind in _KINDS]
            if not names:
                return []
            meta, fids, _, cells = pyogrio.raw.read(
                dataset, columns=names, read_geometry=False, return_fids=True, DATE_AS_STRING="YES"
            )
    except READ_ERRORS:  # the door that reads it in earnest says what is wrong
        return []
    problems = RowProblems((np.asarray(fids) + first).tolist())
    for name, cell in zip(meta["fields"], cells, strict=True):
        for row, value in enumerate(cell.tolist()):
            if isinstance(value, str) and not is_exact(value):
                problems.add(
                    row,
                    Phrase("its {name} “{value}” is no date or time as it is written.", name=name, value=value[:40]),
                )
    return (
        [*problems.sentences(Phrase("is kept as text")), Phrase("The dates of this file are kept as text.")]
        if problems
        else []
    )
