"""Edits of saved filters, which find rows of the case again, in the order of their list."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.rows import SavedFilter
from layers.errors import InvalidValue
from layers.finding.row_filter import RowFilter
from layers.phrase import Phrase
from viewer.commands.named_order import NamedOrder
from viewer.commands.stamps import insert, new_uuid, stamp_of, update

OF_CASE = "sites"
"""Target of the filters of a case, which also say which sites are shown."""

FILTERS = NamedOrder[SavedFilter]("filters", Phrase("filter"), lambda document: document.filters)
filters_in_order, delete_filters = FILTERS.of, FILTERS.delete


def rename_filter(document: Document, uuid: str, name: str, *, actor: str, now: str | None = None) -> Edit:
    """Give a filter another name. Raises InvalidValue, also for the name of another filter."""
    name = FILTERS.checked_name(name)
    if any(row.name == name and row.uuid != uuid for row in filters_in_order(document)):
        raise InvalidValue("There is a filter “{name}” already.", name=name)
    return FILTERS.rename(document, uuid, name, actor=actor, now=now)


def save_filter(
    document: Document, name: str, wanted: RowFilter, *, actor: str, now: str | None = None, uuid: str | None = None
) -> Edit:
    """Save a filter under a name, instead of the one that has that name already. Raises InvalidValue.

    The row is the last change's ``after``.
    """
    name, stamp, text = FILTERS.checked_name(name), stamp_of(actor, now), wanted.as_json()
    before = next((row for row in filters_in_order(document) if row.name == name), None)
    if before is not None:
        changes = update("filters", before, stamp, filter_json=text)
        return Edit(Phrase("Change filter “{name}”", name=name), changes)
    key, renumbered = FILTERS.key_after(document, "", stamp)
    row = SavedFilter(uuid=uuid or new_uuid(), name=name, target=OF_CASE, filter_json=text, order_key=key)
    return Edit(Phrase("Save filter “{name}”", name=name), (*renumbered, insert("filters", row, stamp)))
