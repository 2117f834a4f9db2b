"""Questions to archives from the time strip: the dialog, the search that it begins, and what is kept of it."""

from __future__ import annotations

from PySide6.QtCore import QDate, QObject
from PySide6.QtWidgets import QWidget

from layers.services.catalog import catalog
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.catalogue_layers import record_catalogue_search
from viewer.commands.imagery.service_times import today
from viewer.network.consent import host_of
from viewer.panels.time_strip.archive_dialog import ArchiveDialog, search_words
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.panels.time_strip.scene_desk import SceneDesk


class ArchiveQuestions(QObject):
    """Joins the dialog to the desk. The host of an archive is allowed by pressing Search, after the dialog named it."""

    def __init__(self, desk: SceneDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        archives = [entry for group in catalog() for entry in group.entries if entry.role == "archive"]
        day = today()
        self.dialog = ArchiveDialog(archives, desk.search_area, QDate(day.year, day.month, day.day), parent)
        self._search: ArchiveSearch | None = None
        self.dialog.wanted.connect(self._begin)
        self.dialog.keep_wanted.connect(self._keep)
        desk.archives.searches_changed.connect(self._show)

    def show(self, address: str = "") -> None:
        """Show the dialog, with the archive at an address where one was chosen."""
        if address:
            self.dialog.choose(address)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _begin(self, address: str, question: StacQuestion) -> None:
        self._desk.context.case.consent(host_of(address))
        self._search = self._desk.archives.search(address, question)
        self._show()

    def _keep(self, search: ArchiveSearch) -> None:
        is_kept = self._desk.context.do(
            record_catalogue_search,
            search.address,
            search.title,
            search.question,
            search.count,
            search.matched,
            is_complete=search.is_complete,
            words=search_words(search),
        )
        if is_kept:
            self.dialog.show_kept()

    def _show(self) -> None:
        self.dialog.show_search(self._search)
