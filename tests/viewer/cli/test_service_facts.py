"""Keys of `info --json` of every kind of service, from saved documents and addresses, and what is no service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.readers.pmtiles_files import Form, write_pmtiles
from tests.support.wms_documents import WORLD, document, layer_xml
from tests.support.wmts_documents import capabilities, layer, mercator
from viewer.cli.terminal.command import BAD_INPUT, DONE

LAYER_KEYS = {"name", "title", "crs", "bounds_lonlat", "formats", "styles", "times", "levels", "address"}
ITEM_KEYS = {"id", "collection", "datetime", "start", "end", "date_kind", "bounds_lonlat", "cloud_cover", "assets"}
ITEM_KEYS |= {"problems"}
ASSET_KEYS = {"key", "role", "type", "href", "bands"}
TIMES = "<Dimension name='time' units='ISO8601' default='2024-04-12'>2024-04-01,2024-04-12</Dimension>"
WFS = """<?xml version="1.0"?><WFS_Capabilities version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"
 xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink">
<ows:ServiceIdentification><ows:Title>Parks</ows:Title></ows:ServiceIdentification><ows:OperationsMetadata>
<ows:Operation name="GetFeature"><ows:DCP><ows:HTTP><ows:Get xlink:href="https://h.example/wfs"/></ows:HTTP></ows:DCP>
</ows:Operation></ows:OperationsMetadata><FeatureTypeList><FeatureType><Name>p:parks</Name><Title>Parks</Title>
<DefaultCRS>urn:ogc:def:crs:EPSG::4326</DefaultCRS><ows:WGS84BoundingBox><ows:LowerCorner>5 47</ows:LowerCorner>
<ows:UpperCorner>15 55</ows:UpperCorner></ows:WGS84BoundingBox></FeatureType></FeatureTypeList></WFS_Capabilities>"""
TMS = """<?xml version="1.0"?><TileMap version="1.0.0"><Title>Town</Title><SRS>EPSG:3857</SRS>
<BoundingBox minx="-20037508.34" miny="-20037508.34" maxx="20037508.34" maxy="20037508.34"/>
<Origin x="-20037508.34" y="-20037508.34"/><TileFormat width="256" height="256" mime-type="image/png" extension="png"/>
<TileSets profile="global-mercator"><TileSet href="0" units-per-pixel="156543.0339" order="0"/>
<TileSet href="1" units-per-pixel="78271.51695" order="1"/></TileSets></TileMap>"""
LINKS = [{"rel": "data", "href": "collections"}, {"rel": "conformance", "href": "conformance"}]
ITEM = {
    "type": "Feature",
    "stac_version": "1.0.0",
    "id": "scene",
    "collection": "s2",
    "geometry": None,
    "bbox": [10, 50, 11, 51],
    "properties": {"datetime": "2026-03-01T10:20:30Z", "eo:cloud_cover": 12.5},
    "links": [],
    "assets": {"visual": {"href": "https://files.example.org/scene.tif", "roles": ["visual"], "type": "image/tiff"}},
}
COLLECTION = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "id": "s2",
    "title": "Sentinel-2",
    "description": "All",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2015-06-23T00:00:00Z", None]]}},
    "links": [],
}
CATALOG = {"type": "Catalog", "stac_version": "1.0.0", "id": "all", "title": "All", "description": "x", "links": []}
API = CATALOG | {
    "conformsTo": ["https://api.stacspec.org/v1.0.0/item-search"],
    "links": [{"rel": "search", "href": "https://h.example/search", "type": "application/geo+json", "method": "POST"}],
}
EXTENT = {"xmin": 5, "ymin": 47, "xmax": 15, "ymax": 55, "spatialReference": {"wkid": 4326}}
ARCGIS = {"currentVersion": 11, "mapName": "Town", "fullExtent": EXTENT, "singleFusedMapCache": False}
SAVED: dict[str, tuple[str, str | bytes | dict[str, Any]]] = {
    "wms": ("Maps", document(layer_xml(WORLD + TIMES))),
    "wmts": ("Tiles of a town", capabilities(layer("a"), mercator())),
    "tms": ("Town", TMS),
    "tilejson": ("Town", {"tilejson": "3.0.0", "name": "Town", "tiles": ["https://h.example/{z}/{x}/{y}.png"]}),
    "arcgis": ("Town", ARCGIS),
    "wfs": ("Parks", WFS),
    "ogcapi": ("Parks", {"title": "Parks", "links": LINKS}),
    "stac-item": ("scene", ITEM),
    "stac-items": ("", {"type": "FeatureCollection", "features": [ITEM], "links": []}),
    "stac-collection": ("Sentinel-2", COLLECTION),
    "stac-catalog": ("All", CATALOG),
    "stac-api": ("All", API),
}


def saved(folder: Path, content: str | bytes | dict[str, Any]) -> Path:
    path = folder / "document"
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("service", SAVED)
def test_a_saved_document_has_the_keys_of_its_kind(cli, tmp_path: Path, service: str) -> None:
    title, content = SAVED[service]
    done = cli("info", saved(tmp_path, content), "--json")
    assert done.code == DONE, done.err
    facts = done.json
    assert (facts["kind"], facts["service"]) == ("service", service)
    assert title in facts["title"]
    assert isinstance(facts["problems"], list)
    assert all(set(entry) == LAYER_KEYS for entry in facts["layers"])
    assert ("items" in facts) == service.startswith("stac-")
    for item in facts.get("items", []):
        assert set(item) == ITEM_KEYS
        assert all(set(asset) == ASSET_KEYS for asset in item["assets"])
    assert bool(facts.get("items")) == (service in ("stac-item", "stac-items"))


def test_times_and_boxes_of_a_layer(cli, tmp_path: Path) -> None:
    (entry,) = cli("info", saved(tmp_path, SAVED["wms"][1]), "--json").json["layers"]
    assert entry["times"] == {"count": 2, "first": "2024-04-01", "last": "2024-04-12", "default": "2024-04-12"}
    assert (entry["bounds_lonlat"], entry["crs"]) == ([-180, -90, 180, 90], ["EPSG:3857"])
    (entry,) = cli("info", saved(tmp_path, SAVED["wmts"][1]), "--json").json["layers"]
    assert (entry["times"], entry["levels"][0]) == (None, 0)


def test_a_template_is_a_service_of_one_layer(cli) -> None:
    facts = cli("info", "https://h.example/{z}/{x}/{y}.jpg", "--json").json
    assert (facts["kind"], facts["service"], facts["problems"]) == ("service", "xyz", [])
    (entry,) = facts["layers"]
    assert set(entry) == LAYER_KEYS
    assert (entry["formats"], entry["levels"], entry["crs"]) == (["image/jpeg"], [0, 19], ["EPSG:3857"])
    day = "2024-04-12"
    facts = cli("info", f"gibs:VIIRS_NOAA20_CorrectedReflectance_TrueColor@{day}", "--json").json
    assert facts["layers"][0]["times"] == {"count": 1, "first": day, "last": day, "default": day}


def test_a_file_of_tiles_is_one_too(cli, tmp_path: Path) -> None:
    import cv2  # the window's tests do without it

    body = cv2.imencode(".png", np.zeros((256, 256, 3), np.uint8))[1].tobytes()
    path = write_pmtiles(
        tmp_path / "a.pmtiles", {(1, 1, 0): body}, Form(bounds=(0, 0, 90, 60), metadata={"name": "Sky"})
    )
    (entry,) = cli("info", path, "--json").json["layers"]
    assert set(entry) == LAYER_KEYS


REFUSED = "<ows:Exception><ows:ExceptionText>No.</ows:ExceptionText></ows:Exception>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f'<ows:ExceptionReport xmlns:ows="o">{REFUSED}</ows:ExceptionReport>', "The server refuses: No."),
        ("<wcs:Capabilities xmlns:wcs='http://www.opengis.net/wcs/2.0'/>", "the capabilities of a service"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
        ({"version": 8, "sources": {}, "layers": []}, "a style of a web map"),
        ({"error": {"code": 499, "message": "Token Required"}}, "Token Required"),
    ],
)
def test_what_is_no_service_says_so_in_a_sentence_and_is_not_called_damaged(
    cli, tmp_path: Path, content: str | dict[str, Any], words: str
) -> None:
    done = cli("info", saved(tmp_path, content), "--json")
    assert done.code == BAD_INPUT
    assert words in done.err
    assert done.err.strip().count("\n") == 0
    assert "damaged" not in done.err


def test_tiles_of_features_are_listed_and_said(cli, tmp_path: Path) -> None:
    content = {"tilejson": "3.0.0", "name": "Roads", "tiles": ["https://h.example/{z}/{x}/{y}.pbf"]}
    assert any("not drawn" in problem for problem in cli("info", saved(tmp_path, content), "--json").json["problems"])
