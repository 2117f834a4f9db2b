"""A judgement with its report, evidence, steps and considerations: undone, done again, saved and opened elsewhere."""

from __future__ import annotations

from pathlib import Path

from layers.document.chip import Chip
from layers.document.edit import Change, Edit
from layers.product.judging.judged import judged_sentences, judgements_of
from layers.product.judging.steps import Step, read_steps, steps_json
from tests.support.sessions import Desk
from viewer.commands.claims import delete_claims, report_claim, update_claim
from viewer.commands.filing.evidence import link_evidence, update_evidence
from viewer.commands.filing.judging import judge_report

TABLES = ("sites", "claims", "claim_sites", "claim_evidence")


def rows_of(desk: Desk) -> dict[str, dict[str, object]]:
    return {table: dict(desk.session.document.table(table)) for table in TABLES}


def test_all_of_a_judgement_comes_and_goes_and_comes_back(desk: Desk, other: Desk, tmp_path: Path) -> None:
    session, path = desk.session, tmp_path / "case.gpkg"
    session.new_case()
    desk.mark("Pad")
    (pad,) = session.document.sites
    actor, document = session.actor, session.document
    before = rows_of(desk)
    steps = [
        lambda: report_claim(document, actor=actor, uuid="r", site_uuids=[pad], source_wording="“likely ready”"),
        lambda: judge_report(document, report_uuid="r", actor=actor, uuid="j", part="ready", statement="It stands"),
        lambda: link_evidence(document, "j", "site_point", pad, actor=actor),
        lambda: update_claim(document, "j", actor=actor, likelihood_term="likely", confidence="low"),
        lambda: update_claim(document, "j", actor=actor, alternatives="a mock-up", change_note="because"),
        lambda: update_claim(document, "j", actor=actor, steps_json=steps_json([Step("tower"), Step("road")])),
        lambda: update_evidence(
            document, document.links.claim_to_evidence("j")[1].uuid, actor=actor, bearing="against"
        ),
    ]
    for make in steps:
        session.push(make())
    after = rows_of(desk)
    for _ in steps:
        session.undo()
    assert rows_of(desk) == before
    for _ in steps:
        session.redo()
    assert rows_of(desk) == after
    session.save_as(path)
    desk.wait()
    session.push(delete_claims(document, ["r"], actor=actor))
    assert judgements_of(document, "r") == []
    session.undo()
    assert rows_of(desk) == after
    session.close()
    other.session.open_case(path)
    other.wait()
    assert rows_of(other) == after
    opened = other.session.document
    ((judgement, link),) = judgements_of(opened, "r")
    assert judged_sentences(judgement) == ("Judged by us: likely (55–80 %).", "Confidence: low.")
    assert (link.note, judgement.alternatives, judgement.change_note) == ("ready", "a mock-up", "because")
    assert read_steps(judgement.steps_json) == (Step("tower"), Step("road"))
    assert [link.bearing for link in opened.links.claim_to_evidence("j")] == ["context", "against"]


def test_evidence_that_is_deleted_leaves_its_claims(desk: Desk) -> None:
    session = desk.session
    session.new_case()
    document, actor = session.document, session.actor
    chip = Chip(uuid="c", content_type="image/png")
    session.push(Edit("chip", (Change("chips", None, chip),)))
    session.push(report_claim(document, actor=actor, uuid="r", statement="ready"))
    session.push(judge_report(document, report_uuid="r", actor=actor, uuid="j"))
    session.push(link_evidence(document, "j", "chips", "c", actor=actor))
    session.push(delete_claims(document, ["j"], actor=actor))
    assert list(document.table("claim_evidence")) == []
    session.undo()
    assert len(document.links.claim_to_evidence("j")) == 2
