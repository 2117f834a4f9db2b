"""Geometries from GeoJSON of others."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InvalidValue
from layers.geo.geojson_geometry import MOST_VERTICES, geometry_of

SOUND = [
    "POINT (128.334 51.884)",
    "LINESTRING (1 2, 3 4, 5 6)",
    "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 0.5, 2 0.5, 2 1, 1 0.5))",
    "MULTIPOINT ((1 2), (3 4))",
    "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
    "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)), ((10 10, 14 10, 14 14, 10 10)))",
]


@pytest.mark.parametrize("wkt", SOUND)
def test_every_kind_is_read_as_it_was_written(wkt: str) -> None:
    geometry = shapely.from_wkt(wkt)
    assert geometry_of(json.loads(shapely.to_geojson(geometry))) == geometry


def test_heights_are_left_out() -> None:
    assert geometry_of({"type": "Point", "coordinates": [1, 2, 300]}) == shapely.Point(1, 2)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "POINT (1 2)",
        {},
        {"type": "Point"},
        {"type": ["Point"], "coordinates": [1, 2]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": [1, True]},
        {"type": "Point", "coordinates": ["1", "2"]},
        {"type": "Point", "coordinates": [1, 91]},
        {"type": "Point", "coordinates": [500_000, 5_000_000]},
        {"type": "Point", "coordinates": [10**400, 1]},
        {"type": "Point", "coordinates": [float("nan"), 1]},
        {"type": "LineString", "coordinates": [[1, 2]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[[0, 0]]]]},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]},
        {"type": "LineString", "coordinates": {"0": [1, 2]}},
    ],
)
def test_anything_else_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        geometry_of(value)
    assert refused.value.sentence.endswith(".")


@pytest.mark.bounded
def test_too_many_vertices_are_refused() -> None:
    with pytest.raises(InvalidValue, match="vertices"):
        geometry_of({"type": "MultiPoint", "coordinates": [[1, 2]] * (MOST_VERTICES + 1)})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=20,
)


@pytest.mark.bounded
@given(kind=st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "MultiPolygon"]), value=JSON)
def test_no_value_raises_anything_but_a_refusal(kind: str, value: Any) -> None:
    with suppress(InvalidValue):
        assert not geometry_of({"type": kind, "coordinates": value}).is_empty
