"""The only way to the network: fetches tiles and documents, politely, from hosts that were allowed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkAccessManager

from layers.errors import GeoloupeError, NotAllowed
from layers.phrase import Phrase
from layers.services.http_request import HttpRequest
from layers.services.stac.signing import SigningRule
from layers.services.tile_service import TileService
from viewer.network.consent import Consent, host_of_url
from viewer.network.decode import readable_kinds
from viewer.network.document_fetch import DocumentDone, DocumentFetch, WaitingFetch
from viewer.network.document_store import DocumentStore
from viewer.network.fetch import Fetch, Limits
from viewer.network.file_download import FileDownload
from viewer.network.host_state import HostReach, HostState, Waiting
from viewer.network.logins import Logins
from viewer.network.range_fetch import FilePart, RangeFetch
from viewer.network.range_store import RangeStore
from viewer.network.secrets import Secret, Secrets
from viewer.network.server_faults import not_allowed
from viewer.network.signing import Signing, known_rules
from viewer.network.tile_fetch import BytesDone, ImageDone, PackedFetch, TileFetch, bytes_of_tile, picture_of_tile
from viewer.network.tile_store import TileStore
from viewer.support.language.translation import in_language
from viewer.support.mailbox import Mailbox

USER_AGENT = "Geoloupe/0.2 (desktop map viewer; contact: see the Geoloupe project page)"
CLOCK_MS = 50
WORKERS = 2
"""Threads that decode and unpack what has come."""
NOTHING_HERE_S = 60.0
"""Seconds for which an answer that there is no tile is kept."""


def _forget_kinds(_: frozenset[str]) -> None:
    """Do nothing: the formats are known from now on."""


class _Workers:
    """Two threads that do small work in the order in which it comes.

    A thread that is awake goes on with what waits: to start one for each tile takes longer than to judge the tile.
    """

    def __init__(self, parent: QObject) -> None:
        self._pool = QThreadPool(parent)
        self._pool.setMaxThreadCount(WORKERS)
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._awake = 0

    def add(self, work: Callable[[], None]) -> None:
        """Do some work, later."""
        self._waiting.append(work)
        self._wake()

    def wait_for_all(self) -> None:
        """Wait until nothing is left to do."""
        self._pool.waitForDone()

    def _wake(self) -> None:
        """Wake a thread where some work waits and one sleeps."""
        with self._lock:
            if not self._waiting or self._awake >= WORKERS:
                return
            self._awake += 1
        self._pool.start(self._work)

    def _work(self) -> None:
        try:
            while (work := self._next()) is not None:
                work()
                del work  # what only it held is freed now, and not with the next
        except BaseException:
            with self._lock:
                self._awake -= 1
            self._wake()
            raise

    def _next(self) -> Callable[[], None] | None:
        """The work that waits longest; None where there is none, and the thread goes to sleep."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._awake -= 1
            return None


class Fetcher(QObject):
    """Fetches tiles and documents; lives in the window's thread, and decodes and unpacks on others.

    `host_changed` carries a host and what is wrong with it, empty when it answers again; `host_ready` carries a host
    whose pause has ended; `progressed` carries the number of requests that are open and the bytes that have come since
    there was none, again and again while they come, and last with no request; `offline_changed` tells that offline mode
    was switched.
    """

    host_changed = Signal(str, str)
    host_ready = Signal(str)
    progressed = Signal(int, object)
    offline_changed = Signal()

    def __init__(
        self,
        cache_folder: Path | None,
        consent: Consent,
        limits: Limits | None = None,
        user_agent: str = USER_AGENT,
        secrets: Secrets | None = None,
        signing_rules: tuple[SigningRule, ...] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`signing_rules` None: those of the user, and the shipped ones."""
        super().__init__(parent)
        self.consent = consent
        self.limits = limits or Limits()
        self.user_agent = user_agent
        self.offline = False
        self.network = QNetworkAccessManager(self)
        self.tiles = None if cache_folder is None else TileStore(cache_folder)
        self.logins = Logins(secrets or Secrets(), self.ask_vault, self._fetch_token)
        rules = known_rules() if signing_rules is None else signing_rules
        self.signing = Signing(rules, consent, self._fetch_token)
        self._documents = None if cache_folder is None else DocumentStore(cache_folder.parent / "documents")
        self.ranges = RangeStore()
        self._workers = _Workers(self)
        self._mailbox = Mailbox(self)
        self._hosts: dict[str, HostState] = {}
        self._fetches: set[Fetch[Any]] = set()
        self._begun: set[Waiting] = set()
        """Fetches that had a turn: the others have no limits of time yet."""
        self._received = 0
        self._told_progress = (0, 0)
        self.nothing_here: dict[str, float] = {}
        """Time (monotonic) until which an address is known to have no tile."""
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self._recovery = QTimer(self)
        self._recovery.setSingleShot(True)
        self._recovery.timeout.connect(self._look_for_recovered)

    # -- asking -------------------------------------------------------------------------------------------------

    def fetch(
        self, url: str, done: ImageDone, answered: Callable[[], None] = lambda: None, *, is_map: bool = False
    ) -> TileFetch[QImage] | None:
        """Fetch a tile, or a map picture that the server draws on request.

        `done(image, error)` is called later, or at once where nothing needs to be requested.
        `done(None, None)` means that the server has no tile there; `answered()` is called before `done` where the
        server has answered, and is free for the next. Returns None where the fetch has ended already.
        """
        target = self._tile_target(url, done)
        if target is None:
            return None
        return self._begin(TileFetch(self, target, done, picture_of_tile, answered, is_map))

    def fetch_packed(self, url: str, done: BytesDone) -> PackedFetch | None:
        """Fetch the bytes of a tile as its server packs them, for who stores them elsewhere; else as `fetch`."""
        target = self._tile_target(url, done)
        return None if target is None else self._begin(PackedFetch(self, target, done, bytes_of_tile))

    def _tile_target(self, url: str, done: Callable[[None, GeoloupeError | None], None]) -> QUrl | None:
        """The address of a tile; None where `done` was called at once."""
        target = QUrl(url, QUrl.ParsingMode.StrictMode)
        if refusal := self._refusal(target):
            done(None, refusal)
        elif self.nothing_here.get(url, 0.0) > time.monotonic():
            done(None, None)
        else:
            return target
        return None

    def fetch_document(
        self, request: HttpRequest, done: DocumentDone, keep: bool = False, into: Path | None = None
    ) -> WaitingFetch | None:
        """Fetch a document; `done(answer, error)` is called later, or at once where nothing may be requested.

        Where the server itself has answered with an error, `done` is given its answer beside the error. With `keep` a
        copy is kept for work without a network: for what describes a service, never for what may hold signed addresses.
        `into` is a path of a file that gets all that comes, however much that is.
        """
        target = QUrl(request.address, QUrl.ParsingMode.StrictMode)
        if refusal := self._refusal(target):
            done(None, refusal)
            return None
        if into is not None:
            return self._begin(FileDownload(self, target, into, done))
        return self._begin(DocumentFetch(self, target, request, done, self._documents if keep else None))

    def fetch_range(self, address: str, first: int, last: int, done: DocumentDone, name: str = "") -> RangeFetch | None:
        """Fetch the bytes from `first` to `last` of a file, fewer where it ends before; `done` as for a document.

        Parts are kept in memory by the `name` of the file: its address without what is signed anew each time, or else
        the address. A file that has changed since its first part came is an error once, and then as new.
        """
        target, part = QUrl(address, QUrl.ParsingMode.StrictMode), FilePart(name or address, first, last)
        refusal: GeoloupeError | None = self._refusal(target)
        if not 0 <= first <= last < first + self.limits.range_bytes:
            most_mb = self.limits.range_bytes >> 20
            refusal = NotAllowed("Parts of a file on a server have at most {mb} MB.", mb=most_mb)
        if refusal is not None:
            done(None, refusal)
            return None
        return self._begin(RangeFetch(self, target, part, done, self.ranges))

    def _refusal(self, target: QUrl) -> NotAllowed | None:
        host = host_of_url(target)
        if target.scheme() not in ("http", "https") or not host or target.userInfo():
            return NotAllowed("Only http and https addresses without a name and password in them are fetched.")
        return None if self.consent.permits(host) else not_allowed(host)

    def _fetch_token(self, request: HttpRequest, done: DocumentDone) -> None:
        """Fetch a token before all that waits for it, perhaps at the same host."""
        target = QUrl(request.address, QUrl.ParsingMode.StrictMode)
        if refusal := self._refusal(target):
            done(None, refusal)
        else:
            self._begin(DocumentFetch(self, target, request, done, is_login=True), at_once=True)

    def without_key(self, url: QUrl) -> QUrl:
        """The address without a key or token, under which what is there is kept."""
        if not url.hasQuery():  # neither can stand elsewhere
            return url
        return self.logins.without_key(self.signing.without_token(url), host_of_url(url))

    def _begin[Kind: Fetch[Any]](self, fetch: Kind, at_once: bool = False) -> Kind:
        """Let a fetch wait for its turn at its host."""
        if not self._fetches:
            self._received = 0
        self._fetches.add(fetch)
        if not self._clock.isActive():
            self._clock.start()
        if at_once:
            self._state(fetch.host).in_flight += 1
            fetch.has_turn = True
            self._begun.add(fetch)
            fetch.start()
        else:
            self.wait_again(fetch)
        return fetch

    def is_idle(self) -> bool:
        return not self._fetches

    def host_states(self) -> Mapping[str, str]:
        """The hosts in trouble, each with its sentence."""
        return MappingProxyType({host: state.sentence for host, state in self._hosts.items() if state.sentence})

    def reach_of(self, host: str) -> HostReach:
        """The way in which a host is reached, or why only what is stored of it can be shown."""
        if self.offline:
            return HostReach.OFFLINE
        state = self._hosts.get(host)
        return state.reach if state is not None and state.sentence else HostReach.REACHED

    def set_offline(self, offline: bool) -> None:
        """Switch offline mode, in which only what is stored is shown, nothing at all is sent and no line stays open."""
        if offline != self.offline:
            self.offline = offline
            if offline:
                for fetch in list(self._fetches):
                    fetch.go_offline()
                self.network.clearConnectionCache()
            else:
                for host in list(self._hosts):
                    self.host_ready.emit(host)
            self.offline_changed.emit()

    def respect(self, service: TileService) -> None:
        """Hold to the terms of a service at its hosts, for this session; where those of two differ, to the stricter.

        Qt's formats are loaded meanwhile, on another thread: the first tile would have to wait for them.
        """
        self.work(readable_kinds, _forget_kinds)
        for host in service.hosts:
            state = self._state(host)
            state.most_at_once = min(state.most_at_once, service.max_connections)
            if self.tiles is not None:
                self.tiles.respect(host, service.min_cache_days, may_cache=service.may_cache)

    def forgive(self, host: str, *, only_lost: bool = False) -> None:
        """End the pause of a host; with `only_lost` of one that was not reached, and of no other."""
        if only_lost and (self.offline or not self.reach_of(host).is_cut_off):
            return
        self._state(host).succeeded()
        self.host_changed.emit(host, "")
        self.host_ready.emit(host)

    def wants_login(self, host: str) -> bool:
        """True for a host that lets nobody in without a login, or not with the one that it was shown."""
        return self._state(host).wants_login

    def sign_in(self, host: str, secret: Secret) -> None:
        """Show a secret to a host from now on, and have it asked again."""
        self.logins.use(host, secret)
        self.forgive(host)

    def sign_out(self, host: str) -> None:
        """Have a host asked again without the login that it had."""
        self.logins.drop_token(host)
        self.forgive(host)

    def stop(self, host: str) -> None:
        """Cancel all requests to a host that is no longer allowed, or redirected from another host to it."""
        for fetch in [fetch for fetch in self._fetches if host in (fetch.host, fetch.target_host)]:
            fetch.refuse(not_allowed(host))

    def close(self) -> None:
        """Abort everything; no answer is delivered afterwards.

        Qt objects are freed here, in the window's thread, and not by the thread that drops the last reference.
        """
        for state in self._hosts.values():
            state.waiting.clear()
        for fetch in list(self._fetches):
            fetch.cancel()
        self._clock.stop()
        self._recovery.stop()
        self._workers.wait_for_all()
        if self.tiles is not None:
            self.tiles.close()
        self.deleteLater()

    # -- as the context of fetches -----------------------------------------------------------------------------

    def only_stored(self, host: str) -> bool:
        """True while nothing is requested of a host: by choice, or because it is paused."""
        return self.offline or self._state(host).is_paused(time.monotonic())

    def stored_only_sentence(self, host: str) -> str:
        """The reason why only what is stored of a host is shown."""
        return self._state(host).sentence or Phrase("{host} is not asked while working offline.", host=host)

    def busy_until(self, host: str) -> float:
        """The time (monotonic) until which a busy host wants to be left alone; 0 for a host that is not busy."""
        return self._state(host).busy_until

    def received(self, count: int) -> None:
        """Count bytes that have come."""
        self._received += count

    def succeeded(self, host: str, *, has_given_tile: bool = False) -> None:
        """Note that the host has answered as it should."""
        state = self._state(host)
        if has_given_tile:
            state.tile_came()
        if self.only_stored(host):
            return
        state.proven = self.logins.secrets.of(host)
        was = state.sentence
        state.succeeded()
        if was:
            self.host_changed.emit(host, "")

    def is_gap(self, host: str) -> bool:
        """True where a refusal of one tile only says that the host has none there."""
        return self._state(host).is_gap()

    def failed(self, host: str, sentence: str, at_once: bool = False, reach: HostReach = HostReach.REACHED) -> None:
        """Count an error of a host; after enough of them, or `at_once`, the host is paused."""
        state = self._state(host)
        was = state.sentence
        state.failed(sentence, time.monotonic(), at_once, reach)
        self._tell(state, was)

    def pause(self, host: str, sentence: str, seconds: float, is_busy: bool = False) -> None:
        """Pause a host for that long."""
        state = self._state(host)
        was = state.sentence
        state.pause(sentence, seconds, time.monotonic(), is_busy)
        self._tell(state, was)

    def turned_away(self, host: str, sentence: str, *, is_certain: bool) -> None:
        """Note that a host wants a login, or another one: it is not asked again by itself once it has refused one."""
        state = self._state(host)
        was = state.sentence
        state.wants_login = True
        if is_certain or self._is_on_trial(state):
            state.shut_out(sentence)
        self._tell(state, was)

    def work[Result](self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do some work on another thread, and hand its result to `done` in the window's."""
        self._workers.add(self._posting(work, done))

    def ask_vault[Result](self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do what may wait for a person: the end of the program does not wait for it."""
        threading.Thread(target=self._posting(work, done), name="vault", daemon=True).start()

    def _posting[Result](self, work: Callable[[], Result], done: Callable[[Result], None]) -> Callable[[], None]:
        mailbox = self._mailbox
        # Emptied in the window's thread: a fetch that only this still held would else be taken apart in the other.
        held = [done]

        def run() -> None:
            result = work()
            mailbox.post(lambda: held.pop()(result))

        return run

    def wait_again(self, fetch: Fetch[Any]) -> None:
        """Let a fetch wait for its turn at its host."""
        state = self._state(fetch.host)
        state.waiting.append(fetch)
        self._next(state)

    def answered(self, fetch: Fetch[Any]) -> None:
        """Let the next request to a host begin: only work on this computer is left of this one."""
        if fetch.has_turn:
            fetch.has_turn = False
            state = self._state(fetch.host)
            state.in_flight -= 1
            self._next(state)

    def ended(self, fetch: Fetch[Any], nothing_there: bool, failed: bool) -> None:
        """Note that a fetch has ended, so that the next may begin."""
        if nothing_there:
            self.nothing_here[fetch.url.toString()] = time.monotonic() + NOTHING_HERE_S
        self._fetches.discard(fetch)
        self._begun.discard(fetch)
        if failed and fetch.counts_as_lacking and not self.offline:
            self._state(fetch.host).ask_again_at = time.monotonic() + self.limits.ask_again_s
            self._schedule_recovery()
        state = self._state(fetch.host)
        if fetch.has_turn:
            self.answered(fetch)
        elif fetch in state.waiting:
            state.waiting.remove(fetch)

    @Slot()
    def _tick(self) -> None:
        progress = len(self._fetches), self._received
        if progress != self._told_progress:
            self._told_progress = progress
            self.progressed.emit(*progress)
        if not self._fetches:
            self._clock.stop()
        now = time.monotonic()
        for fetch in list(self._begun):
            fetch.tick(now)

    # -- hosts --------------------------------------------------------------------------------------------------

    def _state(self, host: str) -> HostState:
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = HostState(host)
        return state

    def _is_on_trial(self, state: HostState) -> bool:
        """True while a host has not let anybody in with its present login."""
        secret = self.logins.secrets.of(state.host)
        return self.logins.has_login(state.host) and (secret is None or state.proven != secret)

    def _next(self, state: HostState) -> None:
        # One at a time while a login is on trial: six wrong ones at once may lock an analyst out.
        most = 1 if self._is_on_trial(state) else min(self.limits.in_flight, state.most_at_once)
        while state.waiting and state.in_flight < most:
            state.in_flight += 1
            fetch = state.waiting.popleft()
            fetch.has_turn = True
            self._begun.add(fetch)
            fetch.start()

    def _tell(self, state: HostState, was: str) -> None:
        if state.sentence:
            self._schedule_recovery()
        if state.sentence != was:
            self.host_changed.emit(state.host, in_language(state.sentence))

    def _schedule_recovery(self) -> None:
        now = time.monotonic()
        ends = [end for state in self._hosts.values() for end in state.ends(now)]
        if ends:
            self._recovery.start(int(1000 * (min(ends) - now)) + 50)

    @Slot()
    def _look_for_recovered(self) -> None:
        now = time.monotonic()
        for state in list(self._hosts.values()):
            if state.take_ready(now):
                # The sentence stays until the host has answered: no badge that blinks.
                self.host_ready.emit(state.host)
        self._schedule_recovery()
