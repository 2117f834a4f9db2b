"""Layers of real servers are drawn where the same picture lies as a file: MapServer, and MapProxy in front of it."""

from __future__ import annotations

import numpy as np
import pytest

from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.services.listed.offered_entries import in_style
from tests.support.real_servers.parks import BOX
from tests.viewer.rendering.layers.real_servers.conftest import (
    CRS,
    DAYS,
    VIEWS,
    Hold,
    ShowService,
    offered,
)

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(300)]


@pytest.mark.sampled(3)
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


@pytest.mark.sampled(2)
@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
@pytest.mark.parametrize("day", DAYS)
def test_w13_w14_maps_of_mapserver_by_day(hold: Hold, maps: str, version: str, day: str) -> None:
    layer = offered(f"{maps}/?service=WMS&version={version}&request=GetCapabilities", "dated")
    assert layer.times is not None
    assert (layer.times.text, layer.times.default) == (",".join(DAYS), list(DAYS)[-1])
    assert layer.service is not None
    hold(layer.service.at(day), "web mercator", DAYS[day])


@pytest.mark.parametrize("day", DAYS)
def test_t13_tiles_of_mapproxy_by_day(hold: Hold, dated_proxy: str, day: str) -> None:
    layer = offered(f"{dated_proxy}/wmts/1.0.0/WMTSCapabilities.xml", "dated")
    assert layer.times is not None
    assert layer.times.default == list(DAYS)[-1]
    assert layer.service is not None
    hold(layer.service.at(day), "web mercator", DAYS[day])


def test_maps_of_mapserver_in_each_style(show: ShowService, maps: str) -> None:
    """Its areas are triangles: half of the map is theirs."""
    layer = offered(f"{maps}/?service=WMS&version=1.3.0&request=GetCapabilities", "parks")
    assert [style.name for style in layer.styles] == ["red", "blue"]
    x, y = (float(place) for place in transform_points(WGS84, WEB_MERCATOR, (BOX[0] + BOX[2]) / 2, BOX[1] + 0.2))
    view = View(TileGrid(WEB_MERCATOR, 50.0, x, y), -170, -140, 340, 280)
    colours = {}
    for style in layer.styles:
        assert layer.service is not None
        picture = show(in_style(layer, layer.service, style.name), view)
        is_inside = picture[:, :, 3] == 255
        assert 0.1 < is_inside.mean() < 0.4
        colours[style.name] = tuple(int(value) for value in np.median(picture[is_inside][:, 2::-1], axis=0))
    assert colours == {"red": (200, 30, 40), "blue": (20, 60, 220)}
