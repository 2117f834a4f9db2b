"""Hides pages and findings that tell rows of others from an observer who looks blind."""

from __future__ import annotations

from collections.abc import Iterable

from layers.document.document import Document
from layers.product.content import ProductContent
from layers.product.lint.finding import Finding
from viewer.app.products.laid_out import LaidOut
from viewer.panels.observer_look import ObserverLook
from viewer.support.language.translation import translate

_ABSENCE = "absence"
"""The rule whose finding tells that no row of the marks says absent."""


def why_hidden(look: ObserverLook, laid: LaidOut) -> str:
    """A sentence in place of a page that tells what others have seen; empty where it may be shown."""
    if look.blind is None or not _telling(look, laid.case, laid.content):
        return ""
    return translate(
        "Products", "You look blind, and the page tells what others have seen: its file has it, unseen here."
    )


def findings_shown(look: ObserverLook, laid: LaidOut, findings: Iterable[Finding]) -> list[Finding]:
    """The findings as the observer may read them: without the words of those on rows of others."""
    findings = list(findings)
    telling = _telling(look, laid.case, laid.content) if look.blind is not None else frozenset[str]()
    if not telling:
        return findings
    hidden = translate("Products", "Hidden, as you look blind.")
    return [
        finding._replace(where="", sentence=hidden, cure="")
        if finding.rule == _ABSENCE or not telling.isdisjoint((finding.jump.uuid, *finding.rows))
        else finding
        for finding in findings
    ]


def _telling(look: ObserverLook, case: Document, content: ProductContent) -> frozenset[str]:
    """The printed marks and claims, by uuid, that tell of rows which the window hides."""
    marks = [
        site.uuid
        for site in content.sites
        if site.uuid not in content.withheld
        and not (look.shows(case.sites[site.uuid]) and all(map(look.shows, case.links.observations_of_site(site.uuid))))
    ]
    claims = [
        claim.uuid
        for claim in content.claims
        if any(
            row.table == "observations"
            and row.uuid in case.observations
            and not look.shows(case.observations[row.uuid])
            for row in claim.rests_on
        )
    ]
    return frozenset((*marks, *claims))
