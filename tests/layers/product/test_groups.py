"""Findings grouped by their cure."""

from __future__ import annotations

from layers.product.lint.finding import BLOCKING, WARNING, Finding, Jump
from layers.product.lint.groups import RECORD_ANSWER, REVIEW, SAY_UNKNOWN, groups_of


def _unread(at: int) -> Finding:
    sentence = "The date on which it was read is not recorded."
    jump = Jump("sources", f"s{at}", "accessed_at")
    return Finding("source-accessed", WARNING, f"source “{at}”", sentence, "Enter it.", jump)


def _unanswered(claim: str) -> Finding:
    said = "No answer is recorded, nor that none was asked for or given."
    return Finding("accused", BLOCKING, f"Firm: {claim}", said, "Record it.", Jump("responses", claim))


def test_findings_of_one_cure_are_one_group_with_all_of_their_rows() -> None:
    (group,) = groups_of(map(_unread, range(29)))
    assert group.sentence == "29 sources without a date of access."
    assert (group.cure, group.table, len(group.rows)) == (SAY_UNKNOWN, "sources", 29)
    assert len(group.findings) == 29


def test_what_differs_by_names_and_numbers_only_is_alike() -> None:
    found = [
        Finding("cut-text", WARNING, f"page {at}", f"The text “{at}” of {at}.5 mm is cut.", "Shorten it.")
        for at in range(3)
    ]
    (group,) = groups_of(found)
    assert group.sentence == "3 places: The text … of … mm is cut."
    assert group.cure == ""
    assert group.rows == ()


def test_groups_stand_in_the_order_of_their_first_findings_and_severities_are_apart() -> None:
    found = [_unanswered("c1"), _unread(1), _unanswered("c2"), _unread(2)._replace(severity=BLOCKING)]
    assert [(group.severity, len(group.findings)) for group in groups_of(found)] == [
        (BLOCKING, 2),
        (WARNING, 1),
        (BLOCKING, 1),
    ]


def test_a_missing_answer_is_cured_by_its_claim_whatever_its_rule_is_called() -> None:
    found = [_unanswered("c1"), _unanswered("c2")._replace(rule="accused")]
    (group,) = groups_of(found)
    assert (group.cure, group.rows) == (RECORD_ANSWER, ("c1", "c2"))
    (other,) = groups_of([_unanswered("c1")._replace(rule="named-party")])
    assert other.cure == RECORD_ANSWER


def test_what_publishing_takes_away_for_want_of_a_review_is_reviewed_as_one() -> None:
    rows = tuple(f"m{at}" for at in range(55))
    one = Finding(
        "withheld", WARNING, "draft marks", "55 marks are left out.", "Review.", Jump("sites", "m0", "status"), "", rows
    )
    (group,) = groups_of([one])
    assert (group.cure, group.table, group.rows) == (REVIEW, "sites", rows)
    assert group.sentence == one.sentence
    (higher,) = groups_of([one._replace(jump=Jump("sites", "m0", "marking"))])
    assert higher.cure == "", "no hand but that of who marked them lowers a marking"
