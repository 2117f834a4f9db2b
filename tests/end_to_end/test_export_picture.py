"""The exported picture: the canvas's own map in a frame, with what a reader needs to trust it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtGui import QImage

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from tests.end_to_end.conftest import Desk
from tests.support.pictures import map_of, pixels
from tests.viewer.rendering.conftest import write_raster
from viewer.commands.meta import set_sites_visible
from viewer.commands.products import products_in_order
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate

pytestmark = pytest.mark.bounded

SEEN = Bounds(100, 35, 140, 58)
ROUNDING = 1
"""Qt blends a letter's edge with other roundings where the picture begins at another address."""


def seen_on(desk: Desk) -> Bounds:
    """What the canvas shows now, in lon, lat: a message line that comes makes it less."""
    view = desk.canvas.viewport.view()
    return transform_bounds(view.grid.crs, WGS84, view.world_bounds())


def test_the_exported_map_is_the_canvas_picture_in_a_frame(demo: Desk, tmp_path: Path) -> None:
    demo.canvas.motion.zoom_to_bounds(SEEN)
    demo.window.panel_context.do(set_sites_visible, visible=False)
    demo.settle()
    seen = seen_on(demo)
    spec = demo.export_product(tmp_path / "map.png", "Where trains cross", without=("annotation", "labels"))
    assert spec.bounds == seen
    written = QImage(str(tmp_path / "map.png"))
    scene = demo.canvas.scene
    (frame,) = PrintedPlate(Plate(spec, demo.document, [scene]), 96).frames
    there = pixels(written.copy(frame.rect_px.toRect()))
    scene.set_view(frame.view)
    demo.wait(lambda: scene.is_complete(frame.view))
    apart = np.abs(map_of(scene, frame.view).astype(int) - there).max(axis=2)
    assert there.std() > 20
    assert (apart > ROUNDING).mean() < 0.03, "scale bar and arrow are on it"
    assert apart.max() > 100


def test_the_exported_product_says_whose_it_is_and_is_kept(demo: Desk, tmp_path: Path) -> None:
    demo.export_product(tmp_path / "map.png", "Where trains cross")
    written = QImage(str(tmp_path / "map.png"))
    assert written.text("Title") == "Where trains cross"
    assert "NASA Blue Marble Next Generation" in written.text("Copyright")
    (row,) = products_in_order(demo.document)
    assert row.issued_at
    assert row.sha256 == hashlib.sha256((tmp_path / "map.png").read_bytes()).hexdigest()
    assert demo.said() == [f"Written: {tmp_path / 'map.png'} and map-2.png, issued as product 1, version 1"]


def test_a_product_that_is_given_up_leaves_nothing(demo: Desk, tmp_path: Path) -> None:
    demo.names.to_write = tmp_path / "map.png"
    shown = demo.begin_product()
    demo.press(demo.button(shown, "Close"))
    demo.settle()
    assert list(tmp_path.iterdir()) == []
    assert demo.said() == []
    assert not demo.window.isWindowModified()


def test_a_layer_outside_the_frame_is_not_credited(demo: Desk, tmp_path: Path) -> None:
    """What a layer adds to the page is known once it has been opened, which takes the product's scene a moment."""
    far = write_raster(tmp_path / "andes.tif", np.full((1, 40, 40), 90, np.uint8), "EPSG:4326", -70, -20, 0.05)
    with rasterio.open(far, "r+") as file:
        file.update_tags(TIFFTAG_COPYRIGHT="Andes Survey")
    demo.open_file(far)
    assert "Andes Survey" in {layer.credit for layer in demo.document.layers.values()}
    demo.canvas.motion.zoom_to_bounds(SEEN)
    demo.settle()
    demo.export_product(tmp_path / "map.png", "Where trains cross")
    assert "Andes" not in QImage(str(tmp_path / "map.png")).text("Copyright")
