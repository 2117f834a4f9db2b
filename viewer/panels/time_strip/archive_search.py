"""A search of an archive of imagery (STAC): asked page by page through the fetcher, each page read in a job."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError, NotAllowed
from layers.phrase import Phrase
from layers.scenes.footprint import EMPTY
from layers.scenes.scene_table import SceneTable
from layers.services.http_request import HttpRequest
from layers.services.stac.addresses import is_path
from layers.services.stac.documents import read_stac
from layers.services.stac.folder_documents import FolderDocument, first_document, read_document
from layers.services.stac.item import StacItem
from layers.services.stac.pages import Pager
from layers.services.stac.question import ACCEPT, StacQuestion
from layers.services.stac.scenes import scenes_to_open
from layers.services.stac.walk import CatalogueWalk
from viewer.network.answer import HttpAnswer
from viewer.network.consent import host_of
from viewer.network.document_fetch import DocumentDone
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
        self._folder = ""
        """The folder of a catalogue on this computer; empty for an archive on a host."""
        self._asker: _Asker | None = None
        self._unlisted: list[StacItem] = []
        """Items that have come, and wait to be made hits."""
        self._is_listing = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._ask)
        self._is_over = self._is_asked_out = False
        self.count = 0
        """Items that answer the question, and were given out as hits so far."""
        self.failure: Phrase | str = ""
        """Sentence on why nothing could be searched at all; empty where it could."""
        self.title = ""

    # -- its state ------------------------------------------------------------------------------------------------

    @property
    def is_under_way(self) -> bool:
        return not self._is_over

    @property
    def matched(self) -> str | None:
        """The number of items in all: "n", "at least n", or None where nothing is known."""
        return None if self._asker is None else self._asker.matched

    @property
    def is_complete(self) -> bool:
        """True where all that the archive has was received: that nothing came is then evidence."""
        asker = self._asker
        return self._is_over and asker is not None and asker.is_complete and asker.count == self.count

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
        if is_path(self.address):
            self._read(partial(first_document, self.address), self._landed)
            return
        if self._fetcher.offline:
            self._fail(OFFLINE)
            return
        self._fetcher.forgive(host_of(self.address), only_lost=True)
        self._fetcher.fetch_document(HttpRequest(self.address, headers=(ACCEPT,)), self._landed, keep=True)

    def _read(self, read: Callable[[], FolderDocument], done: DocumentDone) -> None:
        """Read a document of a folder in a job; `done` gets it as the answer of a server."""

        def arrived(document: FolderDocument) -> None:
            self._folder = self._folder or os.path.dirname(document.path)
            done(HttpAnswer(document.body, document.path), None)

        self._jobs.run(lambda _: read(), arrived, lambda error: done(None, error))

    def stop(self) -> None:
        """End the search; what has come stays."""
        if not self._is_over:
            self._end()

    def allow_host(self) -> None:
        """Go on at the host that the archive leads to, which the analyst has allowed."""
        if self._asker is not None and self._asker.host_asked:
            self._asker.allow_host()
            self._is_over = self._is_asked_out = False
            self._ask()

    def _landed(self, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        if self._is_over:
            return
        if error is not None or answer is None:
            self._fail(Phrase("The archive sent nothing.") if error is None else error.sentence)
            return
        self._jobs.run(
            lambda _: _asker_of(answer, self.question),
            self._begin,
            lambda error: self._fail(error.sentence),
        )

    def _begin(self, begun: tuple[_Asker, str, list[StacItem]]) -> None:
        if self._is_over:
            return
        self._asker, self.title, first = begun
        self._took(first)

    def _ask(self) -> None:
        asker = self._asker
        request = None if asker is None or self._is_over else asker.next_request()
        if request is not None and is_path(request.address):
            self._read(partial(read_document, request.address, self._folder), self._answered)
        elif request is not None:
            self._fetcher.fetch_document(request, self._answered)
        else:
            self._is_asked_out = True
            self._end_if_listed()

    def _answered(self, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        asker = self._asker
        if self._is_over or asker is None:
            return
        if self._fetcher.offline and not self._folder:
            self._fail(OFFLINE)
            return
        if isinstance(error, NotAllowed) and not self._folder:
            self._fail(error.sentence)
            return
        if answer is None and error is not None and self._fetcher.reach_of(host_of(self.address)).is_cut_off:
            self._fail(error.sentence)  # no other question would come through either
            return
        # No whole answer is status 0: the asker knows what may be tried again.
        body, address, status = (b"", "", 0) if answer is None else (answer.body, answer.address, answer.status)
        take = partial(asker.take, body, address, status)
        self._jobs.run(lambda _: take(), self._took, lambda error: self._fail(error.sentence))

    def _took(self, items: list[StacItem]) -> None:
        """Ask the next page at once: it is on its way while the items of this one are made hits."""
        if self._is_over or self._asker is None:
            return
        self._unlisted += items
        self._pause.start(int(1000 * self._asker.pause_s))
        self._list()

    def _list(self) -> None:
        """Make hits of all items that wait, in a job; those that come meanwhile wait for the next one."""
        if self._is_listing:
            return
        if not self._unlisted:
            self.progressed.emit()
            self._end_if_listed()
            return
        items, self._unlisted, self._is_listing = self._unlisted, [], True
        ground = self.ground
        self._jobs.run(
            lambda _: _hits_of(items, ground),
            lambda hits: self._listed(len(items), hits),
            lambda error: self._fail(error.sentence),
        )

    def _listed(self, count: int, hits: list[ArchiveHit]) -> None:
        self._is_listing = False
        if self._is_over:
            return
        self.count += count
        self.hits_came.emit(hits)
        self._list()

    def _end_if_listed(self) -> None:
        if self._is_asked_out and not self._is_over and not self._is_listing and not self._unlisted:
            self._end()

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
    scenes = scenes_to_open(items)
    parts = {covering.scene.key: covering.part for covering in SceneTable(scenes).covering(ground)}
    hits = []
    for item, scene in zip(items, scenes, strict=True):
        _ = scene.span
        picture = item.thumbnail
        hits.append(ArchiveHit(item, scene, parts.get(scene.key, 0.0), "" if picture is None else picture.web))
    return hits


def _asker_of(answer: HttpAnswer, question: StacQuestion) -> tuple[_Asker, str, list[StacItem]]:
    """The state machine for an archive by its first document, its title, and items that this document holds."""
    document = read_stac(answer.body, answer.address)
    title = document.title or document.id
    if document.service in _SEARCHED or document.links_of("search"):
        return Pager(question, document), title, []
    walk = CatalogueWalk(question, document)
    return walk, title, list(walk.first_items)
