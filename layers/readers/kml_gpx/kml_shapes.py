"""Geometries, styles and attributes of single KML elements."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import shapely

from layers.phrase import Phrase
from layers.text.counted import counted

_COLOR = re.compile(r"[0-9a-fA-F]{8}")
_MULTI = frozenset({"MultiGeometry", "MultiTrack", "MultiPoint", "MultiLineString", "MultiPolygon"})
_SHAPES = _MULTI | {"Point", "LineString", "LinearRing", "Polygon", "Track", "Model"}


def wkb_of(element: Element) -> tuple[bytes | None, int]:
    """Return the geometry of a Placemark as WKB, or None; and how many of its places lack a height that others have.

    Such a geometry gets no heights at all, for an unknown height is not 0. Raises ValueError with the reason for an
    impossible geometry. Most files hold points only: these are written without a detour.
    """
    shapes = [child for child in element if child.tag in _SHAPES]
    if len(shapes) == 1 and shapes[0].tag == "Point":
        place = _coordinates(shapes[0])[0]
        if len(place) > 2 and place[2] and math.isfinite(place[2]):
            return struct.pack("<BI3d", 1, 0x80000001, *place), 0
        return struct.pack("<BI2d", 1, 1, *place[:2]), 0
    if not shapes or (geometry := _geometry(element)) is None:
        return None, 0
    geometry, lacking = leveled(geometry)
    return bytes(shapely.to_wkb(geometry, byte_order=1)), lacking


def leveled(shape: Any) -> tuple[Any, int]:
    """Return the shape with or without heights, and how many of its places have no height beside others that have one.

    Heights stay where all places have one and not all are 0: programs that know none write 0.
    """
    heights = shapely.get_coordinates(shape, include_z=True)[:, 2]
    known = np.isfinite(heights)
    if not heights[known].any():
        return shapely.force_2d(shape), 0
    return (shape, 0) if known.all() else (shapely.force_2d(shape), int((~known).sum()))


def _geometry(element: Element) -> Any:
    shapes = [shape for child in element if (shape := _shape(child)) is not None]
    if not shapes:
        return None
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes)


def _shape(element: Element) -> Any:
    match element.tag:
        case "Point":
            return shapely.Point(_coordinates(element)[0])
        case "LineString":
            return shapely.LineString(_coordinates(element, 2))
        case "LinearRing":
            return shapely.LinearRing(_ring(element))
        case "Polygon":
            return _polygon(element)
        case "Model":
            return _model(element)
        case "Track":
            places = [[float(v) for v in (c.text or "").split()[:3]] for c in element.iter("coord")]
            places = [place for place in places if len(place) >= 2]
            return _line_or_point(_even(places)) if places else None
        case tag if tag in _MULTI:
            return _collected([shape for child in element if (shape := _shape(child)) is not None])
    return None


def _polygon(element: Element) -> Any:
    """The rings as they are called, for either may come first; without names the first is the outer one."""
    named = {
        tag: [ring for side in element.iter(tag) for ring in side.iter("LinearRing")]
        for tag in ("outerBoundaryIs", "innerBoundaryIs")
    }
    shells, holes = named["outerBoundaryIs"], named["innerBoundaryIs"]
    plain = [ring for ring in element.iter("LinearRing") if ring not in holes and ring not in shells]
    outer = [*shells, *plain]
    if not outer:
        raise ValueError("a polygon without an outer ring" if holes else "a polygon without a ring")
    return shapely.Polygon(_ring(outer[0]), [_ring(ring) for ring in (*outer[1:], *holes)])


def _ring(element: Element) -> list[list[float]]:
    """Read the coordinates of a ring, and open it where its ends differ only by an unknown height: shapely would take
    the end for another place, and closes rings itself.
    """
    places = _coordinates(element, 3)
    first, last = places[0], places[-1]
    if first[:2] == last[:2] and any(map(math.isnan, (*first, *last))):
        return [last if math.isnan(first[2]) else first, *places[1:-1]]
    return places


def _model(element: Element) -> Any:
    location = element.find("Location")
    if location is None:
        return None
    try:
        place = [float(location.findtext(tag) or "") for tag in ("longitude", "latitude")]
        height = float(location.findtext("altitude") or math.nan)
    except ValueError:
        raise ValueError("the location of its model is no numbers") from None
    return shapely.Point([*place, height])


def _line_or_point(places: list[list[float]]) -> Any:
    return shapely.LineString(places) if len(places) > 1 else shapely.Point(places[0])


def _collected(shapes: list[Any]) -> Any:
    if not shapes:
        return None
    kinds = {shape.geom_type for shape in shapes}
    if kinds == {"Point"}:
        return shapely.MultiPoint(shapes)
    if kinds <= {"LineString", "LinearRing"}:
        return shapely.MultiLineString(shapes)
    return shapely.MultiPolygon(shapes) if kinds == {"Polygon"} else shapely.GeometryCollection(shapes)


def _coordinates(element: Element, least: int = 1) -> list[list[float]]:
    text = element.findtext("coordinates") or ""
    if ", " in text or " ," in text:  # as some write them
        text = ",".join(part.strip() for part in text.split(","))
    try:
        places = [[float(v) for v in place.split(",")[:3] if v] for place in text.split()]
    except ValueError:
        raise ValueError(Phrase("its coordinates are no numbers")) from None
    places = [place for place in places if len(place) >= 2]
    if len(places) < least:
        there = counted(len(places), "coordinate")
        raise ValueError(Phrase("it has {there} where {least} are needed", there=there, least=least))
    return _even(places)


def _even(places: list[list[float]]) -> list[list[float]]:
    """Three numbers each where any place has a height, nan for one that is not known; else two."""
    if any(len(place) > 2 for place in places):
        return [[*place, math.nan][:3] for place in places]
    return places


def overlay_place(element: Element) -> Any:
    """The outline of a GroundOverlay, the point of a PhotoOverlay, or None. Raises ValueError."""
    if (point := element.find("Point")) is not None:
        return leveled(_shape(point))[0]
    if (quad := element.find("LatLonQuad")) is not None:
        corners = [place[:2] for place in _coordinates(quad, 4)[:4]]
        return shapely.Polygon([(x + 360 * round((corners[0][0] - x) / 360), y) for x, y in corners])
    box = element.find("LatLonBox")
    if box is None:
        return None
    try:
        west, south, east, north = (float(box.findtext(side) or "") for side in ("west", "south", "east", "north"))
        turn = float(box.findtext("rotation") or 0)
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north, turn))):
        raise ValueError("its box is no place on the Earth")
    if east < west:  # over the antimeridian
        east += 360
    return _turned(shapely.box(west, south, east, north), (west + east) / 2, (south + north) / 2, turn)


def _turned(box: Any, x: float, y: float, degrees: float) -> Any:
    """Counter-clockwise about its centre as on the ground, where a degree of longitude is the shorter one."""
    narrow = math.cos(math.radians(y))
    if not degrees or not math.isfinite(degrees) or narrow <= 0:
        return box
    flat = shapely.transform(box, lambda xy: (xy - (x, y)) * (narrow, 1))
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turned = shapely.transform(flat, lambda xy: xy @ np.array([[cosine, sine], [-sine, cosine]]))
    return shapely.transform(turned, lambda xy: xy / (narrow, 1) + (x, y))


def simple_style(element: Element) -> dict[str, Any]:
    """Read the parts of a Style that our `VectorStyle` can show: line and fill colour, width, size of the icon."""
    style: dict[str, Any] = {}
    line, fill, icon = element.find("LineStyle"), element.find("PolyStyle"), element.find("IconStyle")
    if line is not None and (color := color_of(line)):
        style["stroke_color"] = color
    if line is not None and (width := _number(line, "width")) is not None:
        style["stroke_width_px"] = min(max(width, 0.0), 20.0)
    if fill is not None:
        shown = (fill.findtext("fill") or "1").strip() not in ("0", "false")
        if (color := color_of(fill)) or not shown:
            style["fill_color"] = color if shown else ""
        if (fill.findtext("outline") or "1").strip() in ("0", "false"):
            style["stroke_width_px"] = 0.0
    if icon is not None and (color := color_of(icon)):
        style["icon_color"] = color
    if icon is not None and (scale := _number(icon, "scale")):
        style["size_px"] = min(max(8.0 * scale, 2.0), 40.0)
    return style


def color_of(element: Element) -> str:
    """The colour of a style's part as ours, or ""; KML counts alpha, blue, green, red."""
    text = (element.findtext("color") or "").strip().lstrip("#")
    if not _COLOR.fullmatch(text):
        return ""
    alpha, blue, green, red = text[:2], text[2:4], text[4:6], text[6:]
    return (f"#{red}{green}{blue}" if alpha.lower() == "ff" else f"#{alpha}{red}{green}{blue}").lower()


def _number(element: Element, tag: str) -> float | None:
    try:
        number = float(element.findtext(tag) or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def hrefs(element: Element) -> Iterable[str]:
    """Addresses of pictures and linked files inside an element, as text."""
    return [href.text.strip() for href in element.iter("href") if href.text and href.text.strip()]
