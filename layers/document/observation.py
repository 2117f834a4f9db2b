"""An observation: what one observer saw of one site on one image. A judgement about it is a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from layers.document.image import Image
from layers.document.rows import Row


class Observation(Row, frozen=True, kw_only=True):
    """`presence` and `change` are words of the vocabulary; change is always against `compared_to_uuid`, an image.

    `why` says why it cannot be told. *Gone* and *built* are never stored: two observations say "last seen A; not seen
    B".
    """

    site_uuid: str
    image_uuid: str
    chip_uuid: str = ""
    presence: str = ""
    change: str = ""
    change_kind: str = ""
    compared_to_uuid: str = ""
    count_low: int | None = None
    count_high: int | None = None
    view_quality: str = ""
    why: str = ""
    words: str = ""
    observer: str = ""
    target: str = ""
    """The thing at the site that is looked for: the main channel, not water."""


def target_key(target: str) -> str:
    """The name of a target without regard to case and spaces: rows with the same key are about one thing."""
    return " ".join(target.split()).casefold()


class SeenDates(NamedTuple):
    """Dates of a site that follow from its observations; an empty text where they do not."""

    observed_at: str
    valid_from: str
    valid_to: str


def seen_dates(observations: Iterable[Observation], images: Mapping[str, Image]) -> SeenDates:
    """Return the last date on which the site was looked at, the first on which it was seen, and the last one.

    The last one is empty unless a later image shows that the site is absent: it may not have ended. Images without a
    date of their own (also composites), and observations that cannot tell, are ignored.
    """
    sightings = sorted(
        (images[observation.image_uuid].acquired_at, observation.presence)
        for observation in observations
        if observation.presence in ("present", "absent")
        and observation.image_uuid in images
        and _is_dated(images[observation.image_uuid])
    )
    seen = [at for at, presence in sightings if presence == "present"]
    missed = [at for at, presence in sightings if presence == "absent"]
    ended = bool(seen and missed) and is_after(missed[-1], seen[-1])
    return SeenDates(sightings[-1][0] if sightings else "", seen[0] if seen else "", seen[-1] if ended else "")


def _is_dated(image: Image) -> bool:
    return bool(image.acquired_at) and image.date_kind in ("instant", "interval")


def is_after(later: str, earlier: str) -> bool:
    """True where one date lies behind another as a whole: a month is not after a day in it."""
    begin, end = later.partition("/")[0], earlier.rpartition("/")[2]
    shared = min(len(begin), len(end))
    return begin[:shared] > end[:shared]
