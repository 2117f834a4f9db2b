"""The probe of a vector file: its layers, as `VectorInfo`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from layers.errors import CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_geographic, transform_bounds
from layers.readers.coordinate_table import kind_of, read_coordinate_table
from layers.readers.files import Content
from layers.readers.geopackage_audit import feature_tables
from layers.readers.ogr_rows import known_crs, read_info
from layers.readers.vector_source import source_of
from layers.vector.table import VectorInfo

_TYPES = {
    "OFTInteger": "integer", "OFTInteger64": "integer", "OFTReal": "real", "OFTString": "text", "OFTDate": "date",
    "OFTDateTime": "datetime",
}  # fmt: skip


def probe_vector(path: str, content: Content) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The header of a vector probe. Raises NotReadable for a file without features, and what opening raises."""
    name = os.path.basename(path)
    if content is Content.TABLE:
        layers = [_table_info(path)]
    elif content is Content.JSON:
        layers = [_layer_info(path, content, "", ())]
    else:
        tables, problems = feature_tables(path)
        if not tables:
            raise NotReadable(" ".join([f"{name} holds no layer of features: there is nothing to show.", *problems]))
        layers = [_layer_info(path, content, table, tuple(problems)) for table in tables]
    if content is not Content.SQLITE and layers[0].features == 0:
        raise NotReadable(f"{name} holds no features: there is nothing to show.")
    return {"kind": "vector", "layers": [layer.to_json() for layer in layers]}, ()


def _layer_info(path: str, content: Content, layer: str, problems: tuple[str, ...]) -> VectorInfo:
    info = read_info(source_of({"path": path, "layer": layer}))
    name = str(info["layer_name"])
    crs = known_crs(info["crs"]) or (WGS84 if content is Content.JSON else "")
    found = list(problems)
    if not crs:
        found.append(f"{name} does not say in which CRS it is: choose its CRS in the layer's properties.")
    if info["features"] == 0:
        found.append(f"{name} holds no features.")
    total = info["total_bounds"]
    bounds = Bounds(*(float(v) for v in total)) if total is not None and np.isfinite(total).all() else None
    fields = tuple(
        (str(field), _type(str(kind), str(sub)))
        for field, kind, sub in zip(info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True)
    )
    return VectorInfo(
        path=path, driver=str(info["driver"]), name=name, geometry=str(info["geometry_type"] or "Unknown"),
        features=int(info["features"]), crs=crs, fields=fields, bounds=bounds,
        bounds_lonlat=_lonlat(bounds, crs, name, found), problems=tuple(found),
    )  # fmt: skip


def _table_info(path: str) -> VectorInfo:
    table = read_coordinate_table(path)
    name = os.path.splitext(os.path.basename(path))[0]
    fields = tuple((column, kind_of(values)) for column, values in table.columns.items())
    placed = int(np.isfinite(table.lons).sum())
    problems = [] if placed == len(table) else [f"{len(table) - placed} rows of {name} have no usable coordinates."]
    bounds = Bounds.of_points(table.lons, table.lats) if placed else None
    return VectorInfo(
        path, Content.TABLE.value, name, "Point", len(table), WGS84, fields, bounds, bounds, tuple(problems)
    )


def _type(kind: str, subtype: str) -> str:
    return "boolean" if subtype == "OFSTBoolean" else _TYPES.get(kind, "other")


def _lonlat(bounds: Bounds | None, crs: str, name: str, problems: list[str]) -> Bounds | None:
    if bounds is None or not crs:
        return None
    if is_geographic(crs) and (max(abs(bounds.left), abs(bounds.right)) > 540 or max(-bounds.bottom, bounds.top) > 91):
        problems.append(f"{name} is said to be in degrees, but its coordinates are not: choose its CRS.")
        return None
    try:
        return transform_bounds(crs, WGS84, bounds)
    except CannotBePlaced as error:
        problems.append(error.sentence)
        return None
