"""A stretch from the view (DRA) that a product was made with: kept with it, and shown whatever the map shows since."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec, read_spec
from layers.raster.stretch import StretchRule
from tests.support.product_windows import shown_product
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import press
from tests.viewer.app.products.conftest import Table
from viewer.app.products.product_pages import ProductPages
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.products import products_in_order
from viewer.export.headless import Studio
from viewer.export.plates.maps.map_scenes import product_scenes
from viewer.export.plates.printed_plate import PrintedPlate

WEST, EAST = Bounds(10.3, 50.3, 10.6, 50.7), Bounds(11.3, 50.3, 11.6, 50.7)
DRA = {"stretch": encoded(StretchRule(origin="view"))}
WAIT_MS = 30_000


def scene(folder: Path) -> Path:
    """Dark in the west, bright in the east."""
    values = np.random.default_rng(5).integers(100, 300, (1, 100, 200)).astype(np.uint16)
    values[:, :, 100:] += 2000
    return write_raster(folder / "a.tif", values, "EPSG:4326", Bounds(10, 50, 12, 51))


def shown(window: ProductWindow) -> QImage:
    picture = window.preview.picture()
    assert picture is not None
    return picture.copy()


def caption(laid: PrintedPlate) -> str:
    """What is said below both maps, as it is the same of both."""
    (line,) = laid.plate.common_captions
    return line


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_it_is_the_same_picture_when_the_map_has_moved_on(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.resize(1200, 760)
    window.file_menu.new_case()
    qtbot.waitUntil(window.is_idle, timeout=WAIT_MS)
    window.opener.open([str(scene(tmp_path))])
    qtbot.waitUntil(window.is_idle, timeout=WAIT_MS)
    window.action_table["dra"].trigger()
    window.canvas.motion.zoom_to_bounds(WEST, 0.0)
    qtbot.waitUntil(window.is_idle, timeout=WAIT_MS)
    window.activateWindow()
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    one = shown_product(window, qtbot)
    qtbot.waitUntil(lambda: one.is_idle, timeout=WAIT_MS)
    (stretch,) = one.spec.stretches.values()
    assert json.loads(stretch)["stretches"][0][1] < 400
    before = shown(one)
    one.save()
    one.close()
    (row,) = products_in_order(window.session.document)
    window.canvas.motion.zoom_to_bounds(EAST, 0.0)
    qtbot.waitUntil(window.is_idle, timeout=WAIT_MS)
    window.product_windows.open(row.uuid)
    again = shown_product(window, qtbot)
    qtbot.waitUntil(lambda: again.is_idle, timeout=WAIT_MS)
    assert shown(again) == before
    assert not again.is_changed
    again.take_view()
    qtbot.waitUntil(lambda: again.is_idle, timeout=WAIT_MS)
    assert json.loads(*again.spec.stretches.values())["stretches"][0][1] > 2000
    assert shown(again) != before
    again.undo()
    qtbot.waitUntil(lambda: again.is_idle, timeout=WAIT_MS)
    assert shown(again) == before
    again.close()


@pytest.mark.bounded
def test_a_frame_whose_style_follows_the_view_keeps_what_was_seen(studio: Studio, table: Table, tmp_path: Path) -> None:
    """As that of a bookmark does; it says so, and no other view of the page alters it."""
    source = json.dumps({"path": str(scene(tmp_path))})
    document = Document({"layers": [Layer(uuid="l", kind="raster", name="Scene", source_json=source)]})
    studio.allow(document.layers[uuid].source for uuid in document.layers)
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    made = Table(document, table.qtbot)
    made.windows = table.windows
    made.pages = ProductPages(document, studio.context.jobs, scenes)  # type: ignore[assignment]
    maps = (ProductMap(Frame(("l",), styles={"l": DRA}), WEST), ProductMap(Frame(("l",), styles={"l": DRA}), EAST))
    window = made.open(ProductSpec(title="Two", layout="panels", maps=maps, bounds=WEST, dpi=96, author="Li"))
    assert isinstance(window.laid, PrintedPlate)
    assert "of this view (DRA)" in caption(window.laid)
    before = [one.scene.drawings["l"].style.stretches for one in window.laid.plate.maps]
    assert window.keep()
    made.settle(window)
    (row,) = products_in_order(made.document)
    kept = read_spec(row.layout_json)
    assert kept == window.spec
    assert kept is not None
    highs = [one.frame.styles["l"]["stretches"][0][1] for one in kept.maps if one.frame is not None]
    assert highs[0] < 1000 < 2000 < highs[1]
    assert isinstance(window.laid, PrintedPlate)
    assert "stretched as the view on the screen was (DRA), frozen" in caption(window.laid)
    assert [one.scene.drawings["l"].style.stretches for one in window.laid.plate.maps] == before
    east = replace(kept.maps[0], bounds=EAST)
    other = made.open(replace(kept, maps=(east, kept.maps[1])))
    assert isinstance(other.laid, PrintedPlate)
    style = other.laid.plate.maps[0].scene.drawings["l"].style
    assert style.stretches[0].high == highs[0]
