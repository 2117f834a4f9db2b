"""The features under a click with their attributes, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, override

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.text.counted import counted
from viewer.canvas.feature_query import FeatureHit
from viewer.canvas.feature_selection import Fids
from viewer.panels.attributes.feature_access import FeatureAccess
from viewer.panels.context import PanelContext
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.plain_label import plain_label
from viewer.support.text import one_line, tooltip

MOST_HITS = 50
LABEL_COLUMNS = ("name", "label", "title", "название", "наименование", "名称", "имя")
_HIT = int(Qt.ItemDataRole.UserRole)
_EXACT = int(Qt.ItemDataRole.UserRole) + 1


class IdentifyPanel(QWidget):
    """`show_hits` fills it; each feature can be shown, selected, and its values copied."""

    def __init__(self, context: PanelContext, access: FeatureAccess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._access = context, access
        self._generation = 0
        self._hint = self.tr("Take the Identify tool and click a feature.")
        self.message = plain_label(self._hint)
        self.message.setObjectName("muted")
        self.message.setWordWrap(True)
        self.tree = _Tree()
        self.tree.setAccessibleName(self.tr("Features found"))
        self.tree.setHeaderLabels([self.tr("Attribute"), self.tr("Value")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.tree.header().resizeSection(0, 130)
        self.tree.header().setStretchLastSection(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.itemDoubleClicked.connect(lambda item, _: self._zoom(item))
        self.tree.currentItemChanged.connect(lambda *_: self._update())
        self.zoom_button = IconButton("zoom_selection", self.tr("Zoom to the feature"))
        self.select_button = IconButton("select_features", self.tr("Select the feature"))
        self.table_button = IconButton("table", self.tr("Show the layer's attribute table"))
        self.zoom_button.clicked.connect(lambda: self._zoom(self.tree.currentItem()))
        self.select_button.clicked.connect(self._select)
        self.table_button.clicked.connect(self._open_table)
        buttons = QHBoxLayout()
        for button in (self.zoom_button, self.select_button, self.table_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.message)
        layout.addWidget(self.tree, 1)
        layout.addLayout(buttons)
        context.document_replaced.connect(lambda: self.show_hits([]))
        self._update()

    def show_hits(self, hits: Sequence[FeatureHit]) -> None:
        """List these, topmost first; their attributes follow when they are read."""
        self._generation += 1
        self.tree.clear()
        shown = list(hits)[:MOST_HITS]
        if not hits:
            text = self._hint if self._generation == 1 else self.tr("There is no feature at that place.")
        elif len(hits) > MOST_HITS:
            text = self.tr("The topmost {0} of {1} features there.").format(MOST_HITS, len(hits))
        else:
            text = self.tr("{0} there.").format(counted(len(hits), self.tr("feature"), self.tr("features")))
        self.message.setText(text)
        items: dict[str, list[tuple[int, QTreeWidgetItem]]] = {}
        for hit in shown:
            items.setdefault(hit.layer_uuid, []).append((hit.fid, self._item_of(hit)))
        for uuid, found in items.items():
            fids = [fid for fid, _ in found]
            self._access.read(uuid, fids, partial(self._arrived, self._generation, dict(found)))
        if shown:
            first = self.tree.topLevelItem(0)
            topmost = first.child(0) if first is not None else None
            if topmost is not None:
                self.tree.setCurrentItem(topmost)
        self._update()

    def _item_of(self, hit: FeatureHit) -> QTreeWidgetItem:
        layer = self._context.document.layers.get(hit.layer_uuid)
        last = self.tree.topLevelItem(self.tree.topLevelItemCount() - 1)
        name = one_line(layer.name if layer is not None else "", 80)
        if last is None or last.data(0, _HIT) != hit.layer_uuid:
            last = QTreeWidgetItem([name, ""])
            last.setData(0, _HIT, hit.layer_uuid)
            last.setFirstColumnSpanned(True)
            font = last.font(0)
            font.setBold(True)
            last.setFont(0, font)
            self.tree.addTopLevelItem(last)
            last.setExpanded(True)
        item = QTreeWidgetItem([self.tr("Feature {0}").format(hit.fid), ""])
        item.setData(0, _HIT, hit)
        last.addChild(item)
        return item

    def _arrived(self, generation: int, items: dict[int, QTreeWidgetItem], rows: dict[int, dict[str, Any]]) -> None:
        if generation != self._generation:
            return
        for fid, item in items.items():
            values = rows.get(fid, {})
            label = next((values[name] for name in values if name.casefold() in LABEL_COLUMNS and values[name]), "")
            item.setText(1, one_line(str(label), 200))
            for name, value in values.items():
                cell = QTreeWidgetItem([one_line(name, 60), shown_value(value)])
                cell.setData(1, _EXACT, "" if value is None else str(value))
                cell.setToolTip(1, tooltip("" if value is None else str(value)))
                if value is None:
                    cell.setForeground(1, self.palette().placeholderText())
                item.addChild(cell)
            item.setExpanded(item is next(iter(items.values())) or len(items) <= 3)

    # -- actions ------------------------------------------------------------------------------------------------

    def _hit(self, item: QTreeWidgetItem | None) -> FeatureHit | None:
        while item is not None:
            hit = item.data(0, _HIT)
            if isinstance(hit, FeatureHit):
                return hit
            item = item.parent()
        return None

    def _update(self) -> None:
        hit = self._hit(self.tree.currentItem())
        for button in (self.zoom_button, self.select_button, self.table_button):
            button.setEnabled(hit is not None)

    def _zoom(self, item: QTreeWidgetItem | None) -> None:
        hit = self._hit(item)
        if hit is not None:
            self._access.zoom_to(hit.layer_uuid, _one(hit))

    def _select(self) -> None:
        hit = self._hit(self.tree.currentItem())
        if hit is not None:
            self._access.selection.clear(hit.layer_uuid)
            self._access.selection.set(hit.layer_uuid, _one(hit))

    def _open_table(self) -> None:
        hit = self._hit(self.tree.currentItem())
        if hit is not None:
            self._context.show_layer(hit.layer_uuid)
            self._context.panel_wanted.emit("panel_attributes")

    def _menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is None or self._hit(item) is None:
            return
        self.tree.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if item.data(1, _EXACT) is not None:
            menu.addAction(self.tr("Copy value"), self.tree.copy)
        menu.addAction(self.tr("Zoom to feature"), lambda: self._zoom(item))
        menu.addAction(self.tr("Select feature"), self._select)
        menu.addAction(self.tr("Attribute table"), self._open_table)
        menu.popup(self.tree.viewport().mapToGlobal(place))


class _Tree(QTreeWidget):
    """Copy copies the exact value."""

    def copy(self) -> None:
        item = self.currentItem()
        if item is not None:
            exact = item.data(1, _EXACT)
            QApplication.clipboard().setText(item.text(1) or item.text(0) if exact is None else str(exact))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


def shown_value(value: Any) -> str:
    """A value on one line; NULL says so."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(str(value), 200)


def _one(hit: FeatureHit) -> Fids:
    return np.array([hit.fid], np.int64)
