"""The closed formula of conic maps, against PROJ."""

from __future__ import annotations

import numpy as np
import pytest

from layers.geo.crs import WGS84, transform_points
from layers.geo.map_projections import azimuthal, conic
from layers.readers.geometry import steps
from layers.readers.geometry.albers import albers_of
from layers.readers.geometry.steps import to_steps

MAPS = {"north": conic(100.0, 20.0, 65.0), "south": conic(-60.0, -55.0, -20.0)}
SAME_PARALLELS = (
    "+proj=aea +lat_0=40 +lon_0=10 +lat_1=45 +lat_2=45 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs +type=crs"
)


@pytest.mark.parametrize("where", MAPS)
def test_features_of_a_conic_map_lie_where_proj_has_them(where: str) -> None:
    random = np.random.default_rng(5)
    lonlat = np.stack([random.uniform(-79.0, 119.0, 6_000), random.uniform(-89.0, 89.0, 6_000)], axis=1)
    assert albers_of(MAPS[where]) is not None
    assert len(lonlat) >= steps.MANY_POINTS
    placed, good = to_steps(WGS84, MAPS[where], lonlat)
    right = np.stack(transform_points(WGS84, MAPS[where], *lonlat.T), axis=1) / steps.STEP_UNITS
    assert good is None
    assert np.abs(placed - right).max() < 0.501


OTHERS = {
    "azimuthal": azimuthal(10.0, 45.0),
    "other datum": SAME_PARALLELS.replace("WGS84", "NAD27"),
    "moved": SAME_PARALLELS.replace("x_0=0", "x_0=9"),
}


@pytest.mark.parametrize("crs", OTHERS)
def test_no_formula_stands_in_for_another_projection(crs: str) -> None:
    assert albers_of(OTHERS[crs]) is None


def test_places_that_are_turned_about_the_earth_are_left_to_proj() -> None:
    albers = albers_of(MAPS["north"])
    assert albers is not None
    assert albers.covers(np.array([60.0, 140.0]), np.array([20.0, 90.0]))
    assert not albers.covers(np.array([-90.0]), np.array([20.0]))
    assert not albers.covers(np.array([60.0, np.nan]), np.array([20.0, 20.0]))
