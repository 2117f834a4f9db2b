"""Boundaries of states: the layers that draw them, and the words that say whose view they are."""

from __future__ import annotations

import re

_DRAWN = re.compile(
    r"(?<![^\W_])(boundar(y|ies)|borders?|frontiers?|admin[ _-]?0)(?![^\W_])"
    r"(?![ _-]*(crossing|post|checkpoint|station|town|guard))",
    re.IGNORECASE,
)
_VIEW = re.compile(
    r"(boundar(y|ies)|borders?|frontiers?)\b[^.\n]*"
    r"\b(de facto|de jure|as \w[^.\n]* (draws?|shows?|has|have|sees?)|views?|endors\w+|recogni[sz]\w+|according to)\b",
    re.IGNORECASE,
)


def draws_boundaries(*names: str) -> bool:
    """True where a layer or its file has a name of boundaries. Others may draw them too: only a look tells."""
    return any(_DRAWN.search(name) for name in names)


def says_whose_view(text: str) -> bool:
    """True where a sentence states in whose view boundaries are drawn, or that they are de facto."""
    return _VIEW.search(text) is not None
