"""The network as readers need it: bytes of files at addresses, fetched by the fetcher under its rules."""

from __future__ import annotations

from functools import partial

from layers.errors import GeoloupeError, ServerFault
from layers.pool.remote_files import PartDone
from layers.requests.addresses import ServedRanges, name_of
from viewer.network.answer import HttpAnswer
from viewer.network.consent import host_of
from viewer.network.fetcher import Fetcher
from viewer.network.range_store import part_in
from viewer.support.mailbox import Mailbox


class FetchedRanges:
    """A `RangeSource` of a window: supervisors ask on their threads, the fetcher is asked on its own."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher, self._mailbox = fetcher, Mailbox(fetcher)

    def ranges(self, address: str, first: int, last: int, done: PartDone) -> None:
        """Fetch the bytes of a file from `first` to `last`, fewer where it ends before."""
        self._mailbox.post(self._fetch, address, first, last, done)

    def forget(self, address: str) -> None:
        """Fetch anew what was fetched of a file before."""
        self._mailbox.post(self._fetcher.ranges.forget, address)

    def _fetch(self, address: str, first: int, last: int, done: PartDone) -> None:
        self._fetcher.fetch_range(address, first, last, partial(_answered, address, done))


def _answered(address: str, done: PartDone, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
    part = None if answer is None or error is not None else part_in(answer)
    if answer is not None and part is not None and part.size > 0:
        done(ServedRanges(answer.body, part.size, answer.etag or answer.last_modified))
        return
    if isinstance(error, ServerFault):
        error = ServerFault(error.sentence)  # of its kinds the readers' side of the pipe knows only this one
    done(error or ServerFault("{host} does not say how large {name} is.", host=host_of(address), name=name_of(address)))
