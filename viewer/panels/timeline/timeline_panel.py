"""The panel Timeline: claims, responses, observations, images, sites, searches and sources by their dates."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolTip, QVBoxLayout, QWidget

from layers.document.edit import Table
from layers.finding.about_sites import row_with_form
from layers.finding.case_timeline import TimelineRow
from layers.text.counted import grouped
from layers.time.time_span import span_of
from viewer.panels.axis.axis_view import ZOOM_STEP
from viewer.panels.comments.row_menu import add_history
from viewer.panels.context import PanelContext
from viewer.panels.timeline.dated_row_list import DatedRowList
from viewer.panels.timeline.placed_marks import PlacedMark
from viewer.panels.timeline.timeline_feed import TimelineFeed
from viewer.panels.timeline.timeline_view import TimelineView
from viewer.panels.timeline.timeline_words import (
    MOST_NAMED,
    as_table,
    counted_rows,
    date_words,
    extent_words,
    kind_title,
    row_lines,
    row_title,
    several_lines,
    site_names,
)
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.support.elided import ElidedLabel
from viewer.support.language.text import tooltip
from viewer.support.language.translation import translate

LIST_PX, NARROW_LIST_PX, WIDE_PX = 320, 220, 1000
"""Width of the list beside the timeline in a wide panel and in a narrow one, and the least width of a wide one."""

WIDE_HEAD_PX = 640
"""Least width of a panel with the words on the current mark beside the buttons."""


class TimelinePanel(QWidget):
    """The panel. It follows the case while it can be seen."""

    def __init__(self, context: PanelContext, strip_date: str = "", parent: QWidget | None = None) -> None:
        """`strip_date`: the date of the scene that is chosen in the time strip; empty for none."""
        super().__init__(parent)
        self._context = context
        self._lists_undated = False
        self.feed = TimelineFeed(context, self)
        self.view = TimelineView(lambda row: row_title(context.document, row))
        self.list = DatedRowList(context)
        self.list.hide()
        self.setFocusProxy(self.view)
        self._lay_out()
        self.view.opened.connect(self.open_row)
        self.view.listed.connect(self._list_mark)
        self.view.pointed.connect(self._tell)
        self.view.tip_wanted.connect(self._tip)
        self.view.menu_wanted.connect(self.open_menu)
        self.list.opened.connect(self._open_listed)
        self.list.closed.connect(self._list_closed)
        self.feed.changed.connect(self._show)
        self.feed.lit_changed.connect(lambda: self.view.show_lit(self.feed.lit))
        self.show_date(strip_date)
        self._show()

    def _lay_out(self) -> None:
        self.summary, self.words = ElidedLabel(), ElidedLabel()
        self.summary.setObjectName("muted")
        self.summary.setAccessibleName(self.tr("Number of rows"))
        self.words.setAccessibleName(self.tr("Current mark"))
        self.undated_button = CompactButton("")
        self.undated_button.setCheckable(True)
        self.undated_button.setAccessibleName(self.tr("Rows without a date"))
        self.undated_button.setToolTip(tooltip(self.tr("List the rows that have no date; they stand on no lane")))
        self.undated_button.clicked.connect(self.list_undated)
        self.out_button = IconButton("zoom_out", self.tr("Zoom out (-)"))
        self.in_button = IconButton("zoom_in", self.tr("Zoom in (+)"))
        self.fit_button = IconButton("full_view", self.tr("Show everything (0)"))
        self.copy_button = IconButton("copy", self.tr("Copy what is in sight as a table"))
        self.out_button.clicked.connect(lambda: self.view.zoom(1 / ZOOM_STEP**2))
        self.in_button.clicked.connect(lambda: self.view.zoom(ZOOM_STEP**2))
        self.fit_button.clicked.connect(self.view.fit)
        self.copy_button.clicked.connect(self.copy_shown)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.words, 1)
        head.addWidget(self.summary)
        for button in (self.undated_button, self.out_button, self.in_button, self.fit_button, self.copy_button):
            head.addWidget(button)
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(self.view, 1)
        body.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(body, 1)
        self._head, self._column, self._is_wide = head, layout, True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the words on the current mark a line of their own where the buttons leave them no room."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_HEAD_PX
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            if is_wide:
                self._head.insertWidget(0, self.words, 1)
            else:
                self._column.insertWidget(1, self.words)
            self._head.setStretchFactor(self.summary, 0 if is_wide else 1)

    # -- what is shown ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Move the keyboard into the timeline."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def look_again(self) -> None:
        """Read the dates of images again: the file of one may have been read meanwhile."""
        self.feed.look_again()

    def show_date(self, date: str) -> None:
        """Show the date of the scene that is chosen in the time strip; empty for none."""
        self.view.show_strip_date(span_of(date) if date else None)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.follow(True)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.feed.follow(False)

    def _show(self) -> None:
        feed, timeline = self.feed, self.feed.timeline
        self.view.show_timeline(timeline, feed.shown, feed.lit)
        dated, undated = len(timeline.rows), len(self._undated())
        shown = dated if feed.shown is None else int(feed.shown.sum())
        counted: str = translate("Timeline", "{count} dated", "{count} dated", dated)
        if feed.shown is not None:
            counted = self.tr("{0} of {1} dated, filtered").format(grouped(shown), grouped(dated))
        self.summary.say(counted if dated else "")
        self.undated_button.setText(self.tr("{0} without a date").format(grouped(undated)))
        self.undated_button.setVisible(bool(undated))
        for button in (self.out_button, self.in_button, self.fit_button, self.copy_button):
            button.setEnabled(bool(shown))
        self.view.show_hint("" if shown else self._hint(dated))
        if self._lists_undated:
            self.list.keep_up(self.undated_button.text(), self._undated())
        elif self.list.isVisibleTo(self):
            keys = {row.key for row in self.list.model.rows}
            rows = [row for row in timeline.rows if row.key in keys]
            self.list.keep_up(counted_rows(rows[0].lane, len(rows)) if rows else "", rows)

    def _undated(self) -> list[TimelineRow]:
        """The rows without a date, as far as the filter of the marks lets them pass."""
        mark_filter, rows = self._context.mark_filter, self.feed.timeline.undated
        shown = mark_filter.shown
        return list(rows) if shown is None else [row for row in rows if not shown.isdisjoint(row.sites)]

    def _hint(self, dated: int) -> str:
        if not self.feed.is_read:
            return self.tr("Reading the dates of the case…")
        if dated:
            return self.tr("No dated row passes the filter of the map.")
        return self.tr(
            "Nothing in this case has a date of its own yet. It will stand here by when a claim or a response was said,"
            " an image taken, a site observed or valid, a source published."
        )

    def _tell(self, mark: PlacedMark | None) -> None:
        """Tell of the current mark in the line above, and to screen readers."""
        words = ""
        if mark is not None:
            rows = self.view.rows_of(mark)
            if len(rows) == 1:
                row, document = rows[0], self._context.document
                title, date = row_title(document, row), date_words(row)
                facts = (title, date) if self._is_wide else (date, title)  # a long title would cut the date off
                words = " · ".join(filter(None, (*facts, site_names(document, row))))
                words = f"{kind_title(document, row)}: {words}"
            else:
                counted = counted_rows(mark.lane, len(rows))
                words = ", ".join(filter(None, (counted, extent_words(rows))))
        hint = self.tr("A click or Enter opens a mark and shows it on the map.")
        self.words.say(words or (hint if self.view.marks else ""))
        self.view.say_current(words)

    def _tip(self, mark: PlacedMark | None, place: QPoint) -> None:
        if mark is None:
            QToolTip.hideText()
            return
        rows, document = (
            [self.feed.timeline.rows[at] for at in mark.members[: MOST_NAMED + 1].tolist()],
            self._context.document,
        )
        lines = row_lines(document, rows[0]) if mark.count == 1 else several_lines(document, rows, mark.count)
        QToolTip.showText(place, tooltip("\n".join(lines)), self.view)

    # -- what is done -------------------------------------------------------------------------------------------

    def open_row(self, row: TimelineRow) -> None:
        """Show a row in its form, and the marks that it is about on the map, which are selected."""
        context, form = self._context, self._form_of(row)
        self._select(row)
        if form is not None:
            context.open_row(*form)
        if row.table == "layers" or (form is not None and form[0] == "layers"):
            context.view.show_layer(form[1] if form is not None else row.uuid)
        else:
            self.go_to(row)
        if form is None and not row.sites:
            context.report(self.tr("This row has neither a form nor a place on the map."))

    def _form_of(self, row: TimelineRow) -> tuple[Table, str] | None:
        document = self._context.document
        if row.table == "layers":
            return "layers", row.uuid
        image = document.images.get(row.uuid) if row.table == "images" else None
        if image is not None:
            return ("layers", image.layer_uuid) if image.layer_uuid in document.layers else None
        return row_with_form(document, row.table, row.uuid)

    def _select(self, row: TimelineRow) -> None:
        """Select the marks that a row is about, so that the map and all lists show them."""
        sites = [uuid for uuid in row.sites if uuid in self._context.document.sites]
        if sites:
            self._context.selection.set(sites)

    def go_to(self, row: TimelineRow) -> None:
        """Show the marks that a row is about on the map."""
        document = self._context.document
        sites = [document.sites[uuid] for uuid in row.sites if uuid in document.sites]
        if sites:
            self._context.zoom_to_sites(sites)

    def _open_listed(self, row: TimelineRow) -> None:
        if row.span is not None:
            self.view.point_at(row)
        self.open_row(row)

    def _list_mark(self, mark: PlacedMark) -> None:
        self._lists_undated = False
        self.undated_button.setChecked(False)
        rows = self.view.rows_of(mark)
        self._show_list(counted_rows(mark.lane, len(rows)), rows)

    def list_undated(self) -> None:
        """List the rows without a date, or close that list."""
        if self._lists_undated:
            self.list.close_list()
            return
        self._lists_undated = True
        self._show_list(self.undated_button.text(), self._undated())
        self.undated_button.setChecked(True)

    def _show_list(self, heading: str, rows: list[TimelineRow]) -> None:
        self.list.setFixedWidth(LIST_PX if self.width() >= WIDE_PX else NARROW_LIST_PX)
        self.list.show_rows(heading, rows)

    def _list_closed(self) -> None:
        self._lists_undated = False
        self.undated_button.setChecked(False)
        self.begin()

    def open_menu(self, mark: PlacedMark | None, place: QPoint) -> QMenu:
        """Open the menu of a mark, or of all that is in sight."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = self.view.rows_of(mark) if mark is not None else []
        if len(rows) == 1:
            row = rows[0]
            menu.addAction(self.tr("&Open"), lambda: self.open_row(row))
            menu.addAction(self.tr("Show on the &Map"), lambda: self.go_to(row)).setEnabled(bool(row.sites))
            add_history(menu, self._context, row.table, row.uuid)
        elif mark is not None:
            menu.addAction(self.tr("&Zoom in"), lambda: self.view.open_mark(mark))
            menu.addAction(self.tr("&List the Rows"), lambda: self._list_mark(mark))
        if rows:
            menu.addAction(self.tr("&Copy as Text"), lambda: self._copy(rows))
            menu.addSeparator()
        menu.addAction(self.tr("Copy What Is in &Sight"), self.copy_shown).setEnabled(bool(self.view.marks))
        menu.addAction(self.tr("Show &Everything"), self.view.fit)
        menu.popup(place)
        return menu

    def _copy(self, rows: list[TimelineRow]) -> None:
        document = self._context.document
        if len(rows) == 1:
            QGuiApplication.clipboard().setText("\n".join(row_lines(document, rows[0])))
            return
        self._context.run(lambda: as_table(document, rows), self._copied, self.tr("Copying the timeline"))

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._context.messages.tell(
            translate("Timeline", "{count} rows copied", "{count} row copied", text.count("\n") - 1)
        )

    def copy_shown(self) -> None:
        """Copy the rows in sight as a table."""
        rows = self.view.rows_in_sight()
        document = self._context.document
        self._context.run(lambda: as_table(document, rows), self._copied, self.tr("Copying the timeline"))
