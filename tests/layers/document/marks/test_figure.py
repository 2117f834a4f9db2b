"""Geometry and shape of a mark, moved, turned and scaled as one."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import (
    Callout,
    Circle,
    Freehand,
    RangeRing,
    Rectangle,
    TextMark,
    as_json,
    is_geometry_of,
    shape_of,
    shape_of_site,
)
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import distance_m

PLACE = (10.0, 50.0)
LINE = shapely.LineString([(10, 50), (10.01, 50.01), (10.02, 50.0)])
SHAPES = {
    "rectangle": Rectangle(PLACE, 300.0, 200.0, 30.0),
    "circle": Circle(PLACE, 500.0),
    "rings": RangeRing(PLACE, (100.0, 900.0)),
    "freehand": Freehand(2.0),
    "callout": Callout("words", (10.01, 50.01)),
    "text": TextMark("words"),
}


def figure_of(kind: str) -> Figure:
    shape = SHAPES[kind]
    if isinstance(shape, Rectangle | Circle | RangeRing):
        return Figure.of_shape(shape)
    geometry = LINE if isinstance(shape, Freehand) else shapely.Point(PLACE)
    return Figure(geometry, shape, as_json(shape))


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(sorted(SHAPES)),
    lon=st.floats(-180, 180),
    lat=st.floats(-85, 85),
    turn=st.floats(0, 359),
    factor=st.floats(0.5, 3.0),
)
def test_wherever_a_mark_is_laid_its_shape_and_geometry_say_the_same(kind, lon, lat, turn, factor):
    before = figure_of(kind)
    after = before.laid(PLACE, (lon, lat), turn_deg=turn, factor=factor)
    site = Site(uuid="a", geometry=after.geometry, shape_json=after.shape_json)
    assert shape_of_site(site) == after.shape
    assert type(after.shape) is type(before.shape)
    assert shape_of(after.shape_json) == after.shape
    if isinstance(after.shape, Circle):
        assert after.shape.radius_m == pytest.approx(500.0 * factor)


def test_a_callout_takes_its_box_along_however_it_is_moved():
    callout = figure_of("callout")
    far_m = distance_m(*PLACE, *SHAPES["callout"].leader)
    for moved in (callout.laid(PLACE, (20.0, 60.0)), callout.with_geometry(shapely.Point(20.0, 60.0))):
        assert distance_m(20.0, 60.0, *moved.shape.leader) == pytest.approx(far_m)
        assert is_geometry_of(moved.shape, moved.geometry)


def test_an_unknown_shape_is_kept_as_it_stands():
    site = Site(uuid="a", geometry=LINE, shape_json='{"kind": "spiral"}')
    assert Figure.of(site).laid(PLACE, (20.0, 60.0)).shape_json == '{"kind": "spiral"}'


def test_what_would_be_too_large_is_refused():
    with pytest.raises(InvalidValue):
        figure_of("circle").laid(PLACE, PLACE, factor=1e6)
