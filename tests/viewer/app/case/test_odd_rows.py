"""A case whose rows hold nonsense is a window like any other: nothing raises, nothing hangs, the map is drawn."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.layer import Layer
from layers.document.rows import Bookmark, MetaEntry
from layers.document.site import Site
from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import take_up
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.canvas.said_problems import said_problems
from viewer.rendering.images import argb_of_image

ODD_LAYERS: list[dict[str, Any]] = [
    {"opacity": 1e308}, {"opacity": -1e308}, {"opacity": math.nan}, {"opacity": math.inf}, {"blend": "../../evil"},
    {"blend": ""}, {"order_key": math.nan}, {"order_key": math.inf}, {"date_kind": ""}, {"date_kind": "x" * 1000},
    {"acquired_at": "soon"}, {"credit": "<img src=x>" * 1000}, {"style_json": '{"a":' * 100_000},
    {"source_json": "[" * 100_000}, {"crs": "\x00"}, {"name": ""}, {"name": "a\nb\u202ec"},
    {"style_json": json.dumps({"stretches": [[-1e308, 1e308, 1e-308]] * 3})}, {"kind": "../../evil"},
    {"style_json": json.dumps({"bands": [10**18]})}, {"style_json": json.dumps({"symbol": "../../evil"})},
]  # fmt: skip
ODD_VIEWS = [
    "",
    "[]",
    "nonsense",
    "[" * 100_000,
    '{"crs": "EPSG:3857", "x": 1e308, "y": 0, "resolution": 1e-300, "rotation_deg": 1e300}',
    '{"crs": "EPSG:3857", "x": 1e9, "y": -1e9, "resolution": 1e7, "rotation_deg": 1e300}',
    '{"crs": "EPSG:5703", "x": 0, "y": 0, "resolution": 1, "rotation_deg": 0}',
    '{"crs": "EPSG:32633", "bounds_lonlat": [-540, -90, 540, 90]}',
    '{"crs": "pixels", "bounds_lonlat": [0, 0, 1, 1]}',
    '{"crs": "EPSG:3857", "bounds_lonlat": [1e308, 1, 1, 1]}',
]


@pytest.fixture
def scene(tmp_path: Path) -> str:
    """The source of a layer of three bands about 10 E, 50 N."""
    y, x = np.mgrid[0:64, 0:64]
    bands = np.stack((x, y, x)).astype(np.uint8)
    return json.dumps({"path": str(write_raster(tmp_path / "scene.tif", bands, "EPSG:4326", Bounds(9, 49, 12, 52)))})


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", ["raster", "vector", "tiles"])
def test_layers_of_nonsense(window: MainWindow, qtbot: QtBot, scene: str, points: Path, kind: str) -> None:
    source = {"raster": scene, "vector": json.dumps({"path": str(points)}), "tiles": "{}"}[kind]
    plain = {"kind": kind, "name": "Scene", "source_json": source}
    layers = [Layer(uuid=f"l{n}", **plain | odd) for n, odd in enumerate([{}, *ODD_LAYERS])]
    site = Site(uuid="s", geometry=Point(10.5, 50.5), label="Here", class_code="port")
    take_up(
        window,
        qtbot,
        layers=layers,
        sites=[site],
        bookmarks=[Bookmark(uuid=f"b{n}", name="x", viewport_json=text) for n, text in enumerate(ODD_VIEWS)],
    )
    assert [layer.uuid for layer in window.session.document.layers_in_order()]
    window.views.show_bounds(Bounds(9, 49, 12, 52))
    for layer in layers:
        window.panel_context.show_layer(layer.uuid, raise_form=True)
        settle(window, qtbot)
    window.selection.set(("s",))
    settle(window, qtbot)
    assert len(np.unique(argb_of_image(window.canvas.grab().toImage()))) > 20
    assert said_problems(window.scene)


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("view", ODD_VIEWS, ids=range(len(ODD_VIEWS)))
def test_a_view_of_nonsense(window: MainWindow, qtbot: QtBot, view: str) -> None:
    site = Site(uuid="s", geometry=Point(10.5, 50.5), label="Here", class_code="port")
    take_up(window, qtbot, sites=[site], meta=[MetaEntry(uuid="viewport", value=view)])
    assert all(map(math.isfinite, (*window.canvas.viewport.centre, window.canvas.viewport.resolution)))
    assert len(np.unique(argb_of_image(window.canvas.grab().toImage()))) > 5
    window.views.show_everything()
    settle(window, qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (round(lon, 1), round(lat, 1)) == (10.5, 50.5)
