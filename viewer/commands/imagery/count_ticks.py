"""Edits of a count: ticks with numbers on an image, and the count in the row of what was seen there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely.geometry import Point

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.image import Image
from layers.document.marks.mark_shape import CountTick, shape_of
from layers.document.observation import Observation, target_key
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.phrase import Phrase
from viewer.commands.imagery.observations import delete_observations, observation_of
from viewer.commands.imagery.sheet_rows import record_look
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import delete_sites
from viewer.commands.stamps import stamp_of


def ticks_of(document: Document, site_uuid: str, image_key: str, observer: str, target: str = "") -> list[Site]:
    """The ticks that an observer has set on an image for a target at a site, in the order of their numbers."""
    ticks = []
    for mark in document.sites.values():
        if mark.parent_uuid != site_uuid or mark.mark_kind != "annotation":
            continue
        shape, image = shape_of(mark.shape_json), document.images.get(mark.image_uuid)
        if not (isinstance(shape, CountTick) and image and image.image_key == image_key):
            continue
        if shape.observer == observer and target_key(shape.target) == target_key(target):
            ticks.append((shape.number, mark))
    return [mark for _number, mark in sorted(ticks, key=lambda numbered: numbered[0])]


def add_tick(
    document: Document,
    site_uuid: str,
    image_uuid: str,
    facts: Mapping[str, Any] | None,
    place: tuple[float, float],
    *,
    observer: str,
    actor: str,
    now: str | None = None,
    target: str = "",
    **fields: Any,
) -> Edit:
    """Set the next tick at a place in lon, lat, and write the new number of ticks into the observer's row.

    `image_uuid`, `facts` and `fields` as in `record_look`. Raises InvalidValue, also where the row says *absent*.
    """
    now = stamp_of(actor, now).now
    key = document.images[image_uuid].image_key if image_uuid in document.images else ""
    number = len(ticks_of(document, site_uuid, key, observer, target)) + 1
    fields["target"] = target
    counts = {"presence": "present", "count_low": number, "count_high": number}
    _check_row(document, site_uuid, key, observer, target)
    look = record_look(
        document, site_uuid, image_uuid, facts, actor=actor, now=now, observer=observer, **{**fields, **counts}
    )
    images = [change.after for change in look.changes if isinstance(change.after, Image)]
    image_uuid = image_uuid or images[0].uuid
    rows = [change.after for change in look.changes if change.before is None and isinstance(change.after, Observation)]
    tick = add_mark(
        document,
        CountTick(number, observer, target, rows[0].uuid if rows else ""),
        Point(place),
        actor=actor,
        now=now,
        parent_uuid=site_uuid,
        image_uuid=image_uuid,
    )
    return Edit(Phrase("Count {number}", number=number), (*look.changes, *tick.changes))


def take_tick_back(
    document: Document,
    site_uuid: str,
    image_uuid: str,
    *,
    observer: str,
    actor: str,
    now: str | None = None,
    target: str = "",
) -> Edit:
    """Delete the last tick of a count, and write the number that is left into the observer's row.

    A row that the first tick made goes with it: nobody said that anything is there. Raises InvalidValue where there is
    no tick.
    """
    image = document.images.get(image_uuid)
    ticks = [] if image is None else ticks_of(document, site_uuid, image.image_key, observer, target)
    if not ticks:
        raise InvalidValue("There is no tick to take back.")
    left = len(ticks) - 1
    gone = delete_sites(document, [ticks[-1].uuid], actor=actor, now=now)
    row = observation_of(document, site_uuid, image_uuid, observer, target)
    if not left and row is not None and _is_made_by(row, ticks[0]):
        look = delete_observations(document, (row.uuid,), actor=actor, now=now)
        return Edit(Phrase("Take back tick {number}", number=1), (*gone.changes, *look.changes))
    counts: dict[str, Any] = {"count_low": left or None, "count_high": left or None}
    look = record_look(
        document, site_uuid, image_uuid, actor=actor, now=now, observer=observer, target=target, **counts
    )
    return Edit(Phrase("Take back tick {number}", number=left + 1), (*gone.changes, *look.changes))


def _is_made_by(row: Observation, tick: Site) -> bool:
    """True for a row that was made with this tick and that nobody has said more in."""
    shape = shape_of(tick.shape_json)
    is_made = isinstance(shape, CountTick) and shape.made_uuid == row.uuid
    return is_made and not (row.words or row.why or row.chip_uuid)


def _check_row(document: Document, site_uuid: str, image_key: str, observer: str, target: str) -> None:
    """Raise InvalidValue where the observer's row on the image says that nothing is there."""
    for row in document.links.observations_of_site(site_uuid):
        is_own = row.observer == observer and target_key(row.target) == target_key(target)
        if is_own and row.presence == "absent" and _is_on(document, row, image_key):
            raise InvalidValue("The row says “absent” on this image: press + first where something is seen.")


def _is_on(document: Document, row: Observation, image_key: str) -> bool:
    image = document.images.get(row.image_uuid)
    return image is not None and image.image_key == image_key
