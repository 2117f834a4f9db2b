"""States of products: a draft, issued, published."""

from __future__ import annotations

from typing import Literal

type State = Literal["draft", "issued", "published"]
DRAFT: State = "draft"
"""Exported without being issued: nobody answers for it yet."""
ISSUED: State = "issued"
"""Numbered and kept in the case: another file of it is another version."""
PUBLISHED: State = "published"
"""Issued for readers outside, without what is internal."""
STATES: tuple[State, ...] = (DRAFT, ISSUED, PUBLISHED)


def state_asked(*, issue: bool, publish: bool) -> State:
    """The state that the options of a command ask for: publishing is issuing for readers outside."""
    return PUBLISHED if publish else ISSUED if issue else DRAFT
