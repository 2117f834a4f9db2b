"""Extents of vector layers: a bad row is listed and spoils nothing, and longitudes are where things are drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.geo.bounds import Bounds
from layers.readers.features.vector_extent import extent_of
from layers.requests.probed import Probed
from tests.support.readers.probed import probed_layers
from tests.support.readers.vector_files import KML, draw, geojson, ogr, point
from viewer.commands.found_layers import layers_of_probe
from viewer.commands.unplaced import question_of_tables

NULL = -1.797e308
DRIVERS = {"a.gpkg": "GPKG", "a.shp": "ESRI Shapefile", "a.fgb": "FlatGeobuf", "a.geojson": "GeoJSON"}


def points(bad: tuple[float, float], count: int = 100) -> list[shapely.Geometry]:
    found = [shapely.Point(20 + i / 10, 40 + i / 20) for i in range(count)]
    found[count // 2 - 1] = shapely.Point(bad)
    return found


def made(path: Path, shapes: list[shapely.Geometry], crs: str | None = "EPSG:4326") -> Path:
    if path.suffix == ".kml":
        text = "<Placemark><Point><coordinates>{},{}</coordinates></Point></Placemark>"
        path.write_text(KML.format("".join(text.format(one.x, one.y) for one in shapes)), "utf-8")
        return path
    return ogr(path, shapes, DRIVERS[path.name], crs=crs)


@pytest.mark.parametrize("name", [*DRIVERS, "a.kml"])
@pytest.mark.parametrize("bad", [(25.0, 95.0), (NULL, NULL), (2000.0, 45.0)])
def test_one_bad_row_is_listed_and_the_others_are_shown(tmp_path, name, bad):
    path = made(tmp_path / name, points(bad))
    (layer,) = probed_layers(path)
    assert layer.bounds_lonlat == pytest.approx((20, 40, 29.9, 44.95), abs=1e-6)
    assert layer.bounds == pytest.approx((20, 40, 29.9, 44.95), abs=1e-6)
    assert question_of_tables(path.name, [layer]) is None
    said = [problem for problem in layer.problems if "outside the degrees" in problem or "no coordinates" in problem]
    assert len(said) == 1, layer.problems
    table, header = draw(path, "EPSG:3857", layer=layer.name)
    assert len(table) == 99
    assert header["skipped"] == 1
    if name == "a.geojson":
        assert said[0].startswith("Row 50: ")


def test_where_the_crs_is_asked_for_degrees_may_be_the_answer(tmp_path):
    path = made(tmp_path / "a.shp", points((25.0, 95.0)), crs=None)
    (layer,) = probed_layers(path)
    (found,) = layers_of_probe(path, Probed(kind="vector", layers=(layer,)))
    assert found.question is not None
    assert found.placed("EPSG:4326").bounds_lonlat == pytest.approx((20, 40, 29.9, 44.95), abs=1e-6)


def test_metres_said_to_be_degrees_are_asked_about(tmp_path):
    path = made(
        tmp_path / "a.geojson", [shapely.Point(590_000 + i, 5_740_000) for i in range(9)] + [shapely.Point(1, 2)]
    )
    (layer,) = probed_layers(path)
    assert layer.bounds_lonlat is None
    assert "said to be in degrees" in " ".join(layer.problems)


def test_a_mark_for_no_place_does_not_move_a_layer_in_metres(tmp_path):
    shapes = [shapely.Point(590_000 + i, 5_740_000) for i in range(20)] + [shapely.Point(NULL, NULL)]
    (layer,) = probed_layers(made(tmp_path / "a.shp", shapes, "EPSG:32652"))
    assert layer.bounds == Bounds(590_000, 5_740_000, 590_019, 5_740_000)
    assert layer.bounds_lonlat is not None
    assert "Row 21: its coordinates are larger than any on Earth." in layer.problems


def test_of_a_large_layer_the_rest_is_where_the_file_says_or_at_the_edge(tmp_path, monkeypatch):
    monkeypatch.setattr("layers.readers.features.vector_probe.MOST_ROWS", 50)
    shapes = points((25.0, 95.0), 600)
    (layer,) = probed_layers(made(tmp_path / "a.gpkg", shapes))
    assert layer.bounds_lonlat == pytest.approx((20, 40, 79.9, 90))
    monkeypatch.setattr("layers.readers.features.vector_probe.MAX_CHECKED_BYTES", 0)
    path = geojson(tmp_path / "a.geojson", *(point(one.x, one.y) for one in shapes))
    (layer,) = probed_layers(path)
    assert layer.bounds_lonlat == pytest.approx((20, 40, 79.9, 90))


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ([(250, 40), (260, 42)], (-110, 40, -100, 42)),
        ([(175, 1), (190, 2), (200, 3)], (-185, 1, -160, 3)),
        ([(175, 1), (-170, 2)], (-185, 1, -170, 2)),
        ([(-180, 1), (0, 2), (180, 3)], (-180, 1, 180, 3)),
    ],
)
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.csv"])
def test_longitudes_are_where_things_are_drawn(tmp_path, places, wanted, name):
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("lon,lat\n" + "".join(f"{x},{y}\n" for x, y in places))
    else:
        made(path, [shapely.Point(place) for place in places])
    (layer,) = probed_layers(path)
    assert layer.bounds_lonlat == wanted
    drawn = draw(path, layer=layer.name)[0]
    lons = np.sort(np.round(drawn.xy[:, 0] * drawn.step, 6))
    assert lons.tolist() == sorted(lon - 360 if lon > 180 else lon for lon, _ in places)


def test_lines_over_the_antimeridian_are_there_and_not_around_the_earth(tmp_path):
    line = {"type": "LineString", "coordinates": [[170, 0], [-170, 10]]}
    (layer,) = probed_layers(geojson(tmp_path / "a.geojson", line, point(165, 5)))
    assert layer.bounds_lonlat == (165, 0, 190, 10)
    running = {"type": "LineString", "coordinates": [[170, 0], [200, 10]]}
    (layer,) = probed_layers(geojson(tmp_path / "b.geojson", running))
    assert layer.bounds_lonlat == (-190, 0, -160, 10)


def test_no_rows_and_no_places():
    none = np.zeros(0, object)
    assert extent_of(none, "EPSG:4326").bounds is None
    assert extent_of(np.array([None, shapely.Point()], object), "EPSG:4326").bounds is None
    assert extent_of(none, "EPSG:4326", [1, 2, 3, 4], is_all=False).bounds == Bounds(1, 2, 3, 4)
    assert extent_of(none, "", [np.nan] * 4).bounds is None


def test_marks_for_no_place_say_nothing_about_the_crs():
    shapes = np.array([shapely.Point(NULL, NULL), shapely.Point(np.inf, 3), shapely.Point(7, 8)], object)
    for crs in ("EPSG:4326", "EPSG:32652", ""):
        assert extent_of(shapes, crs, [NULL, NULL, np.inf, 8]).bounds == Bounds(7, 8, 7, 8)


WIDE = [(-179, -80), (179, -80), (179, 80), (-179, 80)]
NARROW = [(170, 0), (-170, 0), (-170, 10), (170, 10)]


@pytest.mark.parametrize(
    ("name", "ring", "wanted"),
    [
        ("a.geojson", WIDE, (-179, -80, 179, 80)),
        ("a.gpkg", WIDE, (-179, -80, 179, 80)),
        ("a.shp", WIDE, (-179, -80, 179, 80)),
        ("a.geojson", NARROW, (170, 0, 190, 10)),
        ("a.gpkg", NARROW, (170, 0, 190, 10)),
        ("a.shp", NARROW, (-170, 0, 170, 10)),
    ],
)
def test_a_box_is_as_wide_as_its_file_says(tmp_path, name, ring, wanted):
    """All rings of a shapefile go round clockwise as they are drawn: there a box is always the one that is drawn."""
    path = made(tmp_path / name, [shapely.Polygon(ring)])
    (layer,) = probed_layers(path)
    assert layer.bounds_lonlat == wanted
    for crs, degree in (("EPSG:4326", 1.0), ("EPSG:3857", 111_319.4908)):
        table = draw(path, crs)[0]
        west, east = table.xy[:, 0].min() * table.step / degree, table.xy[:, 0].max() * table.step / degree
        if wanted[2] > 180:
            assert (west, east) == pytest.approx((-180, 180))
            assert len(table.start_of) - 1 == 2, "cut in two"
        else:
            assert (west, east) == pytest.approx((wanted[0], wanted[2]), abs=1e-4)
            assert len(table.start_of) - 1 == 1
    polar = draw(path, "EPSG:3995")[0]
    assert bool((polar.xy[:, 1] < 0).any()) == (wanted[2] < 180), "around the pole a wide box goes by way of Greenwich"


def test_swapped_coordinates_are_told(tmp_path):
    path = tmp_path / "swapped.geojson"
    geojson(path, point(51.9, 128.3))
    said = "swapped has latitudes beyond 90: latitudes and longitudes look swapped in the file."
    assert probed_layers(path)[0].problems[-1] == said
