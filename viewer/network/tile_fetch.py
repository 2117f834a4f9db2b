"""Fetches one tile, and makes a picture of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, override

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from layers.errors import GeoloupeError, ServerFault
from layers.phrase import Phrase
from layers.text.unpacking import GZIP
from viewer.network.answer import HttpAnswer, unpacked
from viewer.network.decode import HalfPicture, decode_tile, judge_tile, picture_kind
from viewer.network.fetch import Fetch, FetchContext, RequestBounds
from viewer.network.tile_store import StoredTile, TileStore

type ImageDone = Callable[[QImage | None, GeoloupeError | None], None]
type BytesDone = Callable[[bytes | None, GeoloupeError | None], None]
type Make[Made] = Callable[[bytes, str, str], Made | ServerFault]
"""Makes what is wanted of the bytes of a tile, its server's warning and its host, or tells why they are none."""
_Error = QNetworkReply.NetworkError
_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
NOT_MODIFIED = 304
FORBIDDEN = 403
_OF_LOGIN = re.compile(rb"key|token|log ?in|sign ?in|quota|limit|subscri|expired|referer", re.IGNORECASE)
"""Words of a refusal that is about who asks, and not about a tile."""
_MOST_LOOKED_AT = 4096
NOTHING_HERE = (204, 404, 410)
STORABLE = (200, 203)
WARNING = "Warning"
"""Name of the text of a picture that holds its server's warning, such as that it is of another date."""


DIGEST = "Digest"
"""Name of the text of a picture that holds a digest of the bytes that it was made of."""
STORED = "Stored"
"""Name of the text of a picture that was not fetched but stored."""
NO_TILE_HEADERS = {"x-ve-tile-info": "no-tile"}
"""Headers, with values in small letters, by which servers say that a picture stands for no tile."""


class _Place(NamedTuple):
    """A place in the store, and the days for which a tile is kept whose server does not say."""

    store: TileStore
    address: str
    days: float


class _Copy[Made](NamedTuple):
    """A tile in the store, and what is made of it where the server need not be asked about it."""

    tile: StoredTile
    made: Made | ServerFault | None


class TileFetch[Made](Fetch[Made]):
    """Fetches a tile; a tile that the server lacks is no error. A stored one is looked for first, on other threads,
    and none is shown before it is stored: a program that is killed has lost none that was seen.
    """

    is_of_tiles = True
    counts_as_lacking = True
    _packing = b"identity"  # pictures are packed by themselves

    def __init__(
        self,
        context: FetchContext,
        url: QUrl,
        done: Callable[[Made | None, GeoloupeError | None], None],
        make: Make[Made],
        answered: Callable[[], None] = lambda: None,
        is_map: bool = False,
    ) -> None:
        """`make` is called on another thread; `answered` where only work on this computer is left before `done`;
        `is_map`: for a map picture that the server draws on request.
        """
        limits = context.limits
        bounds = RequestBounds(limits.idle_s, limits.total_s, limits.body_bytes)
        if is_map:
            bounds = RequestBounds(limits.document_idle_s, limits.document_total_s, limits.map_bytes)
        super().__init__(context, url, bounds, done)
        self._make, self._tell_answered = make, answered
        self._stale: StoredTile | None = None
        """The copy of which the server is asked whether it is still current."""

    @override
    def _look_up(self) -> None:
        self._look_up_then(self._ask)

    @override
    def _follow(self, status: int) -> None:
        self._look_up_then(self._send)

    def _look_up_then(self, go_on: Callable[[], None]) -> None:
        """Look for a copy that will do, which offline any does, and go on without one."""
        self._stale = None
        store, address, host, at_any_age = self._context.tiles, self._address(), self.host, self._from_store
        if store is None or not store.may_have(address):
            self._looked_up(go_on, None)
            return
        make = self._make
        self._context.work(lambda: _copy(store, address, host, make, at_any_age), partial(self._looked_up, go_on))

    def _looked_up(self, go_on: Callable[[], None], copy: _Copy[Made] | None) -> None:
        if self.is_over:
            return
        if copy is not None and copy.made is not None:
            self._use(copy.made)
        elif self._from_store:
            self._finish(None, ServerFault(self._context.stored_only_sentence(self.host)))
        else:
            self._stale = None if copy is None else copy.tile
            go_on()

    def _use(self, made: Made | ServerFault | None) -> None:
        if isinstance(made, ServerFault):
            self._finish(None, made)
        else:
            self._finish(made, None)

    def _address(self) -> str:
        """The address under which the tile is stored."""
        bare = self._context.without_key(self._target)
        return self._write_target() if bare is self._target else bare.toString(_ENCODED)

    def _place(self) -> _Place | None:
        """The place of the answer in the store; None where the terms of a host forbid to store it."""
        store, host = self._context.tiles, self.target_host
        days = None if store is None or store.days_of(self.host) is None else store.days_of(host)
        return None if store is None or days is None else _Place(store, self._address(), days)

    @override
    def _prepare(self, request: QNetworkRequest) -> None:
        request.setRawHeader(b"Accept", b"image/png,image/jpeg,image/webp")
        headers = {} if self._stale is None else self._stale.headers
        if tag := headers.get("etag"):
            request.setRawHeader(b"If-None-Match", tag.encode("latin-1", "replace"))
        elif date := headers.get("last-modified"):
            request.setRawHeader(b"If-Modified-Since", date.encode("latin-1", "replace"))

    @override
    def _too_large(self) -> str:
        most_mb = self._bounds.body_bytes >> 20
        return Phrase("{host} sent more than {mb} MB for one tile: it was cut off.", host=self.host, mb=most_mb)

    @override
    def _too_slow(self) -> str:
        longest_s = f"{self._bounds.total_s:g}"
        return Phrase("{host} took longer than {seconds} s for one tile.", host=self.host, seconds=longest_s)

    @override
    def _is_settled(self, answer: HttpAnswer, error: _Error) -> bool:
        place = self._place() if answer.status == NOT_MODIFIED and self._stale is not None else None
        if place is not None:
            host, make = self.host, self._make
            self._context.answered(self)
            self._context.work(lambda: _renewed(place, answer, host, make), self._renewed)
            return True
        is_empty = answer.status == 200 and error == _Error.NoError and not answer.body
        is_none = any(answer.headers.get(name, "").strip().lower() == value for name, value in NO_TILE_HEADERS.items())
        if answer.status not in NOTHING_HERE and not is_empty and not is_none:
            return False
        self._context.succeeded(self.host)
        self._finish(None, None)
        return True

    def _renewed(self, copy: _Copy[Made] | None) -> None:
        if self.is_over:
            return
        self._context.succeeded(self.host)
        if copy is not None:
            self._use(copy.made)
        else:  # it was damaged or deleted meanwhile
            self._start_again()

    @override
    def _refused(self, answer: HttpAnswer) -> None:
        is_of_login = self._shown is not None or _OF_LOGIN.search(answer.body[:_MOST_LOOKED_AT]) is not None
        if answer.status == FORBIDDEN and not is_of_login and self._context.is_gap(self.host):
            self._finish(None, None)  # as stores of files answer where there is no file
        else:
            self._finish(None, self._refusal(answer, stops=True))

    @override
    def _busy(self, answer: HttpAnswer, pause_s: float) -> None:
        sentence = Phrase("{host} is busy and asks us to wait: tiles come again by themselves.", host=self.host)
        self._context.pause(self.host, sentence, pause_s, is_busy=True)
        self._finish(None, ServerFault(sentence))

    @override
    def _take(self, answer: HttpAnswer) -> None:
        host, place = self.host, self._place() if answer.status in STORABLE else None
        most, make = self._bounds.body_bytes, self._make
        if picture_kind(answer.body):  # else the next may be of no use either: a server that fails is left alone
            self._context.answered(self)
            self._tell_answered()
        self._context.work(lambda: _stored(answer, host, make, place, most), self._made)

    def _made(self, made: Made | ServerFault) -> None:
        if self.is_over:
            return
        if isinstance(made, ServerFault):
            self._fail(made, retry=isinstance(made, HalfPicture) and self._tries == 0)
        else:
            self._context.succeeded(self.host, has_given_tile=True)
            self._finish(made, None)

    @override
    def _give_up(self, error: GeoloupeError, result: Made | None) -> None:
        if self._context.only_stored(self.host) and not self._from_store:
            self.start()  # the host has just been given up: what is stored of it still shows
        else:
            super()._give_up(error, result)


class PackedFetch(TileFetch[bytes]):
    """Fetches the bytes of a tile, and does not store them: a stored copy is used, but a pack with more tiles than the
    store has room for would push out all that was looked at.
    """

    @override
    def _place(self) -> _Place | None:
        return None

    @override
    def _take(self, answer: HttpAnswer) -> None:
        if answer.body.startswith(GZIP):
            super()._take(answer)
        else:  # to judge them takes less time than to hand them over
            self._context.answered(self)
            self._made(self._make(answer.body, answer.warning, self.host))


# -- on other threads -----------------------------------------------------------------------------------------------


def _copy[Made](store: TileStore, address: str, host: str, make: Make[Made], at_any_age: bool) -> _Copy[Made] | None:
    """The copy of a tile, with what is made of it if it will do; None without one, or where it is no picture."""
    tile = store.kept(address)
    if tile is None or not (at_any_age or tile.is_current):
        return None if tile is None else _Copy(tile, None)
    return _with_made(tile, host, make)


def _renewed[Made](place: _Place, answer: HttpAnswer, host: str, make: Make[Made]) -> _Copy[Made] | None:
    """The copy of a tile of which its server says that it has not changed; None where there is none any more."""
    tile = place.store.renew(place.address, answer, place.days)
    return None if tile is None else _with_made(tile, host, make)


def _with_made[Made](tile: StoredTile, host: str, make: Make[Made]) -> _Copy[Made] | None:
    made = make(tile.body, tile.headers.get("warning", ""), host)
    if isinstance(made, QImage):
        made.setText(STORED, "yes")
    is_none = isinstance(made, ServerFault) and not isinstance(made, _ShortOfMemory)
    return None if is_none else _Copy(tile, made)


def _stored[Made](
    packed: HttpAnswer, host: str, make: Make[Made], place: _Place | None, most_bytes: int
) -> Made | ServerFault:
    """The tile made of an answer, which is stored if it is a picture and there is a place for it."""
    answer = unpacked(packed, most_bytes)
    if answer is None:
        return ServerFault(
            "{host} sent a packed tile that cannot be unpacked, or that is far too large then.", host=host
        )
    made = make(answer.body, answer.warning, host)
    if place is not None and not isinstance(made, ServerFault):
        place.store.keep(place.address, answer, place.days)
    return made


class _ShortOfMemory(ServerFault):
    """Raised where a picture is too large for the memory that is left."""


def picture_of_tile(body: bytes, warning: str, host: str) -> QImage | ServerFault:
    """The picture of a tile, which says what it was made of."""
    try:
        picture = decode_tile(body, host)
    except ServerFault as fault:
        return fault
    except MemoryError:
        return _ShortOfMemory("There is not enough memory for a tile of {host}: close layers, or zoom in.", host=host)
    if warning:
        picture.setText(WARNING, warning)
    picture.setText(DIGEST, f"{hash(body):x}")
    return picture


def bytes_of_tile(body: bytes, _warning: str, host: str) -> bytes | ServerFault:
    """The bytes of a tile as they came, which are a whole picture."""
    try:
        judge_tile(body, host)
    except ServerFault as fault:
        return fault
    return body
