"""Where a raster file lies and what is printed about it: what the file says, under what the layer's row says."""

from __future__ import annotations

from layers.document.layer import Layer
from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.raster.info import RasterInfo
from viewer.rendering.drawing import credit_with_date


def credit_of(layer: Layer, info: RasterInfo) -> str:
    kind = info.date_kind if layer.date_kind == "unknown" else layer.date_kind
    credit = layer.credit or info.credit or f"{layer.name}, credit not given"
    return credit_with_date(credit, layer.acquired_at or info.acquired_at, kind)


def bounds_lonlat_of(layer: Layer, info: RasterInfo) -> Bounds | None:
    """None where it has no place on the Earth."""
    if not layer.crs:
        return info.bounds_lonlat
    try:
        return transform_bounds(layer.crs, WGS84, info.bounds)
    except GeoloupeError:
        return None  # the drawing's `problem` says so already


def bounds_on(layer: Layer, info: RasterInfo, crs: str, name: str) -> Bounds:
    """Where it is on a canvas of this CRS. Raises CannotBePlaced."""
    source = layer.crs or info.crs
    if not source:
        raise CannotBePlaced(no_crs(name))
    return transform_bounds(source, crs, info.bounds)


def no_crs(name: str) -> str:
    return f"{name} does not say in which CRS it is: choose one for the layer."
