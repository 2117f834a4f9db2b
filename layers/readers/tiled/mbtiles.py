"""MBTiles, read by Python's sqlite3 as one picture in Web Mercator."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import override

from layers.errors import UnsupportedFormat
from layers.readers.guards.tile_audit import GuardedDatabase
from layers.readers.tiled.tile_pyramid import MAX_ZOOM, TileEnds, TilePyramid, named_ends, side_of
from layers.readers.vector_words import database_refused

_ENDS = "SELECT MIN(tile_column), MAX(tile_column), MIN(tile_row), MAX(tile_row) FROM tiles WHERE zoom_level = ?"
_TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"


class MbtilesReader(TilePyramid):
    """One zoom level of an MBTiles file."""

    driver = "MBTiles"

    def __init__(self, path: str, level: int = -1) -> None:
        """Open a file. Raises UnsupportedFormat for tiles that are no pictures, NotReadable for damaged files."""
        super().__init__(path)
        try:
            self._database = GuardedDatabase(path)
        except sqlite3.Error as error:
            raise database_refused(os.path.basename(path), str(error), "MBTiles file") from error
        try:
            self._open(level)
        except UnsupportedFormat:
            self.close()
            raise
        except (sqlite3.Error, UnicodeError, ValueError) as error:
            self.close()
            raise database_refused(os.path.basename(path), str(error), "MBTiles file") from error

    def _open(self, level: int) -> None:
        name = os.path.basename(self.name)
        rows = self._database.rows("SELECT name, value FROM metadata LIMIT 1000")
        self._metadata = {str(k): str(v) for k, v in rows}
        if self._metadata.get("format", "") in ("pbf", "mvt"):
            raise UnsupportedFormat("{name} holds vector tiles: only MBTiles with pictures are opened.", name=name)
        least, most = self._database.rows("SELECT MIN(zoom_level), MAX(zoom_level) FROM tiles")[0]
        if least is None or most is None or not 0 <= int(str(least)) <= int(str(most)) <= MAX_ZOOM:
            raise UnsupportedFormat(
                "{name} holds no tiles of the zoom levels 0 to {max_zoom}.", name=name, max_zoom=MAX_ZOOM
            )
        (blob,), *_ = self._database.rows("SELECT tile_data FROM tiles LIMIT 1")
        tile_px = side_of(blob)
        if not tile_px:
            raise UnsupportedFormat("{name} holds no PNG, JPEG or WebP tiles of 256 or 512 pixels.", name=name)
        zooms = int(str(least)), int(str(most))
        try:
            west, south, east, north = (float(v) for v in self._metadata["bounds"].split(","))
        except (KeyError, ValueError):
            west, south, east, north = -180.0, -90.0, 180.0, 90.0
        ends = self._with_all_tiles(named_ends((west, south, east, north), zooms[1]), zooms[1])
        self._lay_out(zooms, tile_px, ends, level)

    def _with_all_tiles(self, named: TileEnds, zoom: int) -> TileEnds:
        """The range that the metadata name, widened to the tiles that are there: some programs write too narrow one."""
        across = 2**zoom
        try:
            west, east, south, north = (int(str(end)) for end in self._database.rows(_ENDS, (zoom,))[0])
        except (ValueError, sqlite3.Error):  # numbers that are none, or too many tiles to be looked through
            return named
        left, right = max(0, min(named.left, west)), min(across, max(named.right, east + 1))
        top, bottom = max(0, min(named.top, across - 1 - north)), min(across, max(named.bottom, across - south))
        return TileEnds(left, top, right, bottom)

    @override
    def tags(self, _: int = 0, ns: str = "") -> dict[str, str]:
        return {} if ns else self._metadata

    @override
    def close(self) -> None:
        self._database.close()

    @override
    def _bodies(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> Sequence[object]:
        answers = (self._database.rows(_TILE, (zoom, col, 2**zoom - 1 - row)) for col, row in tiles)
        return [rows[0][0] if rows else None for rows in answers]
