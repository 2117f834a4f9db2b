"""Dates in GeoJSON: OGR takes texts that look like dates for dates, and makes others of those that are none."""

from __future__ import annotations

import re

import pyogrio
import pyogrio.raw

from layers.readers.exact_times import is_exact
from layers.readers.ogr_rows import READ_ERRORS, remarks_ignored
from layers.readers.row_problems import RowProblems

_ALIKE = re.compile(rb'"\s*([-+]?\d{1,4}(?:\\?/|-|:)\d\d?(?:[^\d"][^"]{0,60})?)"')
_KINDS = frozenset({"OFTDate", "OFTDateTime", "OFTTime"})


def may_have_odd_dates(data: bytes) -> bool:
    """Whether some text in it looks like a date or a time and is none; it may be anywhere."""
    texts = {match[1] for match in _ALIKE.finditer(data)}
    return not all(is_exact(text.decode("utf-8", "replace").replace("\\/", "/")) for text in texts)


def odd_dates(dataset: str | bytes) -> list[str]:
    """Sentences about values in columns of dates or times that are none; `dataset` is for the driver GeoJSON."""
    try:
        with remarks_ignored():
            info = pyogrio.read_info(dataset)
            names = [str(name) for name, kind in zip(info["fields"], info["ogr_types"], strict=True) if kind in _KINDS]
            if not names:
                return []
            meta, _, _, cells = pyogrio.raw.read(dataset, columns=names, read_geometry=False, DATE_AS_STRING="YES")
    except READ_ERRORS:  # the door that reads it in earnest says what is wrong
        return []
    problems = RowProblems()
    for name, cell in zip(meta["fields"], cells, strict=True):
        for row, value in enumerate(cell.tolist()):
            if isinstance(value, str) and not is_exact(value):
                problems.add(row, f"its {name} “{value[:40]}” is no date or time as it is written.")
    return [*problems.sentences("is kept as text"), "The dates of this file are kept as text."] if problems else []
