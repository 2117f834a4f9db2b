"""The archives that searches of a case have asked, and with which questions."""

from __future__ import annotations

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.document.document import Document
from layers.document.search import Search
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.searches import kept_query


class AskedQuestion(Struct, frozen=True, kw_only=True):
    """The query of a kept search of an archive. `about` and `sites` are uuids of sites that it was about."""

    archive: str
    title: str = ""
    question: StacQuestion = StacQuestion()
    about: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


def asked_question(row: Search) -> AskedQuestion | None:
    """The question that a search of an archive has asked; None for any other search."""
    return decoded_or_none(kept_query(row), AskedQuestion) if row.kind == "catalogue" else None


def asked_archives(document: Document) -> list[tuple[str, str]]:
    """Address and title of the archive of each search, the newest first."""
    rows = sorted(document.searches.values(), key=lambda row: (row.at, row.created_at), reverse=True)
    return [(query.archive, query.title) for row in rows if (query := asked_question(row)) is not None]
