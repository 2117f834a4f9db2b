"""The fields of a product's maps: their list, and the title and the marks of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from layers.product.spec import LONGEST_TEXT, MOST_MAPS, ProductMap, ProductSpec
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.begun_line import BegunLine
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate
from viewer.support.still_boxes import ComboBox

ROWS = 3.4
"""Visible rows of the list: a cut row at its end shows that there are more."""
ALL, NONE, OWN, SELECTED = "all", "none", "own", "selected"


class MapFields(QWidget):
    """The maps of a product in its form."""

    changed = Signal(object, str)
    """The product with changed maps, and the name of the changed field."""
    choose_wanted = Signal()
    refused = Signal(str)

    def __init__(
        self, selected: Callable[[], Sequence[str]], name_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        """`selected` gives the uuids of the marks selected on the map, `name_of` the name of a layer by its uuid."""
        super().__init__(parent)
        self._spec, self._selected, self._name_of = ProductSpec(), selected, name_of
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Maps of the page"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(round(ROWS * (self.list.fontMetrics().height() + 6)) + 4)
        self.choose_button = QPushButton(self.tr("Choose M&aps…"))
        self.choose_button.setToolTip(tooltip(self.tr("Bookmarks, images of comparisons and sites of the case")))
        self.choose_button.setAutoDefault(False)
        self.up_button = IconButton("up", self.tr("Move the map up"))
        self.down_button = IconButton("down", self.tr("Move the map down"))
        self.remove_button = IconButton("delete", self.tr("Take the map off the page"))
        self.title_line, self.marks_box = BegunLine(), ComboBox()
        self.title_line.setMaxLength(LONGEST_TEXT)
        self.title_line.setPlaceholderText(self.tr("Above the map"))
        for data, text in (
            (ALL, self.tr("All of the case")),
            (NONE, self.tr("None")),
            (SELECTED, self.tr("Those selected on the map")),
        ):
            self.marks_box.addItem(text, data)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field in ((self.tr("Title of the map"), self.title_line), (self.tr("Marks on it"), self.marks_box)):
            form.addRow(title, field)
            field.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        buttons = (self.choose_button, self.up_button, self.down_button, self.remove_button)
        column.addLayout(side_by_side(*buttons))
        column.addLayout(form)
        self.list.currentRowChanged.connect(self._show_chosen)
        self.choose_button.clicked.connect(self.choose_wanted)
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))
        self.remove_button.clicked.connect(self._remove)
        self.title_line.textEdited.connect(self._take_title)
        self.marks_box.activated.connect(self._take_marks)

    @property
    def at(self) -> int:
        """The number of the map that is chosen."""
        return max(self.list.currentRow(), 0)

    def show_spec(self, spec: ProductSpec) -> None:
        """Show the maps of a product; the chosen one stays chosen."""
        self._spec, at = spec, self.at
        names = [self._name(number, product_map) for number, product_map in enumerate(spec.maps)]
        shown = [self.list.item(row).text() for row in range(self.list.count())]
        if names != shown:
            blocked = QSignalBlocker(self.list)
            if len(names) != len(shown):
                self.list.clear()
                self.list.addItems(names)
            for row, name in enumerate(names):
                self.list.item(row).setText(name)
            self.list.setCurrentRow(min(at, len(names) - 1))
            del blocked
        self._show_chosen()

    def choose(self, at: int) -> None:
        """Choose a map by its number."""
        self.list.setCurrentRow(at)

    def _name(self, number: int, product_map: ProductMap) -> str:
        """Name of a map in the list: its letter or number on the page, and its content."""
        layout = self._spec.layout
        letters = {"panels": number, "insets": number - 1}
        place_name = chr(ord("A") + letters.get(layout, number)) if len(self._spec.maps) > 1 else ""
        if layout == "insets" and number == 0:
            place_name = self.tr("Overview")
        elif layout == "before-after":
            place_name = str(number + 1)
        frame = product_map.frame
        names = [name for uuid in frame.layers if (name := self._name_of(uuid))] if frame is not None else []
        title = product_map.title or (frame.title if frame is not None else "") or ", ".join(names)
        content = one_line(title, 80) or (
            self.tr("Layers of its own") if product_map.frame else self.tr("The map's layers")
        )
        return f"{place_name}: {content}" if place_name else content

    def _show_chosen(self, _row: int = 0) -> None:
        maps, at = self._spec.maps, self.at
        product_map = maps[at] if at < len(maps) else ProductMap()
        if self.title_line.text().strip() != product_map.title:
            self.title_line.setText(product_map.title)
            self.title_line.setCursorPosition(0)
        self._show_marks(product_map.marks)
        is_site = self._spec.layout == "site"
        self.choose_button.setEnabled(not is_site)
        self.marks_box.setEnabled(not is_site)
        self.up_button.setEnabled(at > 0)
        self.down_button.setEnabled(at + 1 < len(maps))
        self.remove_button.setEnabled(len(maps) > 1)

    def _show_marks(self, marks: Sequence[str] | None) -> None:
        box, choice = self.marks_box, ALL if marks is None else OWN if marks else NONE
        blocked, at = QSignalBlocker(box), box.findData(OWN)
        if at >= 0:
            box.removeItem(at)
        if marks:
            box.insertItem(
                box.findData(SELECTED), translate("MapFields", "{count} marks", "{count} mark", len(marks)), OWN
            )
        box.setCurrentIndex(box.findData(choice))
        del blocked

    # -- taken ----------------------------------------------------------------------------------------------------

    def _tell(self, maps: Sequence[ProductMap], series: str, *, anew: bool = False) -> None:
        spec = self._spec.with_maps(maps) if anew else replace(self._spec, maps=tuple(maps))
        if spec != self._spec:
            self.changed.emit(spec, series)

    def _take(self, series: str, **values: Any) -> None:
        maps, at = list(self._spec.maps), self.at
        if at < len(maps):
            maps[at] = replace(maps[at], **values)
            self._tell(maps, series)

    def _take_title(self, text: str) -> None:
        self._take(f"words of map {self.at}", title=text.strip())

    def _take_marks(self, _row: int) -> None:
        match self.marks_box.currentData():
            case "all":
                self._take("", marks=None)
            case "none":
                self._take("", marks=())
            case "selected":
                marks = tuple(self._selected())
                if marks:
                    self._take("", marks=marks)
                else:
                    self.refused.emit(self.tr("No mark is selected on the map: select those that this map shall show."))
        self._show_chosen()

    def _move(self, by: int) -> None:
        maps, at = list(self._spec.maps), self.at
        if 0 <= at + by < len(maps):
            maps.insert(at + by, maps.pop(at))
            self._tell(maps, "", anew=True)
            self.choose(at + by)

    def _remove(self) -> None:
        maps, at = list(self._spec.maps), self.at
        if len(maps) > 1:
            del maps[at]
            self._tell(maps, "", anew=True)


def is_shown_for(layout: str) -> bool:
    """True where a layout has more than one map: there the list is open."""
    return MOST_MAPS[layout] > 1
