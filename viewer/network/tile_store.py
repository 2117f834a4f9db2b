"""Fetched tiles on disk: those whose server states no expiry date are kept for some days, and the oldest go when there
are too many.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

from layers.services.drawn_views import DrawnViews
from viewer.network.answer import HttpAnswer
from viewer.network.record_files import RecordFiles

MOST_BYTES = 1 << 30
MOST_TILES = 200_000
USUAL_DAYS = 7.0
DAY_S = 86_400.0
_STORED_HEADERS = ("cache-control", "etag", "expires", "last-modified", "pragma", "warning")
"""Headers that matter later: rules of caching also hold on where a server only says that nothing has changed."""


class StoredTile(Struct, frozen=True):
    """A tile in the store. `expires_at` is in seconds of 1970; header names are small."""

    expires_at: float
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_current(self) -> bool:
        """True while the server need not be asked."""
        return time.time() < self.expires_at


class TileStore:
    """One folder of tiles for all windows, stored as the terms of use of their hosts ask.

    `kept`, `keep` and `renew` read and write files: they are called on threads other than the window's. An address
    stands nowhere in a file.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, most_tiles: int = MOST_TILES) -> None:
        self.files = RecordFiles(folder, most_bytes, most_tiles)
        self.views = DrawnViews(folder.with_name(f"{folder.name}-seen"))
        self._min_days: dict[str, float] = {}
        self._never: set[str] = set()
        """Hosts whose terms do not allow their tiles to be stored."""

    def respect(self, host: str, min_days: float, *, may_cache: bool) -> None:
        """Store the tiles of a host as its terms ask: for so many days where it does not state how long, or never."""
        if min_days > 0:
            self._min_days[host] = max(min_days, self._min_days.get(host, 0.0))
        if not may_cache:
            self._never.add(host)

    def days_of(self, host: str) -> float | None:
        """The days for which a tile of a host is kept where it does not state how long; None: it may not be stored."""
        return None if host in self._never else self._min_days.get(host, USUAL_DAYS)

    def may_have(self, address: str) -> bool:
        """False where no tile of an address is stored; asks no disk."""
        return self.files.may_have(_key(address))

    def is_known(self, address: str) -> bool:
        """True where a tile of an address is stored, as far as is known; asks no disk."""
        return self.files.is_known(_key(address))

    def kept(self, address: str) -> StoredTile | None:
        """The tile of an address, which holds no key; None without one, or where it is damaged."""
        return self.kept_under(_key(address))

    def kept_under(self, key: bytes) -> StoredTile | None:
        """The tile of a key of `key_of`; None without one, or where it is damaged."""
        record = self.files.get(key)
        if record is None:
            return None
        head, _, body = record.partition(b"\n")
        try:
            tile = msgspec.json.decode(head, type=_Head)
        except msgspec.MsgspecError:
            return None
        return StoredTile(tile.expires_at, tile.headers, body)

    def keep(self, address: str, answer: HttpAnswer, days: float) -> None:
        """Keep the answer to an address if its server lets us, for so many days where that does not state how long.

        A disk that is full costs the copy only.
        """
        expires_at = answer.fresh_until(days * DAY_S)
        if expires_at is not None:
            headers = {name: answer.headers[name] for name in _STORED_HEADERS if name in answer.headers}
            with suppress(OSError):
                self.files.put(_key(address), msgspec.json.encode(_Head(expires_at, headers)) + b"\n" + answer.body)

    def key_of(self, address: str) -> bytes | None:
        """The key under which the tile of an address, which holds no key, is stored; None where none is."""
        key = _key(address)
        return key if self.files.is_known(key) else None

    def renew(self, address: str, answer: HttpAnswer, days: float) -> StoredTile | None:
        """The tile of an address of which its server says that it has not changed; None where it is not there."""
        tile = self.kept(address)
        if tile is not None:
            headers = dict(tile.headers) | dict(answer.headers)
            self.keep(address, HttpAnswer(tile.body, address, headers=headers), days)
        return tile

    def close(self) -> None:
        """Store nothing more."""
        self.files.close()


class _Head(Struct):
    expires_at: float
    headers: dict[str, str]


def _key(address: str) -> bytes:
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).digest()
