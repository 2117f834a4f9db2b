"""Edits of match plates: numbers set, moved and removed on a photograph and on the map.

A number on both is locked: markers that are not locked get other numbers when one before them is deleted.
"""

from __future__ import annotations

import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.imagery.match_plate import MatchPlate, numbered_markers, plate_of, plate_of_photo
from layers.document.marks.mark_shape import Numbered, as_json, shape_of_site
from layers.document.rows import Product
from layers.document.site import Site
from layers.document.vocabulary import MEASURED
from layers.errors import InvalidValue
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import delete_sites, move_sites
from viewer.commands.stamps import Stamp, insert, new_uuid, stamp_of, update
from viewer.support.language.text import one_line


def set_photo_number(
    document: Document, photo: str, number: int, x: float, y: float, *, actor: str, now: str | None = None
) -> Edit:
    """Set a number on a photograph, or move it there; its plate is made with the first one. Raises InvalidValue."""
    layer, stamp = row_of(document.layers, photo, Phrase("layer")), stamp_of(actor, now)
    pair = plate_of_photo(document, photo)
    locked = _locked(document, number, stamp)
    if pair is None:
        plate = MatchPlate(photo).with_number(number, x, y)
        name = Phrase("Match plate of {name}", name=one_line(layer.name, 80))
        row = Product(uuid=new_uuid(), name=name, layout_json=plate.to_json())
        return Edit(
            Phrase("Set number {number} on the photograph", number=number), (insert("products", row, stamp), *locked)
        )
    product, plate = pair
    verb = "Set" if plate.at(number) is None else "Move"
    changes = update("products", product, stamp, layout_json=plate.with_number(number, x, y).to_json())
    return Edit(Phrase("{verb} number {number} on the photograph", verb=verb, number=number), (*changes, *locked))


def remove_photo_number(
    document: Document, product_uuid: str, number: int, *, actor: str, now: str | None = None
) -> Edit:
    """Remove a number from a photograph; the marker of that number stays. Raises InvalidValue."""
    row = document.table("products").get(product_uuid)
    plate = plate_of(row) if isinstance(row, Product) else None
    if row is None or plate is None:
        raise InvalidValue("This match plate is gone: set a number on the photograph to begin another.")
    changes = update("products", row, stamp_of(actor, now), layout_json=plate.without(number).to_json())
    return Edit(Phrase("Remove number {number} from the photograph", number=number), changes)


def set_map_number(
    document: Document, number: int, lon: float, lat: float, *, actor: str, uuid: str = "", now: str | None = None
) -> Edit:
    """Set the marker of a number on the map, or move it there. Raises InvalidValue."""
    markers = numbered_markers(document).get(number, [])
    if len(markers) > 1:
        raise InvalidValue(
            "Number {number} stands {count} times on the map: delete the others first.",
            number=number,
            count=len(markers),
        )
    if markers:
        (site,) = markers
        moved = move_sites(document, {site.uuid: shapely.Point(lon, lat)}, actor=actor, now=now)
        return Edit(Phrase("Move number {number} on the map", number=number), moved.changes)
    fields = {"position_basis": MEASURED, "status": "draft"}
    shape, point = Numbered(number, locked=True), shapely.Point(lon, lat)
    added = add_mark(document, shape, point, actor=actor, now=now, uuid=uuid or new_uuid(), **fields)
    return Edit(Phrase("Set number {number} on the map", number=number), added.changes)


def remove_map_number(document: Document, number: int, *, actor: str, now: str | None = None) -> Edit:
    """Delete the markers of a number. Raises InvalidValue."""
    uuids = [site.uuid for site in numbered_markers(document).get(number, [])]
    deleted = delete_sites(document, uuids, actor=actor, now=now)
    return Edit(Phrase("Delete number {number} on the map", number=number), deleted.changes)


def _locked(document: Document, number: int, stamp: Stamp) -> tuple[Change, ...]:
    """Changes that let the markers of a number keep it."""
    return tuple(change for site in numbered_markers(document).get(number, []) for change in _lock(site, stamp))


def _lock(site: Site, stamp: Stamp) -> tuple[Change, ...]:
    shape = shape_of_site(site)
    if not isinstance(shape, Numbered) or shape.locked:
        return ()
    return update("sites", site, stamp, shape_json=as_json(replace(shape, locked=True)))
