"""The first and last date of a search, as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from layers.errors import InvalidValue
from layers.time.asked_dates import asked_date

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("", ""),
        ("  ", ""),
        ("March", "2026-03"),
        ("march", "2026-03"),
        ("Mar.", "2026-03"),
        ("since March", "2026-03"),
        ("Since the March 2025", "2025-03"),
        ("since 1 March", "2026-03-01"),
        ("March 1st", "2026-03-01"),
        ("from March 2026", "2026-03"),
        ("2026-03", "2026-03"),
        ("2026-3", "2026-03"),
        ("2026/3/7", "2026-03-07"),
        ("2026.03.07", "2026-03-07"),
        ("March 2026", "2026-03"),
        ("12 Mar 2026", "2026-03-12"),
        ("2026", "2026"),
        ("December", "2026-12"),
        ("2 December", "2025-12-02"),
        ("1 December", "2026-12-01"),
        ("29 February", "2024-02-29"),
        ("until today", "2026-12-01"),
        ("yesterday", "2026-11-30"),
        ("3 months ago", "2026-09-01"),
        ("last year", "2025-12-01"),
        ("10 days", "2026-11-21"),
        ("2 weeks ago", "2026-11-17"),
        ("last March", "2026-03"),
    ],
)
def test_what_people_type_is_read(typed: str, iso: str) -> None:
    assert asked_date(typed, TODAY) == iso


def test_a_month_that_has_not_begun_is_that_of_last_year() -> None:
    assert asked_date("March", date(2026, 2, 28)) == "2025-03"
    assert asked_date("March", date(2026, 3, 1)) == "2026-03"


def test_a_month_ago_ends_with_the_shorter_month() -> None:
    assert asked_date("1 month ago", date(2026, 3, 31)) == "2026-02-28"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("soon", "write 2026-03-01, March 2026 or March"),
        ("04/05/2026", "it could be"),
        ("2026-02-30", "February 2026 has 28 days"),
        ("31 April", "April has 30 days"),
        ("2026-13", "write"),
        ("March to May", "write"),
    ],
)
def test_any_other_text_is_refused_with_how_to_write_it(typed: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        asked_date(typed, TODAY)
