"""Edits of image chips. Only caption, marking, NIIRS and machine work ever change; deleted ones stay listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import check_number, column_word, field_words, row_of
from viewer.commands.imagery.images import known_image
from viewer.commands.sites import comments_on, without_evidence
from viewer.commands.stamps import delete, edit_with_drafts, insert, stamp_of, update

CHANGEABLE = ("caption", "marking", "niirs_scale", "niirs_rating", "niirs_by", "machine_json")
NIIRS_SCALES = ("visible", "infrared", "radar", "multispectral")


def add_chips(
    document: Document,
    chips: Sequence[Chip],
    *,
    actor: str,
    now: str | None = None,
    image: dict[str, Any] | None = None,
) -> Edit:
    """Register the chips of one capture, whose bytes are kept already; `image` holds the facts of their image.

    Raises InvalidValue.
    """
    from viewer.commands.filing.custody import event  # for start-up time: no chip is taken yet

    stamp = stamp_of(actor, now)
    changes: list[Change] = []
    if image is not None:
        known = known_image(document, actor=actor, now=now, **image)
        changes += known.changes
        chips = [replace(chip, image_uuid=known.image.uuid) for chip in chips]
    for chip in chips:
        if chip.site_uuid:
            row_of(document.sites, chip.site_uuid, Phrase("site"))
        changes.append(insert("chips", chip, stamp))
    changes += [event("chips", chip, "taken", stamp, note=chip.layer_title) for chip in chips]
    return Edit(Phrase("Take a chip"), tuple(changes))


def update_chip(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change the caption, marking, NIIRS or machine work of a chip, and nothing else.

    The two chips of a capture share a caption.

    Raises InvalidValue.
    """
    chip = row_of(document.chips, uuid, Phrase("image chip"))
    fixed = [name for name in fields if name not in CHANGEABLE]
    if fixed:
        raise InvalidValue("The {word} of an image chip never changes: take another chip.", word=column_word(fixed[0]))
    if "niirs_scale" in fields and fields["niirs_scale"] not in ("", *NIIRS_SCALES):
        raise InvalidValue(
            "“{fields}” is no NIIRS scale: choose one of {niirs_scales}.",
            fields=fields["niirs_scale"],
            niirs_scales=", ".join(NIIRS_SCALES),
        )
    check_number(fields.get("niirs_rating"), 0, 9.9, Phrase("NIIRS rating"))
    words = field_words(fields, {})
    stamp = stamp_of(actor, now)
    changes = update("chips", chip, stamp, **fields)
    other = document.chips.get(chip.pair_uuid)
    if other is not None and other.pair_uuid == chip.uuid and "caption" in fields:
        changes += update("chips", other, stamp, caption=fields["caption"])
    label = Phrase("Change {words} of a chip", words=words)
    return edit_with_drafts(document, label, changes, stamp)


def delete_chips(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete chips, each with the other of its capture; observations and claims no longer rest on them.

    Their existence and hash stay listed for ever. Raises InvalidValue.
    """
    stamp = stamp_of(actor, now)
    named = [row_of(document.chips, uuid, Phrase("image chip")) for uuid in dict.fromkeys(uuids)]
    pairs = {chip.pair_uuid for chip in named} - {""}
    others = [chip for chip in document.chips.values() if chip.uuid in pairs and chip not in named]
    chips = [*named, *others]
    gone = {chip.uuid for chip in chips}
    changes = without_evidence(document, gone)
    for seen in document.observations.values():
        if seen.chip_uuid in gone:
            changes += update("observations", seen, stamp, chip_uuid="")
    changes += [delete("comments", remark) for remark in comments_on(document, gone)]
    changes += [delete("chips", chip) for chip in chips]
    return edit_with_drafts(
        document,
        Phrase("Delete a chip") if len(named) == 1 else Phrase("Delete {chips}", chips=counted(len(named), "chip")),
        changes,
        stamp,
    )
