"""Measurements as QGIS draws them: dimension lines with bars at their ends, radii with their circle, areas in outline.

Circles and perpendiculars are made in Web Mercator, where small circles are circles and right angles are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from layers.project.qgis.qml_elements import add_data_defined, add_options

MEASURED = "(measurement)"
"""The value of the category."""
IS_MEASURED = "\"mark_kind\" = 'measurement'"
_SHAPE = 'try(from_json("shape_json"))'
_QUANTITY = f"coalesce(try(map_get({_SHAPE}, 'quantity')), '')"
_SAYS = f"try(map_get({_SHAPE}, 'says'))"
RESULT = (
    f'if({IS_MEASURED} and {_SAYS} is not null and strpos("label", {_SAYS}) = 0, '
    f"if(\"label\" = '', '', ': ') || {_SAYS}, '')"
)
"""Expression for the result, for labels that do not state it."""
_LIGHT, _DARK = "180,242,160,255", "11,20,28,255"
_COLOR = "if(\"stroke_color\" <> '', \"stroke_color\", '{0}')".format
_LINE = "geometry_n($geometry, 1)"


def _there(geometry: str) -> str:
    return f"transform({geometry}, 'EPSG:4326', 'EPSG:3857')"


def _back(geometry: str) -> str:
    return f"transform({geometry}, 'EPSG:3857', 'EPSG:4326')"


_A, _B, _C = (f"point_n({_LINE}, {number})" for number in (1, 2, 3))
_AB = _there(f"make_line({_A}, {_B})")
_LONG = f"extend({_AB}, 50 * length({_AB}), 50 * length({_AB}))"
_ROUND = f"boundary(buffer({_there(_A)}, distance({_there(_A)}, {_there(_B)}), 24))"
_DRAWN = (
    f"CASE WHEN {_QUANTITY} = 'cross-track' THEN collect_geometries(make_line({_A}, {_B}), "
    f"{_back(f'shortest_line({_LONG}, {_there(_C)})')}) "
    f"WHEN {_QUANTITY} = 'radius' THEN collect_geometries({_LINE}, {_back(_ROUND)}) ELSE $geometry END"
)


def measurement_layers(table: str) -> Iterator[ET.Element]:
    """The layers of the symbol of a measurement in a table of lines or of areas."""
    if table == "site_polygon":
        fill = {"color": "180,242,160,26", "style": "solid", "outline_color": _LIGHT, "outline_width": "0.5",
                "outline_width_unit": "MM", "outline_style": "solid"}  # fmt: skip
        layer = _layer("SimpleFill", fill)
        add_data_defined(layer, {"outlineColor": _COLOR(_LIGHT)})
        yield layer
        return
    yield _drawn("casing", _DARK, "1.1")
    yield _drawn("line", _LIGHT, "0.5")
    yield _bar("FirstVertex", f"{_QUANTITY} in ('length', 'bearing', 'radius')")
    yield _bar("LastVertex", f"{_QUANTITY} in ('length', 'radius')")


def _drawn(name: str, color: str, width: str) -> ET.Element:
    layer = _layer("GeometryGenerator", {"SymbolType": "Line", "geometryModifier": _DRAWN, "units": "MapUnit"})
    symbol = _symbol(layer, name, "line")
    stroke = {"line_color": color, "line_width": width, "line_width_unit": "MM", "line_style": "solid"}
    line = _layer("SimpleLine", {**stroke, "capstyle": "round", "joinstyle": "round"})
    if color == _LIGHT:
        add_data_defined(line, {"outlineColor": _COLOR(_LIGHT)})
    symbol.append(line)
    return layer


def _bar(placement: str, wanted: str) -> ET.Element:
    layer = _layer("MarkerLine", {"placements": placement, "rotate": "1", "place_on_every_part": "false"})
    add_data_defined(layer, {"enabled": wanted})
    marker = {"name": "line", "angle": "0", "size": "4", "size_unit": "MM", "outline_color": _LIGHT,
              "outline_style": "solid", "outline_width": "0.5", "outline_width_unit": "MM"}  # fmt: skip
    bar = _layer("SimpleMarker", marker)
    add_data_defined(bar, {"outlineColor": _COLOR(_LIGHT)})
    _symbol(layer, placement, "marker").append(bar)
    return layer


def _symbol(layer: ET.Element, name: str, kind: str) -> ET.Element:
    return ET.SubElement(layer, "symbol", name=f"@{name}@0", type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def _layer(layer_class: str, options: dict[str, str]) -> ET.Element:
    layer = ET.Element("layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    add_options(layer, options)
    return layer
