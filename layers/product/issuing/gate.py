"""States of products: a draft, issued, published."""

from __future__ import annotations

from typing import Literal

type State = Literal["draft", "issued", "published"]
DRAFT: State = "draft"
"""State of an export without issue: nobody is responsible for it yet."""
ISSUED: State = "issued"
"""State of a product that is numbered and kept in the case: another file of it is another version."""
PUBLISHED: State = "published"
"""State of a product issued for readers outside, without internal rows."""
STATES: tuple[State, ...] = (DRAFT, ISSUED, PUBLISHED)


def state_asked(*, issue: bool, publish: bool) -> State:
    """The state that the options of a command ask for: publishing is issuing for readers outside."""
    return PUBLISHED if publish else ISSUED if issue else DRAFT
