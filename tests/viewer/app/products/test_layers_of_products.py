"""A draft that was composed stays as it was: layers that come later are offered to it, and taken by a click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec, read_spec
from tests.support.product_windows import ready
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import begin_on_map, new_case, settle
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.commands.products import products_in_order, save_product


def open_image(window: MainWindow, qtbot: QtBot, folder: Path, name: str) -> str:
    """Open an image over Bavaria; its uuid."""
    before = set(window.session.document.layers)
    bands = np.full((3, 32, 32), 90, np.uint8)
    window.opener.open([str(write_raster(folder / f"{name}.tif", bands, "EPSG:4326", Bounds(8, 48, 12, 52)))])
    settle(window, qtbot)
    (uuid,) = set(window.session.document.layers) - before
    return uuid


def on_page(shown: ProductWindow) -> set[str]:
    """Uuids of the layers that the maps of a laid-out product show."""
    assert shown.laid is not None
    return {uuid for scene in shown.laid.scenes for uuid in scene.frames[0].stack.visible()}


@pytest.mark.bounded
def test_a_kept_draft_is_offered_a_new_layer_and_does_not_take_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    new_case(window, qtbot)
    first = open_image(window, qtbot, tmp_path, "pier")
    begin_on_map(window, qtbot)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    shown.save()
    shown.close()
    second = open_image(window, qtbot, tmp_path, "later")
    window.products.open(shown.uuid)
    shown = ready(window, qtbot)
    assert on_page(shown) == {first}
    offer = shown.fields.layers_offer
    assert offer.isVisible()
    assert offer.words.text() == "On the map, and not on this page: “later”."
    assert not shown.is_changed

    QTest.mouseClick(offer.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.is_idle and on_page(shown) == {first, second}, timeout=30_000)
    assert not offer.isVisible()
    shown.undo()
    qtbot.waitUntil(lambda: shown.is_idle and on_page(shown) == {first}, timeout=30_000)
    assert offer.isVisible()

    window.session.push(update_layer(window.session.document, first, actor="a", visible=False))
    qtbot.waitUntil(lambda: "hidden on the map: “pier”" in offer.words.text(), timeout=30_000)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=30_000)
    assert on_page(shown) == {first}


@pytest.mark.bounded
def test_a_draft_without_layers_gets_those_of_the_map_as_it_is_kept(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    new_case(window, qtbot)
    first = open_image(window, qtbot, tmp_path, "pier")
    begin_on_map(window, qtbot)
    draft = save_product(
        window.session.document, ProductSpec(title="As before", bounds=Bounds(8, 48, 12, 52)), actor="a"
    )
    window.session.push(draft)
    (row,) = products_in_order(window.session.document)
    window.products.open(row.uuid)
    shown = ready(window, qtbot)
    QTest.keyClicks(shown.fields.lines["title"], "Changed: ")
    qtbot.waitUntil(lambda: shown.is_idle, timeout=30_000)
    shown.save()
    (row,) = products_in_order(window.session.document)
    kept = read_spec(row.layout_json)
    assert kept is not None
    assert kept.layers == (first,)
