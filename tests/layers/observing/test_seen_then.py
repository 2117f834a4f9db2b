"""Presences at one date: by the rows on all images of that day, and in a sentence."""

from __future__ import annotations

import shapely

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.observing.seen_then import DIFFERING, seen_on, then_words


def document_of(*rows: tuple[str, str, str, str]) -> Document:
    """A case with rows of site, image, presence and observer on two images of 1990, a mosaic and one of 1995."""
    dates = {"a": "1990-08-01T10:00:00Z", "b": "1990-08-01", "later": "1995", "mosaic": "1990-08-01"}
    images = [
        Image(uuid=uuid, image_key=uuid, acquired_at=at, date_kind="composite" if uuid == "mosaic" else "instant")
        for uuid, at in dates.items()
    ]
    sites = [Site(uuid=uuid, geometry=shapely.Point(0, 0)) for uuid in ("north", "middle", "south")]
    seen = [
        Observation(uuid=str(number), site_uuid=site, image_uuid=image, presence=presence, observer=observer)
        for number, (site, image, presence, observer) in enumerate(rows)
    ]
    return Document({"sites": sites, "images": images, "observations": seen})


ROWS = (
    ("north", "a", "present", "me"),
    ("north", "b", "absent", "Ann"),
    ("middle", "a", "cannot tell", "me"),
    ("middle", "b", "absent", "Ann"),
    ("south", "later", "present", "me"),
    ("south", "mosaic", "absent", "me"),
)


def test_all_images_of_a_day_count_and_a_mosaic_does_not() -> None:
    document = document_of(*ROWS)
    assert seen_on(document, "1990-08-01T23:59:00Z") == {"north": DIFFERING, "middle": "absent"}
    assert seen_on(document, "1995") == {"south": "present"}
    assert seen_on(document, "1995-08-01") == {}, "a year does not say that it was that day"


def test_rows_may_be_left_out() -> None:
    document = document_of(*ROWS)
    assert seen_on(document, "1990-08-01", lambda row: row.observer == "me") == {
        "north": "present",
        "middle": "cannot tell",
    }


def test_the_sentence_counts_what_was_seen() -> None:
    presences = {"a": "present", "b": "present", "c": "absent", "d": "cannot tell", "e": DIFFERING}
    assert (
        then_words("1990-08-01", presences)
        == "Marks as seen on 1990-08-01: 2 present, 1 absent, 1 cannot be told, observers differ on 1"
    )
    assert then_words("1990-08-01", {}) == "Marks as seen on 1990-08-01: no row yet"
