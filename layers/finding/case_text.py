"""The words of a case: each row that has any becomes one searched text, and each kept file whose text was read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSource, Comment, MetaEntry, Product, Response, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.document.vocabulary import class_words

TITLE_LENGTH = 120
"""Characters of a sentence that stands as the title of its row."""
LONGEST_NAME, LONGEST_WORDS = 2_000, 50_000
"""Most characters of a name and of another field that are searched: a hostile case has megabytes in each."""
CASE_WORDS = ("title", "summary", "context", "project_note")
"""Facts of the case itself that are texts."""

SEARCHED: tuple[Table, ...] = (
    "sites",
    "claims",
    "sources",
    "source_files",
    "responses",
    "claim_sources",
    "claim_evidence",
    "comments",
    "observations",
    "searches",
    "chips",
    "products",
    "meta",
)
"""The tables whose rows are searched. Of two equal matches, the one whose table comes first here is the better."""


_OF_PROGRAMS = frozenset({"earth", "made_for_search", "screen_m"})
"""Keys of a mark's values from its file for what programs need to show it, such as addresses of icons."""
NO_TEXTS: Mapping[str, str] = MappingProxyType({})


class CaseText(Struct, frozen=True):
    """The words of one row: its title as an answer shows it, its names, and all its other words.

    `names` are what the row is called; a row whose title is only the beginning of its words has none. Text of a kept
    file has the table and uuid of its row in `source_files`, and one row has one `CaseText`.
    """

    table: Table
    uuid: str
    title: str
    text: str
    names: tuple[str, ...] = ()
    has_pages: bool = False
    """True for the words of a document whose pages have numbers, with a `PAGE_BREAK` between two."""
    is_gone: bool = False
    """True for a row that is no longer in the case: its words are the reasons for its changes."""


def texts_of(document: Document, kept: Mapping[str, str] = NO_TEXTS) -> Iterator[CaseText]:
    """Yield the words of all rows that have any. Safe in a job: rows are values, and a table is listed in one step.

    `kept` are words that do not stand in the rows, by the uuid of their row: those of kept copies that were read, and
    the reasons for changes of others.
    """
    for table in SEARCHED:
        for row in list(document.table(table).values()):
            if (text := text_of(table, row, kept)) is not None:
                yield text


def text_of(table: Table, row: Row, kept: Mapping[str, str] = NO_TEXTS) -> CaseText | None:
    """The words of a row, with those that `kept` has for it; None where it has none, or is not searched."""
    text = _own_text(table, row, kept)
    reasons = "" if isinstance(row, SourceFile) else kept.get(row.uuid, "")
    if not reasons:
        return text
    return _said(table, row, reasons) if text is None else replace(text, text=_joined((text.text, reasons)))


def text_of_gone(table: Table, uuid: str, name: str, reasons: str) -> CaseText:
    """The reasons for changes of a row that is no longer in the case, under the name that it had there."""
    return CaseText(table, uuid, _beginning(name), reasons[:LONGEST_WORDS], is_gone=True)


def _own_text(table: Table, row: Row, kept: Mapping[str, str]) -> CaseText | None:
    match row:
        case Site():
            return _site_text(row)
        case Claim():
            return _claim_text(row)
        case Source():
            names = (row.title, row.publisher, row.author)
            words = (row.url, row.descriptor, row.excerpt, row.context, row.rights, row.sensor, row.archive_url)
            return _named(table, row, names, words)
        case SourceFile():
            return _kept_text(row, kept.get(row.uuid, ""))
        case Product():
            return _named(table, row, (row.name, row.number), (row.correction,))
        case Response():
            return _said(table, row, row.words, row.speaker, row.notes)
        case ClaimSource():
            return _said(table, row, row.quote, row.page)
        case ClaimEvidence():
            return _said(table, row, row.note)
        case Comment():
            return _said(table, row, row.body)
        case Observation():
            return _said(table, row, row.words, row.presence if row.why else "", row.why, row.target, row.observer)
        case Search():
            return _said(table, row, row.words, row.target, row.method, row.observer, *_cell_whys(row))
        case Chip():
            return _said(table, row, row.caption, row.layer_title, row.credit)
        case MetaEntry():
            return _said(table, row, row.value) if row.key in CASE_WORDS else None
        case _:
            return None


def _site_text(site: Site) -> CaseText | None:
    names = (site.label, *(name for _language, name in site.aliases))
    words = (
        site.notes,
        site.identity_note,
        class_words(site.class_code),
        site.location_country,
        site.operator_country,
        site.folder,
        site.position_basis,
        *_strings_in(site.props_json, _OF_PROGRAMS),
    )
    return _named("sites", site, names, words)


def _cell_whys(search: Search) -> list[str]:
    """The reasons why cells of a search cannot be told, each once, also those in words."""
    try:
        sheet = json.loads(search.cells_json or "null")
    except (ValueError, RecursionError):
        return []
    cells = sheet.get("cells") if isinstance(sheet, dict) else None
    known = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    named = (cell.get(name) for cell in known for name in ("why", "words"))
    return list(dict.fromkeys(why for why in named if isinstance(why, str)))


def _kept_text(copy: SourceFile, words: str) -> CaseText | None:
    """The name of a kept copy, and its own words, which a reader has cut already."""
    text = _named("source_files", copy, (copy.name,), (words[:TITLE_LENGTH],))
    if text is None or not words:
        return text
    return replace(text, text=words, has_pages=copy.content_type == "application/pdf")


def _claim_text(claim: Claim) -> CaseText | None:
    return _said(
        "claims",
        claim,
        claim.statement or claim.source_wording,
        claim.source_wording if claim.statement else "",
        claim.made_by,
        claim.place_note,
        claim.confidence_reason,
        claim.alternatives,
        claim.assumptions,
        claim.indicators,
        claim.change_note,
        *_strings_in(claim.steps_json),
    )


def _named(table: Table, row: Row, names: tuple[str, ...], words: tuple[str, ...]) -> CaseText | None:
    """The words of a row with names, the first of which is its title."""
    names = tuple(name[:LONGEST_NAME] for name in names if name.strip())
    text = _joined(words)
    if not names and not text:
        return None
    return CaseText(table, row.uuid, names[0] if names else _beginning(text), text, names)


def _said(table: Table, row: Row, *words: str) -> CaseText | None:
    """The words of a row that has no name; its title is their beginning."""
    text = _joined(words)
    first = next(filter(str.strip, words), "")
    return CaseText(table, row.uuid, _beginning(first), text) if text else None


def _joined(words: tuple[str, ...]) -> str:
    return " · ".join(text[:LONGEST_WORDS] for text in words if text.strip())


def _beginning(text: str) -> str:
    """The first words of a text on one line, with an ellipsis where it goes on."""
    line = " ".join(text[: 4 * TITLE_LENGTH].strip().split("\n", 1)[0].split())
    if len(line) <= TITLE_LENGTH:
        return line
    head = line[:TITLE_LENGTH]
    return f"{head.rpartition(' ')[0] or head}…"


def _strings_in(text: str, left_out: Collection[str] = ()) -> list[str]:
    """The texts of a JSON value, at any depth; none where it is no JSON, or deeper than Python follows.

    left_out: the keys of an object whose values are no words for a person
    """
    if not text:
        return []
    try:
        values = [json.loads(text)]
    except (ValueError, RecursionError):
        return []
    if left_out and isinstance(values[0], dict):
        values = [value for key, value in values[0].items() if key not in left_out][::-1]
    strings = []
    while values:
        value = values.pop()
        if isinstance(value, str):
            strings.append(value)
        elif isinstance(value, list | dict):
            values += reversed(list(value.values()) if isinstance(value, dict) else value)
    return strings
