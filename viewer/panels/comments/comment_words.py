"""Words for comments: how many there are and how many are open, who wrote one and when, and their menu entry."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import cast

from layers.document.document import Document
from layers.document.rows import Comment, Row
from layers.time.written_dates import written_date
from viewer.commands.reviewing.comments import Thread, threads_on
from viewer.panels.context import PanelContext
from viewer.panels.said_names import said_name
from viewer.panels.widgets.row_table import ListColumn
from viewer.support.language.text import plain
from viewer.support.language.translation import in_language, translate

OPEN_PX = 46
"""Width of the column of open comments: a narrow list has no more beside the name and another column."""


def counted_comments(threads: Sequence[Thread]) -> str:
    """The numbers of comments and of open threads: "2 comments, 1 open"; empty without comments."""
    count, open_count = sum(thread.size for thread in threads), sum(thread.is_open for thread in threads)
    if not count:
        return ""
    comments = translate("Comments", "{count} comments", "{count} comment", count)
    state = translate("Comments", "{0} open").format(open_count) if open_count else translate("Comments", "resolved")
    return f"{comments}, {state}"


def open_comments(document: Document, uuid: str) -> int:
    """The number of comments on a row that are not resolved, each with its answers."""
    if not document.links.comments_on(uuid):
        return 0
    return sum(thread.is_open for thread in threads_on(document, (uuid,)))


def open_words(document: Document, uuid: str) -> str:
    """The number of open comments on a row for its line in a list; empty for none."""
    count = open_comments(document, uuid)
    return translate("Comments", "{count} open comments", "{count} open comment", count) if count else ""


def has_open_comments(document: Document, uuids: Container[str]) -> bool:
    """True where a comment on one of these rows is not resolved."""
    rows = cast("Iterable[Comment]", document.table("comments").values())
    return any(not row.resolved and not row.parent_uuid and row.target_uuid in uuids for row in rows)


def comment_column(context: PanelContext) -> ListColumn:
    """The column of a list with the number of open comments on each row."""

    def count(row: Row) -> int:
        return open_comments(context.document, row.uuid)

    tip = translate("Comments", "Open comments: those that are not resolved yet")
    return ListColumn(translate("Comments", "Open"), lambda row: str(count(row) or ""), count, OPEN_PX, True, tip)


def written_by(comment: Comment) -> str:
    """Author and day of a comment: "Anna Lind, 2 May 2026"."""
    by = said_name(comment.created_by) or translate("Comments", "not named")
    return ", ".join(filter(None, (by, in_language(written_date(comment.created_at[:10])))))


def comment_sentence(comment: Comment) -> str:
    """A comment with its author and day, in one sentence for screen readers."""
    return plain(f"{written_by(comment)}: {comment.body}")


def comments_text(context: PanelContext, uuid: str) -> str:
    """The text of the menu entry that shows the comments on a row."""
    counted = counted_comments(threads_on(context.document, (uuid,)))
    if counted:
        return translate("Comments", "Co&mments: {0}…").format(counted)
    return translate("Comments", "Co&mment…")
