"""Edits of sightings: what the analyst sees of a site on an image, as an observation with its chip."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.observation import Observation
from layers.errors import InvalidValue
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.imagery.observations import observation_of, record_observation
from viewer.commands.stamps import stamp_of, update


def sighting_image(document: Document, site_uuid: str) -> str:
    """The uuid of the image of a sighting: that of the site's newest chip, else the one that it was drawn on."""
    chip = newest_pixels(document, site_uuid)
    site = document.sites.get(site_uuid)
    return chip.image_uuid if chip is not None else site.image_uuid if site is not None else ""


def newest_pixels(document: Document, site_uuid: str, image_uuid: str = "") -> Chip | None:
    """The newest chip of a site with an image (or of this one), the exact pixels of its capture; None without one."""
    chips = [
        chip
        for chip in document.links.chips_of_site(site_uuid)
        if chip.image_uuid and chip.kind != "view" and image_uuid in ("", chip.image_uuid)
    ]
    return max(chips, key=lambda chip: chip.created_at, default=None)


def record_sighting(document: Document, site_uuid: str, words: str, *, actor: str, now: str | None = None) -> Edit:
    """Record what is seen of a site on the image of its newest chip, or on its own image: it is present there.

    An observation of the same observer on that image gets the words and keeps the rest. Raises InvalidValue.
    """
    row_of(document.sites, site_uuid, Phrase("site"))
    image_uuid = sighting_image(document, site_uuid)
    if not image_uuid:
        raise InvalidValue("It is not known on which image that is seen: take a chip (C), or choose the mark's image.")
    there = observation_of(document, site_uuid, image_uuid, actor)
    chip = newest_pixels(document, site_uuid, image_uuid)
    fields: dict[str, Any] = {"words": words}
    if there is None or not there.presence:
        fields["presence"] = "present"
    if chip is not None and (there is None or not there.chip_uuid):
        fields["chip_uuid"] = chip.uuid
    edit = record_observation(document, site_uuid, image_uuid, actor=actor, now=now, **fields)
    return replace(edit, label=Phrase("Record what is seen"))


def with_chip_of_sighting(document: Document, edit: Edit, *, actor: str, now: str | None = None) -> Edit:
    """The edit that adds chips, with the observation of the same image that waits for one.

    Words can be typed while the chip is still being taken.
    """
    pixels = [change.after for change in edit.changes if isinstance(change.after, Chip) and change.before is None]
    for chip in pixels:
        if chip.kind == "view" or not chip.site_uuid:
            continue
        for row in document.links.observations_of_site(chip.site_uuid):
            if row.observer == actor and row.image_uuid == chip.image_uuid and not row.chip_uuid:
                return _with_chip(edit, row, chip.uuid, actor, now)
    return edit


def _with_chip(edit: Edit, row: Observation, chip_uuid: str, actor: str, now: str | None) -> Edit:
    changes = update("observations", row, stamp_of(actor, now), chip_uuid=chip_uuid)
    return replace(edit, changes=(*edit.changes, *changes))
