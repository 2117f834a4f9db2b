"""Control points in a layer's row: whatever JSON stands there is a set of points, or counts as absent."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.placing.control_points import read_control_points, written_control_points
from layers.errors import CannotBePlaced
from layers.raster.point_fit.control_point import MOST_POINTS, ControlPoint, Method, PointSet
from layers.raster.point_fit.fitted_points import fitted_points
from layers.requests.imagery import ReadTile
from layers.requests.probe import Probe
from tests.support.cases.spoiled_json import spoiled

POINTS = PointSet(
    (ControlPoint(1.5, 2, 10, 50), ControlPoint(90, 4, 10.1, 50), ControlPoint(40, 80, 10.05, 49.9, is_on=False)),
    Method.THIN_PLATE,
    "EPSG:32632",
    (100, 90),
    "pixels",
    "Anna",
    "2026-11-27T10:00:00Z",
)

FINITE = st.floats(-180, 180, allow_nan=False)
SETS = st.builds(
    PointSet,
    st.lists(st.builds(ControlPoint, FINITE, FINITE, FINITE, st.floats(-90, 90), st.booleans()), max_size=5).map(tuple),
    st.sampled_from(Method),
    st.sampled_from(["EPSG:3857", "EPSG:4326"]),
    st.tuples(st.integers(0, 9999), st.integers(0, 9999)),
    st.sampled_from(["", "pixels"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
)


@given(SETS)
def test_what_is_written_is_read(points: PointSet) -> None:
    assert read_control_points(written_control_points(points)) == points
    assert Probe.of(Probe("a", control_points=points).params()) == Probe("a", control_points=points)
    tile = ReadTile("a", control_points=points, width=3, height=4)
    assert ReadTile.of(json.loads(json.dumps(tile.params()))) == tile


def test_anything_else_is_absent() -> None:
    texts = ["", "x", "[]", "3", "null", "nan", "{}", '{"points": []}', "[" * 9000, '{"a":' * 9000, "é" * 300_000]
    assert [read_control_points(text) for text in texts] == [None] * len(texts)
    many = [ControlPoint(n, n, 0, 0) for n in range(MOST_POINTS + 1)]
    assert read_control_points(json.dumps(PointSet(tuple(many)).to_json())) is None
    for odd in ({"px": [1e9, 0]}, {"lonlat": [0, 90.1]}, {"lonlat": [1e300, 0]}, {"on": 1}, {"px": [True, 0]}):
        data = POINTS.to_json()
        data["points"][0] |= odd
        assert read_control_points(json.dumps(data)) is None, odd


@pytest.mark.parametrize("method", list(Method))
def test_spoiled_points_never_raise_anything_else(method: Method) -> None:
    read = 0
    for data in spoiled(POINTS.to_json() | {"method": str(method)}):
        try:
            text = json.dumps(data)
        except ValueError:
            continue
        found = read_control_points(text)
        if found is None:
            continue
        read += 1
        with suppress(CannotBePlaced):
            fitted_points(found, (100, 90))
    assert read > 3
