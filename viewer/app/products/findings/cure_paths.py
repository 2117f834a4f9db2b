"""Leads from a finding to the row of the case that corrects it."""

from __future__ import annotations

from layers.product.lint.finding import Jump
from viewer.panels.context import PanelContext

_FORMS = {
    "sites": "site_form",
    "layers": "layer_properties",
    "sources": "source_form",
    "claims": "claim_form",
    "responses": "claim_form",
}
"""Forms of the main window in which a finding is corrected, by the kind of its target."""
_COLUMNS = {"date_basis": "acquired_at"}
"""Columns that are edited in the field of another column."""


def leads_to_row(jump: Jump) -> bool:
    """True where a finding is corrected in the main window, False where in the product's own form."""
    return jump.kind in _FORMS


def show_row_of(context: PanelContext, jump: Jump) -> None:
    """Show a finding's row in the main window, with the keyboard in its field."""
    if jump.kind == "sites":
        sites = context.document.sites
        context.selection.set({jump.uuid} & sites.keys())
        context.zoom_to_sites([sites[jump.uuid]] if jump.uuid in sites else [])
    elif jump.kind == "layers":
        context.show_layer(jump.uuid, raise_form=True)
    elif jump.kind == "sources":
        context.show_row("sources", jump.uuid, raise_form=True)
    else:
        context.show_claim(jump.uuid, raise_form=True)
    context.field_wanted.emit(_FORMS[jump.kind], _COLUMNS.get(jump.field, jump.field))
