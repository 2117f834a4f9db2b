"""Observations of a site with their dates: marks that stand on the strip above the scenes, a row for each thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from layers.document.document import Document
from layers.document.observation import Observation
from layers.document.vocabulary import PRESENCES
from layers.observing.seen_words import NOT_KNOWN, every_row, rows_by_thing, seen_words, statements_with_gaps
from layers.phrase import joined
from layers.time.time_span import TimeSpan, span_of
from viewer.panels.said_names import said_name
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

PRESENT, ABSENT, CANNOT_TELL = PRESENCES
MOST_ROWS = 4
"""Most rows of marks on the strip; the last one has all further things."""


class SeenMark(Struct, frozen=True):
    """One observation of the site."""

    presence: str
    """A word of `PRESENCES`; any other counts as *cannot tell*."""
    span: TimeSpan | None
    """The time of the image; None where its date is not known."""
    words: str
    """The observation in a sentence, which begins with the thing where several are looked for."""
    row: int = 0
    """The number of its thing among those looked for at the site."""


class SeenThings(Struct, frozen=True):
    """The observations of a site: marks in the order of their images' dates, those of unknown dates last."""

    marks: tuple[SeenMark, ...] = ()
    lines: tuple[str, ...] = ()
    """The thing of each row of marks with what follows; none where one thing alone is looked for."""
    words: str = ""
    """All that follows, in one line."""


def seen_of(
    document: Document,
    site_uuid: str,
    shows: Callable[[Observation], bool] = every_row,
    shown_on: Mapping[str, str] = NOT_KNOWN,
) -> SeenThings:
    """The observations of a site, with a row for each thing that was looked for.

    `shows` leaves out rows. `shown_on` are the dated images that show the site: their dates by the images' keys.
    """
    rows = document.links.observations_of_site(site_uuid) if site_uuid else ()
    things = rows_by_thing(filter(shows, rows))
    marks, lines = list[SeenMark](), list[str]()
    for number, about in enumerate(things):
        name = one_line(about[0].target, 60) or translate("SeenMarks", "no thing said")
        thing = name if len(things) > 1 else ""
        marks += [_mark_of(document, row, thing, min(number, MOST_ROWS - 1)) for row in about]
        follows = in_language(joined("; ", statements_with_gaps(document, about, shown_on)))
        lines.append(translate("SeenMarks", "{0}: {1}").format(name, one_line(follows, 300)) if follows else name)
    ordered = sorted(marks, key=lambda mark: (mark.span is None, mark.span or TimeSpan(0.0, 0.0), mark.words))
    words = seen_words(document, site_uuid, shows, shown_on) if things else ""
    return SeenThings(tuple(ordered), _rows_of(lines) if len(things) > 1 else (), words)


def _rows_of(lines: Sequence[str]) -> tuple[str, ...]:
    """A line for each row: further things share the last one."""
    if len(lines) <= MOST_ROWS:
        return tuple(lines)
    return (*lines[: MOST_ROWS - 1], " | ".join(lines[MOST_ROWS - 1 :]))


def _mark_of(document: Document, row: Observation, thing: str, number: int) -> SeenMark:
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
    words = f"{capital(presence)}{why}: {details}"
    return SeenMark(presence, span, f"{thing} – {words}" if thing else words, number)
