"""Edits that take the date of a layer to what was marked on it before the date was known.

A chip keeps the stamp that it was taken with: its image says what was stated later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.marks.mark_shape import as_json, shape_of
from layers.document.marks.shadow_mark import ShadowMark
from layers.document.observation import seen_dates
from layers.document.rows import Row
from layers.document.source import Source
from layers.document.vocabulary import DATE_BASES
from layers.phrase import Phrase, joined
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.imagery.mark_images import descriptor_of, source_title_of, source_uuid_of
from viewer.commands.sites import update_site
from viewer.commands.stamps import stamp_of, update

_STATED_BY_LAYER = "analyst", "file name"
"""Bases of dates that a layer says, and its file does not: an image has them from its layer alone."""
_DATES_SEEN = ("observed_at", "valid_from", "valid_to")
"""Fields of a site that follow from its observations."""


class Evidence(NamedTuple):
    """Counts of what was made on images before their layers were dated."""

    images: tuple[Image, ...]
    marks: int
    chips: int
    sources: int

    @property
    def words(self) -> str:
        """The rows by their kinds: 3 marks, 2 chips and 1 source; of a bare image, 1 image."""
        counts = (self.marks, "mark", "marks"), (self.chips, "chip", "chips"), (self.sources, "source", "sources")
        told = [counted(count, one, many) for count, one, many in counts if count]
        if not told:
            return counted(len(self.images), "image", "images")
        *first, last = told
        return Phrase("{told} and {told_2}", told=joined(", ", first), told_2=last) if first else last


def evidence_without_date(document: Document, layer_uuids: Iterable[str]) -> Evidence:
    """Find what was marked on these layers and does not know yet the date that they say now."""
    layers = [document.layers[uuid] for uuid in layer_uuids if uuid in document.layers]
    dated = {layer.uuid: layer for layer in layers if layer.acquired_at}
    shown = [image for image in document.images.values() if image.layer_uuid in dated] if dated else []
    images = tuple(image for image in shown if _lacks_date(image, dated[image.layer_uuid]))
    if not images:
        return Evidence((), 0, 0, 0)
    uuids = {image.uuid for image in images}
    sources = [document.sources.get(source_uuid_of(image.image_key)) for image in images]
    return Evidence(
        images,
        sum(site.image_uuid in uuids for site in document.sites.values()),
        sum(chip.image_uuid in uuids for chip in document.chips.values()),
        sum(source is not None for source in sources),
    )


def date_evidence(document: Document, layer_uuids: Collection[str], *, actor: str, now: str | None = None) -> Edit:
    """Give images, their sources, shadows and dates of sites the date that their layers say. Raises InvalidValue."""
    layers = {uuid: row_of(document.layers, uuid, Phrase("layer")) for uuid in layer_uuids}
    found = evidence_without_date(document, layers)
    stamp = stamp_of(actor, now)
    changes: list[Change] = []
    dated: dict[str, Image] = {}
    for image in found.images:
        changed = update("images", image, stamp, **_dated(layers[image.layer_uuid]))
        changes += changed
        after = changed[0].row if changed else image
        assert isinstance(after, Image)
        dated[image.uuid] = after
        source = document.sources.get(source_uuid_of(image.image_key))
        if source is not None:
            changes += update("sources", source, stamp, **_source_fields(source, image, after))
    sites = _Sites(document, actor, now)
    sites.date_shadows(dated)
    for change in _dates_seen(document, dated, actor, now):
        sites.add(change)
    return Edit(Phrase("Date {words}", words=found.words), (*changes, *sites.changes))


def _dates_seen(document: Document, images: Mapping[str, Image], actor: str, now: str | None) -> list[Change]:
    """Changes of the dates of sites that were observed on these images, from those that `document` tells to theirs."""
    looks = [look for uuid in images for look in document.observations_on_image(uuid)]
    later = {**document.images, **images}
    changes: list[Change] = []
    for site_uuid in dict.fromkeys(look.site_uuid for look in looks):
        site = document.sites.get(site_uuid)
        if site is None:
            continue
        before, after = (
            seen_dates(document.observations_of_site(site_uuid), known) for known in (document.images, later)
        )
        stated = tuple(getattr(site, name) for name in _DATES_SEEN)
        if after.observed_at or (before.observed_at and stated == before):
            fields = dict(zip(_DATES_SEEN, after, strict=True))
            changes += update_site(document, site_uuid, actor=actor, now=now, **fields).changes
    return changes


class _Sites:
    """Changes of sites, one a site: a shadow and the dates of its observations may both follow from an image."""

    def __init__(self, document: Document, actor: str, now: str | None) -> None:
        self._document, self._actor, self._now = document, actor, now
        self._changes: dict[str, Change] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(self._changes.values())

    def add(self, change: Change) -> None:
        """Join a change of a site with what has changed of it already."""
        before = self._changes.get(change.uuid)
        if before is None or before.after is None or change.after is None or change.before is None:
            self._changes[change.uuid] = change
            return
        said = _differing(change.before, change.after)
        self._changes[change.uuid] = Change("sites", before.before, replace(before.after, **said))

    def date_shadows(self, images: Mapping[str, Image]) -> None:
        for site in self._document.sites.values():
            image = images.get(site.image_uuid)
            shape = shape_of(site.shape_json) if image is not None else None
            if image is None or not isinstance(shape, ShadowMark):
                continue
            seen = replace(shape.image, acquired_at=image.acquired_at, date_kind=image.date_kind)
            text = as_json(replace(shape, image=seen))
            edit = update_site(self._document, site.uuid, actor=self._actor, now=self._now, shape_json=text)
            for change in edit.changes:
                self.add(change)


def _differing(before: Row, after: Row) -> dict[str, Any]:
    names = before.__struct_fields__
    return {name: getattr(after, name) for name in names if getattr(before, name) != getattr(after, name)}


def _lacks_date(image: Image, layer: Layer) -> bool:
    """True where an image says nothing of when, or still what its layer said before that was corrected.

    That of a service stays: it is made of many days, and known by its own.
    """
    if image.service or (image.acquired_at and image.date_basis not in _STATED_BY_LAYER):
        return False
    return any(getattr(image, name) != value for name, value in _dated(layer).items())


def _dated(layer: Layer) -> dict[str, str]:
    """The columns of an image that its layer's date decides."""
    basis = layer.date_basis if layer.date_basis in DATE_BASES else ""
    return {"acquired_at": layer.acquired_at, "date_kind": layer.known_date_kind, "date_basis": basis}


def _source_fields(source: Source, before: Image, after: Image) -> dict[str, str]:
    """The columns of an image's source that follow, as far as nobody has written them otherwise."""
    follows = {
        "acquired_at": (before.acquired_at, after.acquired_at),
        "date_basis": (before.date_basis, after.date_basis),
        "descriptor": (descriptor_of(before), descriptor_of(after)),
        "title": (source_title_of(before), source_title_of(after)),
    }
    return {name: new for name, (old, new) in follows.items() if getattr(source, name) == old}
