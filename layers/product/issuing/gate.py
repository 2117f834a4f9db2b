"""The gate of products: the states that one can be in, and what keeps it from being issued."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from layers.product.lint.finding import BLOCKING, Finding

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


def stopping(found: Iterable[Finding]) -> list[Finding]:
    """The blocking findings that stand: with any of them a product is neither issued nor published."""
    return [one for one in found if one.severity == BLOCKING and not one.explained]
