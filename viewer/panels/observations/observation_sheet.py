"""The panel of observations below the map: sites through time, filled in cell by cell."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from layers.document.observation import target_key
from layers.observing.seen_words import seen_lines, statements_of
from layers.phrase import joined
from viewer.panels.layers.date_offers import UndatedLink
from viewer.panels.observations.cell_image import CellImage
from viewer.panels.observations.cell_words import cell_words, image_called
from viewer.panels.observations.sheet_desk import ALL, FOLDER, SELECTED, Listing, SheetDesk, SheetPlace
from viewer.panels.observations.sheet_line import SheetLine
from viewer.panels.observations.sheet_things import (
    ThingJoin,
    join_rows,
    joins_of,
    name_rows,
    things_of_case,
    things_of_sheet,
)
from viewer.panels.observations.sheet_view import SheetView
from viewer.panels.observations.target_box import TargetBox, ThingsApart
from viewer.panels.observations.unnamed_rows import UnnamedRowsLink
from viewer.panels.widgets.fields import LONGEST_LINE
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.words import site_name
from viewer.support.elided import ElidedLabel
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.still_boxes import ComboBox

LONGEST_NAME = 80
WHOLE_PX, OBSERVER_PX, ONE_LINE_PX, KEYS_PX, HIGH_PX = 900, 800, 640, 600, 235
"""Least width for all words of the head, for the label of the observer, for the head in one line, for all keys in two
lines, and least height with keys, in logical pixels.

In a lower sheet the rows need the room; the status bar has the keys while one fills it in.
"""

_COMES_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Reasons for which the sheet has the keyboard again after a dialog or a menu, without a choice of the analyst."""


class ObservationSheet(QWidget):
    """The panel; it follows the case, and moves the map, only while it is shown."""

    switched = Signal()
    """Emitted when the sheet comes into sight, or goes out of it."""

    def __init__(self, desk: SheetDesk, cell_image: CellImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.cell_image = desk, cell_image
        self.view = SheetView(desk)
        self.is_counting = False
        """True while ticks are set on the map for the current cell: its image is shown then, whatever is chosen."""
        self.setFocusProxy(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(4)
        layout.addLayout(self._build_head())
        self.apart = ThingsApart()
        self.apart.naming_wanted.connect(lambda: name_rows(desk))
        self.apart.joining_wanted.connect(self._offer_joins)
        layout.addWidget(self.apart)
        self.undated, self.unnamed = UndatedLink(desk.context), UnnamedRowsLink(desk)
        layout.addWidget(self.undated)
        layout.addWidget(self.unnamed)
        self.hint = muted("")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.hint)
        layout.addWidget(self.pages, 1)
        self.words, self.keys = SheetLine(lines=2), muted("")
        self.keys.setWordWrap(True)
        self.words.setAccessibleName(self.tr("Current cell"))
        self.keys.setAccessibleName(self.tr("Keys of the sheet"))
        layout.addWidget(self.words)
        layout.addWidget(self.keys)
        self.view.current_changed.connect(self._cell_changed)
        self.view.question.changed.connect(self._show_keys)
        self.view.installEventFilter(self)
        desk.sheet_changed.connect(self._show_sheet)
        desk.rows_changed.connect(self._show_rows)
        desk.context.document_replaced.connect(self._show_head)
        desk.context.flush_requested.connect(self._flush)

    def _build_head(self) -> QVBoxLayout:
        self.target, self.observer = TargetBox(), QLineEdit()
        self.target.list_wanted.connect(lambda: self.target.fill(things_of_case(self.desk)))
        self.target.named.connect(self._take_target)
        self.target.entered.connect(self.begin)
        self.observer.setAccessibleName(self.tr("Observer"))
        self.observer.setToolTip(tooltip(self.tr("Who looks: each observer has a row of their own in each cell")))
        self.observer.setMaxLength(LONGEST_NAME)
        self.observer.editingFinished.connect(self._take_observer)
        self.observer.returnPressed.connect(self.begin)
        self.blind = QCheckBox(self.tr("&Hide other observers' rows"))
        self.blind.setToolTip(
            tooltip(
                self.tr(
                    "Look without knowing what others have seen: nothing in this window shows it; the case keeps it"
                )
            )
        )
        self.blind.toggled.connect(self.desk.set_blind)
        self.blind.toggled.connect(lambda _: self.view.viewport().update())
        self.follows = QCheckBox(self.tr("Show the &image"))
        self.follows.setToolTip(
            tooltip(
                self.tr("Show the image of the current cell alone on the map; the layers of the case stay as they are")
            )
        )
        self.follows.setChecked(True)
        self.follows.toggled.connect(self._follow_cell)
        self.listing = ComboBox()
        self.listing.setAccessibleName(self.tr("Sites that are listed"))
        self.listing.activated.connect(lambda at: self.desk.list_sites(self.listing.itemData(at)))
        self.target_label, self.observer_label = ElidedLabel(), ElidedLabel()
        self.target_label.setText(self.tr("Looked for"))
        self.observer_label.setText(self.tr("Observer"))
        self.more_button = IconButton("chevron_right", self.tr("Observer, rows of others, image"))
        self.more_button.setCheckable(True)
        self.more_button.toggled.connect(self._show_more)
        self.more = QWidget()
        self._first_line, self._second_line = QHBoxLayout(), QHBoxLayout(self.more)
        self._second_line.setContentsMargins(0, 0, 0, 0)
        for line in (self._first_line, self._second_line):
            line.setSpacing(8)
        self._first_line.addWidget(self.listing)
        self._first_line.addWidget(self.target_label)
        self._first_line.addWidget(self.target, 3)
        self._place_rest(self._first_line)
        self._first_line.addWidget(self.more_button)
        head = QVBoxLayout()
        head.addLayout(self._first_line)
        head.addWidget(self.more)
        return head

    def _show_more(self) -> None:
        """Show the second line of a narrow head where it is wanted: the rows need the room."""
        is_narrow, is_wanted = self.width() < ONE_LINE_PX, self.more_button.isChecked()
        self._place_rest(self._second_line if is_narrow else self._first_line)
        self.more_button.setVisible(is_narrow)
        self.more_button.show_icon("chevron_down" if is_wanted else "chevron_right")
        self.more.setVisible(is_narrow and is_wanted)

    def _place_rest(self, line: QHBoxLayout) -> None:
        """Place what a narrow sheet has on a second line of its head."""
        if line.indexOf(self.observer) >= 0:
            return
        first = 0 if line is self._second_line else self._first_line.indexOf(self.target) + 1
        rest = ((0, self.observer_label), (1, self.observer), (0, self.blind), (0, self.follows))
        for at, (stretch, widget) in enumerate(rest, first):
            line.insertWidget(at, widget, stretch)

    def begin(self) -> None:
        """Move the keyboard into the cells; the map shows the image of the current one."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.begin()
        self._enter_cell()

    # -- the head -----------------------------------------------------------------------------------------------

    def _take_target(self, name: str) -> None:
        if name != one_line(self.desk.target, LONGEST_LINE):
            self.desk.set_target(name)
        self.target.show_name(self.desk.target)

    def _take_observer(self) -> None:
        name = self.observer.text().strip()
        if name != one_line(self.desk.observer, LONGEST_NAME):
            self.desk.set_observer(name)
        self._show_head()

    def _flush(self) -> None:
        self._take_target(self.target.typed)

    def _offer_joins(self) -> None:
        """Show the joins of things in a menu below its button."""
        menu, button = QMenu(self), self.apart.join_button
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        joins = joins_of(self.desk)
        for join in joins:
            menu.addAction(_join_words(join)).setData(join)
        if not joins:
            menu.addAction(self.tr("No row of yours is about another thing")).setEnabled(False)
        menu.triggered.connect(self._join)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _join(self, chosen: QAction) -> None:
        if join_rows(self.desk, chosen.data()):
            self.target.show_name(self.desk.target)

    def _show_head(self) -> None:
        desk = self.desk
        if not self.target.hasFocus():
            self.target.show_name(desk.target)
        if not self.observer.hasFocus():
            self.observer.setText(one_line(desk.observer, LONGEST_NAME))
            self.observer.setPlaceholderText(self.tr("no name stated"))

    def _show_listings(self) -> None:
        count = len(self.desk.context.selection.uuids)
        chosen: list[tuple[str, Listing]] = [(self.tr("All sites"), Listing(ALL))]
        chosen.append((translate("Sheet", "{count} selected sites", "{count} selected site", count), Listing(SELECTED)))
        chosen += [
            (self.tr("Folder: {0}").format(one_line(folder, 30)), Listing(FOLDER, folder))
            for folder in self.desk.folders()
        ]
        self.listing.clear()
        for text, listing in chosen:
            self.listing.addItem(text, listing)
        places = [listing for _, listing in chosen]
        self.listing.setCurrentIndex(places.index(self.desk.listing) if self.desk.listing in places else 0)

    # -- what is shown ------------------------------------------------------------------------------------------

    def _show_sheet(self) -> None:
        sheet = self.desk.sheet
        self.pages.setCurrentIndex(0 if sheet.sites and sheet.images else 1)
        if not sheet.sites:
            self.hint.setText(
                self.tr("The rows of the sheet are sites: press P and click on the map to mark one, or select some.")
            )
        elif not sheet.images:
            self.hint.setText(
                self.tr(
                    "The columns are images by date: add one that shows these sites (F9, Add Folder), or state the date"
                    " of a layer in its properties."
                )
            )
        undated = (image.layer_uuid for image in sheet.images if not image.acquired_at and not image.is_composite)
        self.undated.show_images([uuid for uuid in undated if uuid])
        self._show_listings()
        self._show_rows()

    def _show_rows(self) -> None:
        """Show what follows from the rows of the sheet."""
        self.apart.show_things(*things_of_sheet(self.desk))
        self.unnamed.show_rows()
        self._show_words()

    def _show_words(self) -> None:
        self.words.say(self._cell_sentence(), self._seen_apart())
        self._show_keys()

    def _show_keys(self) -> None:
        """Show what the keys mean now: while a question waits for one, letters are its answers."""
        answers = self.view.question.hint
        if self.view.hasFocus():
            self.desk.context.hint_wanted.emit(self.view.question.short_hint or self.few_keys)
        left_out = self.desk.sites_left_out
        more = (
            translate(
                "Sheet",
                "{count} more sites are not listed: select some.",
                "{count} more site is not listed: select some.",
                left_out,
            )
            if left_out
            else ""
        )
        keys = self.keys_hint if self.width() >= KEYS_PX else self.few_keys
        self.keys.setText(answers or " ".join(filter(None, (more, keys))))

    @property
    def few_keys(self) -> str:
        """The keys that are used most, for a narrow sheet and for the status bar."""
        return self.tr("+ present · - absent · ? cannot tell · 3-5 count · Enter words · F1 lists all keys")

    @property
    def keys_hint(self) -> str:
        """The keys of the sheet, in a line."""
        return self.tr(
            "+ present · - absent · ? cannot tell · 3-5 count · # count by ticks · Enter words"
            ' · " words of the date before · how clear the image is: c p o (Shift: this cell only)'
            " · since the date before: = no change, ! changed, * cannot tell"
            " · e evidence · Del · Space selects the site"
        )

    def _cell_sentence(self) -> str:
        """The site, the image, the row and what follows from all rows of the site, in one line."""
        at = self.view.place
        site = None if at is None else self.desk.site(at.row)
        if at is None or site is None or at.column >= len(self.desk.sheet.images):
            return ""
        image = self.desk.sheet.images[at.column]
        place = f"{one_line(site_name(site, self.desk.context.document), 60)}; {image_called(image)}"
        words = cell_words(self.desk.cell(at), self.desk.context.document)
        target = one_line(self.desk.target, 60)
        about = self.tr("{0}: {1}").format(target, words) if target else words
        parts = [place, about]
        if not image.is_dated:
            parts.append(self.tr("nothing follows from it until the image has a date: press its head"))
        parts.append(self._seen(at))
        if not image.layer_uuid:
            parts.append(self.tr("no layer of the case shows this image"))
        return " — ".join(filter(None, parts))

    def _seen(self, at: SheetPlace) -> str:
        """The statements on what is looked for at the site; by the observer alone where others are hidden."""
        context, wanted = self.desk.context, target_key(self.desk.target)
        rows = context.document.links.observations_of_site(self.desk.sheet.sites[at.row])
        about = [row for row in rows if target_key(row.target) == wanted and context.look.shows(row)]
        statements = statements_of(about, context.document.images, self.desk.gaps_of(at.row))
        return one_line(in_language(joined("; ", statements)), 300)

    def _seen_apart(self) -> list[str]:
        """The statements on other things at the site of the current cell, a line each."""
        at, wanted, context = self.view.place, target_key(self.desk.target), self.desk.context
        if at is None or self.desk.site(at.row) is None:
            return []
        lines = seen_lines(
            context.document,
            self.desk.sheet.sites[at.row],
            lambda row: target_key(row.target) != wanted and context.look.shows(row),
        )
        return [one_line(in_language(line), 300) for line in lines]

    # -- the current cell ---------------------------------------------------------------------------------------

    def _cell_changed(self) -> None:
        self._show_words()
        self._follow_cell()

    def set_counting(self, counting: bool) -> None:
        """Keep the image of the current cell on the map at each step while ticks are set on it."""
        if counting != self.is_counting:
            self.is_counting = counting
            self._follow_cell()

    def _follow_cell(self) -> None:
        if self.is_counting and self.isVisible():
            self.cell_image.show_now(self.view.place)
        elif self.follows.isChecked() and self.isVisible():
            if self.view.hasFocus() or self.cell_image.is_due or self.cell_image.layer_uuid:
                self.cell_image.show(self.view.place)
        else:
            self.cell_image.end()

    def _enter_cell(self) -> None:
        """Show the image of the current cell, also where it was left: the analyst turned to the sheet."""
        if self.follows.isChecked() and self.isVisible() and not self.is_counting:
            self.cell_image.enter(self.view.place)
        else:
            self._follow_cell()

    def _leave_by(self, event: QKeyEvent) -> None:
        """Show the layers as the case has them by the same Esc that leads to the map."""
        if event.key() == Qt.Key.Key_Escape and self.view.question.isHidden() and not self.is_counting:
            self.cell_image.leave()

    # -- events -------------------------------------------------------------------------------------------------

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self.desk.context.hint_wanted.emit(self.few_keys)
            self.desk.follow_name()
            self.view.begin()
            if event.reason() not in _COMES_BACK:
                self._enter_cell()
        elif watched is self.view and event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self.desk.context.hint_wanted.emit("")
        elif watched is self.view and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._leave_by(event)
        return False

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.desk.set_watched(True)
        self._show_head()
        self.switched.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.view.question.end()
        self.desk.set_watched(False)
        self.cell_image.end()
        self.switched.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.oldSize().width() >= KEYS_PX) != (self.width() >= KEYS_PX):
            self._show_words()
        self.keys.setVisible(self.height() >= HIGH_PX)
        is_whole = self.width() >= WHOLE_PX
        is_one_line = self.width() >= ONE_LINE_PX
        self._show_more()
        has_room = not is_one_line or self.width() >= OBSERVER_PX
        self.observer_label.setVisible(has_room)  # it goes before its field has no room for a name
        self.blind.setText(self.tr("&Hide other observers' rows") if is_whole else self.tr("&Hide others"))
        self.follows.setText(self.tr("Show the &image") if is_whole else self.tr("&Image"))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, 150)


def _join_words(join: ThingJoin) -> str:
    """A join in a menu: the thing, the number of its rows, and the one that they are about then."""
    rows = translate("Sheet", "{count} rows", "{count} row", join.thing.rows)
    into = _unmarked(join.into)
    if not join.thing.name:
        return translate("Sheet", "Rows that say no thing ({0}) are about “{1}”").format(rows, into)
    return translate("Sheet", "“{0}” ({1}) is the same as “{2}”").format(_unmarked(join.thing.name), rows, into)


def _unmarked(name: str) -> str:
    """The name of a thing in a menu, where an ampersand would mark a letter."""
    return one_line(name, 40).replace("&", "&&")
