"""Makes copies of sites beside them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import MOST_NUMBER, Numbered, as_json
from layers.document.site import Site
from layers.document.vocabulary import BY_HAND
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.mark_numbers import highest_number
from viewer.commands.sites import add_site
from viewer.commands.stamps import insert, stamp_of


def duplicate_sites(
    document: Document, copies: Mapping[str, tuple[str, Figure]], *, actor: str, now: str | None = None
) -> Edit:
    """Copy sites. `copies` gives for each uuid the uuid of its copy, and the copy's geometry and shape.

    A copy is a draft, placed by hand, without claims. A copied number is the next one, and not locked.
    Raises InvalidValue.
    """
    stamp, changes = stamp_of(actor, now), []
    number = highest_number(document)
    for uuid, (copy_uuid, figure) in copies.items():
        site = row_of(document.sites, uuid, Phrase("site"))
        (added,) = add_site(document, figure.geometry, actor=actor).changes
        assert isinstance(added.after, Site)
        copy = replace(site, uuid=copy_uuid, geometry=added.after.geometry, shape_json=figure.shape_json)
        if isinstance(figure.shape, Numbered):
            number = min(number + 1, MOST_NUMBER)
            copy = replace(copy, shape_json=as_json(Numbered(number)), number=number)
        copy = replace(copy, status="draft", reviewed_by="", reviewed_at="")
        copy = replace(copy, position_basis=BY_HAND, position_source_uuid="", position_error_m=None)
        changes.append(insert("sites", copy, stamp))
    return Edit(Phrase("Duplicate {sites}", sites=counted(len(copies), "site", "sites")), tuple(changes))
