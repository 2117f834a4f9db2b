"""Edits of a site's links: the site that it is a part of, and the source of its lifecycle."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.sites import update_sites
from viewer.commands.sources import add_source


def set_parent(
    document: Document, uuids: Collection[str], parent_uuid: str, *, actor: str, now: str | None = None
) -> Edit:
    """Make sites parts of another one; an empty uuid makes them stand alone. Raises InvalidValue for a circle."""
    if parent_uuid:
        parent = row_of(document.sites, parent_uuid, Phrase("site"))
        if not parent.is_site:
            raise InvalidValue("Only a site has parts: choose one that is no annotation, measurement or search area.")
        if chain_above(document, parent_uuid) & set(uuids):
            raise InvalidValue("A site cannot be a part of itself, or of one of its own parts.")
    edit = update_sites(document, uuids, actor=actor, now=now, parent_uuid=parent_uuid)
    title = document.sites[parent_uuid].label or "a site" if parent_uuid else ""
    named = counted(len(uuids), "site", "sites")
    return Edit(
        Phrase("Make {named} part of “{title}”", named=named, title=title)
        if title
        else Phrase("Let {named} stand alone", named=named),
        edit.changes,
    )


def chain_above(document: Document, uuid: str) -> set[str]:
    """A site and all sites that it is a part of; a circle from a file ends where it closes."""
    chain: set[str] = set()
    while uuid and uuid not in chain:
        chain.add(uuid)
        site = document.sites.get(uuid)
        uuid = "" if site is None else site.parent_uuid
    return chain


def set_lifecycle_source(
    document: Document, uuids: Collection[str], source_uuid: str, *, actor: str, now: str | None = None
) -> Edit:
    """Set the source of the lifecycle of sites; an empty uuid removes it."""
    if source_uuid:
        row_of(document.sources, source_uuid, Phrase("source"))
    return update_sites(document, uuids, actor=actor, now=now, lifecycle_source_uuid=source_uuid)


def cite_new_lifecycle_source(
    document: Document, uuids: Collection[str], *, actor: str, now: str | None = None, **fields: Any
) -> Edit:
    """Add a source and make it that of the lifecycle of sites, as one step. Raises InvalidValue."""
    added = add_source(document, actor=actor, now=now, **fields)
    uuid = added.changes[0].uuid
    edit = update_sites(document, uuids, actor=actor, now=now, lifecycle_source_uuid=uuid)
    return Edit(added.label, added.changes + edit.changes)
