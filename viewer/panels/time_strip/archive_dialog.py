"""The question to an archive of imagery: which archive, what ground, from when to when, how much cloud at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QDate, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from layers.errors import BadTemplate
from layers.geo.bounds import Bounds
from layers.services.imagery_entry import ImageryEntry, checked_address
from layers.services.stac.question import StacQuestion
from layers.time.typed_dates import typed_date
from viewer.network.consent import host_of
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.panels.widgets.fields import DateField
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, SpinBox

COLLECTIONS = (
    ("sentinel-2-l2a", QT_TRANSLATE_NOOP("ArchiveWords", "Sentinel-2, 10 m")),
    ("landsat-c2-l2", QT_TRANSLATE_NOOP("ArchiveWords", "Landsat, 30 m")),
    ("sentinel-1-grd", QT_TRANSLATE_NOOP("ArchiveWords", "Sentinel-1 radar, 10 m")),
    ("naip", QT_TRANSLATE_NOOP("ArchiveWords", "NAIP, United States, 1 m")),
)
"""Collections that the archives of the catalogue have under the same names, with words to translate."""
MONTHS_BACK = 6
CLOUD_PERCENT = 20
SHOWN_PROBLEMS = 3
PAGE_ITEMS = 200
"""Items a page: the first one is there soon, and thousands take few turns."""


class ArchiveDialog(QDialog):
    """The dialog beside the map. `area` gives the boxes of the ground to search, empty where there is none."""

    wanted = Signal(str, StacQuestion)
    """Emitted with the address of an archive and a question; its host is to be allowed by that."""
    keep_wanted = Signal(object)
    """Emitted with a search that is to be kept in the case as evidence."""
    news_wanted = Signal()
    """Emitted to ask what is new over sites instead."""

    def __init__(
        self,
        archives: Sequence[ImageryEntry],
        area: Callable[[bool], tuple[Bounds, ...]],
        today: QDate,
        parent: QWidget | None = None,
    ) -> None:
        """`area(of_site)`: the view, or the selected sites."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Search Archives"))
        self._archives, self._area, self._today = archives, area, today
        self._search: ArchiveSearch | None = None
        self._make_fields()
        self.leaves = wrapped("")
        self.leaves.setAccessibleName(self.tr("What the archive is told"))
        self.said = wrapped("")
        self.said.setAccessibleName(self.tr("Result of the search"))
        self.search_button = QPushButton(self.tr("&Search"))
        self.search_button.setDefault(True)
        self.search_button.clicked.connect(self.search)
        self.stop_button = QPushButton(self.tr("S&top"))
        self.stop_button.clicked.connect(self.stop)
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
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        row = QHBoxLayout()
        self.news_button.setAutoDefault(False)
        for button in (self.search_button, self.stop_button, self.keep_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.news_button)
        row.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(self.form)
        layout.addWidget(self.leaves)
        layout.addWidget(self.said)
        layout.addStretch(1)
        layout.addLayout(row)
        self.resize(520, 420)
        self._tell()
        self.show_search(None)

    def _make_fields(self) -> None:
        self.archive = ComboBox()
        for entry in self._archives:
            self.archive.addItem(one_line(entry.title), entry)
        self.archive.setEditable(True)
        self.archive.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.archive.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.archive.setToolTip(tooltip(self.tr("An archive of the list, or the address of a STAC API or catalogue")))
        self.archive.editTextChanged.connect(lambda _: self._take_address())
        self.place = ComboBox()
        self.place.addItem(self.tr("The view"), False)
        self.place.addItem(self.tr("The selected sites"), True)
        self.kind = ComboBox()
        for name, words in COLLECTIONS:
            self.kind.addItem(translate("ArchiveWords", words), name)
        self.kind.addItem(self.tr("Everything it has"), "")
        self.begin, self.end = DateField(self.tr("any")), DateField(self.tr("today"))
        self.begin.show_value(self._today.addMonths(-MONTHS_BACK).toString("yyyy-MM-dd"))
        self.limits_cloud = QCheckBox(self.tr("At most"))
        self.limits_cloud.setChecked(True)
        self.cloud = SpinBox()
        self.cloud.setRange(0, 100)
        self.cloud.setSuffix(" %")
        self.cloud.setValue(CLOUD_PERCENT)
        cloud = QHBoxLayout()
        cloud.addWidget(self.limits_cloud)
        cloud.addWidget(self.cloud)
        cloud.addWidget(muted(self.tr("of the whole scene; radar is never left out")), 1)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for words, field in (
            (self.tr("Archive"), self.archive),
            (self.tr("Imagery"), self.kind),
            (self.tr("Ground"), self.place),
            (self.tr("From"), self.begin),
            (self.tr("To"), self.end),
        ):
            label = plain_label(words)
            label.setBuddy(field)
            field.setAccessibleName(words)
            self.form.addRow(label, field)
        self.cloud.setAccessibleName(self.tr("Most cloud, in percent"))
        self.form.addRow(plain_label(self.tr("Cloud")), cloud)
        self.limits_cloud.toggled.connect(self.cloud.setEnabled)
        for box in (self.archive, self.place, self.kind):
            box.currentIndexChanged.connect(lambda _: self._ask_anew())
        for field in (self.begin, self.end):
            field.textEdited.connect(lambda _: self._ask_anew())
        self.limits_cloud.toggled.connect(lambda _: self._ask_anew())
        self.cloud.valueChanged.connect(lambda _: self._ask_anew())

    # -- the question ---------------------------------------------------------------------------------------------

    @property
    def entry(self) -> ImageryEntry | None:
        """The chosen archive, or the one whose address was typed; None for words that are no address."""
        text, at = self.archive.currentText().strip(), self.archive.currentIndex()
        entry = self.archive.itemData(at)
        if isinstance(entry, ImageryEntry) and text == self.archive.itemText(at):
            return entry
        try:
            return ImageryEntry(title=text, role="archive", kind="stac-api", address=checked_address(text))
        except BadTemplate:
            return None

    def choose(self, address: str) -> None:
        """Choose an archive by its address."""
        listed = [entry.address for entry in self._archives]
        if address in listed:
            self.archive.setCurrentIndex(listed.index(address))
        else:
            self.archive.setEditText(address)

    def question(self) -> StacQuestion:
        """The question as the fields have it."""
        collection = str(self.kind.currentData())
        return StacQuestion(
            boxes=self._area(bool(self.place.currentData())),
            begin=str(typed_date(self.begin.text())),
            end=str(typed_date(self.end.text())),
            max_cloud=float(self.cloud.value()) if self.limits_cloud.isChecked() else None,
            collections=(collection,) if collection else (),
            limit=PAGE_ITEMS,
        )

    def search(self) -> None:
        """Ask the archive; nothing happens without any ground."""
        entry, question = self.entry, self.question()
        if entry is None:
            self.said.setText(self.tr("Choose an archive, or type the address of one: https://…"))
            return
        if not question.boxes:
            self.said.setText(self.tr("Select a site first, or search the view."))
            return
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
        if entry is not None and entry not in self._archives:
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
        of_site = bool(self.place.currentData())
        ground = (
            self.tr("a box of about 10 km around each selected site") if of_site else self.tr("the box of the view")
        )
        words = self.tr("{0} is told {1}, the dates and the kind of imagery. {2}").format(
            host_of(entry.address), ground, one_line(word(entry.note), 200)
        )
        self.leaves.setText(plain(words))

    # -- the answer -----------------------------------------------------------------------------------------------

    def show_search(self, search: ArchiveSearch | None) -> None:
        """Show how far a search is, and what came."""
        self._search = search
        is_under_way = search is not None and search.is_under_way
        self.stop_button.setVisible(is_under_way)
        self.keep_button.setEnabled(search is not None and not is_under_way and not search.failure)
        self.said.setText("" if search is None else plain(search_words(search)))

    def show_kept(self) -> None:
        """Say that the search was kept, so that it is not kept twice."""
        self.keep_button.setEnabled(False)
        self.said.setText(plain(self.tr("{0} Kept in the case as evidence.").format(self.said.text())))


def search_words(search: ArchiveSearch) -> str:
    """State of a search in words: "12 of 40 scenes", that none is listed, or why it failed."""
    if search.failure:
        return in_language(search.failure)
    count, matched = search.count, search.matched
    words = translate("ArchiveWords", "{count} scenes", "{count} scene", count) + _limits(search)
    if search.is_under_way:
        words = translate("ArchiveWords", "Searching… {0}").format(words)
    elif search.is_complete and not count:
        words = translate("ArchiveWords", "The archive lists no scene{0} for this place and time.").format(
            _limits(search)
        )
    elif search.is_complete:
        words = translate("ArchiveWords", "{0}: all such that the archive lists, on the time strip.").format(words)
    else:
        counts = matched or translate("ArchiveWords", "an unknown number")
        words = translate("ArchiveWords", "{0} of {1}, on the time strip.").format(words, counts)
    return " ".join([words, *map(in_language, search.problems[:SHOWN_PROBLEMS])])


def _limits(search: ArchiveSearch) -> str:
    """The limits of a question in words, for an answer that must not be taken for one without them."""
    question, names = search.question, {name: translate("ArchiveWords", words) for name, words in COLLECTIONS}
    parts = [f" ({names.get(name, name)})" for name in question.collections]
    if question.max_cloud is not None:
        limit = f"{question.max_cloud:.0f}"
        parts.append(translate("ArchiveWords", " with at most {0} % of cloud or without a figure").format(limit))
    return "".join(parts)
