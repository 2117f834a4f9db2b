"""A search of an archive of imagery (STAC): asked page by page through the fetcher, each page read in a job."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError, NotAllowed
from layers.phrase import Phrase
from layers.scenes.footprint import EMPTY
from layers.scenes.found_scene import FoundScene
from layers.scenes.scene_table import SceneTable
from layers.services.http_request import HttpRequest
from layers.services.stac.documents import read_stac
from layers.services.stac.item import StacItem
from layers.services.stac.pages import Pager
from layers.services.stac.question import ACCEPT, StacQuestion
from layers.services.stac.scenes import found_scene_of
from layers.services.stac.walk import CatalogueWalk
from viewer.network.answer import HttpAnswer
from viewer.network.fetcher import Fetcher
from viewer.panels.hits.hit import ArchiveHit
from viewer.support.jobs import Jobs

type _Asker = Pager | CatalogueWalk
_SEARCHED = frozenset({"stac-api"})
OFFLINE = Phrase("You are working offline: an archive is asked once you work online again (Layer, Work Offline).")


class ArchiveSearch(QObject):
    """One search. Items come with each page; the search ends, is stopped, or waits for a host to be allowed."""

    hits_came = Signal(list)
    """Emitted with the hits of a page."""
    progressed = Signal()
    ended = Signal()

    def __init__(
        self,
        address: str,
        question: StacQuestion,
        fetcher: Fetcher,
        jobs: Jobs,
        ground: BaseGeometry = EMPTY,
        parent: QObject | None = None,
    ) -> None:
        """`ground` is what was meant by the boxes of the question, in longitude and latitude; hits say how much of it
        they cover.
        """
        super().__init__(parent)
        self.address, self.question, self.ground = address, question, ground
        self._fetcher, self._jobs = fetcher, jobs
        self._asker: _Asker | None = None
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._ask)
        self._is_over = False
        self.failure: Phrase | str = ""
        """Sentence on why nothing could be searched at all; empty where it could."""
        self.title = ""

    # -- its state ------------------------------------------------------------------------------------------------

    @property
    def is_under_way(self) -> bool:
        return not self._is_over

    @property
    def count(self) -> int:
        """Items that answer the question so far."""
        return 0 if self._asker is None else self._asker.count

    @property
    def matched(self) -> str | None:
        """The number of items in all: "n", "at least n", or None where nothing is known."""
        return None if self._asker is None else self._asker.matched

    @property
    def is_complete(self) -> bool:
        """True where all that the archive has was received: that nothing came is then evidence."""
        return self._is_over and self._asker is not None and self._asker.is_complete

    @property
    def problems(self) -> tuple[Phrase, ...]:
        return () if self._asker is None else self._asker.problems

    @property
    def host_asked(self) -> str:
        """Another host to which the archive leads, and which has not been allowed; empty for none."""
        return "" if self._asker is None else self._asker.host_asked

    # -- going on -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Ask for the first document: it says how the archive is searched."""
        if self._fetcher.offline:
            self._fail(OFFLINE)
            return
        self._fetcher.fetch_document(HttpRequest(self.address, headers=(ACCEPT,)), self._landed, keep=True)

    def stop(self) -> None:
        """End the search; what has come stays."""
        if not self._is_over:
            self._end()

    def allow_host(self) -> None:
        """Go on at the host that the archive leads to, which the analyst has allowed."""
        if self._asker is not None and self._asker.host_asked:
            self._asker.allow_host()
            self._is_over = False
            self._ask()

    def _landed(self, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        if self._is_over:
            return
        if error is not None or answer is None:
            self._fail(Phrase("The archive sent nothing.") if error is None else error.sentence)
            return
        self._jobs.run(
            lambda _: _asker_of(answer, self.question, self.ground),
            self._begin,
            lambda error: self._fail(error.sentence),
        )

    def _begin(self, begun: tuple[_Asker, str, list[ArchiveHit]]) -> None:
        if self._is_over:
            return
        self._asker, self.title, first = begun
        self._taken(first)

    def _ask(self) -> None:
        asker = self._asker
        request = None if asker is None or self._is_over else asker.next_request()
        if request is None:
            if not self._is_over:
                self._end()
            return
        self._fetcher.fetch_document(request, self._answered)

    def _answered(self, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        asker = self._asker
        if self._is_over or asker is None:
            return
        if self._fetcher.offline:
            self._fail(OFFLINE)
            return
        if isinstance(error, NotAllowed):
            self._fail(error.sentence)
            return
        # No whole answer is status 0: the asker knows what may be tried again.
        body, address, status = (b"", "", 0) if answer is None else (answer.body, answer.address, answer.status)
        take, ground = partial(asker.take, body, address, status), self.ground
        self._jobs.run(lambda _: _hits_of(take(), ground), self._taken, lambda error: self._fail(error.sentence))

    def _taken(self, hits: list[ArchiveHit]) -> None:
        if self._is_over or self._asker is None:
            return
        if hits:
            self.hits_came.emit(hits)
        self.progressed.emit()
        self._pause.start(int(1000 * self._asker.pause_s))

    def _fail(self, sentence: Phrase | str) -> None:
        if not self._is_over:
            self.failure = sentence
            self._end()

    def _end(self) -> None:
        self._is_over = True
        self._pause.stop()
        self.ended.emit()


def _hits_of(items: list[StacItem], ground: BaseGeometry) -> list[ArchiveHit]:
    """Hits whose ground is computed by now: a page of hundreds would hold up the window."""
    scenes = [scene_to_open(item) for item in items]
    parts = {covering.scene.key: covering.part for covering in SceneTable(scenes).covering(ground)}
    hits = []
    for item, scene in zip(items, scenes, strict=True):
        _ = scene.span
        picture = item.thumbnail
        hits.append(ArchiveHit(item, scene, parts.get(scene.key, 0.0), "" if picture is None else picture.web))
    return hits


def scene_to_open(item: StacItem) -> FoundScene:
    """The scene of an item, with the address of its picture as the path to open it by, where it has one."""
    scene, choice = found_scene_of(item), item.picture
    return scene if scene.path or choice.asset is None else replace(scene, path=choice.asset.web)


def _asker_of(answer: HttpAnswer, question: StacQuestion, ground: BaseGeometry) -> tuple[_Asker, str, list[ArchiveHit]]:
    """The state machine for an archive by its first document, its title, and items that this document holds."""
    document = read_stac(answer.body, answer.address)
    title = document.title or document.id
    if document.service in _SEARCHED or document.links_of("search"):
        return Pager(question, document), title, []
    walk = CatalogueWalk(question, document)
    return walk, title, _hits_of(list(walk.first_items), ground)
