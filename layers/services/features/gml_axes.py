"""Names the order of axes in GML that a server of WFS wrote, where its short names of CRSs leave that open.

From version 1.1 on a CRS that is asked for by its URN comes in its own order of axes, north first for EPSG:4326. Some
servers (MapServer) keep to that, and name the CRS `EPSG:4326` nevertheless, which readers of GML take for east first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.services.offers.crs_names import crs_of, is_north_first
from layers.services.offers.wfs import has_own_axes

_SHORT = re.compile(rb"(srsName\s*=\s*[\"'])(EPSG:\d{4,6})(?=[\"'])", re.IGNORECASE)
_PLACES = re.compile(rb"<(?:\w+:)?(?:posList|pos)\b[^>]*>\s*(-?[\d.eE+-]+)\s+(-?[\d.eE+-]+)")
_LOOKED_AT = 200
"""Geometries whose first place is compared with the area that was asked for: most lie inside of it."""


def with_axes_named(document: bytes, asked_address: str, bounds: Bounds | None) -> bytes:
    """The document with the asked spelling in place of the short name, where its places stand in the order of that.

    `bounds` is the area in lon, lat that was asked for: it tells the order, whatever the rule is. A comment at the
    end says what was put in place of what. A document that names no axes to be mended stays as it is.
    """
    asked_for = {name.upper(): value for name, value in parse_qsl(urlsplit(asked_address).query)}
    spelling, version = asked_for.get("SRSNAME", ""), asked_for.get("VERSION", "")
    short = _SHORT.search(document)
    if short is None or version <= "1.0.0" or not has_own_axes(spelling):
        return document
    crs = crs_of(spelling)
    if crs is None or crs != crs_of(short[2].decode()) or not is_north_first(crs):
        return document
    if not _is_north_first(document, crs, bounds):
        return document
    named = _SHORT.sub(rb"\g<1>" + spelling.encode(), document)
    note = f'\n<!-- srsName="{short[2].decode()}" of the server stands here as it was asked for: {spelling} -->\n'
    return named.rstrip() + note.encode()


def _is_north_first(document: bytes, crs: str, bounds: Bounds | None) -> bool:
    """True where the places have north first: as the area tells, else as the rule wants it."""
    if bounds is None:
        return True
    try:
        box = transform_bounds(WGS84, crs, bounds)
    except GeoloupeError:
        return True
    places = list(_first_places(document))
    east_first = sum(box.left <= x <= box.right and box.bottom <= y <= box.top for x, y in places)
    north_first = sum(box.left <= x <= box.right and box.bottom <= y <= box.top for y, x in places)
    return north_first >= east_first


def _first_places(document: bytes) -> Iterator[tuple[float, float]]:
    """The first two numbers of some geometries."""
    for count, match in enumerate(_PLACES.finditer(document)):
        if count == _LOOKED_AT:
            return
        try:
            yield float(match[1]), float(match[2])
        except ValueError:
            continue
