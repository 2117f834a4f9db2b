"""Findings that are let pass: the persons who may do that, and the rules that nobody may let pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layers.phrase import Phrase
from layers.product.lint.finding import BLOCKING, Finding
from layers.product.spec import Override, ProductSpec

NEVER_PASSED = frozenset({"named-party", "marking-high-enough"})
"""Rules that nobody may let pass: a named party without words, speaker and answer, and too high a marking."""


def refusal_to_pass(severity: str, rule: str, by: str, spec: ProductSpec) -> str:
    """A sentence on why a finding cannot be let pass by this person; empty where it can.

    Advice may be let pass by anybody. What blocks may be let pass by a second named person only, and two rules by
    nobody.
    """
    if severity != BLOCKING:
        return ""
    if rule in NEVER_PASSED:
        return Phrase("Nobody may let this pass: it has to be put right.")
    author = _name(spec.author or spec.annotation_credit)
    if not author:
        return Phrase("Name the author of the product first: a second person may let this pass, not the same.")
    if not _name(by):
        return Phrase("Name the second person who lets this pass.")
    if _name(by) == author:
        return Phrase("The author of the product cannot let this pass: a second person may.")
    return ""


def reasons_that_hold(findings: Sequence[Finding], overrides: Iterable[Override], spec: ProductSpec) -> list[Finding]:
    """The findings, each with the reason for which it was let pass by somebody who may do that."""
    by_key = {(override.rule, override.where): override for override in overrides if override.reason.strip()}
    explained = []
    for finding in findings:
        passed = by_key.get((finding.rule, finding.where))
        holds = passed is not None and not refusal_to_pass(finding.severity, finding.rule, passed.by, spec)
        explained.append(finding._replace(explained=passed.reason.strip()) if passed is not None and holds else finding)
    return explained


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


def stopping(findings: Iterable[Finding]) -> list[Finding]:
    """The blocking findings that stand: with any of them a product is neither issued nor published."""
    return [finding for finding in findings if finding.severity == BLOCKING and not finding.explained]
