"""Copies of sites beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.site import Site
from layers.document.vocabulary import BY_HAND
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.sites import add_site
from viewer.commands.stamps import insert, stamp_of


def duplicate_sites(
    document: Document, copies: Mapping[str, tuple[str, BaseGeometry]], *, actor: str, now: str | None = None
) -> Edit:
    """Copy sites: uuid of each to the uuid and the geometry (lon, lat) of its copy.

    A copy is a draft, put there by hand; no claim is about it. Raises InvalidValue.
    """
    stamp, changes = stamp_of(actor, now), []
    for uuid, (copy_uuid, geometry) in copies.items():
        site = row_of(document.sites, uuid, "site")
        (added,) = add_site(document, geometry, actor=actor).changes
        assert isinstance(added.after, Site)
        copy = replace(site, uuid=copy_uuid, geometry=added.after.geometry)
        copy = replace(copy, status="draft", reviewed_by="", reviewed_at="")
        copy = replace(copy, position_basis=BY_HAND, position_source_uuid="", position_error_m=None)
        changes.append(insert("sites", copy, stamp))
    return Edit(f"Duplicate {counted(len(copies), 'site', 'sites')}", tuple(changes))
