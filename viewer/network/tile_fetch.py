"""Fetches one tile, and makes a picture of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import override

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from layers.errors import GeoloupeError, ServerFault
from layers.phrase import Phrase
from viewer.network.answer import HttpAnswer
from viewer.network.decode import HalfPicture, decode_tile
from viewer.network.fetch import Fetch, FetchContext, RequestBounds

type ImageDone = Callable[[QImage | None, GeoloupeError | None], None]
_Error = QNetworkReply.NetworkError
_Attribute = QNetworkRequest.Attribute
NOTHING_HERE = (204, 404, 410)
WARNING = "Warning"
"""Name of the text of a picture that holds its server's warning, such as that it is of another date."""


class TileFetch(Fetch[QImage]):
    """Fetches a tile; a tile that the server lacks is no error. Tiles are stored by Qt's own disk cache."""

    is_of_tiles = True
    counts_as_lacking = True

    def __init__(self, context: FetchContext, url: QUrl, done: ImageDone) -> None:
        limits = context.limits
        super().__init__(context, url, RequestBounds(limits.idle_s, limits.total_s, limits.body_bytes), done)
        self._was_refetched = False

    @override
    def _prepare(self, request: QNetworkRequest) -> None:
        request.setRawHeader(b"Accept", b"image/png,image/jpeg,image/webp")
        load = QNetworkRequest.CacheLoadControl
        request.setAttribute(
            _Attribute.CacheLoadControlAttribute, load.AlwaysCache if self._from_store else load.PreferNetwork
        )

    @override
    def _begin(self) -> None:
        # Qt looks for the address with its key, under which no tile is stored.
        has_key = self._context.logins.has_key_in_address(self.host) or self._context.signing.need(self.url) is not None
        if has_key and self._context.is_current(self.url):
            self._from_store = True
        super()._begin()

    @override
    def _too_large(self) -> str:
        most_mb = self._bounds.body_bytes >> 20
        return Phrase("{host} sent more than {mb} MB for one tile: it was cut off.", host=self.host, mb=most_mb)

    @override
    def _too_slow(self) -> str:
        longest_s = f"{self._bounds.total_s:g}"
        return Phrase("{host} took longer than {seconds} s for one tile.", host=self.host, seconds=longest_s)

    @override
    def _is_settled(self, answer: HttpAnswer, is_stored: bool, error: _Error) -> bool:
        is_empty = answer.status == 200 and error == _Error.NoError and not answer.body
        if answer.status not in NOTHING_HERE and not is_empty:
            return False
        self._context.succeeded(self.host)
        self._finish(None, None)
        return True

    @override
    def _refused(self, answer: HttpAnswer) -> None:
        self._finish(None, self._refusal(answer, stops=True))

    @override
    def _busy(self, answer: HttpAnswer, pause_s: float) -> None:
        sentence = Phrase("{host} is busy and asks us to wait: tiles come again by themselves.", host=self.host)
        self._context.pause(self.host, sentence, pause_s, is_busy=True)
        self._finish(None, ServerFault(sentence))

    @override
    def _take(self, answer: HttpAnswer, is_stored: bool) -> None:
        body, host = answer.body, self.host
        self._context.work(lambda: _decoded(body, host), partial(self._decoded, is_stored, answer.warning))

    def _decoded(self, is_stored: bool, warning: str, result: QImage | ServerFault) -> None:
        if self.is_over:
            return
        if isinstance(result, QImage):
            if warning:
                result.setText(WARNING, warning)
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

    @override
    def _give_up(self, error: GeoloupeError, result: QImage | None) -> None:
        if self._context.only_stored(self.host) and not self._from_store:
            self.start()  # the host has just been given up: what is stored of it still shows
        else:
            super()._give_up(error, result)


def _decoded(body: bytes, host: str) -> QImage | ServerFault:
    try:
        return decode_tile(body, host)
    except ServerFault as fault:
        return fault
    except MemoryError:
        return ServerFault("There is not enough memory for a tile of {host}: close layers, or zoom in.", host=host)
