"""The date of an image on products: as a newspaper prints it, its kind and basis in small type."""

from __future__ import annotations

import pytest

from layers.time.image_dates import date_details, image_date, image_date_words


@pytest.mark.parametrize(
    ("at", "until", "kind", "basis", "large", "small"),
    [
        ("1985-01-01", "1985-12-31", "interval", "catalogue", "1985", "known to the year, from the catalogue"),
        ("1985", "", "interval", "file name", "1985", "known to the year, from the file name"),
        ("2020-08-31T17:40:12Z", "", "instant", "metadata", "31 August 2020, 17:40 UTC", "from metadata"),
        ("2020-08-31", "", "instant", "", "31 August 2020", "known to the day, basis not stated"),
        ("2020-08", "", "instant", "the archive", "August 2020", "known to the month, from the archive"),
        (
            "1995-08-01/1995-08-09",
            "",
            "interval",
            "analyst",
            "1 to 9 August 1995",
            "taken within this time, from the analyst",
        ),
        ("2004", "2006", "composite", "caption", "composite of 2004 to 2006", "from a caption"),
        (
            "2024-04-12",
            "",
            "published",
            "catalogue",
            "published 12 April 2024, date of the image unknown",
            "from the catalogue",
        ),
        ("2015", "", "unknown", "file name", "2015, kind of date unknown", "from the file name"),
        ("", "", "composite", "", "composite, date unknown", ""),
        ("", "", "unknown", "", "date unknown", ""),
    ],
)
def test_a_date_in_large_type_and_its_details_in_small(
    at: str, until: str, kind: str, basis: str, large: str, small: str
) -> None:
    assert image_date(at, kind, until) == large
    assert date_details(at, kind, basis, until) == small
    assert image_date_words(at, kind, basis, until) == (f"{large} ({small})" if small else large)
