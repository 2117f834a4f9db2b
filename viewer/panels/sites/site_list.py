"""The list of sites, or of marks of another kind: filtered, sorted, selected as on the canvas, and zoomed to."""

from __future__ import annotations

import math
from itertools import compress

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.site import Site
from viewer.commands.sites import delete_sites
from viewer.panels.comments.comment_words import comment_column, has_open_comments
from viewer.panels.comments.row_menu import add_history
from viewer.panels.context import PanelContext
from viewer.panels.filter_note import FilterNote
from viewer.panels.listed_marks import ListedMarks
from viewer.panels.mark_filter import MARKS_AFTER_MS
from viewer.panels.products.printed_in import add_printing
from viewer.panels.sites.mark_kinds import MarkKinds
from viewer.panels.sites.site_icons import ICON_SIZE, SiteIcons
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable
from viewer.panels.words import error_text, kind_title, site_name
from viewer.support.language.stored_words import capital
from viewer.support.language.text import searched
from viewer.support.language.translation import in_language

ERROR, COMMENTS = 2, 9
"""Columns that get room first: comments are shown while there are open ones."""
NAME_PX = 124
"""Width of a name in logical pixels that is kept before a further column is shown."""


class SiteListPanel(QWidget):
    """The list of sites, whose selection is the context's selection."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._icons = SiteIcons()
        self.model = RowTable(self._columns(), _haystack, self, icon=self._icon)
        self.kinds = MarkKinds()
        hint = self.kinds.hint
        self.list = RowList(self.model, self.tr("Sites"), first_px=NAME_PX, first_shown=(COMMENTS, ERROR), hint=hint)
        self.list.view.setIconSize(ICON_SIZE)
        self.list.hide_columns(4, 5, 6, 7, COMMENTS)
        self.list.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names that begin alike differ at their ends
        self.list.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.view.customContextMenuRequested.connect(self.open_menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.kinds)
        self.elsewhere = LinkButton("", self.tr("Show all marks, of whatever kind"))
        self.elsewhere.clicked.connect(self.kinds.show_all)
        self.elsewhere.hide()
        layout.addWidget(self.elsewhere)
        self.filtered = FilterNote(context)
        layout.addWidget(self.filtered)
        layout.addWidget(self.list)
        for arranged in (self.model.modelReset, self.list.filter.textChanged):
            arranged.connect(self._look_elsewhere)
        self.kinds.kind_chosen.connect(self._list_anew)
        self.list.chosen.connect(context.selection.set)
        self.list.clicked.connect(lambda uuid: context.selection.set((uuid,)))
        self.list.activated.connect(self._zoom_to)
        self.list.delete_wanted.connect(self._delete)
        context.selection.changed.connect(lambda: self.list.select(context.selection.uuids))
        context.selection.chosen_again.connect(self.list.scroll_to_selected)
        context.document_replaced.connect(self.list.begin_anew)
        context.document_replaced.connect(self._read)
        context.changed.connect(self._heard)
        self._soon = QTimer(self, singleShot=True, interval=MARKS_AFTER_MS)
        self._soon.timeout.connect(self._list_anew)
        context.mark_filter.changed.connect(self._list_soon)
        self._read()

    def _columns(self) -> list[ListColumn]:
        return [
            ListColumn(self.tr("Site"), self._name),
            ListColumn(self.tr("Class"), lambda site: kind_title(site, self._context.document), width=82),
            ListColumn(
                self.tr("Error"),
                self._error_text,
                _error_key,
                52,
                True,
                self.tr("Position error: radius that holds the true place with 90 %"),
            ),
            ListColumn(
                self.tr("Claims"),
                self._claims_text,
                self._claims,
                52,
                True,
                self.tr("Claims linked to the site"),
            ),
            ListColumn(self.tr("Role"), lambda site: capital(site.role), width=110),
            ListColumn(self.tr("Status"), lambda site: capital(site.status), width=74),
            ListColumn(self.tr("Country"), lambda site: site.location_country, width=62),
            ListColumn(self.tr("Folder"), lambda site: site.folder, width=90),
            ListColumn(
                self.tr("Lifecycle"), lambda site: in_language(site.doubt) or capital(site.lifecycle), width=104
            ),
            comment_column(self._context),
        ]

    def _name(self, site: Site) -> str:
        return in_language(site.with_doubt(site_name(site, self._context.document)))

    def _icon(self, uuid: str) -> QIcon:
        site = self._context.document.sites.get(uuid)
        return QIcon() if site is None else self._icons.icon(site)

    def _error_text(self, site: Site) -> str:
        """The position error; where it was not judged, the least one on the image that the site was measured on."""
        if site.position_error_m is None and site.image_uuid in self._context.document.images:
            from viewer.panels.sites.image_part import least_error_text  # for start-up time: no mark is on an image yet

            return least_error_text(site) or error_text(None)
        return error_text(site.position_error_m)

    def _claims(self, site: Site) -> int:
        return len(self._context.document.links.site_to_claims(site.uuid))

    def _claims_text(self, site: Site) -> str:
        return str(self._claims(site) or "")

    def _read(self) -> None:
        marks = self._context.listed_marks()
        self.kinds.read(marks.others)
        self._list(marks)

    def _list_soon(self) -> None:
        """List the marks in a turn of its own, as 100,000 rows take 20 ms."""
        self._soon.start()

    def _list_anew(self) -> None:
        self._list(self._context.listed_marks())

    def _list(self, marks: ListedMarks) -> None:
        rows, shown = marks.of_kind(self.kinds.kind), self._context.mark_filter.shown
        if shown is not None:
            rows = dict(compress(rows.items(), map(shown.__contains__, rows)))
        self.model.set_rows(rows)
        self._want_comments()
        self._say_filtered()
        self.list.select(self._context.selection.uuids)

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        if changes.touches("comments"):
            self._want_comments()
        touched = changes.uuids("sites") | changes.linked("claim_sites", "site_uuid")
        of_others = changes.linked("comments", "target_uuid") | changes.linked("searches", "area_uuid")
        if anew := changes.uuids("images"):  # a search area is called by the date of the image that was searched
            searches = self._context.document.searches.values()
            of_others |= {search.area_uuid for search in searches if search.image_uuid in anew}
        touched |= of_others & self._context.document.sites.keys()
        if touched:
            sites = self._context.document.sites
            here = {uuid: sites[uuid] for uuid in touched if uuid in sites and self._context.look.shows(sites[uuid])}
            self.kinds.follow(touched, here)
            shows = self._context.mark_filter.shows
            listed = {uuid: site for uuid, site in here.items() if self.kinds.shows(site) and shows(uuid)}
            self.model.refresh(touched, listed)
            self._say_filtered()

    def _want_comments(self) -> None:
        """Show the column of comments while one on a mark is not resolved."""
        document = self._context.document
        self.list.want_column(COMMENTS, has_open_comments(document, document.sites))

    def _say_filtered(self) -> None:
        """Say that a filter leaves marks out of the list, with the way to show all."""
        mark_filter = self._context.mark_filter
        total = len(self._context.listed_marks().of_kind(self.kinds.kind)) if mark_filter.is_on else None
        self.filtered.say(self.model.total, total)
        self.list.view.say_hint("" if total else self.kinds.hint)

    def _look_elsewhere(self, *_: object) -> None:
        """Show how many marks of other kinds have the searched name, where no listed mark has it."""
        words, count = self.list.filter.text().casefold().split(), 0
        if words and not self.model.rowCount():
            others = (site for site in self._context.listed_marks().made.values() if not self.kinds.shows(site))
            count = sum(all(word in label for word in words) for label in (site.label.casefold() for site in others))
        self.elsewhere.setText(self.tr("{0} found among the other marks: show all").format(count))
        self.elsewhere.setVisible(bool(count))

    def _zoom_to(self, uuid: str) -> None:
        self._context.zoom_to_sites([self._context.document.sites[uuid]])

    def open_menu(self, place: QPoint) -> QMenu | None:
        """The menu of the selected rows; None without any."""
        from viewer.panels.reviewing.review_dialog import add_review  # for start-up time

        sites = self._context.document.sites
        uuids = [uuid for uuid in self.list.selected() if uuid in sites]
        if not uuids:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go, edit = self._context.zoom_to_sites, self._context.typing_wanted
        menu.addAction(self.tr("&Zoom to Selection"), lambda: go([sites[uuid] for uuid in uuids]))
        if len(uuids) == 1:
            menu.addAction(self.tr("&Properties"), lambda: edit.emit("site_form"))
            add_printing(menu, self._context, "sites", uuids[0])
            add_history(menu, self._context, "sites", uuids[0])
        add_review(menu, self._context, uuids, self.window())
        menu.addAction(self.tr("&Delete"), self._delete)
        menu.popup(self.list.view.viewport().mapToGlobal(place))
        return menu

    def _delete(self) -> None:
        if self.list.selected():
            self._context.do_for_many(self.tr("Deleting marks"), delete_sites, self.list.selected())


def _error_key(site: Site) -> float:
    return math.inf if site.position_error_m is None else site.position_error_m


def _haystack(site: Site) -> str:
    filed = site.folder, site.marking, site.lifecycle
    return searched(*(name for _, name in site.aliases), site.notes, site.role, site.status, *filed)
