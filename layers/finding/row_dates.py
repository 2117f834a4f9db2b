"""The dates that rows tell of: when words were said, an image was taken, a site seen; not when a row was entered."""

from __future__ import annotations

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import Comment, Product, Response, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.time.time_span import TimeSpan, span_of

OPEN_BEGIN, OPEN_END = -1e15, 1e15
"""Ends of a stretch of time, in seconds since 1970, that begins or ends nobody knows when."""


def dates_of(document: Document, row: Row) -> tuple[str, ...]:
    """The dates of a row as the case has them: a site may have several. A stretch of time has a slash, and may be open:
    "2019/" from then on.
    """
    if isinstance(row, Site):
        span = f"{row.valid_from}/{row.valid_to}" if row.valid_from or row.valid_to else ""
        return tuple(filter(None, (row.observed_at, span, row.lifecycle_as_of)))
    date = _date_of(document, row)
    return (date,) if date else ()


def _date_of(document: Document, row: Row) -> str:
    match row:
        case Claim() | Response():
            return row.made_at
        case Source():
            return row.acquired_at or row.published_at
        case SourceFile():
            return row.collected_at
        case Image() | Chip():
            return row.acquired_at
        case Observation():
            return _date_of_image(document, row.image_uuid)
        case Search():
            return _date_of_image(document, row.image_uuid) or row.at
        case Product():
            return row.issued_at
        case Comment():
            return row.created_at
        case _:
            return ""


def spans_of_row(document: Document, row: Row) -> list[TimeSpan]:
    """The stretches of time that the dates of a row cover: a year as a whole, an instant none."""
    return [span for date in dates_of(document, row) if (span := _span_of(date)) is not None]


def _span_of(text: str) -> TimeSpan | None:
    first, slash, last = text.partition("/")
    if not slash or (first and last):
        return span_of(text)
    known = span_of(first or last)
    if known is None:
        return None
    return TimeSpan(known.begin, OPEN_END) if first else TimeSpan(OPEN_BEGIN, known.end)


def _date_of_image(document: Document, uuid: str) -> str:
    image = document.images.get(uuid)
    return image.acquired_at if image is not None else ""
