"""Edits that begin a judgement about what was reported, and link it with the report and the part that it covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.rows import ClaimEvidence
from layers.document.vocabulary import BEARINGS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.judging.judged import CLAIMS, is_report, reports_of
from viewer.commands.claims import judge_claim
from viewer.commands.fields import check_choice, row_of
from viewer.commands.filing.evidence import link_evidence
from viewer.commands.stamps import insert, new_uuid, stamp_of

JUDGED_AS = "context"
"""Relation of a report to the judgement about it, as long as nobody states another: no report proves itself."""


def judge_report(
    document: Document,
    *,
    report_uuid: str,
    actor: str,
    now: str | None = None,
    part: str = "",
    bearing: str = JUDGED_AS,
    site_uuids: Iterable[str] = (),
    **fields: Any,
) -> Edit:
    """Begin a judgement of ours about a reported claim, as one step. Raises InvalidValue.

    `part`: the words of the report that it covers; empty: all of it. `site_uuids`: the marks that it is about; empty:
    those of the report. `fields` are those of `add_claim`.
    """
    report = row_of(document.claims, report_uuid, Phrase("claim"))
    if not is_report(report):
        raise InvalidValue("That claim is a judgement already: change it, or judge a report.")
    check_choice(bearing, BEARINGS, Phrase("relation"))
    sites = list(site_uuids) or [link.site_uuid for link in document.links.claim_to_sites(report_uuid)]
    known = [uuid for uuid in sites if uuid in document.sites]
    judged = judge_claim(document, actor=actor, now=now, site_uuids=known, **fields)
    link = ClaimEvidence(
        uuid=new_uuid(),
        claim_uuid=judged.changes[0].uuid,
        evidence_table=CLAIMS,
        evidence_uuid=report_uuid,
        bearing=bearing,
        note=part,
    )
    linked = insert("claim_evidence", link, stamp_of(actor, now))
    return Edit(Phrase("Judge a reported claim"), (*judged.changes, linked))


def link_report(
    document: Document,
    judgement_uuid: str,
    report_uuid: str,
    *,
    actor: str,
    now: str | None = None,
    part: str = "",
) -> Edit:
    """Say that a judgement is about a reported claim (once), or about a part of it. Raises InvalidValue."""
    report = row_of(document.claims, report_uuid, Phrase("claim"))
    judgement = row_of(document.claims, judgement_uuid, Phrase("claim"))
    if judgement_uuid == report_uuid or not is_report(report) or is_report(judgement):
        raise InvalidValue("A judgement of ours is linked with what somebody else reports: choose a report.")
    if any(judged.claim.uuid == report_uuid for judged in reports_of(document, judgement_uuid)):
        return Edit(Phrase("Link judgement with a report"), ())
    edit = link_evidence(
        document, judgement_uuid, CLAIMS, report_uuid, actor=actor, now=now, bearing=JUDGED_AS, note=part
    )
    return replace(edit, label=Phrase("Link judgement with a report"))
