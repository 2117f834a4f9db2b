"""The statements that follow from the observations of a site: when it was first and last seen, and when not.

Each names the dates between which something changed, as precisely as these are known. None says *gone* or *built*: not
seen on an image is no proof of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation, is_after, target_key
from layers.phrase import Phrase, joined
from layers.time.written_dates import written_date

MOST_BETWEEN = 3
"""Most dates in one statement on when it was not seen in between."""
_SHOWN = ("present", "absent")
DAY_LENGTH = len("2020-08-31")


class _Look(Struct, frozen=True):
    """A date on which the observers agree."""

    at: str
    is_seen: bool


def every_row(_row: Observation) -> bool:
    """Leaves out no row."""
    return True


def seen_words(document: Document, site_uuid: str, shows: Callable[[Observation], bool] = every_row) -> str:
    """All statements on a site in one line; empty where no dated image shows whether it was there.

    `shows` leaves out rows.
    """
    return joined("; ", statements) if (statements := seen_statements(document, site_uuid, shows)) else ""


def seen_statements(
    document: Document, site_uuid: str, shows: Callable[[Observation], bool] = every_row
) -> tuple[str, ...]:
    """The statements on a site in the order of time; for each thing that was looked for, where there are several."""
    by_target: dict[str, list[Observation]] = {}
    for row in filter(shows, document.links.observations_of_site(site_uuid)):
        by_target.setdefault(target_key(row.target), []).append(row)
    of_target = {
        rows[0].target.strip(): statements
        for rows in by_target.values()
        if (statements := statements_of(rows, document.images))
    }
    lines: list[str] = []
    for target, statements in of_target.items():
        if target:
            lines.append(Phrase("{target}: {statements}", target=target, statements=joined("; ", statements)))
        elif len(of_target) > 1:  # or they would be read as more of another target's
            lines.append(Phrase("what was looked for is not stated: {statements}", statements=joined("; ", statements)))
        else:
            lines += statements
    return tuple(lines)


def statements_of(rows: Iterable[Observation], images: Mapping[str, Image]) -> tuple[str, ...]:
    """The statements that follow from these observations of one thing, in the order of time."""
    looks, differing = _looks(rows, images)
    seen = [look.at for look in looks if look.is_seen]
    missed = [look.at for look in looks if not look.is_seen]
    if seen:
        lines = _on_seen(seen, missed)
    else:
        lines = [Phrase("not seen {missed}", missed=date_words(missed[-1]))] if missed else []
    if differing:
        dates = joined(", ", [date_words(at) for at in differing[:MOST_BETWEEN]])
        lines.append(Phrase("observers differ on {dates}", dates=dates))
    return tuple(lines)


def _on_seen(seen: list[str], missed: list[str]) -> list[str]:
    """The statements on a site that was seen at these dates, and not seen at those."""
    first, last = seen[0], seen[-1]
    earlier = [at for at in missed if is_after(first, at)]
    later = [at for at in missed if is_after(at, last)]
    between = [at for at in missed if is_after(at, first) and is_after(last, at)]
    lines: list[str] = []
    if earlier:
        lines.append(
            Phrase("not seen {earlier}; first seen {seen}", earlier=date_words(earlier[-1]), seen=date_words(first))
        )
    elif first != last:
        lines.append(Phrase("first seen {seen}", seen=date_words(first)))
    if between:
        dates = joined(", ", [date_words(at) for at in between[:MOST_BETWEEN]])
        lines.append(Phrase("not seen in between on {dates}", dates=dates))
    if later:
        lines.append(Phrase("last seen {seen}; not seen {later}", seen=date_words(last), later=date_words(later[0])))
    elif first != last:
        lines.append(Phrase("last seen {seen}", seen=date_words(last)))
    return lines or [Phrase("seen {seen}", seen=date_words(last))]


def _looks(rows: Iterable[Observation], images: Mapping[str, Image]) -> tuple[list[_Look], list[str]]:
    """The dates on which all observers agree, in order, and those on which they differ."""
    by_date: dict[str, set[str]] = {}
    for row in rows:
        image = images.get(row.image_uuid)
        if image is not None and row.presence in _SHOWN and is_dated(image):
            by_date.setdefault(image.acquired_at, set()).add(row.presence)
    agreed = [_Look(at, "present" in presences) for at, presences in sorted(by_date.items()) if len(presences) == 1]
    return agreed, [at for at, presences in sorted(by_date.items()) if len(presences) > 1]


def is_dated(image: Image) -> bool:
    """True for an image of one time; the day of a composite, or of a publication, does not say when it shows."""
    return bool(image.acquired_at) and image.date_kind in ("instant", "interval")


def date_words(acquired_at: str) -> str:
    """The date of an image as precisely as it is known: an instant by its day."""
    begin, _, end = (part.strip() for part in acquired_at.partition("/"))
    first, last = begin[:DAY_LENGTH], end[:DAY_LENGTH]
    return written_date(f"{first}/{last}" if last and last != first else first)
