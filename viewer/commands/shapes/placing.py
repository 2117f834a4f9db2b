"""Edits that move a point to a typed coordinate."""

from __future__ import annotations

from typing import Any

from shapely import Point

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.mark_position import pick_of, stated_placement_m, with_placement
from layers.document.site import Site
from layers.errors import BadCoordinate, InvalidValue
from layers.geo.coordinates import Datum
from layers.geo.coordinates.in_text import places_in_text
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.sites import changed_site, checked_geometry, named_sites
from viewer.commands.stamps import stamp_of
from viewer.support.language.text import one_line

AS_GIVEN = Phrase("; as given: ")
"""Words in the basis of a typed position, before the typed text."""
_LONGEST_GIVEN = 120


def place_site(
    document: Document, uuid: str, text: str, datum: Datum = Datum.WGS84, *, actor: str, now: str | None = None
) -> Edit:
    """Move a point to a coordinate in any notation.

    Its error is then the one that the digits and the datum imply; a judged one stays, unless the digits are coarser.
    The basis of the position states how it was given; its earlier source is no longer named. Raises BadCoordinate, and
    InvalidValue where the site is no point.
    """
    site = row_of(document.sites, uuid, Phrase("site"))
    if site.geometry.geom_type != "Point":
        raise InvalidValue(
            "The {named_sites} is no point: edit its vertices on the map.", named_sites=named_sites(site)
        )
    read = places_in_text(text, datum)[0]
    judged_m = site.position_error_m if is_error_judged(document, site) else None
    fields: dict[str, Any] = {
        "geometry": checked_geometry(Point(read.lon, read.lat)),
        "position_error_m": max(judged_m or 0.0, read.position_error_m),
        "position_basis": f"{read.basis}{AS_GIVEN}{one_line(text, _LONGEST_GIVEN)}",
        "position_source_uuid": "",
    }
    return Edit(
        Phrase("Place {named_sites}", named_sites=named_sites(site)), changed_site(site, stamp_of(actor, now), fields)
    )


def is_error_judged(document: Document, site: Site) -> bool:
    """True where a site's error was judged: it follows neither from typed digits nor from its image."""
    error_m = site.position_error_m
    if error_m is None:
        return False
    image, pick = document.images.get(site.image_uuid), pick_of(site)
    placement_m = None if image is None else stated_placement_m(image.placement_note)
    if pick is not None and error_m == with_placement(pick.error_m, placement_m):
        return False
    _, was_given, text = site.position_basis.partition(AS_GIVEN)
    return not (was_given and any(error_m == implied_error_m(text, datum) for datum in Datum))


def implied_error_m(text: str, datum: Datum) -> float | None:
    """The error that the digits of a coordinate imply; None where the text holds none."""
    try:
        return places_in_text(text, datum)[0].position_error_m
    except BadCoordinate:
        return None
