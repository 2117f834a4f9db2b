"""Writes an offline pack: an MBTiles file that any program opens, and that goes on where it was left.

Each batch is one durable transaction. Tiles that are there, and those that the server does not have, are not asked for
again, whatever ended the last run.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from layers.errors import GeoloupeError, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.services.packs.pack_database import PackDatabase, check_regular, unreadable, unwritable
from layers.services.packs.pack_plan import PackColumn, PackPlan, PackTile, plan_pack, tile_px_of
from layers.services.packs.pack_source import source_of
from layers.services.tile_service import TileService
from layers.time.utc import utc_now

APPLICATION_ID = 0x4D504258
"""The mark of MBTiles in a file's head."""
MOST_PARTS = 100
"""Most parts of a pack that are told of; of more, those that were made first are forgotten, though not their tiles."""
_TABLES = ("metadata", "tiles", "geoloupe_lacking", "geoloupe_stale")
_FIRST_TABLES = _TABLES[:3]
"""Tables that each pack has: the others came later."""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS metadata (name TEXT, value TEXT)",
    "CREATE UNIQUE INDEX IF NOT EXISTS metadata_name ON metadata (name)",
    "CREATE TABLE IF NOT EXISTS tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)",
    "CREATE UNIQUE INDEX IF NOT EXISTS tile_index ON tiles (zoom_level, tile_column, tile_row)",
    "CREATE TABLE IF NOT EXISTS geoloupe_lacking"
    " (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,"
    " PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS geoloupe_stale"
    " (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,"
    " PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID",
)
_IN_COLUMN = "WHERE zoom_level = ? AND tile_column = ? AND tile_row BETWEEN ? AND ?"
_THERE = "SELECT tile_row FROM {table} " + _IN_COLUMN
_OUTDATE = f"INSERT OR IGNORE INTO geoloupe_stale SELECT zoom_level, tile_column, tile_row FROM tiles {_IN_COLUMN}"
_DOUBT = f"DELETE FROM geoloupe_lacking {_IN_COLUMN}"
_SETTLE = f"DELETE FROM geoloupe_stale {_IN_COLUMN}"
_RENEWED = "DELETE FROM geoloupe_stale WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
_PUT = "INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?)"
_NOTE = "INSERT OR REPLACE INTO geoloupe_lacking VALUES (?, ?, ?)"
_STATE = "INSERT OR REPLACE INTO metadata VALUES (?, ?)"


class PackPart(Struct, frozen=True):
    """Areas, and the zooms of which a pack has their tiles, the first and the last."""

    areas: tuple[Bounds, ...]
    zooms: tuple[int, int]

    def covers(self, plan: PackPlan) -> bool:
        """True where each tile of a plan is among its own."""
        least, most = plan.zooms
        is_deep = self.zooms[0] <= least and most <= self.zooms[1]
        return is_deep and all(any(own.contains(area) for own in self.areas) for area in plan.areas)


class PackState(Struct, frozen=True):
    """A pack that is there: for which areas and zooms it was begun last, whether all of that is in it, and the parts
    that were made whole before.
    """

    areas: tuple[Bounds, ...]
    zooms: tuple[int, int]
    is_whole: bool
    parts: tuple[PackPart, ...] = ()

    def has(self, plan: PackPlan) -> bool:
        """True where all of a plan was fetched."""
        return any(part.covers(plan) for part in self._whole_parts)

    def is_for(self, plan: PackPlan) -> bool:
        """True where it was begun for a plan, whether or not it is whole."""
        return self.has(plan) or PackPart(self.areas, self.zooms).covers(plan)

    @property
    def has_some(self) -> bool:
        """True where anything of it was made whole, so that a layer shows from it."""
        return bool(self._whole_parts)

    @property
    def _whole_parts(self) -> tuple[PackPart, ...]:
        return (PackPart(self.areas, self.zooms), *self.parts) if self.is_whole else self.parts


class MbtilesPack:
    """A pack that is being made. For any thread; one call at a time is let in."""

    def __init__(self, path: Path, plan: PackPlan) -> None:
        """Begin a pack, or go on with one of the same service and time.

        Raises UnsupportedFormat where something else has the name, NotReadable where the file is damaged, and
        SaveFailed or DiskFull where it cannot be written.
        """
        self.path, self.plan = path, plan
        self._lock = threading.Lock()
        is_new = not path.exists()
        if not is_new:
            _check_own(path, plan.service)
        try:
            self._database = PackDatabase(path, writable=True)
        except sqlite3.Error as error:
            raise unwritable(path, error) from error
        try:
            self._begin()
        except (sqlite3.Error, GeoloupeError) as error:
            self._database.close()
            if is_new:
                path.unlink(missing_ok=True)
            if isinstance(error, GeoloupeError):
                raise
            raise unwritable(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def count_there(self) -> int:
        """Number of the plan's tiles that need not be asked for."""
        return sum(column.last - column.first + 1 - len(self._missing_of(column)) for column in self.plan.columns())

    def count_lacking(self) -> int:
        """Number of the plan's tiles that the server is known not to have."""
        return sum(len(self._rows_in("geoloupe_lacking", column)) for column in self.plan.columns())

    def missing(self) -> Iterator[PackTile]:
        """The plan's tiles that are still to be asked for, the coarsest first; each column is looked up when due."""
        for column in self.plan.columns():
            for row in self._missing_of(column):
                yield PackTile(column.level.zoom, column.column, row)

    def ask_again(self) -> None:
        """Let all tiles of the plan be asked for anew, over this run and later ones. Those that are there stay until
        newer ones come. Raises SaveFailed.
        """
        columns: list[tuple[object, ...]] = [_values_of(column) for column in self.plan.columns()]
        with self._lock:
            try:
                with self._database.transaction():
                    self._database.write(_OUTDATE, columns)
                    self._database.write(_DOUBT, columns)
                    self._database.write(_STATE, [("geoloupe_whole", "0")])
            except sqlite3.Error as error:
                raise unwritable(self.path, error) from error

    def put(self, tiles: Iterable[tuple[PackTile, bytes]], lacking: Iterable[PackTile] = ()) -> None:
        """Keep tiles, and note those that the server does not have. Durable when it returns; raises SaveFailed."""
        rows: list[tuple[object, ...]] = [(tile.zoom, tile.column, _from_south(tile), body) for tile, body in tiles]
        notes: list[tuple[object, ...]] = [(tile.zoom, tile.column, _from_south(tile)) for tile in lacking]
        with self._lock:
            try:
                with self._database.transaction():
                    self._database.write(_PUT, rows)
                    self._database.write(_RENEWED, [row[:3] for row in rows])
                    self._database.write(_NOTE, notes)
                    if rows:
                        self._tell_format(rows[0][3])
            except sqlite3.Error as error:
                raise unwritable(self.path, error) from error

    def finish(self) -> None:
        """Note that all tiles of the plan have been asked for."""
        own = PackPart(self.plan.areas, self.plan.zooms)
        with self._lock:
            rows = self._database.rows("SELECT value FROM metadata WHERE name = 'geoloupe_parts'")
        parts = [part for part in _parts_of(rows[0][0] if rows else "") if part != own]
        shown = msgspec.json.encode([*parts, own][-MOST_PARTS:]).decode()
        self._settle()
        self._set_metadata({"geoloupe_whole": "1", "geoloupe_parts": shown})

    def _settle(self) -> None:
        """Call no tile of the plan stale any more: those that were not renewed are gone from the server."""
        with self._lock:
            try:
                with self._database.transaction():
                    self._database.write(_SETTLE, [_values_of(column) for column in self.plan.columns()])
            except sqlite3.Error as error:
                raise unwritable(self.path, error) from error

    # -- the file ----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._database.rows("PRAGMA synchronous = FULL")
        self._database.rows("PRAGMA journal_mode = DELETE")
        with self._database.transaction():
            self._database.rows(f"PRAGMA application_id = {APPLICATION_ID:d}")
            for statement in _SCHEMA:
                self._database.rows(statement)
        self._set_metadata(self._described())

    def _described(self) -> dict[str, str]:
        """Metadata of the pack; bounds and zooms also cover what it held before."""
        service, plan = self.plan.service, self.plan
        rows = self._database.rows("SELECT name, value FROM metadata LIMIT 1000")
        before = {str(name): str(value) for name, value in rows}
        bounds, zooms = _in_one_world(plan.bounds), [level.zoom for level in plan.levels]
        if (held := _bounds_of(before.get("bounds"))) is not None:
            bounds = bounds.union(held)
        zooms += [int(before[name]) for name in ("minzoom", "maxzoom") if before.get(name, "").isdecimal()]
        west, south, east, north = bounds
        return {
            "name": service.title,
            "type": "baselayer",
            "version": "1.0",
            "description": f"{service.title} {service.time}".strip(),
            "bounds": f"{west:.7f},{south:.7f},{east:.7f},{north:.7f}",
            "center": f"{(west + east) / 2:.7f},{(south + north) / 2:.7f},{min(zooms)}",
            "minzoom": str(min(zooms)),
            "maxzoom": str(max(zooms)),
            "attribution": service.attribution,
            "license": service.licence,
            "date": service.time,
            "source": source_of(service),
            "tile_px": str(tile_px_of(service, plan.levels)),
            "made_at": utc_now(),
            "geoloupe_plan": msgspec.json.encode(PackPart(plan.areas, plan.zooms)).decode(),
            "geoloupe_whole": "0",
        }

    def _set_metadata(self, values: dict[str, str]) -> None:
        with self._lock:
            try:
                with self._database.transaction():
                    self._database.write(_STATE, list(values.items()))
            except sqlite3.Error as error:
                raise unwritable(self.path, error) from error

    def _tell_format(self, body: object) -> None:
        """Name the format of the tiles, by the first one, as MBTiles wants it."""
        if isinstance(body, bytes) and not self._database.rows("SELECT 1 FROM metadata WHERE name = 'format'"):
            self._database.write(_STATE, [("format", ending_of(body))])

    def _missing_of(self, column: PackColumn) -> list[int]:
        """Rows of a column, from the north, that are neither there and fresh nor known to be lacking."""
        fresh = self._rows_in("tiles", column) - self._rows_in("geoloupe_stale", column)
        known = fresh | self._rows_in("geoloupe_lacking", column)
        return [row for row in range(column.first, column.last + 1) if row not in known]

    def _rows_in(self, table: str, column: PackColumn) -> set[int]:
        """Rows of a column, from the north, that a table has."""
        highest = 2**column.level.zoom - 1
        with self._lock:
            try:
                rows = self._database.rows(_THERE.format(table=table), _values_of(column))
            except sqlite3.Error as error:
                raise unreadable(self.path, error) from error
        return {highest - row for (row,) in rows if isinstance(row, int)}


def pack_state(path: Path, service: TileService, *, writable: bool = True) -> PackState | None:
    """The state of a pack of this service at a path; None where no file is there. Not `writable`: no byte of the file
    is changed, not even to take back what was left half written.

    Raises UnsupportedFormat where something else has the name, NotReadable where it is damaged.
    """
    if not path.exists():
        return None
    values = _check_own(path, service, writable=writable)
    if not values:
        return None
    try:
        begun = msgspec.json.decode(values.get("geoloupe_plan", ""), type=PackPart)
        plan_pack(service, begun.areas, begun.zooms)
    except (ValueError, RecursionError) as error:
        raise unreadable(path, error) from error
    is_whole, parts = values.get("geoloupe_whole") == "1", _parts_of(values.get("geoloupe_parts"))
    return PackState(begun.areas, begun.zooms, is_whole, parts)


def ending_of(body: bytes) -> str:
    """The format of a picture as MBTiles writes it, by its magic bytes: png, jpg or webp; empty for anything else."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if body.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "webp" if body[:4] == b"RIFF" and body[8:12] == b"WEBP" else ""


def _check_own(path: Path, service: TileService, *, writable: bool = True) -> dict[str, str]:
    """The metadata of a file, if it is a pack of ours of this service and time, into which may be written."""
    check_regular(path)
    try:
        database = PackDatabase(path, writable=writable)  # what was left half written is taken back first
    except sqlite3.Error as error:
        raise unreadable(path, error) from error
    try:
        rows = database.rows("SELECT type, name, tbl_name FROM sqlite_master LIMIT 100")
        is_own = all(kind in ("table", "index") and owner in _TABLES for kind, _, owner in rows)
        tables = {str(name) for kind, name, _ in rows if kind == "table"}
        if not rows:  # killed before the first table was there
            return {}
        if not is_own or not tables.issuperset(_FIRST_TABLES):
            raise UnsupportedFormat("{name} is no offline pack made here: choose another name.", name=path.name)
        values = {str(name): str(value) for name, value in database.rows("SELECT name, value FROM metadata LIMIT 1000")}
    except sqlite3.Error as error:
        raise unreadable(path, error) from error
    finally:
        database.close()
    if values and (values.get("source"), values.get("date", "")) != (source_of(service), service.time):
        raise UnsupportedFormat(
            "{name} is an offline pack of another service or date ({title}): choose another name.",
            name=path.name,
            title=values.get("description", ""),
        )
    return values


def _parts_of(text: object) -> tuple[PackPart, ...]:
    try:
        return tuple(msgspec.json.decode(str(text), type=list[PackPart]))
    except (ValueError, RecursionError):
        return ()


def _values_of(column: PackColumn) -> tuple[int, int, int, int]:
    """Zoom, column, and the first and last row as MBTiles numbers them, from the south."""
    highest = 2**column.level.zoom - 1
    return column.level.zoom, column.column, highest - column.last, highest - column.first


def _from_south(tile: PackTile) -> int:
    return 2**tile.zoom - 1 - tile.row


def _in_one_world(bounds: Bounds) -> Bounds:
    """Bounds as MBTiles wants them: all longitudes where they cross the antimeridian."""
    return bounds if bounds.right <= 180 else Bounds(-180.0, bounds.bottom, 180.0, bounds.top)


def _bounds_of(text: object) -> Bounds | None:
    try:
        bounds = Bounds(*map(float, str(text).split(",")))
    except (TypeError, ValueError):
        return None
    return bounds if bounds.is_finite() else None
