"""Descriptions of ArcGIS; rows T17 and T18 of the rule book on quirks."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84
from layers.services.listed.offered_entries import in_style
from layers.services.offers.arcgis import read_arcgis
from layers.services.offers.offer import OfferedLayer, ServiceOffer

ADDRESS = "https://h.example/arcgis/rest/services/World/MapServer?f=json"
HOME = "https://h.example/arcgis/rest/services/World/MapServer"
MERCATOR = {"wkid": 102100, "latestWkid": 3857}
WORLD = {"xmin": -20037507.067, "ymin": -19971868.88, "xmax": 20037507.067, "ymax": 19971868.88}
LODS = [{"level": at, "resolution": 156543.03392800014 / 2**at, "scale": 591657527.591555 / 2**at} for at in range(5)]


def tile_info(reference: dict[str, Any], x: float, y: float, lods: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    whole = {"rows": 256, "cols": 256, "dpi": 96, "format": "JPEG", "origin": {"x": x, "y": y}, "lods": lods}
    return whole | {"spatialReference": reference} | more


CACHED = {
    "currentVersion": 10.91,
    "mapName": "Layers",
    "copyrightText": "Source: <b>Maxar</b>",
    "singleFusedMapCache": True,
    "spatialReference": MERCATOR,
    "fullExtent": WORLD | {"spatialReference": MERCATOR},
    "capabilities": "Map,Query,Data",
    "supportedImageFormatTypes": "PNG32,PNG24,JPG",
    "layers": [{"id": 0, "name": "Citations", "parentLayerId": -1, "subLayerIds": None}],
    "tileInfo": tile_info(MERCATOR, -20037508.342787, 20037508.342787, LODS),
}


def offer_of(address: str = ADDRESS, **members: Any) -> ServiceOffer:
    return read_arcgis(json.dumps(CACHED | members).encode(), address)


def layer_of(address: str = ADDRESS, **members: Any) -> OfferedLayer:
    return offer_of(address, **members).layers[0]


def test_a_cache_of_web_mercator() -> None:
    layer = layer_of()
    assert (layer.title, layer.attribution, layer.levels) == ("World", "Source: Maxar", (0, 4))
    assert (layer.crs, layer.formats, layer.problems) == ((WEB_MERCATOR,), ("PNG32", "PNG24", "JPG"), ())
    assert layer.service is not None
    assert layer.service.url(2, 1, 3) == f"{HOME}/tile/2/3/1"
    half = MERCATOR_HALF_M
    assert layer.service.matrices.matrices[1].bounds == pytest.approx(Bounds(-half, -half, half, half))
    assert layer.service.matrices.goes_round(1)
    assert [name for name, _ in layer.choices] == ["drawn on request"]


def test_t17_a_corner_far_outside_the_world() -> None:
    lods = [{"level": at, "resolution": 0.3515625 / 2**at, "scale": 1.47914381897889e8 / 2**at} for at in range(3)]
    reference = {"wkid": 4326}
    extent = {"xmin": -180, "ymin": -90, "xmax": 180, "ymax": 90, "spatialReference": reference}
    layer = layer_of(spatialReference=reference, fullExtent=extent, tileInfo=tile_info(reference, -400, 400, lods))
    assert layer.service is not None
    matrix = layer.service.matrices.matrices[0]
    assert (layer.crs, matrix.left, matrix.top) == ((WGS84,), -400, 400)
    assert matrix.tile_range == (2, 6, 3, 5)
    assert matrix.tile_bounds(2, 3).left == -400 + 2 * 90


def test_t17_a_national_grid_with_odd_levels() -> None:
    reference = {"wkid": 102067, "latestWkid": 5514}
    lods = [{"level": 3, "resolution": 264.5}, {"level": 7, "resolution": 66.1}, {"level": 9, "resolution": 10.0}]
    extent = {"xmin": -925000, "ymin": -1444353, "xmax": -400646, "ymax": -920000, "spatialReference": reference}
    layer = layer_of(
        spatialReference=reference, fullExtent=extent, tileInfo=tile_info(reference, -20037700, 30241100, lods)
    )
    assert layer.service is not None
    assert layer.crs == ("EPSG:5514",)
    grid = layer.service.matrices
    assert [matrix.identifier for matrix in grid.matrices] == ["3", "7", "9"]
    first_column, _, first_row, _ = grid.matrices[2].tile_range
    assert grid.matrices[2].tile_bounds(first_column, first_row).contains_point(-925000, -920000)
    assert layer.service.url(1, 3, 4) == f"{HOME}/tile/7/4/3"


def test_t17_scales_without_resolutions_are_for_the_stated_dpi() -> None:
    lods = [{"level": 0, "scale": 591657527.591555}, {"level": 1, "scale": 295828763.7957775}]
    layer = layer_of(tileInfo=tile_info(MERCATOR, -20037508.342787, 20037508.342787, lods))
    assert layer.service is not None
    assert layer.service.matrices.matrices[1].columns == 2
    assert layer.service.matrices.matrices[0].resolution == pytest.approx(2 * MERCATOR_HALF_M / 256, rel=1e-12)


WKT = (
    'PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",'
    'SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],'
    'UNIT["Meter",1.0]]'
)


def test_t17_a_crs_as_text_or_by_its_newest_number() -> None:
    assert layer_of(spatialReference={"wkt": WKT}, fullExtent=WORLD, singleFusedMapCache=False).crs == (WEB_MERCATOR,)
    newest = {"wkid": 102113, "latestWkid": 3785}
    assert layer_of(spatialReference=newest, fullExtent=WORLD, singleFusedMapCache=False).crs == (WEB_MERCATOR,)


def test_t17_a_grid_that_is_not_understood_leaves_the_export() -> None:
    layer = layer_of(tileInfo=tile_info({"wkid": 999999}, 0, 0, LODS))
    assert layer.service is not None
    assert layer.service.template.startswith(f"{HOME}/export?bbox={{bbox}}")
    assert "not understood" in layer.problems[0]


def test_t18_without_a_cache_the_server_draws() -> None:
    layer = layer_of(singleFusedMapCache=False)
    assert layer.service is not None
    half = f"{MERCATOR_HALF_M:.10f}".rstrip("0")
    assert layer.service.url(0, 0, 0) == (
        f"{HOME}/export?bbox=-{half},-{half},{half},{half}&bboxSR=102100&imageSR=102100&size=256,256&dpi=96"
        "&format=png32&transparent=true&f=image"
    )


def test_tiles_of_heights_or_features_are_no_pictures() -> None:
    layer = layer_of(tileInfo=tile_info(MERCATOR, -20037508.342787, 20037508.342787, LODS, format="LERC2D"))
    assert layer.service is not None
    assert "/export?" in layer.service.template
    with pytest.raises(NotReadable, match="no pictures"):
        offer_of(tileInfo=tile_info(MERCATOR, 0, 0, LODS, format="pbf"))


def test_t18_an_error_with_a_good_status_is_told_in_its_words() -> None:
    with pytest.raises(NotReadable, match=r"Token Required \(499\)"):
        read_arcgis(b'{"error": {"code": 499, "message": "Token Required", "details": []}}', ADDRESS)


def test_layers_of_a_map_that_is_drawn_on_request() -> None:
    layers = [
        {"id": 0, "name": "Group", "parentLayerId": -1, "subLayerIds": [1, 2]},
        {"id": 1, "name": "Roads", "parentLayerId": 0, "subLayerIds": None},
        {"id": 2, "name": "Rails", "parentLayerId": 0, "subLayerIds": None},
    ]
    offer = offer_of(singleFusedMapCache=False, layers=layers)
    assert [(layer.name, layer.group) for layer in offer.layers] == [
        ("World", ()),
        ("1", ("World", "Group")),
        ("2", ("World", "Group")),
    ]
    service = offer.layers[1].service
    assert service is not None
    assert service.url(0, 0, 0).endswith("&layers=show:1")


def test_images_are_exported_in_another_way() -> None:
    image = {
        "currentVersion": 11.1,
        "name": "NAIP",
        "extent": {"xmin": -1e7, "ymin": 4e6, "xmax": -9e6, "ymax": 5e6, "spatialReference": MERCATOR},
        "pixelSizeX": 0.6,
        "capabilities": "Image,Metadata",
        "timeInfo": {
            "timeExtent": [1104537600000, 1136073600000],
            "defaultTimeInterval": 1,
            "defaultTimeIntervalUnits": "esriTimeUnitsMonths",
        },
    }
    address = "https://h.example/arcgis/rest/services/NAIP/ImageServer?token=abc&f=pjson"
    (layer,) = read_arcgis(json.dumps(image).encode(), address).layers
    assert layer.service is not None
    assert layer.service.template.startswith(
        "https://h.example/arcgis/rest/services/NAIP/ImageServer/exportImage?bbox="
    )
    assert layer.service.template.endswith("&f=image&time={time-ms:P1M}")
    assert layer.times is not None
    assert (layer.times.count, layer.times.first, layer.times.last) == (13, "2005-01", "2006-01")
    assert layer.problems == ()


def test_w25_a_key_stays_out_of_what_a_case_holds() -> None:
    service = layer_of(f"{ADDRESS}&token=secret").service
    assert service is not None
    assert "secret" not in repr(service)


def test_numbers_beyond_all_measure_cost_no_more_than_the_grid() -> None:
    lods = [{"level": 0, "resolution": 1e308}, {"level": 1, "resolution": 1e-308}]
    assert layer_of(tileInfo=tile_info(MERCATOR, 0, 1e308, lods)).service is not None


def test_a_folder_lists_its_services() -> None:
    text = b'{"currentVersion": 11, "folders": ["C", 5], "services": [{"name": "A/B", "type": "MapServer"}]}'
    layer, folder = read_arcgis(text, "https://h.example/arcgis/rest/services/A?f=json").layers
    assert layer.address == "https://h.example/arcgis/rest/services/A/B/MapServer?f=json"
    assert folder.address == "https://h.example/arcgis/rest/services/C?f=json"
    (problem,) = read_arcgis(b'{"services": []}', "https://h.example/arcgis/rest/services").problems
    assert problem == "The service offers no layer."


def test_a_saved_document_without_its_address() -> None:
    layer = layer_of("/home/me/world.json")
    assert (layer.service, layer.levels, layer.crs) == (None, (0, 4), (WEB_MERCATOR,))
    assert "does not tell the address" in layer.problems[0]


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"a": 1}'])
def test_another_document_is_none(text: bytes) -> None:
    with pytest.raises(NotReadable):
        read_arcgis(text, ADDRESS)


def test_a_cache_ends_at_the_scales_at_which_it_was_made() -> None:
    lods = [{"level": at, "resolution": 156543.03392800014 / 2**at} for at in range(24)]
    tiles = tile_info(MERCATOR, -20037508.342787, 20037508.342787, lods)
    assert layer_of(tileInfo=tiles, minScale=591657527.591555, maxScale=9027.977411).levels == (0, 16)
    assert layer_of(tileInfo=tiles, minScale=0, maxScale=0).levels == (0, 23)
    assert layer_of(tileInfo=tiles, minScale=1.0, maxScale=2.0).levels == (0, 23), "none lies between them"


def test_a_pole_is_drawn_in_the_map_s_own_crs() -> None:
    reference = {"wkid": 3031, "latestWkid": 3031}
    extent = {"xmin": -2.6e6, "ymin": -2.3e6, "xmax": 2.8e6, "ymax": 2.4e6, "spatialReference": reference}
    layer = layer_of(singleFusedMapCache=False, spatialReference=reference, fullExtent=extent)
    assert layer.service is not None
    assert layer.service.crs == "EPSG:3031"
    assert "&bboxSR=3031&imageSR=3031&" in layer.service.template
    assert layer.bounds_lonlat is not None
    assert layer.bounds_lonlat.bottom == -90


def test_images_are_computed_in_the_ways_that_the_server_names() -> None:
    functions = [{"name": "Natural Color", "description": ""}, {"name": "NDVI"}, {"name": "NDVI"}, {}]
    image = {"name": "S2", "extent": CACHED["fullExtent"], "pixelSizeX": 10, "rasterFunctionInfos": functions}
    address = "https://h.example/arcgis/rest/services/S2/ImageServer"
    (layer,) = read_arcgis(json.dumps(image).encode(), address).layers
    assert [style.name for style in layer.styles] == ["", "Natural Color", "NDVI"]
    assert layer.service is not None
    plain = in_style(layer, layer.service, "")
    assert plain == layer.service
    chosen = in_style(layer, layer.service, "Natural Color")
    assert chosen is not None
    query = parse_qs(urlsplit(chosen.url(1, 0, 0)).query)
    assert json.loads(query["renderingRule"][0]) == {"rasterFunction": "Natural Color"}


def test_bounds_are_those_of_the_map_and_not_of_the_world() -> None:
    extent = {"xmin": 1e6, "ymin": 5e6, "xmax": 2e6, "ymax": 6e6, "spatialReference": MERCATOR}
    layer = layer_of(fullExtent=extent)
    assert layer.service is not None
    assert layer.service.bounds == layer.bounds_lonlat
    assert layer.bounds_lonlat == pytest.approx(Bounds(8.98, 40.92, 17.97, 47.35), abs=0.02)


@pytest.mark.parametrize(
    ("side", "wkid", "last"), [(30, 102100, 13), (0.6, 102100, 18), (0.00027, 4326, 13), (0, 4326, 22)]
)
def test_images_are_asked_for_down_to_their_own_pixels(side: float, wkid: int, last: int) -> None:
    reference = {"wkid": wkid}
    extent = {"xmin": 5, "ymin": 6, "xmax": 7, "ymax": 8, "spatialReference": reference}
    image = {"name": "S2", "extent": extent, "pixelSizeX": side, "spatialReference": reference}
    (layer,) = read_arcgis(json.dumps(image).encode(), "https://h.example/arcgis/rest/services/S2/ImageServer").layers
    assert layer.levels == (0, last)
