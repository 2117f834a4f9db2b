"""Archives that can be chosen without typing: those that the case or this session has asked, the analyst's own, and
those of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from layers.services.catalog import catalog
from layers.services.imagery_entry import ImageryEntry
from viewer.commands.imagery.asked_archives import asked_archives
from viewer.panels.context import PanelContext
from viewer.panels.imagery.asked_servers import run_apart
from viewer.panels.imagery.entry_lists import KeptImagery


class KnownArchives(QObject):
    """The archives, read anew for each dialog. `changed` is emitted once the analyst's own list was read."""

    changed = Signal()

    def __init__(
        self,
        context: PanelContext,
        searched: Callable[[], Iterable[tuple[str, str]]],
        remembered: Callable[[], Iterable[tuple[str, str]]],
        parent: QObject,
    ) -> None:
        """`searched` gives address and title of the archives that have answered in this session, the last one first;
        `remembered` those of earlier sessions, whatever their cases.
        """
        super().__init__(parent)
        self._context, self._searched, self._remembered = context, searched, remembered
        self.of_catalogue = tuple(entry for group in catalog() for entry in group.entries if entry.role == "archive")
        self._own: list[ImageryEntry] = []

    def read_own(self) -> None:
        """Read the analyst's own list and what was added lately, in a job."""

        def read() -> list[ImageryEntry]:
            kept = KeptImagery.of_user()
            return [
                entry for entry in (*kept.own.read().entries, *kept.recent.read().entries) if entry.role == "archive"
            ]

        def take(own: list[ImageryEntry]) -> None:
            is_news, self._own = own != self._own, own
            if is_news:
                self.changed.emit()

        run_apart(self._context.case.jobs, self, read, take)

    @property
    def asked(self) -> list[ImageryEntry]:
        """Archives that have answered in this session, in the case, or earlier elsewhere, the last one first."""
        entries = [
            ImageryEntry(title=title or address, role="archive", kind="stac-api", address=address)
            for address, title in (*self._searched(), *asked_archives(self._context.document), *self._remembered())
        ]
        return _distinct(entry for entry in entries if "://" in entry.address)

    @property
    def entries(self) -> list[ImageryEntry]:
        """All of them, each once: those of the catalogue first, which stand where they always do."""
        return _distinct([*self.of_catalogue, *self.asked, *self._own])


def _distinct(entries: Iterable[ImageryEntry]) -> list[ImageryEntry]:
    """Entries of unlike addresses."""
    return list({entry.address.rstrip("/"): entry for entry in reversed(list(entries))}.values())[::-1]
