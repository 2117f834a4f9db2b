"""Dates as people type them: those with an English month are read, those in figures are told why not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InvalidValue
from layers.time.dates import is_partial
from layers.time.typed_dates import figures_order, ordered_date, typed_date, why_no_date


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("28 April 2016", "2016-04-28"),
        ("28 Apr 2016", "2016-04-28"),
        (" 28th of april,  2016 ", "2016-04-28"),
        ("April 28, 2016", "2016-04-28"),
        ("28-APR-2016", "2016-04-28"),
        ("2016 Sept. 1st", "2016-09-01"),
        ("April 2016", "2016-04"),
        ("2016", "2016"),
        ("29 February 2016", "2016-02-29"),
        ("28 April 2016, 08:30 UTC", "2016-04-28T08:30Z"),
        ("28 April 2016 to 3 May 2016", "2016-04-28/2016-05-03"),
        ("April 2016 / 2016-06", "2016-04/2016-06"),
        ("2016-04-28 – 2016-05-01", "2016-04-28/2016-05-01"),
    ],
)
def test_a_date_with_an_english_month_is_read_as_exactly_as_it_was_typed(typed: str, iso: str) -> None:
    assert typed_date(typed) == iso


@pytest.mark.parametrize(
    "typed",
    ["", "-", "n.d.", "in spring", "04/05/2016", "28 April 16", "28 Floreal 2016", "10 to 12 May 2016", "2016-04-31"],
)
def test_any_other_text_is_left_as_it_is(typed: str) -> None:
    assert typed_date(typed) == typed


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31 April 2016", "April has 30 days"),
        ("29 Feb 2015", "February 2015 has 28 days"),
        ("29 February 1900", "February 1900 has 28 days"),
        ("3 May 2016 to 0 June 2016", "June has 30 days"),
    ],
)
def test_a_day_that_its_month_has_not_says_how_many_it_has(typed: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        typed_date(typed)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("04/05/2016", "it could be 4 May or 5 April: write 2016-05-04 or 2016-04-05"),
        ("28.4.2016", "in figures the year comes first: write 2016-04-28"),
        ("4-4-2016", "in figures the year comes first: write 2016-04-04"),
        ("31/04/2016", "April has 30 days"),
        ("2016-04-31", "April has 30 days"),
        ("2015-02-29T08:30Z", "February 2015 has 28 days"),
        ("31/31/2016", ""),
        ("2016-13-01", ""),
        ("soon", ""),
    ],
)
def test_figures_say_what_to_write_instead(text: str, why: str) -> None:
    assert why_no_date(text) == why


@given(st.dates(), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%d-%b-%Y"]))
def test_each_day_is_read_whole(day: date, form: str) -> None:
    typed = day.strftime(form.replace("%Y", f"{day.year:04}"))  # C's %Y writes no zeros before
    assert typed_date(typed) == day.isoformat()


@given(st.text(max_size=30))
def test_no_text_fails_otherwise(text: str) -> None:
    why_no_date(text)
    try:
        read = typed_date(text)
    except InvalidValue:
        return
    assert read == text.strip() or all(map(is_partial, read.split("/")))


@pytest.mark.parametrize(
    ("texts", "order", "shown"),
    [
        (["04.05.2016", "", "13.05.2016"], "day", "13.05.2016"),
        (["4/5/2016", "5/13/2016", "none"], "month", "5/13/2016"),
        (["13.05.2016", "05/13/2016"], "", ""),
        (["04.05.2016"], "", ""),
        (["2016-05-13"], "", ""),
    ],
)
def test_the_order_of_dates_in_figures_is_what_one_of_them_shows(texts, order, shown):
    assert figures_order(texts) == (order, shown)


def test_a_date_in_figures_is_read_in_a_known_order_only():
    assert [ordered_date("04.05.2016", order) for order in ("day", "month", "")] == [
        "2016-05-04",
        "2016-04-05",
        "04.05.2016",
    ]
    assert ordered_date("31.02.2016", "day") == "31.02.2016"
    assert ordered_date("spring", "day") == "spring"
