"""Comments on rows: threads in order, also odd ones; an answer opens a thread again."""

from __future__ import annotations

import pytest

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import Comment
from layers.errors import InvalidValue
from viewer.commands.claims import delete_claims
from viewer.commands.reviewing.comments import (
    LONGEST_COMMENT,
    add_comment,
    answer_comment,
    reopen_comment,
    resolve_comment,
    threads_on,
)


def at(minute: int) -> str:
    return f"2026-05-02T10:{minute:02}:00Z"


@pytest.fixture
def document() -> Document:
    document = Document({"claims": [Claim(uuid="claim", statement="A pad")]})
    document.apply(add_comment(document, "claims", "claim", " Which pad? ", uuid="asked", actor="Li", now=at(1)))
    return document


def test_an_answer_opens_a_resolved_thread_again_and_stands_below_its_comment(document: Document) -> None:
    document.apply(resolve_comment(document, "asked", actor="Li", now=at(2)))
    assert [thread.is_open for thread in threads_on(document, ["claim"])] == [False]
    document.apply(answer_comment(document, "asked", "Pad 31", uuid="first", actor="Olga", now=at(3)))
    document.apply(answer_comment(document, "first", "So it is", uuid="second", actor="Li", now=at(4)))
    (thread,) = threads_on(document, ["claim"])
    assert thread.is_open
    assert [row.body for row in (thread.first, *thread.answers)] == ["Which pad?", "Pad 31", "So it is"]
    document.apply(resolve_comment(document, "asked", actor="Olga", now=at(5)))
    document.apply(reopen_comment(document, "asked", actor="Olga", now=at(6)))
    assert threads_on(document, ["claim"])[0].is_open
    document.apply(delete_claims(document, ["claim"], actor="Li", now=at(7)))
    assert not document.table("comments"), "they go with their row"


def test_nothing_and_too_much_are_no_comments(document: Document) -> None:
    for words in ("  ", "x" * (LONGEST_COMMENT + 1)):
        with pytest.raises(InvalidValue, match="needs words"):
            add_comment(document, "claims", "claim", words, actor="Li")
    with pytest.raises(InvalidValue, match="no longer"):
        answer_comment(document, "gone", "Yes", actor="Li")
    with pytest.raises(InvalidValue):
        add_comment(document, "claims", "gone", "Yes", actor="Li")


def test_answers_in_a_circle_are_shown_once_each() -> None:
    pairs = (("a", "b"), ("b", "a"), ("c", "b"), ("d", "nowhere"))
    rows = [Comment(uuid=uuid, target_uuid="t", parent_uuid=of, body=uuid) for uuid, of in pairs]
    threads = threads_on(Document({"comments": rows}), ["t"])
    assert [[row.uuid for row in (thread.first, *thread.answers)] for thread in threads] == [["a", "b", "c"], ["d"]]
