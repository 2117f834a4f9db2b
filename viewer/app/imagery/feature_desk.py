"""Adds features of servers as vector layers of files: fetched for the view, kept, and fetched again on request."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from layers.document.document import Document
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import lonlat_bounds
from layers.services.features.feature_origin import FeatureOrigin, origin_of
from layers.services.features.feature_question import FeatureQuestion
from layers.services.imagery_entry import ImageryEntry, host_of_address
from layers.time.utc import utc_now
from viewer.app.case.session import Session
from viewer.app.opening.opener import FileOpener
from viewer.commands.found_layers import FoundLayer
from viewer.commands.imagery.fetched_features import use_fetched_file, with_origin
from viewer.panels.context import PanelContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.messages import Level, MessageAction

if TYPE_CHECKING:
    from layers.services.features.feature_walk import FeatureWalk
    from viewer.network.feature_fetch import FeatureFetch


class _Wanted(Struct, frozen=True, eq=False):
    """A question under way: for a new layer, or for the layer of the case that has this uuid."""

    question: FeatureQuestion
    document: Document
    uuid: str = ""


class FeatureDesk(QObject):
    """Fetches features for the open case. For the window's thread."""

    def __init__(self, session: Session, panels: PanelContext, opener: FileOpener, window: QWidget) -> None:
        """`window` is the parent of dialogs."""
        super().__init__(window)
        self._session, self._panels, self._opener, self._window = session, panels, opener, window
        self._messages = opener.messages
        self._under_way: list[FeatureFetch] = []
        self._unread = 0
        panels.features_wanted.connect(self.add)
        panels.document_replaced.connect(self.stop)

    @property
    def is_idle(self) -> bool:
        """True when nothing is being fetched or written."""
        return not self._under_way and not self._unread

    def add(self, entry: ImageryEntry) -> None:
        """Add the features of an entry that lie in the view."""
        self.add_features(entry, self._view())

    def add_features(self, entry: ImageryEntry, bounds: Bounds | None) -> None:
        """Add the features of an entry within bounds in lon, lat; None: all, as far as they go. The analyst chose it:
        its host is allowed.
        """
        question = FeatureQuestion(
            kind=entry.kind,
            address=entry.address,
            title=entry.title,
            bounds=bounds,
            attribution=entry.attribution,
            licence=entry.licence,
        )
        self._panels.case.consent(host_of_address(question.address))
        self._begin(_Wanted(question, self._session.document))

    def can_fetch_again(self, uuid: str) -> bool:
        """True for a layer whose features came from a server, where there is a network."""
        layer = self._panels.document.layers.get(uuid)
        return layer is not None and self._panels.case.fetcher is not None and origin_of(layer.source) is not None

    def fetch_again(self, uuid: str) -> None:
        """Fetch the features of a layer anew, those of the view, into a new file that takes the old one's place.

        A host that has not been allowed here is asked about first: the address may come from somebody else's case.
        """
        layer = self._panels.document.layers.get(uuid)
        origin = None if layer is None else origin_of(layer.source)
        fetcher = self._panels.case.fetcher
        if origin is None or fetcher is None:
            return
        wanted = _Wanted(replace(origin.question, bounds=self._view()), self._session.document, uuid)
        host = host_of_address(wanted.question.address)
        if fetcher.consent.permits(host):
            self._begin(wanted)
        else:
            sentence = self.tr("{0} is not contacted until you allow it. It learns where you look.").format(host)
            self._messages.show("features", sentence, "warning", self._allowing(wanted, host))

    def stop(self) -> None:
        """Stop all that is being fetched."""
        for fetch in self._under_way:
            fetch.stop()
        self._under_way.clear()

    def _view(self) -> Bounds:
        view = self._panels.view.shown()
        return lonlat_bounds(view.grid.crs, view.world_bounds())

    def _allowing(self, wanted: _Wanted, host: str) -> MessageAction:
        def run() -> None:
            self._panels.case.consent(host)
            if self._is_wanted(wanted):
                self._begin(wanted)

        return MessageAction(self.tr("Allow {0} and Fetch").format(one_line(host, 60)), run)

    def _signing_in(self, wanted: _Wanted) -> MessageAction | None:
        """Sign in to the server of a question and ask again; None where it lets us in."""
        host, fetcher = host_of_address(wanted.question.address), self._panels.case.fetcher
        if fetcher is None or not fetcher.wants_login(host):
            return None

        def again() -> None:
            if self._is_wanted(wanted):
                self._begin(wanted)

        def run() -> None:
            from viewer.panels.logins.sign_in import open_sign_in  # for start-up time

            open_sign_in(self._panels, self._window, (host,), again)

        return MessageAction(self.tr("Sign In…"), run)

    # -- step by step -------------------------------------------------------------------------------------------------

    def _begin(self, wanted: _Wanted) -> None:
        fetcher, jobs = self._panels.case.fetcher, self._panels.case.jobs
        if fetcher is None or jobs is None:
            return
        title = self.tr("Fetching {0}").format(one_line(wanted.question.title, 60))
        from viewer.network.feature_fetch import FeatureFetch  # for start-up time

        fetch = FeatureFetch(
            fetcher, jobs, wanted.question, title, lambda *answer: self._fetched(fetch, wanted, *answer)
        )
        self._under_way.append(fetch)
        fetch.start()

    def _fetched(
        self, fetch: FeatureFetch, wanted: _Wanted, walk: FeatureWalk | None, error: GeoloupeError | None
    ) -> None:
        self._under_way.remove(fetch)
        title = one_line(wanted.question.title, 60)
        if walk is None:
            if error is not None:
                self._fail(wanted, error, fetch.refused_host)
        elif not walk.count:
            self._messages.show("features", self.tr("“{0}” has no features in this view.").format(title))
        elif self._is_wanted(wanted):
            self._write(wanted, walk, fetch.refused_host)

    def _fail(self, wanted: _Wanted, error: GeoloupeError, refused_host: str = "") -> None:
        title = one_line(wanted.question.title, 60)
        sentence = self.tr("“{0}” was not fetched. {1}").format(title, in_language(error.sentence))
        self._tell(sentence, "error", wanted, refused_host)

    def _tell(self, sentence: str, level: Level, wanted: _Wanted, refused_host: str) -> None:
        """Say how it ended, and offer to go on where a host has to be allowed first."""
        action = self._allowing(wanted, refused_host) if refused_host else self._signing_in(wanted)
        self._messages.show("features", sentence, level, action)

    def _write(self, wanted: _Wanted, walk: FeatureWalk, refused_host: str) -> None:
        from viewer.app.imagery.feature_files import features_folder, write_features  # for start-up time

        jobs, folder, now = self._panels.case.jobs, features_folder(self._session.target), utc_now()
        assert jobs is not None
        self._unread += 1
        origin = FeatureOrigin(question=wanted.question, fetched_at=now, words=walk.outcome)

        def failed(error: GeoloupeError) -> None:
            self._unread -= 1
            self._fail(wanted, error)

        def written(path: Path) -> None:
            self._opener.probe(path, partial(self._probed, wanted, walk, origin, path, refused_host))

        jobs.run(lambda _: write_features(walk, folder, now[:10]), written, failed, apart=True)

    def _probed(
        self,
        wanted: _Wanted,
        walk: FeatureWalk,
        origin: FeatureOrigin,
        path: Path,
        refused_host: str,
        answer: list[FoundLayer] | GeoloupeError,
    ) -> None:
        """Add the layers of the new file, or give it to the layer whose features were fetched again."""
        self._unread -= 1
        if not self._is_wanted(wanted):
            return
        if isinstance(answer, GeoloupeError):
            self._fail(wanted, answer)
            return
        layers = with_origin(answer, origin)
        if not wanted.uuid:
            self._opener.add(layers)
        elif not self._panels.do(use_fetched_file, wanted.uuid, layers):
            return
        made = [uuid for uuid, layer in wanted.document.layers.items() if layer.source.get("path") == str(path)]
        again = replace(wanted, uuid=wanted.uuid or (made[0] if made else ""))
        sentence = f"{one_line(wanted.question.title, 60)}: {in_language(walk.outcome)}"
        self._tell(sentence, "info" if walk.is_complete else "warning", again, refused_host)

    def _is_wanted(self, wanted: _Wanted) -> bool:
        """True while the case is open for which it was fetched, and its layer is there."""
        is_there = not wanted.uuid or wanted.uuid in wanted.document.layers
        return wanted.document is self._session.document and is_there
