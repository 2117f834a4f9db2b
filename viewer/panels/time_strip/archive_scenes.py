"""Scenes that archives have answered with, beside local ones on the time strip; they last as long as the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from layers.scenes.found_scene import FoundScene
from layers.services.stac.assets import thumbnail
from layers.services.stac.item import StacItem
from layers.services.stac.question import StacQuestion
from viewer.network.fetcher import Fetcher
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.support.jobs import Jobs

MOST_SEARCHES = 20
"""Most searches whose scenes are kept: the oldest goes."""


class ArchiveScenes(QObject):
    """A `SceneCatalogue` of archives. Nothing is asked before `search` is called, and then only allowed hosts are."""

    changed = Signal()
    """Emitted when other scenes are known."""
    searches_changed = Signal()
    """Emitted when a search begins, goes on, or ends."""

    def __init__(self, fetcher: Fetcher | None, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetcher, self._jobs = fetcher, jobs
        self._searches: list[ArchiveSearch] = []
        self._items: dict[ArchiveSearch, dict[str, tuple[StacItem, FoundScene]]] = {}
        """Items with their scenes, by the key of the scene."""
        self._known: tuple[FoundScene, ...] | None = ()
        self._pictures: dict[str, str] = {}
        """Addresses of small pictures, by the path of the scene."""

    @property
    def name(self) -> str:
        return "Archives"

    @property
    def searches(self) -> tuple[ArchiveSearch, ...]:
        """Searches, the newest first."""
        return tuple(reversed(self._searches))

    @property
    def is_idle(self) -> bool:
        return not any(search.is_under_way for search in self._searches)

    def known_scenes(self) -> tuple[FoundScene, ...]:
        """Scenes of all searches, each once. The same object is given again until they are others."""
        if self._known is None:
            by_key = {key: scene for items in self._items.values() for key, (_, scene) in items.items()}
            self._known = tuple(by_key.values())
        return self._known

    def item_of(self, key: str) -> StacItem | None:
        """The item that a scene was made of, by the key of the scene."""
        return next((items[key][0] for items in self._items.values() if key in items), None)

    def picture_address(self, path: str) -> str:
        """The address of the small picture of the scene at a path; empty for none, and for local scenes."""
        return self._pictures.get(path, "")

    def search(self, address: str, question: StacQuestion) -> ArchiveSearch | None:
        """Begin a search of an archive at an address whose host has been allowed. None without a network."""
        if self._fetcher is None:
            return None
        search = ArchiveSearch(address, question, self._fetcher, self._jobs, self)
        search.items_came.connect(lambda items: self._take(search, items))
        search.progressed.connect(self.searches_changed)
        search.ended.connect(self.searches_changed)
        self._searches.append(search)
        self._items[search] = {}
        while len(self._searches) > MOST_SEARCHES:
            self.forget(self._searches[0])
        self.searches_changed.emit()
        search.start()
        return search

    def forget(self, search: ArchiveSearch) -> None:
        """Take the scenes of a search off the strip."""
        search.stop()
        self._searches.remove(search)
        if self._items.pop(search):
            self._known = None
            self.changed.emit()
        search.deleteLater()
        self.searches_changed.emit()

    def _take(self, search: ArchiveSearch, items: list[tuple[StacItem, FoundScene]]) -> None:
        if search not in self._items:
            return
        self._items[search] |= {scene.key: (item, scene) for item, scene in items}
        for item, scene in items:
            picture = thumbnail(item.assets)
            if picture is not None and scene.path:
                self._pictures[scene.path] = picture.web
        self._known = None
        self.changed.emit()
