"""Layers of real servers are drawn where the same picture lies as a file: MapServer, and MapProxy in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.real_servers.map_servers import mapproxy, mapserver
from tests.viewer.rendering.layers.real_servers.conftest import CRS, PLACE, VIEWS, Hold, offered

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def maps(folder: Path) -> Iterator[str]:
    with mapserver(folder / "scene.tif", CRS, tuple(PLACE), folder) as server:
        yield server.address


@pytest.fixture(scope="module")
def proxy(maps: str, folder: Path) -> Iterator[str]:
    with mapproxy(maps, CRS, tuple(PLACE), folder) as address:
        yield address


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
@pytest.mark.parametrize("view", VIEWS)
def test_w1_maps_of_mapserver(hold: Hold, maps: str, version: str, view: str) -> None:
    hold(offered(f"{maps}/?service=WMS&version={version}&request=GetCapabilities").service, view)


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_w1_maps_of_mapserver_in_each_crs_it_offers(hold: Hold, maps: str, version: str) -> None:
    layer = offered(f"{maps}/?service=WMS&version={version}&request=GetCapabilities")
    services = [service for _, service in layer.choices]
    for service in services[:4]:
        if "{bbox-yx}" in service.template and version == "1.1.1":
            continue  # the other order of axes, for servers that go against the rule
        if service.crs == "EPSG:4326" and ("{bbox}" in service.template) == (version == "1.3.0"):
            continue
        hold(service, "web mercator")


@pytest.mark.parametrize("view", VIEWS)
def test_t5_tiles_of_mapproxy_by_wmts(hold: Hold, proxy: str, view: str) -> None:
    hold(offered(f"{proxy}/wmts/1.0.0/WMTSCapabilities.xml").service, view)


def test_t10_both_grids_of_mapproxy_are_offered(hold: Hold, proxy: str) -> None:
    layer = offered(f"{proxy}/service?service=WMTS&request=GetCapabilities")
    services = [
        service for service in (layer.service, *(service for _, service in layer.choices)) if service is not None
    ]
    odd = [service for service in services if service.crs == CRS]
    assert odd, [service.crs for service in services]
    hold(odd[0], "its own")


def test_t16_tiles_of_mapproxy_by_tms(hold: Hold, proxy: str) -> None:
    hold(offered(offered(f"{proxy}/tms/1.0.0", "Scene").address, "").service, "web mercator")
