"""Vector files through the door of the reader, inline: what is listed, drawn, skipped and refused."""

import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from msgspec.structs import replace

from layers.errors import CannotBePlaced, NotReadable, UnsupportedFormat
from layers.geo.crs import transform_points
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.readers.features import canvas_features as features
from layers.vector.lost_rows import BROKEN, NO_GEOMETRY, NO_PLACE
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable
from tests.support.readers.probed import probed_layers
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
SQUARE = shapely.box(10, 20, 12, 22) - shapely.box(10.5, 20.5, 11, 21)


def read(path: Path, crs: str = "EPSG:4326", **more) -> tuple[FeatureTable, dict]:
    answer = POOL.ask(raw("features", {"path": str(path), "crs": crs, **more}))
    return table_from_answer(answer), answer.header


def coordinates(table: FeatureTable, index: int) -> list[np.ndarray]:
    """World coordinates of the parts of a feature."""
    parts = range(table.part_of[index], table.part_of[index + 1])
    return [table.xy[table.start_of[p] : table.start_of[p + 1]] * table.step for p in parts]


def geojson(path: Path, *geometries, crs=None) -> Path:
    rows = [
        {"type": "Feature", "properties": {"n": i}, "geometry": None if g is None else shapely.geometry.mapping(g)}
        for i, g in enumerate(geometries)
    ]
    document = {"type": "FeatureCollection", "features": rows, **({"crs": crs} if crs else {})}
    path.write_text(json.dumps(document))
    return path


def geopackage(path: Path, geometries: list, layer: str = "things", crs: str = "EPSG:4326") -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(geometries, object)),
        [np.arange(len(geometries))],
        ["n"],
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs=crs,
        append=path.exists(),
    )
    return path


def test_kinds_parts_and_holes(tmp_path):
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION (LINESTRING (1 1, 2 2), POINT (5 6), POINT (7 8))")
    path = geojson(tmp_path / "a.geojson", shapely.Point(1, 2), SQUARE, None, mixed, shapely.from_wkt("POINT EMPTY"))
    table, header = read(path)
    assert table.kind.tolist() == [POINT, POLYGON, POINT, LINE]
    assert table.fid.tolist() == [1, 2, 4, 4]
    assert (header["skipped"], header["next_fid"]) == (2, None)
    assert [len(coordinates(table, i)) for i in range(4)] == [1, 2, 2, 1]
    found = shapely.Polygon(coordinates(table, 1)[0], coordinates(table, 1)[1:])
    assert found.equals(SQUARE)
    assert (table.bounds[1] * table.step).tolist() == pytest.approx([10, 20, 12, 22])
    assert table.world_bounds() == pytest.approx((1, 1, 12, 22))


@pytest.mark.parametrize(
    "geometries",
    [
        [shapely.Point(1.5, 2.5), shapely.Point(-3, 4)],
        [shapely.LineString([(1, 2), (1.3, 2.4), (1.5, 2.6)]), shapely.LineString([(0, 0), (0.5, 0.5)])],
        [shapely.box(0, 0, 1, 1), shapely.Polygon([(5, 5), (6, 5), (6, 7)])],
    ],
)
def test_layers_of_one_kind_take_the_short_way_to_the_same_place(tmp_path, geometries):
    plain, _ = read(geojson(tmp_path / "a.geojson", *geometries), "EPSG:3857")
    detour, _ = read(geojson(tmp_path / "b.geojson", *geometries, shapely.MultiPoint([(9, 9)])), "EPSG:3857")
    assert len(plain) == len(geometries)
    for index, geometry in enumerate(geometries):
        x, y = transform_points("EPSG:4326", "EPSG:3857", *shapely.get_coordinates(geometry).T)
        assert np.abs(coordinates(plain, index)[0] - np.stack([x, y], 1)).max() <= plain.step
        assert (coordinates(plain, index)[0] == coordinates(detour, index)[0]).all()


def test_lines_across_the_antimeridian_are_cut_where_the_canvas_is(tmp_path):
    path = geojson(tmp_path / "a.geojson", shapely.LineString([(170, 10), (-170, 10)]))
    mercator, _ = read(path, "EPSG:3857")
    assert len(coordinates(mercator, 0)) == 2
    assert max(np.ptp(part[:, 0]) for part in coordinates(mercator, 0)) < 1.2e6
    polar, _ = read(path, "EPSG:3995")
    assert len(coordinates(polar, 0)) == 1


def test_coordinates_without_a_place_are_left_out_and_lines_break_there(tmp_path):
    nowhere = np.nan
    with np.errstate(invalid="ignore"):
        line = shapely.LineString([(0, 80), (0.1, 80), (nowhere, nowhere), (0.2, 80), (0.3, 80)])
    path = geopackage(tmp_path / "a.gpkg", [line, shapely.Point(0, -90)])
    table, header = read(path, "EPSG:3995")
    assert [len(part) for part in coordinates(table, 0)] == [2, 2]
    assert (len(table), header["skipped"]) == (1, 1)


def test_chunks_join_to_the_whole(tmp_path):
    points = [shapely.Point(i, i / 2) for i in range(25)]
    for path in (geojson(tmp_path / "a.geojson", *points), geopackage(tmp_path / "a.gpkg", points)):
        fids, start = [], 0
        for _ in range(10):
            table, header = read(path, limit=7, start_fid=start)
            fids += table.fid.tolist()
            start = header["next_fid"]
            if header["next_fid"] is None:
                break
        assert len(fids) == len(set(fids)) == 25


def test_a_chunk_is_cut_to_fit_the_block(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "ANSWER_BYTES", features.SPARE_BYTES + 500)
    line = shapely.LineString([(i / 100, i / 100) for i in range(20)])
    path = geopackage(tmp_path / "a.gpkg", [line] * 5)
    table, header = read(path)
    assert (len(table), header["next_fid"]) == (2, 3)
    table, header = read(path, start_fid=5)
    assert (table.fid.tolist(), header["next_fid"]) == ([5], None)


def whole(path: Path, crs: str = "EPSG:3857", **more) -> list[FeatureTable]:
    """All shares and their chunks, as the window asks for them."""
    tables, share, shares = [], 0, 1
    while share < shares:
        asked = {"share": share, **more}
        while asked:
            table, header = read(path, crs, **asked)
            shares = max(shares, header["shares"])
            tables.append(table)
            following = header["next_fid"]
            asked = {} if following is None else {"start_fid": following, "end_fid": header["end_fid"], **more}
        share += 1
    return tables


@pytest.mark.bounded
def test_shares_and_their_chunks_join_to_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "SHARE_BYTES", 400)
    monkeypatch.setattr(features, "BATCH_BYTES", 2000)
    points = [shapely.Point(i / 10, i / 20) for i in range(500)]
    for path in (geopackage(tmp_path / "a.gpkg", points), geojson(tmp_path / "a.geojson", *points)):
        for most in (10, 10**6):
            tables = whole(path, "EPSG:4326", most_bytes=most)
            fids = np.concatenate([table.fid for table in tables]).tolist()
            assert fids == sorted(fids)
            places = np.concatenate([table.xy * table.step for table in tables])
            assert places.tolist() == [pytest.approx([i / 10, i / 20]) for i in range(500)]
            assert all(table.is_single for table in tables if len(table))
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as db:
        db.execute("DROP TRIGGER IF EXISTS trigger_delete_feature_count_things")
        db.execute("DELETE FROM things WHERE fid BETWEEN 20 AND 480")
        db.commit()
    fids = np.concatenate([table.fid for table in whole(tmp_path / "a.gpkg", "EPSG:4326")]).tolist()
    assert fids == [*range(1, 20), *range(481, 501)]


@pytest.mark.bounded
def test_fids_far_apart_make_no_more_shares_than_the_rows_need(tmp_path):
    """As where the ids of OpenStreetMap are the fids."""
    path, fids = tmp_path / "a.gpkg", [1, 2**31, 2**40 - 1]
    frame = gpd.GeoDataFrame({"fid": fids}, geometry=[shapely.Point(i, i) for i in range(3)], crs=4326)
    pyogrio.write_dataframe(frame, path, layer="a", layer_options={"FID": "fid"})
    for counted in (True, False):
        if not counted:
            with closing(sqlite3.connect(path)) as db, db:
                db.execute("DROP TABLE gpkg_ogr_contents")
        tables = whole(path)
        assert [fid for table in tables for fid in table.fid.tolist()] == fids
        assert len(tables) == 1 or not counted


def test_odd_rows_among_plain_ones_keep_their_place(tmp_path):
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION (LINESTRING (1 1, 1.2 1.2), POINT (5 6))")
    around = shapely.LineString([(179.9, 10), (-179.9, 10.1)])
    path = geopackage(tmp_path / "a.gpkg", [shapely.Point(1, 2), mixed, None, around, SQUARE])
    (table,) = whole(path)
    assert table.fid.tolist() == [1, 2, 2, 4, 5]
    assert table.kind.tolist() == [POINT, POINT, LINE, LINE, POLYGON]
    assert len(coordinates(table, 3)) == 2


@pytest.mark.parametrize("shape", [shapely.Point(3, 4), shapely.LineString([(1, 1), (2, 3)]), shapely.box(0, 0, 1, 2)])
def test_a_flatgeobuf_keeps_its_shapes_beside_rows_without_any(tmp_path, shape):
    """GDAL's stream of these files begins anew after each such row, and writes over the rows before."""
    rows = [None if at in (0, 2, 5, 6, 9) else shapely.affinity.translate(shape, at) for at in range(10)]
    path = tmp_path / "a.fgb"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(rows, object)),
        [np.arange(10)],
        ["n"],
        driver="FlatGeobuf",
        crs="EPSG:4326",
        geometry_type=shape.geom_type,
        layer_options={"SPATIAL_INDEX": "NO"},
    )
    table, header = read(path)
    assert header["skipped"] == 5
    assert table.fid.tolist() == [2, 4, 5, 8, 9]
    for index, fid in enumerate(table.fid.tolist()):
        found = np.concatenate(coordinates(table, index))
        assert (*found.min(axis=0), *found.max(axis=0)) == pytest.approx(rows[fid - 1].bounds, abs=1e-6)


def test_curves_are_drawn_as_lines(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", [shapely.Point(1, 2)])
    arc = struct.pack("<BII6d", 1, 8, 3, 0, 0, 0.1, 0.1, 0.2, 0)
    header = b"GP" + bytes([0, 1]) + (4326).to_bytes(4, "little")
    with closing(sqlite3.connect(path)) as db:
        db.create_function("ST_IsEmpty", 1, lambda blob: 0)
        for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda blob: 0.0)
        db.execute("INSERT INTO things (geom, n) VALUES (?, 1)", (header + arc,))
        db.commit()
    (table,) = whole(path)
    assert table.kind.tolist() == [POINT, LINE]
    assert len(coordinates(table, 1)[0]) > 10


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:3995", "EPSG:3571"])
def test_a_long_route_runs_along_the_earth_unbroken(tmp_path, crs):
    places = [(131.9, 43.1), (177.5, 64.7), (-149.9, 61.2)]  # Vladivostok, Anadyr, Anchorage
    path = geojson(tmp_path / "a.geojson", shapely.LineString(places))
    (table,) = whole(path, crs)
    lon, lat = transform_points(crs, "EPSG:4326", *np.concatenate(coordinates(table, 0)).T)
    length = pyproj.Geod(ellps="WGS84").line_length(*np.array(places).T)
    assert abs(pyproj.Geod(ellps="WGS84").line_length(lon, lat) - length) < 1.0
    parts = coordinates(table, 0)
    assert len(parts) == (2 if crs in ("EPSG:3857", "EPSG:4326") else 1)
    steps = np.concatenate([np.hypot(*np.diff(part, axis=0).T) for part in parts])
    assert steps.max() < (1.0 if crs == "EPSG:4326" else 60_000)


def test_graticules_and_frames_keep_their_straight_edges(tmp_path):
    parallel, frame = shapely.LineString([(0, 60), (40, 60)]), shapely.box(0, 50, 40, 60)
    (table,) = whole(geojson(tmp_path / "a.geojson", parallel, frame))
    assert [len(coordinates(table, i)[0]) for i in (0, 1)] == [2, 5]
    (polar,) = whole(geojson(tmp_path / "b.geojson", parallel, frame), "EPSG:3995")
    for index in (0, 1):
        _, lat = transform_points("EPSG:3995", "EPSG:4326", *coordinates(polar, index)[0].T)
        assert lat.min() >= (60 if index == 0 else 50) - 1e-6
        assert len(lat) > 50


def test_attributes(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", [shapely.Point(i, i) for i in range(5)])
    header = POOL.ask(raw("attributes", {"path": str(path), "layer": "things", "fids": [2, 4]})).header
    assert (header["fids"], header["columns"], header["next_fid"]) == ([2, 4], {"n": [1, 3]}, None)
    table, _ = read(path, columns=["n"])
    assert table.attributes == {"n": [0, 1, 2, 3, 4]}


def test_a_geopackage_of_someone_else(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", [shapely.Point(400_000, 5_750_000)], "pads", "EPSG:32652")
    geopackage(path, [shapely.box(0, 0, 1, 1)], "areas")
    pads, areas = probed_layers(path)
    assert (pads.name, pads.crs, pads.features, pads.fields) == ("pads", "EPSG:32652", 1, (("n", "integer"),))
    assert pads.bounds_lonlat.centre == pytest.approx((127.55, 51.89), abs=0.01)
    assert areas.driver == "GPKG"
    table, _ = read(path, "EPSG:4326", layer="pads")
    assert (table.xy[0] * table.step).tolist() == pytest.approx([127.55, 51.89], abs=0.01)


def test_a_view_bomb_is_not_run(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", [shapely.Point(1, 2)])
    bomb = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom FROM n"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"CREATE VIEW bomb AS {bomb}")
        db.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('bomb', 'features', 'bomb')")
        db.execute("INSERT INTO gpkg_geometry_columns VALUES ('bomb', 'geom', 'POINT', 4326, 0, 0)")
        db.commit()
    (layer,) = probed_layers(path)
    assert layer.name == "things"
    assert layer.problems == ("The layer bomb of a.gpkg is a view and is not read.",)
    with pytest.raises(NotReadable, match="bomb"):
        read(path, layer="bomb")
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE gpkg_contents RENAME TO hidden")
        db.execute("CREATE VIEW gpkg_contents AS SELECT * FROM hidden")
        db.commit()
    with pytest.raises(UnsupportedFormat, match="replaces a table"):
        probed_layers(path)


def test_damaged_and_foreign_databases(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", [shapely.Point(1, 2)])
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises((NotReadable, UnsupportedFormat), match=r"a\.gpkg"):
        probed_layers(path)
    with closing(sqlite3.connect(tmp_path / "b.gpkg")) as db:
        db.execute("CREATE TABLE t (a)")
        db.commit()
    with pytest.raises(UnsupportedFormat, match="no GeoPackage"):
        probed_layers(tmp_path / "b.gpkg")


def test_a_csv_with_coordinates(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("\ufeffимя;Широта;Долгота;n\nВосточный;51,884;128,334;1\nnowhere;;;2\n\n", encoding="utf-8")
    (layer,) = probed_layers(path)
    assert (layer.features, layer.crs, layer.geometry) == (2, "EPSG:4326", "Point")
    assert layer.fields == (("имя", "text"), ("Широта", "text"), ("Долгота", "text"), ("n", "integer"))
    assert layer.problems == ("1 row of sites has no usable coordinates.", "Row 3: it has no coordinates.")
    table, header = read(path, columns=None)
    assert (table.xy * table.step).tolist() == [pytest.approx([128.334, 51.884])]
    assert table.attributes["имя"] == ["Восточный"]
    assert header["skipped"] == 1
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CannotBePlaced, match="no columns called lat and lon"):
        probed_layers(path)


def test_files_without_features_are_refused_with_a_sentence(tmp_path):
    empty = geojson(tmp_path / "empty.geojson")
    with pytest.raises(NotReadable, match=r"^empty\.geojson holds no features: there is nothing to show\.$"):
        probed_layers(empty)
    empty.write_text('{"hello": 1}')
    with pytest.raises(UnsupportedFormat, match="no GeoJSON"):
        probed_layers(empty)
    empty.write_text('{"type": "FeatureCollection", "features": [')
    with pytest.raises((UnsupportedFormat, NotReadable)):
        probed_layers(empty)
    empty.write_text('{"type":"Feature","geometry":' + '{"type":"GeometryCollection","geometries":[' * 3000)
    with pytest.raises((UnsupportedFormat, NotReadable)):
        probed_layers(empty)


def test_a_crs_link_is_not_followed(tmp_path):
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}}
    (layer,) = probed_layers(geojson(tmp_path / "a.geojson", shapely.Point(1, 2), crs=link))
    assert layer.crs == "EPSG:4326"


@pytest.mark.parametrize(
    "geometries",
    [
        [SQUARE],
        [shapely.Point(1, 2), shapely.Point(3, 4)],
        [shapely.MultiPoint([(1, 2), (3, 4)]), shapely.LineString([(0, 0), (0.1, 0.1)])],
        [shapely.LineString([(0, 0), (0.1, 0.1)]), shapely.LineString([(0, 0), (0.1, 0.1)])],
    ],
)
def test_an_answer_that_does_not_fit_together_is_refused(tmp_path, geometries):
    answer = POOL.ask(raw("features", {"path": str(geojson(tmp_path / "a.geojson", *geometries)), "crs": "EPSG:4326"}))
    single = answer.header["form"].get("single")
    for index in range(len(answer.arrays) if not single else 0):
        arrays = list(answer.arrays)
        arrays[index] = arrays[index][:-1]
        with pytest.raises(NotReadable):
            table_from_answer(replace(answer, arrays=tuple(arrays)))
    for index in range(len(answer.arrays)):
        arrays = list(answer.arrays)
        arrays[index] = arrays[index].astype(np.float32)
        with pytest.raises(NotReadable):
            table_from_answer(replace(answer, arrays=tuple(arrays)))
    with pytest.raises(NotReadable):
        table_from_answer(replace(answer, arrays=answer.arrays[:-1]))
    with pytest.raises(NotReadable):
        table_from_answer(replace(answer, facts=replace(answer.facts, form={**answer.facts.form, "kind": 9})))


def test_a_ladder_that_leads_outside_is_refused(tmp_path):
    answer = POOL.ask(raw("features", {"path": str(geojson(tmp_path / "a.geojson", SQUARE)), "crs": "EPSG:4326"}))
    part_of, start_of, *others = answer.arrays
    for wrong in ([0, 10**6, 10], [0, 5, 5], [1, 5, 10]):
        arrays = (part_of, np.array(wrong, np.int32), *others)
        assert len(arrays[1]) == len(start_of)
        with pytest.raises(NotReadable):
            table_from_answer(replace(answer, arrays=arrays))


@pytest.mark.bounded
@pytest.mark.parametrize("answer_bytes", [features.ANSWER_BYTES, 2**16 + 50_000])
def test_every_row_that_cannot_be_drawn_is_told_with_the_reason(tmp_path, monkeypatch, answer_bytes):
    """In chunks and shares, far behind what a probe looks at; as many as are missing from the tables."""
    rows: list = [shapely.Point(i % 170, i % 80) for i in range(45_000)]
    rows[30_000] = rows[44_999] = None
    rows[30_001] = shapely.from_wkt("POINT EMPTY")
    path = geopackage(tmp_path / "a.gpkg", rows)
    with closing(sqlite3.connect(path)) as db:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda _: 0.0)
        head = b"GP" + bytes([0, 1]) + (4326).to_bytes(4, "little")
        far = head + shapely.to_wkb(shapely.Point(1e300, 3))
        tin = struct.pack("<BII", 1, 1016, 1) + struct.pack("<BIII12d", 1, 1017, 1, 4, *range(9), 0, 1, 2)
        short = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]), byte_order=1)[:-5]
        blobs = [(far, 20_001), (head + tin, 35_001), (head + short, 40_001)]
        db.executemany("UPDATE things SET geom = ? WHERE fid = ?", blobs)
        db.commit()
    monkeypatch.setattr(features, "ANSWER_BYTES", answer_bytes)  # what does not fit an answer comes with the next
    none = [[row, NO_GEOMETRY] for row in (30_001, 30_002, 40_001, 45_000)]  # OGR gives nothing for what is cut short
    wanted = sorted([[20_001, NO_PLACE], [35_001, BROKEN], *none])
    for more in ({"most_bytes": 50_000}, {}, {"columns": ["n"]}):
        lost, seen, skipped, start = [], 0, 0, 0
        while start is not None:
            table, header = read(path, "EPSG:3857", start_fid=start, **more)
            lost += header["lost"]
            seen, skipped, start = seen + len(table), skipped + header["skipped"], header["next_fid"]
        assert lost == wanted, more
        assert (seen, skipped) == (44_994, 6), more


def test_rows_of_a_table_count_below_its_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name,lat,lon\na,1,2\nb,,\nc,3,4\n")
    assert read(path)[1]["lost"] == [[3, NO_GEOMETRY]]
    lines = tmp_path / "a.geojsonl"
    feature = '{"type":"Feature","properties":{},"geometry":%s}\n'
    lines.write_text(feature % '{"type":"Point","coordinates":[1,2]}' + feature % "null")
    assert read(lines)[1]["lost"] == [[2, NO_GEOMETRY]]
