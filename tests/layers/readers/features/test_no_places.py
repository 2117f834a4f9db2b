"""Row F58: coordinates that are no place are listed by row and not drawn; nothing else suffers from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.lon_extent import MAX_LAT, MAX_LON
from layers.readers.geometry.long_legs import drawn_geometry, only_places
from layers.vector.lost_rows import NO_PLACE
from tests.support.readers.no_places import INF, NAN, geopackage, wkb_area, wkb_line, wkb_point
from tests.support.readers.probed import probed_layers
from tests.support.readers.vector_files import KML, draw, geojson, places_of, point

CANVASES = ("EPSG:4326", "EPSG:3857", "EPSG:3995", "EPSG:32631")
GOOD = {1: (1.0, 2.0), 3: (200.0, 10.0), 4: (-190.0, 10.0), 10: (7.0, 8.0)}
"""By row; 200 and -190 are places, seen from the other side."""
BAD = {2: (NAN, INF), 5: (5.0, 95.0), 6: (1e308, 3.0), 7: (3.0, -1e308), 8: (INF, 5.0), 9: (720.0, 1.0)}
ROWS = [(GOOD | BAD)[row] for row in range(1, 11)]


def as_geopackage(folder: Path) -> Path:
    return geopackage(folder / "points.gpkg", *(wkb_point(*place) for place in ROWS))


def as_geojson(folder: Path) -> Path:
    return geojson(folder / "points.geojson", *(point(*place) for place in ROWS))


def as_kml(folder: Path) -> Path:
    marks = (f"<Placemark><Point><coordinates>{x},{y}</coordinates></Point></Placemark>" for x, y in ROWS)
    (folder / "points.kml").write_text(KML.format("".join(marks)))
    return folder / "points.kml"


def as_gpx(folder: Path) -> Path:
    marks = "".join(f'<wpt lat="{y}" lon="{x}"/>' for x, y in ROWS)
    (folder / "points.gpx").write_text(f'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">{marks}</gpx>')
    return folder / "points.gpx"


def as_table(folder: Path) -> Path:
    """In WKT, where each row stands for itself."""
    rows = "\n".join(f"{number},POINT ({x} {y})" for number, (x, y) in enumerate(ROWS))
    (folder / "points.csv").write_text(f"n,wkt\n{rows}\n")
    return folder / "points.csv"


@pytest.mark.parametrize("write", [as_geopackage, as_geojson, as_kml, as_gpx])
def test_f58_points_that_are_nowhere_are_listed_and_not_drawn(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path)
    (layer,) = probed_layers(path)
    assert layer.features == 10
    said = " ".join(layer.problems)
    assert [row for row in range(1, 11) if f"Row {row}:" in said] == sorted(BAD)
    assert layer.bounds_lonlat is not None
    assert layer.bounds_lonlat.is_finite()
    assert (layer.bounds_lonlat.bottom, layer.bounds_lonlat.top) == (2.0, 10.0)
    for canvas in CANVASES:
        table, header = draw(path, canvas)
        assert sorted(set(table.fid.tolist())) == sorted(GOOD), canvas
        assert np.isfinite(table.xy * table.step).all()
        assert {fid for fid, _ in header["lost"]} == set(BAD), "each is counted, whatever it is lost for"
    table, _ = draw(path, "EPSG:4326")
    assert places_of(table, 3).tolist() == [[-160.0, 10.0]]
    assert places_of(table, 4).tolist() == [[170.0, 10.0]]


def test_f58_a_table_of_words_is_listed_too(tmp_path: Path) -> None:
    path = as_table(tmp_path)
    (layer, *_) = probed_layers(path)
    said = " ".join(layer.problems)
    assert [row for row in range(1, 12) if f"Row {row}:" in said] == [3, 7, 8, 9], "the names of columns are row 1"


LINES = {
    "a number that is none": [(0, 0), (1, 1), (NAN, 1), (2, 2), (3, 3)],
    "infinity": [(0, 0), (1, 1), (INF, -INF), (2, 2), (3, 3)],
    "beyond the pole": [(0, 0), (1, 1), (5, 95), (2, 2), (3, 3)],
    "as large as numbers get": [(0, 0), (1, 1), (1e308, -1e308), (2, 2), (3, 3)],
    "many turns away": [(0, 0), (1, 1), (1e9, 1), (2, 2), (3, 3)],
}


@pytest.mark.bounded_after(7)
@pytest.mark.parametrize("places", LINES.values(), ids=LINES)
@pytest.mark.parametrize("canvas", CANVASES)
def test_f58_a_line_breaks_where_a_point_is_nowhere(
    tmp_path: Path, places: list[tuple[float, float]], canvas: str
) -> None:
    whole = wkb_line((0, 0), (1, 1))
    path = geopackage(tmp_path / "lines.gpkg", whole, wkb_line(*places), whole)
    (layer,) = probed_layers(path)
    assert any(problem.startswith("Row 2:") for problem in layer.problems)
    table, header = draw(path, canvas)
    assert set(table.fid.tolist()) == {1, 2, 3}, "the row's neighbours, and what there is of it"
    assert header["lost"] == []
    at = table.fid.tolist().index(2)
    assert table.part_of[at + 1] - table.part_of[at] == 2, "before and after"
    if canvas == "EPSG:4326":
        drawn = places_of(table, 2)
        assert drawn.min(axis=0).tolist() == [0.0, 0.0]
        assert drawn.max(axis=0).tolist() == [3.0, 3.0]
        assert (np.abs(drawn[:, 0] - drawn[:, 1]) < 0.01).all(), "no leg leads to where nothing is"


@pytest.mark.bounded_after(6)
@pytest.mark.parametrize("nowhere", [(NAN, 2.0), (5.0, 95.0), (1e308, 1.0), (-INF, INF)])
@pytest.mark.parametrize("canvas", CANVASES)
def test_f58_an_area_goes_on_without_a_corner_that_is_nowhere(
    tmp_path: Path, nowhere: tuple[float, float], canvas: str
) -> None:
    ring = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), nowhere, (0.0, 4.0), (0.0, 0.0)]
    hole = [(1.0, 1.0), (2.0, 1.0), nowhere, (1.0, 1.0)]
    sound = [(10.0, 10.0), (11.0, 10.0), (11.0, 11.0), (10.0, 10.0)]
    path = geopackage(tmp_path / "areas.gpkg", wkb_area(sound), wkb_area(ring, hole), wkb_area(sound))
    (layer,) = probed_layers(path)
    assert any(problem.startswith("Row 2:") for problem in layer.problems)
    table, header = draw(path, canvas)
    assert set(table.fid.tolist()) == {1, 2, 3}
    assert header["lost"] == []
    if canvas == "EPSG:4326":
        drawn = places_of(table, 2)
        assert drawn.min(axis=0).tolist() == [0.0, 0.0]
        assert drawn.max(axis=0).tolist() == [4.0, 4.0]


def test_f58_what_is_nowhere_altogether_is_counted_as_not_drawn(tmp_path: Path) -> None:
    rows = [wkb_line((0, 0), (1, 1)), wkb_line((0, 95), (1, 96)), wkb_area([(0, 91), (9, 91), (9, 99), (0, 91)])]
    path = geopackage(tmp_path / "lines.gpkg", *rows)
    for canvas in CANVASES:
        table, header = draw(path, canvas)
        assert set(table.fid.tolist()) == {1}
        assert sorted(header["lost"]) == [[2, NO_PLACE], [3, NO_PLACE]]


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.floats(-200, 200), st.sampled_from([NAN, INF, -INF, 1e308, 91.0])
)
corners = st.lists(st.tuples(numbers, numbers), min_size=4, max_size=12)


@pytest.mark.bounded
@given(corners, corners, st.booleans(), st.booleans())
def test_f58_no_numbers_stop_the_drawing(first, second, unrolled: bool, clockwise: bool) -> None:
    """As in a reader, where a warning would be an error here."""
    with np.errstate(invalid="ignore"):
        line, other = shapely.LineString(first), shapely.LineString(second)
        area, point_ = shapely.Polygon([(0, 0), *first, (0, 0)]), shapely.Point(*first[0])
    for shape in (line, area, point_, shapely.MultiLineString([line, other]), shapely.GeometryCollection([area, line])):
        left = shapely.get_coordinates(only_places(shape))
        assert (np.abs(left[:, 0]) <= MAX_LON).all()
        assert (np.abs(left[:, 1]) <= MAX_LAT).all()
        drawn = drawn_geometry(shape, unrolled, clockwise=clockwise)
        assert drawn is not None
        assert np.isfinite(shapely.get_coordinates(drawn)).all()


def test_f58_what_is_on_earth_stays_the_same_object() -> None:
    for text in ("POINT (200 10)", "LINESTRING (170 0, 190 5)", "POLYGON ((0 0, 5 0, 5 5, 0 0))", "POINT EMPTY"):
        shape = shapely.from_wkt(text)
        assert only_places(shape) is shape


def test_a_geometry_column_that_is_not_there_is_said_and_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = geopackage(tmp_path / "points.gpkg", *(wkb_point(*place) for place in [(1.0, 2.0)] * 64))
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE gpkg_geometry_columns SET column_name = 'gone'")
        database.commit()
    reads: list[object] = []
    read = pyogrio.raw.read
    monkeypatch.setattr(
        "pyogrio.raw.read", lambda *args, **how: reads.append(how["read_geometry"]) or read(*args, **how)
    )
    (layer,) = probed_layers(path)
    assert layer.features == 64
    assert layer.bounds is None
    assert "in its column gone, which it does not have: nothing of it can be drawn." in layer.problems[0]
    assert "64 rows have no geometry and stand in the table only." in layer.problems
    assert reads == [False], "none of its rows is looked at by itself"
