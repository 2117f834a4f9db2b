"""Edits of the evidence of claims: observations, chips, searches and sites of the case."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import ClaimEvidence
from layers.document.vocabulary import BEARINGS, EVIDENCE_TABLES
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.storage.tables import BY_NAME, spec_of
from viewer.commands.fields import check_choice, field_words, row_of
from viewer.commands.stamps import delete, edit_with_drafts, insert, new_uuid, stamp_of, update


def link_evidence(
    document: Document,
    claim_uuid: str,
    evidence_table: str,
    evidence_uuid: str,
    *,
    actor: str,
    now: str | None = None,
    bearing: str = "supports",
    note: str = "",
) -> Edit:
    """Link a claim to a row of the case as evidence (once), with its relation to the claim. Raises InvalidValue."""
    row_of(document.claims, claim_uuid, Phrase("claim"))
    check_choice(evidence_table, EVIDENCE_TABLES, Phrase("table of evidence"))
    check_choice(bearing, ("", *BEARINGS), Phrase("relation"))
    spec = BY_NAME[evidence_table]
    row = row_of(document.table(spec.table), evidence_uuid, Phrase("evidence"))
    if spec_of(spec.table, row) is not spec:
        raise InvalidValue("That evidence is no longer in the case.")
    if any(link.evidence_uuid == evidence_uuid for link in document.links.claim_to_evidence(claim_uuid)):
        return Edit(Phrase("Add evidence"), ())
    link = ClaimEvidence(
        uuid=new_uuid(),
        claim_uuid=claim_uuid,
        evidence_table=evidence_table,
        evidence_uuid=evidence_uuid,
        bearing=bearing,
        note=note,
    )
    stamp = stamp_of(actor, now)
    linked = insert("claim_evidence", link, stamp)
    return edit_with_drafts(document, Phrase("Add evidence"), (linked,), stamp)


def update_evidence(document: Document, link_uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change the relation of evidence to a claim, or its note. Raises InvalidValue."""
    link = row_of(document.table("claim_evidence"), link_uuid, Phrase("evidence"))
    if "bearing" in fields:
        check_choice(fields["bearing"], ("", *BEARINGS), Phrase("relation"))
    label = Phrase("Change {fields} of evidence", fields=field_words(fields, {}))
    stamp = stamp_of(actor, now)
    changes = update("claim_evidence", link, stamp, **fields)
    return edit_with_drafts(document, label, changes, stamp)


def unlink_evidence(
    document: Document, claim_uuid: str, evidence_uuid: str, *, actor: str = "", now: str | None = None
) -> Edit:
    """Unlink a claim from a row of the case as evidence."""
    links = [link for link in document.links.claim_to_evidence(claim_uuid) if link.evidence_uuid == evidence_uuid]
    changes = [delete("claim_evidence", link) for link in links]
    return edit_with_drafts(document, Phrase("Remove evidence"), changes, stamp_of(actor, now))


def without_evidence(document: Document, gone: Collection[str]) -> list[Change]:
    """Deletions of the evidence links of rows that are deleted."""
    links = [link for uuid in dict.fromkeys(gone) for link in document.links.evidence_to_claims(uuid)]
    return [delete("claim_evidence", link) for link in links]
