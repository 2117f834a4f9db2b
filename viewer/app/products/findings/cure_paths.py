"""Ways from a finding to the row of the case where it is put right."""

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
"""Forms of the main window in which what a finding leads to is put right."""
_COLUMNS = {"date_basis": "acquired_at"}
"""Columns that are stated in the field of another one."""


def leads_to_row(jump: Jump) -> bool:
    """True where it is put right in the main window, False where the product's own form has it."""
    return jump.kind in _FORMS


def show_row_of(context: PanelContext, jump: Jump) -> None:
    """Bring the row to the front of the main window, with the keyboard in its field."""
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
