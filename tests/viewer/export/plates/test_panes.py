"""Frames of images that are set against each other: the images fill them, whatever shape they and the page have."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from shapely.geometry import Point

from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.conftest import part, pixels
from tests.viewer.export.plates.conftest import faults, picture
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate

WIDE, TALL = Bounds(9.0, 0.0, 13.0, 1.0), Bounds(9.0, 0.0, 10.0, 2.5)
FAR = Site(uuid="far", geometry=Point(60.0, 40.0), label="Elsewhere", class_code="port")


def case(folder: Path, bounds: Bounds, *sites: Site) -> Document:
    layers = [
        Layer(
            uuid=name,
            kind="raster",
            name=name,
            source_json=json.dumps(
                {"path": str(write_raster(folder / f"{name}.tif", values(more), "EPSG:4326", bounds))}
            ),
        )
        for name, more in (("old", 0), ("new", 60))
    ]
    return Document({"layers": layers, "sites": list(sites)})


def values(more: int) -> np.ndarray:
    return np.full((1, 64, 64), 90 + more, np.uint8)


def spec_of(layout: str, page: str, bounds: Bounds | None) -> ProductSpec:
    maps = (ProductMap(Frame(("old",))), ProductMap(Frame(("new",))))
    return ProductSpec(layout=layout, title="Two", page=page, bounds=bounds, maps=maps)


def dark_shares(plate: Plate) -> list[float]:
    """The parts of the frames in which there is no image."""
    dark = QColor(BACKGROUND_COLOR)
    seen, printed = pixels(picture(plate, 48)), PrintedPlate(plate, 48)
    frames = [part(seen, frame.rect_px.toRect()) for frame in printed.frames]
    return [float((frame == dark.getRgb()[:3]).all(axis=2).mean()) for frame in frames]


@pytest.mark.parametrize("page", ["A4 landscape", "A4 portrait", "1080x1080"])
@pytest.mark.parametrize("layout", ["before-after", "panels"])
@pytest.mark.parametrize("image", [WIDE, TALL], ids=["wide", "tall"])
def test_images_fill_their_frames(plate_of, tmp_path, image: Bounds, layout: str, page: str) -> None:
    """Wide ones stood between two dark bars, which took half of the frame; so did all in a view larger than they."""
    document = case(tmp_path, image, FAR)
    for asked in (None, image.expanded(2.0)):
        plate = plate_of(spec_of(layout, page, asked), document)
        assert max(dark_shares(plate)) < 0.05
        assert list(faults(plate)) == []


def test_a_mark_beside_the_images_stays_in_the_frame(plate_of, tmp_path) -> None:
    near = Site(uuid="near", geometry=Point(11.0, 1.8), label="A hill", class_code="port")
    plate = plate_of(spec_of("before-after", "A4 landscape", WIDE.expanded(2.0)), case(tmp_path, WIDE, FAR, near))
    assert [one.in_frame() for one in plate.maps] == [["near"], ["near"]]
    assert list(faults(plate)) == []
