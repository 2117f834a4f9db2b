"""From the view to a finished picture: title, size, marking, a preview, save."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from layers.document.document import Document
from layers.document.vocabulary import MARKINGS
from layers.errors import ExportFailed
from layers.geo.bounds import Bounds
from viewer.canvas.scene import MapScene
from viewer.export.layout import Layout, today
from viewer.export.product import Product
from viewer.support.begun_line import BegunLine
from viewer.support.still_boxes import ComboBox


@dataclass(frozen=True)
class PageSize:
    """A size to choose. Pixels, and those a logical pixel."""

    name: str
    width: int
    height: int
    ratio: float


PAGE_SIZES = (
    PageSize("Slide 16:9, 1920 × 1080", 1920, 1080, 1.25),
    PageSize("Web, 1600 × 1000", 1600, 1000, 1.0),
    PageSize("A4 landscape, 300 dpi", 3508, 2480, 3.125),
    PageSize("A4 portrait, 300 dpi", 2480, 3508, 3.125),
    PageSize("A3 landscape, 300 dpi", 4961, 3508, 3.125),
    PageSize("Square, 1080 × 1080", 1080, 1080, 1.0),
)
PREVIEW = QSize(640, 420)
LEAST_DELAY_MS = 150


class ExportDialog(QDialog):
    """Choose and preview. `accepted` means: save `layout()`; the caller asks for the file and does the work.

    `make_scene` gives a scene of its own to the preview, so that the canvas keeps its view.
    """

    def __init__(
        self,
        document: Document,
        make_scene: Callable[[], MapScene],
        bounds: Bounds,
        crs: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export a picture"))
        self._document, self._bounds, self._crs = document, bounds, crs
        self._scene = make_scene()
        self._build(document)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(LEAST_DELAY_MS)
        self._delay.timeout.connect(self._show_preview)
        self._scene.updated.connect(self._delay.start)
        self._scene.edited.connect(self._delay.start)
        self._show_preview()

    def _build(self, document: Document) -> None:
        self.title = BegunLine(document.meta("title"))
        self.title.setPlaceholderText(self.tr("Place, country, subject"))
        self.subtitle = BegunLine(document.meta("subtitle"))
        self.subtitle.setPlaceholderText(self.tr("The bottom line in one sentence"))
        self.author = BegunLine(document.meta("author"))
        self.marking = ComboBox()
        self.marking.setEditable(True)
        self.marking.addItems(list(MARKINGS))
        self.marking.setCurrentText(document.meta("marking"))
        self.page = ComboBox()
        self.page.addItems([size.name for size in PAGE_SIZES])
        self.legend = QCheckBox(self.tr("Legend of what is in the frame"))
        self.legend.setChecked(True)
        form = QFormLayout()
        for text, field in (
            (self.tr("&Title"), self.title),
            (self.tr("&Subtitle"), self.subtitle),
            (self.tr("&Author"), self.author),
            (self.tr("&Marking"), self.marking),
            (self.tr("Si&ze"), self.page),
        ):
            form.addRow(text, field)
            field.setAccessibleName(text.replace("&", ""))
        form.addRow(self.legend)
        self.preview = QLabel()
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        self.preview.setAccessibleName(self.tr("Preview of the picture"))
        self.preview.setWordWrap(True)
        self.preview.setFixedSize(PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        fields = QWidget()
        fields.setLayout(form)
        fields.setMinimumWidth(330)
        fields.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.addWidget(fields, 0)
        row.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(buttons)
        for signal in (self.title.textChanged, self.subtitle.textChanged, self.author.textChanged):
            signal.connect(self._later)
        self.marking.currentTextChanged.connect(self._later)
        self.page.currentIndexChanged.connect(self._later)
        self.legend.toggled.connect(self._later)

    def layout_chosen(self) -> Layout:
        """The layout that the fields describe."""
        size = PAGE_SIZES[self.page.currentIndex()]
        return Layout(
            size.width,
            size.height,
            size.ratio,
            title=self.title.text().strip(),
            subtitle=self.subtitle.text().strip(),
            marking=self.marking.currentText().strip(),
            author=self.author.text().strip(),
            made_on=today(),
            legend=self.legend.isChecked(),
            crs=self._crs,
        )

    def done(self, result: int) -> None:
        """The preview's scene ends with the dialog."""
        self._delay.stop()
        self._scene.close()
        super().done(result)

    def _later(self, *_values: object) -> None:
        self._delay.start()

    def _show_preview(self) -> None:
        """Paint the file's own page, smaller; less often where that takes long, so that one can type meanwhile."""
        begun = time.monotonic()
        self._paint_preview()
        self._delay.setInterval(max(LEAST_DELAY_MS, round(2000 * (time.monotonic() - begun))))

    def _paint_preview(self) -> None:
        chosen = self.layout_chosen()
        scale = min(PREVIEW.width() / chosen.width, PREVIEW.height() / chosen.height)
        width, height = round(chosen.width * scale), round(chosen.height * scale)
        try:
            product = Product(chosen, self._document, self._scene, self._bounds)
        except ExportFailed as error:
            self.preview.setText(error.sentence)
            return
        self._scene.set_view(product.view)
        self.preview.setPixmap(QPixmap.fromImage(product.preview(width, height)))
