"""Asks a server for one thing, within the limits that every server is held to."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest, QSslError

from layers.errors import GeoloupeError, NotAllowed, ServerFault
from layers.phrase import Phrase
from viewer.network.answer import REDIRECTS, REFUSALS, HttpAnswer, answer_of, unpacked
from viewer.network.consent import Consent, host_of_url
from viewer.network.host_state import HostReach
from viewer.network.logins import Logins
from viewer.network.secrets import Secret
from viewer.network.server_faults import (
    CERTIFICATE_FAULTS,
    AnsweredInWords,
    LoginRefused,
    NoNetwork,
    NoSuchName,
    NotTrusted,
    Unreachable,
    fault_of,
    is_worth_retrying,
    not_allowed,
    refusal_of,
)
from viewer.network.signing import Signing
from viewer.network.tile_store import TileStore

_Error = QNetworkReply.NetworkError
_Attribute = QNetworkRequest.Attribute
_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
_LENGTH = QNetworkRequest.KnownHeaders.ContentLengthHeader
type Block = bytes | bytearray | memoryview[int]
"""Some bytes as Qt gives them."""
BUSY = (429, 503)
MOST_WORDS_BYTES = 1 << 20
"""Most bytes of an error in a server's own words, unpacked."""
READ_AHEAD_BYTES = 256 << 10
"""Most bytes of an answer that Qt takes before they are counted: it would take gigabytes while the window is busy."""
REFUSED_S = 300.0
"""Seconds for which a server of tiles is left alone that has refused one."""
BUSY_S = 30.0
"""Seconds for which a server is left alone that is busy and does not say for how long."""


class Limits(Struct, frozen=True):
    """Limits of time, size and number for the requests to a server.

    Times and bytes without more are those of a tile; a document may take longer, as it is made when it is asked for.
    """

    idle_s: float = 10.0
    total_s: float = 30.0
    body_bytes: int = 2 << 20
    document_idle_s: float = 20.0
    document_total_s: float = 120.0
    document_bytes: int = 32 << 20
    map_bytes: int = 8 << 20
    """Bytes of a map picture that a server draws on request; it may take as long as a document."""
    range_bytes: int = 8 << 20
    patience_s: float = 60.0
    """Longest pause of a busy server that a document waits for."""
    redirects: int = 3
    retries: int = 3
    first_backoff_s: float = 0.4
    ask_again_s: float = 60.0
    in_flight: int = 6


class RequestBounds(NamedTuple):
    """Bounds of one request: seconds without a byte, seconds in all, and bytes."""

    idle_s: float
    total_s: float
    body_bytes: int


class FetchContext(Protocol):
    """The network, its rules and the state of each host, as a fetch uses them. The fetcher is one."""

    consent: Consent
    limits: Limits
    user_agent: str
    network: QNetworkAccessManager
    offline: bool
    logins: Logins
    signing: Signing
    tiles: TileStore | None

    def only_stored(self, host: str) -> bool:
        """True while nothing is requested of a host: by choice, or because it is paused."""

    def reach_of(self, host: str) -> HostReach:
        """The way in which a host is reached, or why only what is stored of it can be shown."""

    def stored_only_sentence(self, host: str) -> str:
        """The reason why only what is stored of a host is shown."""

    def busy_until(self, host: str) -> float:
        """The time (monotonic) until which a busy host wants to be left alone; 0 for a host that is not busy."""

    def succeeded(self, host: str, *, has_given_tile: bool = False) -> None:
        """Note that the host has answered as it should."""

    def is_gap(self, host: str) -> bool:
        """True where a refusal of one tile only says that the host has none there."""

    def failed(self, host: str, sentence: str, at_once: bool = False, reach: HostReach = HostReach.REACHED) -> None:
        """Count an error of a host; after enough of them, or `at_once`, the host is paused."""

    def pause(self, host: str, sentence: str, seconds: float, is_busy: bool = False) -> None:
        """Pause a host for that long."""

    def turned_away(self, host: str, sentence: str, *, is_certain: bool) -> None:
        """Note that a host wants a login, or another one. Where it has refused one, it is not asked again until
        somebody signs in or says so: such servers lock those out who try often.
        """

    def without_key(self, url: QUrl) -> QUrl:
        """The address without a key or token, under which what is there is kept."""

    def work[Result](self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do some work on another thread, and hand its result to `done` in the window's."""

    def received(self, count: int) -> None:
        """Count bytes that have come."""

    def answered(self, fetch: Fetch[Any]) -> None:
        """Let the next request to a host begin: only work on this computer is left of this one."""

    def wait_again(self, fetch: Fetch[Any]) -> None:
        """Let a fetch wait for its turn at its host."""

    def ended(self, fetch: Fetch[Any], nothing_there: bool, failed: bool) -> None:
        """Note that a fetch has ended, so that the next may begin."""


class Fetch[Result]:
    """Asks for one thing, then calls `done(result, None)`, `done(None, None)` for a thing that the server lacks, or
    `done(result or None, error)`. What is asked for, and what becomes of the body, is said by the kinds of fetches.

    No QObject, and without timers of its own: `tick` is called by the fetcher's one clock. (Qt objects that Python's
    garbage collector may free on some other thread crash.)
    """

    is_of_tiles = False
    _packing = b"gzip"
    """Ways of packing that a server may use."""
    counts_as_lacking = False
    """True where a failure lets those who draw ask again after a while."""

    def __init__(
        self,
        context: FetchContext,
        url: QUrl,
        bounds: RequestBounds,
        done: Callable[[Result | None, GeoloupeError | None], None],
    ) -> None:
        self.url = url
        self.host = host_of_url(url)
        self._context = context
        self._limits = context.limits
        self._bounds = bounds
        self._done = done
        self._reply: QNetworkReply | None = None
        self._target, self.target_host = url, self.host
        self._written_target = ""
        """The address of the present request as it is written, once that was asked for."""
        self._body = bytearray()
        self._cut = ""
        self._is_cut_for_kind = False
        self._tries = 0
        self._redirects = 0
        self._from_store = self._was_renewed = False
        self._shown: Secret | str | None = None
        """The secret or token that the last request has shown."""
        self._is_login = self._is_post = False
        self._token = ""
        """The token with which the address was signed."""
        self._was_signed_anew = False
        self._certificate_fault = ""
        self._deadline_at = math.inf
        self._resume_at = math.inf
        self.is_over = False
        self.has_turn = False
        """True while this is one of the requests to its host, of which only some are made at once."""

    # -- what the kinds of fetches say ------------------------------------------------------------------------------

    def _look_up(self) -> None:
        """Look for a copy with which the server need not be asked, and ask without one."""
        self._ask()

    def _begin(self) -> None:
        """Send the request, or look first for a copy to ask about."""
        self._send()

    def _prepare(self, request: QNetworkRequest) -> None:
        """Set the headers and attributes of a request that are of this kind."""

    def _sent_by(self, network: QNetworkAccessManager, request: QNetworkRequest) -> QNetworkReply:
        return network.get(request)

    def _look_at_headers(self, reply: QNetworkReply) -> str:
        """The reason, a sentence, to cut an answer off whose headers have come; empty for none."""
        return ""

    def _too_large(self) -> str:
        raise NotImplementedError

    def _too_slow(self) -> str:
        raise NotImplementedError

    def _is_settled(self, answer: HttpAnswer, error: _Error) -> bool:
        """True where the answer means something of its own to this kind, which has acted on it."""
        return False

    def _refused(self, answer: HttpAnswer) -> None:
        """Act on a refusal."""
        raise NotImplementedError

    def _busy(self, answer: HttpAnswer, pause_s: float) -> None:
        """Act on a server that is busy, which is left alone for so long."""
        raise NotImplementedError

    def _take(self, answer: HttpAnswer) -> None:
        """Make a result of an answer that is as it should be."""
        raise NotImplementedError

    def _result_of_error(self, answer: HttpAnswer) -> Result | None:
        """The result that stands beside the error where a server has answered with one."""
        return None

    def _give_up(self, error: GeoloupeError, result: Result | None) -> None:
        """End with an error after the last try, unless something stored may do."""
        self._finish(result, error)

    # -- its life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Send the request. While the host is paused, or offline, only what is stored is looked at."""
        if not self._context.consent.permits(self.host):  # withdrawn while it waited for its turn
            self.refuse(not_allowed(self.host))
            return
        self._from_store = self._context.only_stored(self.host)
        self._aim_at(self.url)
        self._redirects = 0
        self._deadline_at = self._resume_at = math.inf
        self._look_up()

    def _ask(self) -> None:
        """Prepare the login and the signature that the request needs, and begin."""
        if self._from_store or self._is_login:
            self._let_in(None)
        else:
            self._context.logins.prepare(self.url, self._sign)

    def _sign(self, error: GeoloupeError | None) -> None:
        if error is not None or self.is_over or self._is_post:
            if isinstance(error, LoginRefused):
                self._context.turned_away(self.host, error.sentence, is_certain=True)
            elif isinstance(error, ServerFault):
                self._context.failed(self.host, error.sentence, at_once=True)
            self._let_in(error)
        else:
            self._context.signing.prepare(self.url, self._let_in)

    def _let_in(self, error: GeoloupeError | None) -> None:
        if self.is_over:
            return
        if error is not None:
            self._finish(None, error)
            return
        self._deadline_at = time.monotonic() + self._bounds.total_s
        self._begin()

    def tick(self, now: float) -> None:
        """Check whether a limit has passed, or a pause has ended."""
        if now >= self._deadline_at:
            self._deadline_at = math.inf
            self._cut_off(self._too_slow())
        elif now >= self._resume_at:
            self._start_again()

    def _aim_at(self, target: QUrl) -> None:
        self._target, self._written_target = target, ""
        self.target_host = self.host if target == self.url else host_of_url(target)
        """The host of the present request: not `host` where that has redirected the request."""

    def _write_target(self) -> str:
        """The address of the present request as it is written."""
        self._written_target = self._written_target or self._target.toString(_ENCODED)
        return self._written_target

    def _start_again(self) -> None:
        """Start anew, in turn where the turn has gone to another fetch."""
        if self.has_turn:
            self.start()
        else:
            self._deadline_at = self._resume_at = math.inf
            self._context.wait_again(self)

    def refuse(self, error: NotAllowed) -> None:
        """End the fetch with this error."""
        self._finish(None, error)

    def cancel(self) -> None:
        """End the fetch without an answer."""
        self._finish(None, None, silent=True)

    def go_offline(self) -> None:
        """Give up a request that is under way, and look at what is stored instead."""
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            reply.deleteLater()
        if reply is not None or self._resume_at < math.inf:
            self.start()

    def _keep(self, block: Block) -> None:
        """Keep some bytes of an answer."""
        self._body += block

    @property
    def _length(self) -> int:
        """Number of bytes of the answer that have come."""
        return len(self._body)

    def _send(self) -> None:
        if self._context.offline:  # since it began
            self.start()
            return
        self._body.clear()
        self._cut = self._certificate_fault = ""
        request = QNetworkRequest(
            _polite_request(self._context.user_agent, int(self._bounds.idle_s * 1000), self._packing)
        )
        request.setUrl(self._target)
        self._prepare(request)
        self._shown = None
        if not self._is_login and self.target_host == self.host:
            self._shown = self._context.logins.shown(self.host)
            self._context.logins.apply(request, self.host)
        if not (self._is_login or self._is_post):
            self._token = self._context.signing.apply(request)
        self._reply = self._sent_by(self._context.network, request)
        self._reply.setReadBufferSize(READ_AHEAD_BYTES)
        self._reply.readyRead.connect(self._read)
        if self._target.scheme() == "https":
            self._reply.sslErrors.connect(self._distrust)
        self._reply.finished.connect(self._ended)

    def _read(self) -> None:
        reply = self._reply
        if reply is None or self._cut:
            return
        announced = reply.header(_LENGTH)
        block = reply.readAll().data()
        self._keep(block)
        self._context.received(len(block))
        if why := self._look_at_headers(reply):
            self._is_cut_for_kind = True
            self._cut_off(why)
        elif self._length > self._bounds.body_bytes or (announced or 0) > self._bounds.body_bytes:
            self._cut_off(self._too_large())

    def _cut_off(self, why: str) -> None:
        self._cut = why
        if self._reply is not None:
            self._reply.abort()

    def _distrust(self, faults: list[QSslError]) -> None:
        """Note the faults of a certificate. None is ever ignored, so that the reply ends with an error next."""
        errors = {fault.error() for fault in faults}
        self._certificate_fault = next((words for fault, words in CERTIFICATE_FAULTS.items() if fault in errors), "")

    def _ended(self) -> None:
        reply, self._reply = self._reply, None
        if reply is None or self.is_over:
            return
        if not self._cut and reply.isOpen():
            self._keep(reply.readAll().data())
            self._cut = self._too_large() if self._length > self._bounds.body_bytes else ""
        error = reply.error()
        if error == _Error.NoError and is_short(reply, self._length):
            error = _Error.RemoteHostClosedError  # Qt does not always notice
        text = "" if error == _Error.NoError else reply.errorString()
        answer = answer_of(reply, bytes(self._body), self._write_target())
        if answer.status >= 400:  # its words are few, and read at once
            answer = unpacked(answer, MOST_WORDS_BYTES) or replace(answer, body=b"")
        reply.deleteLater()
        status, pause_s = answer.status, answer.retry_after_s
        if self._cut and self._is_cut_for_kind:
            self._context.succeeded(self.host)
            self._finish(None, ServerFault(self._cut))
        elif self._cut:
            self._fail(ServerFault(self._cut))
        elif status in REDIRECTS:
            # The known header is parsed as a whole address: a relative one would be lost.
            self._redirect(status, QUrl.fromEncoded(reply.rawHeader("Location")))
        elif self._is_settled(answer, error):
            return
        elif status in REFUSALS and pause_s is None and self._has_another_login(status):
            self._was_renewed = True
            self.start()
        elif status in REFUSALS and pause_s is None and self._is_worth_signing_anew():
            self._was_signed_anew = True
            self.start()
        elif status in REFUSALS and pause_s is None:
            if why := self._context.signing.refusal(self._target):
                self._fail(why)
            else:
                self._refused(answer)
        elif status in BUSY + REFUSALS:  # a refusal that passes is one of a busy server
            self._busy(answer, BUSY_S if pause_s is None else pause_s)
        elif status >= 400 or error != _Error.NoError:
            fault = self._fault_in_words(answer) or fault_of(
                self.host, status, error, text, self._certificate_fault, is_of_tiles=self.is_of_tiles
            )
            self._fail(fault, is_worth_retrying(status, error), self._result_of_error(answer))
        else:
            self._take(answer)

    def _has_another_login(self, status: int) -> bool:
        if self._was_renewed or self._is_login or self.target_host != self.host:
            return False
        return self._context.logins.renew(self.host, self._shown, status)

    def _refusal(self, answer: HttpAnswer, *, stops: bool) -> LoginRefused:
        """The fault of a refusal, which is noted; with `stops` the host is left alone for a while in any case."""
        # For start-up time: few answers are refusals, as below.
        from layers.services.server_words import words_of_server

        words = "" if self.is_of_tiles else words_of_server(answer.body)
        has_login = self._shown is not None
        fault = refusal_of(self.host, answer.status, words, has_login=has_login, is_of_tiles=self.is_of_tiles)
        fault = LoginRefused(self._discreet(fault).sentence)
        if not self._is_login and self.target_host == self.host:
            self._context.turned_away(self.host, fault.sentence, is_certain=has_login and answer.status == 401)
        if stops and not self._context.only_stored(self.host):
            self._context.pause(self.host, fault.sentence, REFUSED_S)
        return fault

    def _is_worth_signing_anew(self) -> bool:
        if self._was_signed_anew or self._is_login or self._is_post:
            return False
        return self._context.signing.renew(self._target, self._token)

    def _fault_in_words(self, answer: HttpAnswer) -> ServerFault | None:
        """The fault of an error that the server explains itself; None where it does not, or only by a web page."""
        from layers.services.server_words import is_web_page, words_of_server  # for start-up time

        words = "" if answer.status < 400 or is_web_page(answer.body) else words_of_server(answer.body)
        if not words:
            return None
        what = "{host} answers with error {code}: {words}"
        return AnsweredInWords(what, host=self.host, code=answer.status, words=words)

    def _redirect(self, status: int, location: QUrl) -> None:
        target = self._context.logins.without_key(self._target.resolved(location), self.host)
        target = self._context.signing.without_token(target)
        host = host_of_url(target)
        downgrade = self._target.scheme() == "https" and target.scheme() == "http"
        self._redirects += 1
        if target.scheme() not in ("http", "https") or downgrade or target.userInfo():
            self._fail(ServerFault("{host} sends us to an address that is not followed.", host=self.host))
        elif host != self.host and (self._is_login or not self._context.consent.permits(host)):
            self._context.consent.note_sent_on(self.host, host)
            self._fail(
                NotAllowed(
                    "{host} sends us on to {host_2}, which is not allowed.",
                    host=self.host,
                    host_2=host or Phrase("another host"),
                )
            )
        elif self._redirects > self._limits.redirects:
            self._fail(ServerFault("{host} sends us round in circles.", host=self.host))
        else:
            self._context.signing.sent_on(self._target, target)
            self._aim_at(target)
            self._follow(status)

    def _follow(self, status: int) -> None:
        """Send the request to where a redirect leads."""
        self._send()

    def _fail(self, error: GeoloupeError, retry: bool = False, result: Result | None = None) -> None:
        """Count an error against the host; try again after a pause where that may help and the host is not paused."""
        error = self._discreet(error)
        if not self._from_store:
            at_once = isinstance(error, NoSuchName | NotTrusted)
            self._context.failed(self.host, error.sentence, at_once, _reach_in(error))
        self._deadline_at = math.inf
        if retry and self._tries < self._limits.retries and not self._context.only_stored(self.host):
            pause_s = self._limits.first_backoff_s * 2**self._tries * random.uniform(0.8, 1.2)
            self._resume_at = time.monotonic() + pause_s
            self._tries += 1
        else:
            self._give_up(error, result)

    def _discreet(self, error: GeoloupeError) -> GeoloupeError:
        return self._context.signing.discreet(self._context.logins.discreet(error, self.host), self.host)

    def _finish(self, result: Result | None, error: GeoloupeError | None, silent: bool = False) -> None:
        if self.is_over:
            return
        self.is_over = True
        error = error and self._discreet(error)
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            reply.deleteLater()
        self._context.ended(self, result is None and error is None and not silent, error is not None)
        if not silent:
            self._done(result, error)


def _reach_in(error: GeoloupeError) -> HostReach:
    """The way in which a host was reached, by the error of a request."""
    if isinstance(error, NoNetwork):
        return HostReach.NO_NETWORK
    return HostReach.UNREACHABLE if isinstance(error, Unreachable) else HostReach.REACHED


@cache
def _polite_request(user_agent: str, idle_ms: int, packing: bytes) -> QNetworkRequest:
    """A request without an address: no cookies, no redirect that is followed unseen, no endless wait."""
    request = QNetworkRequest()
    request.setHeader(QNetworkRequest.KnownHeaders.UserAgentHeader, user_agent)
    request.setAttribute(_Attribute.RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.ManualRedirectPolicy)
    for cookies in (_Attribute.CookieLoadControlAttribute, _Attribute.CookieSaveControlAttribute):
        request.setAttribute(cookies, QNetworkRequest.LoadControl.Manual)
    request.setTransferTimeout(idle_ms)
    # Named here, as Qt would unpack what it names itself: in the window's thread, and beyond the bounds.
    request.setRawHeader(b"Accept-Encoding", packing)
    return request


def is_short(reply: QNetworkReply, length: int) -> bool:
    """True where fewer bytes have come than were announced."""
    announced = reply.header(_LENGTH)
    return announced is not None and length < int(announced)
