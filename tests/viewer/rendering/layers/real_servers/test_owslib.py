"""Capabilities of real servers are read as OWSLib reads them: layers, titles, CRSs, boxes, styles and times."""

from __future__ import annotations

from typing import Any

import pytest

from layers.services.offers.crs_names import crs_of
from layers.services.offers.offer import ServiceOffer
from tests.support.real_servers.oracles import FEATURES, MAPS, TILES, told
from tests.support.real_servers.titiler import Titiler
from tests.viewer.rendering.layers.real_servers.conftest import offer_at

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(900)]


def hold(offer: ServiceOffer, oracle: dict[str, Any]) -> None:
    """Fail where an offer differs from what the oracle has of the same document."""
    layers = {layer.name: layer for layer in offer.layers if layer.name}
    assert set(layers) == set(oracle)
    for name, facts in oracle.items():
        layer = layers[name]
        assert layer.title == facts["title"]
        assert set(layer.crs) == {crs_of(crs) for crs in facts["crs"]}
        if facts["box"] is not None:
            assert layer.bounds_lonlat is not None
            assert tuple(layer.bounds_lonlat) == pytest.approx(facts["box"], abs=1e-6)
        assert [style.name for style in layer.styles] == facts.get("styles", [])
        times = "" if layer.times is None else layer.times.text
        assert times == ",".join(facts.get("times", []))


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_wms_of_mapserver(maps: str, version: str) -> None:
    address = f"{maps}/?service=WMS&version={version}&request=GetCapabilities"
    hold(offer_at(address), told(MAPS, address=f"{maps}/?", version=version))


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_wfs_of_mapserver(maps: str, version: str) -> None:
    address = f"{maps}/?service=WFS&version={version}&request=GetCapabilities"
    hold(offer_at(address), told(FEATURES, address=f"{maps}/?", version=version))


def test_wmts_of_mapproxy(proxy: str, dated_proxy: str) -> None:
    for address in (proxy, dated_proxy):
        address = f"{address}/wmts/1.0.0/WMTSCapabilities.xml"
        hold(offer_at(address), told(TILES, address=address))


def test_wmts_of_titiler(tiler: Titiler) -> None:
    hold(offer_at(tiler.wmts), told(TILES, address=tiler.wmts))
