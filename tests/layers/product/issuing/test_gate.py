"""The gate of products: what keeps one from being issued, and who may let that pass."""

from __future__ import annotations

import pytest

from layers.product.lint.check import RULES
from layers.product.lint.finding import BLOCKING, WARNING, Finding
from layers.product.lint.passing import NEVER_PASSED, reasons_that_hold, refusal_to_pass, stopping
from layers.product.publishing import state_asked
from layers.product.spec import Override, ProductSpec

BY_ANNA = ProductSpec(author="Anna A.")
STOPS = {
    "named-party",
    "marking-high-enough",
    "no-false-pin",
    "judgement-supported",
    "judgement-changed",
    "absence",
    "before-after-dates",
    "licence-forbids",
    "evaluated",
}


def _finding(rule: str = "no-false-pin", severity: str = BLOCKING) -> Finding:
    return Finding(rule, severity, "map 1", "It is wrong.", "Put it right.")


def test_what_blocks_is_a_closed_table() -> None:
    assert {rule.name for rule in RULES if rule.severity == BLOCKING} == STOPS
    assert NEVER_PASSED <= STOPS


@pytest.mark.parametrize(
    ("issue", "publish", "state"),
    [(False, False, "draft"), (True, False, "issued"), (False, True, "published"), (True, True, "published")],
)
def test_the_state_that_options_ask_for(issue: bool, publish: bool, state: str) -> None:
    assert state_asked(issue=issue, publish=publish) == state


def test_a_blocking_finding_stops_until_a_second_named_person_lets_it_pass() -> None:
    one = _finding()
    for by in ("", "  ", "anna a.", " Anna  A. "):
        passed = Override(one.rule, one.where, "It is good enough.", by)
        assert stopping(reasons_that_hold([one], [passed], BY_ANNA)) == [one]
    second = Override(one.rule, one.where, " It is good enough. ", "Boris B.")
    (found,) = reasons_that_hold([one], [second], BY_ANNA)
    assert found.explained == "It is good enough."
    assert stopping([found]) == []
    assert stopping(reasons_that_hold([one], [second._replace(reason=" ")], BY_ANNA)) == [one]
    assert stopping(reasons_that_hold([one], [second], ProductSpec())) == [one]


@pytest.mark.parametrize("rule", sorted(NEVER_PASSED))
def test_nobody_lets_a_named_party_or_a_higher_marking_pass(rule: str) -> None:
    one = _finding(rule)
    assert stopping(reasons_that_hold([one], [Override(rule, one.where, "why", "Boris B.")], BY_ANNA)) == [one]
    assert "Nobody" in refusal_to_pass(BLOCKING, rule, "Boris B.", BY_ANNA)


def test_advice_is_let_pass_by_anybody_and_stops_nothing() -> None:
    one = _finding("title", WARNING)
    assert stopping([one]) == []
    (found,) = reasons_that_hold([one], [Override("title", "map 1", "so wanted")], ProductSpec())
    assert found.explained == "so wanted"
