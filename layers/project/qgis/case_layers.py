"""The vector layers of a case in its QGIS project: their files, in our styles."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree as ET

from msgspec import Struct
from msgspec.structs import replace

from layers.colour.palettes import layer_seed
from layers.document.json_fields import json_object
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.opening.layer_paths import Reach, judged
from layers.project.qgis.qml_out import layer_attributes, layer_elements
from layers.vector.style.layer_style import VectorStyle
from layers.vector.table import VectorInfo

_SUFFIXES = {".gpkg", ".geojson", ".geojsonl", ".json", ".shp", ".fgb", ".kml", ".gpx"}
"""Suffixes of files that QGIS opens without being told how."""
_ANY_FOLDER = os.path.abspath("case")
"""A folder to which relative paths refer; any would do."""


class ProjectLayer(Struct, frozen=True):
    """One row of the case's layers, with the facts that QGIS needs."""

    uuid: str
    name: str
    source: str
    """Source in the notation of QGIS's provider ogr."""
    visible: bool
    style: VectorStyle | None


def project_layers(rows: Iterable[tuple[str, str, str, str, int]]) -> list[ProjectLayer]:
    """Choose the layers that QGIS can open, in order, from rows of (uuid, name, source_json, style_json, visible)."""
    layers = []
    for uuid, name, source_json, style_json, visible in rows:
        source = _object(source_json)
        path = str(source.get("path", ""))
        if PurePath(path).suffix.lower() not in _SUFFIXES or source.get("options"):
            continue
        reach = judged(path, _ANY_FOLDER).reach
        if reach in (Reach.REFUSED, Reach.DEVICE):
            continue  # QGIS would ask GDAL for whatever it is
        table = str(source.get("table", ""))
        place = f"./{path}" if reach is Reach.BESIDE else path
        style = _style(style_json) or _automatic(uuid, str(source.get("geometry", "")))
        layers.append(ProjectLayer(uuid, name, f"{place}|layername={table}" if table else place, bool(visible), style))
    return layers


def layer_id(layer: ProjectLayer) -> str:
    return f"geoloupe_layer_{layer.uuid.replace('-', '_')}"


def map_layer(layer: ProjectLayer) -> ET.Element:
    """The layer with its renderer inlined, where the kind of its geometry is known."""
    element = ET.Element("maplayer", type="vector", styleCategories="AllStyleCategories")
    ET.SubElement(element, "id").text = layer_id(layer)
    ET.SubElement(element, "datasource").text = layer.source
    ET.SubElement(element, "layername").text = layer.name
    ET.SubElement(element, "provider", encoding="UTF-8").text = "ogr"
    style = layer.style
    if style is not None and style.geometry:
        info = VectorInfo("", "", layer.name, style.geometry, 0, "", (), None, None)
        try:
            elements = layer_elements(style, info)
        except InvalidValue:
            return element
        element.attrib |= layer_attributes(style)
        element.extend(elements)
    return element


def _style(style_json: str) -> VectorStyle | None:
    data = _object(style_json)
    try:
        return VectorStyle.from_json(data) if data else None
    except InvalidValue:
        return None


def _automatic(uuid: str, geometry: str) -> VectorStyle | None:
    """Return the default style of a layer whose row states none; None where its kind of geometry is not known."""
    if not any(kind in geometry for kind in ("Point", "Line", "Polygon")):
        return None
    info = VectorInfo("", "", "", geometry, 0, "", (), None, None)
    return replace(VectorStyle.default(info, layer_seed(uuid)), geometry=geometry)


def _object(text: str | None) -> dict[str, Any]:
    try:
        return json_object(text or "", Phrase("It"))
    except InvalidValue:
        return {}
