"""Measurements on the map: dimension lines with their ends, circles and arcs, and the result in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import as_json
from layers.document.marks.measurement import QUANTITIES, Measurement
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import destination
from layers.grid.tile_grid import View
from tests.support.painted_scenes import painted, view_of
from viewer.canvas.mark_query import mark_hits_at
from viewer.canvas.sites.site_symbology import line_symbol

ABOUT = Bounds(9.88, 49.92, 10.12, 50.08)
PLACES = [(9.93, 50.0), (10.02, 50.0), (10.0, 50.04)]


def measurement(quantity: str, places: list[tuple[float, float]] = PLACES, **fields: Any) -> Site:
    wanted = QUANTITIES[quantity]
    make = shapely.Polygon if wanted.geometry == "polygon" else shapely.LineString
    geometry = make(places[: wanted.places])
    shape = Measurement(quantity, pick_m=10.0).of(geometry)
    given = {"mark_kind": "measurement", "label": shape.text, "shape_json": as_json(shape), **fields}
    return Site(uuid="m", geometry=geometry, **given)


def pixel_of(view: View, lon: float, lat: float) -> tuple[float, float]:
    x, y = transform_points(WGS84, view.grid.crs, lon, lat)
    return view.to_pixel(float(x), float(y))


def words(scene: Any, view: View) -> list[str]:
    return [" ".join(label.text.split()) for label in scene.label_layout(view).placed]


@pytest.fixture
def view() -> View:
    return view_of(ABOUT)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_result_stands_on_the_map_with_the_name_before_it(make_scene, view, quantity):
    site = measurement(quantity)
    scene = make_scene(Document({"sites": [site]}))
    (said,) = words(scene, view)
    assert said == site.label
    assert "±" in said
    named = replace(site, label="Runway", rev=2)
    scene.document.apply(Edit("Name it", (Change("sites", site, named),)))
    (said,) = words(scene, view)
    assert said == f"Runway: {site.label}"


def test_a_dimension_line_has_a_bar_across_each_end(make_scene, view):
    site = measurement("length", PLACES[:2])
    bars = painted(make_scene(Document({"sites": [site]})), view)
    plain = painted(make_scene(Document({"sites": [replace(site, mark_kind="site", label="")]})), view)
    for lon, lat in PLACES[:2]:
        x, y = pixel_of(view, lon, lat)
        for dy in (-6, 6):
            at = round(x), round(y) + dy
            assert bars.pixelColor(*at).lightness() > 150
            assert plain.pixelColor(*at).lightness() < 90
    middle = pixel_of(view, 9.95, 50.0)
    assert bars.pixelColor(round(middle[0]), round(middle[1])).name() == line_symbol(site).color


def test_a_radius_has_its_circle_also_where_only_that_is_in_view(make_scene):
    site = measurement("radius")
    far_side = destination(*PLACES[0], 270.0, 6449.0)
    view = view_of(Bounds(far_side[0] - 0.01, 49.99, far_side[0] + 0.01, 50.01))
    with_circle = painted(make_scene(Document({"sites": [site]})), view)
    without = painted(make_scene(Document({"sites": [replace(site, mark_kind="site")]})), view)
    assert with_circle != without
    scene = make_scene(Document({"sites": [site]}))
    radius_m = Measurement("radius").of(site.geometry).result
    on_it = destination(*PLACES[0], 270.0, radius_m)
    assert [hit.uuid for hit in mark_hits_at(scene, view, *pixel_of(view, *on_it), 4.0)] == ["m"]


def test_a_distance_from_a_line_is_drawn_to_its_foot_and_not_to_the_lines_end(make_scene, view):
    site = measurement("cross-track")
    scene = make_scene(Document({"sites": [site]}))
    (_, second, third) = PLACES
    on_way = (second[0] + third[0]) / 2, (second[1] + third[1]) / 2
    assert not mark_hits_at(scene, view, *pixel_of(view, *on_way), 4.0)
    to_foot = pixel_of(view, third[0], 50.02)
    assert [hit.uuid for hit in mark_hits_at(scene, view, *to_foot, 4.0)] == ["m"]


def test_an_odd_row_is_drawn_as_what_its_geometry_can_measure(make_scene, view):
    odd = measurement("length", shape_json='{"kind":"measurement","quantity":"bearing","result":1}', label="")
    scene = make_scene(Document({"sites": [odd]}))
    (said,) = words(scene, view)
    assert said.endswith("km")
    many = replace(odd, geometry=shapely.MultiLineString([PLACES, np.array(PLACES) + 0.01]), uuid="two")
    assert painted(make_scene(Document({"sites": [many]})), view) != painted(make_scene(Document()), view)
