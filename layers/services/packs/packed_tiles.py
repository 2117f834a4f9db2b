"""Reads tiles of a layer from its offline packs. A pack counts as a stranger's file: it came with a case."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from layers.errors import GeoloupeError, UnsupportedFormat
from layers.services.matrix import SourceTile
from layers.services.packs.mbtiles_pack import ending_of
from layers.services.packs.pack_database import PackDatabase, check_regular, unreadable
from layers.services.packs.pack_plan import PackLevel, pack_levels, tile_px_of
from layers.services.packs.pack_source import source_of
from layers.services.tile_service import TileService

_TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1"


class OtherDate(UnsupportedFormat):
    """A pack of the same service at another date: a layer may have packs of several."""


class PackedTiles:
    """One pack of a service, opened for reading; in one thread at a time, and to be closed."""

    def __init__(self, path: Path, service: TileService) -> None:
        """Open a pack. Raises FileMissing, NotAFile, NotReadable, UnsupportedFormat for that of another service, and
        OtherDate.
        """
        check_regular(path)
        self.path = path
        self._levels: dict[int, PackLevel] = {level.level: level for level in pack_levels(service)}
        try:
            self._database = PackDatabase(path)
        except sqlite3.Error as error:
            raise unreadable(path, error) from error
        try:
            rows = self._database.rows("SELECT name, value FROM metadata LIMIT 1000")
        except (sqlite3.Error, UnicodeError) as error:
            self.close()
            raise unreadable(path, error) from error
        values = {str(name): str(value) for name, value in rows}
        if (values.get("source"), values.get("tile_px")) != (source_of(service), str(tile_px_of(service))):
            self.close()
            raise UnsupportedFormat("{name} is no offline pack of this layer: it is passed over.", name=path.name)
        if values.get("date", "") != service.time:
            self.close()
            raise OtherDate("{name} is an offline pack of this layer at another date.", name=path.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tile(self, tile: SourceTile) -> bytes:
        """The bytes of a tile; empty where the pack does not have it as a picture. Raises NotReadable."""
        level = self._levels.get(tile.level)
        if level is None:
            return b""
        column, row = tile.x + level.left, tile.y + level.top
        try:
            rows = self._database.rows(_TILE, (level.zoom, column, 2**level.zoom - 1 - row))
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            raise unreadable(self.path, error) from error
        body = rows[0][0] if rows else b""
        return body if isinstance(body, bytes) and ending_of(body) else b""

    def close(self) -> None:
        self._database.close()


def packed_bodies(
    paths: Iterable[Path], service: TileService, tiles: Iterable[SourceTile]
) -> tuple[dict[SourceTile, bytes], dict[Path, str]]:
    """The bytes of those of the tiles that the packs have, and by pack the sentence why it cannot be read, empty for a
    pack of another date.
    """
    wanted, bodies, problems = list(tiles), dict[SourceTile, bytes](), dict[Path, str]()
    for path in paths:
        if len(bodies) == len(wanted):
            break
        try:
            with PackedTiles(path, service) as pack:
                for tile in wanted:
                    if tile not in bodies and (body := pack.tile(tile)):
                        bodies[tile] = body
        except OtherDate:
            problems[path] = ""
        except GeoloupeError as error:
            problems[path] = error.sentence
    return bodies, problems
