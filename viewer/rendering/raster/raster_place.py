"""The place of a raster, on the Earth or off it, and its credit: from the layer's row, else from the file."""

from __future__ import annotations

from layers.document.layer import Layer
from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    PIXEL_SPACE,
    WEB_MERCATOR,
    WGS84,
    check_map_crs,
    has_way,
    is_geographic,
    is_off_earth,
    off_earth_sentence,
    transform_bounds,
)
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo
from viewer.rendering.drawing import credit_with_date


def credit_of(layer: Layer, known: Acquisition) -> str:
    """Credit for the map's edge: credit, date, and the kind of the date where it is no instant."""
    kind = "" if known.date_kind != "unknown" or not known.at else Phrase(", kind of date unknown")
    credit = known.credit or Phrase("{name}, credit not given", name=layer.name)
    return credit_with_date(credit, known.at, known.date_kind, known.until, kind)


def bounds_lonlat_of(layer: Layer, info: RasterInfo) -> Bounds | None:
    """Bounds of an image in longitude and latitude; None where it has no place on the Earth."""
    if not layer.crs:
        return info.bounds_lonlat
    if layer.crs == PIXEL_SPACE:
        return None
    try:
        return transform_bounds(layer.crs, WGS84, info.bounds)
    except GeoloupeError:
        return None  # the drawing's `problem` says so already


def plane_of(layer: Layer, info: RasterInfo | VectorInfo | None) -> str:
    """The CRS off the Earth in which a layer lies, as far as that is known; empty for a place on the Earth."""
    crs = layer.crs or (info.crs if info is not None else "")
    try:
        if not crs or crs == PIXEL_SPACE:
            return crs
        check_map_crs(crs)
        return crs if is_off_earth(crs) else ""
    except GeoloupeError:
        return ""  # the drawing's `problem` says so already


def off_the_map(crs: str, name: str) -> str:
    """The sentence for a layer off the Earth on a canvas that has no place for it."""
    if crs == PIXEL_SPACE:
        return Phrase("{name} has no CRS: it is shown in pixel space only.", name=name)
    return off_earth_sentence(name, crs)


def bounds_on(layer: Layer, info: RasterInfo, crs: str, name: str) -> Bounds:
    """Bounds of an image on a canvas of this CRS. Raises CannotBePlaced."""
    source = layer.crs or info.crs
    if source == crs == PIXEL_SPACE:
        return pixel_bounds_of(info)
    if not source:
        raise CannotBePlaced(no_crs(name))
    if is_off_earth(source) and not has_way(source, crs):
        raise CannotBePlaced(off_the_map(source, name))
    lonlat = bounds_lonlat_of(layer, info)
    if lonlat is not None and (crs == WEB_MERCATOR or is_geographic(crs)) and _is_over_the_dateline(lonlat):
        # At both edges of the map, and beyond each.
        turn = -360.0 if lonlat.right > 180.0 else 360.0
        both = lonlat.union(Bounds(lonlat.left + turn, lonlat.bottom, lonlat.right + turn, lonlat.top))
        return transform_bounds(WGS84, crs, both)
    return transform_bounds(source, crs, info.bounds)


def _is_over_the_dateline(lonlat: Bounds) -> bool:
    return lonlat.right > 180.0 or lonlat.left < -180.0


def pixel_bounds_of(info: RasterInfo) -> Bounds:
    """Bounds in pixel space, in which the op "tile" counts."""
    return Bounds(0.0, -float(info.height), float(info.width), 0.0)


def no_crs(name: str) -> str:
    return Phrase(
        "{name} does not say where it lies: choose its CRS, or pixel space, in the layer's properties.", name=name
    )
