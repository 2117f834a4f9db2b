"""Edits of the images that evidence rests on: one row for each image, with a key that is the same on every desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image, image_key_of
from layers.document.vocabulary import DATE_BASES, DATE_KINDS, DATUMS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_date, check_number, column_word, field_words, row_of
from viewer.commands.stamps import delete, inserted, new_uuid, stamp_of, update, updated


class KnownImage(NamedTuple):
    """An image in the case after `changes`, which are empty where it is there already."""

    image: Image
    changes: tuple[Change, ...]


def known_image(
    document: Document, *, actor: str, now: str | None = None, uuid: str | None = None, **facts: Any
) -> KnownImage:
    """The image with these `facts`: the row of its key with the facts that it lacked, or a new row.

    The key is made of product id, content, service and date where `image_key` is not given. Raises InvalidValue.
    """
    _check_fields(facts)
    stamp = stamp_of(actor, now)
    key = facts.get("image_key") or image_key_of(
        *(facts.get(name, "") for name in ("product_id", "sha256", "service", "acquired_at"))
    )
    if not key:
        raise InvalidValue("Nothing tells this image from another: give a product id, its file, or its service.")
    there = document.links.image_of_key(key)
    if there is None:
        image = inserted(Image(uuid=uuid or new_uuid(), **{**facts, "image_key": key}), stamp)
        return KnownImage(image, (Change("images", None, image),))
    new = {name: value for name, value in facts.items() if name != "image_key" and _says_more(there, name, value)}
    image = updated(there, stamp, **new)
    return KnownImage(image, () if image is there else (Change("images", there, image),))


def add_image(document: Document, *, actor: str, now: str | None = None, uuid: str | None = None, **facts: Any) -> Edit:
    """Register an image, or add facts that the row of its key lacks. Raises InvalidValue."""
    known = known_image(document, actor=actor, now=now, uuid=uuid, **facts)
    return Edit(Phrase("Add {named}", named=_named(known.image)), known.changes)


def update_image(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change facts of an image. Raises InvalidValue, also where another image has the key already."""
    _check_fields(fields)
    image = row_of(document.images, uuid, Phrase("image"))
    if "image_key" in fields:
        other = document.links.image_of_key(fields["image_key"])
        if not fields["image_key"] or (other is not None and other.uuid != uuid):
            raise InvalidValue("An image has a key of its own, and another image of the case has this one already.")
    words = field_words(fields, {})
    return Edit(
        Phrase("Change {words} of {named}", words=words, named=_named(image)),
        update("images", image, stamp_of(actor, now), **fields),
    )


def delete_images(document: Document, uuids: Iterable[str], *, actor: str = "", now: str | None = None) -> Edit:
    """Delete images on which nothing rests any more, with their comments. Raises InvalidValue where something does."""
    images = [row_of(document.images, uuid, Phrase("image")) for uuid in dict.fromkeys(uuids)]
    for image in images:
        if uses_of_image(document, image.uuid):
            raise InvalidValue("Evidence of this case stands on {named}: delete that first.", named=_named(image))
    label = (
        Phrase("Delete {named}", named=_named(images[0]))
        if len(images) == 1
        else Phrase("Delete {images}", images=counted(len(images), "image"))
    )
    remarks = [remark for image in images for remark in document.links.comments_on(image.uuid)]
    return Edit(label, (*(delete("comments", row) for row in remarks), *(delete("images", row) for row in images)))


def uses_of_image(document: Document, uuid: str) -> int:
    """Number of rows that name an image: observations, chips, searches, and sites drawn on it."""
    observations = document.observations.values()
    return (
        sum(uuid in (row.image_uuid, row.compared_to_uuid) for row in observations)
        + sum(chip.image_uuid == uuid for chip in document.chips.values())
        + sum(search.image_uuid == uuid for search in document.searches.values())
        + sum(site.image_uuid == uuid for site in document.sites.values())
    )


def _says_more(image: Image, name: str, value: Any) -> bool:
    """True where the row has no value in this field yet: existing values stay."""
    if value in ("", None):
        return False
    if name == "date_kind":
        return image.date_kind == "unknown"
    return getattr(image, name) in ("", None)


def _check_fields(fields: Mapping[str, Any]) -> None:
    for name, words in (("date_kind", DATE_KINDS), ("date_basis", ("", *DATE_BASES)), ("datum", ("", *DATUMS))):
        if name in fields:
            check_choice(fields[name], words, column_word(name))
    check_date(fields.get("acquired_at", ""), Phrase("date of acquisition"))
    check_number(fields.get("gsd_m"), 0, 1e6, Phrase("ground size of a pixel in metres"))


def _named(image: Image) -> str:
    name = image.product_id or image.layer_title or image.service
    return Phrase("image “{name}”", name=name) if name else "image"
