"""Tiles and maps of TiTiler are drawn where the same picture lies as a file: templates, TileJSON, WMTS and WMS."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.services.naming import service_from_text
from layers.services.offers.offer import ServiceOffer
from tests.support.command_line import geoloupe
from tests.support.picture_shift import shift_of
from tests.support.real_servers.titiler import Titiler
from tests.viewer.rendering.layers.real_servers.conftest import VIEWS, Hold, offer_at, offered
from viewer.rendering.images import argb_of_image

GRIDS = {
    "WebMercatorQuad": 1.0,
    "WorldCRS84Quad": 1.0,
    "WGS1984Quad": 1.0,
    "WorldMercatorWGS84Quad": 1.0,
    "UPSArcticWGS84Quad": 0.9,
}
"""Its grids that have a place for the picture, and the least share of the view that they show. Its limits of tiles are
those of two corners of a box in degrees, which leaves out a part of the picture in a grid about the pole. Two more of
its grids merge tiles of a row, which WMTS has no word for.
"""
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def sheets(tiler: Titiler) -> ServiceOffer:
    """What its WMTS offers: the picture once in each grid of tiles that it knows."""
    return offer_at(tiler.wmts)


@pytest.mark.parametrize("view", VIEWS)
def test_t16_tiles_by_a_template(hold: Hold, tiler: Titiler, view: str) -> None:
    hold(service_from_text(tiler.template), view)


@pytest.mark.parametrize("more", [(), ("tilesize=256",)], ids=["512", "256"])
def test_t14_tiles_by_tilejson(hold: Hold, tiler: Titiler, more: tuple[str, ...]) -> None:
    (layer,) = offer_at(tiler.tilejson(*more)).layers
    assert layer.service is not None
    assert layer.service.tile_px == (256 if more else 512)
    hold(layer.service, "web mercator")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("grid", GRIDS)
def test_t10_its_grids_of_wmts(hold: Hold, sheets: ServiceOffer, grid: str) -> None:
    (layer,) = [layer for layer in sheets.layers if grid in layer.name]
    hold(layer.service, "web mercator", least_shown=GRIDS[grid])


@pytest.mark.parametrize("view", VIEWS)
def test_w3_maps_by_wms(hold: Hold, tiler: Titiler, view: str) -> None:
    """Some of its boxes have x and y swapped, and no element has a namespace."""
    layer = offered(tiler.wms("1.3.0"))
    assert layer.bounds_lonlat is not None
    assert tuple(layer.bounds_lonlat) == pytest.approx((124.56, 48.68, 131.22, 52.80), abs=0.01)
    hold(layer.service, view)


def test_info_and_render_of_addresses(tiler: Titiler, folder: Path, tmp_path: Path) -> None:
    facts = json.loads(geoloupe("info", tiler.tilejson("tilesize=256"), "--json", cwd=tmp_path).stdout)
    assert (facts["kind"], facts["service"]) == ("service", "tilejson")
    (layer,) = facts["layers"]
    assert (layer["levels"], layer["crs"]) == ([6, 8], ["EPSG:3857"])
    facts = json.loads(geoloupe("info", tiler.wmts, "--json", cwd=tmp_path).stdout)
    assert facts["service"] == "wmts"
    assert {crs for layer in facts["layers"] for crs in layer["crs"]} >= {"EPSG:3857", "EPSG:4326", "EPSG:5041"}
    wmts = f"{tiler.wmts}#{folder}/scene.tif_WebMercatorQuad_default"
    pictures = []
    for name, shown in (("file", folder / "scene.tif"), ("tiles", tiler.tilejson("tilesize=256")), ("wmts", wmts)):
        out = tmp_path / f"{name}.png"
        words = ("--out", out, "--size", "340x280", "--bounds", "127,50,129,51")
        done = geoloupe("render", shown, *words, cwd=tmp_path)
        assert (done.returncode, done.stderr.partition(" needs ")[0]) in ((0, ""), (0, "geoloupe: This picture"))
        pictures.append(argb_of_image(QImage(str(out))).view(np.uint8).reshape(280, 340, 4))
    for picture in pictures[1:]:
        assert np.hypot(*shift_of(picture, pictures[0])) < 0.5
        assert np.abs(picture.astype(int) - pictures[0].astype(int)).mean() < 6
