"""Thumbnails of the chips of a site, in rows: Enter or a click opens one in large, Delete removes it from the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem, QWidget

from layers.document.chip import Chip
from layers.project.storage.tables import THUMBNAIL
from viewer.commands.imagery.chips import delete_chips
from viewer.panels.context import PanelContext
from viewer.panels.sites.chip_words import chip_date_words, kind_words
from viewer.panels.widgets.row_drag import rows_data
from viewer.support.focus_filter import keeps_delete
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import translate

SIDE_PX, CELL_PX, GAP_PX = 84, 96, 4
MOST_ROWS = 2
MOST_SHOWN = 200
_UUID = Qt.ItemDataRole.UserRole


class ChipStrip(QListWidget):
    """The thumbnails. Pictures are decoded later; a chip without one has words alone."""

    opened = Signal(str)
    """Emitted with the uuid of the chip to show in large."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, names_sites: bool = False) -> None:
        """`names_sites`: the chips are of several sites, and each has the name of its site below it."""
        super().__init__(parent)
        self._context, self._names_sites = context, names_sites
        self._pictures: dict[str, QIcon] = {}
        self._shown: list[tuple[Chip, tuple[str, ...]]] = []
        """Chips with their words."""
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(SIDE_PX, SIDE_PX))
        self.setSpacing(GAP_PX)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("Chips of the site"))
        self.hide()
        self.itemClicked.connect(lambda item: self.opened.emit(item.data(_UUID)))
        context.document_replaced.connect(self._pictures.clear)
        self.hide()  # as long as there are none

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Show these chips, the newest capture first; those already shown keep their pictures."""
        wanted = sorted(chips, key=lambda chip: (chip.created_at, chip.kind), reverse=True)[:MOST_SHOWN]
        named = [(chip, self._words(chip)) for chip in wanted]
        if named == self._shown:
            return
        self._shown = named
        current = self.currentItem().data(_UUID) if self.currentItem() is not None else ""
        self.clear()
        for chip, texts in named:
            item = QListWidgetItem(plain(texts[0] or kind_words(chip)))
            item.setData(_UUID, chip.uuid)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            item.setSizeHint(QSize(CELL_PX, CELL_PX + self.fontMetrics().height()))
            words = ", ".join(filter(None, texts))
            item.setToolTip(tooltip(words))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, plain(words))
            if chip.uuid in self._pictures:
                item.setIcon(self._pictures[chip.uuid])
            self.addItem(item)
            if chip.uuid == current:
                self.setCurrentItem(item)
        self.setVisible(bool(wanted))
        self._fit(len(wanted))
        lacking = [chip.uuid for chip in wanted if chip.uuid not in self._pictures]
        if lacking and self._context.layers.images is not None:
            self._context.layers.images.read_chips(lacking, THUMBNAIL, self._take)

    def _words(self, chip: Chip) -> tuple[str, ...]:
        date = chip_date_words(self._context.document, chip)
        size = f"{chip.width} × {chip.height}"
        site = self._site_of(chip)
        return site, kind_words(chip), one_line(chip.caption, 120), one_line(chip.layer_title, 80), date, size

    def _site_of(self, chip: Chip) -> str:
        site = self._context.document.sites.get(chip.site_uuid) if self._names_sites else None
        return "" if site is None else one_line(site.label, 60) or self.tr("a site")

    def _take(self, pictures: dict[str, QImage]) -> None:
        if not shiboken6.isValid(self):
            return  # closed meanwhile
        for uuid, picture in pictures.items():
            self._pictures[uuid] = QIcon(QPixmap.fromImage(picture))
        for row in range(self.count()):
            item = self.item(row)
            if item.data(_UUID) in pictures:
                item.setIcon(self._pictures[item.data(_UUID)])

    def _fit(self, count: int) -> None:
        """Set the height that the rows need, up to two of them."""
        across = max(1, (self.viewport().width() or 300) // (CELL_PX + GAP_PX))
        rows = min(MOST_ROWS, -(-count // across))
        self.setFixedHeight(
            rows * (CELL_PX + self.fontMetrics().height() + 2 * GAP_PX) + 2 * self.frameWidth() + GAP_PX
        )

    @override
    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """The chips as rows of the case, to be dropped on a claim."""
        return rows_data(("chips", item.data(_UUID)) for item in items)

    @override
    def event(self, event: QEvent) -> bool:
        return keeps_delete(event) or super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(item.data(_UUID))
        elif item is not None and event.key() == Qt.Key.Key_Delete:
            delete_chip(self._context, item.data(_UUID))
        else:
            super().keyPressEvent(event)


def delete_chip(context: PanelContext, uuid: str) -> None:
    """Delete a chip with the other picture of its capture, and say until when that can be undone."""
    chip = context.document.chips.get(uuid)
    is_pair = chip is not None and chip.pair_uuid in context.document.chips
    if context.do(delete_chips, (uuid,)):
        words = (
            translate(
                "ChipStrip",
                "Both pictures of the chip are deleted, the view and the exact pixels. Undo (Ctrl+Z) brings them back"
                " until this case is closed, also after a save. What is saved has only their names, hashes and"
                " history.",
            )
            if is_pair
            else translate(
                "ChipStrip",
                "The chip is deleted. Undo (Ctrl+Z) brings its picture back until this case is closed, also after a"
                " save. What is saved has only its name, hash and history.",
            )
        )
        context.messages.deleted(words)
