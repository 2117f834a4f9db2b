import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.antimeridian import at_home, boxes_of, in_one_piece, split_geometry
from layers.geo.lon_extent import narrowest
from layers.geo.longitudes import all_near, normalise_lon, shift_near, unwrap_longitudes

LONS = st.floats(-1e4, 1e4)


@pytest.mark.parametrize(("lon", "normal"), [(180, 180), (-180, -180), (181, -179), (-181, 179), (540, -180), (725, 5)])
def test_normalise_lon(lon, normal):
    assert normalise_lon(lon) == normal


@given(LONS, LONS)
def test_shift_near_is_a_whole_turn_and_near(lon, reference):
    shifted = shift_near(lon, reference)
    assert abs(shifted - reference) <= 180 + 1e-6
    turns = (shifted - lon) / 360
    assert turns == pytest.approx(round(turns), abs=1e-9)
    (with_others,) = all_near(np.array([lon]), reference)
    assert with_others == pytest.approx(shifted, abs=1e-6) or abs(shifted - reference) > 180 - 1e-6


@given(st.lists(st.floats(-180, 180), min_size=1))
def test_unwrapped_longitudes_have_no_jump_and_mean_the_same(lons):
    unwrapped = unwrap_longitudes(lons)
    assert unwrapped[0] == lons[0]
    assert np.abs(np.diff(unwrapped)).max(initial=0) <= 180 + 1e-9
    assert np.allclose((unwrapped - lons) / 360, np.round((unwrapped - lons) / 360))


def test_what_does_not_cross_is_the_same_object():
    for geometry in (
        shapely.Point(5, 5),
        shapely.box(170, 0, 180, 10),
        shapely.box(-180, -90, 180, 90),
        shapely.LineString(),
        shapely.GeometryCollection([shapely.Point(1, 1), shapely.LineString([(0, 0), (100, 5)])]),
    ):
        assert split_geometry(geometry) is geometry


def test_a_line_over_the_antimeridian_is_cut_in_two():
    split = split_geometry(shapely.LineString([(170, 0), (-170, 10)]))
    assert split.geom_type == "MultiLineString"
    assert [list(part.coords) for part in split.geoms] == [[(170, 0), (180, 5)], [(-180, 5), (-170, 10)]]


def test_a_polygon_in_running_longitudes_keeps_its_hole_and_area():
    shell = shapely.box(170, 0, 190, 10)
    hole = shapely.box(175, 2, 185, 4)
    split = split_geometry(shapely.difference(shell, hole))
    assert split.area == pytest.approx(200 - 20)
    assert split.bounds == (-180, 0, 180, 10)
    assert all(part.area == pytest.approx(90) for part in split.geoms)


def test_a_jumping_ring_is_the_narrow_one_and_its_hole_comes_along():
    shell = [(170, 0), (-170, 0), (-170, 10), (170, 10)]
    hole = [(-178, 2), (-176, 2), (-176, 4), (-178, 4)]
    split = split_geometry(shapely.Polygon(shell, [hole]))
    assert split.area == pytest.approx(200 - 4)
    assert not split.contains(shapely.Point(0, 5))
    assert not split.intersects(shapely.Point(-177, 3))


def _parallel(lat, first_lon, step):
    """A ring around the pole that starts anywhere and goes either way."""
    lons = [normalise_lon(first_lon + step * number) for number in range(int(360 / abs(step)))]
    return [(lon, lat) for lon in lons]


@pytest.mark.parametrize("step", [10.0, -10.0])
@pytest.mark.parametrize("first_lon", [-170.0, -180.0, 180.0, 3.0, 177.5])
def test_a_ring_around_a_pole_holds_the_pole(first_lon, step):
    cap = split_geometry(shapely.Polygon(_parallel(-70, first_lon, step)))
    assert cap.area == pytest.approx(360 * 20)
    assert cap.bounds == (-180, -90, 180, -70)
    band = split_geometry(shapely.Polygon(_parallel(70, first_lon, step), [_parallel(80, 55.0, 10.0)]))
    assert band.area == pytest.approx(360 * 10)
    assert band.bounds == (-180, 70, 180, 80)
    assert cap.is_valid
    assert band.is_valid


def test_a_ring_already_cut_along_the_pole_is_left_alone():
    land = shapely.Polygon([(-180, -90), (180, -90), (180, -70), (0, -65), (-180, -70)])
    assert split_geometry(land) is land


def test_points_and_mixed_collections():
    assert split_geometry(shapely.Point(190, 3)).equals(shapely.Point(-170, 3))
    assert split_geometry(shapely.MultiPoint([(190, 3), (0, 0)])).equals(shapely.MultiPoint([(-170, 3), (0, 0)]))
    mixed = split_geometry(
        shapely.GeometryCollection([shapely.Point(190, 3), shapely.LineString([(179, 0), (-179, 0)])])
    )
    assert [part.geom_type for part in mixed.geoms] == ["Point", "MultiLineString"]


def test_heights_are_kept_and_interpolated():
    split = split_geometry(shapely.LineString([(170, 0, 100), (-170, 0, 200)]))
    assert split.has_z
    assert split.geoms[0].coords[-1] == (180, 0, 150)


def test_an_invalid_polygon_is_cut_without_an_error():
    bow = shapely.Polygon([(170, 0), (190, 10), (190, 0), (170, 10)])
    assert split_geometry(bow).bounds == (-180, 0, 180, 10)


@given(st.floats(-180, 180), st.floats(-60, 60), st.floats(0.1, 80), st.floats(0.1, 25))
def test_splitting_keeps_the_area_and_stays_in_range(lon, lat, half_width, half_height):
    box = shapely.box(lon - half_width, lat - half_height, lon + half_width, lat + half_height)
    split = split_geometry(box)
    left, _, right, _ = split.bounds
    assert -180 <= left <= right <= 180
    assert split.area == pytest.approx(box.area, rel=1e-6)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("POINT (250 40)", "POINT (-110 40)"),
        ("POINT (359.5 1)", "POINT (-0.5 1)"),
        ("MULTIPOINT (190 3, 0 0)", "MULTIPOINT (-170 3, 0 0)"),
        ("LINESTRING (185 0, 200 10)", "LINESTRING (-175 0, -160 10)"),
        (
            "MULTIPOLYGON (((190 0, 191 0, 191 1, 190 0)), ((1 0, 2 0, 2 1, 1 0)))",
            "MULTIPOLYGON (((-170 0, -169 0, -169 1, -170 0)), ((1 0, 2 0, 2 1, 1 0)))",
        ),
        ("POINT Z (-190 3 7)", "POINT Z (170 3 7)"),
    ],
)
def test_what_lies_beyond_comes_home(given, wanted):
    home = at_home(shapely.from_wkt(given))
    assert shapely.equals_exact(home, shapely.from_wkt(wanted), tolerance=1e-9)
    assert home.has_z == ("Z" in wanted)


@pytest.mark.parametrize(
    "wkt",
    ["POINT (180 1)", "POINT (-180 1)", "LINESTRING (170 0, 190 1)", "LINESTRING (-180 0, -180 5)", "POINT EMPTY"],
)
def test_what_begins_at_home_stays_as_it_is(wkt):
    geometry = shapely.from_wkt(wkt)
    assert at_home(geometry) is geometry


WORLD = [(-179, -80), (179, -80), (179, 80), (-179, 80)]


def test_a_footprint_of_nearly_the_whole_earth_is_what_it_says():
    world = shapely.Polygon(WORLD)
    assert split_geometry(world) is world
    assert split_geometry(shapely.Polygon(WORLD[::-1]), clockwise=True).area == pytest.approx(358 * 160)


def test_the_way_a_ring_goes_round_tells_the_wide_box_from_the_narrow():
    narrow = [(170, 0), (-170, 0), (-170, 10), (170, 10)]
    assert split_geometry(shapely.Polygon(narrow)).area == pytest.approx(200)
    assert split_geometry(shapely.Polygon(narrow[::-1]), clockwise=True).area == pytest.approx(200)
    assert split_geometry(shapely.Polygon(narrow[::-1])).area == pytest.approx(3400)


@pytest.mark.parametrize("turn", [1, -1])
def test_an_island_over_the_antimeridian_stays_one_whichever_way_it_goes_round(turn):
    island = [(179, -16), (-179.5, -16.2), (-179, -17), (179.2, -17.3)][::turn]
    assert split_geometry(shapely.Polygon(island)).area < 3
    assert split_geometry(shapely.Polygon(island), clockwise=True).area < 3


WIDE = [(-179, -60), (179, -60), (179, 70), (-179, 70)]
ISLAND = [(179, -16), (-179.5, -16.2), (-179, -17), (179.2, -17.3)]


def test_what_leaps_over_the_antimeridian_is_one_piece_that_runs_on():
    assert in_one_piece(shapely.LineString([(170, 0), (-170, 5)])) == shapely.LineString([(170, 0), (190, 5)])
    island = in_one_piece(shapely.Polygon(ISLAND))
    assert island.bounds == (179, -17.3, 181, -16)
    assert island.is_valid
    both = in_one_piece(shapely.MultiPolygon([shapely.Polygon(ISLAND), shapely.box(0, 0, 1, 1)]))
    assert both.geoms[0].equals(island)
    assert both.geoms[1] == shapely.box(0, 0, 1, 1)


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Polygon(WIDE),
        shapely.Polygon([(170, 0), (190, 0), (190, 5)]),
        shapely.Polygon([(-120, 70), (0, 70), (120, 70)]),
        shapely.LineString([(-180, 0), (180, 0)]),
        shapely.Point(179, 0),
        shapely.MultiPoint([(179, 0), (-179, 0)]),
        shapely.Polygon(),
    ],
)
def test_what_does_not_leap_stays_as_it_is(geometry):
    assert in_one_piece(geometry) is geometry


def test_boxes_are_those_of_what_is_drawn():
    wide, island, small = shapely.Polygon(WIDE), shapely.Polygon(ISLAND), shapely.box(0, 0, 1, 1)
    assert boxes_of([wide]).tolist() == [[-179, -60, 179, 70]]
    assert tuple(narrowest(boxes_of([island]))) == pytest.approx((179, -17.3, 181, -16))
    assert boxes_of([small, wide]).tolist() == [[0, 0, 1, 1], [-179, -60, 179, 70]]
    assert boxes_of([]).shape == (0, 4)
