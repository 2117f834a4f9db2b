"""Lines and polygons: geodesic, torn nowhere, dashes that stay put."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.document.site import Site
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.geo.measure import length_m
from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.sites import site_shapes
from viewer.canvas.sites.site_shapes import (
    SiteShape,
    circles_of,
    geodesic_step_m,
    polygon_in_view,
    project_geometry,
    project_together,
    runs_in_view,
    to_pixels,
)

HALF = 20037508.3428


def test_far_legs_follow_the_geodesic():
    outline = project_geometry(shapely.LineString([(37.6, 55.7), (131.9, 43.1)]), WEB_MERCATOR, 100_000)
    (line,) = (ring for part in outline.parts for ring in part.rings)
    lon, lat = transform_points(WEB_MERCATOR, WGS84, line[:, 0], line[:, 1])
    assert lat.max() > 60, "the short way from Moscow to Vladivostok goes north of both"
    assert length_m(lon, lat) == pytest.approx(length_m([37.6, 131.9], [55.7, 43.1]), rel=1e-6)


@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84])
def test_lines_and_polygons_are_cut_at_the_antimeridian(crs):
    edge = HALF if crs == WEB_MERCATOR else 180.0
    for geometry in (
        shapely.LineString([(170, 60), (-170, 62)]),
        shapely.Polygon([(170, 60), (-170, 60), (-170, 65), (170, 65)]),
    ):
        outline = project_geometry(geometry, crs, 100_000)
        assert len(outline.parts) == 2
        for part in outline.parts:
            xs = part.rings[0][:, 0]
            assert np.ptp(xs) < edge * 0.1, "no part runs across the map"
            assert np.abs(xs).max() <= edge * (1 + 1e-9)


WIDE = [(-179, -60), (179, -60), (179, 70), (-179, 70)]


@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84])
def test_a_box_of_nearly_the_whole_earth_is_as_wide_as_its_ring_says(crs):
    (part,) = project_geometry(shapely.Polygon(WIDE), crs, 100_000).parts
    lon, lat = transform_points(crs, WGS84, *part.rings[0].T)
    assert (lon.min(), lat.min(), lon.max(), lat.max()) == pytest.approx((-179, -60, 179, 70), abs=0.01)
    near_greenwich = np.abs(lon) < 20
    assert set(np.round(lat[near_greenwich]).tolist()) == {-60.0, 70.0}, "its edges run along the parallels"
    narrow = project_geometry(shapely.Polygon(WIDE[::-1]), crs, 100_000)
    assert len(narrow.parts) == 2, "round the other way it is the narrow one, as in a layer"


def test_around_the_pole_such_a_box_goes_by_way_of_greenwich():
    (part,) = project_geometry(shapely.Polygon(WIDE), "EPSG:3995", 100_000).parts
    assert part.is_polygon
    assert part.rings[0][:, 1].min() < -2_000_000


def test_on_a_polar_grid_nothing_is_cut():
    assert len(project_geometry(shapely.LineString([(170, 80), (-170, 80)]), "EPSG:3995", 100_000).parts) == 1


def test_what_a_crs_cannot_show_is_left_out():
    outline = project_geometry(shapely.LineString([(129, 0), (129, 30), (-51, -20)]), "EPSG:32652", 100_000)
    steps = [np.hypot(*np.diff(ring, axis=0).T).max() for part in outline.parts for ring in part.rings]
    assert steps
    assert max(steps) < 8_000_000


def test_circles_are_geodesic_and_cut_too():
    first, second = circles_of([(128.3, 51.9, 30_000), (179.9, 60, 30_000)], WEB_MERCATOR)
    (part,) = first.parts
    assert np.ptp(part.rings[0][:, 1]) == pytest.approx(60_000 / np.cos(np.radians(51.9)), rel=0.01)
    assert len(second.parts) == 2


def test_steps_get_finer_with_the_scale():
    steps = [geodesic_step_m(m) for m in (10_000, 1000, 100, 10, 1)]
    assert steps == sorted(steps, reverse=True)
    assert geodesic_step_m(float("nan")) == steps[0]


def test_dashes_stay_put_while_one_pans():
    line = np.column_stack([np.linspace(0, 100_000, 101), np.zeros(101)])
    grid = TileGrid(WEB_MERCATOR, 10.0)
    starts = []
    for left in (0, 2000, 4000):
        view = View(grid, left, -50, 500, 100)
        (run,) = runs_in_view(to_pixels(view, line), view, 10.0)
        starts.append(run.start_px - (run.points[0, 0] + left))
    assert starts == pytest.approx([0, 0, 0])


def test_only_what_is_near_is_painted():
    view = View(TileGrid(WEB_MERCATOR, 10.0), 0, -50, 500, 100)
    line = np.array([(-9000.0, 0.0), (-8000.0, 0.0), (100.0, 0.0), (200.0, 0.0), (90_000.0, 0.0), (95_000.0, 0.0)])
    (run,) = runs_in_view(to_pixels(view, line), view, 10.0)
    assert run.points[:, 0].tolist() == [-800.0, 10.0, 20.0, 9000.0]
    assert runs_in_view(to_pixels(view, line + np.array([0, 1e6])), view, 10.0) == []


def test_huge_polygons_are_cut_to_the_surroundings():
    view = View(TileGrid(WEB_MERCATOR, 0.1), 0, 0, 500, 400)
    ring = np.array([(-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF), (-HALF, -HALF)])
    (rings,) = polygon_in_view((ring,), view)
    assert np.abs(rings[0]).max() < 1000
    assert shapely.Polygon(rings[0]).contains(shapely.box(0, 0, 500, 400))


@pytest.mark.parametrize("crs", [WEB_MERCATOR, "EPSG:4326", "EPSG:3995", "EPSG:32632"])
def test_many_circles_are_as_each_alone(crs: str) -> None:
    """Also over the antimeridian, over a pole, and larger than the Earth."""
    places = [(9.0 + n % 7, 40.0 + n % 11, 500.0 * (n + 1)) for n in range(60)]
    places += [(179.9, 60.0, 30_000.0), (10.0, 89.9, 50_000.0), (0.0, 0.0, 3e7), (-179.95, -20.0, 90_000.0)]
    for place, outline in zip(places, circles_of([*places, *places], crs)[len(places) :], strict=True):
        site_shapes._circles.clear()
        (alone,) = circles_of([place], crs)
        assert len(outline.parts) == len(alone.parts)
        assert outline.bounds == alone.bounds
        for one, other in zip(outline.parts, alone.parts, strict=True):
            assert one.is_polygon == other.is_polygon
            assert [ring.tolist() for ring in one.rings] == [ring.tolist() for ring in other.rings]


@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84, "EPSG:32652"])
def test_shapes_that_are_projected_together_are_those_projected_alone(crs, monkeypatch):
    """Holes, parts over the antimeridian, long and empty ones among them; a call takes some, a second the rest."""
    monkeypatch.setattr(site_shapes, "SHAPES_A_CALL", 7)
    hole = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.4)]
    geometries = [
        *(shapely.box(at, at / 2, at + 0.3, at / 2 + 0.2) for at in range(9)),
        shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [hole]),
        shapely.LineString([(128.0, 51.0), (128.2, 51.3), (128.1, 51.9)]),
        shapely.box(179.6, 10, 180.4, 10.5),
        shapely.LineString([(37.6, 55.7), (131.9, 43.1)]),
        shapely.MultiPolygon([shapely.box(3, 3, 4, 4), shapely.box(5, 3, 6, 4)]),
        shapely.Polygon([(2, 2), (2, 2), (2, 2), (2, 2)]),
    ]
    alone, together = ([SiteShape(Site(uuid=str(i), geometry=g)) for i, g in enumerate(geometries)] for _ in range(2))
    project_together(together, crs)
    later, projected = list[str](), site_shapes.projected
    with monkeypatch.context() as counting:
        counting.setattr(
            site_shapes, "projected", lambda rings, *how: (later.append(how[0]), projected(rings, *how))[1]
        )
        for shape in together:
            shape.box(crs)
    assert len(together) - len(later) == (13 if crs in (WEB_MERCATOR, WGS84) else 0)
    view = View(TileGrid(crs, 0.5 if crs == WGS84 else 50_000.0), -400, -400, 800, 800)
    for one, other in zip(alone, together, strict=True):
        assert one.box(crs) == other.box(crs)
        drawn, shared = one.outline(view, 2.0**18), other.outline(view, 2.0**18)
        assert (drawn is None) == (shared is None)
        if drawn is not None and shared is not None:
            assert np.array_equal(drawn.places, shared.places)
            assert np.array_equal(drawn.first_ring, shared.first_ring)
            assert drawn.is_polygon.tolist() == shared.is_polygon.tolist()
            assert drawn.source.tolist() == shared.source.tolist()
