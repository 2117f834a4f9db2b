"""Points, areas and lines at full extent and close by lie where QGIS paints them, to a pixel, both ways."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from PySide6.QtGui import QImage

from layers.grid.tile_grid import TileGrid, View
from layers.vector.style.layer_style import VectorStyle
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has
from tests.viewer.rendering.conftest import layer_of, part_near, picture_of
from viewer.rendering.vector import feature_tiles

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(300)]
COLOR, WIDTH_PX, SIZE_PX = "#cc3300", 1.4, 7.0
SIZE = (960, 540)
FULL_RESOLUTION = 8_905_560 / SIZE[0]
"""80 degrees of longitude over the picture, as in the bench files."""


def geometries(kind: str) -> np.ndarray:
    """The bench files in small: as dense, a quarter of the pixels."""
    random = np.random.default_rng(1)
    count = {"points": 60_000, "areas": 50_000, "lines": 12_000}[kind]
    x, y = random.uniform(60, 140, count), random.uniform(20, 65, count)
    if kind == "points":
        return shapely.points(x, y)
    if kind == "areas":
        turn = np.linspace(0, 2 * np.pi, 17)[:-1]
        radius = random.uniform(0.004, 0.1, count)[:, None] * random.uniform(0.6, 1.2, (count, 16))
        ring = np.stack([x[:, None] + radius * np.cos(turn), y[:, None] + radius * np.sin(turn)], -1)
        return shapely.polygons(np.concatenate([ring, ring[:, :1]], 1))
    walk = random.normal(0, 0.02, (count, 100, 2))
    walk[:, 0] = np.stack([x, y], -1)
    return shapely.linestrings(np.cumsum(walk, 1))


def views() -> list[View]:
    middle = 11_131_949.0, 5_940_000.0
    found = []
    for fraction in (1, 1 / 20):
        r = FULL_RESOLUTION * fraction
        grid = TileGrid("EPSG:3857", r, middle[0] - SIZE[0] / 2 * r, middle[1] + SIZE[1] / 2 * r)
        found.append(View(grid, 0, 0, *SIZE))
    return found


def painted(image: QImage) -> np.ndarray:
    """(h, w) where the colour is seen."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    channels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3]
    return (255 - channels.astype(int)).max(axis=2) >= 96


@pytest.mark.parametrize("kind", ["points", "areas", "lines"])
def test_pictures_agree_with_qgis_both_ways(kind: str, tmp_path: Path, draw, qtbot, monkeypatch) -> None:
    need(system_python_has("qgis.core"), "python3-qgis")
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 0)
    path, made = tmp_path / f"{kind}.gpkg", geometries(kind)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(made),
        [np.arange(len(made))],
        ["n"],
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type={"points": "Point", "areas": "Polygon", "lines": "LineString"}[kind],
    )
    style = VectorStyle(COLOR, WIDTH_PX, "" if kind == "lines" else COLOR, size_px=SIZE_PX)
    drawing = draw(layer_of(path, "vector", style_json=json.dumps(style.to_json())))
    requests, ours = [], []
    for number, view in enumerate(views()):
        drawing.set_view(view)
        qtbot.waitUntil(lambda view=view: drawing.is_complete(view), timeout=60_000)
        seen = picture_of(drawing, view)
        ours.append(seen[..., 3] >= 96)
        requests.append(
            {
                "path": str(path),
                "kind": kind,
                "color": COLOR,
                "width": WIDTH_PX,
                "size_px": SIZE_PX,
                "size": SIZE,
                "bounds": list(view.world_bounds()),
                "out": str(tmp_path / f"{number}.png"),
            }
        )
    script = Path(__file__).parents[3] / "tests" / "support" / "qgis" / "qgis_picture.py"
    around = clean(QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=os.fspath(tmp_path))
    told = json.dumps(requests).encode()
    subprocess.run([SYSTEM_PYTHON, str(script)], input=told, check=True, timeout=200, env=around, capture_output=True)
    for request, mine in zip(requests, ours, strict=True):
        theirs = painted(QImage(request["out"]))
        assert theirs.mean() > 0.002
        assert part_near(theirs, mine) >= 0.99
        assert part_near(mine, theirs) >= 0.99
