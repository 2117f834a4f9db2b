"""The sun's place, compared with astral and with published almanac values."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astral import Observer
from astral.sun import azimuth, elevation
from hypothesis import given
from hypothesis import strategies as st

from layers.time.sun_position import refraction_deg, suns_at
from tests.support.sun import sun_position

BEGIN = datetime(1950, 1, 1, tzinfo=UTC)
CENTURY_S = int((datetime(2050, 12, 31, tzinfo=UTC) - BEGIN).total_seconds())


def test_it_agrees_with_astral_at_500_random_times_and_places() -> None:
    chance = random.Random(13)
    found = 0
    worst = [0.0, 0.0]
    while found < 500:
        at = BEGIN + timedelta(seconds=chance.randrange(CENTURY_S))
        lon, lat = chance.uniform(-180, 180), chance.uniform(-89.5, 89.5)
        observer = Observer(lat, lon, 0.0)
        high = elevation(observer, at, with_refraction=False)
        if high <= 0:
            continue
        found += 1
        sun = sun_position(at, lon, lat)
        turn = (sun.azimuth_deg - azimuth(observer, at) + 180.0) % 360.0 - 180.0
        worst = [max(worst[0], abs(sun.elevation_deg - high)), max(worst[1], abs(turn))]
    assert max(worst) < 0.05, worst


@pytest.mark.parametrize(
    ("at", "lon", "lat", "azimuth_deg", "elevation_deg"),
    [
        # NREL's worked example of its Solar Position Algorithm: Golden, 12:30:30 in a zone seven hours behind UTC.
        (datetime(2003, 10, 17, 19, 30, 30, tzinfo=UTC), -105.1786, 39.742476, 194.34024, 39.888378 - 0.0163),
    ],
)
def test_it_agrees_with_published_examples(
    at: datetime, lon: float, lat: float, azimuth_deg: float, elevation_deg: float
) -> None:
    sun = sun_position(at, lon, lat)
    assert sun.azimuth_deg == pytest.approx(azimuth_deg, abs=0.02)
    assert sun.elevation_deg == pytest.approx(elevation_deg, abs=0.02)
    assert sun_position(at.replace(tzinfo=None), lon, lat) == sun


@pytest.mark.bounded
@given(
    seconds=st.integers(0, CENTURY_S),
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
)
def test_it_is_finite_and_repeats_round_the_earth(seconds: int, lon: float, lat: float) -> None:
    at = BEGIN + timedelta(seconds=seconds)
    sun, turned = sun_position(at, lon, lat), sun_position(at, lon + 360.0, lat)
    assert all(map(math.isfinite, sun))
    assert 0.0 <= sun.azimuth_deg <= 360.0
    assert -90.0 <= sun.elevation_deg <= 90.0
    assert turned.elevation_deg == pytest.approx(sun.elevation_deg, abs=1e-6)
    assert 0.0 <= sun.apparent_elevation_deg - sun.elevation_deg < 0.8


def test_the_air_lifts_the_sun_by_its_own_width_at_the_horizon() -> None:
    assert refraction_deg(0.0) == pytest.approx(0.48, abs=0.02)
    assert refraction_deg(45.0) == pytest.approx(0.0165, abs=0.001)
    assert refraction_deg(-10.0) == 0.0
    assert refraction_deg(90.0) == pytest.approx(0.0, abs=0.001)


def test_many_instants_are_those_of_one_by_one() -> None:
    at = BEGIN + timedelta(days=20000)
    times = [at + timedelta(hours=hour) for hour in range(24)]
    suns = suns_at([one.timestamp() for one in times], 30.0, 50.0)
    one_by_one = [sun_position(one, 30.0, 50.0) for one in times]
    np.testing.assert_allclose(suns.elevation_deg, [sun.elevation_deg for sun in one_by_one], atol=1e-9)
