"""Presences of sites at one date, as a map at that date shows its marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from layers.document.document import Document
from layers.document.observation import Observation, target_key
from layers.document.vocabulary import PRESENCES
from layers.observing.seen_words import DAY_LENGTH, every_row, is_dated
from layers.phrase import Phrase, joined

DIFFERING = "observers differ"
"""Stands for the presence of a site that one observer has seen on that date, and another has not."""


def seen_on(document: Document, acquired_at: str, shows: Callable[[Observation], bool] = every_row) -> dict[str, str]:
    """The presence of each site, by uuid, that the rows on the images of a date state: a word of `PRESENCES`, or
    `DIFFERING`.

    The date is compared as precisely as it is known, at most by its day. `shows` leaves out rows.
    """
    day = _day(acquired_at)
    images = [image.uuid for image in document.images.values() if is_dated(image) and _day(image.acquired_at) == day]
    rows = (row for uuid in images for row in document.links.observations_on_image(uuid))
    return presences_of(filter(shows, rows))


def presences_of(rows: Iterable[Observation]) -> dict[str, str]:
    """The presence of each site, by uuid, that these rows state together. *Cannot tell* contradicts nothing.

    Observers differ about one target; of several targets at a site, one that is present makes the site present.
    """
    seen: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        if row.presence in PRESENCES:
            of_target = seen.setdefault(row.site_uuid, {})
            of_target.setdefault(target_key(row.target), set()).add(row.presence)
    return {uuid: _strongest(map(_together, targets.values())) for uuid, targets in seen.items()}


def then_words(when: str, presences: Mapping[str, str]) -> str:
    """The sentence that marks are drawn as they were seen on a date, with how many are there, and how many not."""
    counts = Counter(presences.values())
    texts = {
        "present": Phrase("{count} present", count=counts["present"]),
        "absent": Phrase("{count} absent", count=counts["absent"]),
        "cannot tell": Phrase("{count} cannot be told", count=counts["cannot tell"]),
        DIFFERING: Phrase("observers differ on {count}", count=counts[DIFFERING]),
    }
    listed = [text for word, text in texts.items() if counts[word]]
    if not listed:
        return Phrase("Marks as seen on {when}: no row yet", when=when)
    return Phrase("Marks as seen on {when}: {counts}", when=when, counts=joined(", ", listed))


def _day(acquired_at: str) -> str:
    return "/".join(part.strip()[:DAY_LENGTH] for part in acquired_at.split("/"))


def _strongest(presences: Iterable[str]) -> str:
    """The presence of a site by those of its targets."""
    return min(presences, key=(DIFFERING, "present", "absent", "cannot tell").index)


def _together(presences: set[str]) -> str:
    certain = presences - {"cannot tell"}
    return DIFFERING if len(certain) > 1 else next(iter(certain or presences))
