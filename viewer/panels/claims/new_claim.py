"""Begins a claim: about the sites that are selected, in the analyst's voice, with the keyboard in its statement."""

from __future__ import annotations

from viewer.commands.claims import add_claim
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext


def begin_claim(context: PanelContext) -> None:
    """Add a claim about the selected sites, or about the case where none is selected, and open its form to type in."""
    uuid, sites = new_uuid(), tuple(sorted(context.selection.uuids))
    if context.do(add_claim, uuid=uuid, site_uuids=sites, voice="analyst"):
        context.show_claim(uuid, raise_form=True)
        context.typing_wanted.emit("claim_form")
