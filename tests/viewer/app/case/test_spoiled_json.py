"""Layers whose JSON is spoiled part by part, shown in a real window with their forms: none raises, none hangs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.raster.combined import Member
from layers.raster.point_fit.control_point import ControlPoint, PointSet
from layers.services.tile_service import TileService
from layers.vector.style.classes import StyleClass
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.symbol import Symbol
from tests.support.cases.spoiled_json import STYLE, VECTOR, spoiled
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import show_rows
from viewer.app.window import MainWindow

SEED = 9
AT_ONCE = 40
COUNT = int(os.environ.get("GEOLOUPE_SPOILED", "80"))
"""Spoiled values of each kind."""
HERE = Bounds(9, 49, 12, 52)
GEOMETRIES = {
    "Point": [10.5, 50.5],
    "LineString": [[10, 50], [11, 51]],
    "Polygon": [[[10, 50], [11, 50], [11, 51], [10, 50]]],
}


@pytest.fixture
def scene(tmp_path: Path) -> str:
    """Three bands about 10 E, 50 N."""
    y, x = np.mgrid[0:64, 0:64]
    return str(write_raster(tmp_path / "scene.tif", np.stack((x, y, x)).astype(np.float32), "EPSG:4326", HERE))


@pytest.fixture
def features(tmp_path: Path) -> list[str]:
    """A file each of a point, a line and an area there."""
    paths = []
    for kind, coordinates in GEOMETRIES.items():
        feature = {
            "type": "Feature",
            "properties": {"a": 1.5, "name": "x"},
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        path = tmp_path / f"{kind}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        paths.append(str(path))
    return paths


def take(window: MainWindow, qtbot: QtBot, layers: list[Layer]) -> None:
    """Show these layers, their forms one after the other, and the whole window."""
    window.file_menu.new_case()
    qtbot.waitUntil(window.is_idle)
    show_rows(window, layers=layers)
    window.views.show_bounds(HERE)
    qtbot.waitUntil(window.is_idle, timeout=20_000)
    for layer in layers:
        window.panel_context.show_layer(layer.uuid, raise_form=True)
        qtbot.wait(1)
    qtbot.waitUntil(window.is_idle, timeout=20_000)
    window.grab()
    problems = window.scene.stack.problems()
    strange = {problem: layer for layer in layers if "went wrong" in (problem := problems.get(layer.uuid, ""))}
    assert not strange


def some(values: list[Any], count: int) -> Iterator[list[str]]:
    """So many of them by seed, as texts, a few at a time."""
    texts = list(dict.fromkeys(map(json.dumps, values)))
    chosen = Random(SEED).sample(texts, min(count, len(texts)))
    for at in range(0, len(chosen), AT_ONCE):
        yield chosen[at : at + AT_ONCE]


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("raster", {"height_m": 10**400}),
        ("raster", {"band_names": {"1" * 5000: "red"}}),
        ("tiles", {"template": "https://tiles.example/{z}/{x}/{y}.png", "max_level": 9}),
    ],
)
def test_a_source_that_raised_once(window: MainWindow, qtbot: QtBot, scene: str, kind: str, source: Any) -> None:
    text = json.dumps({"path": scene, **source} if kind == "raster" else source)
    take(window, qtbot, [Layer(uuid="l", kind=kind, name="Scene", source_json=text)])


@pytest.mark.bounded
@pytest.mark.parametrize("kind", ["raster", "combined", "vector", "tiles"])
def test_spoiled_sources(window: MainWindow, qtbot: QtBot, scene: str, features: list[str], kind: str) -> None:
    member = Member("a", {"path": scene, "band_names": {"1": "red"}, "height_m": 2}, 3, acquired_at="2020").to_json()
    sound = {
        "raster": {"path": scene, "height_m": 3.0, "band_names": {"1": "red"}, "part": "x"},
        "combined": {"combined": [member, member]},
        "vector": {"path": features[0], "table": "p", "options": {"crs": "EPSG:4326", "columns": {"x": "a"}}},
        "tiles": encoded(TileService("t", "https://{s}.x.example/{z}/{x}/{y}.png", subdomains="abc", attribution="x")),
    }[kind]
    own_kind = "raster" if kind == "combined" else kind
    for texts in some(list(spoiled(sound)), COUNT // 2):
        layers = [Layer(uuid=f"l{n}", kind=own_kind, name="x", source_json=text) for n, text in enumerate(texts)]
        take(window, qtbot, layers)


@pytest.mark.bounded
def test_spoiled_styles_of_rasters(window: MainWindow, qtbot: QtBot, scene: str) -> None:
    source = json.dumps({"path": scene})
    from_view = {"stretch": {"from": "view", "method": "deviations"}, "bands": [1, 2, 3], "stretches": [[0, 1, 1]] * 3}
    styles = [STYLE.to_json(), {"bands": [1, 2], "expression": "(b1 - b2) / (b1 + b2)"}, STYLE.to_json() | from_view]
    for texts in some([data for style in styles for data in spoiled(style)], COUNT):
        layers = [
            Layer(uuid=f"l{n}", kind="raster", name="x", source_json=source, style_json=text)
            for n, text in enumerate(texts)
        ]
        take(window, qtbot, layers)


@pytest.mark.bounded
def test_spoiled_control_points(window: MainWindow, qtbot: QtBot, scene: str) -> None:
    source = json.dumps({"path": scene})
    points = tuple(ControlPoint(col, row, 10 + col / 99, 51 - row / 99) for col, row in ((0, 0), (60, 0), (9, 60)))
    sound = PointSet(points, crs="EPSG:4326", size=(64, 64), crs_before="pixels", by="A", at="2020").to_json()
    for texts in some([*spoiled(sound), *spoiled(sound | {"method": "thin plate spline"})], COUNT):
        layers = [
            Layer(uuid=f"l{n}", kind="raster", name="x", source_json=source, control_points_json=text)
            for n, text in enumerate(texts)
        ]
        take(window, qtbot, layers)


@pytest.mark.bounded
def test_spoiled_styles_of_features(window: MainWindow, qtbot: QtBot, features: list[str]) -> None:
    styles = [
        VECTOR.to_json() | {"cluster_px": 20.0},
        VectorStyle(mode="rules", classes=(StyleClass(rule="a = 1"),)).to_json(),
        VectorStyle(mode="categorised", column="name", classes=(StyleClass(Symbol(), value="x"),)).to_json(),
    ]
    for texts in some([data for style in styles for data in spoiled(style)], COUNT):
        layers = [
            Layer(
                uuid=f"l{n}",
                kind="vector",
                name="x",
                style_json=text,
                source_json=json.dumps({"path": features[n % len(features)]}),
            )
            for n, text in enumerate(texts)
        ]
        take(window, qtbot, layers)
