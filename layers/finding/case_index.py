"""The full-text index of a case, in memory beside the working copy: never in the case, so it cannot leave with it.

The index has the words folded; titles and texts for snippets are those of the rows themselves.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import batched, islice

from msgspec import Struct

from layers.document.edit import Table
from layers.finding.case_text import SEARCHED, CaseText
from layers.finding.snippet import snippet_of
from layers.finding.text_query import Begun, TextQuery, folded, read_query

MOST_ANSWERS = 1000
BATCH = 500
"""Rows that are taken at once; a search may come between two batches."""
ROWS_PER_TABLE = 1 << 40
"""Numbers of the rows of one table: each table has a range of its own, so that it can be asked alone."""
NAMED_EXACTLY, NAME_HAS_WORDS, NAME_HAS_BEGINNINGS = 1.0, 0.8, 0.65
HAS_WORDS, HAS_BEGINNINGS = 0.5, 0.4
"""Scores: the name of a row is better than its other words, a whole word better than the beginning of one."""
FOLDED_AT_ONCE = 20_000
"""Characters that are folded in one go; the lines of a longer text one by one, as the window waits for each."""
SMALLEST_POOL = 60
"""Rows of one kind of match that are compared with each other, also where fewer are asked for."""
NAME_BEGINS_SO = 0.1
"""Gain of a name that begins with the words."""
PER_TABLE = 0.005
"""Loss of a match for each table that comes before its own in SEARCHED."""

_CREATE = """CREATE VIRTUAL TABLE words USING
fts5(names, text, content='', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"""
_DELETE = "INSERT INTO words(words, rowid, names, text) VALUES ('delete', ?, ?, ?)"
_INSERT = "INSERT INTO words(rowid, names, text) VALUES (?, ?, ?)"
_ASK = "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
_ASK_ALL = "SELECT rowid FROM words WHERE words MATCH ?"
_COUNT = "SELECT count(*) FROM words WHERE words MATCH ?"

type Passing = Mapping[Table, Collection[str]]
"""Uuids of rows by table: those that pass a filter."""


class FoundRow(Struct, frozen=True):
    """A row that has the words; the higher its score, the better. `snippet` is the part of its words around them."""

    table: Table
    uuid: str
    title: str
    snippet: str
    score: float


class CaseIndex:
    """Words of the rows of one case. Any thread may use it; one question or batch is answered at a time."""

    def __init__(self, texts: Iterable[CaseText] = ()) -> None:
        self._lock = threading.Lock()
        self._sql = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._sql.close)
        self._sql.execute(_CREATE)
        self._rows: dict[int, CaseText] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._next = {table: at * ROWS_PER_TABLE for at, table in enumerate(SEARCHED, 1)}
        self.put(texts)

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, texts: Iterable[CaseText]) -> None:
        """Take the words of rows, instead of those that these rows had before."""
        for batch in batched(texts, BATCH):
            texts_by_key = {(text.table, text.uuid): text for text in batch}
            values = [(text, *_columns(text)) for text in texts_by_key.values()]
            with self._lock:
                self._sql.execute("BEGIN")
                for key, text in texts_by_key.items():
                    self._drop(key)
                    self._rows[self._new_number(key)] = text
                rows = [(self._numbers[text.table, text.uuid], *columns) for text, *columns in values]
                self._sql.executemany(_INSERT, rows)
                self._sql.execute("COMMIT")

    def drop(self, keys: Iterable[tuple[str, str]]) -> None:
        """Forget the words of rows, given by table and uuid."""
        with self._lock:
            self._sql.execute("BEGIN")
            for key in keys:
                self._drop(key)
            self._sql.execute("COMMIT")

    def search(
        self,
        typed: str,
        most: int = MOST_ANSWERS,
        tables: Sequence[Table] = SEARCHED,
        passing: Passing | None = None,
    ) -> list[FoundRow]:
        """The rows that have all words and phrases of a typed text, `most` of them at most, the best first.

        `tables` are neighbours in SEARCHED. The last word, or a word that alone is nowhere, may be only begun.
        `passing` leaves out all other rows; None leaves out none.
        """
        wanted = read_query(typed)
        if wanted.is_empty or most < 1:
            return []
        with self._lock:
            scores = self._scored(wanted, most, tables, passing)
            rows = [(self._rows[number], score) for number, score in scores.items()]
        return [
            FoundRow(row.table, row.uuid, row.title, snippet_of(row.text, wanted) or _other_name(row, wanted), score)
            for row, score in sorted(rows, key=_place_in_list)[:most]
        ]

    def count(self, typed: str, passing: Passing | None = None) -> int:
        """The number of all rows that `search` could answer with."""
        wanted = read_query(typed)
        if wanted.is_empty:
            return 0
        with self._lock:
            for begun in (Begun.LAST, Begun.ALL):
                expression = wanted.match(begun)
                if passing is None:
                    count = int(self._sql.execute(_COUNT, (expression,)).fetchone()[0])
                else:
                    numbers = self._sql.execute(_ASK_ALL, (expression,))
                    count = sum(self._passes(number, passing) for (number,) in numbers)
                if count:
                    return count
        return 0

    def uuids(self, typed: str) -> dict[Table, set[str]] | None:
        """The uuids of all rows that have the words, by table; None where the text says nothing to search for."""
        wanted = read_query(typed)
        if wanted.is_empty:
            return None
        uuids: dict[Table, set[str]] = {table: set() for table in SEARCHED}
        with self._lock:
            for begun in (Begun.LAST, Begun.ALL):
                for (number,) in self._sql.execute(_ASK_ALL, (wanted.match(begun),)):
                    row = self._rows[number]
                    uuids[row.table].add(row.uuid)
                if any(uuids.values()):
                    break
        return uuids

    def _passes(self, number: int, passing: Passing) -> bool:
        row = self._rows[number]
        return row.uuid in passing.get(row.table, ())

    def _numbers_of(self, expression: str, first: int, end: int, most: int, passing: Passing | None) -> Iterator[int]:
        """Numbers of the first rows that match an expression, between two numbers."""
        limit = most if passing is None else -1
        numbers = (number for (number,) in self._sql.execute(_ASK, (expression, first, end, limit)))
        if passing is None:
            return numbers
        return islice((number for number in numbers if self._passes(number, passing)), most)

    def _scored(
        self, wanted: TextQuery, most: int, tables: Sequence[Table], passing: Passing | None
    ) -> dict[int, float]:
        """Numbers and scores of rows, from the best kind of match to the weakest, until there are enough.

        A word of 100,000 rows is answered with the first few of them, as ranking them all would take longer than a key
        may; they come in the order of their tables, which is that of their scores.
        """
        places = [SEARCHED.index(table) + 1 for table in tables]
        first, end = min(places) * ROWS_PER_TABLE, (max(places) + 1) * ROWS_PER_TABLE
        pool, scores = max(most, SMALLEST_POOL), dict[int, float]()
        whole, begun = wanted.match(Begun.NONE), wanted.match(Begun.LAST)
        for expression, base in (
            (f"{{names}} : ({whole})", NAME_HAS_WORDS),
            (f"{{names}} : ({begun})", NAME_HAS_BEGINNINGS),
            (whole, HAS_WORDS),
            (begun, HAS_BEGINNINGS),
            (wanted.match(Begun.ALL), HAS_BEGINNINGS),
        ):
            for number in self._numbers_of(expression, first, end - 1, pool, passing):
                if number not in scores:
                    by_name = self._name_score(number, wanted, base) if base >= NAME_HAS_BEGINNINGS else base
                    scores[number] = round(by_name - (number // ROWS_PER_TABLE - 1) * PER_TABLE, 4)
            if len(scores) >= most or (scores and expression == begun):
                break
        return scores

    def _name_score(self, number: int, wanted: TextQuery, otherwise: float) -> float:
        whole = wanted.name
        names = [folded(name) for name in self._rows[number].names]
        if whole in names:
            return NAMED_EXACTLY
        return otherwise + (NAME_BEGINS_SO if any(name.startswith(whole) for name in names) else 0.0)

    def _new_number(self, key: tuple[Table, str]) -> int:
        number = self._numbers[key] = self._next[key[0]]
        self._next[key[0]] = number + 1
        return number

    def _drop(self, key: tuple[str, str]) -> None:
        number = self._numbers.pop(key, None)
        if number is not None:
            self._sql.execute(_DELETE, (number, *_columns(self._rows.pop(number))))


def _place_in_list(scored: tuple[CaseText, float]) -> tuple[float, int, str]:
    """The order of answers: the better score, then the shorter title and text, of which the words are more."""
    row, score = scored
    return -score, len(row.title) + len(row.text), row.title


def _columns(text: CaseText) -> tuple[str, str]:
    """The names and the other words as the index has them."""
    pieces = [text.text] if len(text.text) <= FOLDED_AT_ONCE else text.text.split("\n")
    return "\n".join(map(folded, text.names)), "\n".join(map(folded, pieces))


def _other_name(row: CaseText, wanted: TextQuery) -> str:
    """The name by which a row was found, where its title is another one."""
    words = [*wanted.words, *wanted.phrases]
    others = [name for name in row.names[1:] if all(f" {word}" in f" {folded(name)}" for word in words)]
    return others[0] if others else ""
