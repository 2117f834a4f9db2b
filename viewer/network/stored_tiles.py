"""Tells which addresses of tiles would be answered without asking their server."""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import QUrl

from layers.checkpoint import Checkpoint, unchecked
from viewer.network.fetcher import Fetcher

_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
_CHECKED_EACH = 64


def stored_among(fetcher: Fetcher, addresses: Iterable[str], checkpoint: Checkpoint = unchecked) -> int:
    """The number of addresses whose tile is stored and still current, or is known to be missing.

    Reads files: not for the window's thread.
    """
    count, now = 0, time.monotonic()
    for number, address in enumerate(addresses):
        if number % _CHECKED_EACH == 0:
            checkpoint()
        if fetcher.nothing_here.get(address, 0.0) > now:
            count += 1
            continue
        store, key = fetcher.tiles, fetcher.without_key(QUrl(address, QUrl.ParsingMode.StrictMode))
        tile = None if store is None else store.kept(key.toString(_ENCODED))
        count += tile is not None and tile.is_current
    return count
