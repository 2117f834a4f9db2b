"""The check of a product by all rules, which are written by subject: `page_rules`, `image_rules`, `evidence_rules`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.lint import evidence_rules, image_rules, page_rules
from layers.product.lint.finding import BLOCKING, Checked, Finding, Rule
from layers.product.spec import Override, ProductSpec

RULES: tuple[Rule, ...] = (*page_rules.RULES, *image_rules.RULES, *evidence_rules.RULES)
"""The twenty points of an export's checklist, and the rules of tradecraft that a program can judge."""


def findings(
    spec: ProductSpec, content: ProductContent, facts: ProductFacts, overrides: Sequence[Override] = ()
) -> list[Finding]:
    """All faults of a product, what blocks it first. One that was let pass has the reason in `explained`."""
    checked = Checked(spec, content, facts)
    reasons = {(one.rule, one.where): one.reason.strip() for one in overrides if one.reason.strip()}
    found: dict[tuple[str, str, str], Finding] = {}
    for rule in RULES:
        for fault in rule.check(checked):
            explained = reasons.get((rule.name, fault.where)) or fault.explained
            one = Finding(rule.name, rule.severity, fault.where, fault.sentence, fault.cure, fault.jump, explained)
            found.setdefault((rule.name, fault.where, fault.sentence), one)
    return sorted(found.values(), key=lambda one: one.severity != BLOCKING)


def unexplained(found: Iterable[Finding]) -> list[Finding]:
    """The findings that stand."""
    return [one for one in found if not one.explained]


def rule_of(name: str) -> Rule | None:
    """The rule of this name."""
    return next((rule for rule in RULES if rule.name == name), None)
