"""Edits that add the date of a layer to what was marked on it before the date was known.

A chip keeps the stamp that it was taken with: its image has the later date.
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
from layers.document.rows import Row
from layers.document.source import Source
from layers.document.vocabulary import DATE_BASES
from layers.phrase import Phrase, joined
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.imagery.mark_images import descriptor_of, source_title_of, source_uuid_of
from viewer.commands.imagery.observations import dates_after_images
from viewer.commands.sites import update_site
from viewer.commands.stamps import stamp_of, update

_STATED_BY_LAYER = "analyst", "file name"
"""Bases of dates that a layer states and its file does not: images have them from their layer alone."""


class Evidence(NamedTuple):
    """Numbers of the rows made on images before their layers were dated."""

    images: tuple[Image, ...]
    marks: int
    chips: int
    sources: int

    @property
    def words(self) -> str:
        """The rows in words by kind: 3 marks, 2 chips and 1 source; for a bare image, 1 image."""
        counts = (self.marks, "mark", "marks"), (self.chips, "chip", "chips"), (self.sources, "source", "sources")
        parts = [counted(count, single, many) for count, single, many in counts if count]
        if not parts:
            return counted(len(self.images), "image", "images")
        *first, last = parts
        return Phrase("{told} and {told_2}", told=joined(", ", first), told_2=last) if first else last


def evidence_without_date(document: Document, layer_uuids: Iterable[str]) -> Evidence:
    """Find what was marked on these layers and lacks the date that they have now."""
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
    """Set the date of their layers on images, their sources, shadows and dates of sites. Raises InvalidValue."""
    layers = {uuid: row_of(document.layers, uuid, Phrase("layer")) for uuid in layer_uuids}
    evidence = evidence_without_date(document, layers)
    stamp = stamp_of(actor, now)
    changes: list[Change] = []
    dated: dict[str, Image] = {}
    for image in evidence.images:
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
    for change in dates_after_images(document, dated, actor=actor, now=now):
        sites.add(change)
    return Edit(Phrase("Date {words}", words=evidence.words), (*changes, *sites.changes))


class _Sites:
    """Changes of sites, one for each: a shadow and the dates of its observations may both follow from an image."""

    def __init__(self, document: Document, actor: str, now: str | None) -> None:
        self._document, self._actor, self._now = document, actor, now
        self._changes: dict[str, Change] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(self._changes.values())

    def add(self, change: Change) -> None:
        """Join a change of a site with its earlier changes."""
        before = self._changes.get(change.uuid)
        if before is None or before.after is None or change.after is None or change.before is None:
            self._changes[change.uuid] = change
            return
        fields = _differing(change.before, change.after)
        self._changes[change.uuid] = Change("sites", before.before, replace(before.after, **fields))

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
    """True where an image has no date, or still the date of its layer before that was corrected.

    The date of a service's image stays: it is made of many days, and known by its own.
    """
    if image.service or (image.acquired_at and image.date_basis not in _STATED_BY_LAYER):
        return False
    return any(getattr(image, name) != value for name, value in _dated(layer).items())


def _dated(layer: Layer) -> dict[str, str]:
    """The columns of an image that its layer's date decides."""
    basis = layer.date_basis if layer.date_basis in DATE_BASES else ""
    return {"acquired_at": layer.acquired_at, "date_kind": layer.known_date_kind, "date_basis": basis}


def _source_fields(source: Source, before: Image, after: Image) -> dict[str, str]:
    """The columns of an image's source that follow, where they were not edited otherwise."""
    follows = {
        "acquired_at": (before.acquired_at, after.acquired_at),
        "date_basis": (before.date_basis, after.date_basis),
        "descriptor": (descriptor_of(before), descriptor_of(after)),
        "title": (source_title_of(before), source_title_of(after)),
    }
    return {name: new for name, (old, new) in follows.items() if getattr(source, name) == old}
