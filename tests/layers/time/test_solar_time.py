"""Local solar time of images, against the equation of time as almanacs print it, and the dates that have none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.time.solar_time import solar_time_words
from layers.time.sun_position import solar_hours, suns_at


@pytest.mark.parametrize(
    ("iso", "lon", "clock"),
    [
        ("2020-11-03T12:00:00Z", 0.0, "12:16"),
        ("2021-02-11T12:00:00Z", 0.0, "11:46"),
        ("2021-07-26T12:00:00Z", 0.0, "11:53"),
        ("2021-05-14T12:00:00Z", 90.0, "18:04"),
        ("2020-08-31T17:40:00Z", -112.0, "10:12"),
        ("2020-11-03T23:50Z", 10.0, "00:46"),
        ("2020-11-03T11:50:00Z/2020-11-03T12:10:00Z", 0.0, "12:16"),
    ],
)
def test_the_clock_of_the_sun(iso: str, lon: float, clock: str) -> None:
    kind = "interval" if "/" in iso else "instant"
    assert str(solar_time_words(iso, kind, lon)) == f"about {clock} local solar time"


@pytest.mark.parametrize(
    ("iso", "kind"),
    [
        ("2020-08-31", "instant"),
        ("2020-08", "interval"),
        ("2020-08-31T17:40Z", "composite"),
        ("2020-08-31T17:40Z", "published"),
        ("2020-08-31T17:40Z", "unknown"),
        ("2020-08-31T10:00Z/2020-08-31T17:40Z", "interval"),
        ("2020-08-31T17:40Z/2020-08-31T10:00Z", "interval"),
        ("", "instant"),
        ("soon", "instant"),
    ],
)
def test_dates_without_a_time_of_day_have_none(iso: str, kind: str) -> None:
    assert solar_time_words(iso, kind, 10.0) == ""


@given(st.floats(-2e9, 4e9), st.floats(-180, 180))
def test_the_sun_stands_in_the_south_or_north_at_twelve(timestamp_s: float, lon: float) -> None:
    hours = solar_hours(timestamp_s, lon)
    noon_s = timestamp_s + 3600.0 * (12.0 - hours)
    azimuth = float(suns_at(noon_s, lon, 60.0).azimuth_deg)
    assert abs(azimuth - 180.0) < 0.5
