"""The export dialog: what is chosen is what is laid out, and the preview follows."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog

from layers.document.document import Document
from layers.document.rows import MetaEntry
from tests.viewer.export.conftest import FRAME
from viewer.canvas.scene import MapScene
from viewer.export.dialog import PAGE_SIZES, ExportDialog
from viewer.export.headless import Studio


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
