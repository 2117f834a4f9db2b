"""Removes the names of parties from pictures that have no room for the claim beside them."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.product.site_words import is_party


def leave_names_out(document: Document) -> None:
    """Remove the names of firms and persons named in claims from a document that is only drawn.

    An accusation is never shown without its claim."""
    named = {link.site_uuid for claim in document.claims for link in document.links.claim_to_sites(claim)}
    parties = [site for uuid in named if (site := document.sites.get(uuid)) is not None and is_party(site)]
    changes = [Change("sites", site, replace(site, label="", aliases=())) for site in parties if site.label]
    if changes:
        document.apply(Edit("Leave names out", tuple(changes)))
