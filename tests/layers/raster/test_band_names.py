"""Names that the analyst gives to bands count as if the file said them, and never against the file."""

from __future__ import annotations

from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.raster.band_names import MEANINGS, ORDERS, given_names, unnamed_bands, with_names
from layers.raster.combined import Member
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import combinations_of, indices_of, names_of
from layers.raster.style import RasterStyle

PLAIN = RasterInfo(
    "a.tif",
    "GTiff",
    9,
    9,
    tuple(BandInfo(n, "uint8") for n in (1, 2, 3, 4)),
    "EPSG:4326",
    (1, 0, 0, 0, -1, 0),
    Bounds(0, -9, 9, 0),
    None,
)
NAMES = dict(enumerate(ORDERS[1], 1))


def colored(*colors: str) -> RasterInfo:
    return replace(PLAIN, bands=tuple(BandInfo(n, "uint8", color=color) for n, color in enumerate(colors, 1)))


def test_named_bands_make_presets_and_indices():
    assert not combinations_of(PLAIN)
    assert not indices_of(PLAIN)
    named = with_names(PLAIN, NAMES)
    assert {c.name: numbers for c, numbers in combinations_of(named)} == {
        "true_colour": (3, 2, 1),
        "colour_infrared": (4, 3, 2),
    }
    assert "NDVI" in {index.name for index, _, _ in indices_of(named)}
    assert RasterStyle.default(named).bands == (3, 2, 1)


def test_every_name_that_is_offered_is_understood():
    for name in MEANINGS:
        assert names_of(with_names(PLAIN, {2: name}))[name] == 2


def test_what_the_file_says_stands():
    rgb = colored("red", "green", "blue", "undefined")
    assert unnamed_bands(rgb) == (4,)
    assert names_of(with_names(rgb, {1: "nir", 4: "nir"})) | {"nir": 4} == names_of(with_names(rgb, {4: "nir"}))
    assert with_names(rgb, {4: "red"}) == rgb
    assert unnamed_bands(colored("red", "green", "blue", "alpha")) == ()


def test_what_makes_no_sense_in_a_case_is_left_out():
    assert given_names({"band_names": {"4": "nir", "x": "red", "0": "green", "2": "secret", "3": ["red"]}}) == {
        4: "nir"
    }
    assert given_names({"band_names": "nir"}) == given_names({}) == {}


def test_a_combined_layer_keeps_them():
    member = Member("a", {"path": "/a.tif", "band_names": {"4": "nir"}}, 4)
    assert given_names(Member.from_json(member.to_json()).source) == {4: "nir"}
