"""Layers painted as the canvas and products paint them, written where a person can look at them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from layers.raster.style import RasterStyle
from tests.support.pictures import image_of, pixels
from viewer.canvas.extent import bounds_of_all
from viewer.export.headless import Studio, complete

FOLDER_VARIABLE = "GEOLOUPE_PICTURES"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the run leaves its pictures: GEOLOUPE_PICTURES, or test-output/pictures."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or ROOT / "test-output" / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def studio(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    with Studio() as studio:
        yield studio


class Picture:
    """What was painted of a view; `at` and `inside` look at places on the Earth."""

    def __init__(self, image: QImage, view: View) -> None:
        self.view = view
        self.rgb = pixels(image)[..., ::-1].astype(int)

    def at(self, lon: float, lat: float) -> tuple[int, int, int]:
        """Red, green, blue where a place is."""
        x, y = (float(v) for v in transform_points(WGS84, self.view.grid.crs, lon, lat))
        px, py = self.view.to_pixel(x, y)
        red, green, blue = self.rgb[int(py), int(px)]
        return int(red), int(green), int(blue)

    def is_ground(self) -> np.ndarray:
        """(h, w), True where no layer was painted."""
        return (self.rgb == BACKGROUND).all(axis=2)


BACKGROUND = (0x0E, 0x1A, 0x24)
type Paint = Callable[..., Picture]


@pytest.fixture
def paint(studio: Studio, pictures: Path) -> Paint:
    """Paint a file, write the picture under a name, and hand it over."""

    def paint(
        name: str,
        path: Path,
        style: RasterStyle | None = None,
        *,
        crs: str = "EPSG:3857",
        world: Bounds | None = None,
        lonlat: Bounds | None = None,
        size: tuple[int, int] = (640, 480),
    ) -> Picture:
        layer = Layer(
            uuid="l",
            kind="raster",
            name=path.name,
            source_json=json.dumps({"path": str(path)}),
            style_json="" if style is None else json.dumps(style.to_json()),
        )
        scene = studio.scene(Document({"layers": [layer]}), None)
        assert scene.stack.problems() == {}
        whole = lonlat or bounds_of_all(scene)
        assert whole is not None
        view = View.of_bounds(crs, world or transform_bounds(WGS84, crs, whole), *size)
        complete(scene, view)
        assert scene.stack.problems() == {}
        image = image_of(scene, view)
        assert image.save(str(pictures / f"{name}.png"))
        return Picture(image, view)

    return paint
