"""Fetches a part of a file on a server, such as the header or a tile of a COG."""

from __future__ import annotations

from typing import override

from msgspec import Struct
from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from layers.errors import ServerFault, SourceChanged
from layers.phrase import Phrase
from viewer.network.answer import HttpAnswer
from viewer.network.document_fetch import DocumentDone, WaitingFetch
from viewer.network.fetch import FetchContext, RequestBounds
from viewer.network.range_store import RangeStore, RemoteFile, file_in, part_in

_Attribute = QNetworkRequest.Attribute
PARTIAL = 206
REFUSAL_BYTES = 16 << 10
"""Bytes that a server may take to say why it refuses a part, however short that is."""


class FilePart(Struct, frozen=True):
    """The bytes from `first` to `last`, both counted in, of the file that `name` stands for at every address."""

    name: str
    first: int
    last: int


class RangeFetch(WaitingFetch):
    """Fetches what is missing of a part in the store, in one request."""

    _packing = b"identity"  # parts of what is packed are of no use

    def __init__(self, context: FetchContext, url: QUrl, part: FilePart, done: DocumentDone, store: RangeStore) -> None:
        limits = context.limits
        super().__init__(context, url, RequestBounds(limits.idle_s, limits.document_total_s, 0), done)
        self._part, self._store = part, store
        self._asked = (0, 0)

    @override
    def _begin(self) -> None:
        part = self._part
        missing = self._store.missing(part.name, part.first, part.last)
        if missing is None:
            self._finish(stored_part(self._store, part), None)
        elif self._from_store and self._context.offline:
            self._finish(None, ServerFault("{host} is not contacted while working offline.", host=self.host))
        elif self._from_store:
            self._finish(None, ServerFault(self._context.stored_only_sentence(self.host)))
        else:
            self._asked = missing
            self._bounds = self._bounds._replace(body_bytes=max(missing[1] - missing[0] + 1, REFUSAL_BYTES))
            self._send()

    @override
    def _prepare(self, request: QNetworkRequest) -> None:
        request.setRawHeader(b"Range", f"bytes={self._asked[0]}-{self._asked[1]}".encode())

    @override
    def _look_at_headers(self, reply: QNetworkReply) -> str:
        if reply.attribute(_Attribute.HttpStatusCodeAttribute) != 200:
            return ""
        announced = reply.header(QNetworkRequest.KnownHeaders.ContentLengthHeader)
        self._store.note_whole(self._part.name, -1 if announced is None else int(announced))
        return Phrase("{host} does not send parts of files, only whole ones: download it to open it.", host=self.host)

    @override
    def _too_large(self) -> str:
        return Phrase("{host} sent more of a file than was asked for: it was cut off.", host=self.host)

    @override
    def _too_slow(self) -> str:
        longest_s = f"{self._bounds.total_s:g}"
        return Phrase("{host} took longer than {seconds} s for a part of a file.", host=self.host, seconds=longest_s)

    @override
    def _take(self, answer: HttpAnswer) -> None:
        first, last = self._asked
        part = part_in(answer) if answer.status == PARTIAL else None
        # A part may be shorter only where the file ends.
        if part is None or part.first != first or (part.last != last and part.size not in (-1, part.last + 1)):
            self._fail(ServerFault("{host} sent another part of the file than was asked for.", host=self.host))
            return
        self._context.succeeded(self.host)
        size = part.last + 1 if part.size < 0 and part.last < last else part.size
        if self._store.put(self._part.name, file_in(answer, size), first, answer.body):
            self._finish(stored_part(self._store, self._part), None)
        else:
            self._finish(None, SourceChanged("A file at {host} has changed since it was opened.", host=self.host))


def stored_part(store: RangeStore, part: FilePart) -> HttpAnswer:
    """The answer for a part of which nothing is missing in the store."""
    body = store.part(part.name, part.first, part.last)
    file = store.file(part.name) or RemoteFile(-1, "", "")
    size = "*" if file.size < 0 else str(file.size)
    headers = {"content-range": f"bytes {part.first}-{part.first + len(body) - 1}/{size}"}
    headers |= {"etag": file.etag} if file.etag else {}
    headers |= {"last-modified": file.last_modified} if file.last_modified else {}
    return HttpAnswer(body, part.name, PARTIAL, headers)
