"""Finding a CRS by words, and what coordinates say against one."""

import pytest

from layers.errors import BadCRS
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR, WGS84, transform_bounds
from layers.geo.crs_catalog import find_crs, fit_of, known_crs, looks_like_degrees

VOSTOCHNY_UTM = Bounds(590_000, 5_740_000, 600_000, 5_750_000)
VOSTOCHNY = Bounds(128.2, 51.8, 128.5, 51.95)


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("32652", "EPSG:32652"),
        ("epsg:4326", "EPSG:4326"),
        ("utm 52n wgs 84", "EPSG:32652"),
        ("WGS 84", "EPSG:4326"),
        ("pseudo-mercator", "EPSG:3857"),
        ("pulkovo 1942 gauss-kruger zone 22", "EPSG:28422"),
        ("+proj=utm +zone=52", "+proj=utm +zone=52"),
    ],
)
def test_what_is_meant_comes_first(wanted: str, first: str) -> None:
    assert find_crs(wanted, known_crs())[0].text == first


def test_places_find_what_is_used_there_and_nonsense_nothing() -> None:
    assert any("Amur" in entry.place or "China" in entry.place for entry in find_crs("china zone 21", known_crs()))
    assert find_crs("no such place anywhere", known_crs()) == []
    assert find_crs("  ", known_crs()) == []
    assert len(find_crs("utm", known_crs(), limit=7)) == 7


def test_coordinates_that_fit_tell_where_they_lie() -> None:
    fit = fit_of("EPSG:32652", VOSTOCHNY_UTM)
    assert fit.doubt == ""
    assert fit.bounds_lonlat == transform_bounds("EPSG:32652", WGS84, VOSTOCHNY_UTM)
    assert fit_of(WGS84, VOSTOCHNY).doubt == ""
    assert fit_of(WEB_MERCATOR, transform_bounds(WGS84, WEB_MERCATOR, VOSTOCHNY)).doubt == ""
    across = transform_bounds(WGS84, "EPSG:32660", Bounds(179.5, 50, 180.0, 51))
    assert fit_of("EPSG:32660", across).doubt == "", "a zone that ends at the antimeridian"


@pytest.mark.parametrize(
    ("crs", "bounds", "words"),
    [
        (WGS84, VOSTOCHNY_UTM, "no longitudes and latitudes"),
        ("EPSG:32652", VOSTOCHNY, "look like degrees"),
        (WEB_MERCATOR, VOSTOCHNY, "look like degrees"),
        ("EPSG:28992", VOSTOCHNY_UTM, "far from where"),
        ("EPSG:32652", Bounds(4e9, 4e9, 5e9, 5e9), "Earth"),
    ],
)
def test_coordinates_that_contradict_a_crs_say_how(crs: str, bounds: Bounds, words: str) -> None:
    assert words in fit_of(crs, bounds).doubt


def test_pixel_space_is_nowhere_and_no_crs() -> None:
    assert fit_of(PIXEL_SPACE, VOSTOCHNY).bounds_lonlat is None
    with pytest.raises(BadCRS):
        fit_of("no CRS", VOSTOCHNY)
    assert not looks_like_degrees(VOSTOCHNY_UTM)
