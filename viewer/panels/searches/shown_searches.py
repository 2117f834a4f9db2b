"""Shows on the map what searches have shown: those of the selected areas, of the chosen row, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import shapely
from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.changes import Changes
from layers.document.search import Search
from layers.grid.tile_grid import View
from layers.observing.search_hatches import ShownSearch, shown_search
from viewer.canvas.search_painter import paint_shown
from viewer.commands.meta import SEARCHES_VISIBLE, SITES_VISIBLE, searches_visible, sites_visible
from viewer.panels.context import PanelContext
from viewer.support.jobs import Job, JobContext

MOST_SHOWN = 500
"""Most searches that are shown, the newest of them."""
_NAME = "searches"

type _Question = tuple[tuple[Search, BaseGeometry], ...]


class ShownSearches(QObject):
    """Paints searches above the map, one object a window; none while one is gone through, whose pixels are judged.

    Of several searches of an area the newest is shown, but for the one that is chosen in the list.
    """

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._listed, self._is_walking = "", False
        self._question: _Question = ()
        self._job: Job | None = None
        self.shown: tuple[ShownSearch, ...] = ()
        """Searches on the map."""
        context.changed.connect(self._heard)
        context.selection.changed.connect(self._read)
        context.look.changed.connect(self._read)
        context.document_replaced.connect(self._begin_anew)

    def show_listed(self, uuid: str) -> None:
        """Show the search that is chosen in the list, besides those of the selected areas; empty for none."""
        if uuid != self._listed:
            self._listed = uuid
            self._read()

    def set_walking(self, is_walking: bool) -> None:
        """Show no search while one is gone through."""
        if is_walking != self._is_walking:
            self._is_walking = is_walking
            self._read()

    def _begin_anew(self) -> None:
        self._listed = ""
        self._read()

    def _heard(self, changes: Changes) -> None:
        is_chosen_anew = changes.uuids("meta") & {SEARCHES_VISIBLE, SITES_VISIBLE}
        if changes.touches("searches") or is_chosen_anew or (self._question and changes.touches("sites")):
            self._read()

    def _wanted(self) -> Iterator[Search]:
        """The searches to show: the chosen one, then the newest of each area."""
        document, blind = self._context.document, self._context.look.blind
        if self._is_walking or not document.searches:
            return
        listed = document.searches.get(self._listed)
        if listed is not None:
            yield listed
        if not sites_visible(document):
            return
        areas = None if searches_visible(document) else self._context.selection.uuids
        if areas is not None and not areas:
            return
        newest: dict[str, Search] = {}
        for search in sorted(document.searches.values(), key=lambda row: (row.at, row.created_at)):
            is_own = blind is None or search.observer == blind.observer
            if search.kind == "image" and is_own and (areas is None or search.area_uuid in areas):
                newest[search.area_uuid] = search
        if listed is not None:
            newest.pop(listed.area_uuid, None)
        yield from list(newest.values())[::-1]

    def _read(self) -> None:
        sites = self._context.document.sites
        question = tuple(
            (search, sites[search.area_uuid].geometry)
            for search in list(self._wanted())[:MOST_SHOWN]
            if search.cells_json and search.area_uuid in sites
        )
        if question == self._question:
            return
        self._question = question
        if self._job is not None:
            self._job.cancel()
            self._job = None
        jobs = self._context.case.jobs
        if not question or jobs is None:
            self._show(_shown(question))
            return
        self._job = jobs.run(lambda job: _shown(question, job), self._show, lambda _error: self._show(()), of_case=True)

    def _show(self, shown: tuple[ShownSearch, ...]) -> None:
        self.shown = shown
        self._context.shown_above.emit(_NAME, self._paint if shown else None)

    def _paint(self, painter: QPainter, view: View) -> None:
        paint_shown(painter, view, self.shown)


def _shown(question: Iterable[tuple[Search, BaseGeometry]], job: JobContext | None = None) -> tuple[ShownSearch, ...]:
    shown = []
    for search, area in question:
        if job is not None and job.cancelled:
            break
        answer = shown_search(search, shapely.force_2d(area))
        if answer is not None:
            shown.append(answer)
    return tuple(shown)
