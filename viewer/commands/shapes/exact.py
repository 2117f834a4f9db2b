"""Edits of a mark's exact values: its shape's sizes, texts and places, and its vertices by coordinate or by leg."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import Callout, TextMark, as_json, wanted_places
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.coordinates.in_text import places_in_text
from layers.geo.longitudes import shift_near
from layers.geo.measure import destination
from layers.geo.vertices import Ring, least_vertices, rings_of, with_rings
from layers.phrase import Phrase
from viewer.commands.fields import check_number, row_of
from viewer.commands.sites import reshape_site, update_site


def change_shape(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Set values of a mark's shape, named as in `Rectangle`, `Circle`, ...; its geometry follows.

    Places are (lon, lat). Raises InvalidValue.
    """
    site = row_of(document.sites, uuid, Phrase("mark"))
    figure = Figure.of(site)
    if figure.shape is None:
        raise InvalidValue("The mark has no such shape any more.")
    changed = figure.with_shape(replace(figure.shape, **fields))
    shape = changed.shape_json
    return reshape_site(document, uuid, changed.geometry, shape_json=shape, actor=actor, now=now)


def change_words(document: Document, uuid: str, text: str, *, actor: str, now: str | None = None) -> Edit:
    """Set the words of a text or a callout; its label, which other programs show, has the same words in one line.

    Raises InvalidValue.
    """
    site = row_of(document.sites, uuid, Phrase("mark"))
    shape = Figure.of(site).shape
    if not isinstance(shape, TextMark | Callout):
        raise InvalidValue("The mark shows no text any more.")
    fields = {"shape_json": as_json(replace(shape, text=text)), "label": " ".join(text.split())}
    return update_site(document, uuid, actor=actor, now=now, **fields)


def turn_mark(document: Document, uuid: str, degrees: float, *, actor: str, now: str | None = None) -> Edit:
    """Turn a mark about its middle, clockwise. Raises InvalidValue."""
    return _laid(document, uuid, degrees, 1.0, actor, now)


def scale_mark(document: Document, uuid: str, factor: float, *, actor: str, now: str | None = None) -> Edit:
    """Scale a mark about its middle by `factor`. Raises InvalidValue."""
    check_number(factor, 1e-3, 1e3, Phrase("factor"))
    return _laid(document, uuid, 0.0, factor, actor, now)


def place_vertex(
    document: Document, uuid: str, part: int, vertex: int, text: str, *, actor: str, now: str | None = None
) -> Edit:
    """Move a vertex to a coordinate in any notation. Raises BadCoordinate and InvalidValue."""
    site = row_of(document.sites, uuid, Phrase("mark"))
    rings = rings_of(site.geometry)
    ring = _ring(rings, part, vertex)
    read = places_in_text(text)[0]
    ring[vertex] = shift_near(read.lon, ring[vertex][0]), read.lat
    return _with_rings(document, site, rings, actor, now)


def set_leg(
    document: Document,
    uuid: str,
    part: int,
    vertex: int,
    *,
    length_m: float,
    bearing_deg: float,
    actor: str,
    now: str | None = None,
) -> Edit:
    """Move a vertex to this distance and bearing from the one before it; for the first of a ring, from the last.

    Raises InvalidValue.
    """
    site = row_of(document.sites, uuid, Phrase("mark"))
    rings = rings_of(site.geometry)
    ring = _ring(rings, part, vertex)
    if vertex == 0 and site.kind != "polygon":
        raise InvalidValue("No leg leads to the first vertex of a line.")
    lon, lat = destination(*ring[vertex - 1], bearing_deg, length_m)
    ring[vertex] = shift_near(lon, ring[vertex][0]), lat
    return _with_rings(document, site, rings, actor, now)


def remove_vertex(document: Document, uuid: str, part: int, vertex: int, *, actor: str, now: str | None = None) -> Edit:
    """Remove a vertex. Raises InvalidValue where nothing would be left."""
    site = row_of(document.sites, uuid, Phrase("mark"))
    rings = rings_of(site.geometry)
    ring = _ring(rings, part, vertex)
    if (places := wanted_places(site)) is not None:
        raise InvalidValue("It measures between {places} places: measure its length to have any number.", places=places)
    if len(ring) <= least_vertices(site.geometry):
        raise InvalidValue("Nothing would be left of it: delete the whole mark on the map.")
    del ring[vertex]
    return _with_rings(document, site, rings, actor, now)


def _laid(document: Document, uuid: str, turn_deg: float, factor: float, actor: str, now: str | None) -> Edit:
    figure = Figure.of(row_of(document.sites, uuid, Phrase("mark")))
    if not figure.is_mobile:
        raise InvalidValue("The mark spans too much of the Earth to be turned or scaled.")
    changed = figure.laid(figure.middle, figure.middle, turn_deg=turn_deg, factor=factor)
    shape = changed.shape_json
    return reshape_site(document, uuid, changed.geometry, shape_json=shape, actor=actor, now=now)


def _ring(rings: list[Ring], part: int, vertex: int) -> Ring:
    if not (0 <= part < len(rings) and 0 <= vertex < len(rings[part])):
        raise InvalidValue("That vertex is no longer there.")
    return rings[part]


def _with_rings(document: Document, site: Site, rings: list[Ring], actor: str, now: str | None) -> Edit:
    geometry: BaseGeometry = with_rings(site.geometry, rings)
    if site.kind == "polygon" and not geometry.is_valid:
        raise InvalidValue("There the outline would cross itself: the vertex stays where it was.")
    shape = Figure.of(site).with_geometry(geometry).shape_json
    return reshape_site(document, site.uuid, geometry, shape_json=shape, actor=actor, now=now)
