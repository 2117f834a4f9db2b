"""Pictures that a KMZ lays on the ground by its GroundOverlays: the member of the archive, and where it lies."""

from __future__ import annotations

import math
import os
import posixpath
from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element, TreeBuilder

import numpy as np
import shapely

from layers.errors import GeoloupeError
from layers.readers.guards.xml_stream import stream_xml
from layers.readers.guards.zip_guard import member, opened
from layers.readers.kml_gpx.kml import kmls_in
from layers.readers.kml_gpx.kml_shapes import overlay_place
from layers.text.guarded_xml import BadXml

MOST_OVERLAYS = 50
"""Most overlays of one file; a pyramid of pictures has thousands."""
_SIDES = ("north", "south", "east", "west", "rotation")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")


class GroundOverlay(NamedTuple):
    """A picture in the archive, and the places of its lower left, lower right, upper right and upper left corner."""

    part: str
    corners: tuple[tuple[float, float], ...]


class _Overlays:
    """Collects the elements of overlays while the file passes."""

    def __init__(self) -> None:
        self._builder: TreeBuilder | None = None
        self._depth = 0
        self.found: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._builder is None and name == "GroundOverlay" and len(self.found) < MOST_OVERLAYS:
            self._builder = TreeBuilder()
        if self._builder is not None:
            self._depth += 1
            self._builder.start(name, {})

    def text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def end(self, name: str) -> None:
        if self._builder is None:
            return
        self._depth -= 1
        self._builder.end(name)
        if not self._depth:
            self.found.append(self._builder.close())
            self._builder = None

    def cut(self) -> bool:
        return bool(self.found)


def overlays_in(path: str) -> dict[str, GroundOverlay]:
    """Overlays of a KMZ whose picture is in it, by its member; empty where it cannot be read: its rows say why."""
    state = os.stat(path)
    return _overlays(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _overlays(path: str, _modified_ns: int, _size: int) -> dict[str, GroundOverlay]:
    overlays: dict[str, GroundOverlay] = {}
    name = os.path.basename(path)
    try:
        with opened(path) as archive:
            members = {entry.filename for entry in archive.infolist() if not entry.is_dir()}
            for kml in kmls_in(archive, name)[0]:
                handler, _ = stream_xml(member(archive, kml), name, _Overlays)
                _collect(handler.found, kml, members, overlays)
    except (GeoloupeError, BadXml):
        return {}
    return overlays


def overlays_beside(path: str, members: Container[str]) -> dict[str, GroundOverlay]:
    """Overlays of a KML whose picture is one of `members`, the files beside it, by its path from there."""
    overlays: dict[str, GroundOverlay] = {}
    try:
        with open(path, "rb") as file:
            handler, _ = stream_xml(file, os.path.basename(path), _Overlays)
    except (GeoloupeError, BadXml, OSError):
        return {}
    _collect(handler.found, "", members, overlays)
    return overlays


def _collect(elements: list[Element], kml: str, members: Container[str], overlays: dict[str, GroundOverlay]) -> None:
    for element in elements:
        part, corners = picture_inside(element, kml, members), _corners(element)
        if part and corners and len(overlays) < MOST_OVERLAYS:
            overlays.setdefault(part, GroundOverlay(part, corners))


def stated_box(element: Element) -> tuple[float, ...]:
    """North, south, east, west and the turn in degrees of an overlay's LatLonBox; empty for one without."""
    box = element.find("LatLonBox")
    if box is None or element.find("LatLonQuad") is not None:
        return ()
    try:
        return tuple(float(box.findtext(side) or 0.0) for side in _SIDES)
    except ValueError:
        return ()


def picture_inside(element: Element, kml: str, members: Container[str]) -> str:
    """The member that an overlay names, "" for a picture elsewhere: links to hosts are text, never followed."""
    href = unquote((element.findtext("Icon/href") or "").strip()).replace("\\", "/")
    if not href.lower().endswith(_PICTURES) or ":" in href:
        return ""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(kml.replace("\\", "/")), href))
    return next((candidate for candidate in (beside, posixpath.normpath(href)) if candidate in members), "")


def _corners(element: Element) -> tuple[tuple[float, float], ...]:
    """The corners as `GroundOverlay.corners` has them; empty where the overlay has no sound place."""
    try:
        place = overlay_place(element)
    except ValueError:
        return ()
    if place is None or place.geom_type != "Polygon":
        return ()
    ring = shapely.get_coordinates(place)[:4]
    if len(ring) != 4 or not np.isfinite(ring).all() or np.abs(ring[:, 1]).max() > 90.0:
        return ()
    if element.find("LatLonQuad") is None:  # a box of shapely begins at the lower right corner
        ring = np.roll(ring, 1, axis=0)
    corners = tuple((float(x), float(y)) for x, y in ring)
    (x0, y0), (x1, y1), _, (x3, y3) = corners
    area = (x1 - x0) * (y3 - y0) - (x3 - x0) * (y1 - y0)
    return corners if math.isfinite(area) and area != 0 else ()
