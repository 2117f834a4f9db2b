"""Fetches one tile, within the limits that every server is held to."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from msgspec import Struct
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest, QSslError

from layers.errors import GeoloupeError, NotAllowed, ServerFault
from layers.phrase import Phrase
from viewer.network.consent import Consent
from viewer.network.decode import HalfPicture
from viewer.network.tile_store import host_of_url

type ImageDone = Callable[[QImage | None, GeoloupeError | None], None]
_Error = QNetworkReply.NetworkError
_Attribute = QNetworkRequest.Attribute
REDIRECTS = (301, 302, 303, 307, 308)
NOTHING_HERE = (204, 404, 410)
NO_SUCH_NAME = (_Error.HostNotFoundError, _Error.ProxyNotFoundError)
UNREACHABLE = (
    _Error.ConnectionRefusedError,
    _Error.UnknownNetworkError,
    _Error.TemporaryNetworkFailureError,
    _Error.NetworkSessionFailedError,
)
PROXY = (
    _Error.ProxyConnectionRefusedError,
    _Error.ProxyConnectionClosedError,
    _Error.ProxyTimeoutError,
    _Error.ProxyAuthenticationRequiredError,
    _Error.UnknownProxyError,
)
NO_ANSWER = (_Error.OperationCanceledError, _Error.TimeoutError)
CERTIFICATE_FAULTS = {
    QSslError.SslError.CertificateExpired: Phrase("has expired"),
    QSslError.SslError.CertificateNotYetValid: Phrase("is not valid yet (is the clock of this computer right?)"),
    QSslError.SslError.HostNameMismatch: Phrase("is that of another host"),
    QSslError.SslError.SelfSignedCertificate: Phrase("is signed only by itself"),
    QSslError.SslError.SelfSignedCertificateInChain: Phrase("is signed by an authority that is not known here"),
    QSslError.SslError.UnableToGetLocalIssuerCertificate: Phrase("is signed by an authority that is not known here"),
    QSslError.SslError.CertificateRevoked: Phrase("was withdrawn"),
}
"""Reasons for refusing a server's certificate, in the order in which they are looked for."""


class Limits(Struct, frozen=True):
    """Limits of time, size and number for the requests to a server."""

    idle_s: float = 10.0
    total_s: float = 30.0
    body_bytes: int = 2 << 20
    redirects: int = 3
    retries: int = 3
    first_backoff_s: float = 0.4
    ask_again_s: float = 60.0
    in_flight: int = 6


class FetchContext(Protocol):
    """The network, its rules and the state of each host, as a fetch uses them. The fetcher is one."""

    consent: Consent
    limits: Limits
    user_agent: str
    network: QNetworkAccessManager

    def only_stored(self, host: str) -> bool:
        """True while nothing is requested of a host: by choice, or because it is paused."""

    def stored_only_sentence(self, host: str) -> str:
        """The reason why only stored tiles of a host are shown."""

    def succeeded(self, host: str) -> None:
        """Note that the host has answered as it should."""

    def failed(self, host: str, sentence: str, at_once: bool = False, is_unreachable: bool = False) -> None:
        """Count an error of a host; after enough of them, or `at_once`, the host is paused."""

    def pause(self, host: str, sentence: str, seconds: float) -> None:
        """Pause a host for that long."""

    def forget(self, url: QUrl) -> None:
        """Drop a damaged tile from the store."""

    def decode(self, body: bytes, host: str, decoded: Callable[[QImage | ServerFault], None]) -> None:
        """Decode a tile on another thread, and hand it to `decoded` in the window's."""

    def ended(self, fetch: Fetch, nothing_there: bool, failed: bool) -> None:
        """Note that a fetch has ended, so that the next may begin."""


class Fetch:
    """Fetches one tile, then calls `done(image, None)`, `done(None, None)` for a tile that the server lacks, or
    `done(None, error)`.

    No QObject, and without timers of its own: `tick` is called by the fetcher's one clock. (Qt objects that Python's
    garbage collector may free on some other thread crash.)
    """

    def __init__(self, context: FetchContext, url: QUrl, done: ImageDone) -> None:
        self.url = url
        self.host = host_of_url(url)
        self._context = context
        self._limits = context.limits
        self._done = done
        self._reply: QNetworkReply | None = None
        self._target = url
        self._body = bytearray()
        self._cut = ""
        self._tries = 0
        self._redirects = 0
        self._from_store = self._was_refetched = self._was_sent = False
        self._certificate_fault = ""
        self._deadline_at = math.inf
        self._resume_at = math.inf
        self.is_over = False

    def start(self) -> None:
        """Send the request. While the host is paused, or offline, only the store is asked."""
        if not self._context.consent.permits(self.host):  # withdrawn while it waited for its turn
            self.refuse(not_allowed(self.host))
            return
        self._from_store = self._context.only_stored(self.host)
        self._target, self._redirects = self.url, 0
        self._deadline_at, self._resume_at = time.monotonic() + self._limits.total_s, math.inf
        self._send()

    def tick(self, now: float) -> None:
        """Check whether a limit has passed, or a pause has ended."""
        if now >= self._deadline_at:
            self._too_slow()
        elif now >= self._resume_at:
            self.start()

    @property
    def target_host(self) -> str:
        """The host of the present request: not `host` where that has redirected the request."""
        return host_of_url(self._target)

    @property
    def body(self) -> bytes:
        """The bytes that have come, unpacked; of a tile once it is done those that its picture was made of."""
        return bytes(self._body)

    def refuse(self, error: NotAllowed) -> None:
        """End the fetch with this error."""
        self._finish(None, error)

    def cancel(self) -> None:
        """End the fetch without an answer."""
        self._finish(None, None, silent=True)

    def _send(self) -> None:
        self._body.clear()
        self._cut = self._certificate_fault = ""
        self._was_sent = False
        request = QNetworkRequest(self._target)
        request.setHeader(QNetworkRequest.KnownHeaders.UserAgentHeader, self._context.user_agent)
        request.setRawHeader(b"Accept", b"image/png,image/jpeg,image/webp")
        load = QNetworkRequest.CacheLoadControl
        request.setAttribute(
            _Attribute.CacheLoadControlAttribute, load.AlwaysCache if self._from_store else load.PreferNetwork
        )
        request.setAttribute(_Attribute.RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.ManualRedirectPolicy)
        for cookies in (_Attribute.CookieLoadControlAttribute, _Attribute.CookieSaveControlAttribute):
            request.setAttribute(cookies, QNetworkRequest.LoadControl.Manual)
        request.setTransferTimeout(int(self._limits.idle_s * 1000))
        self._reply = self._context.network.get(request)
        self._reply.readyRead.connect(self._read)
        self._reply.requestSent.connect(self._sent)
        self._reply.sslErrors.connect(self._distrust)
        self._reply.finished.connect(self._ended)

    def _read(self) -> None:
        reply = self._reply
        if reply is None or self._cut:
            return
        announced = reply.header(QNetworkRequest.KnownHeaders.ContentLengthHeader)
        self._body += reply.readAll().data()
        if len(self._body) > self._limits.body_bytes or (announced or 0) > self._limits.body_bytes:
            most_mb = self._limits.body_bytes >> 20
            self._cut = Phrase(
                "{host} sent more than {mb} MB for one tile: it was cut off.", host=self.host, mb=most_mb
            )
            reply.abort()

    def _sent(self) -> None:
        self._was_sent = True

    def _distrust(self, faults: list[QSslError]) -> None:
        """Note the faults of a certificate. None is ever ignored, so that the reply ends with an error next."""
        errors = {fault.error() for fault in faults}
        self._certificate_fault = next((words for fault, words in CERTIFICATE_FAULTS.items() if fault in errors), "")

    def _too_slow(self) -> None:
        self._deadline_at = math.inf
        longest_s = f"{self._limits.total_s:g}"
        self._cut = Phrase("{host} took longer than {seconds} s for one tile.", host=self.host, seconds=longest_s)
        if self._reply is not None:
            self._reply.abort()

    def _ended(self) -> None:
        reply, self._reply = self._reply, None
        if reply is None or self.is_over:
            return
        if not self._cut and reply.isOpen():
            self._body += reply.readAll().data()
        status = int(reply.attribute(_Attribute.HttpStatusCodeAttribute) or 0)
        error = reply.error()
        if error == _Error.NoError and is_short(reply, len(self._body)):
            error = _Error.RemoteHostClosedError  # Qt does not always notice
        # The known header is parsed as a whole address: a relative one would be lost.
        location = QUrl.fromEncoded(reply.rawHeader("Location")) if status in REDIRECTS else None
        wait = _seconds(bytes(reply.rawHeader("Retry-After").data()))
        text = reply.errorString()
        is_stored = bool(reply.attribute(_Attribute.SourceIsFromCacheAttribute))
        reply.deleteLater()
        if self._cut:
            self._fail(ServerFault(self._cut))
        elif self._from_store and error != _Error.NoError:
            self._finish(None, ServerFault(self._context.stored_only_sentence(self.host)))
        elif location is not None:
            self._redirect(location)
        elif status in NOTHING_HERE or (status == 200 and error == _Error.NoError and not self._body):
            self._context.succeeded(self.host)
            self._finish(None, None)
        elif status in (401, 403):
            sentence = Phrase(
                "{host} refuses us (code {code}): it may want a key, or not want us at all.",
                host=self.host,
                code=status,
            )
            self._context.pause(self.host, sentence, 300.0)
            self._finish(None, ServerFault(sentence))
        elif status in (429, 503):
            sentence = Phrase("{host} is busy and asks us to wait: tiles come again by themselves.", host=self.host)
            self._context.pause(self.host, sentence, 30.0 if wait is None else wait)
            self._finish(None, ServerFault(sentence))
        elif status >= 400 or error != _Error.NoError:
            fault = _fault(self.host, status, error, text, self._certificate_fault)
            self._fail(fault, retry=_is_worth_retrying(status, error))
        else:
            self._context.decode(bytes(self._body), self.host, partial(self._decoded, is_stored))

    def _redirect(self, location: QUrl) -> None:
        target = self._target.resolved(location)
        host = host_of_url(target)
        downgrade = self._target.scheme() == "https" and target.scheme() == "http"
        self._redirects += 1
        if target.scheme() not in ("http", "https") or downgrade or target.userInfo():
            self._fail(ServerFault("{host} sends us to an address that is not followed.", host=self.host))
        elif host != self.host and not self._context.consent.permits(host):
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
            self._target = target
            self._send()

    def _decoded(self, is_stored: bool, result: QImage | ServerFault) -> None:
        if self.is_over:
            return
        if isinstance(result, QImage):
            if self._was_sent:  # what comes from our own disk says nothing about the server
                self._context.succeeded(self.host)
            self._finish(result, None)
            return
        # What is no picture must not come back from the store either.
        self._context.forget(self._target)
        if is_stored and not (self._was_refetched or self._context.only_stored(self.host)):
            self._was_refetched = True  # it was damaged on our own disk: the server is asked, not blamed
            self.start()
            return
        self._fail(result, retry=isinstance(result, HalfPicture) and self._tries == 0)

    def _fail(self, error: GeoloupeError, retry: bool = False) -> None:
        """Count an error against the host; try again after a pause where that may help and the host is not paused."""
        if not self._from_store:
            at_once = isinstance(error, NoSuchName | NotTrusted)
            self._context.failed(self.host, error.sentence, at_once, isinstance(error, Unreachable))
        self._deadline_at = math.inf
        if retry and self._tries < self._limits.retries and not self._context.only_stored(self.host):
            pause_s = self._limits.first_backoff_s * 2**self._tries * random.uniform(0.8, 1.2)
            self._resume_at = time.monotonic() + pause_s
            self._tries += 1
        elif self._context.only_stored(self.host) and not self._from_store:
            # The host has just been given up: what is stored of it still shows.
            self.start()
        else:
            self._finish(None, error)

    def _finish(self, image: QImage | None, error: GeoloupeError | None, silent: bool = False) -> None:
        if self.is_over:
            return
        self.is_over = True
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            reply.deleteLater()
        self._context.ended(self, image is None and error is None and not silent, error is not None)
        if not silent:
            self._done(image, error)


def not_allowed(host: str) -> NotAllowed:
    """The refusal to contact a host that has not been allowed."""
    return NotAllowed("{host} is not contacted until you allow it.", host=host)


class Unreachable(ServerFault):
    """Raised where nothing came from the server: for it, this computer is as good as offline."""


class NoSuchName(Unreachable):
    """Raised where the name cannot be looked up: no network, or a wrong name. Another request at once cannot help."""


class NotTrusted(ServerFault):
    """Raised where the server cannot prove who it is: nothing is requested of it, and trying again cannot help."""


def _fault(host: str, status: int, error: _Error, text: str, certificate_fault: str) -> ServerFault:
    if status >= 400:
        return ServerFault(
            "{host} answers with error {status}: tiles that are stored still show.", host=host, status=status
        )
    if error in NO_SUCH_NAME:
        return NoSuchName("{host} is not found: no network, or the name is wrong. Stored tiles still show.", host=host)
    if error in UNREACHABLE:
        return Unreachable("{host} cannot be reached: tiles that are stored still show.", host=host)
    if error in PROXY:
        return Unreachable(
            "{host} cannot be reached through the proxy of this computer: stored tiles still show.", host=host
        )
    if error in NO_ANSWER:
        return Unreachable("{host} does not answer: tiles that are stored still show.", host=host)
    if error == _Error.UnknownContentError:
        return ServerFault(
            "{host} sent a packed tile that cannot be unpacked, or that is far too large then.", host=host
        )
    if error == _Error.SslHandshakeFailedError:
        why = (
            Phrase("its certificate {fault}", fault=certificate_fault)
            if certificate_fault
            else Phrase("no safe connection ({text})", text=text)
        )
        return NotTrusted("{host} is not used: {why}. Stored tiles still show.", host=host, why=why)
    return ServerFault("{host} did not send the tile ({text}): tiles that are stored still show.", host=host, text=text)


def is_short(reply: QNetworkReply, length: int) -> bool:
    """True where fewer bytes have come than were announced, for content that is not compressed."""
    announced = reply.header(QNetworkRequest.KnownHeaders.ContentLengthHeader)
    is_packed = bool(reply.rawHeader("Content-Encoding").data())
    return announced is not None and not is_packed and length < int(announced)


def _is_worth_retrying(status: int, error: _Error) -> bool:
    return status in (500, 502, 504) or error in (_Error.RemoteHostClosedError, _Error.ConnectionRefusedError)


def _seconds(value: bytes) -> float | None:
    """Seconds of a Retry-After; None for a date, which is not parsed."""
    return float(value) if value.isdigit() and len(value) < 8 else None
