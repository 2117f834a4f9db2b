"""Several images as one: whose band a number is, what they have in common, and when they were taken."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.errors import CannotBePlaced, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.raster.acquisition import Acquisition
from layers.raster.combined import (
    CombinedPart,
    Member,
    combined_acquisition,
    combined_raster,
    combined_scene,
    members_of,
    place_of,
)
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import band_titles, combinations_of


def image(name: str, bounds: Bounds, pixel: float, *bands: str, crs: str = "EPSG:4326") -> CombinedPart:
    infos = tuple(BandInfo(n, "uint16", description=text, low=n, high=n + 9.0) for n, text in enumerate(bands, 1))
    info = RasterInfo(
        f"/{name}.tif",
        "GTiff",
        round(bounds.width / pixel),
        round(bounds.height / pixel),
        infos,
        crs,
        (pixel, 0.0, bounds.left, 0.0, -pixel, bounds.top),
        bounds,
        bounds,
        date_kind="instant",
        acquired_at="2001",
    )
    return CombinedPart(Member(name, {"path": f"/{name}.tif"}, len(bands)), info)


FINE = image("fine", Bounds(10, 50, 12, 52), 0.01, "red", "green")
COARSE = image("coarse", Bounds(11, 51, 15, 55), 0.05, "blue", "nir", "swir1")


def test_bands_are_counted_on_from_image_to_image() -> None:
    parts = [FINE, COARSE]
    assert [place_of(parts, number) for number in (1, 2, 3, 5)] == [(FINE, 1), (FINE, 2), (COARSE, 1), (COARSE, 3)]
    with pytest.raises(InvalidValue):
        place_of(parts, 6)
    info = combined_raster("both", parts)
    assert [(b.index, b.description, b.low) for b in info.bands][2:4] == [(3, "coarse: blue", 1), (4, "coarse: nir", 2)]


def test_the_common_extent_in_the_finest_pixels() -> None:
    info = combined_raster("both", [COARSE, FINE])
    assert info.bounds == pytest.approx((11, 51, 12, 52))
    assert (info.width, info.height, info.transform[0]) == (100, 100, 0.01)
    assert (info.acquired_at, info.date_kind) == ("", "unknown")


def test_over_the_dateline_images_meet() -> None:
    east, west = image("east", Bounds(178, 0, 182, 2), 0.01, "a"), image("west", Bounds(-181, 0, -177, 2), 0.02, "b")
    assert combined_raster("both", [east, west]).bounds == pytest.approx((179, 0, 182, 2))


def test_what_cannot_be_combined_says_why() -> None:
    away = image("away", Bounds(100, 0, 101, 1), 0.01, "a")
    with pytest.raises(CannotBePlaced, match="do not overlap"):
        combined_raster("both", [FINE, away])
    for crs in ("", PIXEL_SPACE):
        member = replace(COARSE.member, crs=crs)
        placeless = replace(COARSE, member=member, info=replace(COARSE.info, crs="", bounds_lonlat=None))
        with pytest.raises(CannotBePlaced, match="coarse does not say where it lies"):
            combined_raster("both", [FINE, placeless])


def test_a_missing_image_keeps_the_numbers_of_the_others() -> None:
    gone = replace(FINE, info=None)
    info = combined_raster("both", [gone, COARSE])
    assert [band.description for band in info.bands] == [
        "fine: 1",
        "fine: 2",
        "coarse: blue",
        "coarse: nir",
        "coarse: swir1",
    ]
    assert info.bounds == COARSE.info.bounds
    assert [band.name for band in combined_scene("both", [gone, COARSE]).bands][:2] == ["fine: 1", "fine: 2"]
    assert combined_raster("none", [gone]) is None


def test_presets_find_their_bands_over_all_images() -> None:
    scene = combined_scene("both", [FINE, COARSE])
    found = {combination.name: numbers for combination, numbers in combinations_of(scene)}
    assert found["true_colour"] == (1, 2, 3)
    assert found["colour_infrared"] == (4, 1, 2)


def test_bands_are_titled_after_their_image() -> None:
    titles = band_titles(combined_scene("both", [FINE, COARSE]))
    assert titles[0] == (1, "fine: red (b1)")
    assert titles[4] == (5, "coarse: swir1 swir16 (b5)")


def test_members_come_back_from_json() -> None:
    member = Member("a", {"path": "/a.tif", "part": "t", "height_m": 20.0}, 3, "EPSG:4326", "1985", "interval", "NASA")
    assert members_of({"combined": [member.to_json()]}) == [member]
    assert members_of({"path": "/a.tif"}) == []
    for wrong in ({}, {"name": "a", "bands": 3}, {"name": "a", "bands": 0, "path": "/a"}, 3, {"bands": "x"}):
        with pytest.raises(InvalidValue):
            members_of({"combined": [wrong]})


OLD = Acquisition(at="1985-07-01", date_kind="instant", platform="Landsat 5", credit="USGS", sun_elevation_deg=60.0)
NEW = Acquisition(at="2020-07-02", date_kind="instant", platform="Landsat 8", credit="USGS", sun_elevation_deg=60.0)


def test_channels_of_different_dates_are_a_composite() -> None:
    known = combined_acquisition([("a", OLD), ("b", NEW)])
    assert (known.at, known.until, known.date_kind) == ("1985-07-01", "2020-07-02", "composite")
    assert known.notes == ("Channels of different dates: “a” 1985-07-01; “b” 2020-07-02.",)
    assert (known.platform, known.credit, known.sun_elevation_deg) == ("Landsat 5, Landsat 8", "USGS", 60.0)


def test_one_date_stays_one_and_an_unknown_one_is_not_hidden() -> None:
    twin = replace(OLD, sun_elevation_deg=50.0, credit="")
    known = combined_acquisition([("a", OLD), ("b", twin)])
    assert (known.at, known.until, known.date_kind, known.notes) == ("1985-07-01", "", "instant", ())
    assert (known.sun_elevation_deg, known.credit) == (None, "USGS; b, credit not given")
    known = combined_acquisition([("a", OLD), ("b", Acquisition())])
    assert (known.at, known.until, known.date_kind) == ("", "", "composite")
    assert known.notes == ("Channels of different dates: “a” 1985-07-01; “b” date unknown.",)
    assert combined_acquisition([("a", OLD)]) == OLD
