"""Findings grouped by their cure: one action mends a whole group, however many rows it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from layers.product.lint.finding import Finding
from layers.text.counted import counted

REVIEW, SAY_UNKNOWN, RECORD_ANSWER, NAME_DATE_BASIS = "review", "say unknown", "record answer", "name date basis"
"""Cures that one action applies to many rows at once. All others are applied at the place of the finding."""
WITHHELD = "withheld"
"""The rule on rows that a published product leaves out."""
_OWN = re.compile(r"“[^”]*”|\d+(?:[.,]\d+)*")
"""Parts of a sentence that differ between findings of one kind: names, words and numbers."""


class Group(NamedTuple):
    """Findings of one rule with one cure. `rows`: uuids of the rows of `table` that the cure changes, each once.

    `cure` is one of the cures above; empty: there is none for all of them at once.
    """

    findings: tuple[Finding, ...]
    sentence: str
    table: str = ""
    rows: tuple[str, ...] = ()
    cure: str = ""

    @property
    def severity(self) -> str:
        return self.findings[0].severity


class _Kind(NamedTuple):
    """A cure, with the number of rows that it puts right; None where each finding says that itself."""

    cure: str
    counted: Callable[[int], str] | None = None


_KINDS: dict[tuple[str, str, str], _Kind] = {
    ("source-accessed", "sources", "accessed_at"): _Kind(
        SAY_UNKNOWN, lambda n: counted(n, "source without a date of access", "sources without a date of access")
    ),
    ("judgement-reviewed", "claims", "status"): _Kind(
        REVIEW, lambda n: counted(n, "judgement that nobody else reviewed", "judgements that nobody else reviewed")
    ),
    ("image-date-basis", "layers", "date_basis"): _Kind(
        NAME_DATE_BASIS,
        lambda n: counted(
            n, "image that does not say where its date is from", "images that do not say where theirs is from"
        ),
    ),
}
"""Findings that a bulk cure puts right, by rule, table and field, with words for one row and for several."""
_ANSWERS = _Kind(
    RECORD_ANSWER,
    lambda n: counted(
        n,
        "claim on a named party without an answer, or that none was given",
        "claims on named parties without an answer, or that none was given",
    ),
)
_NOUNS: dict[str, Callable[[int], str]] = {
    "sites": lambda n: counted(n, "mark"),
    "claims": lambda n: counted(n, "claim"),
    "sources": lambda n: counted(n, "source"),
    "responses": lambda n: counted(n, "claim"),
    "layers": lambda n: counted(n, "image"),
}
"""Rows that are put right one by one, by table: an answer that is missing is one of its claim."""


def groups_of(findings: Iterable[Finding], say: Callable[[str], str] = str) -> list[Group]:
    """The findings in groups, in the order in which the first of each stands. `say` puts a sentence into the reader's
    language.
    """
    together: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.severity, finding.rule, finding.jump.kind, finding.jump.field, _OWN.sub("…", finding.sentence))
        together.setdefault(key, []).append(finding)
    return [_group(tuple(alike), say) for alike in together.values()]


def _group(alike: tuple[Finding, ...], say: Callable[[str], str]) -> Group:
    first, kind = alike[0], _kind_of(alike[0])
    table = first.jump.kind if first.jump.kind in _NOUNS else ""
    named = (uuid for finding in alike for uuid in (finding.rows or (finding.jump.uuid,)) if uuid)
    rows = tuple(dict.fromkeys(named)) if table else ()
    sentence = _sentence(alike, table, len(rows), kind, say)
    return Group(alike, sentence, table, rows, kind.cure if kind is not None else "")


def _kind_of(finding: Finding) -> _Kind | None:
    """Find the kind of a finding: a missing answer by its place, a due review by its field, whatever the rule."""
    if finding.jump.kind == "responses" and finding.jump.uuid and not finding.jump.field:
        return _ANSWERS
    if finding.rule == WITHHELD and finding.jump.kind in ("sites", "claims") and finding.jump.field == "status":
        return _Kind(REVIEW)
    return _KINDS.get((finding.rule, finding.jump.kind, finding.jump.field))


def _sentence(alike: tuple[Finding, ...], table: str, rows: int, kind: _Kind | None, say: Callable[[str], str]) -> str:
    first = say(alike[0].sentence)
    if len(alike) == 1:
        return first
    if kind is not None and kind.counted is not None:
        return f"{say(kind.counted(rows))}."
    things = _NOUNS[table](rows or len(alike)) if table else counted(rows or len(alike), "place")
    same = all(finding.sentence == alike[0].sentence for finding in alike)
    return f"{say(things)}: {first if same else _OWN.sub('…', first)}"
