"""The archives that searches of a case have asked."""

from __future__ import annotations

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.document.document import Document
from viewer.commands.imagery.searches import kept_query


class _Asked(Struct, frozen=True):
    """The archive that the query of a kept search names."""

    archive: str
    title: str = ""


def asked_archives(document: Document) -> list[tuple[str, str]]:
    """Address and title of the archive of each search, the newest first."""
    rows = sorted(document.searches.values(), key=lambda row: (row.at, row.created_at), reverse=True)
    queries = (decoded_or_none(kept_query(row), _Asked) for row in rows if row.kind == "catalogue")
    return [(query.archive, query.title) for query in queries if query is not None]
