"""The exported picture: the canvas's own map in a frame, with what a reader needs to trust it."""

from __future__ import annotations

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
from viewer.canvas.scene import MapScene
from viewer.export.dialog import ExportDialog
from viewer.export.product import Product

pytestmark = pytest.mark.bounded

SEEN = Bounds(100, 35, 140, 58)
ROUNDING = 1
"""Qt blends a letter's edge with other roundings where the picture begins at another address."""
LETTERS_APART = 100
"""Qt gives the outline of a glyph a 1/64 of a pixel aside once it has drawn that glyph as text, at whatever size: the
canvas's labels may be from before, the product's from after it."""


def seen_on(desk: Desk) -> Bounds:
    """What the canvas shows now, in lon, lat: a message line that comes makes it less."""
    view = desk.canvas.viewport.view()
    return transform_bounds(view.grid.crs, WGS84, view.world_bounds())


def outside_furniture(height: int, width: int) -> np.ndarray:
    """True where neither the scale bar nor the north arrow stands."""
    free = np.ones((height, width), bool)
    free[-48:, :240] = False
    free[:62, -54:] = False
    return free


def test_the_exported_map_is_the_canvas_picture_in_a_frame(demo: Desk, tmp_path: Path) -> None:
    demo.canvas.zoom_to_bounds(SEEN)
    demo.settle()
    seen = seen_on(demo)
    layout = demo.export_picture(tmp_path / "map.png", "Where trains cross")
    written = QImage(str(tmp_path / "map.png"))
    product = Product(layout, demo.document, demo.canvas.scene, seen)
    frame, view = product.regions.map, product.view
    assert (frame.width(), frame.height()) == (view.width, view.height)
    there, free = pixels(written.copy(frame)), outside_furniture(view.height, view.width)
    anew = MapScene(demo.document, demo.window.context, demo.window.session.base_folder)
    for scene, most_apart in ((demo.canvas.scene, LETTERS_APART), (anew, ROUNDING)):
        scene.set_view(view)
        demo.wait(lambda scene=scene: scene.is_open() and scene.is_complete(view))
        here = map_of(scene, view)
        apart = np.abs(here.astype(int) - there).max(axis=2)
        assert here.std() > 20
        assert apart[free].max() <= most_apart
        assert (apart > 0)[free].mean() < 0.02
        assert apart.max() > 100, "scale bar and arrow are on it"
    anew.close()
    assert seen.contains(SEEN)
    assert written.text("Copyright") == product.image().text("Copyright"), "credits are those of opened layers"


def test_the_exported_picture_says_whose_it_is(demo: Desk, tmp_path: Path) -> None:
    demo.export_picture(tmp_path / "map.png", "Where trains cross")
    written = QImage(str(tmp_path / "map.png"))
    assert written.text("Title") == "Where trains cross"
    assert "NASA Blue Marble Next Generation" in written.text("Copyright")
    assert "Natural Earth" in written.text("Copyright")
    assert demo.said() == [f"Written: {tmp_path / 'map.png'}"]
    assert not demo.window.isWindowModified(), "a picture changes no case"


def test_a_picture_that_is_given_up_leaves_nothing(demo: Desk, tmp_path: Path) -> None:
    demo.names.to_write = tmp_path / "map.png"
    check = demo.during_dialog(ExportDialog, lambda dialog: demo.press(demo.button(dialog, "Cancel")))
    demo.keys("Ctrl+E")
    check()
    demo.settle()
    assert list(tmp_path.iterdir()) == []
    assert demo.said() == []


def test_a_layer_outside_the_frame_is_not_credited(demo: Desk, tmp_path: Path) -> None:
    """What a layer adds to the page is known once it has been opened, which takes the product's scene a moment."""
    far = write_raster(tmp_path / "andes.tif", np.full((1, 40, 40), 90, np.uint8), "EPSG:4326", -70, -20, 0.05)
    with rasterio.open(far, "r+") as file:
        file.update_tags(TIFFTAG_COPYRIGHT="Andes Survey")
    demo.open_file(far)
    assert "Andes Survey" in {layer.credit for layer in demo.document.layers.values()}
    demo.canvas.zoom_to_bounds(SEEN)
    demo.settle()
    demo.export_picture(tmp_path / "map.png", "Where trains cross")
    assert "Andes" not in QImage(str(tmp_path / "map.png")).text("Copyright")
