"""Fetches one document: capabilities, an item, a page of a search, or whatever else is no picture."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import override

from msgspec.structs import replace
from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from layers.errors import GeoloupeError, ServerFault
from layers.phrase import Phrase
from layers.services.http_request import BodyKind, HttpRequest
from viewer.network.answer import HttpAnswer, unpacked
from viewer.network.document_store import DocumentStore
from viewer.network.fetch import Fetch, FetchContext, Limits, RequestBounds
from viewer.network.server_faults import Unreachable

type DocumentDone = Callable[[HttpAnswer | None, GeoloupeError | None], None]
_Error = QNetworkReply.NetworkError
_Attribute = QNetworkRequest.Attribute
ACCEPT = "application/json, application/geo+json, application/xml, text/xml;q=0.9, */*;q=0.5"
NOT_MODIFIED = 304
ANSWERED = range(400, 500)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "cookie", "host", "origin", "proxy-authorization", "referer"}
    | {"te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers that no page of a catalogue may set."""


class WaitingFetch(Fetch[HttpAnswer]):
    """A fetch of something that is asked for once: it waits for a busy server, and brings the answer of an error too.

    A refusal or a wrong question is not held against the host, which has answered; many refusals in a row are.
    """

    @override
    def start(self) -> None:
        busy_until = self._context.busy_until(self.host)
        if 0.0 < busy_until - time.monotonic() <= self._limits.patience_s and not self._context.offline:
            self._deadline_at, self._resume_at = math.inf, busy_until
        else:
            super().start()

    @override
    def _is_settled(self, answer: HttpAnswer, error: _Error) -> bool:
        if answer.status not in ANSWERED or answer.status in (401, 403, 408, 429):
            return False
        self._context.succeeded(self.host)
        if fault := self._fault_in_words(answer):
            self._finish(answer, fault)
        elif answer.status in (404, 410):
            sentence = Phrase("{host} has nothing at this address (code {code}).", host=self.host, code=answer.status)
            self._finish(answer, ServerFault(sentence))
        else:
            self._finish(
                answer, ServerFault("{host} answers with error {status}.", host=self.host, status=answer.status)
            )
        return True

    @override
    def _refused(self, answer: HttpAnswer) -> None:
        self._fail(self._refusal(answer, stops=False), result=answer)

    @override
    def _result_of_error(self, answer: HttpAnswer) -> HttpAnswer | None:
        return answer if answer.status >= 400 else None

    @override
    def _busy(self, answer: HttpAnswer, pause_s: float) -> None:
        sentence = Phrase("{host} is busy and asks us to wait: try again later.", host=self.host)
        self._context.pause(self.host, sentence, pause_s, is_busy=True)
        self._tries += 1
        most_tries = 1 if answer.retry_after_s is None else self._limits.retries
        if pause_s <= self._limits.patience_s and self._tries <= most_tries:
            self.start()
        else:
            self._finish(answer, ServerFault(sentence))


class DocumentFetch(WaitingFetch):
    """Fetches a document. With a `store` a copy is kept, which stands in while the server cannot be reached, and is
    asked about otherwise: what the server does not call current is not used.
    """

    def __init__(
        self,
        context: FetchContext,
        url: QUrl,
        request: HttpRequest,
        done: DocumentDone,
        store: DocumentStore | None = None,
        is_login: bool = False,
    ) -> None:
        """`is_login` is for a request that holds a secret: it is not sent on to another host."""
        super().__init__(context, url, _bounds_of(request.kind, context.limits), done)
        self._request, self._is_login = request, is_login
        self._is_post = request.method == "POST"
        self._store = None if self._is_post else store
        self._copy: HttpAnswer | None = None

    @override
    def _begin(self) -> None:
        self._is_post = self._request.method == "POST"
        store, address = self._store, self._request.address
        if store is not None and self._copy is None:
            self._context.work(lambda: store.kept(address), self._looked_up)
        else:
            self._looked_up(self._copy)

    def _looked_up(self, copy: HttpAnswer | None) -> None:
        if self.is_over:
            return
        self._copy = copy
        if not self._from_store:
            self._send()
        elif copy is not None and self._context.reach_of(self.host).is_cut_off:
            self._finish(copy, None)
        elif self._context.offline:
            self._finish(
                None, ServerFault("{host} is not contacted while working offline: no copy is kept.", host=self.host)
            )
        else:
            self._finish(None, ServerFault(self._context.stored_only_sentence(self.host)))

    @override
    def _prepare(self, request: QNetworkRequest) -> None:
        request.setRawHeader(b"Accept", ACCEPT.encode())
        if self._is_post:
            request.setRawHeader(b"Content-Type", b"application/json")
        for name, value in self._request.headers if self.target_host == self.host else ():
            if name.lower() not in _OURS and _HEADER.fullmatch(name) and value.isprintable():
                request.setRawHeader(name.encode(), value.encode("latin-1", "replace"))
        if self._copy is not None and self._copy.etag:
            request.setRawHeader(b"If-None-Match", self._copy.etag.encode("latin-1", "replace"))
        elif self._copy is not None and self._copy.last_modified:
            request.setRawHeader(b"If-Modified-Since", self._copy.last_modified.encode("latin-1", "replace"))

    @override
    def _sent_by(self, network: QNetworkAccessManager, request: QNetworkRequest) -> QNetworkReply:
        if self._is_post:
            return network.post(request, QByteArray(self._request.body))
        return network.get(request)

    @override
    def _follow(self, status: int) -> None:
        # A search that is sent on keeps its question, or the answer would be to another one.
        self._is_post = self._is_post and status != 303
        super()._follow(status)

    @override
    def _too_large(self) -> str:
        most_mb = self._bounds.body_bytes >> 20
        return Phrase("{host} sent more than {mb} MB for one document: it was cut off.", host=self.host, mb=most_mb)

    @override
    def _too_slow(self) -> str:
        longest_s = f"{self._bounds.total_s:g}"
        return Phrase("{host} took longer than {seconds} s for one document.", host=self.host, seconds=longest_s)

    @override
    def _is_settled(self, answer: HttpAnswer, error: _Error) -> bool:
        if answer.status != NOT_MODIFIED or self._copy is None:
            return super()._is_settled(answer, error)
        self._context.succeeded(self.host)
        store, address, copy = self._store, self._request.address, self._copy
        if store is not None:
            self._context.work(lambda: store.keep(address, copy), lambda _: None)
        self._finish(replace(copy, stored_at=0.0), None)
        return True

    @override
    def _take(self, answer: HttpAnswer) -> None:
        most, store, address = self._bounds.body_bytes, self._store, self._request.address
        key = self._context.logins.key_in_addresses(self.host)
        key += self._context.signing.words() if self._token else ()

        def work() -> HttpAnswer | None:
            whole = unpacked(answer, most)
            if whole is not None:
                whole = replace(whole, body=_without(whole.body, key))
            if whole is not None and whole.body and store is not None:
                store.keep(address, whole)
            return whole

        self._context.work(work, self._unpacked)

    def _unpacked(self, answer: HttpAnswer | None) -> None:
        if self.is_over:
            return
        if answer is None:
            self._fail(
                ServerFault(
                    "{host} sent something packed that cannot be unpacked, or that is far too large then.",
                    host=self.host,
                )
            )
            return
        self._context.succeeded(self.host)
        self._finish(answer, None)

    @override
    def _give_up(self, error: GeoloupeError, result: HttpAnswer | None) -> None:
        if isinstance(error, Unreachable) and self._copy is not None:
            self._finish(self._copy, None)
        else:
            super()._give_up(error, result)


def _bounds_of(kind: BodyKind, limits: Limits) -> RequestBounds:
    match kind:
        case BodyKind.TILE:
            return RequestBounds(limits.idle_s, limits.total_s, limits.body_bytes)
        case BodyKind.RANGE:
            return RequestBounds(limits.idle_s, limits.document_total_s, limits.range_bytes)
    return RequestBounds(limits.document_idle_s, limits.document_total_s, limits.document_bytes)


def _without(body: bytes, words: tuple[str, ...]) -> bytes:
    """The body without a key, which some servers repeat in each address that they name: it is added to each request."""
    for word in words:
        body = body.replace(word.encode(), b"")
    return body
