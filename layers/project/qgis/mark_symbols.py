"""Marks with a shape as QGIS draws them: arrows with heads, rings with their radii, numbers in discs, texts as labels.

Measurements are dimension lines, `measurement_symbols.py`. Rectangles and circles are areas of their class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from layers.project.qgis.measurement_symbols import IS_MEASURED, MEASURED, RESULT, measurement_layers
from layers.project.qgis.qml_elements import add_data_defined, add_options

_SHAPE = 'from_json("shape_json")'
_KIND = f"map_get({_SHAPE}, 'kind')"
_TITLES: Mapping[str, Mapping[str, str]] = {
    "site_point": {
        "text": "Text",
        "callout": "Callout",
        "numbered_marker": "Numbered marker",
        "count_tick": "Tick of a count",
    },
    "site_line": {"arrow": "Arrow", "range_ring": "Range rings", "freehand": "Freehand line"},
    "site_polygon": {},
}
_CLASS = """array_first(string_to_array("class_code", '/'))"""
"""Expression for the top class of a code: radar for "radar/early_warning"."""
_LIGHT, _DARK, _TICK = "255,255,255,255", "11,20,28,255", "255,213,74,255"
_OWN_COLOR = "if(\"stroke_color\" <> '', \"stroke_color\", '{0}')"
_WORDS = f"{_KIND} in ('text', 'callout')"
_RADII = (
    f"if({_KIND} = 'range_ring', ' (' || array_to_string(array_foreach(map_get({_SHAPE}, 'radii_m'), "
    "if(@element < 1000, round(@element, 1) || ' m', round(@element / 1000, 2) || ' km')), ', ') || ')', '')"
)


def category(table: str) -> str:
    """Expression for the category of a table's symbols: the kind of mark where that has a symbol, else the class."""
    kinds, expression = _TITLES[table], _CLASS
    if kinds:
        words = ", ".join(f"'{kind}'" for kind in kinds)
        expression = f"if({_KIND} in ({words}), '(' || {_KIND} || ')', {_CLASS})"
    return expression if table == "site_point" else f"if({IS_MEASURED}, '{MEASURED}', {expression})"


def mark_categories(table: str) -> Iterator[tuple[str, str, list[ET.Element]]]:
    """(value of the category, title, layers of its symbol)."""
    for kind, title in _TITLES[table].items():
        yield f"({kind})", title, list(_layers(kind))
    if table != "site_point":
        yield MEASURED, "Measurement", list(measurement_layers(table))


def label_expression(table: str, label: str) -> str:
    """The text of a label: of range rings with their radii, as no label of QGIS stands on each ring; of measurements
    that have a name with their result.
    """
    text = f"{label} || {_RADII}" if table == "site_line" else label
    return text if table == "site_point" else f"{text} || {RESULT}"


def add_label_places(settings: ET.Element) -> None:
    """Add to the labels of points the places of texts, and of callouts, which stand in their boxes with a line."""
    place = (
        f"CASE WHEN {_KIND} = 'text' THEN {{0}} WHEN {_KIND} = 'callout' THEN {{1}}(map_get({_SHAPE}, 'leader')) END"
    )
    add_data_defined(
        settings,
        {
            "PositionX": place.format("$x", "array_first"),
            "PositionY": place.format("$y", "array_last"),
            "Hali": f"if({_WORDS}, 'Center', NULL)",
            "Vali": f"if({_WORDS}, 'Half', NULL)",
            "Size": f"if({_WORDS}, map_get({_SHAPE}, 'size_px') * 0.75, NULL)",
            "Color": f"if({_WORDS}, {_OWN_COLOR.format(_LIGHT)}, NULL)",
            "BufferColor": f"if({_WORDS}, '{_DARK}', NULL)",
            "AlwaysShow": f"if({_WORDS}, 1, 0)",
            "CalloutDraw": f"if({_KIND} = 'callout', 1, 0)",
        },
        "dd_properties",
    )
    callout = ET.SubElement(settings, "callout", type="simple")
    add_options(
        callout, {"enabled": "1", "anchorPoint": "pole_of_inaccessibility", "labelAnchorPoint": "point_on_exterior"}
    )


def _layers(kind: str) -> Iterator[ET.Element]:
    if kind == "numbered_marker":
        yield _layer("SimpleMarker", _disc("5", _LIGHT), {"fillColor": _fill_color()})
        yield _layer("FontMarker", _digits(), {"char": 'to_string("number")'})
        return
    if kind == "count_tick":
        yield _layer("SimpleMarker", _disc("3.5", _TICK), {"fillColor": _fill_color()})
        yield _layer("FontMarker", _digits(), {"char": f"to_string(map_get({_SHAPE}, 'number'))"})
        return
    if kind in ("text", "callout"):
        # a dot so small that it is never seen: a symbol without a layer is none
        yield _layer("SimpleMarker", _disc("0.8" if kind == "callout" else "0", _LIGHT), {})
        return
    color = {"outlineColor": _OWN_COLOR.format(_LIGHT)}
    yield _layer("SimpleLine", _stroke(_DARK, "1.3"), {})
    yield _layer("SimpleLine", _stroke(_LIGHT, "0.7"), color)
    if kind == "arrow":
        yield _head("LastVertex", "0", "end")
        yield _head("FirstVertex", "180", "start")


def _layer(layer_class: str, options: dict[str, str], drawn: Mapping[str, str]) -> ET.Element:
    layer = ET.Element("layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    add_options(layer, options)
    if drawn:
        add_data_defined(layer, drawn)
    return layer


def _head(placement: str, angle: str, end: str) -> ET.Element:
    options = {"placements": placement, "rotate": "1", "place_on_every_part": "false"}
    wanted = f"coalesce(map_get({_SHAPE}, 'head'), 'end') in ('{end}', 'both')"
    layer = _layer("MarkerLine", options, {"enabled": wanted})
    symbol = ET.SubElement(
        layer, "symbol", name=f"@{end}@0", type="marker", alpha="1", clip_to_extent="1", force_rhr="0"
    )
    marker = {
        "name": "filled_arrowhead",
        "angle": angle,
        "color": _LIGHT,
        "size": "5",
        "size_unit": "MM",
        "outline_color": _DARK,
        "outline_style": "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
    }
    symbol.append(_layer("SimpleMarker", marker, {"fillColor": _OWN_COLOR.format(_LIGHT)}))
    return layer


def _disc(size: str, color: str) -> dict[str, str]:
    return {
        "name": "circle",
        "color": color,
        "size": size,
        "size_unit": "MM",
        "outline_color": _DARK,
        "outline_style": "solid" if size != "0" else "no",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
    }


def _digits() -> dict[str, str]:
    return {
        "font": "Noto Sans",
        "chr": "",
        "color": _DARK,
        "size": "3.2",
        "size_unit": "MM",
        "horizontal_anchor_point": "1",
        "vertical_anchor_point": "1",
        "outline_width": "0",
    }


def _stroke(color: str, width: str) -> dict[str, str]:
    return {
        "line_color": color,
        "line_width": width,
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "round",
        "joinstyle": "round",
    }


def _fill_color() -> str:
    return f'if("fill_color" <> \'\', "fill_color", {_OWN_COLOR.format(_LIGHT)})'
