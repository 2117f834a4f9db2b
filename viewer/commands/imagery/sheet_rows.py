"""Edits of the sheet of observations: a row with its image, the clearness of an image, a name for what is looked for.

Each is one step to undo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.marks.mark_shape import CountTick, as_json, shape_of
from layers.document.observation import Observation, is_after, target_key
from layers.document.vocabulary import VIEW_QUALITIES
from layers.errors import InvalidValue
from layers.observing.seen_words import is_dated
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import check_choice, column_word, row_of
from viewer.commands.imagery.images import known_image
from viewer.commands.imagery.observations import observation_of, record_observation
from viewer.commands.meta import set_meta
from viewer.commands.stamps import Stamp, edit_with_drafts, stamp_of, update

VIEW_KEY = "view_quality/"
"""Beginning of the meta keys that say how clear an image was for an observer."""


def record_look(
    document: Document,
    site_uuid: str,
    image_uuid: str,
    facts: Mapping[str, Any] | None = None,
    *,
    actor: str,
    now: str | None = None,
    observer: str | None = None,
    **fields: Any,
) -> Edit:
    """Record what an observer (None: the actor) saw of a site on an image.

    The image becomes a row of the case with its first observation.

    `facts` are the fields of that row, for an image without one: `image_uuid` is empty then. The earliest row of an
    observer is the first look, unless `fields` say otherwise; a chip of the same site and image is kept with the row.
    Raises InvalidValue.
    """
    site = row_of(document.sites, site_uuid, Phrase("site"))
    image, image_changes = _image(document, image_uuid, facts, actor, now)
    observer = actor if observer is None else observer
    rows = document.links.observations_of_site(site_uuid)
    there = observation_of(document, site_uuid, image.uuid, observer, fields.get("target"))
    target = target_key(fields.get("target", "" if there is None else there.target))
    own = [row for row in rows if row.observer == observer and row is not there and target_key(row.target) == target]
    images = {**document.images, image.uuid: image}
    if fields.get("presence", "cannot tell") != "cannot tell":
        fields.setdefault("why", "")
    if chip := _chip_of(document, site_uuid, image, "" if there is None else there.chip_uuid):
        fields.setdefault("chip_uuid", chip)
    if there is None and "change" not in fields and is_dated(image):
        earlier = [row for row in own if _is_earlier(images, row.image_uuid, image)]
        fields["change"] = "" if earlier else "first look"
    around = Document(
        {"sites": [site], "images": images.values(), "observations": rows, "chips": _chips(document, rows, fields)}
    )
    edit = record_observation(around, site_uuid, image.uuid, actor=actor, now=now, observer=observer, **fields)
    stamp = stamp_of(actor, now)
    later = [row for row in own if row.change == "first look" and _is_later(images, row.image_uuid, image)]
    no_longer_first = [change for row in later for change in update("observations", row, stamp, change="")]
    changes = (*image_changes, *edit.changes, *no_longer_first)
    return edit_with_drafts(document, edit.label, changes, stamp)


def stated_view(document: Document, image_key: str, observer: str) -> str:
    """The word of `VIEW_QUALITIES` that an observer has stated of an image; empty where nothing is stated."""
    view = document.meta(_view_key(image_key, observer))
    return view if view in VIEW_QUALITIES else ""


def state_view(
    document: Document,
    image_key: str,
    image_uuids: Iterable[str],
    view: str,
    before: str = "",
    *,
    observer: str,
    actor: str,
    now: str | None = None,
) -> Edit:
    """State how clear an image was for an observer: in all rows on it that state nothing else than `before`.

    It is kept among the facts of the case, too, as there may be no row yet, and the image may have none either. Raises
    InvalidValue where a row says *absent* and the view is not clear.
    """
    stamp = stamp_of(actor, now)
    changes = _view_changes(document, image_key, image_uuids, view, before, observer, stamp)
    return edit_with_drafts(document, Phrase("State how clear an image is"), changes, stamp)


def state_views(
    document: Document,
    images: Mapping[str, Iterable[str]],
    view: str,
    *,
    observer: str,
    actor: str,
    now: str | None = None,
) -> Edit:
    """State of several images, by key with their rows, how clear they were for an observer who has not said so yet.

    Raises InvalidValue as `state_view` does.
    """
    stamp = stamp_of(actor, now)
    changes = [
        change
        for key, uuids in images.items()
        for change in _view_changes(document, key, uuids, view, "", observer, stamp)
    ]
    label = Phrase("State how clear {images} are", images=counted(len(images), "image"))
    return edit_with_drafts(document, label, changes, stamp)


def _view_changes(
    document: Document, image_key: str, image_uuids: Iterable[str], view: str, before: str, observer: str, stamp: Stamp
) -> list[Change]:
    """The changes of an image's rows, and that of the fact of the case. Raises InvalidValue as `state_view` does."""
    check_choice(view, VIEW_QUALITIES, column_word("view_quality"))
    changes: list[Change] = []
    for uuid in image_uuids:
        for row in document.links.observations_on_image(uuid):
            if row.observer != observer or row.view_quality not in ("", before) or row.view_quality == view:
                continue
            if row.presence == "absent" and view != "clear":
                raise InvalidValue(
                    "A row says “absent” on this image, which needs a clear view: change that row first."
                )
            changes += update("observations", row, stamp, view_quality=view)
    key = _view_key(image_key, observer)
    return [*changes, *set_meta(document, key, view, actor=stamp.actor, now=stamp.now).changes]


def name_target(
    document: Document,
    site_uuids: Iterable[str],
    target: str,
    *,
    observer: str,
    actor: str,
    now: str | None = None,
) -> Edit:
    """Name the thing that an observer's rows without one at these sites are about.

    A row stays as it is where the observer has one about `target` on the same image. Raises InvalidValue where there is
    nothing to name.
    """
    target, stamp = target.strip(), stamp_of(actor, now)
    changes: list[Change] = []
    named: dict[tuple[str, str], None] = {}
    for site_uuid in dict.fromkeys(site_uuids):
        unnamed = unnamed_rows(document, site_uuid, observer, target)
        named |= dict.fromkeys((site_uuid, document.links.image_key(row.image_uuid)) for row in unnamed)
        changes += _rows_named(document, site_uuid, unnamed, target, observer, stamp)
    if not target or not named:
        raise InvalidValue("No row of yours here says no thing: there is nothing to name.")
    changes += _ticks_named(document, named, target, observer, stamp)
    return Edit(Phrase("Name what {rows} look for", rows=counted(len(named), "observation")), tuple(changes))


def unnamed_rows(document: Document, site_uuid: str, observer: str, target: str) -> list[Observation]:
    """The rows of an observer at a site that say no thing, on images without a row of theirs about `target`."""
    own = [row for row in document.links.observations_of_site(site_uuid) if row.observer == observer]
    keys = {document.links.image_key(row.image_uuid) for row in own if target_key(row.target) == target_key(target)}
    return [row for row in own if not target_key(row.target) and document.links.image_key(row.image_uuid) not in keys]


def _rows_named(
    document: Document, site_uuid: str, unnamed: Collection[Observation], target: str, observer: str, stamp: Stamp
) -> list[Change]:
    """Changes of the rows: of all that are then about the target, the earliest alone is a first look."""
    names = {row.uuid for row in unnamed}
    about = [
        row
        for row in document.links.observations_of_site(site_uuid)
        if row.observer == observer and (row.uuid in names or target_key(row.target) == target_key(target))
    ]
    changes: list[Change] = []
    for row in about if unnamed else ():
        fields = {"target": target} if row.uuid in names else {}
        if row.change == "first look" and any(_is_before(document, other, row) for other in about):
            fields["change"] = ""
        changes += update("observations", row, stamp, **fields)
    return changes


def _ticks_named(
    document: Document, rows: Collection[tuple[str, str]], target: str, observer: str, stamp: Stamp
) -> list[Change]:
    """Changes of the ticks of an observer's counts without a target, in rows by their site and image key."""
    changes: list[Change] = []
    for mark in document.sites.values():
        if mark.mark_kind != "annotation" or (mark.parent_uuid, document.links.image_key(mark.image_uuid)) not in rows:
            continue
        shape = shape_of(mark.shape_json)
        if isinstance(shape, CountTick) and shape.observer == observer and not target_key(shape.target):
            changes += update("sites", mark, stamp, shape_json=as_json(replace(shape, target=target)))
    return changes


def _is_before(document: Document, row: Observation, other: Observation) -> bool:
    """True where the image of a row is of an earlier date than that of another."""
    image = document.images.get(other.image_uuid)
    return image is not None and is_dated(image) and _is_earlier(document.images, row.image_uuid, image)


def _view_key(image_key: str, observer: str) -> str:
    """Meta key of what one observer states of one image: apart from others', so that two copies of a case merge."""
    return f"{VIEW_KEY}{image_key}/{observer}"


def _image(
    document: Document, image_uuid: str, facts: Mapping[str, Any] | None, actor: str, now: str | None
) -> tuple[Image, tuple[Change, ...]]:
    """The image of a row, with the changes that bring it into the case."""
    if image_uuid or facts is None:
        return row_of(document.images, image_uuid, Phrase("image")), ()
    known = known_image(document, actor=actor, now=now, **facts)
    return known.image, known.changes


def _chip_of(document: Document, site_uuid: str, image: Image, chip_uuid: str) -> str:
    """The newest chip of this site and image; the one that a row has already stays."""
    if chip_uuid in document.chips:
        return ""
    key, images = image.image_key, document.images
    chips = [
        chip
        for chip in document.links.chips_of_site(site_uuid)
        if chip.image_uuid in images and images[chip.image_uuid].image_key == key
    ]
    return max(chips, key=lambda chip: (chip.kind == "pixels", chip.created_at)).uuid if chips else ""


def _chips(document: Document, rows: Iterable[Observation], fields: Mapping[str, Any]) -> list[Chip]:
    """The chips that the rows of a site name, and the one of a new row."""
    uuids = {*(row.chip_uuid for row in rows), str(fields.get("chip_uuid", ""))}
    return [document.chips[uuid] for uuid in sorted(uuids) if uuid in document.chips]


def _is_earlier(images: Mapping[str, Image], uuid: str, image: Image) -> bool:
    other = images.get(uuid)
    return other is not None and is_dated(other) and is_after(image.acquired_at, other.acquired_at)


def _is_later(images: Mapping[str, Image], uuid: str, image: Image) -> bool:
    other = images.get(uuid)
    return other is not None and is_dated(image) and is_dated(other) and is_after(other.acquired_at, image.acquired_at)
