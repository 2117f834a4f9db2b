"""A stretch that is matched where one image has a cloud: what is white in both stays white."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from tests.support.painted_scenes import painted
from tests.support.readers.tiny_rasters import write_raster
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.stretches import StretchMatch, with_styles
from viewer.canvas.scene import MapScene
from viewer.rendering.context import RenderContext

SIDE = 384
PLACE = Bounds(1_200_000.0, 6_400_000.0, 1_203_840.0, 6_403_840.0)
VIEW = View.of_bounds(WEB_MERCATOR, PLACE, SIDE, SIDE)
SPEC = spec_of(("first",), ("second",), mode="swipe", match=True)
ROOFS = [(row, column) for row in range(200, 360, 40) for column in range(20, 360, 40)]
"""Upper left corners of white roofs, in the half without a cloud."""


def ground() -> NDArray[np.float64]:
    """Fields with roads and white roofs, in red, green and blue."""
    rng = np.random.default_rng(3)
    fields = np.kron(rng.normal(0, 1, (1, 24, 24)), np.ones((1, 16, 16)))
    values = np.array([700.0, 900.0, 500.0])[:, None, None] + np.array([180.0, 110.0, 90.0])[:, None, None] * fields
    values += rng.normal(0, 30, (3, SIDE, SIDE))
    for row, column in ROOFS:
        values[:, row : row + 14, column : column + 14] = 5200.0
    return values


def clouded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same under another sun, with a cloud over its upper part."""
    seen = np.array([1.1, 1.25, 1.4])[:, None, None] * values + np.array([150.0, 250.0, 400.0])[:, None, None]
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    thick = np.clip(1.6 - np.hypot((y - 70) / 60, (x - 190) / 150), 0, 1)
    return seen * (1 - thick) + 9000 * thick


@pytest.mark.bounded
def test_white_roofs_stay_white_where_a_cloud_is_in_one_image(
    context: RenderContext, tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    layers = []
    for order, (uuid, values) in enumerate((("first", ground()), ("second", clouded(ground())))):
        path = write_raster(tmp_path / f"{uuid}.tif", values.clip(1, 10_000).astype(np.uint16), WEB_MERCATOR, PLACE)
        style = json.dumps({"bands": [1, 2, 3], "stretches": [[0.0, 6000.0, 1.0]] * 3})
        source = json.dumps({"path": str(path)})
        fields = {"name": uuid, "order_key": float(order), "style_json": style, "source_json": source}
        layers.append(Layer(uuid=uuid, kind="raster", **fields))
    scene = ComparedScene(MapScene(Document({"layers": layers}), context))
    request.addfinalizer(scene.close)
    scene.compare(SPEC)
    scene.set_view(VIEW)
    qtbot.waitUntil(lambda: scene.is_complete(VIEW), timeout=20_000)
    match = StretchMatch.of(SPEC, scene.frames)
    assert match is not None
    scene.compare(with_styles(SPEC, match.styles()))
    qtbot.waitUntil(lambda: scene.is_complete(VIEW), timeout=20_000)
    pictures = [painted(frame, VIEW) for frame in scene.frames]
    for row, column in ROOFS:
        ours, theirs = (picture.pixelColor(column + 7, row + 7) for picture in pictures)
        colours = np.array(theirs.getRgb()[:3])
        assert np.ptp(colours) <= 8, "a white roof has a colour"
        assert colours == pytest.approx(np.array(ours.getRgb()[:3]), abs=12)
