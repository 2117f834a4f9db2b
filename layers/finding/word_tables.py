"""The full-text tables of an index: those of sites and of claims apart, so that a word of all sites delays no other."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct

_CREATE = """CREATE VIRTUAL TABLE {table} USING
fts5({columns}, content='', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"""


class IndexedWords(Struct, frozen=True):
    """The folded words of a row: its names and the rest."""

    number: int
    names: str
    text: str


class WordTables:
    """Words of numbered rows, in memory. `parts` are the numbers at which another part begins, in order.

    Names stand in a table of their own once more: to ask which of 50,000 rows have a word in their names would take as
    long as to look at each. One thread at a time.
    """

    def __init__(self, parts: Iterable[int]) -> None:
        self._sql = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._sql.close)
        self._parts = tuple(parts)
        for at in range(len(self._parts)):
            self._sql.execute(_CREATE.format(table=f"words{at}", columns="names, text"))
            self._sql.execute(_CREATE.format(table=f"names{at}", columns="names"))

    def put(self, old: Iterable[IndexedWords], new: Iterable[IndexedWords]) -> None:
        """Forget the words of rows, which must be given as they were put, and take those of others, as one step."""
        self._sql.execute("BEGIN")
        for at, rows in self._by_part(old):
            words, names = _values(rows)
            delete = "INSERT INTO {0}({0}, rowid, {1}) VALUES ('delete', {2})"
            self._sql.executemany(delete.format(f"words{at}", "names, text", "?, ?, ?"), words)
            self._sql.executemany(delete.format(f"names{at}", "names", "?, ?"), names)
        for at, rows in self._by_part(new):
            words, names = _values(rows)
            self._sql.executemany(f"INSERT INTO words{at}(rowid, names, text) VALUES (?, ?, ?)", words)
            self._sql.executemany(f"INSERT INTO names{at}(rowid, names) VALUES (?, ?)", names)
        self._sql.execute("COMMIT")

    def numbers(self, expression: str, first: int, last: int, most: int, *, in_names: bool) -> Iterator[int]:
        """The rows between two numbers that match an expression of FTS5, `most` of them at most (-1: all), in order."""
        kind, left = "names" if in_names else "words", most
        for at in range(self._part_of(first), self._part_of(last) + 1):
            ask = f"SELECT rowid FROM {kind}{at} WHERE {kind}{at} MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
            for (number,) in self._sql.execute(ask, (expression, first, last, left)):
                left -= most > 0
                yield number
            if not left:
                break

    def all_numbers(self, expression: str) -> Iterator[int]:
        """All rows that match an expression."""
        asks = (f"SELECT rowid FROM words{at} WHERE words{at} MATCH ?" for at in range(len(self._parts)))
        return (number for (number,) in chain.from_iterable(self._sql.execute(ask, (expression,)) for ask in asks))

    def count(self, expression: str) -> int:
        """The number of the rows that match an expression."""
        asks = (f"SELECT count(*) FROM words{at} WHERE words{at} MATCH ?" for at in range(len(self._parts)))
        return sum(int(self._sql.execute(ask, (expression,)).fetchone()[0]) for ask in asks)

    def _by_part(self, rows: Iterable[IndexedWords]) -> Iterator[tuple[int, list[IndexedWords]]]:
        parts: dict[int, list[IndexedWords]] = {}
        for row in rows:
            parts.setdefault(self._part_of(row.number), []).append(row)
        return iter(parts.items())

    def _part_of(self, number: int) -> int:
        return max((at for at, first in enumerate(self._parts) if number >= first), default=0)


def _values(rows: list[IndexedWords]) -> tuple[list[tuple[int, str, str]], list[tuple[int, str]]]:
    """The values of rows for the table of all words, and of those with names for the table of names."""
    return [(row.number, row.names, row.text) for row in rows], [(row.number, row.names) for row in rows if row.names]
