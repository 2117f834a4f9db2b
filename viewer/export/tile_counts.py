"""Tells how many tiles a picture needs of which host, before any of them is fetched."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from msgspec import Struct
from PySide6.QtCore import QUrl

from layers.checkpoint import Checkpoint, unchecked
from layers.errors import BadTemplate
from layers.grid.tile_grid import View
from layers.services.packs.pack_terms import PackLeave, pack_terms
from layers.services.packs.tile_needs import TileNeeds, requests_of
from layers.services.tile_service import TileService
from viewer.canvas.shown_scene import ShownScene
from viewer.network.fetcher import Fetcher
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

BULK_FROM = 250
"""Tiles to be fetched for one picture from which a service that forbids to fetch many is named: OpenStreetMap's own
rule for its tiles calls more than that bulk downloading."""
_MOST_NAMED = 3
_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
_CHECKED_EACH = 64

type SeenMaps = Iterable[tuple[ShownScene, View]]
"""Maps of a page or a picture, each with a view in which it is read."""


class TileCount(Struct, frozen=True):
    """The requests that a picture needs of one service, and how many of them are answered by what is stored."""

    service: TileService
    needed: int
    stored: int

    @property
    def fetched(self) -> int:
        """The number of requests that go to the server."""
        return self.needed - self.stored


def needs_of(maps: SeenMaps) -> list[TileNeeds]:
    """The needs of all layers of tiles on some maps. For the window's thread."""
    needs: dict[TileNeeds, None] = {}
    for shown, view in maps:
        for frame in shown.painted:
            drawings = (frame.drawings[uuid] for uuid in frame.stack.in_view(view))
            for drawing in drawings:
                wanted = drawing.needs_in(drawing.seen(view)) if isinstance(drawing, TilesDrawing) else None
                if wanted is not None:
                    needs[wanted] = None
    return list(needs)


def tile_counts(needs: Iterable[TileNeeds], fetcher: Fetcher, checkpoint: Checkpoint = unchecked) -> list[TileCount]:
    """The numbers of each service, in the order of the maps. Reads files: not for the window's thread."""
    addresses: dict[TileService, dict[str, None]] = {}
    for wanted in needs:
        checkpoint()
        try:
            addresses.setdefault(wanted.service, {}).update(dict.fromkeys(requests_of(wanted)))
        except BadTemplate:
            continue
    counts = [
        TileCount(service, len(urls), stored_among(fetcher, urls, checkpoint)) for service, urls in addresses.items()
    ]
    return [count for count in counts if count.needed]


def words_for_page(counts: Sequence[TileCount], *, offline: bool) -> str:
    """Sentences on the tiles of a page; empty where it needs none."""
    return _words(counts, translate("ToldTiles", "This page needs {0}"), offline=offline)


def words_for_picture(counts: Sequence[TileCount]) -> str:
    """Sentences on the tiles of a picture; empty where none has to be fetched."""
    fetched = [count for count in counts if count.fetched]
    return _words(fetched, translate("ToldTiles", "This picture needs {0}"), offline=False)


def words_for_file(counts: Sequence[TileCount], *, offline: bool) -> str:
    """Sentences on the tiles of the pictures in a file of data; empty where none has to be fetched."""
    fetched = [count for count in counts if count.fetched]
    return _words(fetched, translate("ToldTiles", "The pictures in this file need {0}"), offline=offline)


def _words(counts: Sequence[TileCount], sentence: str, *, offline: bool) -> str:
    if not counts:
        return ""
    words = [sentence.format(translate("ToldTiles", ", and ").join(map(_needed, counts))) + "."]
    if offline and any(count.fetched for count in counts):
        words.append(translate("ToldTiles", "Nothing is fetched while working offline."))
    else:
        words += [
            _bulk_words(count.service)
            for count in counts
            if count.fetched >= BULK_FROM and _forbids_bulk(count.service)
        ]
    return " ".join(words)


def _needed(count: TileCount) -> str:
    """The number of tiles of a service, its host, and how many are stored."""
    if count.service.is_tiled:
        number = translate("ToldTiles", "{count} tiles", "{count} tile", count.needed)
    else:
        number = translate("ToldTiles", "{count} pictures of maps", "{count} picture of a map", count.needed)
    return translate("ToldTiles", "{0} of {1}; {2}").format(number, _hosts(count.service), _stored(count))


def _stored(count: TileCount) -> str:
    if count.stored == count.needed:
        return translate("ToldTiles", "all are stored")
    if not count.stored:
        return translate("ToldTiles", "none is stored")
    return translate("ToldTiles", "{count} are stored", "{count} is stored", count.stored)


def _hosts(service: TileService) -> str:
    """The host of a service, or what the names of several have in common."""
    hosts = service.hosts
    ends = {host.partition(".")[2] for host in hosts}
    if len(hosts) > 1 and len(ends) == 1 and "." in (end := ends.pop()):
        return one_line(end, 80)
    named = ", ".join(hosts[:_MOST_NAMED]) + (", …" if len(hosts) > _MOST_NAMED else "")
    return one_line(named, 120)


def _forbids_bulk(service: TileService) -> bool:
    return pack_terms(service).leave is PackLeave.REFUSED


def _bulk_words(service: TileService) -> str:
    return translate(
        "ToldTiles",
        "The terms of {0} do not allow many tiles to be fetched at once: choose fewer dots per inch, or less ground.",
    ).format(one_line(service.group or service.title or service.hosts[0], 60))


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
