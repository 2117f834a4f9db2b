"""A list of all templates for drawing a mark: a typed part of a name filters it, and Enter takes the first."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from shapely import Point

from layers.document.mark_template import MarkTemplate
from layers.document.site import Site
from viewer.panels.sites.site_icons import ICON_SIZE, SiteIcons
from viewer.support.language.stored_words import word

_ROW = int(Qt.ItemDataRole.UserRole)
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class MarkAsDialog(QDialog):
    """The dialog; `chosen` carries the template."""

    chosen = Signal(object)

    def __init__(self, templates: list[MarkTemplate], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Mark As"))
        self._templates = templates
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Filter"))
        self.line.setAccessibleName(self.tr("Filter: templates"))
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._take)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Templates"))
        self.list.setIconSize(ICON_SIZE)
        self.list.itemActivated.connect(lambda _: self._take())
        icons = SiteIcons()
        for row, template in enumerate(templates):
            drawn = {"line": self.tr(", a line"), "polygon": self.tr(", an area")}.get(template.geometry, "")
            key = f"   Alt+{template.hot_key}" if template.hot_key else ""
            sample = Site(
                uuid="",
                geometry=Point(0, 0),
                class_code=template.code,
                stroke_color=template.color,
                position_error_m=1.0,
            )
            item = QListWidgetItem(icons.icon(sample), word(template.name) + drawn + key)
            item.setData(_ROW, row)
            self.list.addItem(item)
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.resize(360, 460)
        self.list.setCurrentRow(0)
        self.line.setFocus()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with the arrow keys of the line."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
            QApplication.sendEvent(self.list, event)
            return True
        return False

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        first = -1
        for row in range(self.list.count()):
            item = self.list.item(row)
            shown = all(word in item.text().casefold() for word in words)
            item.setHidden(not shown)
            first = row if shown and first < 0 else first
        self.list.setCurrentRow(first)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.chosen.emit(self._templates[item.data(_ROW)])
            self.accept()
