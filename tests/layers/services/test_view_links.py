"""Addresses of web maps lead to the place they were made of, in each map's datum and at its zoom."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import BadCoordinate
from layers.geo.baidu_mercator import from_bd09, to_bd09
from layers.geo.bounds import Bounds
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.measure import distance_m
from layers.services.view_links import ShownView, ViewLink
from layers.services.web_views.web_viewer import read_web_maps, shipped_web_maps

DAY = date(2024, 4, 12)


def _view(lon: float, lat: float, metres_per_px: float) -> ShownView:
    return ShownView(lon, lat, Bounds(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1), metres_per_px, DAY)


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize("link", shipped_web_maps().links, ids=lambda link: link.title)
@given(lon=st.floats(75, 134), lat=st.floats(20, 53), metres_per_px=st.floats(0.3, 300))
def test_our_own_reader_leads_back(link: ViewLink, lon: float, lat: float, metres_per_px: float) -> None:
    found = link.address(_view(lon, lat, metres_per_px))
    assert "{" not in found.address
    try:
        read = parse_coordinate(found.address)
    except BadCoordinate:
        assert link.title in ("SunCalc", "OpenAerialMap"), "addresses that we do not read"
        return
    off_m = distance_m(read.lon, read.lat, lon, lat)
    assert off_m <= metres_per_px + 2 * found.error_m + 2, (found, read)


ZOOMS = ((156543.0, 1), (9.554, 14), (0.597, 18), (0.05, 21))


@pytest.mark.parametrize(("metres_per_px", "level"), ZOOMS)
def test_the_level_shows_about_as_much(metres_per_px: float, level: int) -> None:
    google = shipped_web_maps().links[0]
    assert f",{level}z/" in google.address(_view(0.0, 0.0, metres_per_px)).address


def test_a_pixel_of_baidus_level_18_is_a_metre_of_its_map() -> None:
    (baidu,) = (link for link in shipped_web_maps().links if "Baidu" in link.title)
    assert baidu.address(_view(116.4, 0.01, 1.0)).address.endswith(",18z")
    assert baidu.address(_view(116.4, 60.0, 1.0)).address.endswith(",17z")


def test_no_more_digits_are_sent_than_the_view_shows() -> None:
    osm = next(link for link in shipped_web_maps().links if "OpenStreetMap" in link.title)
    assert osm.address(_view(12.3456789, 51.8842345, 1000.0)).address.endswith("/51.884/12.346")


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-73, 73))
def test_baidus_metres_there_and_back(lon: float, lat: float) -> None:
    there = to_bd09(*from_bd09(lon, lat))
    assert there == (pytest.approx(lon, abs=1e-6), pytest.approx(lat, abs=1e-6))


BAD = (
    'template = "http://a.org/{lat}"',
    'template = "https://a.org/{who}"',
    'template = "https://a.org/{lat}"\ndatum = "ED50"',
    'template = "https://a.org/{lat}"\nmax_zoom = "19"',
    "",
)


@pytest.mark.parametrize("text", BAD)
def test_a_link_with_a_fault_costs_itself(text: str) -> None:
    maps = read_web_maps(f'[[link]]\ntitle = "x"\n{text}\n[[link]]\ntitle = "y"\ntemplate = "https://a.org/{{lat}}"')
    assert [link.title for link in maps.links] == ["y"]
    assert len(maps.problems) == 1
    assert "left out of the list" in maps.problems[0]


STREET = ("Mapillary", "Panoramax", "KartaView", "Google Street View", "Yandex Panoramas")


@pytest.mark.parametrize("name", [*STREET, "Esri Wayback", "Copernicus Browser", "Google Earth", "Zoom Earth"])
def test_the_list_has_what_analysts_look_into(name: str) -> None:
    assert any(link.title.startswith(name) for link in shipped_web_maps().links)
