"""One edit that gives an observer's name to rows that were kept before the name was stated."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import CountTick, as_json, shape_of
from layers.document.observation import Observation, target_key
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.stamps import stamp_of, update


def name_observer(
    document: Document, site_uuids: Iterable[str], observer: str, *, actor: str, now: str | None = None
) -> Edit:
    """Give an observer's name to the rows at these sites that have none, and to the ticks of their counts.

    Raises InvalidValue without a name, and where there is no such row.
    """
    stamp, sites = stamp_of(actor, now), dict.fromkeys(site_uuids)
    rows = [row for uuid in sites for row in rows_without_observer(document, uuid, observer)]
    if not observer or not rows:
        raise InvalidValue("No row here lacks an observer: there is nothing to name.")
    changes: list[Change] = []
    for row in rows:
        changes += update("observations", row, stamp, observer=observer)
    counts = {(row.site_uuid, *_look_of(document, row)) for row in rows}
    for mark in document.sites.values():
        if mark.mark_kind != "annotation" or mark.parent_uuid not in sites:
            continue
        shape = shape_of(mark.shape_json)
        if not isinstance(shape, CountTick) or shape.observer:
            continue
        if (mark.parent_uuid, document.links.image_key(mark.image_uuid), target_key(shape.target)) in counts:
            changes += update("sites", mark, stamp, shape_json=as_json(replace(shape, observer=observer)))
    return Edit(Phrase("Name the observer of {rows}", rows=counted(len(rows), "observation")), tuple(changes))


def rows_without_observer(document: Document, site_uuid: str, observer: str) -> list[Observation]:
    """The rows at a site without an observer, but those about a thing of which the observer has a row on the image."""
    rows = document.links.observations_of_site(site_uuid)
    own = {_look_of(document, row) for row in rows if row.observer == observer} if observer else set()
    return [row for row in rows if not row.observer and _look_of(document, row) not in own]


def _look_of(document: Document, row: Observation) -> tuple[str, str]:
    """The image and the thing of a row: an observer has one row a look."""
    return document.links.image_key(row.image_uuid), target_key(row.target)
