"""Writes symbols as QGIS has them: in layers, in millimetres, so that they are as large on paper as on the screen."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from layers.vector.style.markers import FACILITIES
from layers.vector.style.symbol import Symbol

MM_PX = 25.4 / 96.0
PEN_SIDES = 2.0
"""Sides of a label's buffer: in QGIS it is the width of a pen that goes round its letters, of which half shows."""
_BADGE_UNITS = 21.0
_SHAPES = {
    "cross": "cross",
    "star": "star",
    "circle": "circle",
    "square": "square",
    "diamond": "diamond",
    "triangle": "triangle",
}


def symbol_element(symbol: Symbol, name: str, geometry: str) -> ET.Element:
    """`geometry` is the OGC name of the layer's; what is neither line nor area is a marker."""
    kind = "line" if "Line" in geometry else "fill" if "Polygon" in geometry else "marker"
    element = ET.Element("symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    layers = {"line": _line_layers, "fill": _fill_layers, "marker": _marker_layers}[kind](symbol, name)
    element.extend(layers)
    return element


def rgba(color: str) -> str:
    """ "#rrggbb" or "#aarrggbb" as "r,g,b,a"."""
    digits = color[1:]
    alpha = int(digits[:2], 16) if len(digits) == 8 else 255
    red, green, blue = (int(digits[-6:][i : i + 2], 16) for i in (0, 2, 4))
    return f"{red},{green},{blue},{alpha}"


def mm(px: float) -> str:
    return f"{px * MM_PX:.6g}"


def options(parent: ET.Element, values: dict[str, str]) -> None:
    block = ET.SubElement(parent, "Option", type="Map")
    for name, value in values.items():
        ET.SubElement(block, "Option", name=name, value=value, type="QString")


def _layer(kind: str, values: dict[str, str]) -> ET.Element:
    layer = ET.Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options(layer, values)
    return layer


def _marker_layers(symbol: Symbol, _name: str) -> list[ET.Element]:
    stroke = "solid" if symbol.stroke_width_px else "no"
    outline = {
        "outline_color": rgba(symbol.stroke_color),
        "outline_style": stroke,
        "outline_width": mm(symbol.stroke_width_px),
        "outline_width_unit": "MM",
    }
    fill = rgba(symbol.fill_color) if symbol.fill_color else "0,0,0,0"
    shape = "circle" if symbol.marker in FACILITIES else _SHAPES[symbol.marker]
    layers = []
    if symbol.marker not in FACILITIES or symbol.fill_color:
        size = symbol.size_px * _reach(shape)
        layers.append(
            _layer("SimpleMarker", {"name": shape, "color": fill, "size": mm(size), "size_unit": "MM", **outline})
        )
    if symbol.marker in FACILITIES:
        width = symbol.size_px * (16.0 / _BADGE_UNITS if symbol.fill_color else 16.0 / _BADGE_UNITS * 1.3)
        ink = symbol.stroke_color if symbol.stroke_width_px or not symbol.fill_color else "#ffffff"
        layers.append(
            _layer(
                "SvgMarker",
                {
                    "name": f"base64:{_svg(symbol.marker)}",
                    "color": rgba(ink),
                    "size": mm(width),
                    "size_unit": "MM",
                    "outline_style": "no",
                    "outline_width": "0",
                    "fixedAspectRatio": "0",
                },
            )
        )
    return layers


def _reach(shape: str) -> float:
    """Size of a sign in QGIS, which draws a diamond and a star within its size; ours reach a little beyond."""
    return {"diamond": 1.1, "star": 1.2, "triangle": 1.15}.get(shape, 1.0)


def _line_layers(symbol: Symbol, name: str) -> list[ET.Element]:
    width = symbol.stroke_width_px
    layers = []
    if symbol.casing_color and symbol.casing_width_px > 0:
        layers.append(_simple_line(symbol.casing_color, width + 2 * symbol.casing_width_px))
    if symbol.ground_color:
        layers.append(_simple_line(symbol.ground_color, width))
    layers.append(_simple_line(symbol.stroke_color, width, symbol.dash))
    places = {"end": ("LastVertex",), "both": ("LastVertex", "FirstVertex"), "along": ("Interval",)}
    layers += [
        _arrow(symbol, f"@{name}@{len(layers) + i}", place) for i, place in enumerate(places.get(symbol.arrow, ()))
    ]
    return layers


def _simple_line(color: str, width: float, dash: tuple[float, ...] = ()) -> ET.Element:
    values = {
        "line_color": rgba(color),
        "line_width": mm(width),
        "line_width_unit": "MM",
        "line_style": "solid" if width else "no",
        "capstyle": "flat" if dash else "round",
        "joinstyle": "round",
        "use_custom_dash": "1" if dash else "0",
        "customdash_unit": "MM",
    }
    if dash:
        values["customdash"] = ";".join(mm(part * width) for part in dash)
    return _layer("SimpleLine", values)


def _arrow(symbol: Symbol, name: str, place: str) -> ET.Element:
    length = 5.0 + 2.2 * symbol.stroke_width_px
    layer = _layer(
        "MarkerLine",
        {
            "placements": place,
            "interval": mm(90.0),
            "interval_unit": "MM",
            "rotate": "1",
            "offset_along_line": "0",
        },
    )
    head = ET.SubElement(layer, "symbol", name=name, type="marker", alpha="1", clip_to_extent="1", force_rhr="0")
    # the first vertex's marker looks along the line too: turned about
    head.append(
        _layer(
            "SimpleMarker",
            {
                "name": "filled_arrowhead",
                "color": rgba(symbol.stroke_color),
                "size": mm(length),
                "size_unit": "MM",
                "angle": "180" if place == "FirstVertex" else "0",
                "outline_style": "no",
            },
        )
    )
    return layer


def _fill_layers(symbol: Symbol, _name: str) -> list[ET.Element]:
    layers = [
        _layer(
            "SimpleFill",
            {
                "color": rgba(symbol.fill_color) if symbol.fill_color else "0,0,0,0",
                "style": "solid" if symbol.fill_color else "no",
                "outline_style": "no",
            },
        )
    ]
    if symbol.casing_color and symbol.casing_width_px > 0:
        layers.append(_simple_line(symbol.casing_color, symbol.stroke_width_px + 2 * symbol.casing_width_px))
    if symbol.ground_color:
        layers.append(_simple_line(symbol.ground_color, symbol.stroke_width_px))
    if symbol.stroke_width_px:
        layers.append(_simple_line(symbol.stroke_color, symbol.stroke_width_px, symbol.dash))
    return layers


def _svg(sign: str) -> str:
    """A sign as an SVG whose colour QGIS may choose."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 16 16" width="16" height="16">'
        f'<path fill-rule="evenodd" fill="param(fill)" d="{_signs()[sign]} Z"/></svg>'
    )
    return base64.b64encode(svg.encode()).decode()


@cache
def _signs() -> dict[str, str]:
    signs: dict[str, str] = json.loads(Path(__file__).with_name("qml_signs.json").read_text("utf-8"))
    return signs


def sign_of_svg(name: str) -> str:
    """The facility whose sign an SVG of ours shows; empty for any other."""
    return next((sign for sign in FACILITIES if name == f"base64:{_svg(sign)}"), "")
