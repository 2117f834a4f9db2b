"""Searches a case by words, by a filter of its rows, or by both; for any thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import cast

from msgspec import Struct

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import ClaimSource, Row
from layers.document.source import SourceFile
from layers.finding.about_sites import claims_about, sites_about
from layers.finding.case_index import CaseIndex, FoundRow, Passing
from layers.finding.case_text import SEARCHED, text_of
from layers.finding.passing_rows import PassingRows
from layers.finding.row_filter import RowFilter
from layers.finding.text_query import read_query

MOST_LISTED = 500
LONGEST_SNIPPET = 180


class CaseAnswer(Struct, frozen=True):
    """The best rows, MOST_LISTED of them at most, and the number of all."""

    rows: tuple[FoundRow, ...] = ()
    total: int = 0


def search_case(
    document: Document,
    index: CaseIndex,
    wanted: RowFilter,
    passing: PassingRows | None = None,
    *,
    shows: Callable[[Row], bool] = lambda row: True,
    shows_gone: bool = True,
    check: Checkpoint = unchecked,
) -> CaseAnswer:
    """The rows that have the words and pass the filter, the best first; without words in the order of the case.

    `passing` are the rows that pass; None: all do. `shows` leaves out rows that the window hides, `shows_gone` tells
    whether rows are shown that are no longer in the case. An empty filter has no answer, as all rows would be one.
    """
    has_words = not read_query(wanted.words).is_empty
    if not has_words and (wanted.words.strip() or (passing is None and not wanted.table)):
        return CaseAnswer()
    listed = _listed(document, wanted, passing)
    check()
    if has_words:
        answers = index.search(wanted.words, MOST_LISTED, passing=listed)
        check()
        rows = tuple(row for row in answers if _is_shown(document, row, shows, shows_gone=shows_gone))
        return CaseAnswer(rows, index.count(wanted.words, listed) - len(answers) + len(rows))
    assert listed is not None
    kept = [(table, uuid) for table in SEARCHED for uuid in listed.get(table, ())]
    rows = tuple(islice(_without_words(document, kept, shows), MOST_LISTED))
    return CaseAnswer(rows, len(kept) if len(kept) > MOST_LISTED else len(rows))


def shown_rows(
    document: Document,
    index: CaseIndex,
    wanted: RowFilter,
    passing: PassingRows | None = None,
    check: Checkpoint = unchecked,
) -> dict[Table, frozenset[str]]:
    """Uuids of the marks, claims and sources that a filter leaves on the map and in lists.

    A mark or a claim has the words itself, or in a row about it. A source passes itself, or a claim that passes cites
    it. `passing` are the rows that pass; None: all do.
    """
    words = index.uuids(wanted.words)
    shown: dict[Table, frozenset[str]] = {}
    tables: tuple[tuple[Table, Callable[[Document, Table, str], list[str]]], ...] = (
        ("sites", sites_about),
        ("claims", claims_about),
    )
    for table, about in tables:
        rows = document.table(table) if passing is None else passing.by_table.get(table, {})
        if words is None:
            shown[table] = frozenset(list(rows))
            continue
        named = set(words[table])
        for other in SEARCHED:
            check()
            for uuid in words[other] if other != table else ():
                named.update(about(document, other, uuid))
        shown[table] = frozenset(uuid for uuid in named if uuid in rows)
    sources = document.sources if passing is None else passing.by_table.get("sources", {})
    named = set(sources) if words is None else words["sources"] | _of_copies(document, words["source_files"])
    links = cast("list[ClaimSource]", list(document.table("claim_sources").values()))
    cited = {link.source_uuid for link in links if link.claim_uuid in shown["claims"]}
    shown["sources"] = frozenset(cited.union(uuid for uuid in named if uuid in sources))
    return shown


def _of_copies(document: Document, uuids: set[str]) -> set[str]:
    """The sources of kept copies."""
    copies = document.table("source_files")
    return {copy.source_uuid for uuid in uuids if isinstance(copy := copies.get(uuid), SourceFile)}


def _listed(document: Document, wanted: RowFilter, passing: PassingRows | None) -> Passing | None:
    """The rows among which is searched; None for all."""
    if passing is not None:
        return {table: uuids for table, uuids in passing.by_table.items() if wanted.lists(table)}
    if wanted.table:
        return {table: dict.fromkeys(document.table(table)) for table in SEARCHED if wanted.lists(table)}
    return None


def _is_shown(document: Document, row: FoundRow, shows: Callable[[Row], bool], *, shows_gone: bool) -> bool:
    present = document.table(row.table).get(row.uuid)
    return shows(present) if present is not None else row.is_gone and shows_gone


def _without_words(
    document: Document, kept: list[tuple[Table, str]], shows: Callable[[Row], bool]
) -> Iterator[FoundRow]:
    """Rows that were found by the filter alone, with the beginnings of their texts."""
    for table, uuid in kept:
        row = document.table(table).get(uuid)
        if row is None or not shows(row):
            continue
        text = text_of(table, row)
        if text is None:
            yield FoundRow(table, uuid, "", "", 0.0)
        else:
            snippet = " ".join(text.text[:LONGEST_SNIPPET].split())
            yield FoundRow(table, uuid, text.title, snippet + ("…" if len(text.text) > LONGEST_SNIPPET else ""), 0.0)
