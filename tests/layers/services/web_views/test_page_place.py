"""A picture of a web map's page lies where the page's address says, with the pixels of the map's own projection."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.errors import CannotBePlaced
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import distance_m
from layers.services.web_views.page_place import PagePlace, place_of
from layers.services.web_views.web_page import ShownPage, read_page
from layers.services.web_views.web_viewer import shipped_web_maps

SIZE = (1600, 900)


def page_of(address: str) -> ShownPage:
    return read_page(address, shipped_web_maps().viewers)


def lonlat(place: PagePlace, column: float, row: float) -> tuple[float, float]:
    lon, lat = transform_points(place.crs, WGS84, *place.affine.apply(column, row))
    return float(lon), float(lat)


GOOGLE = page_of("https://www.google.com/maps/@51.8840001,128.3340001,15z")


@given(st.floats(-84, 84), st.floats(-179, 179), st.integers(2, 21), st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]))
def test_the_middle_of_the_picture_is_the_middle_of_the_page(lat: float, lon: float, level: int, ratio: float) -> None:
    page = page_of(f"https://www.google.com/maps/@{lat:.7f},{lon:.7f},{level}z")
    place = place_of(page, SIZE, ratio)
    assert lonlat(place, 800, 450) == (pytest.approx(page.lon, abs=1e-6), pytest.approx(page.lat, abs=1e-6))
    assert place.affine.a * ratio == pytest.approx(156543.033928 / 2**level, rel=1e-6)
    assert place.affine.e == pytest.approx(-place.affine.a)


def test_a_screen_of_twice_the_pixels_shows_half_as_much() -> None:
    plain, sharp = place_of(GOOGLE, SIZE, 1.0), place_of(GOOGLE, SIZE, 2.0)
    assert sharp.metres_per_px == pytest.approx(plain.metres_per_px / 2)
    assert plain.metres_per_px == pytest.approx(4.777 * math.cos(math.radians(51.884)), rel=3e-3)


def test_metres_from_top_to_bottom_do_not_ask_for_the_ratio() -> None:
    page = page_of("https://www.google.com/maps/@51.884,128.334,1263m/data=!3m1!1e3")
    for ratio in (1.0, 2.0):
        place = place_of(page, SIZE, ratio)
        assert distance_m(*lonlat(place, 800, 0), *lonlat(place, 800, 900)) == pytest.approx(1263, rel=3e-3)


def test_a_heading_turns_the_picture() -> None:
    page = page_of("https://earth.google.com/web/@51.884,128.334,259a,1234d,35y,90h,0t,0r")
    place = place_of(page, SIZE, 1.0)
    up, middle = lonlat(place, 800, 0), lonlat(place, 800, 450)
    assert up[0] > middle[0], "east is up"
    assert up[1] == pytest.approx(middle[1], abs=1e-6)


def test_edges_of_worldview_are_edges_of_the_picture() -> None:
    page = page_of("https://worldview.earthdata.nasa.gov/?v=120.25,48.5,136.25,57.5&t=2024-04-12")
    place = place_of(page, SIZE, 2.0)
    assert lonlat(place, 0, 0) == pytest.approx((120.25, 57.5))
    assert lonlat(place, 1600, 900) == pytest.approx((136.25, 48.5))
    assert not place.is_other_shape
    assert place_of(page, (1600, 700), 2.0).is_other_shape, "a part of the page only"


def test_yandex_is_placed_in_its_own_mercator() -> None:
    page = page_of("https://yandex.com/maps/?ll=128.334,51.884&z=15&l=sat")
    place = place_of(page, SIZE, 1.0)
    as_sphere = place_of(replace(page, crs="EPSG:3857"), SIZE, 1.0)
    assert place.crs == "EPSG:3395"
    assert lonlat(place, 800, 450) == pytest.approx((128.334, 51.884))
    assert place.metres_per_px == pytest.approx(as_sphere.metres_per_px, rel=1e-2)


def test_a_polar_map_of_worldview() -> None:
    page = page_of("https://worldview.earthdata.nasa.gov/?p=antarctic&v=-3200000,-1800000,3200000,1800000&t=2024-04-12")
    place = place_of(page, SIZE, 1.0)
    assert (place.crs, place.affine.a) == ("EPSG:3031", 4000.0)


def test_what_is_doubtful_widens_the_doubt() -> None:
    exact = place_of(GOOGLE, SIZE, 1.0).error_m
    fewer_digits = place_of(page_of("https://www.google.com/maps/@51.88,128.33,15z"), SIZE, 1.0).error_m
    rounded = place_of(page_of("https://www.google.com/maps/@51.8840001,128.3340001,15.1z"), SIZE, 1.0).error_m
    shifted = place_of(page_of("https://www.google.cn/maps/@39.9100001,116.4000001,15z"), SIZE, 1.0).error_m
    assert 8 * 2.95 < exact < 12 * 2.95, "a cut of some pixels"
    assert fewer_digits > exact + 500
    assert rounded > exact + 0.03 * math.hypot(800, 450) * 2.9
    assert shifted > exact + 5


def test_a_page_without_a_scale_needs_a_level() -> None:
    page = page_of("https://maps.apple.com/?ll=51.884,128.334&t=k")
    with pytest.raises(CannotBePlaced, match="type the level"):
        place_of(page, SIZE, 1.0)
    assert place_of(page, SIZE, 1.0, 15.0).affine.a == pytest.approx(4.777, rel=1e-3)


def test_a_tilted_view_is_not_placed() -> None:
    with pytest.raises(CannotBePlaced, match="look straight down"):
        place_of(page_of("https://www.google.com/maps/@51.884,128.334,500a,35y,39.3t/data=!3m1!1e3"), SIZE, 1.0)
    with pytest.raises(CannotBePlaced):
        place_of(GOOGLE, (0, 900), 1.0)
