"""Services named by the address of what describes them: told by `info`, drawn by `render`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M
from tests.support.map_faults import NORTH_WEST, serving_maps
from tests.support.map_server import MapServer, serving_map
from tests.support.stac_server import serving_stac
from tests.support.wms_documents import document, geographic_box, layer_xml

WORLD = Bounds(-MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M)
WMS = """<?xml version="1.0"?><WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms"
 xmlns:xlink="http://www.w3.org/1999/xlink"><Service><Name>WMS</Name><Title>Loopback Maps</Title></Service>
<Capability><Request><GetMap><Format>image/png</Format><DCPType><HTTP><Get>
<OnlineResource xlink:href="http://{host}/map?"/></Get></HTTP></DCPType></GetMap></Request>
<Layer><Title>All</Title><CRS>EPSG:3857</CRS>
<Layer><Name>sky</Name><Title>The Sky</Title><EX_GeographicBoundingBox><westBoundLongitude>-180</westBoundLongitude>
<eastBoundLongitude>180</eastBoundLongitude><southBoundLatitude>-85</southBoundLatitude>
<northBoundLatitude>85</northBoundLatitude></EX_GeographicBoundingBox>
<Dimension name="time" units="ISO8601" default="2024-04-12">2024-04-01,2024-04-12</Dimension></Layer>
<Layer><Name>ground</Name><Title>The Ground</Title></Layer></Layer></Capability></WMS_Capabilities>"""


@pytest.fixture
def server(own_home: Path) -> Iterator[MapServer]:
    picture = QImage(512, 512, QImage.Format.Format_RGB32)
    picture.fill(QColor(200, 30, 60))
    with serving_map(picture, WORLD) as server:
        server.documents["/map"] = WMS.format(host=server.host).encode()
        yield server


def test_info_tells_what_a_server_offers(cli, server: MapServer) -> None:
    done = cli("info", f"http://{server.host}/map?service=WMS", "--json")
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    assert (facts["kind"], facts["service"], facts["title"]) == ("service", "wms", "Loopback Maps")
    sky = next(layer for layer in facts["layers"] if layer["name"] == "sky")
    assert sky["times"] == {"count": 2, "first": "2024-04-01", "last": "2024-04-12", "default": "2024-04-12"}
    assert "request=getcapabilities" in server.log[0].lower()


def test_a_layer_and_a_time_are_drawn(cli, server: MapServer, tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    address = f"http://{server.host}/map?service=WMS#sky@2024-04-01"
    done = cli("render", address, "--out", str(out), "--size", "300x200", "--bounds", "10,45,20,52")
    assert done.code == 0, done.err
    assert QColor(QImage(str(out)).pixel(150, 100)).getRgb()[:3] == (200, 30, 60)
    maps = [path for path in server.log if "getmap" in path.lower()]
    assert maps
    assert all("2024-04-01" in path for path in maps)


def test_a_time_that_the_server_has_not_is_said_to_be_another(cli, server: MapServer, tmp_path: Path) -> None:
    """The nearest one was drawn without a word."""
    address = f"http://{server.host}/map?service=WMS#sky@2024-04-03"
    done = cli("render", address, "--out", tmp_path / "map.png", "--size", "300x200", "--bounds", "10,45,20,52")
    assert done.code == 0
    assert "“The Sky” has no time 2024-04-03: 2024-04-01 is shown, the nearest that it has." in done.err


def test_a_map_of_arcgis_is_drawn_at_a_time(cli, own_home: Path, tmp_path: Path) -> None:
    may_1, may_3 = 1714521600000, 1714694400000
    dates = {"timeExtent": [may_1, may_3], "timeInterval": 1, "timeIntervalUnits": "esriTimeUnitsDays"}
    extent = {"xmin": 10, "ymin": 44, "xmax": 16, "ymax": 48, "spatialReference": {"wkid": 4326}}
    image = {"name": "Sky", "extent": extent, "pixelSizeX": 100, "capabilities": "Image", "timeInfo": dates}
    out = tmp_path / "map.png"
    place = ("--out", str(out), "--size", "300x200", "--bounds", "10.5,46.5,12.5,47.5")
    with serving_maps(Bounds(10.0, 44.0, 16.0, 48.0)) as maps:
        maps.days = {"2024-05-01"}
        home = "/arcgis/rest/services/Sky/ImageServer"
        maps.documents[home] = json.dumps(image).encode()
        facts = cli("info", f"{maps.url}{home}", "--json").json
        assert facts["service"] == "arcgis"
        assert facts["layers"][0]["times"] == {"count": 3, "first": "2024-05-01", "last": "2024-05-03", "default": None}
        assert cli("render", f"{maps.url}{home}#Sky@2024-05-01", *place).code == 0
        assert QImage(str(out)).pixel(150, 100) == NORTH_WEST
        assert {question["TIME"].partition(",")[0] for question in maps.maps} == {str(may_1)}
        assert cli("render", f"{maps.url}{home}@2024-05-02", *place).code != 0, "a time stands behind the layer's name"
        assert cli("render", f"{maps.url}{home}#Sky@2024-05-02", *place).code == 0
        assert QImage(str(out)).pixel(150, 100) != NORTH_WEST, "there is nothing of that day"


def test_a_server_that_ignores_the_order_of_axes_is_drawn_right(cli, own_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    with serving_maps(Bounds(10.0, 44.0, 16.0, 48.0)) as maps:
        maps.ignores_axes = {"*"}
        inner = geographic_box(maps.box)
        maps.documents["/wms"] = document(layer_xml(inner, crs="<CRS>EPSG:4326</CRS>"), href=f"{maps.url}/wms").encode()
        place = ("--out", str(out), "--size", "300x200", "--bounds", "10.5,46.5,12.5,47.5")
        assert cli("render", f"{maps.url}/wms#a", *place).code == 0
    assert QImage(str(out)).pixel(150, 100) == NORTH_WEST


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("", "name one behind a #"),
        ("#sea", "no layer “sea”: it has sky, ground"),
        ("#ground@2024-04-01", "has no times"),
    ],
)
def test_what_is_no_layer_is_said(cli, server: MapServer, tmp_path: Path, chosen: str, words: str) -> None:
    address = f"http://{server.host}/map?service=WMS{chosen}"
    done = cli("render", address, "--out", str(tmp_path / "map.png"), "--size", "300x200")
    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err


def test_what_is_no_service_is_said(cli, server: MapServer) -> None:
    server.documents["/page"] = b"<html><body>hello</body></html>"
    done = cli("info", f"http://{server.host}/page", "--json")
    assert done.code == 1
    assert "web page" in done.err


def test_info_tells_the_items_of_a_catalogue(cli, tmp_path: Path) -> None:
    item = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "scene",
        "collection": "s2",
        "geometry": None,
        "bbox": [10, 50, 11, 51],
        "properties": {"datetime": "2026-03-01T10:20:30Z", "eo:cloud_cover": 12.5},
        "links": [],
        "assets": {"visual": {"href": "https://files.example.org/scene.tif", "roles": ["visual"]}},
    }
    saved = tmp_path / "search.json"
    saved.write_text(json.dumps({"type": "FeatureCollection", "features": [item], "links": []}))
    done = cli("info", str(saved), "--json")
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    assert facts["service"] == "stac-items"
    (told,) = facts["items"]
    assert (told["id"], told["datetime"], told["cloud_cover"]) == ("scene", "2026-03-01T10:20:30Z", 12.5)
    assert [asset["key"] for asset in told["assets"]] == ["visual"]
    with serving_stac([item]) as server:
        done = cli("info", server.address, "--json")
        assert json.loads(done.out)["service"] == "stac-api"


@pytest.mark.bounded
def test_scenes_searches_an_archive(cli, own_home: Path) -> None:
    def item(name: str, at: str, west: float) -> dict[str, object]:
        box = [west, 50, west + 1, 51]
        ring = [[west, 50], [west + 1, 50], [west + 1, 51], [west, 51], [west, 50]]
        return {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": name,
            "collection": "s2",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "bbox": box,
            "properties": {"datetime": at},
            "links": [],
            "assets": {},
        }

    items = [item(f"day{day}", f"2026-03-0{day}T10:00:00Z", 10.0) for day in range(1, 8)]
    items.append(item("elsewhere", "2026-03-02T10:00:00Z", 60.0))
    question = ("--bounds", "10,50,11,51", "--from", "2026-03-02", "--to", "2026-03-06", "--json")
    with serving_stac(items, page=2) as server:
        facts = cli("scenes", server.address, *question).json
        assert [entry["id"] for entry in facts["items"]] == [f"day{day}" for day in range(2, 7)]
        assert facts["matched"] == "5"
        server.broken = True
        refused = cli("scenes", server.address, *question)
        assert refused.code == 1
        assert server.host in refused.err
