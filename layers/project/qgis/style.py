"""QML, the styles QGIS reads: sites by class, labelled, hollow where their place is not exact; choice lists."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree as ET

from layers.document.vocabulary import AREA_NOT_PIN_M, NOT_KNOWN_TO_EXIST, SITE_CLASSES, THINNEST_PX, WIDEST_PX
from layers.project.qgis.mark_symbols import add_label_places, category, label_expression, mark_categories
from layers.project.qgis.qml_elements import add_data_defined, add_options
from layers.project.storage.schema import ENUM_COLUMNS, ENUMS, TITLES
from layers.project.storage.tables import SPECS, TableSpec

_NULL = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"
"""The sign that QGIS writes in a value map for no value."""

_COLORS = {
    "launch_site": "213,94,0", "ground_station": "0,114,178", "gnss_station": "86,180,233",
    "ground_segment": "0,90,140",
    "company": "204,121,167", "border_crossing": "150,90,30", "pipeline_node": "110,110,40", "airfield": "90,90,160",
    "port": "0,130,150", "factory": "180,60,60", "depot": "140,110,60", "rail": "60,60,60", "road": "170,120,40",
    "oil_pipeline": "120,70,20", "gas_pipeline": "200,140,0", "sea": "0,100,180", "air": "120,80,170",
    "area": "0,158,115", "launch_pad": "213,94,0", "antenna": "0,114,178", "radome": "86,180,233",
    "radar": "0,130,150", "optical_telescope": "90,90,160", "test_stand": "180,60,60", "hangar": "140,110,60",
    "runway": "90,90,160", "vehicle_park": "110,110,40", "tank_farm": "120,70,20", "rail_spur": "60,60,60",
    "construction": "200,140,0", "other": "120,120,120",
}  # fmt: skip
_SHAPES = {
    "launch_site": "triangle",
    "ground_station": "pentagon",
    "gnss_station": "hexagon",
    "ground_segment": "octagon",
    "company": "square",
    "border_crossing": "cross2",
    "pipeline_node": "diamond",
    "airfield": "star",
    "port": "semi_circle",
    "factory": "square_with_corners",
    "depot": "half_square",
    "launch_pad": "equilateral_triangle",
    "antenna": "half_arc",
    "radome": "third_circle",
    "radar": "trapezoid",
    "optical_telescope": "quarter_circle",
    "test_stand": "diamond_star",
    "hangar": "shield",
    "runway": "parallelogram_right",
    "vehicle_park": "rounded_square",
    "tank_farm": "decagon",
    "construction": "asterisk_fill",
}
_NOT_THERE = ", ".join(f"'{word}'" for word in NOT_KNOWN_TO_EXIST)
_LABEL = (
    '"label" || if("lifecycle" in (' + _NOT_THERE + ") and \"label\" not ilike '%' || \"lifecycle\" || '%', "
    "' (' || \"lifecycle\" || ')', '')"
)
"""The label of a site, with the word where it may not exist and its name does not say so."""
_PX_MM = 0.2646
"""A logical pixel of our map in millimetres."""
_WIDTH_MM = {"site_line": 0.7, "site_polygon": 0.5}
_DASHED = {"sea": "dash", "air": "dot", "gas_pipeline": "dash dot"}


@cache
def style_rows() -> tuple[tuple[str, str, str, str, str], ...]:
    """(table, geometry column, style name, QML, description) for layer_styles."""
    return tuple(_style_row(spec) for spec in SPECS if not spec.private)


def _style_row(spec: TableSpec) -> tuple[str, str, str, str, str]:
    head = (
        f'<qgis version="3.40.0" styleCategories="AllStyleCategories" labelsEnabled="{int(bool(spec.geometry_type))}">'
    )
    text = f"<!DOCTYPE qgis>\n{head}{style_xml(spec)}</qgis>"
    return spec.name, "geom" if spec.geometry_type else "", "Geoloupe", text, TITLES[spec.name]


@cache  # the same for each case: it would be a fifth of a save
def style_xml(spec: TableSpec) -> str:
    """Elements inside a style, and inside a layer of a project alike, as text."""
    elements = [_field_configuration(spec), _aliases(spec), _defaults(spec)]
    if spec.geometry_type:
        elements = [_renderer(spec), _labeling(spec), *elements]
    return "".join(ET.tostring(element, encoding="unicode") for element in elements)


def _renderer(spec: TableSpec) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="categorizedSymbol", symbollevels="0", forceraster="0")
    renderer.set("attr", category(spec.name))
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    # the empty value takes all other codes, as QGIS has it
    for number, (code, title) in enumerate([*SITE_CLASSES.items(), ("", "All others")]):
        ET.SubElement(categories, "category", value=code, label=title, symbol=str(number), render="true", type="string")
        symbols.append(_symbol(spec, str(number), code or "other"))
    for value, title, layers in mark_categories(spec.name):
        name = str(len(symbols))
        ET.SubElement(categories, "category", value=value, label=title, symbol=name, render="true", type="string")
        symbols.append(_empty_symbol(spec, name))
        symbols[-1].extend(layers)
    return renderer


def _symbol(spec: TableSpec, name: str, code: str) -> ET.Element:
    color = _COLORS.get(code, _COLORS["other"])
    layer_class, options = {
        "site_point": ("SimpleMarker", _marker(code, color)),
        "site_line": ("SimpleLine", _line(code, color)),
        "site_polygon": ("SimpleFill", _fill(color)),
    }[spec.name]
    symbol = _empty_symbol(spec, name)
    layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    add_options(layer, options)
    solid = options.get("line_style", options.get("outline_style", "solid"))
    add_data_defined(layer, {"outlineStyle": _if_doubtful("dash", solid), **_drawn(spec.name, color)})
    return symbol


def _if_doubtful(word: str, other: str) -> str:
    return f"if(\"lifecycle\" in ({_NOT_THERE}), '{word}', '{other}')"


def _drawn(table: str, color: str) -> dict[str, str]:
    """Colours and width as on our map: a site's own before its class's, hollow where the place is not exact."""
    stroke = f"coalesce({_own('stroke_color')}, '{color},255')"
    if table == "site_point":
        hollow = f'coalesce("position_error_m", 1e9) > {AREA_NOT_PIN_M:g}'
        return {
            "fillColor": f"if({hollow}, '255,255,255,0', coalesce({_own('fill_color')}, {stroke}))",
            "outlineColor": f"if({hollow}, {stroke}, '35,35,35,255')",
        }
    default = _WIDTH_MM[table]
    width = f'if("stroke_width" > 0, min(max("stroke_width", {THINNEST_PX}), {WIDEST_PX}) * {_PX_MM}, {default})'
    drawn = {"outlineColor": stroke, "outlineWidth": width}
    if table == "site_polygon":
        fill, thin = _own("fill_color"), "set_color_part({0}, 'alpha', 46)".format
        own = f"if(color_part({fill}, 'alpha') < 255, {fill}, {thin(fill)})"
        drawn["fillColor"] = f"coalesce(try({own}), try({thin(_own('stroke_color'))}), '{color},60')"
    return drawn


def _own(column: str) -> str:
    """The colour in a column; null where it is none."""
    return f'if(try(color_part("{column}", \'red\')) is null, NULL, "{column}")'


def _empty_symbol(spec: TableSpec, name: str) -> ET.Element:
    kind = {"site_point": "marker", "site_line": "line", "site_polygon": "fill"}[spec.name]
    return ET.Element("symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def _marker(code: str, color: str) -> dict[str, str]:
    return {
        "name": _SHAPES.get(code, "circle"),
        "color": f"{color},255",
        "size": "4",
        "size_unit": "MM",
        "outline_color": "35,35,35,255",
        "outline_style": "solid",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
    }


def _line(code: str, color: str) -> dict[str, str]:
    return {
        "line_color": f"{color},255",
        "line_width": str(_WIDTH_MM["site_line"]),
        "line_width_unit": "MM",
        "line_style": _DASHED.get(code, "solid"),
        "capstyle": "round",
        "joinstyle": "round",
    }


def _fill(color: str) -> dict[str, str]:
    return {
        "color": f"{color},60",
        "style": "solid",
        "outline_color": f"{color},255",
        "outline_style": "solid",
        "outline_width": str(_WIDTH_MM["site_polygon"]),
        "outline_width_unit": "MM",
    }


def _labeling(spec: TableSpec) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings,
        "text-style",
        fieldName=label_expression(spec.name, _LABEL),
        isExpression="1",
        fontSize="9",
        fontSizeUnit="Point",
        textColor="20,20,20,255",
        textOpacity="1",
        fontWeight="50",
        allowHtml="0",
    )
    ET.SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="1",
        bufferNoFill="1",
        bufferJoinStyle="128",
    )
    # 6: around a point by cartographic rules, 3: along a line and its bends, 1: over the middle of an area
    placement = {"site_point": "6", "site_line": "3", "site_polygon": "1"}[spec.name]
    ET.SubElement(
        settings,
        "placement",
        placement=placement,
        dist="1",
        distUnits="MM",
        placementFlags="14",
        priority="5",
        predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR",
        offsetType="1",
        overlapHandling="PreventOverlap",
    )
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="1", obstacleFactor="1", scaleVisibility="0")
    if spec.name == "site_point":
        add_label_places(settings)
    return labeling


_OF_MANY_LINES = frozenset({
    "notes", "statement", "source_wording", "words", "body", "excerpt", "context", "alternatives", "assumptions",
    "indicators", "change_note", "identity_note", "correction", "note",
})  # fmt: skip
"""Columns of longer texts."""


def _field_configuration(spec: TableSpec) -> ET.Element:
    enums = {column: constraint for table, column, constraint in ENUM_COLUMNS if table == spec.name}
    block = ET.Element("fieldConfiguration")
    for column in spec.plain_columns:
        field = ET.SubElement(block, "field", name=column.name, configurationFlags="NoFlag")
        if column.name in enums:
            widget = ET.SubElement(field, "editWidget", type="ValueMap")
            _value_map(ET.SubElement(widget, "config"), ENUMS[enums[column.name]])
        elif column.kind == "text" and column.name in _OF_MANY_LINES:
            widget = ET.SubElement(field, "editWidget", type="TextEdit")
            config = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
            ET.SubElement(config, "Option", name="IsMultiline", value="true", type="bool")
            ET.SubElement(config, "Option", name="UseHtml", value="false", type="bool")
    return block


def _value_map(config: ET.Element, values: tuple[tuple[str, str], ...]) -> None:
    outer = ET.SubElement(config, "Option", type="Map")
    choices = ET.SubElement(outer, "Option", name="map", type="List")
    for value, text in [(_NULL, "(not said)"), *values]:
        choice = ET.SubElement(choices, "Option", type="Map")
        ET.SubElement(choice, "Option", name=text, value=value, type="QString")


def _aliases(spec: TableSpec) -> ET.Element:
    block = ET.Element("aliases")
    for number, column in enumerate(spec.plain_columns, start=1):
        name = column.name.removesuffix("_json").replace("_", " ").capitalize().replace("error m", "error (m, 90 %)")
        ET.SubElement(block, "alias", index=str(number), field=column.name, name=name)
    return block


def _defaults(spec: TableSpec) -> ET.Element:
    """Values of new rows. The uuid's stands here because QGIS keeps an SQL DEFAULT expression as its text."""
    block = ET.Element("defaults")
    for column in spec.plain_columns:
        expression = ""
        if column.name == "uuid":
            expression = "uuid('WithoutBraces')"
        elif isinstance(column.default, str) and column.default:
            expression = "'" + column.default.replace("'", "''") + "'"
        elif column.name == "rev":
            expression = "1"
        if expression:
            ET.SubElement(block, "default", field=column.name, expression=expression, applyOnUpdate="0")
    return block
