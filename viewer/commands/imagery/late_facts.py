"""Edits that add what a layer states (date, credit, sensor) to what was marked on it before that was stated.

It lives on the image. A chip keeps the stamp that it was taken with: its image has what was stated later.
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
from viewer.commands.imagery.mark_images import descriptor_of, rights_of, source_title_of, source_uuid_of
from viewer.commands.imagery.observations import dates_after_images
from viewer.commands.sites import update_site
from viewer.commands.stamps import stamp_of, update

DATE, CREDIT, SENSOR = "date", "credit", "sensor"
FACTS = (DATE, CREDIT, SENSOR)
_STATED_BY_LAYER = "analyst", "file name"
"""Bases of dates that a layer states and its file does not: images have them from their layer alone."""


class Evidence(NamedTuple):
    """Numbers of the rows made on images before their layers stated the facts that these lack."""

    images: tuple[Image, ...]
    marks: int
    chips: int
    sources: int
    facts: tuple[str, ...] = ()
    """The facts that any of the images lacks: words of FACTS."""

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
    return evidence_without(document, layer_uuids, (DATE,))


def evidence_without(document: Document, layer_uuids: Iterable[str], facts: Collection[str] = FACTS) -> Evidence:
    """Find what was marked on these layers and lacks any of these facts that they state now."""
    stating = {uuid: document.layers[uuid] for uuid in layer_uuids if uuid in document.layers}
    shown = [image for image in document.images.values() if image.layer_uuid in stating] if stating else []
    lacking = {image.uuid: _lacks(image, stating[image.layer_uuid], facts) for image in shown}
    images = tuple(image for image in shown if lacking[image.uuid])
    if not images:
        return Evidence((), 0, 0, 0)
    uuids = {image.uuid for image in images}
    sources = [document.sources.get(source_uuid_of(image.image_key)) for image in images]
    return Evidence(
        images,
        sum(site.image_uuid in uuids for site in document.sites.values()),
        sum(chip.image_uuid in uuids for chip in document.chips.values()),
        sum(source is not None for source in sources),
        tuple(fact for fact in FACTS if any(fact in facts_lacking for facts_lacking in lacking.values())),
    )


def date_evidence(document: Document, layer_uuids: Collection[str], *, actor: str, now: str | None = None) -> Edit:
    """Set the date of their layers on images, their sources, shadows and dates of sites. Raises InvalidValue."""
    edit = state_on_evidence(document, layer_uuids, (DATE,), actor=actor, now=now)
    return replace(edit, label=Phrase("Date {words}", words=evidence_without_date(document, layer_uuids).words))


def state_on_evidence(
    document: Document,
    layer_uuids: Collection[str],
    facts: Collection[str] = FACTS,
    *,
    actor: str,
    now: str | None = None,
) -> Edit:
    """Set what their layers state on images, their sources, shadows and dates of sites. Raises InvalidValue."""
    layers = {uuid: row_of(document.layers, uuid, Phrase("layer")) for uuid in layer_uuids}
    evidence = evidence_without(document, layers, facts)
    stamp = stamp_of(actor, now)
    changes: list[Change] = []
    dated: dict[str, Image] = {}
    for image in evidence.images:
        layer = layers[image.layer_uuid]
        fields = [_stated(layer, fact) for fact in _lacks(image, layer, facts)]
        changed = update("images", image, stamp, **{name: text for part in fields for name, text in part.items()})
        changes += changed
        after = changed[0].row if changed else image
        assert isinstance(after, Image)
        if (after.acquired_at, after.date_kind) != (image.acquired_at, image.date_kind):
            dated[image.uuid] = after
        source = document.sources.get(source_uuid_of(image.image_key))
        if source is not None:
            changes += update("sources", source, stamp, **_source_fields(source, image, after))
    sites = _Sites(document, actor, now)
    sites.date_shadows(dated)
    for change in dates_after_images(document, dated, actor=actor, now=now):
        sites.add(change)
    return Edit(Phrase("State on {words} what the layer says", words=evidence.words), (*changes, *sites.changes))


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


def _lacks(image: Image, layer: Layer, facts: Collection[str]) -> tuple[str, ...]:
    """The facts among these that a layer states and its image has not, or has otherwise."""
    lacking = {
        DATE: bool(layer.acquired_at) and _lacks_date(image, layer),
        CREDIT: bool(layer.credit.strip()) and image.credit != layer.credit.strip(),
        SENSOR: bool(layer.sensor) and layer.sensor not in image.sensor,
    }
    return tuple(fact for fact in FACTS if fact in facts and lacking[fact])


def _stated(layer: Layer, fact: str) -> dict[str, str]:
    """The columns of an image that a layer decides by stating a fact."""
    if fact == DATE:
        return _dated(layer)
    return {"credit": layer.credit.strip()} if fact == CREDIT else {"sensor": layer.sensor}


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
        "sensor": (before.sensor, after.sensor),
        "rights": (rights_of(before), rights_of(after)),
    }
    return {name: new for name, (old, new) in follows.items() if getattr(source, name) == old}
