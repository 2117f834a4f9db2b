"""Links rows of the case to a claim as evidence: any by its uuid, or the newest chip with one press."""

from __future__ import annotations

from layers.document.chip import Chip
from layers.product.judging.evidence_words import is_offered, table_of
from viewer.commands.filing.evidence import link_evidence
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate


def link_row(context: PanelContext, claim_uuid: str, uuid: str, relation: str = "supports") -> bool:
    """Link a row of the case to a claim as evidence; a refusal is reported. True where it was done."""
    document = context.document
    tables = document.observations, document.chips, document.searches, document.sites
    row = next((rows[uuid] for rows in tables if uuid in rows), None)
    table = table_of(row) if row is not None else ""
    return bool(table) and context.do(link_evidence, claim_uuid, table, uuid, bearing=relation)


def newest_chip(context: PanelContext, claim_uuid: str) -> Chip | None:
    """The chip that was taken last, where it is not linked yet; else None.

    It is one of the claim's sites; for a claim without any, one that is kept with the case and with no site.
    """
    document, links = context.document, context.document.links
    known = {link.evidence_uuid for link in links.claim_to_evidence(claim_uuid)}
    sites = {link.site_uuid for link in links.claim_to_sites(claim_uuid)}
    of_case = (chip for chip in document.chips.values() if not chip.site_uuid)
    kept = (chip for uuid in sites for chip in links.chips_of_site(uuid)) if sites else of_case
    chips = [chip for chip in kept if is_offered(document, chip)]
    newest = max(chips, key=lambda chip: chip.created_at, default=None)
    return newest if newest is not None and newest.uuid not in known else None


def link_newest_chip(context: PanelContext, claim_uuid: str) -> None:
    """Link the newest chip of a claim's sites as support; where there is none, a sentence says so."""
    context.flush()
    chip = newest_chip(context, claim_uuid) if claim_uuid else None
    if chip is not None:
        link_row(context, claim_uuid, chip.uuid)
    elif not claim_uuid:
        context.report(translate("EvidenceLinks", "No claim is open: report one (R) or judge (J), then link the chip."))
    else:
        context.report(translate("EvidenceLinks", "There is no chip to link: take one of the claim’s site (C) first."))
