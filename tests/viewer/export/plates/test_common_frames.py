"""Frames of images in other projections than their map's: no margin is dark, and panels show what all images share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.plates.conftest import dark_shares

OLD, NEW = Bounds(300_000, 5_500_000, 340_000, 5_530_000), Bounds(310_000, 5_505_000, 350_000, 5_535_000)
PAIR = {"old": OLD, "new": NEW}


def case(folder: Path, crs: str, images: Mapping[str, Bounds] = PAIR) -> Document:
    layers = []
    for name, bounds in images.items():
        path = write_raster(folder / f"{name}.tif", np.full((1, 64, 64), 120, np.uint8), crs, bounds)
        layers.append(Layer(uuid=name, kind="raster", name=name, source_json=json.dumps({"path": str(path)})))
    return Document({"layers": layers})


@pytest.mark.parametrize(
    ("crs", "map_crs"),
    [
        ("EPSG:32633", ""),
        ("EPSG:32633", "EPSG:32632"),  # turned by some degrees on this map
        pytest.param("EPSG:3857", "", marks=pytest.mark.bounded),
        pytest.param("EPSG:32633", "EPSG:3857", marks=pytest.mark.bounded),
        pytest.param("EPSG:3035", "EPSG:3035", marks=pytest.mark.bounded),
    ],
)
def test_no_margin_is_dark_in_any_projection(plate_of, tmp_path: Path, crs: str, map_crs: str) -> None:
    document = case(tmp_path, crs)
    maps = (ProductMap(Frame(("old",))), ProductMap(Frame(("new",))))
    spec = ProductSpec(title="Two", layout="before-after", maps=maps, crs=map_crs)
    compared = plate_of(spec, document)
    assert max(dark_shares(compared)) < 0.01, "what both images show"
    assert compared.maps[0].view == replace(compared.maps[1].view)
    alone = plate_of(replace(spec, layout="single", maps=maps[:1]), document)
    assert max(dark_shares(alone)) < 0.01


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(("left", "right", "is_cut"), [(10.0, 11.2, True), (10.7, 13.0, False)])
def test_an_overview_far_coarser_than_the_image_is_no_margin(
    plate_of, tmp_path: Path, left: float, right: float, is_cut: bool
) -> None:
    """A page had a dark green margin of the whole Earth's picture beside the image that it was about."""
    images = {"earth": Bounds(-180, -85, 180, 85), "fine": Bounds(9, 50, 11, 52), "far": Bounds(60, 5, 60.1, 5.1)}
    document = case(tmp_path, "EPSG:4326", images)
    plate = plate_of(ProductSpec(title="One", bounds=Bounds(left, 50.5, right, 51.5)), document)
    shown = plate.maps[0].framing.lonlat()
    assert (shown.right < 11.01) is is_cut, "where the image covers little, the overview is what is looked at"
    assert shown.left >= 8.99 or not is_cut
