"""The style of a vector layer as QML: QGIS shows the layer as we do."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from layers.project.qgis.expressions import exclusive_filters, label_expression
from layers.project.qgis.qml_symbols_out import PEN_SIDES, mm, options, rgba, symbol_element
from layers.vector.style.label_style import WRAP_AFTER, LabelStyle
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.symbol import Symbol
from layers.vector.table import VectorInfo

_QGIS_TYPES = {"integer": "longlong", "real": "double", "boolean": "bool"}


def style_document(style: VectorStyle, info: VectorInfo) -> str:
    """A whole .qml file. Raises InvalidValue for a rule that cannot be understood."""
    root = ET.Element("qgis", version="3.40.0", styleCategories="Symbology|Labeling|Rendering")
    root.attrib |= layer_attributes(style)
    root.extend(layer_elements(style, info))
    ET.indent(root, " ")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{ET.tostring(root, encoding='unicode')}\n"


def layer_attributes(style: VectorStyle) -> dict[str, str]:
    """Attributes in the first tag of a style, and of a layer of a project alike."""
    limited = bool(style.visible_from or style.visible_to)
    return {
        "labelsEnabled": "1" if style.labels.text else "0",
        "hasScaleBasedVisibilityFlag": "1" if limited else "0",
        # QGIS calls the widest view the least scale
        "minScale": f"{style.visible_from or 1e8:.10g}",
        "maxScale": f"{style.visible_to:.10g}",
    }


def layer_elements(style: VectorStyle, info: VectorInfo) -> list[ET.Element]:
    """Renderer and labels."""
    elements = [_renderer(style, info)]
    if style.labels.text:
        elements.append(_labeling(style.labels, info.geometry))
    return elements


def _renderer(style: VectorStyle, info: VectorInfo) -> ET.Element:
    made = {"single": _single, "categorised": _categorized, "graduated": _graduated, "rules": _rules}[style.mode]
    renderer = made(style, info)
    renderer.attrib |= {"symbollevels": "0", "forceraster": "0", "enableorderby": "0"}
    return renderer


def _symbols(symbols: list[Symbol], geometry: str) -> ET.Element:
    element = ET.Element("symbols")
    element.extend(symbol_element(symbol, str(number), geometry) for number, symbol in enumerate(symbols))
    return element


def _single(style: VectorStyle, info: VectorInfo) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="singleSymbol")
    renderer.append(_symbols([style.own_symbol], info.geometry))
    return renderer


def _categorized(style: VectorStyle, info: VectorInfo) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="categorizedSymbol", attr=style.column)
    categories = ET.SubElement(renderer, "categories")
    kind = _QGIS_TYPES.get(dict(info.fields).get(style.column, ""), "string")
    symbols: list[Symbol] = []
    for style_class in style.classes:
        ET.SubElement(
            categories,
            "category",
            value=style_class.value,
            label=style_class.title(style.mode),
            symbol=str(len(symbols)),
            type=kind,
            render=_truth(style_class.shown),
        )
        symbols.append(style_class.symbol)
    # The empty value takes all others, as QGIS has it: it stands there hidden too, so that it comes back.
    ET.SubElement(
        categories,
        "category",
        value="NULL",
        label="",
        symbol=str(len(symbols)),
        type="NULL",
        render=_truth(style.show_other),
    )
    symbols.append(style.other_symbol)
    renderer.append(_symbols(symbols, info.geometry))
    return renderer


def _graduated(style: VectorStyle, info: VectorInfo) -> ET.Element:
    """Write graduated classes. QGIS has no class for all other values: where these are drawn, rules are written."""
    if style.show_other:
        return _rules(style, info)
    renderer = ET.Element("renderer-v2", type="graduatedSymbol", attr=style.column, graduatedMethod="GraduatedColor")
    ranges = ET.SubElement(renderer, "ranges")
    for number, style_class in enumerate(style.classes):
        ET.SubElement(
            ranges,
            "range",
            lower=f"{style_class.lower:.15g}",
            upper=f"{style_class.upper:.15g}",
            label=style_class.title(style.mode),
            symbol=str(number),
            render=_truth(style_class.shown),
        )
    renderer.append(_symbols([style_class.symbol for style_class in style.classes], info.geometry))
    return renderer


def _rules(style: VectorStyle, info: VectorInfo) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="RuleRenderer")
    outer = ET.SubElement(renderer, "rules", key="root")
    for number, (style_class, expression) in enumerate(
        zip(style.classes, exclusive_filters(_own_rules(style)), strict=True)
    ):
        ET.SubElement(
            outer,
            "rule",
            key=f"class{number}",
            filter=expression,
            label=style_class.title(style.mode),
            symbol=str(number),
            checkstate="1" if style_class.shown else "0",
        )
    if style.show_other:
        ET.SubElement(outer, "rule", key="other", filter="ELSE", label="", symbol=str(len(style.classes)))
    symbols = [
        *(style_class.symbol for style_class in style.classes),
        *([style.other_symbol] if style.show_other else []),
    ]
    renderer.append(_symbols(symbols, info.geometry))
    return renderer


def _own_rules(style: VectorStyle) -> list[str]:
    if style.mode == "rules":
        return [style_class.rule for style_class in style.classes]
    column = '"' + style.column.replace('"', '""') + '"'
    return [f"{column} >= {style_class.lower!r} and {column} <= {style_class.upper!r}" for style_class in style.classes]


def _labeling(labels: LabelStyle, geometry: str) -> ET.Element:
    text, is_expression = label_expression(labels.text)
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings,
        "text-style",
        fieldName=text,
        isExpression="1" if is_expression else "0",
        fontSize=mm(labels.size_px),
        fontSizeUnit="MM",
        textColor=rgba(labels.color),
        textOpacity="1",
        allowHtml="0",
        fontWeight="75" if labels.bold else "50",
        fontItalic="1" if labels.italic else "0",
    )
    ET.SubElement(
        style,
        "text-buffer",
        bufferDraw="1" if labels.halo_width_px and labels.halo_color else "0",
        bufferSize=mm(labels.halo_width_px * PEN_SIDES),
        bufferSizeUnits="MM",
        bufferColor=rgba(labels.halo_color or "#000000"),
        bufferOpacity="1",
        bufferNoFill="1",
        bufferJoinStyle="128",
    )
    if "Line" not in geometry:
        ET.SubElement(
            settings, "text-format", autoWrapLength=str(WRAP_AFTER), useMaxLineLengthForAutoWrap="1", multilineAlign="3"
        )
    ET.SubElement(
        settings,
        "placement",
        placement=_placement(labels.layout, geometry),
        dist="1",
        distUnits="MM",
        placementFlags="14",
        maxCurvedCharAngleIn="25",
        maxCurvedCharAngleOut="-25",
        priority="5",
        overlapHandling="PreventOverlap",
        offsetType="1",
        predefinedPositionOrder="R,TR,BR,T,B,L,TL,BL",
        quadOffset="4",
    )
    ET.SubElement(
        settings,
        "rendering",
        drawLabels="1",
        obstacle="1",
        scaleVisibility="1" if labels.visible_from else "0",
        scaleMin="0",
        scaleMax=f"{labels.visible_from:.10g}",
    )
    if labels.leader and "Point" in geometry:
        callout = ET.SubElement(settings, "callout", type="simple")
        options(callout, {"enabled": "1", "minLength": mm(16.0), "minLengthUnit": "MM"})
    return labeling


def _placement(placement: str, geometry: str) -> str:
    """6: around a point by cartographic rules, 1: over the middle, 0: around it, 3: along a line and its bends, 7: the
    same on an outline, 4: upright on a line."""
    if "Line" in geometry:
        return "4" if placement in ("around", "over") else "3"
    if "Polygon" in geometry:
        return {"along": "7", "around": "0"}.get(placement, "1")
    return "1" if placement == "over" else "6"


def _truth(value: bool) -> str:
    return "true" if value else "false"
