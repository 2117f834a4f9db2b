"""Place names without the network: an index in one SQLite file that a build script made and the program ships packed.

Places are numbered by rank, facilities first, then settlements by population, with regions and countries among them:
hits come in the order of numbers.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from layers.errors import NotReadable
from layers.geo.measure import distance_m
from layers.places.names import holds_in_order, indexed_text, name_key, tight
from layers.places.spelling import most_wrong, nearness, pieces, respelled

VERSION = 1
_EARTH_M = 6_371_000.0
LONGEST_QUERY = 80
_SHORTEST_RUN_ON, _LONGEST_RUN_ON = 5, 24
_LAST_CHARACTER = "\U0010ffff"
_POOL = 200
"""Most places of each tier that are looked at; they are numbered by rank, so that the first are the best."""

REGION, COUNTRY = "region", "country"
"""Kinds of places that are no facilities; the kinds of facilities are site classes."""
PlaceRow = tuple[str, list[str], str, str, float, float, int, float, str]
"""Name, other names, kind, country code, lat, lon, population, radius in metres, source."""

SCHEMA = f"""
PRAGMA page_size = 4096;
PRAGMA user_version = {VERSION};
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT, names TEXT, kind TEXT, country TEXT, lat REAL, lon REAL, population INTEGER,
    error_m REAL, source TEXT
);
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE key (key TEXT, place INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(names, content='', columnsize=0, tokenize='ascii');
"""


class NamedPlace(Struct, frozen=True):
    """A settlement, facility, region or country. `matched` is the name that matched; a settlement's `kind` is empty.

    `error_m` is how far the place reaches from its point, or how far off a facility may be.
    """

    name: str
    names: tuple[str, ...]
    kind: str
    country: str
    lon: float
    lat: float
    population: int
    error_m: float
    source: str
    matched: str = ""


class PlaceIndex:
    """Answers in milliseconds, from any thread. Raises NotReadable where the file is not one of ours."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise NotReadable(
                "The place names in {path} cannot be read ({error}): delete the file.", path=path, error=error
            ) from error
        try:
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                raise NotReadable("The place names in {path} are of another version: delete the file.", path=path)
            countries = self._db.execute("SELECT code, name FROM country").fetchall()
            self._countries = {str(code): str(name).strip() for code, name in countries}
        except sqlite3.Error as error:
            self._db.close()
            raise NotReadable(
                "The place names in {path} cannot be read ({error}): delete the file.", path=path, error=error
            ) from error
        except NotReadable:
            self._db.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def search(self, text: str, limit: int = 12) -> list[NamedPlace]:
        """Search places of that name, of a name that begins so (first those usual here), of a name with such words.

        Without any, a country or region named with the place counts: "Murmansk, Russia".
        """
        key = name_key(text[:LONGEST_QUERY])
        if not key or (len(key) == 1 and key.isascii()):
            return []
        with self._lock, closing(self._db.cursor()) as cursor:
            numbers = dict.fromkeys(self._exact(cursor, key))
            for tier in (self._run_on, self._beginning, self._wordwise, self._with_gaps):
                if len(numbers) < limit:
                    numbers |= dict.fromkeys(tier(cursor, key))
            if not numbers:
                key, within = self._within(cursor, text[:LONGEST_QUERY])
                numbers = dict.fromkeys(within)
            return [self._place(cursor, number, key) for number in list(numbers)[:limit]]

    def search_nearly(self, text: str, limit: int = 12) -> list[NamedPlace]:
        """Places whose name is spelled nearly so (see `nearness`), the nearest first; some tens of milliseconds."""
        key = tight(name_key(text[:LONGEST_QUERY]))
        near: dict[int, tuple[int, str]] = {}
        with self._lock, closing(self._db.cursor()) as cursor:
            for most in range(1, most_wrong(key) + 1):
                rows = self._with_pieces(cursor, key, most)
                _take_near(near, key, rows if most > 1 else rows + self._sounding(cursor, key))
                if near:
                    break
            best = sorted((off, number, other) for number, (off, other) in near.items())[:limit]
            return [self._place(cursor, number, other) for _, number, other in best]

    def nearest(self, lon: float, lat: float, most_m: float, least_people: int = 0) -> NamedPlace | None:
        """The settlement of so many people that is nearest to a place, within a distance; None without any."""
        high = math.degrees(most_m / _EARTH_M)
        wide = min(high / max(math.cos(math.radians(lat)), 0.02), 180.0)
        home = (lon + 180.0) % 360.0 - 180.0
        sql = (
            "SELECT id, lon, lat FROM place WHERE kind = '' AND population >= ? AND lat BETWEEN ? AND ? "
            "AND (lon BETWEEN ? AND ? OR lon BETWEEN ? AND ? OR lon BETWEEN ? AND ?)"
        )
        turns = [edge for turn in (-360.0, 0.0, 360.0) for edge in (home - wide + turn, home + wide + turn)]
        with self._lock, closing(self._db.cursor()) as cursor:
            rows = cursor.execute(sql, (least_people, lat - high, lat + high, *turns)).fetchall()
            near = min(((distance_m(home, lat, x, y), number) for number, x, y in rows), default=(math.inf, 0))
            return self._place(cursor, near[1], "") if near[0] <= most_m else None

    def country_of(self, place: NamedPlace) -> NamedPlace | None:
        """The country that a place is in; None where it is not among the places."""
        codes = [code for code, name in self._countries.items() if name == place.country]
        sql = "SELECT id FROM place WHERE kind = ? AND country = ? ORDER BY id LIMIT 1"
        with self._lock, closing(self._db.cursor()) as cursor:
            row = cursor.execute(sql, (COUNTRY, codes[0])).fetchone() if codes else None
            return self._place(cursor, row[0], "") if row is not None else None

    def _with_pieces(self, cursor: sqlite3.Cursor, key: str, most: int) -> list[tuple[str, int]]:
        """(key, place) of names of about that length that share a piece with it, at about the same position."""
        wanted = sorted({(piece, begin + most + 2) for begin, piece in pieces(key, most)})
        sql = (
            "SELECT key, place FROM key WHERE key >= ? AND key < ? AND length(key) BETWEEN ? AND ? AND ("
            + " OR ".join(["instr(key, ?) BETWEEN 1 AND ?"] * len(wanted))
            + ")"
        )
        script = ("a", "{") if key.isascii() else ("\u0080", _LAST_CHARACTER)
        values = [*script, len(key) - most, len(key) + most + 1, *(value for each in wanted for value in each)]
        return cursor.execute(sql, values).fetchall()

    def _sounding(self, cursor: sqlite3.Cursor, key: str) -> list[tuple[str, int]]:
        """(key, place) of the names that begin as it does when its sounds are written by other rules."""
        names: list[tuple[str, int]] = []
        most = most_wrong(key)
        sql = "SELECT key, place FROM key WHERE key >= ? AND key < ? AND length(key) BETWEEN ? AND ?"
        for other in respelled(key):
            begun, span = other[:2], (len(other) - most, len(other) + most + 1)
            names += cursor.execute(sql, (begun, begun + _LAST_CHARACTER, *span)).fetchall()
        return names

    def _exact(self, cursor: sqlite3.Cursor, key: str) -> list[int]:
        """Places called so. A spelling made by a machine is no better than a beginning: Lomé is not called rome."""
        sql = (
            "SELECT DISTINCT place.id, place.name, place.names FROM key JOIN place ON place.id = key.place "
            "WHERE key IN (?, ?) ORDER BY place.id LIMIT ?"
        )
        rows = cursor.execute(sql, (key, tight(key), _POOL))
        return [number for number, *names in rows if _is_called(key, "\n".join(filter(None, names)).split("\n"))]

    def _run_on(self, cursor: sqlite3.Cursor, key: str) -> list[int]:
        """Places of names of two or three words that were typed as one."""
        if " " in key or not _SHORTEST_RUN_ON <= len(key) <= _LONGEST_RUN_ON:
            return []
        two = [(key[:at], key[at:]) for at in range(1, len(key))]
        three = [(head, tail[:at], tail[at:]) for head, tail in two for at in range(1, len(tail))]
        keys = [" ".join(words) for words in (*two, *three)]
        sql = f"SELECT DISTINCT place FROM key WHERE key IN ({', '.join('?' * len(keys))}) ORDER BY place LIMIT ?"
        return [number for (number,) in cursor.execute(sql, (*keys, _POOL))]

    def _with_gaps(self, cursor: sqlite3.Cursor, key: str) -> list[int]:
        """Chinese names that have the characters in their order, others between them."""
        if not holds_in_order(key, key):
            return []
        sql = (
            "SELECT place.id, place.name, place.names FROM words JOIN place ON place.id = words.rowid "
            "WHERE words MATCH ? ORDER BY words.rowid LIMIT ?"
        )
        rows = cursor.execute(sql, (" AND ".join(f'"{character}"' for character in key), _POOL))
        names = ((number, [name, *(others or "").split("\n")]) for number, name, others in rows)
        return [number for number, each in names if any(holds_in_order(key, name_key(name)) for name in each)]

    def _beginning(self, cursor: sqlite3.Cursor, key: str) -> list[int]:
        sql = (
            "SELECT DISTINCT place.id, place.name FROM key JOIN place ON place.id = key.place "
            "WHERE key >= ? AND key < ? ORDER BY key.place LIMIT ?"
        )
        rows = cursor.execute(sql, (key, key + _LAST_CHARACTER, _POOL)).fetchall()
        if key.isascii():
            so = {number for (number,) in cursor.execute("SELECT place FROM key WHERE key = ?", (key,))}
            rows.sort(key=lambda row: row[0] not in so and not name_key(row[1]).startswith(key))
        return [number for number, _ in rows]

    def _wordwise(self, cursor: sqlite3.Cursor, key: str) -> list[int]:
        """Every word somewhere in one of the names; the last may be only begun."""
        phrases = [f'"{indexed_text(word)}"' for word in key.split()]
        sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?"
        return [number for (number,) in cursor.execute(sql, (" AND ".join(phrases) + "*", _POOL))]

    def _within(self, cursor: sqlite3.Cursor, text: str) -> tuple[str, list[int]]:
        """The key of the place that a text names with its country or region, and the places of that name there."""
        for key, names in named_within(text):
            areas = [self._areas(cursor, name) for name in names]
            if not all(areas):
                continue
            so = dict.fromkeys([*self._exact(cursor, key), *self._beginning(cursor, key)])
            numbers = [number for number in so if _is_in_all(self._position(cursor, number), areas)]
            if numbers:
                return key, numbers
        return "", []

    def _areas(self, cursor: sqlite3.Cursor, key: str) -> list[_Area]:
        """The countries and regions of a name, and the country of such a code."""
        sql = (
            "SELECT place.country, place.lat, place.lon, place.error_m, place.kind FROM key "
            "JOIN place ON place.id = key.place WHERE key IN (?, ?) AND place.kind IN (?, ?)"
        )
        rows = cursor.execute(sql, (key, tight(key), COUNTRY, REGION)).fetchall()
        areas = [(code, None if kind == COUNTRY else (lon, lat, reach)) for code, lat, lon, reach, kind in rows]
        return areas + ([(key.upper(), None)] if key.upper() in self._countries else [])

    @staticmethod
    def _position(cursor: sqlite3.Cursor, number: int) -> tuple[str, float, float]:
        sql = "SELECT country, lon, lat FROM place WHERE id = ?"
        code, lon, lat = cursor.execute(sql, (number,)).fetchone()
        return str(code), float(lon), float(lat)

    def _place(self, cursor: sqlite3.Cursor, number: int, key: str) -> NamedPlace:
        sql = "SELECT name, names, kind, country, lat, lon, population, error_m, source FROM place WHERE id = ?"
        name, names, kind, code, lat, lon, population, error_m, source = cursor.execute(sql, (number,)).fetchone()
        name, others = name.strip(), tuple(other.strip() for other in names.split("\n")) if names else ()
        country = self._countries.get(code, code)
        matched = _matched((name, *others), key)
        return NamedPlace(name, others, kind, country, lon, lat, population, error_m, source, matched)


type _Area = tuple[str, tuple[float, float, float] | None]
"""The code of a country; of a region also the lon and lat of its middle and how far it reaches in metres."""


def _is_in_all(position: tuple[str, float, float], areas: list[list[_Area]]) -> bool:
    """True where a place (code of its country, lon, lat) lies in at least one area of each list."""
    return all(any(_is_in(position, area) for area in each) for each in areas)


def _is_in(position: tuple[str, float, float], area: _Area) -> bool:
    (code, lon, lat), (country, circle) = position, area
    return code == country and (circle is None or distance_m(lon, lat, circle[0], circle[1]) <= circle[2])


def _take_near(near: dict[int, tuple[int, str]], key: str, rows: list[tuple[str, int]]) -> None:
    """Keep how near each place's nearest name is. Few names have nearly the same letters; only those are compared."""
    letters, most = set(key), most_wrong(key) + 1  # what two spellings of one sound may add
    for other, place in rows:
        if len(letters.difference(other)) > most or len(set(other) - letters) > most + 1:
            continue
        off = nearness(key, other)
        if off is not None and off < near.get(place, (99, ""))[0]:
            near[place] = (off, other)


def _is_called(key: str, names: list[str]) -> bool:
    """True where one of the names is this key, except alternates in lower-case Latin letters, which machines write."""
    same = (name for name in names if tight(name_key(name)) == tight(key))
    return any(name == names[0] or not (name.isascii() and name.islower()) for name in same)


def _matched(names: tuple[str, ...], key: str) -> str:
    """The name that answers best: as typed, else beginning so, else with its words."""
    keys = [(name, name_key(name)) for name in names]
    for fits in (
        lambda other: tight(other) == tight(key),
        lambda other: other.startswith(key),
        lambda other: all(word in other for word in key.split()),
        lambda other: holds_in_order(key, other),
    ):
        for name, other in keys:
            if fits(other):
                return name
    return names[0]


_COMMA = re.compile(r"[,;，、；]")
_MOST_PARTS = 6


def named_within(text: str) -> Iterator[tuple[str, list[str]]]:
    """(key of a place, keys of the areas it would be in): as commas part the text, else at each space of it.

    The place stands at the beginning, as it is written in the west, or at the end.
    """
    parts = [key for part in _COMMA.split(text) if (key := name_key(part))]
    if len(parts) > 1:
        if len(parts) <= _MOST_PARTS:
            yield parts[0], parts[1:]
            yield parts[-1], parts[:-1]
        return
    words = name_key(text).split()[: _MOST_PARTS + 1]
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    yield from ((place, [area]) for place, area in reversed(cuts))
    yield from ((place, [area]) for area, place in cuts)
