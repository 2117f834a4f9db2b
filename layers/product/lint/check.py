"""The check of a product by all rules, which are written by subject: `page_rules`, `image_rules`, `party_rules`,
`evidence_rules`, `wording_rules`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.lint import evidence_rules, image_rules, page_rules, party_rules, wording_rules
from layers.product.lint.finding import BLOCKING, Checked, Finding, Rule
from layers.product.lint.passing import reasons_that_hold
from layers.product.spec import Override, ProductSpec

RULES: tuple[Rule, ...] = (
    *page_rules.RULES,
    *image_rules.RULES,
    *party_rules.RULES,
    *evidence_rules.RULES,
    *wording_rules.RULES,
)
"""The twenty points of an export's checklist, and the rules of tradecraft and of wording that a program can judge."""


def findings(
    spec: ProductSpec, content: ProductContent, facts: ProductFacts, overrides: Sequence[Override] = ()
) -> list[Finding]:
    """Check a product; return all faults, blocking ones first. `explained` is the reason of a fault that was rightly
    let pass.
    """
    checked = Checked(spec, content, facts)
    by_key: dict[tuple[str, str, str], Finding] = {}
    for rule in RULES:
        for fault in rule.check(checked):
            finding = Finding(
                rule.name,
                rule.severity,
                fault.where,
                fault.sentence,
                fault.cure,
                fault.jump,
                fault.explained,
                fault.rows,
            )
            by_key.setdefault((rule.name, fault.where, fault.sentence), finding)
    return reasons_that_hold(sorted(by_key.values(), key=lambda finding: finding.severity != BLOCKING), overrides, spec)


def unexplained(all_findings: Iterable[Finding]) -> list[Finding]:
    """The findings that stand."""
    return [finding for finding in all_findings if not finding.explained]


def rule_of(name: str) -> Rule | None:
    """The rule of this name."""
    return next((rule for rule in RULES if rule.name == name), None)
