"""Graticules against pyproj's Geod and the mgrs library: lines lie where they say, labels meet nothing."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import mgrs
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WGS84, transform_bounds, transform_points, utm_crs
from layers.grid.graticules.graticule import NOTATIONS, Graticule, graticule_of
from layers.grid.graticules.grid_line import EdgeLabel, GridLine, TakenBox
from layers.grid.graticules.round_steps import degrees_text, dms_text, metres_text, square_digits
from layers.grid.graticules.zones import all_zones
from layers.grid.tile_grid import View

GEOD = pyproj.Geod(ellps="WGS84")
PLACES = {"equator": (101.3, 0.02), "52 N": (128.33, 51.9), "78 N": (15.4, 78.2)}
CANVASES = ("EPSG:3857", "EPSG:4326", "utm", "EPSG:3995")


def size_of(text: str) -> tuple[float, float]:
    return 6.5 * len(text), 13.0


def view_around(crs: str, lon: float, lat: float, width_m: float, size: tuple[int, int] = (800, 600)) -> View:
    crs = utm_crs(lon, lat) if crs == "utm" else crs
    half = width_m / 111_000.0 / 2
    wide = half / max(math.cos(math.radians(lat)), 0.01)
    box = Bounds(lon - wide, max(lat - half * 0.75, -90), lon + wide, min(lat + half * 0.75, 90))
    return View.of_bounds(crs, transform_bounds(WGS84, crs, box), *size)


def lonlat(view: View, x: float, y: float) -> tuple[float, float]:
    lon, lat = transform_points(view.grid.crs, WGS84, *view.to_world(x, y))
    return float(lon), float(lat)


def off_m(view: View, line: GridLine, x: float, y: float) -> float:
    """Metres by Geod from a drawn point to the place with the value that its line has."""
    lon, lat = lonlat(view, x, y)
    if line.kind == "meridian":
        true = line.value, lat
    elif line.kind == "parallel":
        true = lon, line.value
    else:
        there = pyproj.Transformer.from_crs("EPSG:4326", line.crs, always_xy=True)
        easting, northing = there.transform(lon, lat)
        at = (line.value, northing) if line.kind == "easting" else (easting, line.value)
        true = there.transform(*at, direction="INVERSE")
    return float(GEOD.inv(lon, lat, *true)[2])


def pixel_m(view: View) -> float:
    middle = view.width / 2, view.height / 2
    return float(GEOD.inv(*lonlat(view, *middle), *lonlat(view, middle[0] + 1, middle[1]))[2])


@pytest.mark.bounded_after(10)
@pytest.mark.sampled(12)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("place", PLACES)
def test_lines_and_labels_lie_where_they_say(place: str, canvas: str, notation: str) -> None:
    lon, lat = PLACES[place]
    for width_m in (900.0, 30_000.0, 600_000.0):
        view = view_around(canvas, lon, lat, width_m)
        made = graticule_of(view, notation, size_of)
        told = [line for line in made.lines if line.kind != "edge"]
        assert len({line.kind for line in told}) == (2 if told else 0)
        assert told or width_m > 400_000
        metres = pixel_m(view)
        for line in told:
            for piece in line.pieces:
                middles = (piece[:-1] + piece[1:]) / 2
                for x, y in [*piece[:: max(len(piece) // 4, 1)], *middles[:: max(len(middles) // 4, 1)]]:
                    assert off_m(view, line, float(x), float(y)) < 0.5 * max(metres, 0.01) * _stretch(view, y)
        assert_labels_are_true(view, made)
        if width_m < 400_000:
            assert len(made.labels) >= 4, (width_m, made.labels)


def _stretch(view: View, y: float) -> float:
    """The scale of a map changes over it: metres a pixel there over those in the middle."""
    here = lonlat(view, view.width / 2, y), lonlat(view, view.width / 2 + 1, y)
    there = float(GEOD.inv(*here[0], *here[1])[2])
    return max(there / pixel_m(view), 1.0) * 1.5


def assert_labels_are_true(view: View, made: Graticule) -> None:
    grid = mgrs.MGRS()
    for label in made.labels:
        lon, lat = lonlat(view, *label.at)
        if made.notation == "MGRS":
            letters, digits = label.text.split()
            line = next(one for one in made.lines if one.kind == label.kind and one.value == label.value)
            there = pyproj.Transformer.from_crs("EPSG:4326", line.crs, always_xy=True)
            easting, northing = there.transform(lon, lat)
            spot = (line.value + 0.5, northing) if line.kind == "easting" else (easting, line.value + 0.5)
            inside = there.transform(*spot, direction="INVERSE")
            cell = grid.toMGRS(inside[1], inside[0], MGRSPrecision=5)
            half = cell[-10:-5] if label.kind == "easting" else cell[-5:]
            assert (cell[-12:-10], half[: len(digits)]) == (letters, digits)
            assert set(half[len(digits) :]) <= {"0"}
        else:
            value, letter = label.text.rsplit(" ", 1) if " " in label.text else (label.text, "")
            assert letter in ("N", "S", "E", "W", "")
            assert math.isfinite(lon)
            assert value[0].isdigit()


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("place", PLACES)
def test_neighbouring_lines_are_a_round_step_apart_by_geod(place: str, canvas: str) -> None:
    lon, lat = PLACES[place]
    view = view_around(canvas, lon, lat, 20_000.0)
    made = graticule_of(view, "UTM", size_of)
    eastings = sorted({line.value for line in made.lines if line.kind == "easting"})
    steps = {round(b - a) for a, b in pairwise(eastings)}
    assert steps <= {5000, 10000}
    (step,) = steps
    of = {line.value: line for line in made.lines if line.kind == "easting"}
    first, second = of[eastings[0]], of[eastings[1]]
    to = pyproj.Transformer.from_crs(first.crs, "EPSG:4326", always_xy=True)
    back = pyproj.Transformer.from_crs("EPSG:4326", first.crs, always_xy=True)
    northing = back.transform(lon, lat)[1]
    ground = GEOD.inv(*to.transform(first.value, northing), *to.transform(second.value, northing))[2]
    factor = pyproj.Proj(first.crs).get_factors(*to.transform(first.value, northing)).parallel_scale
    assert ground * factor == pytest.approx(step, rel=1e-3)


def boxes(made: Graticule) -> list[TakenBox]:
    return [*(label.box for label in made.labels), *(name.box for name in made.names)]


@given(
    st.sampled_from(["EPSG:3857", "EPSG:4326", "utm", "EPSG:3995", "EPSG:3031", "EPSG:3413"]),
    st.floats(-180, 180),
    st.floats(-89, 89),
    st.floats(2.0, 7.0),
    st.sampled_from(NOTATIONS),
    st.sampled_from([0.0, 30.0, 90.0, -137.0]),
    st.sampled_from([(320, 240), (700, 1000), (1200, 300)]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
@pytest.mark.bounded
def test_no_two_labels_overlap(
    crs: str, lon: float, lat: float, power: float, notation: str, turn: float, size: tuple[int, int], outside: bool
) -> None:
    lat = abs(lat) if crs in ("EPSG:3995", "EPSG:3413") else -abs(lat) if crs == "EPSG:3031" else lat
    if crs == "EPSG:3857":
        lat = max(min(lat, 80.0), -80.0)
    view = view_around(crs, lon, lat, 10.0**power, size)
    view = replace(view, grid=replace(view.grid, rotation_deg=turn))
    plate = TakenBox(size[0] - 120.0, size[1] - 40.0, 120.0, 40.0)
    made = graticule_of(view, notation, size_of, outside=outside, avoid=[plate])
    for one, other in combinations(boxes(made), 2):
        assert not one.meets(other)
    for one in boxes(made):
        assert not one.meets(plate)
    for label in made.labels:
        along = (
            (label.x, label.width, view.width)
            if label.side in ("top", "bottom")
            else (label.y, label.height, view.height)
        )
        assert along[0] >= 0
        assert along[0] + along[1] <= along[2]
        is_inside = 0 <= label.x <= view.width - label.width and 0 <= label.y <= view.height - label.height
        assert outside or is_inside
    for line in made.lines:
        for piece in line.pieces:
            assert np.isfinite(piece).all()
            assert (piece >= -0.01).all()
            assert (piece <= np.array(size) + 0.01).all()


def _texts(made: Graticule) -> set[str]:
    return {label.text for label in made.labels}


def test_the_dateline_is_crossed() -> None:
    view = View.of_bounds("EPSG:4326", Bounds(170, 50, 190, 56), 800, 240)
    assert {"175° E", "180°", "175° W"} <= _texts(graticule_of(view, "DD", size_of))
    zones = {name.text for name in graticule_of(view, "UTM", size_of).names}
    assert zones == {"59", "60", "1", "2"}
    mercator = View.of_bounds("EPSG:3857", transform_bounds(WGS84, "EPSG:3857", Bounds(170, 50, 190, 56)), 800, 480)
    assert {"175° E", "180°", "175° W"} <= _texts(graticule_of(mercator, "DD", size_of))


def test_a_pole_has_rings_and_spokes() -> None:
    view = View.of_bounds("EPSG:3995", Bounds(-1e6, -1e6, 1e6, 1e6), 800, 800)
    made = graticule_of(view, "DD", size_of)
    assert {"90° W", "90° E", "0°", "180°"} <= _texts(made)
    assert len([line for line in made.lines if line.kind == "meridian"]) == 12
    ring = next(line for line in made.lines if line.kind == "parallel" and line.value == 86)
    radii = [np.hypot(*(piece - 400.0).T) for piece in ring.pieces]
    assert np.ptp(np.concatenate(radii)) < 0.5
    assert {"Y", "Z"} <= {name.text for name in graticule_of(view, "MGRS", size_of).names}
    near = View.of_bounds("EPSG:3995", Bounds(-2e5, -2e5, 2e5, 2e5), 800, 800)
    squares = {name.text for name in graticule_of(near, "MGRS", size_of).names}
    assert {"ZG", "ZH", "AG", "AH"} <= squares


def test_zones_end_at_their_edges_and_have_their_exceptions() -> None:
    zones = {zone.name: zone.bounds for zone in all_zones()}
    assert zones["32V"] == Bounds(3, 56, 12, 64)
    assert zones["31V"] == Bounds(0, 56, 3, 64)
    assert "32X" not in zones
    assert zones["33X"] == Bounds(9, 72, 21, 84)
    for name, box in zones.items():
        if len(name) == 3:
            middle = (box.left + box.right) / 2, (box.bottom + box.top) / 2
            assert mgrs.MGRS().toMGRS(middle[1], middle[0], MGRSPrecision=0).zfill(5).startswith(name)
    view = view_around("EPSG:3857", 132.0, 51.9, 200_000.0)
    made = graticule_of(view, "UTM", size_of)
    assert {name.text for name in made.names} == {"UTM 52", "UTM 53"}
    for line in made.lines:
        lons = [lonlat(view, *point)[0] for piece in line.pieces for point in piece]
        if line.kind != "edge":
            assert max(lons) <= 132.001 if line.zone == "52U" else min(lons) >= 131.999


def test_squares_have_their_letters() -> None:
    view = view_around("EPSG:3857", 128.3, 51.9, 620_000.0)
    made = graticule_of(view, "MGRS", size_of)
    grid = mgrs.MGRS()
    assert len(made.names) > 8
    for name in made.names:
        lon, lat = lonlat(view, name.x + name.width / 2, name.y + name.height / 2)
        assert grid.toMGRS(lat, lon, MGRSPrecision=0)[-2:] == name.text
    assert made.labels == ()


def test_a_turned_map_has_labels_on_all_sides() -> None:
    view = view_around("EPSG:3857", 128.3, 51.9, 30_000.0)
    turned = replace(view, grid=replace(view.grid, rotation_deg=45.0))
    labels = graticule_of(turned, "DD", size_of).labels
    assert {label.side for label in labels} >= {"bottom", "left"}
    only = graticule_of(view, "DD", size_of, sides=("top", "left")).labels
    assert {label.side for label in only} == {"top", "left"}


def test_nothing_is_drawn_off_the_earth_or_for_other_words() -> None:
    plane = View.of_bounds(PIXEL_SPACE, Bounds(0, -100, 100, 0), 300, 300)
    earth = view_around("EPSG:3857", 10, 50, 1000.0)
    assert all(graticule_of(plane, notation, size_of) == Graticule(notation) for notation in NOTATIONS)
    assert graticule_of(earth, "", size_of) == Graticule("")


def test_labels_thin_out_alike() -> None:
    view = view_around("EPSG:3857", 128.3, 51.9, 30_000.0, (300, 300))
    labels: list[EdgeLabel] = [label for label in graticule_of(view, "UTM", size_of).labels if label.side == "bottom"]
    values = sorted(label.value for label in labels)
    assert len({round(b - a) for a, b in pairwise(values)}) <= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (degrees_text(128.25, 0.05, "EW"), "128.25° E"),
        (degrees_text(-0.5, 0.5, "NS"), "0.5° S"),
        (degrees_text(0.0, 1, "NS"), "0°"),
        (degrees_text(190.0, 10, "EW"), "170° W"),
        (degrees_text(540.0, 10, "EW"), "180°"),
        (dms_text(128.25, 0.25, "EW"), "128°15' E"),
        (dms_text(-51.0 - 59 / 60 - 59.5 / 3600, 0.5 / 3600, "NS"), "51°59'59.5\" S"),
        (dms_text(10.0, 10, "EW"), "10° E"),
        (dms_text(1 / 3, 1 / 60, "EW"), "0°20' E"),
        (metres_text(5_748_000.0, 1000, "N"), "5\u202f748\u202f000 N"),
        (metres_text(454_000.5, 0.5, "E"), "454\u202f000.5 E"),
        (square_digits(454_000.0, 1000.0), "54"),
        (square_digits(500_000.0, 1000.0), "00"),
        (square_digits(454_120.0, 20.0), "5412"),
        (square_digits(450_000.0, 50_000.0), "5"),
    ],
)
def test_words_have_as_many_digits_as_the_step_needs(text: str, words: str) -> None:
    assert text == words


def test_the_zone_is_named_beside_what_stands_in_its_corner() -> None:
    view = view_around("EPSG:3857", 128.3, 51.9, 30_000.0)
    bar = TakenBox(0.0, view.height - 80.0, 240.0, 80.0)
    for notation, name in (("UTM", "UTM 52"), ("MGRS", "52U")):
        (alone,) = graticule_of(view, notation, size_of).names
        (aside,) = graticule_of(view, notation, size_of, avoid=[bar]).names
        assert (alone.text, aside.text) == (name, name)
        assert (alone.x, alone.y) != (aside.x, aside.y)
