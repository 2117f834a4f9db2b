"""Rows F56 to F72 of the fault table: one test each, named after its row."""

import io
import json
import re
import socket
import struct
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from msgspec import convert
from pyogrio.errors import FeatureError

from layers.errors import GeoloupeError, NotReadable, TooLarge, UnsupportedFormat
from layers.geo.measure import geometry_area_m2, geometry_length_m
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from layers.readers.features import ogr_rows
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.files import Content
from layers.readers.rows.source_rows import VectorSource
from layers.requests.features import OfLayer
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable, VectorInfo
from tests.support.readers.probed import probed_layers
from tests.support.readers.raw import raw
from tests.support.readers.real_reader import real_reader
from tests.support.readers.vector_files import KML, POOL, draw, geojson, ogr, places_of, point, put

PLACEMARK = "<Placemark><name>{}</name><Point><coordinates>128.25,51.875</coordinates></Point></Placemark>"


def columns_of(path: Path, layer: str = "", **options) -> dict[str, list]:
    return rows_of(source_of(OfLayer(str(path), layer, options)), 0, 1000, None).columns


@pytest.fixture
def reader() -> Iterator[ReaderPool]:
    """A pool with one real reader."""
    with real_reader() as pool:
        yield pool


def within(seconds: float, action) -> object:
    """What `action` returns or raises, where it is done in time."""
    begin = time.monotonic()
    try:
        return action()
    except GeoloupeError as error:
        return error
    finally:
        assert time.monotonic() - begin < seconds


def test_f56_broken_geometries_are_listed_and_the_other_rows_load(tmp_path):
    ring = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]
    path = geojson(
        tmp_path / "a.geojson",
        point(1, 2),
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "LineString", "coordinates": [[1, 1]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0], [0, 0]]]},
        point(3, 4),
    )
    (layer,) = probed_layers(path)
    assert layer.features == 6
    said = " ".join(layer.problems)
    for row in (
        "Row 2: self-intersection",
        "Row 3: its geometry is broken",
        "Row 4: a ring of it was not closed",
        "Row 5: ",
    ):
        assert row in said
    table, header = draw(path)
    assert {1, 2, 4, 6} <= set(table.fid.tolist())
    assert header["next_fid"] is None


def test_f56_a_geometry_that_ends_early_costs_its_row_only(tmp_path):
    """OGR refuses the whole chunk for it."""
    count = 3000
    path = ogr(tmp_path / "a.gpkg", shapely.points(np.arange(count) % 90, 5).tolist(), "GPKG", n=np.arange(count))
    cut = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]), byte_order=1)[:-5]
    for fid in (1, 1500, 1501, 3000):
        put(path, fid, cut)
    (layer,) = probed_layers(path)
    assert layer.features == count
    assert "no geometry and stand in the table only" in " ".join(layer.problems)
    rows = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, count, None, exact=True)
    assert rows.columns["n"] == list(range(count))
    assert [i + 1 for i, wkb in enumerate(rows.wkb) if wkb is None] == [1, 1500, 1501, 3000]
    assert len(draw(path)[0]) == count - 4


@pytest.mark.parametrize("broken", [{7}, {0, 1, 2999}, set(range(500, 1500)), set(range(3000))])
def test_f56_broken_geometries_are_looked_for_so_often_and_no_oftener(tmp_path, monkeypatch, broken):
    reads = []

    def read(source, columns, flat, which):
        fids = np.asarray(which.get("fids", np.arange(3000)))
        reads.append(len(fids))
        if not which.get("read_geometry", True):
            return {}, fids, None, [fids * 2]
        if broken & set(fids.tolist()):
            raise FeatureError("Unable to read geometry")
        return {}, fids, np.full(len(fids), b"x", object), [fids * 2]

    monkeypatch.setattr(ogr_rows, "_read", read)
    source = VectorSource("a.gpkg", Content.SQLITE, "", "a.gpkg", by_fid=True)
    _, fids, wkb, (values,) = ogr_rows._read_each(source, None, True, {"where": None})
    assert fids.tolist() == list(range(3000))
    assert values.tolist() == list(range(0, 6000, 2))
    without = {fid for fid, one in enumerate(wkb) if one is None}
    assert broken <= without
    if len(broken) < 10:
        assert without == broken
    assert len(reads) < 1000


def test_f57_rows_without_geometry_stay_and_files_without_rows_say_so(tmp_path):
    path = geojson(tmp_path / "a.geojson", None, point(1, 2), {"type": "Point", "coordinates": []})
    (layer,) = probed_layers(path)
    assert layer.problems == ("2 rows have no geometry and stand in the table only.",)
    assert POOL.ask(raw("attributes", {"path": str(path)})).header["columns"]["n"] == [0, 1, 2]
    empty = ogr(tmp_path / "empty.gpkg", [], "GPKG", n=np.zeros(0, np.int64))
    assert probed_layers(empty)[0].features == 0
    with pytest.raises(NotReadable, match="holds no features"):
        probed_layers(geojson(tmp_path / "none.geojson"))
    (tmp_path / "none.kml").write_text(KML.format(""))
    with pytest.raises(NotReadable, match="holds no features"):
        probed_layers(tmp_path / "none.kml")


def test_f58_coordinates_that_are_nowhere_are_listed_and_not_drawn(tmp_path):
    path = tmp_path / "a.geojson"
    geojson(path, point(1, 2), point(7, 8), point(200, 10), point(5, 95), point(1e308, 3))
    path.write_text(path.read_text().replace("[7, 8]", "[NaN, Infinity]"))
    (layer,) = probed_layers(path)
    said = " ".join(layer.problems)
    assert "Row 4: it lies outside the degrees" in said
    assert "Row 5: it lies outside the degrees" in said
    table, _ = draw(path, "EPSG:3857")
    assert {1, 3} <= set(table.fid.tolist()) <= {1, 3, 4}
    assert np.isfinite(table.xy * table.step).all()
    at = table.fid.tolist().index(3)
    start = int(table.start_of[table.part_of[at]])
    assert table.xy[start, 0] * table.step == pytest.approx(-160 * 111_319.49, abs=1)


def test_f59_mixed_kinds_heights_measures_and_curves(tmp_path):
    arc = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    triangle = struct.pack("<BIII12d", 1, 1003, 1, 4, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 0, 0)
    tin = struct.pack("<BII", 1, 1016, 1) + struct.pack("<BIII12d", 1, 1017, 1, 4, *range(9), 0, 1, 2)
    shapes = [shapely.Point(1, 2, 3), arc, shapely.LineString([(0, 0), (1, 1)]), triangle, tin, None]
    path = ogr(tmp_path / "a.gpkg", shapes, "GPKG")
    measured = "LINESTRING ZM (3 3 8 9, 3.5 3.25 8 9, 3.75 3.5 8 9)"
    put(path, 3, shapely.to_wkb(shapely.from_wkt(measured), flavor="iso"))  # pyogrio would write it without its M
    (layer,) = probed_layers(path)
    assert layer.features == 6
    assert "Row 5: its geometry is a TIN, which is not shown." in layer.problems
    table, _ = draw(path)
    kinds = dict(zip(table.fid.tolist(), table.kind.tolist(), strict=True))
    assert (kinds[1], kinds[2], kinds[3], kinds[4]) == (POINT, LINE, LINE, POLYGON)
    arc_xy, line_xy, triangle_xy = (places_of(table, fid) for fid in (2, 3, 4))
    assert len(arc_xy) > 10
    assert np.hypot(*(arc_xy - (1, 0)).T) == pytest.approx(1, abs=1e-6)
    assert arc_xy[:, 1].max() == pytest.approx(1, abs=1e-3)
    # Heights and measures are no places.
    assert places_of(table, 1).tolist() == [[1, 2]]
    assert line_xy.tolist() == [[3, 3], [3.5, 3.25], [3.75, 3.5]]
    assert triangle_xy.tolist() == [[0, 0], [1, 0], [1, 1], [0, 0]]
    exact = shapely.from_wkb(list(rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 4, [], exact=True).wkb))
    assert exact[0].wkt == "POINT Z (1 2 3)", "what is exported keeps its height"
    assert POOL.ask(raw("attributes", {"path": str(path), "layer": "a"})).header["fids"] == [1, 2, 3, 4, 5, 6]


@pytest.mark.bounded
def test_f60_many_features_come_in_chunks(tmp_path):
    path = ogr(
        tmp_path / "a.gpkg", shapely.points(np.random.default_rng(1).uniform(-80, 80, (60_000, 2))).tolist(), "GPKG"
    )
    count, start, chunks = 0, 0, 0
    while start is not None:
        table, header = draw(path, "EPSG:3857", start_fid=start, limit=20_000)
        assert len(table) <= 20_000
        count, start, chunks = count + len(table), header["next_fid"], chunks + 1
    assert (count, chunks >= 3) == (60_000, True)


@pytest.mark.bounded
def test_f60_a_polygon_of_a_million_vertices(tmp_path):
    angle = np.linspace(0, 2 * np.pi, 1_000_000)
    ring = np.column_stack([np.cos(angle) * 10, np.sin(angle) * 10])
    path = ogr(tmp_path / "a.gpkg", [shapely.Polygon(ring)], "GPKG")
    assert probed_layers(path)[0].problems == ()
    table, _ = draw(path, "EPSG:3857")
    assert table.xy.shape[0] > 100_000


@pytest.mark.bounded
def test_f61_huge_and_strange_attributes(tmp_path):
    names = {f"column {i}": i for i in range(2000)}
    text = "я" * 2_500_000
    path = geojson(tmp_path / "a.geojson", point(1, 2), **names, long=text, nul="a\0b", rtl="\u202eabc", mark="e\u0301")
    (layer,) = probed_layers(path)
    assert len(layer.fields) == 2005
    columns = columns_of(path)
    assert len(columns["long"][0]) < 30_000
    assert columns["mark"] == ["e\u0301"]
    whole = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 1, ["long"], exact=True).columns
    assert whole["long"] == [text]
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{i}" for i in range(3000)) + "\n")
    with pytest.raises(TooLarge, match="3\u202f000 columns"):
        probed_layers(wide)


def test_f62_encodings_are_recovered_with_the_evidence_or_by_hand(tmp_path):
    def shapefile(name: str, text: str, encoding: str, cpg: str | None) -> Path:
        path = ogr(tmp_path / f"{name}.shp", [shapely.Point(1, 2)], "ESRI Shapefile", name=np.array([text], object))
        dbf = path.with_suffix(".dbf")
        data = bytearray(dbf.read_bytes())
        data[29] = 0
        wanted = text.encode(encoding)
        data[-1 - 80 : -1 - 80 + len(wanted)] = wanted  # one record of 80 bytes, then the end mark
        dbf.write_bytes(bytes(data[:-81]) + wanted.ljust(80) + b"\x1a")
        path.with_suffix(".cpg").unlink(missing_ok=True)
        if cpg is not None:
            path.with_suffix(".cpg").write_text(cpg)
        return path

    word = "Космодром Восточный"
    silent = [(encoding, None) for encoding in ("cp1251", "koi8-r", "cp866", "utf-8")]
    for number, (encoding, cpg) in enumerate([*silent, *(("cp1251", text) for text in ("UTF-8", "1251", "nonsense"))]):
        path = shapefile(f"a{number}", word, encoding, cpg)
        (layer,) = probed_layers(path)
        assert columns_of(path)["name"] == [word], (encoding, cpg, layer.reading)
        assert layer.reading["encoding"] == encoding
        assert layer.reading["encoding_evidence"]
    path = shapefile("h", "Plößberg", "cp1252", None)
    assert columns_of(path)["name"] == ["Plößberg"]
    assert columns_of(path, encoding="cp1251")["name"] != ["Plößberg"]
    assert columns_of(shapefile("i", "文昌航天发射场", "gb18030", None))["name"] == ["文昌航天发射场"]
    broken = ogr(tmp_path / "broken.gpkg", [shapely.Point(1, 2)], "GPKG", name=np.array(["Plesetsk"], object))
    broken.write_bytes(broken.read_bytes().replace(b"Plesetsk", b"Ples\xff\xfesk"))
    assert columns_of(broken)["name"] == ["Ples\ufffd\ufffdsk"]


def test_f63_a_shapefile_with_parts_missing(tmp_path):
    points = [shapely.Point(1, 2), shapely.Point(3, 4), shapely.Point(5, 6)]
    whole = ogr(tmp_path / "a.shp", points, "ESRI Shapefile", geometry="Point", name=np.array(["x", "y", "z"], object))
    whole.with_suffix(".shx").unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (layer,) = probed_layers(whole)
    assert (layer.features, layer.crs) == (3, "EPSG:4326")
    assert "restored in memory" in layer.problems[0]
    assert columns_of(whole)["name"] == ["x", "y", "z"]
    assert len(draw(whole)[0]) == 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    whole.with_suffix(".dbf").unlink()
    (layer,) = probed_layers(whole)
    assert "without its .dbf" in " ".join(layer.problems)
    assert len(draw(whole)[0]) == 3
    whole.with_suffix(".prj").unlink()
    (layer,) = probed_layers(whole)
    assert layer.crs == ""
    assert "does not say in which CRS" in " ".join(layer.problems)
    whole.with_suffix(".dbf").write_bytes(b"x")
    with pytest.raises(UnsupportedFormat, match=r"open the file that ends in \.shp"):
        probed_layers(whole.with_suffix(".dbf"))


def test_f64_a_crs_that_is_missing_or_contradicts_the_coordinates(tmp_path):
    far = [shapely.Point(400_000, 5_750_000)]
    (layer,) = probed_layers(ogr(tmp_path / "none.gpkg", far, "GPKG", crs=None))
    assert (layer.crs, layer.bounds_lonlat) == ("", None)
    (layer,) = probed_layers(ogr(tmp_path / "degrees.gpkg", far, "GPKG", crs="EPSG:4326"))
    assert layer.bounds_lonlat is None
    assert "said to be in degrees, but its coordinates are not" in " ".join(layer.problems)
    (layer,) = probed_layers(ogr(tmp_path / "metres.gpkg", [shapely.Point(128.3, 51.9)], "GPKG", crs="EPSG:3857"))
    assert "look like degrees" in " ".join(layer.problems)
    (layer,) = probed_layers(ogr(tmp_path / "right.gpkg", far, "GPKG", crs="EPSG:32652"))
    assert layer.problems == ()
    assert layer.bounds_lonlat.centre == pytest.approx((127.55, 51.89), abs=0.01)


def test_f65_a_route_over_the_antimeridian_is_split_and_its_length_is_geodesic(tmp_path):
    route = shapely.LineString([(131.9, 43.1), (177.5, 64.7), (-149.9, 61.2)])
    path = geojson(tmp_path / "a.geojson", json.loads(shapely.to_geojson(route)))
    table, _ = draw(path)
    parts = parts_in_degrees(table, 0)
    assert len(parts) == 2
    assert [(part[0, 0], part[-1, 0]) for part in parts] == [(131.9, 180), (-180, -149.9)]
    assert parts[0][-1, 1] == parts[1][0, 1], "it goes on where it was cut"
    assert max(np.abs(np.diff(part[:, 0])).max() for part in parts) < 1
    from pyproj import Geod

    wanted = Geod(ellps="WGS84").geometry_length(route)
    assert geometry_length_m(route) == pytest.approx(wanted, abs=1)
    drawn = sum(Geod(ellps="WGS84").line_length(*part.T) for part in parts)
    assert drawn == pytest.approx(wanted, abs=2), "what is drawn is the geodesic"
    polar, _ = draw(path, "EPSG:3576")
    assert len(polar.start_of) == 2, "a canvas around the pole has no edge there"


@pytest.mark.parametrize("lons", [(170, -170), (170, 190), (-190, -170)])
def test_f65_a_polygon_over_the_antimeridian_is_split_and_its_area_is_geodesic(tmp_path, lons):
    west, east = lons
    ring = [[west, 60], [east, 60], [east, 62], [west, 62], [west, 60]]
    path = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": [ring]})
    table, _ = draw(path)
    parts = sorted(parts_in_degrees(table, 0), key=lambda part: part[:, 0].min())
    assert [(*part.min(axis=0), *part.max(axis=0)) for part in parts] == [(-180, 60, -170, 62), (170, 60, 180, 62)]
    polygon = shapely.Polygon(ring)
    turned = shapely.box(-10, 60, 10, 62)  # as large, where nothing is cut
    from pyproj import Geod

    wanted = abs(Geod(ellps="WGS84").geometry_area_perimeter(turned)[0])
    assert geometry_area_m2(polygon) == pytest.approx(wanted, rel=1e-9)


def parts_in_degrees(table: FeatureTable, at: int) -> list[np.ndarray]:
    starts = table.start_of[table.part_of[at] : table.part_of[at + 1] + 1]
    return [np.round(table.xy[a:b] * table.step, 7) for a, b in pairwise(starts)]


def kmz(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.bounded
def test_f66_archives_that_would_burst_are_refused_by_their_directory(tmp_path):
    good = KML.format(PLACEMARK.format("x")).encode()
    bomb = kmz(tmp_path / "bomb.kmz", {"doc.kml": good + b" " * (150 * 2**20)})
    assert bomb.stat().st_size < 2**20
    refused = within(10, lambda: probed_layers(bomb))
    assert isinstance(refused, TooLarge)
    assert "times its size" in str(refused)
    slip = kmz(tmp_path / "slip.kmz", {"../../slip.kml": good, "a.png": b"x"})
    assert probed_layers(slip)[0].features == 1
    assert not list(tmp_path.parent.glob("slip.kml"))
    many = kmz(tmp_path / "many.kmz", {f"{i}.txt": b"" for i in range(10_001)} | {"doc.kml": good})
    with pytest.raises(TooLarge, match="10\u202f002 files"):
        probed_layers(many)
    nested = kmz(tmp_path / "nested.kmz", {"inner.kmz": slip.read_bytes()})
    assert probed_layers(nested)[0].features == 1
    inner = bomb.read_bytes()
    for depth in range(3):
        nested = kmz(tmp_path / f"nested{depth}.kmz", {"inner.kmz": inner})
        refused = within(10, partial(probed_layers, nested))
        assert isinstance(refused, TooLarge if depth < 2 else UnsupportedFormat), depth
        inner = nested.read_bytes()
    locked = bytearray(kmz(tmp_path / "locked.kmz", {"doc.kml": good}).read_bytes())
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.kmz").write_bytes(locked)
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        probed_layers(tmp_path / "locked.kmz")
    liar = bytearray(kmz(tmp_path / "liar.kmz", {"doc.kml": good}).read_bytes())
    (tmp_path / "liar.kmz").write_bytes(liar[: len(liar) // 2])
    with pytest.raises((NotReadable, UnsupportedFormat)):
        probed_layers(tmp_path / "liar.kmz")
    book = kmz(tmp_path / "bomb.xlsx", {"xl/workbook.xml": b" " * (150 * 2**20)})
    assert isinstance(within(10, lambda: probed_layers(book)), TooLarge)


def test_f67_what_leads_elsewhere_is_text(tmp_path):
    url = "http://127.0.0.1:9"
    inside = (
        f"<NetworkLink><name>live</name><Link><href>{url}/a.kml</href></Link></NetworkLink>"
        f"<GroundOverlay><name>scene</name><Icon><href>{url}/a.png</href></Icon><LatLonBox><north>2</north>"
        "<south>1</south><east>4</east><west>3</west></LatLonBox></GroundOverlay>"
        "<Placemark><name>p</name>"
        f"<description><![CDATA[<img src='{url}/b.png'><script>x()</script>Text]]></description>"
        f"<Style><IconStyle><Icon><href>{url}/i.png</href></Icon></IconStyle></Style>"
        "<Point><coordinates>1,2</coordinates></Point></Placemark>"
    )
    path = tmp_path / "a.kml"
    path.write_text(KML.format(inside))
    (layer,) = probed_layers(path)
    assert f"a.kml leads to NetworkLink {url}/a.kml" in layer.problems[0].replace("a leads", "a.kml leads")
    columns = columns_of(path)
    assert columns["link"] == [f"{url}/a.kml", f"{url}/a.png", None]
    assert columns["icon"] == [None, None, f"{url}/i.png"]
    assert columns["description"][2] == f"[{url}/b.png] Text"
    table, _ = draw(path)
    assert table.kind.tolist() == [POLYGON, POINT]


def test_f68_xml_bombs_are_refused_at_once(tmp_path):
    bomb = '<!DOCTYPE kml [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    texts = {
        "laughs.kml": bomb + "]>" + KML.format(PLACEMARK.format("&i;")),
        "laughs.gpx": bomb + ']><gpx><wpt lat="1" lon="2"><name>&i;</name></wpt></gpx>',
        "xxe.kml": f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{secret}">]>' + KML.format(PLACEMARK.format("&x;")),
        "xxe.gpx": f'<!DOCTYPE gpx SYSTEM "file://{secret}"><gpx><wpt lat="1" lon="2"/></gpx>',
        "deep.kml": KML.format("<Folder>" * 100_000 + "</Folder>" * 100_000),
        "deep.gpx": "<gpx>" + "<extensions>" * 100_000 + "</extensions>" * 100_000 + "</gpx>",
        "inside.kml": KML.format("<Placemark>" + "<MultiGeometry>" * 100_000),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text('<?xml version="1.0"?>' + text)
        refused = within(10, lambda name=name: probed_layers(tmp_path / name))
        assert isinstance(refused, NotReadable), (name, refused)
        assert ("nested too deeply" if name.startswith(("deep", "inside")) else "declares a document") in str(refused)
        assert "secret" not in str(refused).replace("secret.txt", "")


@pytest.mark.bounded
def test_f69_geojson_of_any_depth_and_size_costs_no_reader(tmp_path, reader):
    """In a real reader: one that runs out of its stack or its memory would be told as a crash."""
    collection = '{"type":"FeatureCollection","features":['
    nested = '{"type":"GeometryCollection","geometries":['
    texts = {
        "open": '{"type":"Feature","geometry":{"type":"Point","coordinates":' + "[" * 100_000,
        "rings": '{"type":"Feature","geometry":{"type":"Polygon","coordinates":' + "[" * 10**5 + "]" * 10**5 + "}}",
        "collections": f'{{"type":"Feature","geometry":{nested * 3000}{{"type":"Point","coordinates":[1,2]}}'
        + "]}" * 3000
        + "}",
        "attribute": '{"type":"Feature","geometry":null,"properties":{"a":' + "[" * 5000 + "]" * 5000 + "}}",
        "number": collection + '{"type":"Feature","properties":{"a":' + "1" * 12_000_000 + '},"geometry":null}]}',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.geojson").write_text(text)
    with open(tmp_path / "gigabytes.geojson", "wb") as file:  # two of them, on one line, most of it a hole
        file.write(collection.encode())
        file.truncate(2**31)
    reader.ask(raw("probe", {"path": str(geojson(tmp_path / "good.geojson", point(1, 2)))}))
    before = reader.pids(Profile.FEATURES)  # one of imagery may be on its way out
    for path in sorted(tmp_path.glob("*.geojson")):
        for op in ("probe", "features", "attributes") if path.stem != "good" else ():
            refused = within(5, partial(reader.ask, raw(op, {"path": str(path), "crs": "EPSG:3857"})))
            assert isinstance(refused, NotReadable | UnsupportedFormat), (path.name, op, refused)
            assert path.name in refused.sentence
    assert reader.pids(Profile.FEATURES) == before, "one reader for all of them"


def test_f69_geojson_with_numbers_that_are_none(tmp_path):
    path = geojson(tmp_path / "a.geojson", point(7, 8), point(3, 1), a=5)
    path.write_text(path.read_text().replace("[7, 8]", "[NaN, 1]").replace('"a": 5', '"a": -Infinity'))
    (layer,) = probed_layers(path)
    assert layer.problems == (
        "Column a holds numbers without an end or too large to keep, 2 in all: these cells are shown empty.",
        "Row 1: it has coordinates that are no finite numbers.",
    )
    assert columns_of(path)["a"] == [None, None]
    table, header = draw(path, "EPSG:3857")
    assert (table.fid.tolist(), header["skipped"]) == ([2], 1)


@pytest.mark.bounded
def test_f69_a_crs_by_a_link_is_told_and_not_followed(tmp_path, reader):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        href = f"http://127.0.0.1:{server.getsockname()[1]}/crs.wkt"
        link = {"type": "link", "properties": {"href": href, "type": "ogcwkt"}}
        for crs, words in (
            (link, "names its CRS by a link, which is not followed"),
            ({"type": "name", "properties": {"name": "urn:x:nowhere"}}, "not known (urn:x:nowhere)"),
            ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, ""),
            ({"type": "name", "properties": {"name": "EPSG:4326"}}, ""),
        ):
            path = geojson(tmp_path / "a.geojson", point(1, 2))
            whole = json.loads(path.read_text())
            padding = {"type": "FeatureCollection", "about": "x" * 100_000}
            for data in ({"type": whole["type"], "crs": crs, **whole}, {**padding, **whole, "crs": crs}):
                path.write_text(json.dumps(data))
                (found,) = reader.ask(raw("probe", {"path": str(path)})).header["layers"]
                layer = convert(found, VectorInfo)
                assert layer.crs == "EPSG:4326"
                assert len(layer.problems) == (1 if words else 0), layer.problems
                assert words in " ".join(layer.problems)
                answer = reader.ask(raw("features", {"path": str(path), "crs": "EPSG:3857"}))
                assert len(table_from_answer(answer)) == 1
        with pytest.raises(BlockingIOError):
            server.accept()


def test_f70_tracks_without_times_and_broken_times_load(tmp_path):
    track = (
        '<Placemark><name>t</name><gx:Track xmlns:gx="g"><gx:coord>1 2 0</gx:coord>'
        "<gx:coord>3 4 0</gx:coord></gx:Track>"
        "</Placemark><Placemark><name>u</name><gx:MultiTrack xmlns:gx='g'><gx:Track><when>yesterday</when>"
        "<gx:coord>1 2 3</gx:coord><gx:coord>5 6 7</gx:coord></gx:Track></gx:MultiTrack></Placemark>"
    )
    (tmp_path / "a.kml").write_text(KML.format(track))
    table, _ = draw(tmp_path / "a.kml")
    assert table.kind.tolist() == [LINE, LINE]
    points = "".join(
        f'<trkpt lat="{i}" lon="{i}"><time>{t}</time></trkpt>' for i, t in ((1, "2024-13-45"), (2, "noon"))
    )
    (tmp_path / "a.gpx").write_text(
        f"<gpx><trk><name>t</name><trkseg>{points}</trkseg></trk><rte><rtept lat='1' lon='2'/><rtept lat='x' lon='2'/>"
        "<rtept lat='3' lon='4'/></rte><wpt lat='1' lon='2'><time/></wpt></gpx>"
    )
    waypoints, routes, tracks = probed_layers(tmp_path / "a.gpx")
    assert (waypoints.name, routes.name, tracks.name) == ("waypoints", "routes", "tracks")
    assert "begin “2024-13-45” is no time" in tracks.problems[0]
    assert "1 of its points have no usable lat and lon" in routes.problems[0]
    assert len(draw(tmp_path / "a.gpx", layer="tracks")[0]) == 1
    assert dict(tracks.fields)["points"] == "integer"


def test_f71_formulas_are_neutralised_in_a_table(tmp_path):
    path = geojson(tmp_path / "a.geojson", point(1, 2))
    data = json.loads(path.read_text())
    for name, text in (
        ("a", "=cmd|' /C calc'!A0"),
        ("b", "+A1"),
        ("c", "-1+cmd|' /C calc'!A0"),
        ("d", "@SUM(1)"),
        ("=e", "\tx"),
        ("f", 5),
    ):
        data["features"][0]["properties"][name] = text
    path.write_text(json.dumps(data))
    out = tmp_path / "out.csv"
    POOL.ask(raw("export_rows", {"path": str(path), "out": str(out), "format": "CSV"}))
    cells = [cell.strip('"') for cell in re.split(r"[,\r\n]+", out.read_text("utf-8-sig")) if cell]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t" and cell]
    assert "'=cmd|' /C calc'!A0" in cells


def test_f72_no_repair_is_run_on_a_geometry_bomb(tmp_path):
    bomb = shapely.Polygon(np.random.default_rng(1).uniform(0, 10, (3000, 2)))
    path = ogr(tmp_path / "a.gpkg", [bomb, shapely.Point(1, 2)], "GPKG")
    (layer,) = within(10, lambda: probed_layers(path))
    assert "self-intersection" in layer.problems[0]
    assert len(within(10, lambda: draw(path))[0]) == 2
    calls = re.compile(r"\b(make_valid|buffer|simplify|unary_union|union_all)\(")
    readers = Path(__file__).parents[4] / "layers" / "readers"
    assert not [path.name for path in readers.glob("*.py") if calls.search(path.read_text())]


def test_a_workbook_with_places(tmp_path):
    """Two sheets have places, one has none."""
    path = tmp_path / "sites.xlsx"
    for sheet, columns in (
        (
            "sites",
            {"name": ["文昌", None], "lat": [19.614, 51.884], "lon": [110.951, 128.334], "n": [9007199254740991, 2]},
        ),
        ("grid", {"what": ["a", "b"], "MGRS": ["52U DC 54160 48346", "nowhere"]}),
        ("notes", {"text": ["x", "y"]}),
    ):
        arrays = [np.array(values, object if isinstance(values[0], str) else None) for values in columns.values()]
        pyogrio.raw.write(path, None, arrays, list(columns), driver="XLSX", layer=sheet, append=path.exists())
    sites, grid = probed_layers(path)
    assert (sites.name, sites.driver, sites.crs, sites.features) == ("sites", "XLSX", "EPSG:4326", 2)
    assert sites.reading["columns"] == {"x": "lon", "y": "lat"}
    assert dict(sites.fields) == {"name": "text", "lat": "real", "lon": "real", "n": "integer"}
    assert columns_of(path, "sites")["name"] == ["文昌", None]
    assert grid.reading["columns"] == {"place": "MGRS"}
    assert "Row 3: “nowhere”" in " ".join(grid.problems)
    assert "sites.xlsx also holds notes, without columns called lat and lon: not shown." in sites.problems
    assert [one.name for one in probed_layers(path, preview=True)] == ["sites", "grid", "notes"]
    assert io.BytesIO(path.read_bytes()).read(2) == b"PK"


@pytest.mark.parametrize(
    ("kinds", "geometry"),
    [
        (["LineString", "MultiLineString"], "MultiLineString"),
        (["MultiPolygon", "Polygon"], "MultiPolygon"),
        (["Point", "LineString"], "Unknown"),
    ],
)
def test_one_kind_in_one_and_in_several_parts_is_told_as_one(tmp_path, kinds, geometry):
    """OGR calls lines unknown as soon as one of them is of several parts: their form had fields of points and areas."""
    line, ring = [[1, 2], [3, 4]], [[0, 0], [1, 0], [1, 1], [0, 0]]
    made = {
        "Point": [1, 2],
        "LineString": line,
        "MultiLineString": [line, line],
        "Polygon": [ring],
        "MultiPolygon": [[ring]],
    }
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": made[kind]}} for kind in kinds
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (info,) = probed_layers(path)
    assert info.geometry == geometry
