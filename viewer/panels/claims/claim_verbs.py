"""The two ways to begin a claim, for the selected sites: report what somebody says, or judge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence

from layers.document.edit import Edit
from layers.product.judging.judged import is_report
from viewer.commands.claims import judge_claim, report_claim
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate

FEW_SITES = 5
"""Number of sites above which a notice says how many a claim is about, as the selection may be an oversight."""
MOST_SITES = 100
"""Most sites of a new claim; more are refused, as they are hardly its subject."""


def report(context: PanelContext) -> None:
    """Begin a claim with a speaker: link, exact words and speaker come first."""
    _begin(context, report_claim)


def judge(context: PanelContext) -> None:
    """Begin a judgement of the analyst: statement, likelihood, confidence and reason come first.

    Where a report is open, the judgement is about it, and linked with it.
    """
    judge_this(context, open_report(context))


def judge_this(context: PanelContext, report_uuid: str) -> None:
    """Begin a judgement about a reported claim; with an empty uuid about none."""
    from viewer.commands.filing.judging import judge_report  # for start-up time

    _begin(context, partial(judge_report, report_uuid=report_uuid) if report_uuid else judge_claim)


def open_report(context: PanelContext) -> str:
    """The reported claim that is open, unless other places than its own are selected; empty for none."""
    document = context.document
    claim = document.claims.get(context.claim_uuid)
    if claim is None or not is_report(claim) or claim.state == "withdrawn":
        return ""
    places = {link.site_uuid for link in document.links.claim_to_sites(claim.uuid)}
    selected = context.selection.uuids
    return claim.uuid if not selected or not places or selected & places else ""


def _begin(context: PanelContext, command: Callable[..., Edit]) -> None:
    context.flush()
    uuid, sites = new_uuid(), sorted(context.selection.uuids)
    if len(sites) > MOST_SITES:
        sentence = translate("Claims", "A claim can begin with at most {0} sites: select fewer.")
        context.report(sentence.format(MOST_SITES))
        return
    if context.do(command, uuid=uuid, site_uuids=sites):
        context.begin_row("claims", uuid)
        if len(sites) > FEW_SITES:
            context.report_of("claims", uuid, about_many(len(sites)))


def about_many(count: int) -> str:
    """The notice that a claim is about this number of sites."""
    sentence = translate("Claims", "This claim is about all {0} sites that were selected. Undo ({1}) if not.")
    return sentence.format(count, QKeySequence(QKeySequence.StandardKey.Undo).toString())
