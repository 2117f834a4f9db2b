"""Terms of imagery: which words of a licence say nothing of what is allowed."""

from __future__ import annotations

from layers.phrase import Phrase

TERMS_NOT_STATED = Phrase("terms not stated")
_NO_TERMS = frozenset(("", "various", "other", "proprietary", "unknown", "not-provided", "none", "n/a"))


def states_terms(licence: str) -> bool:
    """True unless a licence is a word such as "proprietary", or the note that nothing is stated."""
    words = licence.strip().lower()
    return words not in _NO_TERMS and words != TERMS_NOT_STATED
