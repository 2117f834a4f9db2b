"""Finds rows of the case by all their words, for the palette."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject

from layers.document.document import Document
from layers.document.edit import Table
from layers.finding.case_index import HAS_WORDS, CaseIndex, FoundRow
from layers.finding.snippet import brought_forward
from layers.finding.text_query import TextQuery, read_query
from viewer.panels.context import PanelContext
from viewer.panels.search.hits import INSIDE, MOST_IN_GROUP, Hit, HitGroup
from viewer.panels.search.kept_index import kept_index
from viewer.panels.search.search_providers import site_hit
from viewer.panels.words import site_name
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

SHORTEST_WORD = 3
BEFORE_TEXT, BEFORE_NOTE = 30, 10
"""Characters before the searched word in the text of a row and in its note, which are as long as there is room."""
GROUPS: tuple[tuple[HitGroup, tuple[Table, ...]], ...] = (
    (HitGroup.SITES, ("sites",)),
    (HitGroup.CLAIMS, ("claims",)),
    (HitGroup.SOURCES, ("sources", "source_files")),
    (
        HitGroup.RECORDS,
        ("responses", "claim_sources", "claim_evidence", "comments", "observations", "searches", "chips"),
    ),
)
"""The groups of hits, and the tables that each shows."""
BELOW_NAMES = 0.5
"""Added to the score of hits in notes and records, which come after claims and names."""


class CaseWords(QObject):
    """A provider of hits for the words of the case: notes, claims, wording, sources, comments.

    It is asked in a job, the rest of it is for the window's thread. Rows that the window hides are not found.
    """

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._kept = context, kept_index(context)
        self.prepare, self.ready = self._kept.prepare, self._kept.ready

    def search(self, text: str) -> list[Hit]:
        """Hits in the words of the case; none while a large case is being indexed."""
        text = text.strip()
        if len(text) < SHORTEST_WORD and text.isascii():
            return []
        document = self._context.document
        index = self._kept.present(document)
        if index is None:
            return []
        return [hit for group, tables in GROUPS for hit in self._hits_of(index, document, group, text, tables)]

    def _hits_of(
        self, index: CaseIndex, document: Document, group: HitGroup, text: str, tables: tuple[Table, ...]
    ) -> Iterator[Hit]:
        wanted = read_query(text)
        for number, found_row in enumerate(index.search(text, 2 * MOST_IN_GROUP, tables)):
            row = document.table(found_row.table).get(found_row.uuid)
            if row is None and found_row.is_gone and self._context.look.blind is None:
                yield replace(_row_hit(group, found_row, number, wanted), words=text)
            if row is None or not self._context.look.shows(row):
                continue
            if group is not HitGroup.SITES:
                yield replace(_row_hit(group, found_row, number, wanted), words=text)
            elif found_row.score <= HAS_WORDS:  # names are found by the provider of sites
                site = document.sites[found_row.uuid]
                hit = site_hit(INSIDE + BELOW_NAMES + number / 1000, site, "")
                name = hit.text if site.label else one_line(site_name(site, document), 80)
                yield replace(hit, text=name, note=_note(found_row.snippet, wanted))


def _row_hit(group: HitGroup, found_row: FoundRow, number: int, wanted: TextQuery) -> Hit:
    """A hit without a place: the title of a claim or source beside the words; of other rows the words and a kind."""
    title, snippet = one_line(found_row.title, 90), one_line(found_row.snippet, 120)
    is_record = group is HitGroup.RECORDS and not found_row.is_gone
    is_seen = snippet[:30] == title[:30] and not found_row.page  # the title begins with the words already
    return Hit(
        group=group,
        text=brought_forward(snippet, wanted, BEFORE_TEXT) or title if is_record else title,
        note=_note_of(found_row, snippet, wanted, is_record=is_record, is_seen=is_seen),
        icon="claims" if group is HitGroup.CLAIMS else "sources" if group is HitGroup.SOURCES else "text",
        lon=math.nan,
        lat=math.nan,
        row=(found_row.table, found_row.uuid),
        score=INSIDE + (0.0 if group is HitGroup.CLAIMS else BELOW_NAMES) + number / 1000,
    )


def _note_of(found_row: FoundRow, snippet: str, wanted: TextQuery, *, is_record: bool, is_seen: bool) -> str:
    """The kind of a record; the words of other rows, unless their title has these already."""
    if is_record:
        return _kind(found_row.table)
    words = "" if is_seen else _on_page(found_row, _note(snippet, wanted))
    return translate("CaseWords", "deleted: {0}").format(words) if found_row.is_gone else words


def _on_page(found_row: FoundRow, note: str) -> str:
    """A note behind the page of a kept document."""
    return translate("CaseWords", "p. {0}: {1}").format(found_row.page, note) if found_row.page else note


def _note(snippet: str, wanted: TextQuery) -> str:
    """A snippet for the narrow half of a row, whose end is cut: the searched word is near its beginning."""
    return brought_forward(one_line(snippet, 120), wanted, BEFORE_NOTE)


def _kind(table: Table) -> str:
    return {
        "responses": translate("Search", "answer"),
        "claim_sources": translate("Search", "wording of a source"),
        "claim_evidence": translate("Search", "note on evidence"),
        "comments": translate("Search", "comment"),
        "observations": translate("Search", "observation"),
        "searches": translate("Search", "search of an area"),
        "chips": translate("Search", "chip"),
    }[table]
