"""Observations of a site with their dates: marks that stand on the strip above the scenes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from layers.document.document import Document
from layers.document.observation import Observation
from layers.document.vocabulary import PRESENCES
from layers.observing.seen_words import every_row
from layers.time.time_span import TimeSpan, span_of
from viewer.panels.said_names import said_name
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

PRESENT, ABSENT, CANNOT_TELL = PRESENCES


class SeenMark(Struct, frozen=True):
    """One observation of the site."""

    presence: str
    """A word of `PRESENCES`; any other counts as *cannot tell*."""
    span: TimeSpan | None
    """The time of the image; None where its date is not known."""
    words: str
    """The observation in a sentence."""


def seen_of(document: Document, site_uuid: str, shows: Callable[[Observation], bool] = every_row) -> list[SeenMark]:
    """The observations of a site in the order of their images' dates, those of unknown dates last.

    `shows` leaves out rows.
    """
    if not site_uuid:
        return []
    rows = [row for row in document.observations.values() if row.site_uuid == site_uuid and shows(row)]
    marks = []
    for row in rows:
        image = document.images.get(row.image_uuid)
        is_dated = image is not None and image.date_kind != "unknown"
        span = span_of(image.acquired_at) if image is not None and is_dated else None
        presence = row.presence if row.presence in PRESENCES else CANNOT_TELL
        when = (
            one_line(image.acquired_at, 40)
            if image is not None and span is not None
            else translate("SeenMarks", "date unknown")
        )
        title = one_line(image.layer_title, 60) if image is not None else ""
        why = f" ({word(one_line(row.why, 40))})" if row.why and presence == CANNOT_TELL else ""
        by = said_name(row.observer, document)
        details = ", ".join(filter(None, (when, title, by and translate("SeenMarks", "by {0}").format(by))))
        marks.append(SeenMark(presence, span, f"{capital(presence)}{why}: {details}"))
    return sorted(marks, key=lambda mark: (mark.span is None, mark.span or TimeSpan(0.0, 0.0), mark.words))
