"""Probes by readers that were taken over: what passes the border becomes layers, or a sentence says why it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer
from layers.raster.overviews import lack_of
from layers.raster.style import RasterStyle
from layers.requests.probe import Probe
from layers.requests.probed import Picture, Probed
from tests.support.cases.spoiled_json import hostile
from tests.support.readers import tiny_deliveries
from tests.support.readers.tiny_rasters import surface, write_raster
from tests.support.readers.vector_files import ogr
from viewer.commands.found_layers import layers_of_probe
from viewer.rendering.vector.symbology import automatic_style

BOX = Bounds(9.0, 50.0, 10.0, 51.0)


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Of an image, a delivery, features, and an image that holds two pictures."""
    folder = tmp_path_factory.mktemp("files")
    image = write_raster(folder / "a.tif", surface(3, 64).astype(np.uint16), "EPSG:4326", BOX)
    rows = ogr(folder / "a.gpkg", [shapely.Point(10, 50)], "GPKG")
    files = (image, tiny_deliveries.planet(folder / "scene"), rows)
    pool = ReaderPool(inline=True)
    found = [pool.ask(Probe(str(path))).header for path in files]
    pictures = [encoded(Picture(f"a/{name}", "64 x 64", "EPSG:4326", "transform", BOX, BOX)) for name in "bc"]
    return [*found, {**found[0], "pictures": pictures}]


def use(probed: Probed) -> None:
    """As who opens the file and who draws it do."""
    if probed.kind and layers_of_probe(Path("/a.tif"), probed):
        layer = Layer(uuid="l", kind=probed.kind, name="x")
        for info in probed.layers:
            automatic_style(layer, info)
        if probed.raster is not None:
            assert RasterStyle.default(probed.raster).bands
            lack_of(probed.raster)


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_hostile_probes(headers: list[dict[str, Any]], count: int) -> None:
    used, sentences = 0, []
    for header in headers:
        for data in hostile(header, count):
            if not isinstance(data, dict):
                continue
            answer = Answer(json.loads(json.dumps(data))).to(Probe("/a.tif"))
            try:
                if isinstance(answer, Answer):
                    use(answer.facts)
                    used += 1
            except GeoloupeError as refused:
                sentences.append(refused.sentence)
    assert used > count // 2
    assert all(sentence.endswith(".") for sentence in sentences)
