"""Begins a claim: about the sites that are selected, in the analyst's voice, with the keyboard in its statement."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from viewer.commands.claims import add_claim
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext

MOST_SITES = 100
"""More are hardly what somebody means who has selected all for something else."""


def begin_claim(context: PanelContext) -> None:
    """Add a claim about the selected sites, or about the case where none is selected, and open its form to type in."""
    uuid, sites = new_uuid(), tuple(sorted(context.selection.uuids))
    if len(sites) > MOST_SITES:
        sentence = QCoreApplication.translate("Claims", "A claim is begun about {0} sites at most: select fewer.")
        context.report(sentence.format(MOST_SITES))
        return
    if context.do(add_claim, uuid=uuid, site_uuids=sites, voice="analyst"):
        context.show_claim(uuid, raise_form=True)
        context.typing_wanted.emit("claim_form")
