"""A product that is written and closed is let go of: its page and the tiles of its maps are a hundred megabytes."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.product.publishing import DRAFT
from tests.support.product_windows import export_as, ready
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import begin_on_map, new_case, press, settle
from tests.viewer.app.conftest import Answers
from viewer.app.products.product_file import ProductFile
from viewer.app.products.product_pages import ProductPages
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.export.formats.writing import Writing
from viewer.export.plates.plate import Plate

HELD = (ProductWindow, ProductPages, Plate, ProductFile, Writing)


def held() -> list[str]:
    """The names of what still lives of a product."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    return sorted(type(one).__name__ for one in gc.get_objects() if type(one) in HELD)


@pytest.mark.bounded
def test_what_is_written_and_closed_is_held_no_longer(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    new_case(window, qtbot)
    bands = np.full((3, 32, 32), 90, np.uint8)
    window.opener.open([str(write_raster(tmp_path / "town.tif", bands, "EPSG:4326", Bounds(8, 48, 12, 52)))])
    settle(window, qtbot)
    before = held()
    begin_on_map(window, qtbot)
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    answers.path = tmp_path / "page.png"
    export_as(ready(window, qtbot), DRAFT)
    qtbot.waitUntil(answers.path.exists, timeout=30_000)
    ready(window, qtbot).close()
    settle(window, qtbot)
    assert held() == before
