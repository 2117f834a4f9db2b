"""Statistics of an image inside the area of a mark: a table of its bands, and the histogram of one of them."""

from __future__ import annotations

from typing import override

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.site import Site
from layers.errors import GeoloupeError
from layers.raster.info import BandInfo
from layers.requests.imagery import BandStatistics
from layers.text.counted import grouped
from viewer.panels.context import PanelContext
from viewer.panels.raster_style.histogram_view import SIDE_PX, paint_bars
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted
from viewer.rendering.layer_date import badge
from viewer.rendering.layers.image_values import AreaValues, area_of, ask_area, images_to_measure
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.painting import painting
from viewer.support.plain_label import plain_label

LONGEST_NAME = 60
_TEXT_PX = 16


class AreaStatisticsDialog(QDialog):
    """The dialog beside the map, in which another image can be chosen.

    The area is the mark's at the time of opening.
    """

    def __init__(self, context: PanelContext, site: Site, image: str, parent: QWidget | None = None) -> None:
        """`image` is the uuid of the layer that is measured first."""
        super().__init__(parent)
        area = area_of(site)
        assert area is not None, "offered for areas only"
        self._context, self._area = context, area
        name = one_line(site.label, LONGEST_NAME) or self.tr("the marked area")
        self.setWindowTitle(self.tr("Image Statistics Inside “{0}”").format(name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._generation = 0
        self.found: AreaValues | None = None
        self.image = ChoiceField(images_to_measure(context.document.layers_in_order(), context.layers.drawing_of))
        self.image.setAccessibleName(self.tr("Image"))
        self.image.setCurrentIndex(max(self.image.findData(image), 0))
        self.image.activated.connect(self.measure)
        self.note = muted()
        self.table = QTableWidget(0, 0)
        self.table.setAccessibleName(self.tr("Statistics by band"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.currentCellChanged.connect(lambda row, *_: self._show_histogram(row))
        self.histogram = _Histogram()
        form = QFormLayout()
        form.addRow(plain_label(self.tr("Image")), self.image)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton(self.tr("Copy as a Table"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self.copy)
        buttons.rejected.connect(self.close)
        for button in buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.histogram)
        layout.addWidget(buttons)
        room = (self.parentWidget() or self).screen().availableGeometry()
        self.resize(min(1040, room.width() - 40), min(480, room.height() - 80))
        self.measure()

    def measure(self, *_: object) -> None:
        """Read the chosen image inside the area."""
        self._generation += 1
        generation, self.found = self._generation, None
        self.copy_button.setEnabled(False)
        self.table.setRowCount(0)
        self.histogram.show_band(None)
        drawing = self._context.layers.drawing_of(str(self.image.currentData() or ""))
        if not isinstance(drawing, RasterDrawing):
            self.note.setText(self.tr("That image is not open any more: choose another one."))
            return
        self.note.setText(self.tr("Reading …"))
        ask_area(drawing, self._area, lambda answer: self._show(generation, badge(drawing.acquisition), answer))

    def _show(self, generation: int, date: str, answer: AreaValues | GeoloupeError) -> None:
        if generation != self._generation:
            return
        if isinstance(answer, GeoloupeError):
            self.note.setText(answer.sentence)
            return
        self.found = answer
        date = in_language(date)
        self.note.setText(f"{date[0].upper()}{date[1:]}. {self._said(answer)}")
        heads = self._heads()
        self.table.setColumnCount(len(heads))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, head in enumerate(map(QTableWidgetItem, heads)):
            if column:
                head.setTextAlignment(right)
            self.table.setHorizontalHeaderItem(column, head)
        self.table.setRowCount(len(answer.bands))
        for row, (band, values) in enumerate(answer.bands):
            for column, text in enumerate(self._cells(band, values, answer.inside)):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(right)
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setCurrentCell(0, 0)
        self.copy_button.setEnabled(True)

    def _said(self, values: AreaValues) -> str:
        """The rule by which pixels count, and their resolution."""
        pixels = translate("AreaStatisticsDialog", "{count} pixels", "{count} pixel", values.inside)
        if not values.inside:
            return self.tr("No pixel has its centre inside the area.")
        if values.shrink > 1:
            coarse = self.tr("{0} of an overview have their centre inside the area; each stands for {1} × {1} pixels.")
            return coarse.format(pixels, grouped(round(values.shrink)))
        return self.tr("{0} have their centre inside the area, at full resolution.").format(pixels)

    def _heads(self) -> list[str]:
        counted_by = [self.tr("Band"), self.tr("Valid pixels"), self.tr("No data")]
        moments = [self.tr("Least"), self.tr("Greatest"), self.tr("Mean"), self.tr("Std. dev.")]
        return [*counted_by, *moments, "2 %", "25 %", self.tr("Median"), "75 %", "98 %"]

    def _cells(self, band: BandInfo, values: BandStatistics, inside: int) -> list[str]:
        name = one_line(band.description, LONGEST_NAME)
        unit = f" [{one_line(band.unit, 20)}]" if band.unit else ""
        share = f"{100 * (1 - values.valid / inside):.1f} %" if inside else ""
        numbers = (values.least, values.most, values.mean, values.std, *values.percentiles)
        shown = ["" if number is None else _number_text(number) for number in numbers]
        return [f"{band.index} {name}".rstrip() + unit, grouped(values.valid), share, *shown]

    def _show_histogram(self, row: int) -> None:
        if self.found is not None and 0 <= row < len(self.found.bands):
            self.histogram.show_band(self.found.bands[row][1])

    def copy(self) -> None:
        """Copy the table, with tabs between its columns, and the counts of each histogram behind them."""
        if self.found is None:
            return
        lines = ["\t".join([*self._heads(), self.tr("Histogram")])]
        for band, values in self.found.bands:
            counts = " ".join(map(str, values.histogram))
            lines.append("\t".join([*self._cells(band, values, self.found.inside), counts]))
        QApplication.clipboard().setText("\n".join(lines))


def _number_text(number: float) -> str:
    return f"{number:.0f}" if number == round(number) and abs(number) < 1e15 else f"{number:.6g}"


class _Histogram(QWidget):
    """The counts of a band, with its least and greatest value."""

    def __init__(self) -> None:
        super().__init__()
        self._band: BandStatistics | None = None
        self.setFixedHeight(96)
        self.setAccessibleName(self.tr("Histogram of the band"))

    def show_band(self, band: BandStatistics | None) -> None:
        """Show another band; None for none."""
        self._band = band
        has_values = band is not None and band.valid > 0
        range_text = (
            self.tr("{0:.6g} to {1:.6g}").format(band.least, band.most) if band is not None and has_values else ""
        )
        self.setAccessibleDescription(range_text)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, 96)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        role, band = QPalette.ColorRole, self._band
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(role.Mid), 1))
            painter.setBrush(self.palette().color(role.Base))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            if band is None or not band.valid:
                return
            floor, color = float(self.height() - _TEXT_PX - 4), self.palette().color(role.Text)
            paint_bars(painter, np.array(band.histogram), (SIDE_PX, self.width() - SIDE_PX), floor, color)
            painter.setPen(color)
            below = QRectF(SIDE_PX, floor, self.width() - 2 * SIDE_PX, _TEXT_PX + 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{band.least:.6g}")
            painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{band.most:.6g}")
