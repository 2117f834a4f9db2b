"""Places where many sites of a case lie close together: the views of insets and panels that nobody has chosen."""

from __future__ import annotations

import math
from collections.abc import Container
from functools import reduce

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.document.document import Document
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.map_projections import suited_crs
from layers.product.publishing import Publishing
from layers.product.spec import ProductMap, ProductSpec

_CLOSE = 0.05
"""Distance of sites in one crowd, as a part of the diagonal of all sites."""
_LEAST_SITES, _LARGEST = 3, 0.45
"""Least sites of a crowd, and its greatest side as a part of that of all sites: a larger one is no detail."""
_ROOM, _LEAST_SIDE = 0.25, 0.03
"""Room round a crowd as a part of its side, and its least side as a part of that of all sites."""
_HALF_TURN = 180.0
_PANELS, _INSETS = 4, 1
"""Most maps of crowds for panels, and as insets: more would be too small to tell their sites apart."""


def with_crowded_maps(spec: ProductSpec, document: Document) -> ProductSpec:
    """A product of several maps that nobody chose, with those of its crowded places; others unchanged.

    Raises InvalidValue where that leaves a single view: panels, or an overview, of one map would be another layout.
    """
    if spec.layout not in ("panels", "insets") or len(spec.maps) > 1:
        return spec
    first = spec.maps[0] if spec.maps else ProductMap()
    marks = Publishing(spec.marking).admitted_marks(document) if spec.publish else None
    within, most = first.bounds or spec.bounds, _PANELS if spec.layout == "panels" else _INSETS
    crowds = tuple(replace(first, bounds=place) for place in crowded_places(document, most, within, marks))
    if spec.layout == "insets" and crowds:
        return spec.with_maps((first, *crowds))
    if len(crowds) > 1:  # in one projection, which the page names
        whole = reduce(Bounds.union, [crowd.bounds for crowd in crowds if crowd.bounds is not None])
        return replace(spec.with_maps(crowds), crs=spec.crs or suited_crs(whole))
    if spec.layout == "insets":
        raise InvalidValue(
            "An overview with insets needs places to enlarge: none was chosen, and no sites lie close together. "
            "Choose the layout single, or maps of your own."
        )
    raise InvalidValue(
        "Panels need two views at least: none were chosen, and the sites make one group only. "
        "Choose the layout single or insets, or maps of your own."
    )


def crowded_places(
    document: Document, most: int, within: Bounds | None = None, marks: Container[str] | None = None
) -> list[Bounds]:
    """Bounds (lon, lat) of the crowds with the most sites, at most so many, from west to east.

    `within`: the part of the Earth that counts, and `marks`: uuids of the marks that count; None for all. Empty for
    sites round the whole Earth, of which a crowd may lie on both sides of the antimeridian.
    """
    sites = [site for site in document.sites.values() if site.kind == "point" and site.is_site]
    points = [site.geometry for site in sites if not site.geometry.is_empty and (marks is None or site.uuid in marks)]
    places = np.array(
        [(point.x, point.y) for point in points if within is None or within.contains_point(point.x, point.y)]
    )
    if len(places) < _LEAST_SITES or np.ptp(places[:, 0]) > _HALF_TURN:
        return []
    narrow = max(math.cos(math.radians(float(places[:, 1].mean()))), 0.1)
    plane = places * np.array([narrow, 1.0])
    sides = np.ptp(plane, axis=0)
    crowds = []
    for rows in _groups(plane, _CLOSE * float(np.hypot(*sides))):
        if len(rows) >= _LEAST_SITES and (np.ptp(plane[rows], axis=0) <= _LARGEST * sides.max()).all():
            crowds.append(rows)
    crowds.sort(key=lambda rows: (-len(rows), rows[0]))
    bounds = [_bounds_of(places[rows], narrow, _LEAST_SIDE * float(sides.max())) for rows in crowds[:most]]
    return sorted(bounds, key=lambda box: box.left)


def _groups(plane: NDArray[np.float64], close: float) -> list[list[int]]:
    """Rows of places that are linked by steps of at most `close`."""
    left, groups = set(range(len(plane))), []
    while left:
        begin = min(left)
        left.discard(begin)
        group, edge = [begin], [begin]
        while edge:
            at = edge.pop()
            near = np.flatnonzero(np.hypot(*(plane - plane[at]).T) <= close)
            new = [row for row in near.tolist() if row in left]
            left.difference_update(new)
            group += new
            edge += new
        groups.append(sorted(group))
    return groups


def _bounds_of(places: NDArray[np.float64], narrow: float, least: float) -> Bounds:
    (west, south), (east, north) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    side = max((east - west) * narrow, north - south, least)
    across, down = side / narrow, side
    x, y = (west + east) / 2, (south + north) / 2
    half_x = max(east - west, 0.5 * across) * (0.5 + _ROOM)
    half_y = max(north - south, 0.5 * down) * (0.5 + _ROOM)
    return Bounds(x - half_x, max(y - half_y, -89.0), x + half_x, min(y + half_y, 89.0))
