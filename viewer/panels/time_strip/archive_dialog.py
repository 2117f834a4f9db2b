"""The dialog of a search of an archive: which archive, what ground, from when to when, how much cloud; and the hits."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from typing import override

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from layers.errors import BadTemplate, GeoloupeError, InvalidValue
from layers.geo.bounds import Bounds
from layers.observing.archive_question import COLLECTIONS, AskedQuestion
from layers.services.address_keys import split_key
from layers.services.imagery_entry import ImageryEntry, checked_address
from layers.services.stac.question import StacQuestion
from layers.time.asked_dates import asked_date
from viewer.network.consent import host_of
from viewer.panels.hits.hit import ArchiveHit
from viewer.panels.hits.hit_panel import HitPanel
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.panels.time_strip.archive_words import search_words
from viewer.panels.widgets.fields import DateField
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, SpinBox

MONTHS_BACK = 6
CLOUD_PERCENT = 20
PAGE_ITEMS = 200
"""Items a page: the first one is there soon, and thousands take few turns."""
MOST_LETTERS = 40
"""Most letters of a site's name among the choices of the ground."""
WIDE_PX, LOW_PX, HIGH_PX, EDGE_PX = 740, 470, 720, 8
"""Width of the dialog, its least and greatest height, and its distance from the edge, in logical pixels."""


_VIEW, _SITES, _KEPT = "view", "sites", "kept"
"""Choices of the ground."""
_BETWEEN = "\n"
"""Separator of the collections of one choice."""


class ArchiveDialog(QDialog):
    """The dialog beside the map. `area` gives the boxes of the ground to search, empty where there is none.

    Opened, asked and answered by the keyboard: the first date has the focus, Enter searches, and the list has it then.
    """

    wanted = Signal(str, StacQuestion)
    """Emitted with the address of an archive and a question; its host is to be allowed by that."""
    key_typed = Signal(str)
    """Emitted before `wanted` with the address as it was typed, where that holds a key."""
    keep_wanted = Signal(object)
    """Emitted with a search that is to be kept in the case as evidence."""
    news_wanted = Signal()
    """Emitted to ask what is new over sites instead."""
    folder_wanted = Signal()
    """Emitted to choose a folder that is a catalogue."""
    left = Signal()
    """Emitted when the dialog is closed, or gives way to the map."""

    def __init__(
        self,
        archives: Sequence[ImageryEntry],
        area: Callable[[bool], tuple[Bounds, ...]],
        today: date,
        hits: HitPanel,
        parent: QWidget | None = None,
    ) -> None:
        """`area(of_site)`: the view, or the selected sites."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Search Archives"))
        self._archives, self._area, self._today = archives, area, today
        self._listed = list(archives)
        self._search: ArchiveSearch | None = None
        self._again: AskedQuestion | None = None
        """The kept search whose question is asked again."""
        self._leads_to_list = False
        """True from a search until its first hits are there, which get the keyboard."""
        self.hits = hits
        self._make_fields()
        self.leaves = wrapped("")
        self.leaves.setAccessibleName(self.tr("What the archive is told"))
        self.leaves.setObjectName("muted")
        self.said = wrapped("")
        self.said.setAccessibleName(self.tr("Result of the search"))
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.addLayout(self._lay_out_fields())
        layout.addWidget(self.leaves)
        layout.addLayout(side_by_side(self.search_button, self.stop_button, self.said, self.again_button, stretch=2))
        layout.addWidget(hits, 1)
        layout.addLayout(self._lay_out_verbs())
        self.resize(WIDE_PX, LOW_PX)
        self.name_ground([])
        self.show_search(None)

    def _make_fields(self) -> None:
        self.archive = ComboBox()
        self.archive.setEditable(True)
        self.archive.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.archive.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.archive.setToolTip(
            tooltip(self.tr("An archive of the list, the address of a STAC API or catalogue, or a folder that is one"))
        )
        self._fill_archives()
        self.archive.editTextChanged.connect(lambda _: self._take_address())
        self.place = ComboBox()
        self.place.addItem(self.tr("The view"), _VIEW)
        self.place.addItem(self.tr("The selected sites"), _SITES)
        self.kind = ComboBox()
        for name, words in COLLECTIONS.items():
            self.kind.addItem(in_language(words), name)
        self.kind.addItem(self.tr("Everything it has"), "")
        self.begin, self.end = DateField(self.tr("any")), DateField(self.tr("today"))
        self.begin.show_value(asked_date(f"{MONTHS_BACK} months ago", self._today))
        examples = tooltip(self.tr("A date as it is known: 2026-03-01, March 2026, March, 3 months ago"))
        self.limits_cloud = QCheckBox(self.tr("At most"))
        self.limits_cloud.setChecked(True)
        self.cloud = SpinBox()
        self.cloud.setRange(0, 100)
        self.cloud.setSuffix(" %")
        self.cloud.setValue(CLOUD_PERCENT)
        self.cloud.setAccessibleName(self.tr("Most cloud, in percent"))
        self.limits_cloud.toggled.connect(self.cloud.setEnabled)
        for box in (self.archive, self.place, self.kind):
            box.currentIndexChanged.connect(lambda _: self._ask_anew())
        for field in (self.begin, self.end):
            field.setToolTip(examples)
            field.textEdited.connect(lambda _: self._ask_anew())
        self.limits_cloud.toggled.connect(lambda _: self._ask_anew())
        self.cloud.valueChanged.connect(lambda _: self._ask_anew())

    def _lay_out_fields(self) -> QGridLayout:
        """Two columns of fields, as the list wants the height."""
        folder = QPushButton(self.tr("&Folder…"))
        folder.setToolTip(
            tooltip(self.tr("Choose a folder that is a catalogue of scenes: nothing leaves the computer"))
        )
        folder.clicked.connect(self.folder_wanted)
        folder.setAutoDefault(False)
        cloud = side_by_side(
            self.limits_cloud, self.cloud, muted(self.tr("of the whole scene; radar is never left out")), stretch=2
        )
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        for row, column, words, field in (
            (0, 0, self.tr("Archive"), self.archive),
            (0, 3, self.tr("Imagery"), self.kind),
            (1, 0, self.tr("Ground"), self.place),
            (1, 3, self.tr("From"), self.begin),
            (2, 3, self.tr("To"), self.end),
        ):
            label = plain_label(words)
            label.setBuddy(field)
            field.setAccessibleName(words)
            form.addWidget(label, row, column)
            form.addWidget(field, row, column + 1, 1, 1 if field is self.archive or column else 2)
        form.addWidget(folder, 0, 2)
        form.addWidget(plain_label(self.tr("Cloud")), 2, 0)
        form.addLayout(cloud, 2, 1, 1, 2)
        form.setColumnStretch(1, 1)
        form.setColumnStretch(4, 1)
        return form

    def _make_buttons(self) -> None:
        self.search_button = QPushButton(self.tr("&Search"))
        self.search_button.setDefault(True)
        self.search_button.clicked.connect(self.search)
        self.stop_button = QPushButton(self.tr("S&top"))
        self.stop_button.clicked.connect(self.stop)
        self.again_button = QPushButton(self.tr("T&ry Again"))
        self.again_button.setToolTip(tooltip(self.tr("Ask the archive once more")))
        self.again_button.clicked.connect(self.search)
        self.keep_button = QPushButton(self.tr("&Keep as Evidence"))
        self.keep_button.setToolTip(
            tooltip(self.tr("Keep in the case what was asked, when, and what came, or that nothing came"))
        )
        self.keep_button.clicked.connect(self._keep)
        self.news_button = QPushButton(self.tr("What Is &New…"))
        self.news_button.setToolTip(
            tooltip(self.tr("What archives and folders have of your sites since the last look"))
        )
        self.news_button.clicked.connect(self.news_wanted)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self.close)
        for button in (self.stop_button, self.again_button, self.keep_button, self.news_button, self.close_button):
            button.setAutoDefault(False)

    def _lay_out_verbs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for button in (self.hits.add_button, self.hits.compare_button, self.keep_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.news_button)
        row.addWidget(self.close_button)
        return row

    def step_aside(self, window: QRect, map_rect: QRect) -> None:
        """Take the right edge of a window beside the middle of the map, and leave the time strip below the map free:
        both show what is listed. Both rectangles are in logical pixels of the screen.
        """
        frame = self.frameGeometry().height() - self.height()
        self.resize(self.width(), min(max(map_rect.height() - frame, LOW_PX), HIGH_PX))
        left = window.right() - self.frameGeometry().width() - EDGE_PX
        top = min(map_rect.top(), window.bottom() - self.frameGeometry().height())
        self.move(max(left, window.left()), max(top, window.top()))

    # -- the question ---------------------------------------------------------------------------------------------

    @property
    def entry(self) -> ImageryEntry | None:
        """The chosen archive, or the one whose address or folder was typed; None for any other words."""
        text, at = self.archive.currentText().strip(), self.archive.currentIndex()
        entry = self.archive.itemData(at)
        if isinstance(entry, ImageryEntry) and text == self.archive.itemText(at):
            return entry
        try:
            address = text if os.path.isabs(text) else checked_address(split_key(text).address)
        except BadTemplate:
            return None
        return ImageryEntry(title=address, role="archive", kind="stac-api", address=address)

    @property
    def is_of_site(self) -> bool:
        """True where the selected sites are searched, and not the view."""
        return bool(self.place.currentData() == _SITES)

    @property
    def asked_again(self) -> AskedQuestion | None:
        """The kept search whose ground is searched; None where the view or the selected sites are."""
        return self._again if self.place.currentData() == _KEPT else None

    def offer(self, archives: Sequence[ImageryEntry]) -> None:
        """Offer other archives; the chosen one stays, and with it the answer: one that has answered is offered by its
        title from then on.
        """
        if list(archives) == self._listed:
            return
        chosen, self._listed = self.entry, list(archives)
        text = self.archive.currentText()
        self.archive.blockSignals(True)
        self._fill_archives()
        self.choose(text if chosen is None else chosen.address)
        self.archive.blockSignals(False)
        self._tell()

    def _fill_archives(self) -> None:
        self.archive.clear()
        for entry in self._listed:
            self.archive.addItem(one_line(entry.title), entry)

    def choose(self, address: str) -> None:
        """Choose an archive by its address, or a folder by its path."""
        listed = [entry.address for entry in self._listed]
        if address in listed:
            self.archive.setCurrentIndex(listed.index(address))
        else:
            self.archive.setEditText(address)

    def say_replaced(self, lost: ImageryEntry) -> None:
        """Say why another archive is chosen than the one that was asked last."""
        chosen = self.archive.currentText().strip()
        sentence = self.tr("{0} did not answer when it was last asked: {1} is chosen instead.")
        self.said.setText(plain(sentence.format(host_of(lost.address), one_line(chosen, MOST_LETTERS))))

    def name_ground(self, sites: Sequence[str]) -> None:
        """Name the selected sites among the choices of the ground."""
        if len(sites) == 1:
            text = self.tr("The site {0}").format(one_line(sites[0], MOST_LETTERS)) if sites[0] else self.tr("The site")
        else:
            text = self.tr("The selected sites ({0})").format(len(sites))
        self.place.setItemText(1, text)

    def begin_asking(self, *, of_site: bool) -> None:
        """Ready the fields for the next question, about the selected sites or the view: a date, and Enter searches."""
        self.place.setCurrentIndex(int(of_site))
        self._tell()
        self.begin.setFocus()
        self.begin.selectAll()

    def take_question(self, query: AskedQuestion) -> None:
        """Fill the fields with the question of a kept search; its ground is one more choice."""
        self._again, question = query, query.question
        self.choose(query.archive)
        if self.place.findData(_KEPT) < 0:
            self.place.addItem(self.tr("The ground of the kept search"), _KEPT)
        self.place.setCurrentIndex(self.place.findData(_KEPT) if question.boxes else self.place.findData(_VIEW))
        names = _BETWEEN.join(question.collections)
        if self.kind.findData(names) < 0:
            self.kind.addItem(one_line(", ".join(question.collections), MOST_LETTERS), names)
        self.kind.setCurrentIndex(self.kind.findData(names))
        self.begin.show_value(question.begin)
        self.end.show_value(question.end)
        self.limits_cloud.setChecked(question.max_cloud is not None)
        if question.max_cloud is not None:
            self.cloud.setValue(round(question.max_cloud))
        self._ask_anew()
        self.search_button.setFocus()

    def question(self) -> StacQuestion:
        """The question as the fields have it. Raises InvalidValue for a text that is no date."""
        collections, again = str(self.kind.currentData()), self.asked_again
        begin, end = (asked_date(field.text(), self._today) for field in (self.begin, self.end))
        question = StacQuestion(
            boxes=self._area(self.is_of_site) if again is None else again.question.boxes,
            begin=begin,
            end=end,
            max_cloud=float(self.cloud.value()) if self.limits_cloud.isChecked() else None,
            collections=tuple(filter(None, collections.split(_BETWEEN))),
            limit=PAGE_ITEMS,
        )
        if question.span is not None and question.span.begin > question.span.end:
            raise InvalidValue("The search ends ({end}) before it begins ({begin}).", begin=begin, end=end)
        return question

    def search(self) -> None:
        """Ask the archive; nothing happens without any ground, or where a date cannot be read."""
        entry = self.entry
        if entry is None:
            self.said.setText(self.tr("Choose an archive, or type the address of one: https://…"))
            return
        try:
            question = self.question()
        except GeoloupeError as error:
            self.said.setText(plain(in_language(error.sentence)))
            return
        if not question.boxes:
            self.said.setText(self.tr("Select a site first, or search the view."))
            return
        self.begin.show_other(question.begin)
        self.end.show_other(question.end)
        self._leads_to_list = True
        if split_key(typed := self.archive.currentText().strip()).key:
            self.key_typed.emit(typed)
        self.wanted.emit(entry.address, question)

    def stop(self) -> None:
        if self._search is not None:
            self._search.stop()

    def _keep(self) -> None:
        if self._search is not None:
            self.keep_wanted.emit(self._search)

    def _take_address(self) -> None:
        """Ask an archive that is not of the list for everything: which collections it has is not known."""
        entry = self.entry
        if entry is not None and entry.address not in {known.address for known in self._archives}:
            self.kind.setCurrentIndex(self.kind.findData(""))
        self._ask_anew()

    def _ask_anew(self) -> None:
        """Put away the answer to another question, which would be taken for that to this one."""
        self._tell()
        if self._search is not None and not self._search.is_under_way:
            self.show_search(None)

    def _tell(self) -> None:
        """Say what the archive learns, before it is asked."""
        entry = self.entry
        self.leaves.setText("")
        if entry is None:
            return
        if os.path.isabs(entry.address):
            self.leaves.setText(self.tr("The folder is read where it lies: nothing leaves the computer."))
            return
        grounds = {
            _VIEW: self.tr("the box of the view"),
            _SITES: self.tr("a box of about 10 km around each selected site"),
            _KEPT: self.tr("the ground that the kept search was about"),
        }
        ground = grounds[str(self.place.currentData())]
        words = self.tr("{0} is told {1}, the dates and the kind of imagery. {2}").format(
            host_of(entry.address), ground, one_line(word(entry.note), 200)
        )
        self.leaves.setText(plain(words))

    # -- the answer -----------------------------------------------------------------------------------------------

    @property
    def is_answered(self) -> bool:
        """True while scenes are listed."""
        return bool(self.hits.rows.hits)

    def show_search(self, search: ArchiveSearch | None) -> None:
        """Show how far a search is; the hits of another are put away."""
        if search is not self._search:
            self.hits.rows.show_hits([], of_site=self.is_of_site)
        self._search = search
        is_under_way = search is not None and search.is_under_way
        self.stop_button.setVisible(is_under_way)
        self.again_button.setVisible(search is not None and not is_under_way and bool(search.failure))
        self.keep_button.setEnabled(search is not None and not is_under_way and not search.failure)
        self.said.setText("" if search is None else plain(search_words(search)))

    def take_hits(self, hits: list[ArchiveHit]) -> None:
        """List hits that have come; the first ones get the keyboard, as nobody types any more."""
        self.hits.take(hits)
        if self._leads_to_list:
            self._leads_to_list = False
            self.hits.list.begin()

    def show_kept(self, words: str) -> None:
        """Say that the search was kept, and where it shows, so that it is not kept twice."""
        self.keep_button.setEnabled(False)
        self.said.setText(plain(" ".join((self.said.text(), words))))

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.left.emit()
