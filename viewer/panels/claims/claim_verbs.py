"""The two verbs by which a claim begins: report what somebody says, or judge. Both are about the selected sites."""

from __future__ import annotations

from collections.abc import Callable

from layers.document.edit import Edit
from viewer.commands.claims import judge_claim, report_claim
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext


def report(context: PanelContext) -> None:
    """Begin a claim with a speaker: its link, exact words and who said it are asked first."""
    _begin(context, report_claim)


def judge(context: PanelContext) -> None:
    """Begin a judgement of the analyst: its statement, likelihood, confidence and reason are asked first."""
    _begin(context, judge_claim)


def _begin(context: PanelContext, command: Callable[..., Edit]) -> None:
    context.flush()
    uuid = new_uuid()
    if context.do(command, uuid=uuid, site_uuids=sorted(context.selection.uuids)):
        context.begin_row("claims", uuid)
