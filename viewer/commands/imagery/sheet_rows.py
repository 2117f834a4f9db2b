"""Edits of the sheet of observations: a row with the image that it rests on, the clearness of an image, carried words.

Each is one step to undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation, is_after, target_key
from layers.document.vocabulary import VIEW_QUALITIES
from layers.errors import InvalidValue
from layers.observing.seen_words import is_dated
from layers.phrase import Phrase
from viewer.commands.fields import check_choice, column_word, row_of
from viewer.commands.imagery.images import known_image
from viewer.commands.imagery.observations import observation_of, observer_of, record_observation
from viewer.commands.meta import set_meta
from viewer.commands.stamps import stamp_of, update

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
    """Record what an observer (None: `observer_of` the actor) saw of a site on an image.

    The image becomes a row of the case with its first observation.

    `facts` are the fields of that row, for an image without one: `image_uuid` is empty then. The earliest row of an
    observer is the first look, unless `fields` say otherwise; a chip of the same site and image is kept with the row.
    Raises InvalidValue.
    """
    site = row_of(document.sites, site_uuid, Phrase("site"))
    image, image_changes = _image(document, image_uuid, facts, actor, now)
    observer = observer_of(document, actor) if observer is None else observer
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
    return Edit(edit.label, (*image_changes, *edit.changes, *no_longer_first))


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
    check_choice(view, VIEW_QUALITIES, column_word("view_quality"))
    stamp = stamp_of(actor, now)
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
    fact = set_meta(document, _view_key(image_key, observer), view, actor=actor, now=now)
    return Edit(Phrase("State how clear an image is"), (*changes, *fact.changes))


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
