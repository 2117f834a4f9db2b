"""The projection of a printed map: chosen by its extent, equal-area where that is large, and named in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, crs_name, parse_crs, transform_points, true_north_degrees
from layers.geo.map_projections import azimuthal, conic, projection_words, suited_crs
from layers.grid.graticules.graticule import graticule_of
from layers.grid.tile_grid import View

GEOD = Geod(ellps="WGS84")
EXTENTS = {
    "a river bend": (Bounds(-74.6, -8.6, -74.3, -8.3), "EPSG:32718"),
    "a region": (Bounds(126.0, 50.0, 129.5, 53.0), "EPSG:32652"),
    "an ice runway": (Bounds(10.0, 87.0, 12.0, 88.0), "WGS 84, Lambert azimuthal equal-area about 87.5° N 11° E"),
    "islands astride the dateline": (
        Bounds(176.0, -20.0, 184.0, -14.0),
        "WGS 84, Lambert azimuthal equal-area about 17° S 180° E",
    ),
    "China": (
        Bounds(73.0, 18.0, 135.0, 54.0),
        "WGS 84, Albers equal-area conic about 104° E, true at 24° N and 48° N",
    ),
    "Russia and China": (Bounds(20.0, 10.0, 190.0, 80.0), "WGS 84, Lambert azimuthal equal-area about 45° N 105° E"),
    "Africa": (Bounds(-20.0, -36.0, 52.0, 38.0), "WGS 84, Lambert azimuthal equal-area about 1° N 16° E"),
    "the Arctic": (Bounds(-180.0, 60.0, 180.0, 90.0), "WGS 84, Lambert azimuthal equal-area about 90° N"),
    "the Earth": (Bounds(-180.0, -85.0, 180.0, 85.0), "EPSG:8857"),
}
TWELVE = [
    *(suited_crs(bounds) for bounds, _ in EXTENTS.values()),
    azimuthal(180.0, -90.0),
    conic(180.0, 50.0, 70.0),
    "EPSG:8859",
]
"""Projections with the dateline, a pole or both in the views of the tests."""


@pytest.mark.parametrize("name", EXTENTS)
def test_the_projection_suits_the_extent(name: str) -> None:
    bounds, words = EXTENTS[name]
    crs = suited_crs(bounds)
    assert words in (crs, projection_words(crs))


def test_a_code_is_named_as_everywhere() -> None:
    assert projection_words("EPSG:32652") == crs_name("EPSG:32652")
    assert crs_name(azimuthal(10.0, 50.0)) == "WGS 84 / Lambert Azimuthal Equal Area"


def test_a_frame_that_moves_a_little_keeps_its_projection() -> None:
    assert suited_crs(Bounds(73.0, 18.0, 135.0, 54.0)) == suited_crs(Bounds(73.1, 18.2, 135.1, 54.1))


@settings(max_examples=20, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0.01, 360), st.floats(0.01, 180))
def test_every_part_of_the_earth_has_a_projection_that_shows_its_middle(
    lon: float, lat: float, width: float, height: float
) -> None:
    bounds = Bounds(lon, max(lat - height, -90.0), lon + width, min(lat + height, 90.0))
    crs = suited_crs(bounds)
    x, y = transform_points(WGS84, crs, *bounds.centre)
    assert np.isfinite([x, y]).all()
    assert parse_crs(crs).axis_info[0].unit_name == "metre"
    if crs.startswith("PROJCRS"):
        north = true_north_degrees(crs, float(x), float(y))
        assert not abs(north) > 1.5 or abs(bounds.centre[1]) > 45, "north is up in the middle, as near as makes no odds"


@pytest.mark.parametrize("crs", TWELVE)
def test_areas_are_true_all_over_a_wide_map(crs: str) -> None:
    if crs.startswith(("EPSG:326", "EPSG:327")):
        return  # keeps angles
    for lon, lat in ((100.0, 30.0), (60.0, 62.0), (-170.0, 65.0), (179.9, -20.0)):
        lons, lats = [lon, lon + 0.05, lon + 0.05, lon], [lat, lat, lat + 0.05, lat + 0.05]
        x, y = transform_points(WGS84, crs, lons, lats)
        drawn = abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2
        assert drawn == pytest.approx(abs(GEOD.polygon_area_perimeter(lons, lats)[0]), rel=0.01)


@pytest.mark.parametrize("crs", TWELVE)
@pytest.mark.parametrize("middle", [(180.0, 66.0), (0.0, 90.0), (180.0, 0.0)])
def test_no_line_of_a_graticule_is_torn(crs: str, middle: tuple[float, float]) -> None:
    """The dateline or a pole is in the middle of the map, as far as the projection has it."""
    x, y = transform_points(WGS84, crs, *middle)
    if not np.isfinite([x, y]).all():
        return
    half = 3e6 if not crs.startswith("EPSG:32") else 4e5
    bounds = Bounds(float(x) - half, float(y) - half, float(x) + half, float(y) + half)
    graticule = graticule_of(View.of_bounds(crs, bounds, 800, 800), "DD", lambda text: (8.0 * len(text), 14.0))
    for line in graticule.lines:
        for piece in line.pieces:
            turns = np.diff(np.unwrap(np.arctan2(*np.diff(piece, axis=0).T)))
            steps = np.hypot(*np.diff(piece, axis=0).T)
            bends = np.abs(turns) > 0.6
            assert not (bends & (np.minimum(steps[:-1], steps[1:]) > 40.0)).any(), (line.kind, line.value)
