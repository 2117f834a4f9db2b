"""The features and images under a click, with their attributes and values, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, override

import numpy as np
import shiboken6
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

from layers.errors import GeoloupeError
from layers.services.info.info_answer import InfoAnswer
from viewer.canvas.feature_query import FeatureHit
from viewer.canvas.feature_selection import Fids
from viewer.canvas.image_below import PlaceHits, SeenPixel
from viewer.panels.context import PanelContext
from viewer.panels.feature_access import FeatureAccess
from viewer.panels.widgets.icon_button import IconButton
from viewer.rendering.layer_date import badge
from viewer.rendering.layers.image_values import BandValue, PixelValues, ask_pixel
from viewer.rendering.layers.map_info import ask_info, has_info
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label

MOST_HITS = 50
LABEL_COLUMNS = ("name", "label", "title", "название", "наименование", "名称", "имя")
_HIT = int(Qt.ItemDataRole.UserRole)
_EXACT = int(Qt.ItemDataRole.UserRole) + 1


class IdentifyPanel(QWidget):
    """Lists hits, filled by `show_hits`; a feature can be zoomed to and selected, and values can be copied."""

    def __init__(self, context: PanelContext, access: FeatureAccess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._access = context, access
        self._generation = 0
        self._hint = self.tr("Take the Identify tool and click a feature or an image.")
        self.message = plain_label(self._hint)
        self.message.setObjectName("muted")
        self.message.setWordWrap(True)
        self.tree = _Tree()
        self.tree.setAccessibleName(self.tr("Features and images found"))
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

    def show_hits(self, hits: Sequence[FeatureHit], place: PlaceHits | None = None) -> None:
        """List hits, and the images at a place, topmost first; attributes and values follow when they are read."""
        self._generation += 1
        self.tree.clear()
        shown = list(hits)[:MOST_HITS]
        images = () if place is None else place.images
        self.message.setText(self._said(len(hits), len(images)))
        items: dict[str, list[tuple[int, QTreeWidgetItem]]] = {}
        for hit in shown:
            items.setdefault(hit.layer_uuid, []).append((hit.fid, self._item_of(hit)))
        for uuid, entries in items.items():
            fids = [fid for fid, _ in entries]
            self._access.read(uuid, fids, partial(self._arrived, self._generation, dict(entries)))
        if place is not None:
            for seen in images:
                self._show_image(seen, place)
        if shown or images:
            first = self.tree.topLevelItem(0)
            topmost = first.child(0) if first is not None else None
            if topmost is not None:
                self.tree.setCurrentItem(topmost)
        self._update()

    def _said(self, features: int, images: int) -> str:
        """The sentence above the list."""
        if not features and not images:
            return self._hint if self._generation == 1 else self.tr("There is neither a feature nor an image there.")
        words = []
        if features > MOST_HITS:
            words.append(self.tr("the topmost {0} of {1} features").format(MOST_HITS, features))
        elif features:
            words.append(translate("IdentifyPanel", "{count} features", "{count} feature", features))
        if images:
            words.append(translate("IdentifyPanel", "{count} images", "{count} image", images))
        text = self.tr(" and ").join(words)
        return self.tr("{0} there.").format(text[0].upper() + text[1:])

    # -- images -------------------------------------------------------------------------------------------------

    def _show_image(self, seen: SeenPixel, place: PlaceHits) -> None:
        """Add an image with its date and its visible colour; the raw values follow."""
        layer = self._context.document.layers.get(seen.layer_uuid)
        drawing = self._context.layers.drawing_of(seen.layer_uuid)
        if layer is None or drawing is None:
            return
        item = self._headed(one_line(layer.name, 80), seen.layer_uuid)
        self._add_value(item, self.tr("Date"), in_language(badge(drawing.acquisition)))
        red, green, blue = seen.color
        self._add_value(item, self.tr("Shown as"), f"{red}, {green}, {blue}", self.tr("red, green, blue, 0 to 255"))
        if isinstance(drawing, RasterDrawing):
            generation = self._generation
            ask_pixel(drawing, place.crs, place.at, lambda values: self._show_values(generation, item, values))
        elif isinstance(drawing, TilesDrawing) and has_info(drawing):
            answered = partial(self._show_info, self._generation, item)
            ask_info(drawing, place.crs, place.at, place.resolution, answered)
        else:
            self._add_value(item, self.tr("Values"), self.tr("pictures of a service have none but their colours"))

    def _show_info(self, generation: int, item: QTreeWidgetItem, answer: InfoAnswer | GeoloupeError) -> None:
        """Show what the server of a map says of the place, in its own words."""
        if generation != self._generation or not shiboken6.isValid(self):
            return
        name, remark = self.tr("Server"), self.tr("the server's own words")
        if isinstance(answer, GeoloupeError):
            self._add_value(item, name, in_language(answer.sentence))
        elif answer.refusal:
            self._add_value(item, name, one_line(answer.refusal, 200), remark)
        elif not answer.rows:
            self._add_value(item, name, self.tr("says nothing of this place"))
        for row in () if isinstance(answer, GeoloupeError) else answer.rows:
            self._add_value(item, one_line(row.name, 60) or name, one_line(row.value, 400), remark)
        if isinstance(answer, InfoAnswer) and answer.is_cut:
            self._add_value(item, name, self.tr("said more than is shown here"))
        self._fit_names()

    def _show_values(self, generation: int, item: QTreeWidgetItem, values: PixelValues | GeoloupeError) -> None:
        if generation != self._generation:
            return
        if isinstance(values, GeoloupeError):
            self._add_value(item, self.tr("Values"), in_language(values.sentence))
            return
        for value in values.bands:
            band = value.band
            name = self.tr("Band {0}").format(band.index)
            known = one_line(band.description, 40)
            self._add_value(item, f"{name} ({known})" if known else name, *self._value_texts(value))
        if values.pixel is not None:
            column, row = values.pixel
            position = self.tr("column {0}, row {1}").format(column, row)
            self._add_value(item, self.tr("Pixel"), position, self.tr("counted from 0 at the upper left"))
        self._fit_names()

    def _fit_names(self) -> None:
        """Widen the column of names to its content, up to half of the list."""
        needed = self.tree.sizeHintForColumn(0)
        self.tree.header().resizeSection(0, max(130, min(needed, self.tree.viewport().width() // 2)))

    def _value_texts(self, value: BandValue) -> tuple[str, str]:
        """A raw value, with the measured value where the file gives its unit, and a remark."""
        if value.problem:
            return self.tr("not read"), in_language(value.problem)
        if value.raw is None:
            return self.tr("no data"), ""
        text = f"{value.raw:.10g}"
        if value.measured is None:
            return text, ""
        unit = one_line(value.band.unit, 20)
        return f"{text} = {value.measured:.6g} {unit}".rstrip(), self.tr("raw value = scaled value, by the file")

    def _add_value(self, item: QTreeWidgetItem, name: str, text: str, remark: str = "") -> None:
        cell = QTreeWidgetItem([name, text])
        cell.setData(1, _EXACT, text)
        cell.setToolTip(1, tooltip(f"{text} ({remark})" if remark else text))
        item.addChild(cell)

    # -- features -----------------------------------------------------------------------------------------------

    def _headed(self, name: str, layer_uuid: str) -> QTreeWidgetItem:
        """Add a new group under a layer's name."""
        head = QTreeWidgetItem([name, ""])
        head.setData(0, _HIT, layer_uuid)
        head.setFirstColumnSpanned(True)
        font = head.font(0)
        font.setBold(True)
        head.setFont(0, font)
        self.tree.addTopLevelItem(head)
        head.setFirstColumnSpanned(True)
        head.setExpanded(True)
        return head

    def _item_of(self, hit: FeatureHit) -> QTreeWidgetItem:
        layer = self._context.document.layers.get(hit.layer_uuid)
        last = self.tree.topLevelItem(self.tree.topLevelItemCount() - 1)
        if last is None or last.data(0, _HIT) != hit.layer_uuid:
            last = self._headed(one_line(layer.name if layer is not None else "", 80), hit.layer_uuid)
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
            self._access.zoom_to(hit.layer_uuid, _fids_of(hit))

    def _select(self) -> None:
        hit = self._hit(self.tree.currentItem())
        if hit is not None:
            self._access.selection.clear(hit.layer_uuid)
            self._access.selection.set(hit.layer_uuid, _fids_of(hit))

    def _open_table(self) -> None:
        hit = self._hit(self.tree.currentItem())
        if hit is not None:
            self._context.show_layer(hit.layer_uuid)
            self._context.panel_wanted.emit("panel_attributes")

    def _menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is None:
            return
        self.tree.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if item.data(1, _EXACT) is not None:
            menu.addAction(self.tr("Copy value"), self.tree.copy)
        menu.addAction(self.tr("Copy all"), self.tree.copy_all)
        if self._hit(item) is None:
            menu.popup(self.tree.viewport().mapToGlobal(place))
            return
        menu.addAction(self.tr("Zoom to feature"), lambda: self._zoom(item))
        menu.addAction(self.tr("Select feature"), self._select)
        menu.addAction(self.tr("Attribute table"), self._open_table)
        menu.popup(self.tree.viewport().mapToGlobal(place))


class _Tree(QTreeWidget):
    """The tree of values, which copies exact values."""

    def copy(self) -> None:
        item = self.currentItem()
        if item is not None:
            exact = item.data(1, _EXACT)
            QApplication.clipboard().setText(item.text(1) or item.text(0) if exact is None else str(exact))

    def copy_all(self) -> None:
        """Copy the whole list, a line for each value: layer, name, value, with tabs between them."""
        lines = []
        for head in _children(self.invisibleRootItem()):
            for item in _children(head):
                for row in _children(item) or [item]:
                    value = row.data(1, _EXACT)
                    lines.append("\t".join([head.text(0), row.text(0), row.text(1) if value is None else str(value)]))
        QApplication.clipboard().setText("\n".join(lines))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for at in range(item.childCount()) if (child := item.child(at)) is not None]


def shown_value(value: Any) -> str:
    """A value on one line; NULL is named."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(str(value), 200)


def _fids_of(hit: FeatureHit) -> Fids:
    return np.array([hit.fid], np.int64)
