"""Layers of a server whose host the catalogue ships: under its policy, and with its credit where that holds."""

from __future__ import annotations

import json

import pytest

from layers.services.catalog import catalog
from layers.services.offers.offer import OfferedLayer
from layers.services.offers.recognise import recognised
from layers.services.shipped_terms import shipped_like
from layers.services.tile_service import TileService
from tests.support.wms_documents import document, layer_xml
from tests.support.wmts_documents import capabilities, layer, link, mercator, resource

GIBS = "https://gibs.earthdata.nasa.gov"
EOX = "https://tiles.maps.eox.at/wmts"
USGS = "https://basemap.nationalmap.gov/arcgis/rest/services"
CREDITS = {group.title: group.services[0].attribution for group in catalog() if group.services}


def offered_by_wmts(host: str, *names: str) -> tuple[OfferedLayer, ...]:
    """The layers of a WMTS; its document names a provider, “The town”, and no credit."""
    tiles = resource(host + "/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.jpg")
    layers = [layer(name, link("web"), tiles) for name in names]
    return recognised(capabilities(mercator(levels=6), *layers), f"{host}/1.0.0/WMTSCapabilities.xml").layers


def drawn_by(layer: OfferedLayer) -> TileService:
    assert layer.service is not None
    return layer.service


@pytest.mark.parametrize("host", [GIBS, GIBS.replace("gibs.", "gibs-a."), GIBS.replace("https", "http")])
def test_all_layers_of_a_host_whose_shipped_services_have_one_credit_have_it(host: str) -> None:
    for offered in offered_by_wmts(host, "VIIRS_SNPP_CorrectedReflectance_TrueColor", "AIRS_Dust_Score"):
        service = drawn_by(offered)
        assert service.attribution == offered.attribution == CREDITS["NASA GIBS"]
        assert (service.title, service.layer) == ("Scenes", offered.name), "it is the server's layer still"
        assert "gibs-api" in service.link
        assert not service.may_prefetch
        assert shipped_like(service) is not None


def test_a_wms_of_such_a_host_has_it_unless_the_layer_states_its_own() -> None:
    own = "<Attribution><Title>Of the station</Title></Attribution>"
    layers = f"<Layer><Title>All</Title>{layer_xml(name='Dust')}{layer_xml(own, name='Ice')}</Layer>"
    text = document(layers, href=f"{GIBS}/wms/epsg3857/best/wms.cgi")
    plain, credited = recognised(text.encode(), f"{GIBS}/wms/epsg3857/best/wms.cgi").layers
    assert drawn_by(plain).attribution == plain.attribution == CREDITS["NASA GIBS"]
    assert drawn_by(credited).attribution == credited.attribution == "Of the station"


def test_of_a_single_shipped_layer_only_itself_has_the_credit_and_all_have_the_policy() -> None:
    cloudless, streets = offered_by_wmts(EOX, "s2cloudless-2024_3857", "osm_3857")
    assert drawn_by(cloudless).attribution == CREDITS["EOX"]
    assert drawn_by(cloudless).licence == "CC BY 4.0", "the words of the server itself"
    assert drawn_by(streets).attribution == streets.attribution == "The town"
    assert drawn_by(cloudless).non_commercial
    assert drawn_by(streets).non_commercial
    assert shipped_like(drawn_by(cloudless)) is not None
    assert shipped_like(drawn_by(streets)) is None, "its terms were not read"


@pytest.mark.parametrize(("name", "credit"), [("USGSImageryOnly", "USGS"), ("USGSTopo", "")])
def test_a_map_of_arcgis_with_the_tiles_of_a_shipped_one_has_its_credit(name: str, credit: str) -> None:
    mercator_of_esri = {"wkid": 102100, "latestWkid": 3857}
    lods = [{"level": at, "resolution": 156543.03392804097 / 2**at, "scale": 591657527.6 / 2**at} for at in range(5)]
    corner = {"x": -20037508.342787, "y": 20037508.342787}
    tiles = {"rows": 256, "cols": 256, "origin": corner, "lods": lods, "spatialReference": mercator_of_esri}
    world = {"xmin": -20037507, "ymin": -19971868, "xmax": 20037507, "ymax": 19971868}
    value = {"currentVersion": 11, "mapName": "Map", "singleFusedMapCache": True, "tileInfo": tiles}
    value |= {"spatialReference": mercator_of_esri, "fullExtent": world | {"spatialReference": mercator_of_esri}}
    (offered, *_) = recognised(json.dumps(value).encode(), f"{USGS}/{name}/MapServer?f=json").layers
    assert offered.attribution == drawn_by(offered).attribution == CREDITS.get(credit, "")


def test_tiles_of_openstreetmap_are_kept_as_long_as_its_policy_says() -> None:
    tiles = ["https://tile.openstreetmap.org/{z}/{x}/{y}.png"]
    value = {"tilejson": "3.0.0", "tiles": tiles, "attribution": "OSM and others"}
    (offered,) = recognised(json.dumps(value).encode(), "https://town.example/osm.json").layers
    service = drawn_by(offered)
    assert (service.min_cache_days, service.may_prefetch) == (7.0, False)
    assert service.attribution == CREDITS["OpenStreetMap"]


def test_layers_of_other_hosts_are_left_as_they_are() -> None:
    (offered,) = offered_by_wmts("https://tiles.example", "s2cloudless-2024_3857")
    assert drawn_by(offered).attribution == "The town"
    assert not drawn_by(offered).non_commercial
