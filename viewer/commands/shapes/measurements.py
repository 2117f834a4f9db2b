"""Edits of measurements: their quantity and unit, and conversions between measurements and sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import Circle, as_json, shape_of, shape_of_site
from layers.document.marks.measurement import QUANTITIES, Measurement, default_quantity, intended, places_of
from layers.document.rows import ClaimEvidence
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import destination, distance_m
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.sites import changed_site
from viewer.commands.stamps import Stamp, stamp_of, update

_RADIUS_DIRECTION_DEG = 90.0


def quantities_of(site: Site) -> list[str]:
    """All quantities that can be measured on a mark's geometry."""
    return [quantity for quantity in QUANTITIES if Measurement(quantity).is_of(site.geometry)]


def is_free(site: Site) -> bool:
    """True where quantity and unit can be chosen: marks drawn as a circle or an arrow keep their shape."""
    return not site.shape_json or isinstance(shape_of(site.shape_json), Measurement)


def set_quantity(document: Document, uuid: str, quantity: str, *, actor: str, now: str | None = None) -> Edit:
    """Set the quantity that is measured on the mark. Raises InvalidValue."""
    site, shape = _measured(document, uuid)
    changed = replace(shape, quantity=quantity, unit="", result=None, error=None)
    if not changed.is_of(site.geometry):
        raise InvalidValue(
            "The mark has no {quantity}: its places are too many, too few, or one and the same.", quantity=quantity
        )
    return _with_shape(site, changed, Phrase("Measure something else"), stamp_of(actor, now))


def set_unit(document: Document, uuid: str, unit: str, *, actor: str, now: str | None = None) -> Edit:
    """Set the unit of a measurement; empty for the one that is easiest to read. Raises InvalidValue."""
    site, shape = _measured(document, uuid)
    return _with_shape(site, replace(shape, unit=unit), Phrase("Change unit"), stamp_of(actor, now))


def make_sites(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Turn measurements into sites, radii into circles; from then on they count as sites. Raises InvalidValue."""
    sites = [row_of(document.sites, uuid, Phrase("measurement")) for uuid in uuids]
    chosen = [site for site in sites if site.mark_kind == Measurement.kind]
    return _turned(document, chosen, "site", _as_site, stamp_of(actor, now))


def make_measurements(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Turn sites with a line or an area into its measurement, circles into radii. Raises InvalidValue."""
    sites = [row_of(document.sites, uuid, Phrase("site")) for uuid in uuids]
    chosen = [site for site in sites if can_be_measured(site)]
    return _turned(document, chosen, "measurement", _as_measurement, stamp_of(actor, now))


def can_be_measured(site: Site) -> bool:
    """True for a mark that is no measurement and has a length or an area."""
    quantity = default_quantity(site.geometry)
    return site.mark_kind != Measurement.kind and bool(quantity) and Measurement(quantity).is_of(site.geometry)


def _turned(document: Document, sites: list[Site], kind: str, make: Any, stamp: Stamp) -> Edit:
    changes: list[Change] = []
    for site in sites:
        turned = changed_site(site, stamp, {"mark_kind": kind, **make(site)})
        changes += turned
        for change in turned:
            changes += _evidence_of(document, change, stamp)
    return Edit(Phrase("Make {counted}", counted=counted(len(sites), kind)), tuple(changes))


def _evidence_of(document: Document, change: Change, stamp: Stamp) -> list[Change]:
    """Changes of claims' evidence, which names the table of its row: another one where a line became an area."""
    before, after = change.before, change.after
    if not (isinstance(before, Site) and isinstance(after, Site)) or before.kind == after.kind:
        return []
    rows = document.table("claim_evidence").values()
    about = [row for row in rows if isinstance(row, ClaimEvidence) and row.evidence_uuid == after.uuid]
    return [
        revision
        for row in about
        for revision in update("claim_evidence", row, stamp, evidence_table=f"site_{after.kind}")
    ]


def _as_site(site: Site) -> dict[str, Any]:
    shape = shape_of_site(site)
    if not isinstance(shape, Measurement) or shape.quantity != "radius":
        return {}
    centre, rim = places_of(site.geometry)
    try:
        circle = Circle(centre, distance_m(*centre, *rim))
    except InvalidValue:
        return {}  # as large as half the Earth: it stays a line
    return {"geometry": circle.geometry(), "shape_json": as_json(circle)}


def _as_measurement(site: Site) -> dict[str, Any]:
    shape = shape_of_site(site)
    if not isinstance(shape, Circle):
        return {}
    rim = destination(*shape.centre, _RADIUS_DIRECTION_DEG, shape.radius_m)
    return {"geometry": shapely.LineString([shape.centre, rim]), "shape_json": as_json(Measurement("radius"))}


def _measured(document: Document, uuid: str) -> tuple[Site, Measurement]:
    site = row_of(document.sites, uuid, Phrase("measurement"))
    shape = intended(site, shape_of(site.shape_json))
    if shape is None:
        raise InvalidValue("Nothing of this mark is measured any more.")
    if not is_free(site):
        raise InvalidValue("The mark was drawn as what it is: it keeps its own measures.")
    return site, shape


def _with_shape(site: Site, shape: Measurement, label: str, stamp: Stamp) -> Edit:
    return Edit(label, changed_site(site, stamp, {"shape_json": as_json(shape)}))
