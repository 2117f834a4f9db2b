"""The columns follow the document."""

from __future__ import annotations

import random

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.marks.mark_shape import Numbered, as_json
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from tests.viewer.canvas.conftest import site, small_document
from viewer.canvas.sites.site_index import SiteIndex, bounds_of_sites


def view_of(bounds: Bounds, crs: str = WEB_MERCATOR) -> View:
    return View.of_bounds(crs, transform_bounds(WGS84, crs, bounds), 800, 600)


def seen(index: SiteIndex, view: View) -> list[str]:
    return [index.uuids[row] for row in index.visible_points(view, 5.0)[0]]


VIEW = view_of(Bounds(9.4, 49.6, 10.6, 50.4))


def test_points_in_view_and_no_others():
    index = SiteIndex.of(small_document().sites)
    assert seen(index, VIEW) == ["port", "firm", "loose"]
    assert seen(index, view_of(Bounds(10.3, 49.9, 10.5, 50.1))) == ["firm"]
    assert seen(index, view_of(Bounds(10.05, 50.35, 10.08, 50.38))) == ["loose"], "its circle reaches into the view"


@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84, "EPSG:32632", "EPSG:3995"])
def test_edits_patch_what_was_projected_before(crs):
    sites = dict(small_document().sites)
    index = SiteIndex.of(sites)
    index.projected(crs)
    sites["port"] = replace(sites["port"], geometry=shapely.Point(10.2, 50.05), position_error_m=None, rev=2)
    sites["new"] = site("new", shapely.MultiPoint([(10.1, 49.9), (10.3, 49.9)]))
    del sites["firm"]
    index.update(["port", "new", "firm"], sites)
    fresh = SiteIndex.of({u: sites[u] for u in ("port", "loose", "line", "field", "new")})
    view = view_of(Bounds(9.4, 49.6, 10.6, 50.4), crs)
    _, px, py, error = index.visible_points(view, 5.0)
    _, px2, py2, error2 = fresh.visible_points(view, 5.0)
    np.testing.assert_allclose([px, py, error], [px2, py2, error2])
    assert seen(index, view) == seen(fresh, view) == ["port", "loose", "new", "new"]


@pytest.mark.parametrize(
    ("fields", "is_same"),
    [
        ({"label": "Another"}, True),
        ({"notes": "More", "status": "reviewed"}, True),
        ({"role": "named in a claim"}, False),
        ({"class_code": "antenna"}, False),
        ({"position_error_m": 70.0}, False),
        ({"position_error_m": None}, False),
        ({"stroke_color": "#123456"}, False),
        ({"lifecycle": "planned"}, False),
        ({"shape_json": as_json(Numbered(4))}, False),
        ({"geometry": shapely.Point(10.001, 50)}, False),
    ],
)
def test_an_edit_of_words_alone_leaves_the_view_as_it_is(fields, is_same):
    sites = dict(small_document().sites)
    index = SiteIndex.of(sites)
    before = index.placed_at
    for _ in range(2):  # and back
        after = replace(sites["port"], **fields)
        sites["port"], was = after, sites["port"]
        index.update(["port"], sites)
        assert index.sites["port"] is after
        assert (index.placed_at == before) is is_same
        fresh = SiteIndex.of(sites)
        np.testing.assert_array_equal(
            np.array(index.visible_points(VIEW, 5.0)[1:]), fresh.visible_points(VIEW, 5.0)[1:]
        )
        assert [index.symbols[at] for at in index.symbol[index.rows_of("port")]] == [
            fresh.symbols[at] for at in fresh.symbol[fresh.rows_of("port")]
        ]
        before = index.placed_at
        fields = {column: getattr(was, column) for column in fields}
    index.update(["port"], {uuid: row for uuid, row in sites.items() if uuid != "port"})
    assert index.placed_at == index.revision


def test_a_copy_is_the_same_and_follows_edits_by_itself():
    sites = dict(small_document().sites)
    sites["number"] = site("number", shapely.Point(10.2, 50.2), shape_json='{"kind": "numbered_marker", "number": 4}')
    index = SiteIndex.of(sites)
    before = seen(index, VIEW), index.shapes_near(VIEW)
    index.show_solid(frozenset({"port"}))
    copied = index.copied()
    assert (seen(copied, VIEW), copied.shapes_near(VIEW)) == before
    assert copied.solid == {"port"}
    copied.show_solid(None)
    assert index.is_place("firm")
    assert not copied.is_place("firm")
    changed = dict(sites)
    changed["port"] = replace(sites["port"], geometry=shapely.Point(30, 50), rev=2)
    changed["line"] = replace(sites["line"], geometry=shapely.LineString([(30, 50), (31, 50)]), rev=2)
    changed["new"] = site("new", shapely.Point(10.1, 49.9))
    del changed["firm"], changed["number"]
    copied.update(["port", "line", "new", "firm", "number"], changed)
    assert seen(copied, VIEW) == ["loose", "new"]
    assert (seen(index, VIEW), index.shapes_near(VIEW)) == before
    assert index.sites["port"] is sites["port"]
    assert seen(SiteIndex.of(changed), VIEW) == seen(copied, VIEW)


def test_error_circles_have_their_size_in_pixels():
    index = SiteIndex.of(small_document().sites)
    rows, _, py, error_px = index.visible_points(VIEW, 5.0)
    loose = [index.uuids[row] for row in rows].index("loose")
    north_px = VIEW.to_pixel(*transform_bounds(WGS84, WEB_MERCATOR, Bounds(10, 50.3 + 20_000 / 111_250, 10.1, 51))[:2])[
        1
    ]
    assert error_px[loose] == pytest.approx(py[loose] - north_px, rel=0.01)


def test_bounds_hold_the_areas_that_stand_for_places():
    west, south, east, north = SiteIndex.of(
        {"a": site("a", shapely.Point(10, 50), position_error_m=111_195.0)}
    ).bounds_lonlat()
    assert (south, north) == pytest.approx((49, 51))
    assert (west, east) == pytest.approx((10 - 1.556, 10 + 1.556), abs=0.01)
    assert SiteIndex.of({}).bounds_lonlat() is None


def some_site(rng: random.Random, uuid: str) -> Site:
    """A point, a number or a callout, known well, loosely or not at all, some of them at the edge of the map."""
    lon = rng.choice([rng.uniform(8, 12), rng.uniform(8, 12), rng.uniform(-180, 180), 179.9])
    place = shapely.Point(lon, rng.choice([rng.uniform(48, 52), rng.uniform(-90, 90)]))
    shapes = (
        "",
        '{"kind": "numbered_marker", "number": 4}',
        f'{{"kind": "callout", "text": "x", "leader": [{lon}, 50]}}',
    )
    shape = rng.choices(shapes, (8, 1, 1))[0]
    return site(uuid, place, position_error_m=rng.choice([None, 50.0, 30_000.0, 3e6]), shape_json=shape)


def looked_at_all(index: SiteIndex, view: View) -> list[str]:
    """The rows in view, each of them looked at."""
    points, inverse = index.projected(view.grid.crs), view.affine.inverse()
    error_px = np.nan_to_num(index.error_m / (points.unit_m * view.grid.resolution), nan=0.0, posinf=0.0)
    reach = np.maximum(error_px, 5.0)
    index.widen_for_signs(reach, np.arange(len(reach)), view.ratio)

    def inside(x, y, reach):
        px, py = inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f
        return (px > -reach) & (px < view.width + reach) & (py > -reach) & (py < view.height + reach)

    found = inside(points.x, points.y, reach)
    rows, px, py = index.lead_pixels(view)
    found[rows] |= (
        (px > -reach[rows]) & (px < view.width + reach[rows]) & (py > -reach[rows]) & (py < view.height + reach[rows])
    )
    over = index.areas_over_the_edge(view.grid.crs)
    found[over] |= np.isfinite(points.x[over])
    return [index.uuids[row] for row in np.flatnonzero(found & index.alive)]


@pytest.mark.parametrize("seed", range(8))
def test_points_in_view_are_those_that_a_look_at_all_of_them_finds(seed: int):
    rng = random.Random(seed)
    sites = {str(at): some_site(rng, str(at)) for at in range(150)}
    index = SiteIndex.of(sites)
    for turn in range(6):
        for _ in range(4):
            west, south = rng.uniform(7, 11), rng.uniform(47, 51)
            size = rng.choice([0.05, 1.0, 6.0])
            view = view_of(
                Bounds(west, south, west + size, south + size), rng.choice([WEB_MERCATOR, WGS84, "EPSG:3995"])
            )
            view = replace(
                view, grid=replace(view.grid, rotation_deg=rng.choice([0.0, 33.0])), ratio=rng.choice([1, 1.5])
            )
            assert seen(index, view) == looked_at_all(index, view)
        touched = [str(rng.randrange(150)) for _ in range(3)] + [
            f"new {turn} {at}" for at in range(rng.choice([1, 40]))
        ]
        for uuid in touched:
            error = rng.choice([None, 80.0, 60_000.0])
            known = sites.get(uuid)
            moved = known is None or rng.random() < 0.5
            sites[uuid] = some_site(rng, uuid) if moved else replace(known, position_error_m=error)
        del sites[touched[0]]
        index.update(touched, sites)


def test_a_place_without_a_place_in_the_crs_is_left_out():
    index = SiteIndex.of({"pole": site("pole", shapely.Point(10, -89.9)), "port": site("port", shapely.Point(10, 50))})
    assert seen(index, view_of(Bounds(9.4, 49.6, 10.6, 50.4), "EPSG:3995")) == ["port"]


WIDE = shapely.Polygon([(-179, -60), (179, -60), (179, 70), (-179, 70)])
ISLAND = shapely.Polygon([(179, -16), (-179.5, -16.2), (-179, -17), (179.2, -17.3)])


def test_bounds_are_those_of_what_is_drawn():
    assert bounds_of_sites([site("w", WIDE)]) == Bounds(-179, -60, 179, 70)
    found = bounds_of_sites([site("i", ISLAND), site("p", shapely.Point(178, -15), position_error_m=None)])
    assert tuple(found) == pytest.approx((178, -17.3, 181, -15)), "also as a case may hold it"
    assert bounds_of_sites([]) is None


def test_areas_over_the_edge_are_those_whose_circle_reaches_it_on_maps_that_end_there():
    places = {"far": (150, 0), "near": (179, 60), "west": (-178, -20), "pole": (10, 88), "exact": (179.99, 60)}
    errors = {"far": 3e5, "near": 2e5, "west": 3e5, "pole": 5e5, "exact": 100.0}
    index = SiteIndex.of({n: site(n, shapely.Point(p), position_error_m=errors[n]) for n, p in places.items()})
    assert [index.uuids[row] for row in index.areas_over_the_edge(WEB_MERCATOR)] == ["near", "west", "pole"]
    assert len(index.areas_over_the_edge("EPSG:3576")) == 0


def test_sites_beyond_the_map_are_counted_as_edits_come():
    near, far = site("near", shapely.Point(0, 10)), site("far", shapely.Point(0, 88))
    index = SiteIndex.of({"near": near, "far": far})
    assert index.beyond_mercator == 1
    moved = replace(near, geometry=shapely.Point(0, -87))
    index.update(["near"], {"near": moved, "far": far})
    assert index.beyond_mercator == 2
    index.update(["far"], {"near": moved})
    assert index.beyond_mercator == 1
    index.update(["near", "far"], {"near": near, "far": replace(far, geometry=shapely.Point(0, 95))})
    assert index.beyond_mercator == 0


def test_areas_over_the_edge_follow_edits() -> None:
    area = Site(uuid="a", geometry=Point(179.99, 0), position_error_m=5000.0)
    index = SiteIndex.of({"a": area})
    assert index.areas_over_the_edge("EPSG:3857").tolist() == [0]
    assert index.areas_over_the_edge("EPSG:32652").tolist() == []
    index.update(["a"], {"a": replace(area, geometry=Point(170, 0))})
    assert index.areas_over_the_edge("EPSG:3857").tolist() == []
    index.update(["a"], {"a": area})
    assert index.areas_over_the_edge("EPSG:3857").tolist() == [0]


def test_new_sites_are_looked_at_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at one geometry lets other threads have the interpreter: of thousands the window would halt."""
    looks: list[object] = []
    monkeypatch.setattr("viewer.canvas.sites.site_index.why_off_earth", looks.append)
    sites = {f"s{n}": site(f"s{n}", Point(n / 10, 50)) for n in range(50)}
    sites["nowhere"] = site("nowhere", Point(10, 400))
    index = SiteIndex.of({})
    index.update(sites, sites)
    assert not looks
    assert index.uuids == [f"s{n}" for n in range(50)]
    assert index.off_earth.keys() == {"nowhere"}
    assert index.placed_at == index.revision
