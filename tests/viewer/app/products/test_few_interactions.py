"""From a view to a document on disk, and to its next version: interactions counted from the events delivered."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.product.spec import read_spec
from tests.support.counted_steps import Counter
from tests.support.pictures import pixels
from tests.support.product_windows import WAIT_MS, question_in_hand, ready, settled
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import press
from tests.viewer.app.conftest import Answers
from viewer.app.window import MainWindow
from viewer.commands.products import product_rows, products_in_order
from viewer.export.formats.writers import begin_writing
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.panels.products.product_list import ProductListPanel

Key, Left, Control = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]


class FileDialog(Answers):
    """A line in the place of the system's dialog: what is typed, or the name that is offered, and Enter."""

    typed: str = ""
    offered: str = ""

    def product_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        self.offered = suggestion.name
        line = QLineEdit(str(suggestion))
        line.setAccessibleName("File name")
        line.show()
        line.setFocus()
        line.selectAll()
        if self.typed:
            QTest.keyClicks(line, self.typed)
        QTest.keyClick(line, Key.Key_Return)
        path = Path(line.text())
        line.deleteLater()
        return path


def answer(window: MainWindow, typed: str) -> FileDialog:
    dialog = FileDialog()
    dialog.typed = typed
    window.ask = dialog  # type: ignore[assignment]
    return dialog


def words_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def test_from_the_demo_to_a_document_in_five_and_to_its_next_version_in_three(
    window: MainWindow, counter: Counter, qtbot: QtBot, tmp_path: Path
) -> None:
    window.resize(1366, 768)
    window.file_menu.open_demo()
    settled(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    counter.told.clear()
    press(Key.Key_E, Control)
    shown = ready(window, qtbot)
    QTest.keyClicks(QApplication.focusWidget(), "Where trains cross")
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    path = tmp_path / "trains.pdf"
    answer(window, str(path))
    press(Key.Key_Return)
    question_in_hand(qtbot)
    press(Key.Key_I)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    assert len(counter.told) <= 5, counter.told
    settled(window, qtbot)
    (row,) = products_in_order(window.session.document)
    assert row.issued_at
    assert "Where trains cross" in words_of(path)
    shown.close()
    window.docks.show_panel("panel_products")
    panel = window.docks.products.panel
    assert isinstance(panel, ProductListPanel)
    assert panel.chosen == row.uuid
    counter.told.clear()
    QTest.mouseClick(panel.reissue_button, Left)
    shown = ready(window, qtbot)
    dialog = answer(window, "")
    press(Key.Key_Return)
    second = tmp_path / "where-trains-cross-v2.pdf"
    qtbot.waitUntil(second.exists, timeout=WAIT_MS)
    assert dialog.offered == second.name
    assert len(counter.told) <= 3, counter.told
    settled(window, qtbot)
    last = product_rows(window.session.document)[shown.uuid]
    assert (last.number, last.version, last.previous_uuid, bool(last.issued_at)) == ("1", 2, row.uuid, True)
    assert last.numbers_json == row.numbers_json != "", "numbers of issued marks stay"
    assert "version 2" in words_of(second)
    shown.close()


def test_from_two_dated_scenes_to_a_plate_of_before_and_after_in_seven(
    window: MainWindow, counter: Counter, qtbot: QtBot, tmp_path: Path
) -> None:
    window.file_menu.new_case()
    settled(window, qtbot)
    for name, day, seed in (("old", "1985:08:01 10:00:00", 0), ("new", "2020:08:01 10:00:00", 40)):
        y, x = np.mgrid[0:64, 0:64]
        bands = np.stack((x * 3 + seed, y * 3 + seed, x + y + seed)).astype(np.uint8)
        path = write_raster(tmp_path / f"{name}.tif", bands, "EPSG:4326", Bounds(8, 48, 12, 52))
        with rasterio.open(path, "r+") as file:
            file.update_tags(ACQUISITION_DATETIME=day, TIFFTAG_COPYRIGHT="USGS", SENSOR="Landsat 5")
        window.opener.open([str(path)])
        settled(window, qtbot)
    tree = window.docks.layer_tree
    window.activateWindow()
    counter.told.clear()
    for name, modifiers in (("old", Qt.KeyboardModifier.NoModifier), ("new", Control)):
        rows = {tree.model.index(at).data(): at for at in range(tree.model.rowCount())}
        at = tree.view.visualRect(tree.model.index(rows[name])).center()
        QTest.mouseClick(tree.view.viewport(), Left, modifiers, at)
        settled(window, qtbot)
    press(Key.Key_K)
    settled(window, qtbot)
    press(Key.Key_E, Control)
    shown = ready(window, qtbot)
    assert shown.spec.layout == "before-after"
    QTest.keyClicks(QApplication.focusWidget(), "Pucallpa, Peru")
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    assert not shown.findings.blocking, [one.sentence for one in shown.findings.blocking]
    plate = tmp_path / "plate.pdf"
    answer(window, str(plate))
    press(Key.Key_Return)
    question_in_hand(qtbot)
    press(Key.Key_Return)  # a draft, as is offered
    qtbot.waitUntil(plate.exists, timeout=WAIT_MS)
    assert len(counter.told) <= 7, counter.told
    settled(window, qtbot)
    (row,) = products_in_order(window.session.document)
    spec = read_spec(row.layout_json)
    assert spec is not None
    assert (spec.layout, len(spec.maps), spec.comparison != "") == ("before-after", 2, True)
    said = words_of(plate)
    assert "Pucallpa, Peru" in said
    assert "1985" in said
    assert "2020" in said
    shown.close()


def test_the_preview_is_the_file_of_its_size(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """Also after something was moved on it, and at any size it names the same marks."""
    window.resize(1366, 768)
    window.file_menu.open_demo()
    settled(window, qtbot)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    shown.preview.choose("legend")
    QTest.keyClick(shown.preview, Key.Key_Left)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    laid = shown.laid
    assert isinstance(laid, PrintedPlate)
    path = tmp_path / "page.png"
    begun = begin_writing(laid, path, window.context)
    qtbot.waitUntil(lambda: begun.is_over, timeout=WAIT_MS)
    assert begun.error is None
    seen = shown.preview.picture()
    assert seen is not None
    file = QImage(str(path)).convertToFormat(seen.format())
    assert (file.width(), file.height()) == (seen.width(), seen.height())
    apart = np.abs(pixels(file).astype(int) - pixels(seen)).max(axis=2)
    assert (apart > 0).mean() < 0.0005, "Qt gives a glyph's outline 1/64 of a pixel aside once it has drawn it as text"
    assert apart.max() < 64
    larger = PrintedPlate(laid.plate, 300)
    assert [one for page in range(laid.pages) for one in laid.things(page)] == [
        one for page in range(larger.pages) for one in larger.things(page)
    ]
    shown.close()
