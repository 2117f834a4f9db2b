"""The export dialog: what is chosen is what is laid out, and the preview follows."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.rows import MetaEntry
from layers.document.site import Site
from tests.viewer.export.conftest import FRAME, pixels
from viewer.canvas.scene import MapScene
from viewer.export.dialog import PAGE_SIZES, ExportDialog
from viewer.export.headless import Studio
from viewer.export.product import Product


@pytest.fixture
def dialog(qtbot, studio: Studio, document: Document) -> ExportDialog:
    values = {"title": "From the case", "marking": "TLP:GREEN", "author": "Anna"}
    case = Document(
        {
            "layers": document.layers.values(),
            "sites": document.sites.values(),
            "meta": [MetaEntry(uuid=key, value=value) for key, value in values.items()],
        }
    )
    dialog = ExportDialog(case, lambda: MapScene(case, studio.context), FRAME, "EPSG:3857")
    qtbot.addWidget(dialog)
    return dialog


def test_it_begins_with_what_the_case_says(dialog: ExportDialog) -> None:
    layout = dialog.layout_chosen()
    assert (layout.title, layout.marking, layout.author) == ("From the case", "TLP:GREEN", "Anna")
    assert layout.crs == "EPSG:3857"
    assert layout.made_on


def test_the_layout_is_what_the_fields_say(dialog: ExportDialog, qtbot) -> None:
    dialog.title.clear()
    qtbot.keyClicks(dialog.title, " Port of X ")
    dialog.marking.setCurrentText("")
    dialog.legend.setChecked(False)
    dialog.page.setCurrentIndex(2)
    layout = dialog.layout_chosen()
    assert (layout.title, layout.marking, layout.legend) == ("Port of X", "", False)
    assert (layout.width, layout.height, layout.ratio) == (3508, 2480, 3.125)


def test_there_is_a_page_for_a_report(dialog: ExportDialog) -> None:
    dialog.page.setCurrentText("A4 portrait, 300 dpi")
    layout = dialog.layout_chosen()
    assert (layout.width, layout.height) == (2480, 3508)


@pytest.mark.parametrize("index", range(len(PAGE_SIZES)))
def test_the_preview_has_the_shape_of_the_page(dialog: ExportDialog, qtbot, index: int) -> None:
    before = dialog.preview.pixmap().cacheKey()
    dialog.page.setCurrentIndex(index)
    dialog.title.setText(f"Another {index}")
    qtbot.waitUntil(lambda: dialog.preview.pixmap().cacheKey() != before)
    shown, size = dialog.preview.pixmap(), PAGE_SIZES[index]
    assert shown.width() / shown.height() == pytest.approx(size.width / size.height, rel=0.01)


def test_closing_ends_the_preview_and_its_scene(dialog: ExportDialog) -> None:
    dialog.reject()
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert dialog._scene.drawings == {}
    assert not dialog._delay.isActive()


def test_the_preview_is_the_page_of_the_file_made_smaller(
    qtbot: QtBot, studio: Studio, document: Document, dialog: ExportDialog
) -> None:
    """Labels that crowd each other lie where they lie in the file, and the legend counts the same."""
    y = [50.5 + number / 40 for number in range(12)]
    marks = [Site(uuid=f"m{at}", geometry=Point(10.5, at), label=f"Mark number {at}", class_code="port") for at in y]
    crowd = Document({"layers": document.layers.values(), "sites": [*document.sites.values(), *marks]})
    crowded = ExportDialog(crowd, lambda: MapScene(crowd, studio.context), FRAME, "EPSG:3857")
    qtbot.addWidget(crowded)
    crowded.page.setCurrentIndex(2)
    scene = MapScene(crowd, studio.context)
    qtbot.waitUntil(scene.is_open)
    product = Product(crowded.layout_chosen(), crowd, scene, FRAME)
    scene.set_view(product.view)
    qtbot.waitUntil(lambda: scene.is_complete(product.view))
    size = QSize(round(3508 * 420 / 2480), 420)
    page = pixels(product.image().scaled(size, mode=Qt.TransformationMode.SmoothTransformation))

    def differ() -> float:
        shown = pixels(crowded.preview.pixmap().toImage())
        return 1.0 if shown.shape != page.shape else float((np.abs(shown - page).max(axis=2) > 60).mean())

    qtbot.waitUntil(lambda: differ() < 0.004, timeout=10_000)
    scene.close()
    crowded.reject()
