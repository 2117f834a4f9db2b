"""The archives that searches of a case have asked."""

from __future__ import annotations

from layers.document.document import Document
from layers.observing.archive_question import asked_question


def asked_archives(document: Document) -> list[tuple[str, str]]:
    """Address and title of the archive of each search, the newest first."""
    rows = sorted(document.searches.values(), key=lambda row: (row.at, row.created_at), reverse=True)
    return [(query.archive, query.title) for row in rows if (query := asked_question(row)) is not None]
