"""Scenes that archives have answered with, beside local ones on the time strip; they last as long as the window."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from layers.scenes.found_scene import FoundScene
from layers.services.stac.assets import StacAsset, shown_asset, thumbnail
from layers.services.stac.item import StacItem
from layers.services.stac.question import StacQuestion
from layers.services.stac.scenes import found_scene_of, scene_key
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
        self._items: dict[ArchiveSearch, dict[str, StacItem]] = {}
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
            items = {key: item for of_search in self._items.values() for key, item in of_search.items()}
            self._known = tuple(map(self._scene_of, items.values()))
            pictures = zip(self._known, map(self._thumbnail_of, items.values()), strict=True)
            self._pictures = {scene.path: address for scene, address in pictures if scene.path and address}
        return self._known

    def item_of(self, key: str) -> StacItem | None:
        """The item that a scene was made of, by the key of the scene."""
        return next((items[key] for items in self._items.values() if key in items), None)

    def items_of(self, search: ArchiveSearch) -> tuple[StacItem, ...]:
        """Items of one search, in the order in which they came."""
        return tuple(self._items.get(search, {}).values())

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

    def _take(self, search: ArchiveSearch, items: list[StacItem]) -> None:
        if search in self._items:
            self._items[search] |= {scene_key(item): item for item in items}
            self._known = None
            self.changed.emit()

    def _scene_of(self, item: StacItem) -> FoundScene:
        """The scene of an item, with the address of its picture as the path to open it by, where it has one."""
        scene = found_scene_of(item)
        return scene if scene.path else replace(scene, path=self._address(item, shown_asset(item.assets).asset))

    def _thumbnail_of(self, item: StacItem) -> str:
        return self._address(item, thumbnail(item.assets))

    def _address(self, item: StacItem, asset: StacAsset | None) -> str:
        """The address of a file of an item without a signature; empty where it has none."""
        if asset is None or not asset.web or self._fetcher is None:
            return ""
        return self._fetcher.signing.note(asset.web, item.collection)
