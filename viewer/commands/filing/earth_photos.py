"""Adds the photos of a file of Google Earth as chips of the sites that show them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from layers.document.chip import Chip
from viewer.commands.filing.custody import event
from viewer.commands.filing.earth_places import EarthEdit, EarthPhoto
from viewer.commands.stamps import insert, new_uuid, stamp_of


def photo_chip(photo: EarthPhoto, name: str, content_type: str, width: int, height: int) -> Chip:
    """The row of a photo, which still lacks its hash. It states no date and no credit: the file gives none.

    `name` is the file's.
    """
    return Chip(
        uuid=new_uuid(),
        content_type=content_type,
        site_uuid=photo.site_uuid,
        source_uuid=photo.source_uuid,
        layer_title=f"{photo.part} in {name}"[:200],
        width=width,
        height=height,
    )


def with_photos(
    made: EarthEdit, chips: Sequence[Chip], left_out: Sequence[str], name: str, *, actor: str, now: str | None = None
) -> EarthEdit:
    """The edit with chips, whose bytes are kept already, and with more sentences about what was left out."""
    stamp = stamp_of(actor, now)
    rows = [insert("chips", chip, stamp) for chip in chips]
    events = [event("chips", chip, "kept", stamp, note=f"from {name}") for chip in chips]
    edit = replace(made.edit, changes=(*made.edit.changes, *rows, *events))
    return replace(made, edit=edit, left_out=(*made.left_out, *left_out))
