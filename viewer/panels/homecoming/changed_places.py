"""The list of sites that a file of Google Earth states otherwise now: what differs, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from layers.document.site import Site
from layers.requests.earth_file import EarthFile
from viewer.commands.filing.earth_changes import EarthChange
from viewer.commands.filing.earth_places import KEEP, SECOND, UPDATE
from viewer.panels.homecoming.change_words import differences
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

MOST_ROWS = 200
"""Most sites with an answer of their own; those after them are answered together."""
ANSWERS = {
    KEEP: QT_TRANSLATE_NOOP("ChangedPlaces", "Keep mine"),
    UPDATE: QT_TRANSLATE_NOOP("ChangedPlaces", "Update"),
    SECOND: QT_TRANSLATE_NOOP("ChangedPlaces", "Second site"),
}
NAME, DIFFERS, ANSWER = range(3)
NAME_PX, ANSWER_PX = 90, 112
LIST_PX = 92
"""Least height of the list, in logical pixels: its head and two sites."""


class ChangedPlaces(QWidget):
    """Asks for each site whether it takes the changes of the file. Nothing is overwritten until somebody says so.

    `answered`: an answer was given.
    """

    answered = Signal()

    def __init__(self, file: EarthFile, sites: Mapping[str, Site]) -> None:
        """`sites`: those of the case, by uuid."""
        super().__init__()
        self._file, self._sites = file, sites
        self._changes: tuple[EarthChange, ...] = ()
        self._given: dict[int, str] = {}
        self.boxes: dict[int, ComboBox] = {}
        self.head = plain_label("")
        self.head.setObjectName("heading")
        self.all_box = ComboBox()
        self.all_box.setAccessibleName(self.tr("What becomes of all changed sites"))
        self.all_box.addItem(self.tr("For all…"), "")
        for answer, words in ANSWERS.items():
            self.all_box.addItem(translate("ChangedPlaces", words), answer)
        self.all_box.activated.connect(self._answer_all)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setAccessibleName(self.tr("Sites that the file has changed"))
        self.list.setMinimumHeight(LIST_PX)
        self.list.setHeaderLabels([self.tr("Site"), self.tr("In the file"), self.tr("Then")])
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(DIFFERS, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(NAME, NAME_PX)
        header.resizeSection(ANSWER, ANSWER_PX)
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(self.all_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)

    def show_changes(self, changes: tuple[EarthChange, ...]) -> None:
        """List these changes; answers that were given stay."""
        self._changes = changes
        self.setVisible(bool(changes))
        self.head.setText(
            translate(
                "ChangedPlaces",
                "{count} sites have changed in the file",
                "{count} site has changed in the file",
                len(changes),
            )
        )
        self.list.clear()
        self.boxes.clear()
        for change in changes[:MOST_ROWS]:
            name = one_line(self._file.places[change.number].name, 80) or self.tr("(without a name)")
            lines = differences(self._sites.get(change.site_uuid), change)
            self._add_row(change.number, name, "\n".join(lines), self._answer_to(change))
        if rest := changes[MOST_ROWS:]:
            words = self.tr("The sites after these, together")
            self._add_row(rest[0].number, f"+ {len(rest)}", words, self._answer_to(rest[0]))

    def _answer_to(self, change: EarthChange) -> str:
        """The answer that was given, else one that overwrites nothing and loses nothing."""
        return self._given.get(change.number, KEEP if change.is_sure else SECOND)

    def _add_row(self, number: int, name: str, words: str, answer: str) -> None:
        item = QTreeWidgetItem(self.list, [plain(name), plain(words)])
        item.setToolTip(NAME, plain(name))
        item.setToolTip(DIFFERS, plain(words))
        box = ComboBox()
        box.setAccessibleName(self.tr("What becomes of {0}").format(name))
        for choice, title in ANSWERS.items():
            box.addItem(translate("ChangedPlaces", title), choice)
        box.setCurrentIndex(box.findData(answer))
        box.currentIndexChanged.connect(lambda: self._answer(number, box.currentData()))
        self.list.setItemWidget(item, ANSWER, box)
        self.boxes[number] = box

    def _answer(self, number: int, answer: str) -> None:
        self._given[number] = answer
        self.answered.emit()

    def _answer_all(self) -> None:
        """Give all sites one answer; the box then offers the next one."""
        answer = self.all_box.currentData()
        self.all_box.setCurrentIndex(0)
        if not answer:
            return
        for number, box in self.boxes.items():
            blocker = QSignalBlocker(box)
            box.setCurrentIndex(box.findData(answer))
            blocker.unblock()
            self._given[number] = answer
        self.answered.emit()

    def answers(self) -> dict[int, str]:
        """The answer by the number of the place in the file."""
        answers = {change.number: self._answer_to(change) for change in self._changes[:MOST_ROWS]}
        rest = self._changes[MOST_ROWS:]
        return answers | {change.number: self._answer_to(rest[0]) for change in rest}
