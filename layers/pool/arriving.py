"""The bytes that one request of a reader waits for, on the thread of its supervisor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from layers.errors import GeoloupeError, NotAllowed, ReaderTimeout
from layers.pool.protocol import Request, name_in
from layers.pool.remote_files import RemoteFiles
from layers.requests.addresses import ServedRanges, WantedRanges, is_address, name_of

MOST_WAIT_S = 120.0
"""Most seconds that the bytes for one request may take, all together: more than a fetcher tries a single one."""


class Arriving:
    """Waits for the bytes that a reader asks for while it answers `request`, of the addresses in it and no other."""

    def __init__(
        self, files: RemoteFiles, request: Request, awaits: Callable[[Arriving], GeoloupeError | None]
    ) -> None:
        """`awaits` is told of each wait, and returns why nobody waits for the answer any more, if that is so."""
        self._faults: dict[str, GeoloupeError] = {}
        """Why bytes of a file did not come, by its address: they are not asked for again."""
        self._files, self._request, self._awaits = files, request, awaits
        self._left_s = MOST_WAIT_S
        self._lock = threading.Lock()
        self._come = threading.Event()
        self._is_waiting = False
        self._part: ServedRanges | GeoloupeError | None = None

    @property
    def fault(self) -> GeoloupeError | None:
        """Why bytes did not come, the first time that they did not."""
        return next(iter(self._faults.values()), None)

    def wait_for(self, wanted: WantedRanges) -> ServedRanges | GeoloupeError:
        """Wait for bytes; for the supervisor's thread."""
        if (known := self._faults.get(wanted.address)) is not None:
            return known
        if wanted.address not in _addresses_in(self._request.params):
            return self._faults.setdefault(
                wanted.address, NotAllowed("{name} was not asked for.", name=name_of(wanted.address))
            )
        self._come.clear()
        self._is_waiting = True
        if (nobody := self._awaits(self)) is not None:
            self.come(nobody)
        else:
            self._files.read(wanted, self.come)
        began = time.monotonic()
        if not self._come.wait(self._left_s):
            self.come(_too_late(self._request))
        self._left_s = max(0.0, self._left_s - (time.monotonic() - began))
        part = self._part
        assert part is not None
        if isinstance(part, GeoloupeError):
            self._faults[wanted.address] = part
        return part

    def come(self, part: ServedRanges | GeoloupeError) -> bool:
        """End the wait, from any thread; False where nobody waits."""
        with self._lock:
            if not self._is_waiting:
                return False
            self._is_waiting, self._part = False, part
            self._come.set()
            return True


def _too_late(request: Request) -> ReaderTimeout:
    return ReaderTimeout(
        "{name} did not come within {limit} s: its host is too slow, or out of reach.",
        name=name_in(request.question),
        limit=f"{MOST_WAIT_S:g}",
    )


def _addresses_in(params: Any) -> set[str]:
    """The addresses that a question names, of files of its own and of its bands."""
    return {text for text in _texts(params) if is_address(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _texts(member)
