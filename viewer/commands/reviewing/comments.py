"""Edits of comments on rows of the case."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.edit import Edit
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


def resolve_comment(document: Document, uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Mark a comment as resolved: it stays in the case, and is no longer shown as open. Raises InvalidValue."""
    comment = row_of(document.table("comments"), uuid, Phrase("comment"))
    return Edit(Phrase("Resolve a comment"), update("comments", comment, stamp_of(actor, now), resolved=True))
