"""Heights from shadows and stated times: worked examples, every refusal, and 200 shadows that were made up."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.errors import InvalidValue
from layers.time.shadows import (
    RADAR,
    THERMAL,
    Instant,
    Refused,
    Shadow,
    ShadowHeight,
    ShadowImage,
    TimeCheck,
    check_time,
    computed_sun,
    instant_of,
    shadow_height,
)
from tests.support.sun import sun_position

AT = datetime(2024, 4, 12, 8, 30, tzinfo=UTC)
IMAGE = ShadowImage("2024-04-12T08:30:00Z", "instant", "optical")
LON, LAT = 63.34, 45.92


def cast(height_m: float, at: datetime = AT, lon: float = LON, lat: float = LAT, slope_deg: float = 0.0) -> Shadow:
    """The shadow of a vertical object."""
    sun = sun_position(at, lon, lat)
    steep = math.tan(math.radians(sun.apparent_elevation_deg)) + math.tan(math.radians(slope_deg))
    azimuth = (sun.azimuth_deg + 180.0) % 360.0
    return Shadow(lon, lat, height_m / steep, azimuth, 0.5, 0.5, slope_deg=slope_deg)


def the_height(found: ShadowHeight | Refused) -> ShadowHeight:
    assert isinstance(found, ShadowHeight), found
    return found


def reasons(shadow: Shadow, image: ShadowImage) -> str:
    found = shadow_height(shadow, image)
    assert isinstance(found, Refused), found
    return " ".join(found.reasons)


# -- worked examples ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length_m", "elevation_deg", "slope_deg", "height_m"),
    [
        (100.0, 45.0, 0.0, 100.0),  # a shadow as long as the object is high
        (86.60254, 30.0, 0.0, 50.0),  # 50 m at 30°: 50 / tan 30°
        (57.73503, 60.0, 0.0, 100.0),
        (100.0, 45.0, 5.0, 108.74887),  # the ground rises by tan 5° on the way: 100 + 8.749
        (100.0, 45.0, -5.0, 91.25113),
        (40.0, 33.690068, 0.0, 26.66667),  # tan e = 2 / 3
    ],
)
def test_worked_examples(length_m: float, elevation_deg: float, slope_deg: float, height_m: float) -> None:
    """By hand: h = L (tan e + tan s), with the sun as the metadata state it."""
    at = next(at for at in _instants() if abs(sun_position(at, LON, LAT).apparent_elevation_deg - elevation_deg) < 0.1)
    sun = sun_position(at, LON, LAT)
    image = ShadowImage(at.isoformat(), "instant", "optical", sun.azimuth_deg, elevation_deg)
    shadow = Shadow(LON, LAT, length_m, sun.azimuth_deg - 180.0, 0.5, 0.5, slope_deg=slope_deg)
    found = the_height(shadow_height(shadow, image))
    assert found.height_m == pytest.approx(height_m, abs=1e-4)
    assert found.sun.basis == "metadata"


def _instants() -> list[datetime]:
    return [datetime(2024, 6, 12, 1, tzinfo=UTC) + timedelta(seconds=15 * step) for step in range(4 * 60 * 8)]


def test_a_known_tower_by_the_computed_sun() -> None:
    """The Eiffel Tower, 330 m, on 21 June at 15:00 UTC: the sun is 45.5° high in the west, so 324 m of shadow."""
    at = datetime(2024, 6, 21, 15, 0, 0, tzinfo=UTC)
    sun = sun_position(at, 2.2945, 48.8584)
    assert sun.elevation_deg == pytest.approx(45.5, abs=0.1)
    shadow = cast(330.0, at, 2.2945, 48.8584)
    assert shadow.length_m == pytest.approx(323.0, abs=8.0)
    found = the_height(shadow_height(shadow, ShadowImage("2024-06-21T15:00:00Z", "instant")))
    assert found.height_m == pytest.approx(330.0, abs=0.1)
    assert found.sun.basis == "computed"


def test_the_error_bar_has_a_part_for_each_of_its_causes() -> None:
    """By hand, for L = 100 m at e = 45°, picks ± 1 m, slope ± 1°: 1, 1, 200 m times the sun's, 100 m times 1°."""
    at = next(at for at in _instants() if abs(sun_position(at, LON, LAT).apparent_elevation_deg - 45.0) < 0.02)
    sun = sun_position(at, LON, LAT)
    shadow = Shadow(LON, LAT, 100.0, sun.azimuth_deg - 180.0, 1.0, 1.0)
    found = the_height(shadow_height(shadow, ShadowImage(at.isoformat(), "instant", "optical")))
    foot, tip, pixels, height, slope = (part.error_m for part in found.parts)
    assert (foot, tip) == pytest.approx((1.0, 1.0), abs=0.01)
    assert pixels == pytest.approx(1 / math.sqrt(6), abs=0.01)
    assert height == pytest.approx(200.0 * math.radians(found.sun.elevation_error_deg), rel=0.01)
    assert slope == pytest.approx(100.0 * math.radians(1.0), abs=0.01)
    assert found.error_m == pytest.approx(math.hypot(foot, tip, pixels, height, slope))
    finer = the_height(shadow_height(replace(shadow, pick_m=0.5, pixel_m=0.5), image_at(at)))
    assert finer.error_m < found.error_m
    vague = the_height(shadow_height(shadow, ShadowImage(f"{at:%Y-%m-%dT%H:%M}Z", "instant", "optical")))
    assert vague.error_m > found.error_m  # a time to the minute is half a minute off either way


def image_at(at: datetime) -> ShadowImage:
    return ShadowImage(at.isoformat(), "instant", "optical")


@given(
    height_m=st.floats(20.0, 500.0),
    slope_deg=st.floats(-8.0, 20.0),
    lon=st.floats(-180.0, 180.0),
    lat=st.floats(-65.0, 65.0),
    hour=st.integers(0, 8759),
)
def test_a_shadow_gives_its_height_back(height_m: float, slope_deg: float, lon: float, lat: float, hour: int) -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    sun = sun_position(at, lon, lat)
    if not 12.0 < sun.apparent_elevation_deg < 80.0:
        return
    shadow = replace(cast(height_m, at, lon, lat, slope_deg), pick_m=0.1, pixel_m=0.1, slope_error_deg=0.1)
    found = shadow_height(shadow, ShadowImage(at.isoformat(), "instant"))
    if isinstance(found, ShadowHeight):
        assert found.height_m == pytest.approx(height_m, rel=1e-6)
    else:
        assert "too short" in found.reasons[0] or "as large as" in found.reasons[0], found


def test_the_true_height_is_within_the_error_when_each_cause_is() -> None:
    chance = random.Random(7)
    for _ in range(200):
        shadow = cast(60.0)
        off_m = chance.uniform(-1, 1) * shadow.pick_m + chance.uniform(-1, 1) * shadow.pick_m
        found = the_height(shadow_height(replace(shadow, length_m=shadow.length_m + off_m), IMAGE))
        assert abs(found.height_m - 60.0) <= 1.5 * found.error_m


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (replace(IMAGE, kind=RADAR), "This is a radar image"),
        (replace(IMAGE, kind=THERMAL), "This is a thermal image"),
        (replace(IMAGE, date_kind="composite"), "composite of several images"),
        (replace(IMAGE, acquired_at=""), "It is not known when"),
        (replace(IMAGE, acquired_at="2024-04-12"), "Only the day of this image is known, not its time of day"),
        (replace(IMAGE, acquired_at="2024"), "Only the year of this image is known"),
        (replace(IMAGE, acquired_at="last spring"), "“last spring”, cannot be read"),
        (replace(IMAGE, acquired_at="2024-04"), "Only the month of this image is known"),
        (replace(IMAGE, date_kind="unknown"), "of what kind this image's date is"),
        (replace(IMAGE, acquired_at="2024-04-12T08:00Z/2024-04-12T09:00Z", date_kind="interval"), "over more than ten"),
        (replace(IMAGE, acquired_at="2024-04-12T09:00Z/2024-04-12T08:00Z", date_kind="interval"), "over more than ten"),
        (replace(IMAGE, acquired_at="2024-04-12/2024-04-13", date_kind="interval"), "Only the dates of this"),
        (replace(IMAGE, sun_azimuth_deg=20.0, sun_elevation_deg=50.0), "one of the two is wrong"),
    ],
)
def test_images_that_tell_no_heights(image: ShadowImage, why: str) -> None:
    assert why in reasons(cast(60.0), image)


@pytest.mark.parametrize(
    ("shadow", "why"),
    [
        (replace(cast(60.0), is_base_hidden=True), "The foot of the object is hidden"),
        (replace(cast(60.0), azimuth_deg=cast(60.0).azimuth_deg + 12.0), "it is no shadow of a vertical object"),
        (replace(cast(60.0), azimuth_deg=cast(60.0).azimuth_deg + 180.0), "it is no shadow of a vertical object"),
        (cast(2.0), "The shadow is too short: 1.6 m"),
        (replace(cast(60.0), length_m=0.0), "The shadow is too short"),
        (replace(cast(60.0), slope_deg=80.0), "is too steep: heights"),
        (replace(cast(60.0), slope_error_deg=-1.0), "is too steep: heights"),
        (replace(cast(60.0), pixel_m=300.0), "as large as the height"),
    ],
)
def test_shadows_that_tell_no_heights(shadow: Shadow, why: str) -> None:
    assert why in reasons(shadow, IMAGE)


def test_a_sun_near_the_horizon_tells_no_heights() -> None:
    low = next(
        at
        for at in (AT.replace(hour=0, minute=0) + timedelta(minutes=step) for step in range(300))
        if 2.0 < sun_position(at, LON, LAT).apparent_elevation_deg < 4.0
    )
    assert "above the horizon: below 5°" in reasons(cast(60.0, low), image_at(low))
    assert "below the horizon" in reasons(cast(60.0), ShadowImage("2024-04-12T20:30:00Z", "instant"))


def test_ground_that_falls_as_steeply_as_the_light_has_no_end_of_a_shadow() -> None:
    early = next(
        at
        for at in (AT.replace(hour=0, minute=0) + timedelta(minutes=step) for step in range(300))
        if 9.0 < sun_position(at, LON, LAT).apparent_elevation_deg < 10.0
    )
    shadow = replace(cast(60.0, early), slope_deg=-9.0)
    assert "falls away as steeply" in reasons(shadow, image_at(early))


def test_all_reasons_are_said_at_once() -> None:
    image = ShadowImage("2024-04-12", "instant", RADAR)
    text = reasons(replace(cast(60.0), is_base_hidden=True), image)
    assert all(part in text for part in ("radar", "Only the day of this image", "foot of the object is hidden"))


def test_a_short_interval_is_an_instant_with_an_error() -> None:
    image = ShadowImage("2024-04-12T08:29:00Z/2024-04-12T08:31:00Z", "interval", "optical")
    found = the_height(shadow_height(cast(60.0), image))
    assert found.instant == (AT, 60.5)


@pytest.mark.parametrize("text", ["", "2024", "2024-04-12", "soon", "2024-02-30T10:00Z", "2024-04-12T25:00", "9" * 300])
def test_no_time_of_a_day(text: str) -> None:
    with pytest.raises(InvalidValue, match="is no time of a day"):
        instant_of(text)


def test_a_time_is_as_exact_as_it_is_written() -> None:
    assert instant_of("2024-04-12 08:30") == Instant(AT, 30.0)
    assert instant_of("2024-04-12T08:30:00Z") == Instant(AT, 0.5)
    assert instant_of("2024-04-12T13:30:00.000+05:00") == Instant(AT, 0.5)


# -- stated times ------------------------------------------------------------------------------------------------------


def _made_up(count: int, seed: int) -> list[tuple[Shadow, datetime]]:
    """Shadows at random places and times with the sun up, pointed at with an error within what is stated."""
    chance = random.Random(seed)
    found: list[tuple[Shadow, datetime]] = []
    while len(found) < count:
        at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(30 * 365 * 86400))
        lon, lat = chance.uniform(-180, 180), chance.uniform(-70, 70)
        if sun_position(at, lon, lat).elevation_deg < 3.0:
            continue
        true = cast(chance.uniform(5.0, 300.0), at, lon, lat)
        # Each end anywhere on the circle of its error.
        across_m = sum(math.sin(chance.uniform(0, 2 * math.pi)) * true.pick_m for _ in range(2))
        along_m = chance.uniform(-1, 1) * true.pick_m
        seen = replace(
            true,
            length_m=math.hypot(true.length_m + along_m, across_m),
            azimuth_deg=true.azimuth_deg + math.degrees(math.atan2(across_m, true.length_m + along_m)),
        )
        if seen.is_long_enough:
            found.append((seen, at))
    return found


def _off_deg(shadow: Shadow, at: datetime) -> float:
    sun = sun_position(at, shadow.lon, shadow.lat)
    return abs((shadow.azimuth_deg - sun.azimuth_deg) % 360.0 - 180.0)


@pytest.mark.bounded
def test_of_200_shadows_no_true_time_is_contradicted_and_every_hour_off_is() -> None:
    """An hour off by which the sun turned by less than the stated error is beyond nothing, and is not contradicted."""
    far = near = 0
    for shadow, at in _made_up(200, seed=13):
        true = check_time(shadow, Instant(at, 0.5))
        assert isinstance(true, TimeCheck)
        assert not true.contradicts, (shadow, at, true.why)
        assert any(first <= at <= last for first, last in true.fits) or _off_deg(shadow, at) > 0.9
        for hour in (-1, 1):
            wrong = Instant(at + timedelta(hours=hour), 0.5)
            check = check_time(shadow, wrong)
            assert isinstance(check, TimeCheck)
            sun = computed_sun(wrong, shadow.lon, shadow.lat)
            stated_deg = shadow.direction_error_deg + sun.azimuth_error_deg
            is_beyond = sun.elevation_deg < -1.0 or _off_deg(shadow, wrong.at) > stated_deg
            assert check.contradicts == is_beyond, (shadow, wrong, check.why)
            far, near = far + is_beyond, near + (not is_beyond)
    assert far > 250, far
    assert near > 5, near


def test_exact_shadows_contradict_an_hour_by_which_the_sun_has_turned_further_than_the_error() -> None:
    for shadow, at in _made_up(200, seed=5):
        exact = replace(cast(100.0, at, shadow.lon, shadow.lat), pick_m=0.1)
        if not exact.is_long_enough:
            continue
        check = check_time(exact, Instant(at + timedelta(hours=1), 0.5))
        assert isinstance(check, TimeCheck)
        before, after = (sun_position(one, exact.lon, exact.lat).azimuth_deg for one in (at, check.stated.at))
        turned = abs((after - before + 180.0) % 360.0 - 180.0)
        if turned > exact.direction_error_deg + 2.0:
            assert check.contradicts, (exact, at, check.why)


def test_a_check_says_its_figures_and_all_fitting_times() -> None:
    shadow = cast(60.0)
    check = check_time(shadow, instant_of("2024-04-12 12:30"))
    assert isinstance(check, TimeCheck)
    assert check.contradicts
    assert check.why.startswith("The shadow points to ")
    assert "are within the error" in check.why
    assert len(check.fits) == 1
    assert len(check.daylight) == 1
    (first, last), (rise, down) = check.fits[0], check.daylight[0]
    assert rise < first < AT < last < down
    assert last - first < timedelta(minutes=20)
    night = check_time(shadow, instant_of("2024-04-12 20:30"))
    assert isinstance(night, TimeCheck)
    assert night.contradicts
    assert night.why == "The sun was below the horizon at that time."


def test_times_of_a_vague_minute_are_not_contradicted_by_what_the_sun_did_meanwhile() -> None:
    """Near the zenith the sun's azimuth turns by many degrees in a minute."""
    at = datetime(2024, 3, 20, 12, 7, 10, tzinfo=UTC)
    shadow = replace(cast(800.0, at, 0.0, 0.3), pick_m=0.1)
    check = check_time(shadow, instant_of("2024-03-20 12:07"))
    assert isinstance(check, TimeCheck)
    assert not check.contradicts, check.why
    assert check.fits


@pytest.mark.parametrize(
    ("image", "shadow", "why"),
    [
        (replace(IMAGE, kind=RADAR), cast(60.0), "radar"),
        (replace(IMAGE, kind=THERMAL), cast(60.0), "thermal"),
        (replace(IMAGE, date_kind="composite"), cast(60.0), "composite"),
        (IMAGE, cast(1.0), "too short"),
        (IMAGE, replace(cast(60.0), is_base_hidden=True), "foot of the object is hidden"),
    ],
)
def test_checks_that_are_refused(image: ShadowImage, shadow: Shadow, why: str) -> None:
    check = check_time(shadow, Instant(AT, 30.0), image)
    assert isinstance(check, Refused)
    assert why in " ".join(check.reasons)


def test_an_image_whose_time_is_unknown_can_be_checked_against_a_stated_one() -> None:
    check = check_time(cast(60.0), Instant(AT, 30.0), ShadowImage())
    assert isinstance(check, TimeCheck)
    assert not check.contradicts
