"""Advice that a case lets pass, and rules that it has switched off: facts of the case, one each, so that two desks can
add to them and be merged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from layers.document.document import Document
from layers.product.wording.rules import RULES

if TYPE_CHECKING:
    from layers.product.wording.advice import Advice

_PASSED, _OFF = "wording_passed:", "wording_off:"
_YES = "1"
_KEY_CHARS = 16


def passed_key(advice: Advice) -> str:
    """The fact under which a case lets advice pass: a hash, so that no draft stands in it."""
    words = " ".join(advice.text.split()).casefold()
    return f"{_PASSED}{hashlib.sha256(f'{advice.rule}\n{words}'.encode()).hexdigest()[:_KEY_CHARS]}"


def off_key(rule: str) -> str:
    """The fact under which a case switches a rule off."""
    return f"{_OFF}{rule}"


def rules_off(document: Document) -> tuple[str, ...]:
    """Names of the rules that the case has switched off, in their order."""
    return tuple(rule.name for rule in RULES if document.meta(off_key(rule.name)) == _YES)


def keys_passed(document: Document) -> frozenset[str]:
    """The facts of all advice that the case lets pass."""
    entries = document.table("meta").values()
    return frozenset(entry.uuid for entry in entries if entry.uuid.startswith(_PASSED) and document.meta(entry.uuid))


def advice_in_case(document: Document, text: str, kind: str, *, is_whole: bool = False) -> tuple[Advice, ...]:
    """The advice on a text of a case that nobody has let pass; `is_whole`: with that of rules which are off."""
    # For start-up time: its patterns are compiled when words are judged.
    from layers.product.wording.advice import advice_on

    off = () if is_whole else rules_off(document)
    return tuple(standing(advice_on(text, kind, off), keys_passed(document)))


def standing(all_advice: tuple[Advice, ...], passed: Container[str]) -> Iterator[Advice]:
    """Advice that was not let pass."""
    yield from (advice for advice in all_advice if passed_key(advice) not in passed)
