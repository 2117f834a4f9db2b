"""Edits of comments on rows of any table: they are added, answered, resolved and opened again, and read as threads."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from layers.document.document import Document
from layers.document.edit import Edit, Table
from layers.document.rows import Comment
from layers.errors import InvalidValue
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.stamps import insert, new_uuid, stamp_of, update

LONGEST_COMMENT = 4000
"""Most characters of one comment."""


class Thread(Struct, frozen=True):
    """A comment with its answers, the oldest first."""

    first: Comment
    answers: tuple[Comment, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.first.resolved

    @property
    def size(self) -> int:
        """Number of comments in it."""
        return 1 + len(self.answers)


def threads_on(document: Document, uuids: Iterable[str]) -> list[Thread]:
    """The threads on these rows, the oldest first; an answer whose comment is gone stands as a comment of its own."""
    rows = [row for uuid in dict.fromkeys(uuids) for row in document.links.comments_on(uuid)]
    rows.sort(key=_age)
    there = {row.uuid: row for row in rows}
    answers: dict[str, list[Comment]] = {}
    for row in rows:
        first = _first(row, there)
        if first is not row:
            answers.setdefault(first.uuid, []).append(row)
    return [Thread(row, tuple(answers.get(row.uuid, ()))) for row in rows if _first(row, there) is row]


def _age(row: Comment) -> tuple[str, str]:
    return row.created_at, row.uuid


def _first(row: Comment, there: dict[str, Comment]) -> Comment:
    """The comment with which the thread of `row` begins; of answers in a circle, the oldest."""
    seen = {row.uuid: row}
    while row.parent_uuid in there and row.parent_uuid not in seen:
        row = there[row.parent_uuid]
        seen[row.uuid] = row
    is_circle = row.parent_uuid in seen
    return min(seen.values(), key=_age) if is_circle else row


def add_comment(
    document: Document,
    table: Table,
    target_uuid: str,
    body: str,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
) -> Edit:
    """Comment on a row of the case, in the name of the actor. Raises InvalidValue."""
    row_of(document.table(table), target_uuid, Phrase("row"))
    comment = Comment(uuid=uuid or new_uuid(), target_uuid=target_uuid, body=_checked(body))
    return Edit(Phrase("Comment"), (insert("comments", comment, stamp_of(actor, now)),))


def answer_comment(
    document: Document, comment_uuid: str, body: str, *, actor: str, now: str | None = None, uuid: str | None = None
) -> Edit:
    """Answer a comment; one that was resolved is open again. Raises InvalidValue."""
    first, stamp = _comment(document, comment_uuid), stamp_of(actor, now)
    answer = Comment(
        uuid=uuid or new_uuid(), target_uuid=first.target_uuid, parent_uuid=first.uuid, body=_checked(body)
    )
    opened = update("comments", first, stamp, resolved=False)
    return Edit(Phrase("Answer a comment"), (insert("comments", answer, stamp), *opened))


def resolve_comment(document: Document, uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Mark a comment and its answers as resolved: they stay in the case, and count as open no more."""
    comment = _comment(document, uuid)
    return Edit(Phrase("Resolve a comment"), update("comments", comment, stamp_of(actor, now), resolved=True))


def reopen_comment(document: Document, uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Open a resolved comment again. Raises InvalidValue."""
    comment = _comment(document, uuid)
    return Edit(Phrase("Open a comment again"), update("comments", comment, stamp_of(actor, now), resolved=False))


def _comment(document: Document, uuid: str) -> Comment:
    comment = document.table("comments").get(uuid)
    if not isinstance(comment, Comment):
        raise InvalidValue("That comment is no longer in the case.")
    return comment


def _checked(body: str) -> str:
    """The words without blanks around them. Raises InvalidValue for none, and for too many."""
    words = body.strip()
    if not words or len(words) > LONGEST_COMMENT:
        raise InvalidValue(
            "A comment needs words: at least one, and at most {longest} characters.", longest=LONGEST_COMMENT
        )
    return words
