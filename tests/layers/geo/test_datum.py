"""Chinese web maps and Pulkovo 1942 against WGS 84, both ways."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.datum import (
    BD09_ERROR_M,
    GCJ02_ERROR_M,
    UNKNOWN_PULKOVO_ERROR_M,
    Datum,
    from_wgs84,
    is_shifted,
    to_wgs84,
)
from layers.geo.measure import distance_m

KNOWN = [
    (row[0], tuple(map(float, row[1:3])), tuple(map(float, row[3:5])), tuple(float(v) for v in row[5:7] if v))
    for row in csv.reader(Path(__file__).with_name("known_datums.csv").read_text("utf-8").splitlines())
    if not row[0].startswith("#")
]
CHINESE = (Datum.GCJ02, Datum.BD09)


def test_there_are_pairs_from_all_over_the_country() -> None:
    assert len(KNOWN) >= 25


@pytest.mark.parametrize(("name", "wgs84", "gcj02", "bd09"), KNOWN, ids=[row[0] for row in KNOWN])
def test_known_pairs_agree_within_five_metres(
    name: str, wgs84: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, ...]
) -> None:
    for datum, there in ((Datum.GCJ02, gcj02), (Datum.BD09, bd09)):
        if there:
            back, forth = to_wgs84(*there, datum), from_wgs84(*wgs84, datum)
            assert distance_m(back.lon, back.lat, *wgs84) < 5, datum
            assert distance_m(forth.lon, forth.lat, *there) < 5, datum
            assert 50 < distance_m(*wgs84, *there) < 1600


@pytest.mark.parametrize("datum", CHINESE)
@pytest.mark.parametrize(
    "place", [(128.334, 51.884), (139.76, 35.68), (126.98, 37.57), (106.91, 47.92), (37.6, 55.7), (-74.0, 40.7), (0, 0)]
)
def test_outside_china_nothing_moves(place: tuple[float, float], datum: Datum) -> None:
    for found in (to_wgs84(*place, datum), from_wgs84(*place, datum)):
        assert (found.lon, found.lat) == place


def test_what_nobody_knows_is_in_the_error() -> None:
    assert to_wgs84(116.4, 39.9, Datum.GCJ02).error_m == GCJ02_ERROR_M
    assert to_wgs84(116.4, 39.9, Datum.BD09).error_m == BD09_ERROR_M
    # Vostochny lies in the box of the published programs, Tokyo does not: only there it is sure that nothing moves.
    assert to_wgs84(128.334, 51.884, Datum.GCJ02).error_m > 300
    assert to_wgs84(139.76, 35.68, Datum.GCJ02).error_m == 0
    heihe = to_wgs84(127.528304, 50.2451332, Datum.GCJ02)
    assert is_shifted(heihe.lon, heihe.lat)
    assert heihe.error_m > 300


@given(st.floats(75, 133), st.floats(19, 53), st.sampled_from(CHINESE))
def test_the_inverse_is_exact(lon: float, lat: float, datum: Datum) -> None:
    there = from_wgs84(lon, lat, datum)
    back = to_wgs84(there.lon, there.lat, datum)
    if there.error_m <= BD09_ERROR_M or (not is_shifted(lon, lat) and not is_shifted(back.lon, back.lat)):
        assert (back.lon, back.lat) == pytest.approx((lon, lat), abs=1e-7)
    else:
        assert distance_m(back.lon, back.lat, lon, lat) <= back.error_m + 1


@given(st.floats(-180, 180), st.floats(-89, 89))
def test_pulkovo_there_and_back(lon: float, lat: float) -> None:
    there = from_wgs84(lon, lat, Datum.PULKOVO)
    back = to_wgs84(there.lon, there.lat, Datum.PULKOVO)
    assert distance_m(back.lon, back.lat, lon, lat) < 0.1
    assert 0 < back.error_m <= UNKNOWN_PULKOVO_ERROR_M


def test_pulkovo_at_vostochny_is_what_proj_says() -> None:
    there = to_wgs84(128.334, 51.884, Datum.PULKOVO)
    x, y = pyproj.Transformer.from_crs("EPSG:4284", "EPSG:4326", always_xy=True).transform(128.334, 51.884)
    assert (there.lon, there.lat) == pytest.approx((x, y), abs=1e-9)
    assert 50 < distance_m(128.334, 51.884, there.lon, there.lat) < 200
    assert there.error_m < 10
    assert to_wgs84(63.3, 45.97, Datum.PULKOVO).error_m == 44  # Kazakhstan's own figure, not Russia's
    assert to_wgs84(100, 30, Datum.PULKOVO).error_m == UNKNOWN_PULKOVO_ERROR_M


def test_wgs84_is_itself() -> None:
    assert to_wgs84(10, 20, Datum.WGS84) == from_wgs84(10, 20, Datum.WGS84)
    assert to_wgs84(10, 20, Datum.WGS84).error_m == 0


def test_each_thread_has_its_own_way() -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(to_wgs84(37.6, 55.7, Datum.PULKOVO)), daemon=True)
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [to_wgs84(37.6, 55.7, Datum.PULKOVO)] * 4


@pytest.mark.parametrize("datum", CHINESE)
@pytest.mark.parametrize("lat", [-90.0, -89.9, 89.9, 90.0])
def test_about_the_poles_nothing_moves(lat: float, datum: Datum) -> None:
    """The formula of the shift divides by the length of the parallel."""
    for lon in (-180.0, -81.0, 0.0, 105.0, 180.0):
        there = to_wgs84(lon, lat, datum)
        assert (there.lon, there.lat) == (lon, lat)
        back = from_wgs84(lon, lat, datum)
        assert (back.lon, back.lat) == (lon, lat)
