"""Takes tiles of a layer from its offline packs, in jobs, before the network is asked for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtGui import QImage

from layers.errors import GeoloupeError, ServerFault
from layers.services.matrix import SourceTile
from layers.services.packs.packed_tiles import packed_bodies
from layers.services.tile_service import TileService
from viewer.network.decode import decode_tile
from viewer.support.jobs import JobContext, Jobs

READ_AT_ONCE = 32
"""Most tiles that are read and decoded in one job: the picture grows as they come."""
MOST_KNOWN = 100_000
"""Tiles not in any pack that are remembered; beyond it they are looked for again."""

type PackAnswer = Callable[[dict[SourceTile, QImage], list[SourceTile]], None]


class PackSource:
    """The packs of one layer. For the window's thread, which is told of tiles by `arrived` (those that came, and those
    that no pack has) and of a pack that cannot be read by `failed`.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        service: TileService,
        jobs: Jobs,
        arrived: PackAnswer,
        failed: Callable[[str], None],
    ) -> None:
        self._paths, self._service, self._jobs = list(paths), service, jobs
        self._arrived, self._failed = arrived, failed
        self._elsewhere: set[SourceTile] = set()
        self._is_reading = False

    @property
    def is_there(self) -> bool:
        """True where there is a pack, as far as is known."""
        return bool(self._paths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The packs that can be read, as far as is known."""
        return tuple(self._paths)

    def take(self, tiles: Iterable[SourceTile]) -> list[SourceTile]:
        """Begin to read some of the tiles, and return those that are in no pack; the others are to be asked for again
        once an answer has come.
        """
        if not self._paths:
            return list(tiles)
        elsewhere, wanted = list[SourceTile](), list[SourceTile]()
        for tile in tiles:
            (elsewhere if tile in self._elsewhere else wanted).append(tile)
        if wanted and not self._is_reading:
            self._read(wanted[:READ_AT_ONCE])
        return elsewhere

    def look_again(self) -> None:
        """Look again for tiles that were in no pack, as a pack has grown."""
        self._elsewhere.clear()

    def _read(self, tiles: list[SourceTile]) -> None:
        self._is_reading = True
        paths, service = tuple(self._paths), self._service

        def read(_: JobContext) -> tuple[dict[SourceTile, QImage], dict[Path, str]]:
            bodies, problems = packed_bodies(paths, service, tiles)
            pictures = {}
            for tile, body in bodies.items():
                try:
                    pictures[tile] = decode_tile(body, service.title)
                except ServerFault:
                    continue  # a damaged tile: the network may have it
            return pictures, problems

        def done(answer: tuple[dict[SourceTile, QImage], dict[Path, str]]) -> None:
            self._taken(tiles, *answer)

        self._jobs.run(read, done, lambda error: self._give_up(tiles, error))

    def _taken(self, tiles: list[SourceTile], pictures: dict[SourceTile, QImage], problems: dict[Path, str]) -> None:
        self._is_reading = False
        self._paths = [path for path in self._paths if path not in problems]
        if len(self._elsewhere) > MOST_KNOWN:
            self._elsewhere.clear()
        lacking = [tile for tile in tiles if tile not in pictures]
        self._elsewhere.update(lacking)
        for sentence in filter(None, problems.values()):
            self._failed(sentence)
        self._arrived(pictures, lacking)

    def _give_up(self, tiles: list[SourceTile], error: GeoloupeError) -> None:
        self._paths = []
        self._is_reading = False
        self._failed(error.sentence)
        self._arrived({}, tiles)
