"""The full-text index of a case, in memory beside the working copy: never in the case, so it cannot leave with it.

The index has the words folded; titles and texts for snippets are those of the rows themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import batched, islice

from msgspec import Struct

from layers.document.edit import Table
from layers.finding.case_text import SEARCHED, CaseText
from layers.finding.snippet import best_place, has_words, page_at, snippet_at
from layers.finding.text_query import Begun, TextQuery, folded, read_query
from layers.finding.word_tables import IndexedWords, WordTables
from layers.phrase import Phrase

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

type Passing = Mapping[Table, Collection[str]]
"""Uuids of rows by table: those that pass a filter."""


class FoundRow(Struct, frozen=True):
    """A row that has the words; the higher its score, the better. `snippet` is the part of its words around them."""

    table: Table
    uuid: str
    title: str
    snippet: str
    score: float
    page: int = 0
    """The page of a document that has the words; 0 for rows without pages."""
    is_gone: bool = False
    """True for a row that is no longer in the case."""

    @property
    def words(self) -> str:
        """The snippet, behind its page."""
        return Phrase("page {page}: {words}", page=self.page, words=self.snippet) if self.page else self.snippet


class CaseIndex:
    """Words of the rows of one case. Any thread may use it; one question or batch is answered at a time."""

    def __init__(self, texts: Iterable[CaseText] = ()) -> None:
        self._lock = threading.Lock()
        self._tables = WordTables([ROWS_PER_TABLE, 2 * ROWS_PER_TABLE, 3 * ROWS_PER_TABLE])  # sites, claims, the rest
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
            values = [(key, text, *_columns(text)) for key, text in texts_by_key.items()]
            with self._lock:
                old = self._dropped(texts_by_key)
                new = []
                for key, text, *columns in values:
                    number = self._new_number(key)
                    self._rows[number] = text
                    new.append(IndexedWords(number, *columns))
                self._tables.put(old, new)

    def drop(self, keys: Iterable[tuple[str, str]]) -> None:
        """Forget the words of rows, given by table and uuid."""
        with self._lock:
            self._tables.put(self._dropped(keys), ())

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
        return [_found_row(row, score, wanted) for row, score in sorted(rows, key=_place_in_list)[:most]]

    def count(self, typed: str, passing: Passing | None = None) -> int:
        """The number of all rows that `search` could answer with."""
        wanted = read_query(typed)
        if wanted.is_empty:
            return 0
        with self._lock:
            for begun in (Begun.LAST, Begun.ALL):
                expression = wanted.match(begun)
                if passing is None:
                    count = self._tables.count(expression)
                else:
                    numbers = self._tables.all_numbers(expression)
                    count = sum(self._passes(number, passing) for number in numbers)
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
                for number in self._tables.all_numbers(wanted.match(begun)):
                    row = self._rows[number]
                    uuids[row.table].add(row.uuid)
                if any(uuids.values()):
                    break
        return uuids

    def _passes(self, number: int, passing: Passing) -> bool:
        row = self._rows[number]
        return row.uuid in passing.get(row.table, ())

    def _numbers_of(
        self, expression: str, first: int, end: int, most: int, passing: Passing | None, *, in_names: bool
    ) -> Iterator[int]:
        """Numbers of the first rows that match an expression, between two numbers."""
        if passing is None:
            return self._tables.numbers(expression, first, end, most, in_names=in_names)
        numbers = self._tables.numbers(expression, first, end, -1, in_names=in_names)
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
            (whole, NAME_HAS_WORDS),
            (begun, NAME_HAS_BEGINNINGS),
            (whole, HAS_WORDS),
            (begun, HAS_BEGINNINGS),
            (wanted.match(Begun.ALL), HAS_BEGINNINGS),
        ):
            in_names = base >= NAME_HAS_BEGINNINGS
            for number in self._numbers_of(expression, first, end - 1, pool, passing, in_names=in_names):
                if number not in scores:
                    by_name = self._name_score(number, wanted, base) if in_names else base
                    scores[number] = round(by_name - (number // ROWS_PER_TABLE - 1) * PER_TABLE, 4)
            if len(scores) >= most or (scores and expression == begun and not in_names):
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

    def _dropped(self, keys: Iterable[tuple[str, str]]) -> list[IndexedWords]:
        """Forget rows, and return their words as the tables have them."""
        old = []
        for key in keys:
            number = self._numbers.pop(key, None)
            if number is not None:
                old.append(IndexedWords(number, *_columns(self._rows.pop(number))))
        return old


def _place_in_list(scored: tuple[CaseText, float]) -> tuple[float, int, str]:
    """The order of answers: the better score, then the shorter title and text, of which the words are more."""
    row, score = scored
    return -score, len(row.title) + len(row.text), row.title


def _columns(text: CaseText) -> tuple[str, str]:
    """The names and the other words as the index has them."""
    pieces = [text.text] if len(text.text) <= FOLDED_AT_ONCE else text.text.split("\n")
    return "\n".join(map(folded, text.names)), "\n".join(map(folded, pieces))


def _found_row(row: CaseText, score: float, wanted: TextQuery) -> FoundRow:
    place = best_place(row.text, wanted)
    is_by_name = place is None and not has_words(row.title, wanted)
    snippet = (_other_name(row, wanted) if is_by_name else "") or snippet_at(row.text, place or 0)
    page = page_at(row.text, place) if row.has_pages and place is not None else 0
    return FoundRow(row.table, row.uuid, row.title, snippet, score, page, row.is_gone)


def _other_name(row: CaseText, wanted: TextQuery) -> str:
    """The name by which a row was found, where its title is another one."""
    words = [*wanted.words, *wanted.phrases]
    others = [name for name in row.names[1:] if all(f" {word}" in f" {folded(name)}" for word in words)]
    return others[0] if others else ""
