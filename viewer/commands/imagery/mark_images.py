"""Edits that record the image a mark was drawn on, and that cite an image as a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer_terms import service_address
from layers.document.mark_position import Pick, pick_of, stated_placement_m, with_placement, with_screen
from layers.document.marks.mark_shape import as_json, shape_of
from layers.document.marks.shadow_mark import ShadowMark
from layers.document.site import Site
from layers.document.source import Source
from layers.document.vocabulary import BY_HAND, MEASURED
from layers.phrase import Phrase
from layers.text.counted import metres
from layers.time.shadows import ShadowImage
from viewer.commands.claims import link_claim_source
from viewer.commands.fields import row_of
from viewer.commands.imagery.images import known_image, update_image
from viewer.commands.sites import update_sites
from viewer.commands.stamps import inserted, stamp_of, update

_SOURCES_OF_IMAGES = UUID("5b0c4f0e-6d0f-4a53-9d43-6b9c0a3c7a11")


class SeenImage(NamedTuple):
    """An image as it was seen when a mark was made: the facts of its row, and its resolution there."""

    facts: Mapping[str, Any]
    pick: Pick
    shadow: ShadowImage | None = None
    """The facts by which shadows are judged."""


class _KnownSource(NamedTuple):
    source: Source
    changes: tuple[Change, ...]


def source_uuid_of(image_key: str) -> str:
    """The uuid of the source of an image: the same on every desk, so that it is made once."""
    return str(uuid5(_SOURCES_OF_IMAGES, image_key))


def record_image(document: Document, site_uuid: str, seen: SeenImage, *, actor: str, now: str | None = None) -> Edit:
    """Record the image that a mark was drawn on; it becomes the source of a measured position. Raises InvalidValue."""
    site = row_of(document.sites, site_uuid, Phrase("site"))
    image, image_changes = known_image(document, actor=actor, now=now, **seen.facts)
    fields: dict[str, Any] = {
        "image_uuid": image.uuid,
        "pixel_m": round(seen.pick.pixel_m, 3),
        "props_json": with_screen(site.props_json, seen.pick.screen_m),
    }
    shape = shape_of(site.shape_json)
    if isinstance(shape, ShadowMark) and seen.shadow is not None:
        fields["shape_json"] = as_json(shape.on_image(seen.shadow, seen.pick))
    source_changes: tuple[Change, ...] = ()
    if site.position_basis == MEASURED:
        source, source_changes = _source_of(document, image, actor, now)
        old = document.images.get(site.image_uuid)
        own = source_uuid_of(old.image_key) if old is not None else ""
        if site.position_source_uuid in ("", own):
            fields["position_source_uuid"] = source.uuid
            fields["position_error_m"] = with_placement(seen.pick.error_m, stated_placement_m(image.placement_note))
    changed = update_sites(document, (site_uuid,), actor=actor, now=now, **fields)
    return Edit(Phrase("Record the image of a mark"), (*image_changes, *source_changes, *changed.changes))


def record_no_image(document: Document, site_uuid: str, screen_m: float, *, actor: str, now: str | None = None) -> Edit:
    """Record that a mark was put on a map without an image, with pixels of `screen_m` metres. Raises InvalidValue."""
    fields = _of_no_image(row_of(document.sites, site_uuid, Phrase("site")), screen_m)
    changed = update_sites(document, (site_uuid,), actor=actor, now=now, **fields)
    return Edit(Phrase("Record that a mark is on no image"), changed.changes)


def on_no_image(site: Site, screen_m: float) -> Site:
    """The row of a mark on a map without an image, as `record_no_image` would leave it."""
    return replace(site, **_of_no_image(site, screen_m))


def _of_no_image(site: Site, screen_m: float) -> dict[str, Any]:
    return {"position_basis": BY_HAND, "props_json": with_screen(site.props_json, screen_m)}


def forget_image(document: Document, site_uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Remove the image that a mark was drawn on. Raises InvalidValue."""
    site = row_of(document.sites, site_uuid, Phrase("site"))
    image = document.images.get(site.image_uuid)
    fields: dict[str, Any] = {"image_uuid": "", "pixel_m": None}
    if image is not None and site.position_source_uuid == source_uuid_of(image.image_key):
        fields["position_source_uuid"] = ""
    changed = update_sites(document, (site_uuid,), actor=actor, now=now, **fields)
    return Edit(Phrase("Forget the image of a mark"), changed.changes)


def state_placement(document: Document, image_uuid: str, note: str, *, actor: str, now: str | None = None) -> Edit:
    """Set the note on an image's placement; the errors of the marks measured on it follow.

    An error that the analyst has judged differently stays. Raises InvalidValue.
    """
    image = row_of(document.images, image_uuid, Phrase("image"))
    changed = update_image(document, image_uuid, actor=actor, now=now, placement_note=note)
    before, after = stated_placement_m(image.placement_note), stated_placement_m(note)
    changes = list(changed.changes)
    for site in _measured_on(document, image):
        pick = pick_of(site)
        if pick is None or before == after or site.position_error_m != with_placement(pick.error_m, before):
            continue
        error_m = with_placement(pick.error_m, after)
        changes += update_sites(document, (site.uuid,), actor=actor, now=now, position_error_m=error_m).changes
    return Edit(changed.label, tuple(changes))


def cite_image(document: Document, claim_uuid: str, image_uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Cite an image as a source of a claim, once; the source is made where the image has none yet.

    Raises InvalidValue.
    """
    row_of(document.claims, claim_uuid, Phrase("claim"))
    image = row_of(document.images, image_uuid, Phrase("image"))
    source, changes = _source_of(document, image, actor, now)
    if source.uuid in document.sources:
        linked = link_claim_source(document, claim_uuid, source.uuid, actor=actor, now=now)
        return Edit(Phrase("Cite image"), (*changes, *linked.changes))
    with_source = Document({"sources": (source,), "claims": (document.claims[claim_uuid],)})
    linked = link_claim_source(with_source, claim_uuid, source.uuid, actor=actor, now=now)
    return Edit(Phrase("Cite image"), (*changes, *linked.changes))


def image_of_sites(document: Document, site_uuids: list[str]) -> Image | None:
    """The image that these sites were drawn on, from the first of them that has one; None without any."""
    sites = (document.sites[uuid] for uuid in site_uuids if uuid in document.sites)
    return next((document.images[site.image_uuid] for site in sites if site.image_uuid in document.images), None)


def _measured_on(document: Document, image: Image) -> list[Site]:
    sites = document.sites.values()
    return [site for site in sites if site.image_uuid == image.uuid and site.position_basis == MEASURED]


def descriptor_of(image: Image) -> str:
    """The descriptor of an image's source: the kind of picture, and its resolution."""
    kind = {"instant": "image", "unknown": "image"}.get(image.date_kind, f"image ({image.date_kind})")
    pixel = Phrase(", pixel of {metres}", metres=metres(image.gsd_m)) if image.gsd_m else ""
    return Phrase("Satellite {kind}{pixel}", kind=kind, pixel=pixel)


def source_title_of(image: Image) -> str:
    """The title of an image's source."""
    title = image.product_id or image.layer_title or image.service
    return title if image.date_kind != "composite" else f"{title} (composite)"


def rights_of(image: Image) -> str:
    """The rights of an image's source: its credit and its licence."""
    return ", ".join(dict.fromkeys(text for text in (image.credit, image.licence) if text))


def _source_of(document: Document, image: Image, actor: str, now: str | None) -> _KnownSource:
    uuid = source_uuid_of(image.image_key)
    there = document.sources.get(uuid)
    layer = document.layers.get(image.layer_uuid)
    address = "" if layer is None else service_address(layer.source)
    if there is not None:
        # Sources of earlier versions have no address.
        lacks_address = bool(address) and not (there.url or there.archive_url)
        changes = update("sources", there, stamp_of(actor, now), url=address) if lacks_address else ()
        return _KnownSource(there, changes)
    source = Source(
        uuid=uuid,
        kind="imagery",
        title=source_title_of(image),
        publisher=image.service,
        sensor=image.sensor,
        acquired_at=image.acquired_at,
        date_basis=image.date_basis,
        descriptor=descriptor_of(image),
        url=address,
        rights=rights_of(image),
    )
    source = inserted(source, stamp_of(actor, now))
    return _KnownSource(source, (Change("sources", None, source),))
