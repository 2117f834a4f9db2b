"""The dialog of what is new over sites: which sites and archives, what leaves the computer, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.document.site import SITE_KINDS, Site
from layers.errors import BadTemplate
from layers.observing.archive_question import COLLECTIONS
from layers.services.address_keys import split_key
from layers.services.imagery_entry import checked_address
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.look_intervals import intervals, set_interval
from viewer.commands.imagery.service_times import today
from viewer.network.consent import host_of
from viewer.network.typed_keys import without_key
from viewer.panels.imagery.known_archives import KnownArchives
from viewer.panels.named_lists.named_rows import Index
from viewer.panels.news.interval_field import IntervalField
from viewer.panels.news.news_desk import FOLDERS, LATE_DAYS, LookPlan, NewsDesk, NewsQuestion
from viewer.panels.news.news_rows import NewsDelegate, NewsRow, NewsRows
from viewer.panels.time_strip.archive_dialog import CLOUD_PERCENT, MONTHS_BACK
from viewer.panels.time_strip.cloud_reading import MOST_MASKS
from viewer.panels.time_strip.scene_pictures import ScenePictures
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.panels.words import no_name
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, SpinBox

MOST_SITES, MOST_AREAS = 2000, 200
MOST_BOXES, BOXES_ABREAST = 8, 3
SELECTED, DUE, ALL = "selected", "due", "all"


class NewsView(QListView):
    """The list; its keys come as the letters A, X and N."""

    pressed_key = Signal(str)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        keys = {Qt.Key.Key_Return: "A", Qt.Key.Key_Enter: "A", Qt.Key.Key_A: "A", Qt.Key.Key_X: "X", Qt.Key.Key_N: "N"}
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        letter = next((letter for known, letter in keys.items() if known == key), "")
        if letter and is_plain:
            self.pressed_key.emit(letter)
        else:
            super().keyPressEvent(event)

    @override
    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paint anew. A row is as high whatever it says: Qt would lay out thousands of rows for each picture."""
        self.viewport().update()


class NewsDialog(QDialog):
    """The dialog beside the map. Nothing is asked before its button is pressed."""

    def __init__(
        self,
        desk: NewsDesk,
        known: KnownArchives,
        pictures: ScenePictures,
        parent: QWidget | None = None,
    ) -> None:
        """`known` are the archives to choose from."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("What Is New over My Sites"))
        self.desk = desk
        self.rows = NewsRows(desk, pictures, self)
        self._known, self._decided, self._left = known, "", 0
        self._looked: tuple[NewsQuestion, list[LookPlan]] | None = None
        """The last question, and what its sources were told."""
        self._make_fields()
        self.leaves = wrapped("")
        self.leaves.setAccessibleName(self.tr("What the archives are told"))
        self.said = wrapped("")
        self.said.setAccessibleName(self.tr("Result of the look"))
        self.view = NewsView()
        self.view.setAccessibleName(self.tr("New scenes by site"))
        self.view.setModel(self.rows)
        self.view.setItemDelegate(NewsDelegate(self.view, self.rows))
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.pressed_key.connect(self._do)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self.open_menu)
        self.view.doubleClicked.connect(lambda _: self._do("A"))
        self.view.selectionModel().currentChanged.connect(lambda *_: self._offer())
        layout = QVBoxLayout(self)
        layout.addLayout(self.form)
        layout.addLayout(self._make_asking())
        layout.addWidget(self.view, 1)
        layout.addLayout(self._make_verbs())
        self.resize(720, 660)
        known.changed.connect(self._offer_archives)
        desk.changed.connect(self._show)
        desk.context.selection.changed.connect(self._tell_places)
        desk.desk.folders.folders_changed.connect(self._tell)

    def _make_fields(self) -> None:
        self.place, self.kind = ComboBox(), ComboBox()
        self.place.currentIndexChanged.connect(lambda _: self._tell())
        for name, words in COLLECTIONS.items():
            self.kind.addItem(in_language(words), name)
        self.kind.addItem(self.tr("Everything it has"), "")
        self.kind.currentIndexChanged.connect(lambda _: self._tell())
        self.archives: list[tuple[QCheckBox, str]] = []
        """A box for each known archive, with its address."""
        self.folders = QCheckBox(self.tr("Folders of scenes"))
        self.folders.toggled.connect(lambda _: self._tell())
        self._sources_grid = QGridLayout()
        self.other = QLineEdit()
        self.other.setPlaceholderText(self.tr("Address of another archive"))
        self.other.setAccessibleName(self.other.placeholderText())
        self.other.textChanged.connect(lambda text: self._name_source("" if not text.strip() else text))
        self.months, self.cloud = SpinBox(), SpinBox()
        self.months.setRange(1, 120)
        self.months.setValue(MONTHS_BACK)
        self.months.setAccessibleName(self.tr("Months before today, for a first look"))
        self.cloud.setRange(0, 100)
        self.cloud.setSuffix(" %")
        self.cloud.setValue(CLOUD_PERCENT)
        self.cloud.setAccessibleName(self.tr("Most cloud, in percent"))
        for number in (self.months, self.cloud):
            number.valueChanged.connect(lambda _: self._tell())
        self.interval = IntervalField()
        self.interval.set_wanted.connect(self._set_interval)
        self._lay_out_form()

    def _lay_out_form(self) -> None:
        """Few rows, two fields in some of them: the list wants the height."""
        kind, cloud = plain_label(self.tr("Imagery")), plain_label(self.tr("Cloud"))
        for label, field in ((kind, self.kind), (cloud, self.cloud)):
            label.setBuddy(field)
        self.kind.setAccessibleName(kind.text())
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        place = plain_label(self.tr("Sites"))
        place.setBuddy(self.place)
        self.place.setAccessibleName(place.text())
        self.form.addRow(place, side_by_side(self.place, kind, self.kind, stretch=0))
        self.form.addRow(plain_label(self.tr("Interval")), self.interval)
        self.form.addRow(plain_label(self.tr("Ask")), self._sources_grid)
        self.form.addRow(plain_label(""), self.other)
        later = muted(self.tr("months; later ones begin {0} days before the last").format(LATE_DAYS))
        limit = muted(self.tr("at most; never of radar"))
        limit.setToolTip(tooltip(self.tr("The limit is of the whole scene; radar is never left out")))
        self.form.addRow(
            plain_label(self.tr("First look")), side_by_side(self.months, later, cloud, self.cloud, limit, stretch=1)
        )

    def _make_asking(self) -> QHBoxLayout:
        """The buttons, with words beside them that grow downwards: no button moves under the pointer."""
        self.look_button, self.stop_button = QPushButton(self.tr("&Look")), QPushButton(self.tr("S&top"))
        self.look_button.setDefault(True)
        self.look_button.clicked.connect(self.look)
        self.stop_button.clicked.connect(self.desk.stop)
        self.masks_button = QPushButton()
        self.masks_button.setAutoDefault(False)
        self.masks_button.hide()
        self.masks_button.clicked.connect(lambda: self.desk.allow_masks(self.desk.clouds.host_to_allow[0]))
        kept = self.stop_button.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.stop_button.setSizePolicy(kept)
        words, row = QVBoxLayout(), QHBoxLayout()
        words.addWidget(self.leaves)
        words.addLayout(side_by_side(self.said, self.masks_button, stretch=0))
        for button in (self.look_button, self.stop_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _make_verbs(self) -> QHBoxLayout:
        self.add_button = QPushButton(self.tr("&Add as Layer"))
        self.pass_button = QPushButton(self.tr("&Pass Over"))
        self.none_button = QPushButton(self.tr("&No Usable Image of Site"))
        self.add_button.setToolTip(tooltip(self.tr("Add the scene as a layer (Enter or A in the list)")))
        self.pass_button.setToolTip(tooltip(self.tr("Leave the scene out, also of later looks (X in the list)")))
        self.none_button.setToolTip(
            tooltip(self.tr("Keep in the case that none of the scenes listed of this site can be used (N in the list)"))
        )
        close = QPushButton(self.tr("&Close"))
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        for button, letter in ((self.add_button, "A"), (self.pass_button, "X"), (self.none_button, "N")):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, letter=letter: self._do(letter))
            row.addWidget(button)
        close.setAutoDefault(False)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def open_menu(self, place: QPoint) -> QMenu | None:
        """Open the menu of the scene at a place in the list: what the buttons do; None where there is no scene."""
        index = self.view.indexAt(place)
        if index.isValid():
            self.view.setCurrentIndex(index)
        if self._current() is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button, letter in ((self.add_button, "A"), (self.pass_button, "X"), (self.none_button, "N")):
            menu.addAction(f"{button.text()}\t{letter}", button.click)
        menu.popup(self.view.viewport().mapToGlobal(place))
        return menu

    # -- the question ---------------------------------------------------------------------------------------------

    def sites(self) -> tuple[Site, ...]:
        """The chosen sites that have a place."""
        document, place = self.desk.context.document, str(self.place.currentData())
        if place == SELECTED:
            chosen = [document.sites.get(uuid) for uuid in sorted(self.desk.context.selection.uuids)]
        else:
            due = self.desk.due() if place == DUE else frozenset()
            chosen = [
                site
                for site in document.sites.values()
                if site.mark_kind in SITE_KINDS and (place in (ALL, f"folder {site.folder}") or site.uuid in due)
            ]
        return tuple(site for site in chosen if site is not None and not site.geometry.is_empty)

    def question(self) -> NewsQuestion:
        """The question as the fields have it."""
        collection = str(self.kind.currentData())
        limits = StacQuestion(max_cloud=float(self.cloud.value()), collections=(collection,) if collection else ())
        day = today()
        begin = QDate(day.year, day.month, day.day).addMonths(-self.months.value()).toString("yyyy-MM-dd")
        return NewsQuestion(self._sources(), self.sites(), begin, limits)

    def begin(self) -> None:
        """Show the dialog, about the selected sites where there are any."""
        self._known.read_own()
        self._offer_archives()
        self.show()
        self._show()
        if not self.desk.is_under_way and not self.rows.rows:
            self.place.setCurrentIndex(0)
        self.raise_()
        self.activateWindow()

    def _offer_archives(self) -> None:
        """Offer the known archives. Those that the case asked last are ticked, else the first of the catalogue; what
        the analyst has ticked stays.
        """
        entries = self._known.entries[:MOST_BOXES]
        had = {address: box.isChecked() for box, address in self.archives}
        if [entry.address for entry in entries] == list(had):
            return
        first = next((entry.address for entry in self._known.asked), entries[0].address)
        for box, _ in self.archives:
            box.deleteLater()
        self._sources_grid.removeWidget(self.folders)
        self.archives = [(QCheckBox(one_line(entry.title, 40)), entry.address) for entry in entries]
        for box, address in self.archives:
            box.setChecked(had.get(address, address == first and not had))
            box.setToolTip(tooltip(address))
            box.toggled.connect(lambda is_on, address=address: self._name_source(address if is_on else ""))
            if box.isChecked():
                self._name_source(address)
        for at, box in enumerate([*(box for box, _ in self.archives), self.folders]):
            self._sources_grid.addWidget(box, at // BOXES_ABREAST, at % BOXES_ABREAST)
        self._tell()

    def _name_source(self, address: str) -> None:
        """Ask an archive that is not of the catalogue for everything: which collections it has is not known."""
        if address and address not in {entry.address for entry in self._known.of_catalogue}:
            self.kind.setCurrentIndex(self.kind.findData(""))
        self._tell()

    def look(self) -> None:
        """Ask what the line above has named; nothing where it names a hindrance."""
        if self.look_button.isEnabled():
            without_key(self.other.text().strip(), self.desk.context.case.show_key)
            self._decided = ""
            question = self.question()
            self._looked = question, self.desk.plans(question)
            self.desk.look(question)
            self.view.setFocus()

    def _set_interval(self, days: int) -> None:
        """Keep the interval of the chosen sites."""
        self.desk.context.do(set_interval, [site.uuid for site in self.sites()], days)

    def _sources(self) -> tuple[str, ...]:
        sources = [address for box, address in self.archives if box.isChecked()]
        if self.other.text().strip():
            sources.append(checked_address(split_key(self.other.text().strip()).address))
        if self.folders.isChecked() and self.folders.isEnabled():
            sources.append(FOLDERS)
        return tuple(dict.fromkeys(sources))

    def _tell_places(self) -> None:
        """Offer the selected sites, the folders of the case, and all sites; the choice stays where it can."""
        if not self.isVisible():
            return
        document, chosen = self.desk.context.document, self.place.currentData()
        sites = [site for site in document.sites.values() if site.mark_kind in SITE_KINDS]
        count = len(self.desk.context.selection.uuids)
        self.place.blockSignals(True)
        self.place.clear()
        if count:
            self.place.addItem(self.tr("The selected sites ({0})").format(count), SELECTED)
        if due := self.desk.due():
            self.place.addItem(self.tr("Sites that are due ({0})").format(len(due)), DUE)
        self.place.addItem(self.tr("All sites ({0})").format(len(sites)), ALL)
        for folder in sorted({site.folder for site in sites if site.folder}):
            self.place.addItem(self.tr("Folder {0}").format(one_line(folder, 60)), f"folder {folder}")
        self.place.setCurrentIndex(max(self.place.findData(chosen), 0))
        self.place.blockSignals(False)
        self._tell()

    def _tell(self) -> None:
        """Say what leaves the computer, before anything does, or what hinders the look."""
        self.folders.setEnabled(bool(self.desk.desk.folders.folders))
        known = intervals(self.desk.context.document)
        self.interval.show_days({known.get(site.uuid, 0) for site in self.sites()})
        words, can_look = self._words_before()
        self.leaves.setText(plain(words))
        self.look_button.setEnabled(can_look and not self.desk.is_under_way)

    def _words_before(self) -> tuple[str, bool]:
        try:
            question = self.question()
        except BadTemplate:
            return self.tr("Type the address of an archive: https://…"), False
        if not question.sites:
            return self.tr("There is no site to look at: mark or select one first."), False
        if not question.sources:
            return self.tr("Choose an archive, or the folders of scenes."), False
        if len(question.sites) > MOST_SITES:
            return self.tr("These are more than {0} sites: choose fewer of them.").format(MOST_SITES), False
        plans = self.desk.plans(question)
        if (
            self._looked is not None
            and self._looked[0] == question
            and (self.desk.is_under_way or self.desk.has_looked)
        ):
            return "\n".join(map(_looked_words, self._looked[1], plans)), bool(plans)
        if any(len(plan.question.boxes) > MOST_AREAS for plan in plans):
            return self.tr("These are more than {0} areas: choose fewer sites.").format(MOST_AREAS), False
        return "\n".join(map(_plan_words, plans)), bool(plans)

    # -- the answer -----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show how far the look is, and what is still to be decided on."""
        if not self.isVisible():
            return
        at, had_focus = self.view.currentIndex().row(), self.view.hasFocus()
        self.rows.read()
        self._choose_near(at)
        if had_focus:
            self.view.setFocus()
        self.stop_button.setVisible(self.desk.is_under_way or self.desk.clouds.is_under_way)
        self._offer_masks()
        self.said.setText(plain(self._words_after()))
        if self.desk.is_under_way:
            self.look_button.setEnabled(False)
        else:
            self._tell_places()
        self._offer()

    def _words_after(self) -> str:
        if self.desk.is_under_way:
            words = translate("NewsDialog", "{count} scenes", "{count} scene", self.desk.count)
            return self.tr("Looking… {0}").format(words)
        if not self.desk.has_looked:
            return ""
        count = sum(row.new is not None for row in self.rows.rows)
        words = translate("NewsDialog", "{count} scenes to decide on.", "{count} scene to decide on.", count)
        sentences = [words if count else self.tr("Nothing is left to decide on.")]
        if self.desk.undated:
            left = translate(
                "NewsDialog", "{count} scenes have no date.", "{count} scene has no date.", self.desk.undated
            )
            sentences.append(left)
        if count > self._left:
            self._decided = ""  # it was taken back
        return " ".join([*filter(None, (self._decided,)), *sentences, *self._mask_words(), *self.desk.remarks])

    def _mask_words(self) -> list[str]:
        """Sentences on the masks that tell the cloud over the sites: their number, and how many were read."""
        clouds = self.desk.clouds
        if not clouds.count:
            return []
        masks = translate("NewsDialog", "{count} scenes", "{count} scene", clouds.count)
        if clouds.is_under_way:
            return [self.tr("Cloud over the sites: reading masks, {0} of {1}…").format(clouds.read_count, masks)]
        sentences = [self.tr("Cloud over the sites: masks of {0} of {1} read.").format(clouds.read_count, masks)]
        if clouds.failed_count:
            sentences.append(self.tr("{0} could not be read.").format(clouds.failed_count))
        if clouds.is_any_over(limit := self.desk.most_cloud):
            sentences.append(self.tr("Those with more than {0} % over their site stand last.").format(f"{limit:g}"))
        if clouds.count > MOST_MASKS:
            sentences.append(self.tr("At most {0} are read for one look.").format(MOST_MASKS))
        return sentences

    def _offer_masks(self) -> None:
        """Offer to allow the host of masks that wait for it."""
        host, count = ("", 0) if self.desk.clouds.is_under_way else self.desk.clouds.host_to_allow
        self.masks_button.setVisible(bool(host) and self.desk.has_looked)
        self.masks_button.setText(self.tr("Read &Masks at {0}").format(one_line(host, 40)))
        words = self.tr("Allow {0} and read {1} there: it sees which places of them are read")
        masks = translate("NewsDialog", "the masks of {count} scenes", "the mask of {count} scene", count)
        self.masks_button.setToolTip(tooltip(words.format(one_line(host, 80), masks)))

    def _choose_near(self, at: int) -> None:
        """Go on with the scene that has come into this row, or with the nearest one."""
        scenes = [row for row, shown in enumerate(self.rows.rows) if shown.new is not None]
        if scenes and (not self.view.currentIndex().isValid() or self.view.currentIndex().row() not in scenes):
            later = next((row for row in scenes if row >= at), scenes[-1])
            self.view.setCurrentIndex(self.rows.index(later))

    def _current(self) -> NewsRow | None:
        at = self.view.currentIndex().row()
        row = self.rows.rows[at] if 0 <= at < len(self.rows.rows) else None
        return row if row is not None and row.new is not None else None

    def _offer(self) -> None:
        row = self._current()
        for button in (self.add_button, self.pass_button, self.none_button):
            button.setEnabled(row is not None)

    def _do(self, letter: str) -> None:
        row = self._current()
        if row is None or row.new is None:
            return
        self._left = sum(row.new is not None for row in self.rows.rows) - 1
        site = one_line(self.desk.context.document.sites[row.site].label, 40) or no_name()
        scenes = self.rows.scenes_of(row.site)
        match letter:
            case "A":
                self._decided = self.tr("{0} is a layer now.").format(one_line(row.new.scene.title, 60))
                self.desk.add(row.new)
            case "X":
                words = self.tr("{0} is left out for {1}, also of later looks. Ctrl+Z on the map takes it back.")
                self._decided = words.format(one_line(row.new.scene.title, 60), site)
                self.desk.pass_over(row.site, row.new)
            case "N":
                listed = translate("NewsDialog", "{count} scenes", "{count} scene", len(scenes))
                words = self.tr("Kept in the case: none of {0} of {1} is usable. Ctrl+Z on the map takes it back.")
                self._decided = words.format(listed, site)
                self.desk.no_image(row.site, scenes)


def _plan_words(plan: LookPlan) -> str:
    """A sentence on what a source is told, and since when it is asked."""
    if plan.source != FOLDERS:
        areas = translate("NewsDialog", "{count} areas go", "{count} area goes", len(plan.question.boxes))
        words = translate("NewsDialog", "{0} to {1}: boxes of about 10 km, dates from {2}, the kind of imagery.")
        return words.format(areas, host_of(plan.source), plan.question.begin)
    words = translate("NewsDialog", "Folders of scenes are read here, from {0}: nothing leaves the computer.")
    return words.format(plan.question.begin)


def _looked_words(plan: LookPlan, following: LookPlan) -> str:
    """A sentence on what a source was told by the look, and since when it is asked by the one that would follow."""
    if plan.source != FOLDERS:
        areas = translate("NewsDialog", "{count} areas went", "{count} area went", len(plan.question.boxes))
        words = translate("NewsDialog", "{0} to {1}: boxes of about 10 km, dates from {2}, the kind of imagery.")
        looked = words.format(areas, host_of(plan.source), plan.question.begin)
    else:
        words = translate("NewsDialog", "Folders of scenes were read here, from {0}: nothing left the computer.")
        looked = words.format(plan.question.begin)
    if following.question.begin == plan.question.begin:
        return looked
    return translate("NewsDialog", "{0} The next look begins at {1}.").format(looked, following.question.begin)
