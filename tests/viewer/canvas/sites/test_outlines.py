"""Outlines of geometries of any size: only what a picture can show is projected, painted and hit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from tests.viewer.canvas.conftest import site
from viewer.canvas.mark_query import marks_at, marks_in_box
from viewer.canvas.scene import MapScene
from viewer.canvas.sites import site_shapes
from viewer.canvas.sites.outlines import MOST_PARTS, MOST_VERTICES, Outline, fewer_vertices, strokes_of
from viewer.canvas.sites.site_shapes import SiteShape, geodesic_step_m, project_geometry
from viewer.support.painting import painting

RNG = np.random.default_rng(7)
WORLD, REGION, CLOSE = Bounds(-170, -75, 170, 75), Bounds(10, 45, 30, 55), Bounds(19.999, 49.999, 20.001, 50.001)


def places(count: int) -> np.ndarray:
    return np.column_stack([RNG.uniform(-180, 180, count), RNG.uniform(-80, 80, count)])


def view_of(bounds: Bounds, crs: str = WEB_MERCATOR) -> View:
    return View.of_bounds(crs, transform_bounds(WGS84, crs, bounds), 600, 400)


def star(count: int) -> shapely.Geometry:
    """Legs from everywhere to one place and back: all of them are in a close view of it."""
    found = np.empty((2 * count, 2))
    found[::2], found[1::2] = places(count), (20.0, 50.0)
    return shapely.LineString(found)


HUGE = {
    "legs across the world": lambda: shapely.LineString(places(10_000)),
    "an area of such legs": lambda: shapely.Polygon(places(3000)),
    "a hub": lambda: star(2000),
    "parts": lambda: shapely.MultiPolygon([shapely.box(x, y, x + 0.01, y + 0.01) for x, y in places(50_000)]),
    "lines": lambda: shapely.MultiLineString([[(x, y), (x + 0.01, y + 0.01)] for x, y in places(50_000)]),
    "a walk": lambda: shapely.LineString(np.add(np.cumsum(RNG.normal(0, 0.001, (300_000, 2)), axis=0), (20, 50))),
}


@pytest.mark.bounded
@pytest.mark.timeout(40)
@pytest.mark.sampled(4)
@pytest.mark.parametrize("crs", [WEB_MERCATOR, "EPSG:32633"])
@pytest.mark.parametrize("name", HUGE)
def test_a_huge_site_is_drawn_and_hit_in_little_time_and_memory(
    make_scene: Callable[..., MapScene], name: str, crs: str
) -> None:
    """10,000 legs took 70 s and 10 GB at a close view; here the whole test has less than that."""
    scene = make_scene(Document({"sites": [site("huge", HUGE[name](), class_code="rail")]}))
    for bounds in (Bounds(5, 0, 25, 70) if crs != WEB_MERCATOR else WORLD, REGION, CLOSE):
        view = view_of(bounds, crs)
        image = QImage(600, 400, QImage.Format.Format_RGB32)
        with painting(image) as painter:
            scene.paint_map(painter, view, selection=frozenset({"huge"}))
        marks_at(scene, view, 300, 200, 5)
        marks_in_box(scene, view, 100, 100, 200, 200)
        if bounds == REGION:
            assert len(set(memoryview(image.constBits()).cast("I"))) > 20, "it is to be seen"


@pytest.mark.bounded
def test_legs_across_the_world_take_little_memory() -> None:
    shape = SiteShape(site("huge", HUGE["legs across the world"]()))
    tracemalloc.start()
    for bounds in (WORLD, REGION, CLOSE):
        view = view_of(bounds)
        shape.outline(view, geodesic_step_m(view.grid.resolution))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300e6


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84, "EPSG:32633"])
def test_near_the_view_the_outline_is_as_fine_as_it_would_be_everywhere(crs: str) -> None:
    """Sixty legs are few enough to be fine all over, sixty and many more far away are not."""
    few = [(19.0 + 0.05 * n, 49.0 if n % 2 else 51.0) for n in range(40)]
    alone = SiteShape(site("few", shapely.LineString(few)))
    crowd = SiteShape(site("crowd", shapely.LineString([*few, *map(tuple, places(4000))])))
    view = view_of(Bounds(19.9, 49.9, 20.1, 50.1), crs)
    step_m = geodesic_step_m(20.0)
    found, whole = crowd.outline(view, step_m), alone.outline(view, step_m)
    assert found is not None
    assert whole is not None
    box = shapely.box(*view.world_bounds())
    lines = [shapely.intersection(shapely.MultiLineString([p.rings[0] for p in o.parts]), box) for o in (found, whole)]
    assert lines[1].length > 0
    off = shapely.hausdorff_distance(shapely.intersection(lines[0], lines[1].buffer(view.grid.resolution)), lines[1])
    assert off < 1.000001 * view.grid.resolution, "legs that cross the clipped strip end at its very edge"
    assert len(found.places) < 20_000, "what is far away is left out"


@pytest.mark.bounded
def test_panning_within_what_is_fine_projects_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made, projected = list[str](), site_shapes.projected
    monkeypatch.setattr(site_shapes, "projected", lambda rings, *how: (made.append(how[0]), projected(rings, *how))[1])
    shape = SiteShape(site("star", star(3000)))
    view = view_of(Bounds(19.9, 49.9, 20.1, 50.1))
    shape.outline(view, 512.0)
    assert made
    made.clear()
    shape.outline(View(view.grid, view.left + 200, view.top - 150, 600, 400), 512.0)
    assert not made
    shape.outline(View(view.grid, view.left + 2000, view.top, 600, 400), 512.0)
    assert made


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 8)), min_size=1, max_size=60),
    st.tuples(st.floats(-60, 60), st.floats(-60, 60), st.floats(0.5, 40)),
)
def test_near_finds_every_part_that_touches(squares: list, around: tuple) -> None:
    parts = shapely.MultiPolygon([shapely.box(x, y, x + size, y + size) for x, y, size in squares])
    outline = project_geometry(parts, WGS84, 1e6)
    box = Bounds(around[0], around[1], around[0] + around[2], around[1] + around[2])
    seen = outline.near(box)
    expected = [
        n for n, (x, y, s) in enumerate(squares) if shapely.box(x, y, x + s, y + s).intersects(shapely.box(*box))
    ]
    assert set(expected) <= set(seen.source.tolist())
    assert seen.bounds == outline.bounds
    assert seen.largest == outline.largest
    for part, number in zip(seen.parts, seen.source.tolist(), strict=True):
        assert shapely.Polygon(part.rings[0]).bounds == pytest.approx(parts.geoms[number].bounds)


def test_many_small_parts_are_dots_and_large_ones_stay() -> None:
    small = [shapely.box(x, y, x + 0.01, y + 0.01) for x, y in places(MOST_PARTS + 500)]
    outline = project_geometry(shapely.MultiPolygon([*small, shapely.box(0, 0, 40, 40)]), WGS84, 1e6)
    rest, middles = outline.dots(0.5)
    assert len(rest) == 1
    assert len(middles) == MOST_PARTS + 500
    assert rest.source.tolist() == [MOST_PARTS + 500]
    shown = outline.shown(0.5)
    assert len(shown) <= MOST_PARTS
    assert MOST_PARTS + 500 in shown.source.tolist()
    cells = np.floor((shown.boxes[:-1, :2] + 0.005) / 0.5)
    assert len(np.unique(cells, axis=0)) == len(cells), "one for each place"


def test_a_part_that_is_cut_and_one_that_is_not() -> None:
    both = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(170, 0, 190, 10)])
    outline = project_geometry(both, WGS84, 1e6)
    assert outline.source.tolist() == [0, 1, 1]
    assert outline.bounds == pytest.approx((-180, 0, 180, 10.1), abs=0.1)
    assert len(Outline.joined(outline, project_geometry(shapely.Point(0, 0), WGS84, 1e6))) == 3


@given(st.integers(0, 50_000), st.floats(0.01, 30))
def test_a_line_loses_no_more_than_pixels_and_keeps_its_ends(count: int, step: float) -> None:
    points = np.cumsum(np.random.default_rng(count).normal(0, step, (count, 2)), axis=0)
    found = fewer_vertices(points)
    assert len(found) <= MOST_VERTICES + 1
    if count <= 2000:
        assert found is points
    else:
        assert found[[0, -1]].tolist() == points[[0, -1]].tolist()


def test_long_lines_come_in_pieces_that_join_and_scribbles_thinned() -> None:
    line = np.column_stack([np.linspace(0, 2000, 3000), np.tile([0.0, 1.0], 1500)])
    strokes, is_scribble = strokes_of([(line, 50.0)], 4000, 4000, 5.0)
    assert not is_scribble
    assert np.array_equal(np.concatenate([points[:-1] for points, _ in strokes]), line[:-1])
    gone = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    assert [start for _, start in strokes] == pytest.approx((50 + gone[:-1:100]).tolist())
    mess = RNG.uniform(-5000, 5000, (20_000, 2))
    strokes, is_scribble = strokes_of([(mess, 0.0)], 600, 400, 5.0)
    assert is_scribble
    assert 50 < len(strokes) < 1000
    assert max(np.abs(points).max() for points, _ in strokes) < 1000, "nothing far outside is stroked"
