"""A finding of the check leads to a field where it can be put right, and is gone then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.product.lint.finding import Finding
from tests.support.product_windows import ready, settled
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import begin_on_map, new_case, press
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_properties import LayerPropertiesPanel

Key, Left, Control = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]


def standing(shown: ProductWindow) -> list[Finding]:
    return [one for group in shown.findings.groups for one in group.findings]


def rules(shown: ProductWindow) -> list[str]:
    return [one.rule for one in standing(shown)]


def test_an_image_without_a_sensor_is_told_one_in_its_form(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    new_case(window, qtbot)
    values = np.full((3, 64, 64), 90, np.uint8)
    window.opener.open([str(write_raster(tmp_path / "a.tif", values, "EPSG:4326", Bounds(8, 48, 12, 52)))])
    settled(window, qtbot)
    begin_on_map(window, qtbot)
    press(Key.Key_E, Control)
    shown = ready(window, qtbot)
    assert "image-sensor" in rules(shown)
    shown.findings.choose(standing(shown)[rules(shown).index("image-sensor")])
    QTest.mouseClick(shown.findings.cure_button, Left)
    settled(window, qtbot)
    form = window.findChild(LayerPropertiesPanel)
    assert form is not None
    field = form.fields.fields["sensor"]
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "Landsat 5 TM")
    QTest.keyClick(field, Key.Key_Return)
    settled(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert layer.sensor == "Landsat 5 TM"
    shown = ready(window, qtbot)
    qtbot.waitUntil(lambda: "image-sensor" not in rules(shown), timeout=30_000)
    plate = shown.laid.plate
    assert "Landsat 5 TM" in plate.captions[0][0]
    window.action_table["undo"].trigger()
    assert next(iter(window.session.document.layers.values())).sensor == ""
    shown.close()
