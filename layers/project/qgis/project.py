"""A QGIS project inside the case: its layers styled and its evidence as relations, ready to open without Geoloupe.

Each layer's renderer stands in the project itself; QGIS would paint random colours otherwise.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from layers.geo.bounds import Bounds
from layers.project.qgis.case_layers import ProjectLayer, layer_id, map_layer
from layers.project.qgis.style import style_xml
from layers.project.storage.schema import OUR_PROJECT, PROJECT_METADATA, TITLES
from layers.project.storage.tables import BY_NAME, TableSpec

_STYLE = "style-of"
_MAP = ("site_point", "site_line", "site_polygon")
_TABLES = (
    "claims",
    "claim_sites",
    "sources",
    "claim_sources",
    "source_files",
    "responses",
    "response_claims",
    "chips",
    "images",
    "observations",
    "claim_evidence",
    "searches",
    "comments",
)
_GEOMETRY = {
    "site_point": ("Point", "Point"),
    "site_line": ("Line", "MultiLineString"),
    "site_polygon": ("Polygon", "MultiPolygon"),
}

_RELATIONS = (
    *((f"{site}_claims", "Claims", "claim_sites", "site_uuid", site) for site in _MAP),
    *((f"{site}_chips", "Image chips", "chips", "site_uuid", site) for site in _MAP),
    *((f"{site}_observations", "Observations", "observations", "site_uuid", site) for site in _MAP),
    ("image_observations", "Observations", "observations", "image_uuid", "images"),
    ("image_chips", "Image chips", "chips", "image_uuid", "images"),
    ("claim_rests_on", "Evidence of our own", "claim_evidence", "claim_uuid", "claims"),
    ("source_carriers", "Carried by", "sources", "origin_uuid", "sources"),
    ("claim_places", "Sites", "claim_sites", "claim_uuid", "claims"),
    ("claim_evidence", "Sources", "claim_sources", "claim_uuid", "claims"),
    ("source_evidence", "Claims", "claim_sources", "source_uuid", "sources"),
    ("source_copies", "Kept copies", "source_files", "source_uuid", "sources"),
    ("claim_answers", "Responses", "response_claims", "claim_uuid", "claims"),
    ("response_answers", "Claims", "response_claims", "response_uuid", "responses"),
)
"""(id, name, referencing table, its column, referenced table)"""


def project_row(
    file_name: str, title: str, bounds: Bounds | None, layers: Sequence[ProjectLayer] = ()
) -> tuple[str, str, str]:
    """(name, metadata, content) for qgis_projects: the content is a zipped project in hexadecimal, as QGIS has it.

    `layers` are the vector layers of the case, the lowest first.
    """
    text = "<!DOCTYPE qgis>\n" + ET.tostring(_project(file_name, title, bounds, layers), encoding="unicode")
    for table in (*_MAP, *_TABLES):
        text = text.replace(_style_place(table), style_xml(BY_NAME[table]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # a fixed date: the same case gives the same bytes
        archive.writestr(
            zipfile.ZipInfo(f"{OUR_PROJECT}.qgs", (2024, 1, 1, 0, 0, 0)),
            text.encode("utf-8", "xmlcharrefreplace"),
            zipfile.ZIP_DEFLATED,
        )
    return OUR_PROJECT, PROJECT_METADATA, packed.getvalue().hex()


def _project(file_name: str, title: str, bounds: Bounds | None, own_layers: Sequence[ProjectLayer]) -> ET.Element:
    root = ET.Element("qgis", version="3.40.0", projectname=title)
    ET.SubElement(root, "title").text = title
    root.append(_crs("projectCrs"))
    tree = ET.SubElement(root, "layer-tree-group")
    for table in _MAP:
        _tree_layer(tree, table, file_name)
    for layer in reversed(own_layers):
        ET.SubElement(
            tree,
            "layer-tree-layer",
            id=layer_id(layer),
            name=layer.name,
            source=layer.source,
            providerKey="ogr",
            checked="Qt::Checked" if layer.visible else "Qt::Unchecked",
            expanded="0",
        )
    group = ET.SubElement(tree, "layer-tree-group", name="Evidence", checked="Qt::Checked", expanded="0")
    for table in _TABLES:
        _tree_layer(group, table, file_name)
    relations = ET.SubElement(root, "relations")
    for identity, name, referencing, column, referenced in _RELATIONS:
        relation = ET.SubElement(
            relations,
            "relation",
            id=identity,
            name=name,
            strength="Association",
            referencingLayer=_layer_id(referencing),
            referencedLayer=_layer_id(referenced),
        )
        ET.SubElement(relation, "fieldRef", referencingField=column, referencedField="uuid")
    if bounds is not None:
        _canvas(root, bounds)
    layers = ET.SubElement(root, "projectlayers")
    for table in (*_MAP, *_TABLES):
        layers.append(_map_layer(BY_NAME[table], file_name))
    layers.extend(map_layer(layer) for layer in own_layers)
    order = ET.SubElement(root, "layerorder")
    for table in _MAP:
        ET.SubElement(order, "layer", id=_layer_id(table))
    for layer in reversed(own_layers):
        ET.SubElement(order, "layer", id=layer_id(layer))
    properties = ET.SubElement(root, "properties")
    ET.SubElement(ET.SubElement(properties, "Paths"), "Absolute", type="bool").text = "false"
    ET.SubElement(ET.SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
    return root


def _layer_id(table: str) -> str:
    return f"geoloupe_{table}"


def _source(file_name: str, table: str) -> str:
    return f"./{file_name}|layername={table}"


def _tree_layer(parent: ET.Element, table: str, file_name: str) -> None:
    ET.SubElement(
        parent,
        "layer-tree-layer",
        id=_layer_id(table),
        name=TITLES[table],
        source=_source(file_name, table),
        providerKey="ogr",
        checked="Qt::Checked",
        expanded="0",
    )


def _crs(tag: str) -> ET.Element:
    outer = ET.Element(tag)
    system = ET.SubElement(outer, "spatialrefsys", nativeFormat="Wkt")
    for name, value in (("srsid", "3452"), ("srid", "4326"), ("authid", "EPSG:4326"), ("description", "WGS 84")):
        ET.SubElement(system, name).text = value
    ET.SubElement(system, "geographicflag").text = "true"
    return outer


def _canvas(root: ET.Element, bounds: Bounds) -> None:
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "degrees"
    extent = ET.SubElement(canvas, "extent")
    margin = max(bounds.width, bounds.height, 0.02) * 0.05
    for tag, value in (
        ("xmin", bounds.left - margin),
        ("ymin", bounds.bottom - margin),
        ("xmax", bounds.right + margin),
        ("ymax", bounds.top + margin),
    ):
        ET.SubElement(extent, tag).text = repr(value)
    ET.SubElement(canvas, "rotation").text = "0"
    canvas.append(_crs("destinationsrs"))


def _map_layer(spec: TableSpec, file_name: str) -> ET.Element:
    geometry, wkb_type = _GEOMETRY.get(spec.name, ("No geometry", "NoGeometry"))
    layer = ET.Element(
        "maplayer", type="vector", geometry=geometry, wkbType=wkb_type, styleCategories="AllStyleCategories"
    )
    layer.set("labelsEnabled", "1" if spec.geometry_type else "0")
    ET.SubElement(layer, "id").text = _layer_id(spec.name)
    ET.SubElement(layer, "datasource").text = _source(file_name, spec.name)
    ET.SubElement(layer, "layername").text = TITLES[spec.name]
    if spec.geometry_type:
        layer.append(_crs("srs"))
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    layer.append(ET.Element(_STYLE, table=spec.name))
    return layer


def _style_place(table: str) -> str:
    """Placeholder for the style of a table; no text of a case can equal it."""
    return ET.tostring(ET.Element(_STYLE, table=table), encoding="unicode")
