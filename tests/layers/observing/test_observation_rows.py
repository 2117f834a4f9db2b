"""Rows of a spreadsheet as what was seen: the words, counts and dates that people write in cells."""

from __future__ import annotations

import pytest

from layers.errors import InvalidValue
from layers.observing.observation_rows import (
    DAY_FIRST,
    MONTH_FIRST,
    RowReading,
    asks_order,
    order_of,
    read_count,
    read_date,
    read_presence,
    read_row,
)

READING = RowReading({"site": "Site", "date": "Date", "presence": "Seen", "count": "n", "words": "Notes", "why": "Why"})


@pytest.mark.parametrize(
    ("text", "presence"),
    [
        ("+", "present"),
        ("＋", "present"),
        ("Yes", "present"),
        ("да", "present"),
        ("有", "present"),
        ("-", "absent"),
        ("–", "absent"),
        ("－", "absent"),
        ("−", "absent"),
        ("Not  seen", "absent"),
        ("нет", "absent"),
        ("无", "absent"),
        ("?", "cannot tell"),
        ("？", "cannot tell"),
        ("Cannot tell", "cannot tell"),
        ("", ""),
    ],
)
def test_presence_is_read_in_three_languages_and_on_wide_keys(text: str, presence: str) -> None:
    assert read_presence(text) == presence


def test_other_words_for_presence_are_refused() -> None:
    with pytest.raises(InvalidValue, match="“gone” is neither present, absent nor cannot tell"):
        read_presence("gone")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("3", (3, 3)),
        ("3-5", (3, 5)),
        ("3–5", (3, 5)),
        ("3 to 5", (3, 5)),
        ("3+", (3, None)),
        ("≥ 3", (3, None)),
        ("", (None, None)),
    ],
)
def test_counts(text: str, count: tuple[int | None, int | None]) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize("text", ["many", "3 ships", "-3", "3.5"])
def test_a_text_that_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="is no count"):
        read_count(text)


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("2024-04-12", "", "2024-04-12"),
        ("2024-04-12T00:00:00", "", "2024-04-12"),
        ("2024-04-12 00:00:00", "", "2024-04-12"),
        ("2024-04-12T08:30:00Z", "", "2024-04-12T08:30:00Z"),
        ("12 April 2024", "", "2024-04-12"),
        ("April 2024", "", "2024-04"),
        ("12.04.2024", DAY_FIRST, "2024-04-12"),
        ("04/12/2024", MONTH_FIRST, "2024-04-12"),
    ],
)
def test_dates(text: str, order: str, iso: str) -> None:
    assert read_date(text, order) == iso


@pytest.mark.parametrize(
    ("text", "order", "why"),
    [
        ("12.04.2024", "", "it could be 12 April or 4 December"),
        ("30.02.2024", DAY_FIRST, "day first"),
        ("summer", "", "write 2024-04-12"),
        ("", "", "It has no date"),
    ],
)
def test_a_text_that_is_no_date_or_could_be_two_is_refused(text: str, order: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        read_date(text, order)


def test_one_date_tells_the_order_of_all() -> None:
    assert order_of(["01.04.2024", "13.04.2024"]) == DAY_FIRST
    assert order_of(["01/04/2024", "04/13/2024"]) == MONTH_FIRST
    assert order_of(["13.04.2024", "04/13/2024"]) == ""
    assert asks_order(["01.04.2024"])
    assert not asks_order(["2024-04-12"])


def test_a_row_is_read_by_its_columns() -> None:
    row = read_row({"Site": "Bend 1", "Date": "2024-04-12", "Seen": "+", "n": "2", "Notes": "two\nbars"}, 7, READING)
    assert row is not None
    assert (row.number, row.site, row.date, row.presence, row.count_low, row.count_high, row.words) == (
        *(7, "Bend 1", "2024-04-12", "present", 2, 2),
        "two\nbars",
    )


def test_a_row_that_says_nothing_is_passed_over() -> None:
    assert read_row({"Site": "Bend 1", "Date": "2024-04-12", "Seen": "", "n": " "}, 2, READING) is None


def test_who_counts_some_has_seen_them() -> None:
    row = read_row({"Site": "Bend 1", "Date": "2024-04-12", "n": "4"}, 2, READING)
    assert row is not None
    assert row.presence == "present"


def test_a_view_and_a_reason_stated_for_the_file_serve_rows_without_one() -> None:
    reading = RowReading(READING.columns, view_quality="clear", why="cloud")
    row = read_row({"Site": "a", "Date": "2024", "Seen": "?"}, 2, reading)
    assert row is not None
    assert (row.view_quality, row.why) == ("clear", "cloud")
    row = read_row({"Site": "a", "Date": "2024", "Seen": "?", "Why": "haze"}, 2, reading)
    assert row is not None
    assert row.why == "haze"
    row = read_row({"Site": "a", "Date": "2024", "Seen": "+"}, 2, reading)
    assert row is not None
    assert row.why == ""


def test_a_reason_of_its_own_is_kept_in_words() -> None:
    row = read_row({"Site": "a", "Date": "2024", "Seen": "?", "Why": "Two channels", "Notes": "East"}, 2, READING)
    assert row is not None
    assert (row.presence, row.why, row.words) == ("cannot tell", "", "Two channels: East")
    with pytest.raises(InvalidValue, match="is none of"):
        read_row({"Site": "a", "Date": "2024", "Seen": "+", "Why": "Two channels"}, 2, READING)
