"""Numbers of numbered markers: they follow the order until they are locked, and then never change."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.json_fields import json_object
from layers.document.marks.mark_shape import MOST_NUMBER, Numbered, as_json, shape_of_site
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.meta import set_meta
from viewer.commands.stamps import Stamp, stamp_of, update

RETIRED = "retired_numbers"
"""Meta key: numbers of deleted locked markers, as JSON, which are never given again."""
type _Marker = tuple[Site, Numbered]


def highest_number(document: Document) -> int:
    """The highest number that a marker has, or had when it was locked; 0 without any."""
    return max([*_retired(document), *(shape.number for _, shape in _markers(document))], default=0)


def next_number(document: Document) -> int:
    """The number of a marker that comes after all others. Raises InvalidValue where none is left."""
    markers = _markers(document)
    in_use = _kept_numbers(document, markers) | {shape.number for _, shape in markers}
    number = max((shape.number for _, shape in markers if not shape.locked), default=0) + 1
    while number in in_use:
        number += 1
    if number > MOST_NUMBER:
        raise InvalidValue("Markers have numbers up to {most_number}.", most_number=MOST_NUMBER)
    return number


def lock_numbers(document: Document, uuids: Collection[str] = (), *, actor: str, now: str | None = None) -> Edit:
    """Lock the numbers of these markers, or of all without any."""
    stamp = stamp_of(actor, now)
    chosen = [(site, shape) for site, shape in unlocked(document) if not uuids or site.uuid in uuids]
    changes = [change for site, shape in chosen for change in _renumbered(site, replace(shape, locked=True), stamp)]
    return Edit(
        Phrase("Lock number") if len(chosen) == 1 else Phrase("Lock {numbers}", numbers=counted(len(chosen), "number")),
        tuple(changes),
    )


def unlocked(document: Document) -> list[_Marker]:
    """Markers whose numbers follow their order, in that order."""
    markers = [(site, shape) for site, shape in _markers(document) if not shape.locked]
    return sorted(markers, key=lambda marker: (marker[1].number, marker[0].created_at, marker[0].uuid))


def without_markers(document: Document, gone: Iterable[Site], stamp: Stamp) -> Iterator[Change]:
    """Changes of the other markers' numbers after these sites are deleted. Locked numbers are never given again."""
    lost = [(site, shape) for site in gone if (shape := _numbered(site)) is not None]
    if not lost:
        return
    uuids = {site.uuid for site, _ in lost}
    retired = {shape.number for _, shape in lost if shape.locked}
    if retired:
        value = json.dumps({"numbers": sorted(_retired(document) | retired)})
        yield from set_meta(document, RETIRED, value, actor=stamp.actor, now=stamp.now).changes
    stay = [(site, shape) for site, shape in _markers(document) if site.uuid not in uuids]
    in_use = _kept_numbers(document, stay) | retired
    number = 0
    for site, shape in [marker for marker in unlocked(document) if marker[0].uuid not in uuids]:
        number += 1
        while number in in_use:
            number += 1
        yield from _renumbered(site, replace(shape, number=number), stamp)


def numbers_beside(document: Document, gone: Iterable[str]) -> dict[str, int]:
    """The numbers of the remaining markers, by uuid, where a numbered marker is among those deleted."""
    going = set(gone)
    if not any(document.sites[uuid].number is not None for uuid in going if uuid in document.sites):
        return {}
    return {uuid: site.number for uuid, site in document.sites.items() if site.number is not None and uuid not in going}


def renumbered_since(document: Document, numbers: Mapping[str, int]) -> int:
    """Number of markers whose number has changed since."""
    sites = document.sites
    return sum(uuid in sites and sites[uuid].number != number for uuid, number in numbers.items())


def _renumbered(site: Site, shape: Numbered, stamp: Stamp) -> tuple[Change, ...]:
    return update("sites", site, stamp, shape_json=as_json(shape), number=shape.number)


def _markers(document: Document) -> list[_Marker]:
    return [(site, shape) for site in document.sites.values() if (shape := _numbered(site)) is not None]


def _numbered(site: Site) -> Numbered | None:
    """The shape of a numbered marker, with the number in its row."""
    if site.number is None or not site.shape_json:
        return None
    shape = shape_of_site(site)
    if not isinstance(shape, Numbered):
        return None
    return replace(shape, number=site.number) if 1 <= site.number <= MOST_NUMBER else shape


def _kept_numbers(document: Document, markers: Iterable[_Marker]) -> set[int]:
    """Numbers that no other marker may get."""
    return _retired(document) | {shape.number for _, shape in markers if shape.locked}


def _retired(document: Document) -> set[int]:
    """Retired numbers of the case; values that are no list of numbers count as none."""
    try:
        numbers = json_object(document.meta(RETIRED), Phrase("The list of retired numbers")).get("numbers")
    except InvalidValue:
        return set()
    return {number for number in numbers if type(number) is int} if isinstance(numbers, list) else set()
