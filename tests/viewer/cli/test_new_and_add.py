"""new and add-sites: files become layers, rows become sites, and what was left out is said."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest

from layers.document.document import Document
from layers.document.mark_template import MarkTemplate, row_of_template
from layers.document.rows import Template
from layers.project.saving.publish import write_case
from layers.text.counted import metres
from tests.support.cases.rich import read_case
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import BAD_INPUT, DONE, FINDINGS

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@pytest.fixture
def case(cli: Cli, tmp_path: Path) -> Path:
    assert cli("new", tmp_path / "case.gpkg").code == DONE
    return tmp_path / "case.gpkg"


def sites_of(cli: Cli, case: Path) -> list[dict[str, Any]]:
    return cli("sites", case, "--json").json


def test_new_with_layers_in_order(cli, scene_tif: Path, points_geojson: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    outcome = cli("new", case, scene_tif, points_geojson, "https://tiles.example.org/{z}/{x}/{y}.png")
    assert (outcome.code, outcome.out) == (DONE, f"{case}: a new case with 3 layers.\n")
    layers = read_case(case).document.layers_in_order()
    assert [layer.kind for layer in layers] == ["raster", "tiles", "vector"], "imagery lies under vectors"
    assert [layer.name for layer in layers] == ["scene", "tiles.example.org", "points"]


def test_new_never_writes_over_a_file(cli, case: Path) -> None:
    before = case.read_bytes()
    outcome = cli("new", case)
    assert outcome.code == BAD_INPUT
    assert "is there already" in outcome.sentence
    assert case.read_bytes() == before


def test_rows_that_the_case_has_already_are_told_and_added_as_asked(cli: Cli, case: Path, tmp_path: Path) -> None:
    table = tmp_path / "sites.csv"
    table.write_text("label,lat,lon\nPad,51.5,128.2\nMast,51.6,128.3\n", "utf-8")
    first = cli("add-sites", case, table)
    assert (first.code, first.err) == (DONE, "")
    table.write_text("label,lat,lon\nPad,51.5,128.2\nGate,51.7,128.4\n", "utf-8")
    again = cli("add-sites", case, table)
    assert again.code == DONE
    assert "The case had 1 of these rows already, by name and place." in again.err
    assert len(sites_of(cli, case)) == 4


def test_a_row_takes_a_class_that_the_case_has_of_its_own(cli: Cli, tmp_path: Path) -> None:
    """The class was known to the window alone: on the command line its rows were of no class."""
    case, table = tmp_path / "own.gpkg", tmp_path / "t.csv"
    fence = MarkTemplate(code="other/fence", name="Fence", uuid="t")
    write_case(Document({"templates": [Template(uuid="t", **row_of_template(fence))]}), case)
    table.write_text("label,class,lat,lon\nNorth,fence,1,2\n", "utf-8")
    outcome = cli("add-sites", case, table)
    assert (outcome.code, outcome.err) == (DONE, "")
    assert [site["class"] for site in sites_of(cli, case)] == ["other/fence"]


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", ("Vostochny", "Восточный", "东方")),
        ("utf-8-sig", ("名称", "Восточный", "x")),
        ("gb18030", ("东风航天城", "酒泉卫星发射中心", "Xichang")),
        ("cp1251", ("Байконур", "Восточный", "Плесецк")),
        ("cp1252", ("Malé", "Zürich", "São Paulo")),
        ("koi8-r", ("Байконур", "Восточный", "Плесецк")),
        ("cp866", ("Байконур", "Восточный", "Плесецк")),
        ("utf-16", ("Байконур", "酒泉", "x")),
    ],
)
def test_a_table_in_any_usual_encoding(cli, case: Path, tmp_path: Path, encoding: str, names: tuple[str, ...]) -> None:
    table = tmp_path / "t.csv"
    rows = [f"{name},{50 + number},{100 + number}" for number, name in enumerate(names)]
    table.write_bytes("\n".join(["label,lat,lon", *rows]).encode(encoding))
    assert cli("add-sites", case, table).code == DONE
    assert [site["label"] for site in sites_of(cli, case)] == list(names)


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("header", "row", "lon", "lat", "tolerance_deg"),
    [
        ("name;lat;lon", "a;51,884;128,334", 128.334, 51.884, 1e-9),
        ("name,lat,lon", 'a,"51°53\'02.4"" N","128°20\'02.4"" E"', 128.334, 51.884, 1e-6),
        ("name,latitude,longitude", "a,51.884,128.334", 128.334, 51.884, 1e-9),
        ("name,mgrs", "a,52U DC 54160 48346", 128.334, 51.884, 2e-4),
        ("name,utm", "a,52U 454161 5748346", 128.334, 51.884, 2e-4),
        ("name,coordinates", "a,\"51°53.04' N, 128°20.04' E\"", 128.334, 51.884, 1e-6),
        ("name\tY\tX", "a\t51.884\t128.334", 128.334, 51.884, 1e-9),
        ("название,широта,долгота", "a,51.884,128.334", 128.334, 51.884, 1e-9),
        ("名称,纬度,经度", "a,-51.884,-128.334", -128.334, -51.884, 1e-9),
    ],
)
def test_coordinates_in_any_notation(
    cli, case: Path, tmp_path: Path, header: str, row: str, lon: float, lat: float, tolerance_deg: float
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"{header}\n{row}\n", "utf-8")
    outcome = cli("add-sites", case, table)
    assert (outcome.code, outcome.err) == (DONE, "")
    (site,) = sites_of(cli, case)
    assert site["label"] == "a"
    assert site["geometry"]["coordinates"] == pytest.approx([lon, lat], abs=tolerance_deg)
    assert "as given" in site["position_basis"]
    assert site["position_error_m"] is None, "how finely a place is written is not how well it is known"


@pytest.mark.bounded
def test_map_names_the_columns(cli, case: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text('ort,breite,länge,fehler,art\nBerg,51.8,128.3,"2500,5",launch_site\n', "utf-8")
    mapping = ["label=ort", "lat=breite", "lon=länge", "position_error_m=fehler", "class_code=art"]
    assert cli("add-sites", case, table, "--map", *mapping).code == DONE
    (site,) = sites_of(cli, case)
    assert (site["label"], site["position_error_m"], site["class"]) == ("Berg", 2500.5, "launch_site")
    for wrong, words in (("lat=nothing", "no column"), ("colour=ort", "no field")):
        outcome = cli("add-sites", case, table, "--map", wrong)
        assert outcome.code == BAD_INPUT
        assert words in outcome.sentence
    assert len(sites_of(cli, case)) == 1


def test_all_fields_and_aliases(cli, case: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        "label,lat,lon,notes,class,role,country,operator,error_m,basis,zh,ru\n"
        "A,1,2,seen,port,setting,CN,RU,300,measured on the image,港,порт\n",
        "utf-8",
    )
    assert cli("add-sites", case, table).code == DONE
    (site,) = read_case(case).document.sites.values()
    assert (site.notes, site.class_code, site.role) == ("seen", "port", "setting")
    assert (site.location_country, site.operator_country) == ("CN", "RU")
    assert (site.position_error_m, site.position_basis) == (300.0, "measured on the image")
    assert dict(site.aliases) == {"zh": "港", "ru": "порт"}
    assert (site.created_by, site.rev) == ("command line", 1)


def test_rows_left_out_are_said_and_the_others_come(cli, case: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("label,lat,lon,error_m\na,1,2,\nb,,,\nc,north,3,\nd,95,3,\ne,5,6,much\nf,3,4,50\n", "utf-8")
    outcome = cli("add-sites", case, table)
    assert outcome.code == FINDINGS
    assert outcome.out == f"{case}: 3 sites added.\n"
    *lines, kept = outcome.err.splitlines()
    assert kept == "geoloupe: Row 6: “much” is no number of metres. It stands in the notes."
    assert [line.split(":")[1].strip() for line in lines] == [f"t.csv, row {n}" for n in (3, 4, 5)], "as in the file"
    for line, reason in zip(lines, ("no coordinates", "north", "latitude"), strict=True):
        assert "left out" in line
        assert reason in line
    assert [site["label"] for site in sites_of(cli, case)] == ["a", "e", "f"]


@pytest.mark.bounded
def test_geojson_and_geopackage_rows(cli, case: Path, tmp_path: Path, foreign_gpkg: Path) -> None:
    path = tmp_path / "shapes.geojson"
    shapes = [
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        None,
    ]
    features = [
        {"type": "Feature", "properties": {"name": f"s{n}"}, "geometry": shape} for n, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    outcome = cli("add-sites", case, path)
    assert outcome.code == FINDINGS
    assert "row 4: left out" in outcome.err
    assert cli("add-sites", case, foreign_gpkg).out.endswith(": 2 sites added.\n")
    kinds = sorted((site["label"], site["geometry"]["type"]) for site in sites_of(cli, case))
    assert kinds == [("a", "Point"), ("b", "Point"), ("s0", "Point"), ("s1", "LineString"), ("s2", "Polygon")]


def test_a_bad_feature_is_left_out_and_the_others_come(cli, case: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    points = [{"type": "Point", "coordinates": [10, lat]} for lat in (50, 95, 51)]
    mixed = {"type": "GeometryCollection", "geometries": points[:1]}
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in [*points, mixed]]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    outcome = cli("add-sites", case, path)
    assert outcome.code == FINDINGS
    assert outcome.out.endswith(": 2 sites added.\n")
    assert ["row 2" in outcome.err, "row 4" in outcome.err] == [True, True]
    assert {site["position_basis"] for site in sites_of(cli, case)} == {"as in a.geojson"}


@pytest.mark.bounded
def test_what_readers_say_of_a_file_is_said_and_is_a_finding(cli, case: Path, tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"name": f"s{n}"}, "geometry": {"type": "Point", "coordinates": [n, 50]}}
        for n in range(20)
    ]
    whole = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "cut.geojson").write_text(whole[: len(whole) * 2 // 3])
    outcome = cli("add-sites", case, tmp_path / "cut.geojson")
    assert outcome.code == FINDINGS
    assert "cut" in outcome.err
    assert 5 < len(sites_of(cli, case)) < 20
    (tmp_path / "metres.csv").write_text("name,lat,lon\nA,6170000,410000\n")
    outcome = cli("add-sites", case, tmp_path / "metres.csv")
    assert outcome.code == BAD_INPUT
    assert "CRS" in outcome.sentence
    (tmp_path / "title.csv").write_text("All sites;;\n\nname;lat;lon\nA;50;10\nB;north;10\n")
    outcome = cli("add-sites", case, tmp_path / "title.csv")
    assert outcome.code == FINDINGS
    assert "title.csv, row 5: left out" in outcome.err, "as a spreadsheet counts"


@pytest.mark.bounded
def test_why_a_row_has_no_place_is_what_its_reader_says(cli, case: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,lat,ns,lon,ew\nA,51.5,S,128.25,E\nB,-5,N,3,E\n", "utf-8")
    outcome = cli("add-sites", case, tmp_path / "a.csv")
    assert "a.csv, row 3: left out. Its latitude is -5 and called N: one of them is wrong." in outcome.err
    (site,) = sites_of(cli, case)
    assert site["geometry"]["coordinates"] == [128.25, -51.5]


def test_every_layer_of_a_file_is_read_and_counted(cli, case: Path, tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text(
        '<gpx version="1.1" creator="t"><wpt lat="51" lon="128"><name>A</name></wpt><wpt lat="52" lon="128"/>'
        '<trk><name>T</name><trkseg><trkpt lat="51" lon="128"/><trkpt lat="52" lon="129"/></trkseg></trk></gpx>'
    )
    outcome = cli("add-sites", case, tmp_path / "a.gpx")
    assert (outcome.code, outcome.out) == (DONE, f"{case}: 3 sites added: 2 of waypoints and 1 of tracks.\n")
    assert sorted(site["geometry"]["type"] for site in sites_of(cli, case)) == ["LineString", "Point", "Point"]


@pytest.mark.bounded
def test_a_workbook_and_columns_that_the_layers_guess_too(cli, case: Path, tmp_path: Path) -> None:
    columns = [np.array(["Восточный"], object), np.array([51.884]), np.array([128.334])]
    pyogrio.raw.write(tmp_path / "a.xlsx", None, columns, ["name", "lat", "lon"], driver="XLSX")
    (tmp_path / "b.csv").write_text("name;grid\nA;52u dc 54160 48346\n", "utf-8")
    (tmp_path / "c.csv").write_text("name,wkt\nB,SRID=4326;POINT (1 2)\n", "utf-8")
    for name in ("a.xlsx", "b.csv", "c.csv"):
        assert cli("add-sites", case, tmp_path / name).code == DONE
    assert [site["label"] for site in sites_of(cli, case)] == ["Восточный", "A", "B"]


@pytest.mark.parametrize(
    ("error_m", "words"), [(0.111, "0.11 m"), (55_660.0, "56 km"), (940.0, "940 m"), (9.96, "10 m")]
)
def test_how_finely_a_place_is_written_reads_well(error_m: float, words: str) -> None:
    assert metres(error_m) == words


@pytest.mark.bounded
def test_the_case_stays_sound_and_keeps_a_history(cli, case: Path, points_geojson: Path) -> None:
    before = read_case(case).project_uuid
    assert cli("add-sites", case, points_geojson).code == DONE
    assert cli("validate", case).code == DONE
    assert read_case(case).project_uuid == before


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", b"label,lat,lon\n", "no features"),
        ("columns.csv", b"label,a,b\nx,1,2\n", "No row"),
        ("binary.csv", b"\x00\x01\x02" * 100, "binary"),
        ("empty.csv", b"", "empty"),
        ("empty.geojson", b'{"type":"FeatureCollection","features":[]}', "no features"),
        ("image.png", PNG, "image"),
    ],
)
def test_a_bad_table_changes_nothing(cli, case: Path, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    before = case.read_bytes()
    (tmp_path / name).write_bytes(content)
    outcome = cli("add-sites", case, tmp_path / name)
    assert outcome.code == BAD_INPUT
    assert words in outcome.sentence
    assert case.read_bytes() == before


def test_longitudes_of_any_turn_become_sites_at_home(cli, tmp_path: Path) -> None:
    case, path = tmp_path / "a.gpkg", tmp_path / "a.geojson"
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, 10]}}
        for lon in (250, 359.5, 20)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert cli("new", case).code == DONE
    assert cli("add-sites", case, path).code == DONE
    places = sorted(site["geometry"]["coordinates"][0] for site in cli("sites", case, "--json").json)
    assert places == [-110, -0.5, 20]


def test_adding_sites_leaves_nothing_among_temporary_files(
    cli, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("name,lat,lon\nPad,51.9,128.3\n")
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    assert cli("add-sites", case, table).code == DONE
    assert list((tmp_path / "temp").iterdir()) == []


@pytest.mark.bounded
def test_the_sources_that_rows_cite_are_registered_once(cli, tmp_path: Path) -> None:
    table = tmp_path / "sites.csv"
    table.write_text(
        "name,lat,lon,source\n"
        'Pad,40.9,100.3,"""A new pad"", Xinhua, 2011-10-26"\n'
        'Hall,40.8,100.2,"""A new pad"", Xinhua, 2011-10-26"\n'
        "Gate,40.7,100.1,\n"
        "Road,40.6,100.0,from memory\n",
        "utf-8",
    )
    case = tmp_path / "a.gpkg"
    cli("new", case)
    assert cli("add-sites", case, table).out.endswith("4 sites and 1 source added.\n")
    (source,) = cli("sources", case, "--json").json
    assert (source["title"], source["publisher"], source["published_at"]) == ("A new pad", "Xinhua", "2011-10-26")
    document = read_case(case).document
    placed = {site.label: site.position_source_uuid for site in document.sites.values()}
    assert placed == {"Pad": source["uuid"], "Hall": source["uuid"], "Gate": "", "Road": ""}
    assert cli("add-sites", case, table).out.endswith("4 sites added.\n"), "the source is known by now"
