"""Scenes that archives have answered with, beside local ones on the time strip; they last as long as the window."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from PySide6.QtCore import QObject, Signal
from shapely.geometry.base import BaseGeometry

from layers.requests.addresses import is_address
from layers.scenes.footprint import EMPTY
from layers.scenes.found_scene import FoundScene
from layers.services.stac.item import StacItem
from layers.services.stac.question import StacQuestion
from layers.services.stac.separate_bands import places_of_bands
from viewer.network.fetcher import Fetcher
from viewer.panels.hits.hit import ArchiveHit
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.support.jobs import Jobs

MOST_SEARCHES = 20
"""Most searches whose scenes are kept: the oldest goes."""


class ArchiveScenes(QObject):
    """A `SceneCatalogue` of archives. Nothing is asked before `search` is called, and then only allowed hosts are."""

    changed = Signal()
    """Emitted when other scenes are known."""
    hits_came = Signal(object, list)
    """Emitted with a search and the hits that have come of it now."""
    searches_changed = Signal()
    """Emitted when a search begins, goes on, or ends."""

    def __init__(self, fetcher: Fetcher | None, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetcher, self._jobs = fetcher, jobs
        self._searches: list[ArchiveSearch] = []
        self._hits: dict[ArchiveSearch, dict[str, ArchiveHit]] = {}
        """Hits by the key of their scene."""
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

    @property
    def scene_count(self) -> int:
        """Scenes that have come, those of two searches twice."""
        return sum(map(len, self._hits.values()))

    def known_scenes(self) -> tuple[FoundScene, ...]:
        """Scenes of all searches, each once. The same object is given again until they are others."""
        if self._known is None:
            by_key = {key: hit.scene for hits in self._hits.values() for key, hit in hits.items()}
            self._known = tuple(by_key.values())
        return self._known

    def item_of(self, key: str) -> StacItem | None:
        """The item that a scene was made of, by the key of the scene."""
        return next((hits[key].item for hits in self._hits.values() if key in hits), None)

    def scenes_of(self, search: ArchiveSearch) -> tuple[FoundScene, ...]:
        """Scenes of one search, in the order in which they came."""
        return tuple(hit.scene for hit in self._hits.get(search, {}).values())

    def picture_address(self, path: str) -> str:
        """The address of the small picture of the scene at a path; empty for none, and for local scenes."""
        self.known_scenes()  # reads the addresses where other scenes have come
        return self._pictures.get(path, "")

    def search(self, address: str, question: StacQuestion, ground: BaseGeometry = EMPTY) -> ArchiveSearch | None:
        """Begin a search of an archive at an address whose host has been allowed. None without a network.

        `ground` is what was meant by the boxes of the question.
        """
        if self._fetcher is None:
            return None
        search = ArchiveSearch(address, question, self._fetcher, self._jobs, ground, self)
        search.hits_came.connect(lambda hits: self._take(search, hits))
        search.progressed.connect(self.searches_changed)
        search.ended.connect(self.searches_changed)
        self._searches.append(search)
        self._hits[search] = {}
        while len(self._searches) > MOST_SEARCHES:
            self.forget(self._searches[0])
        self.searches_changed.emit()
        search.start()
        return search

    def note_bands(self, item: StacItem) -> None:
        """Note the files of an item's bands, which its archive may have signed, before they are asked for."""
        for address in places_of_bands(item):
            self._noted(item, address)

    def forget(self, search: ArchiveSearch) -> None:
        """Take the scenes of a search off the strip."""
        search.stop()
        self._searches.remove(search)
        if self._hits.pop(search):
            self._known = None
            self.changed.emit()
        search.deleteLater()
        self.searches_changed.emit()

    def _take(self, search: ArchiveSearch, came: list[ArchiveHit]) -> None:
        if search not in self._hits:
            return
        hits = [self._without_signature(hit) for hit in came]
        self._hits[search] |= {hit.scene.key: hit for hit in hits}
        self._pictures |= {hit.scene.path: hit.picture for hit in hits if hit.picture and hit.scene.path}
        self._known = None
        self.changed.emit()
        self.hits_came.emit(search, hits)

    def _without_signature(self, hit: ArchiveHit) -> ArchiveHit:
        """The same, with addresses that may be kept: they are signed when they are asked for."""
        path, picture = hit.scene.path, self._noted(hit.item, hit.picture)
        if not is_address(path):
            return hit if picture == hit.picture else msgspec.structs.replace(hit, picture=picture)
        noted = self._noted(hit.item, path)
        if (noted, picture) == (path, hit.picture):
            return hit
        return msgspec.structs.replace(hit, scene=replace(hit.scene, path=noted), picture=picture)

    def _noted(self, item: StacItem, address: str) -> str:
        """The address of a file of an item without a signature; by its collection it is signed when it is asked for."""
        return "" if self._fetcher is None or not address else self._fetcher.signing.note(address, item.collection)
