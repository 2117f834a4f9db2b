"""Classes made from the values of a column: the style the analyst gets before changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from layers.colour.palettes import CLASS_RAMPS, OTHER_COLOR, QUALITATIVE, luminance, palette_colors, with_alpha
from layers.vector.columns import Attributes, Column
from layers.vector.style.breaks import MOST_CLASSES, breaks
from layers.vector.style.classes import StyleClass, counts_of, numbers_of
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.markers import FACILITIES, SHAPES, facility_of
from layers.vector.style.routes import ROUTES, route_of
from layers.vector.style.symbol import Symbol
from layers.vector.style.template import value_text

MOST_CATEGORIES = 24
FACILITY_PX = 19.0
SIGN_INKS = ("#ffffff", "#1d262f")
_LIGHT = 0.5
"""Luminance of a ground above which white has a contrast below 1.9 with it, and dark above 7."""
_SIZES_PX = (5.0, 22.0)
_WIDTHS_PX = (1.0, 7.0)


def categorised(style: VectorStyle, column: Column, geometry: str, palette: str = "") -> VectorStyle:
    """A class for each of the most frequent values, the rest with a symbol of its own.

    Where values name facilities or routes, points get their markers and lines their symbols.
    """
    counts = counts_of(column)
    chosen = list(counts)[:MOST_CATEGORIES]
    chosen.sort(key=_natural_order)
    palette = palette if palette in QUALITATIVE or palette in CLASS_RAMPS else "okabe-ito"
    labels = _labels(chosen)
    classes = [StyleClass(_base_symbol(style, geometry), label=labels[value], value=value) for value in chosen]
    classes = coloured(classes, palette, geometry)
    classes = [replace(style_class, symbol=_named_symbol(style_class, geometry)) for style_class in classes]
    own = recoloured(_base_symbol(style, geometry), OTHER_COLOR, geometry)
    made = replace(style, mode="categorised", column=column.name, palette=palette, classes=tuple(classes))
    return made.with_symbol(own)


def graduated(
    style: VectorStyle,
    column: Column,
    geometry: str,
    *,
    method: str = "",
    count: int = 0,
    palette: str = "",
    vary: str = "",
) -> VectorStyle:
    """Classes of numbers between limits, by colour or by size. Without any number in the column: no class."""
    method, count = method or style.method, min(count or style.class_count, MOST_CLASSES)
    palette = palette if palette in CLASS_RAMPS or palette in QUALITATIVE else "viridis"
    limits = breaks(method, numbers_of(column), count)
    pairs = list(pairwise(limits))
    symbol = _base_symbol(style, geometry)
    classes = [StyleClass(symbol, lower=low, upper=high) for low, high in pairs]
    vary = vary or style.vary
    if vary == "size":
        classes = [
            replace(style_class, symbol=_sized(symbol, i, len(pairs), geometry))
            for i, style_class in enumerate(classes)
        ]
    else:
        classes = coloured(classes, palette, geometry)
    made = replace(
        style,
        mode="graduated",
        column=column.name,
        palette=palette,
        method=method,
        class_count=count,
        vary=vary,
        classes=tuple(classes),
    )
    return made.with_symbol(recoloured(symbol, OTHER_COLOR, geometry))


def coloured(classes: Sequence[StyleClass], palette: str, geometry: str) -> list[StyleClass]:
    """The classes in the colours of a palette, in their order."""
    colors = palette_colors(palette, max(1, len(classes)))
    return [
        replace(style_class, symbol=recoloured(style_class.symbol, color, geometry))
        for style_class, color in zip(classes, colors, strict=False)
    ]


def recoloured(symbol: Symbol, color: str, geometry: str) -> Symbol:
    """The symbol in another main colour: a point's and an area's fill, a line's stroke."""
    if "Point" in geometry:
        stroke = color if symbol.marker == "cross" else symbol.stroke_color
        return with_readable_sign(replace(symbol, fill_color=color, stroke_color=stroke))
    if "Line" in geometry:
        return replace(symbol, stroke_color=color)
    alpha = int(symbol.fill_color[1:3], 16) if len(symbol.fill_color) == 9 else 0x90
    return replace(symbol, stroke_color=color, fill_color=with_alpha(color, alpha) if symbol.fill_color else "")


def with_readable_sign(symbol: Symbol) -> Symbol:
    """The symbol with its facility's sign dark on light ground, white on dark; a colour of one's own stays."""
    if symbol.marker not in FACILITIES or not symbol.fill_color or symbol.stroke_color not in SIGN_INKS:
        return symbol
    is_light = luminance(symbol.fill_color) > _LIGHT
    return replace(symbol, stroke_color=SIGN_INKS[is_light])


def suggested_column(attributes: Attributes) -> str:
    """Suggest the column whose few values best tell features apart: one named type or class, else the first text with 2
    to 24 values.
    """
    best = ("", 0)
    for name, column in attributes.columns.items():
        distinct = len(counts_of(column))
        if not 2 <= distinct <= MOST_CATEGORIES:
            continue
        words = name.casefold()
        weight = 1 + (4 if column.kind == "text" else 0)
        weight += 10 if any(word in words for word in ("type", "class", "kind", "categor", "тип", "类")) else 0
        if weight > best[1]:
            best = (name, weight)
    return best[0]


def _base_symbol(style: VectorStyle, geometry: str) -> Symbol:
    symbol = style.own_symbol
    if "Point" in geometry and not symbol.fill_color:
        return replace(symbol, fill_color=symbol.stroke_color, stroke_color="#ffffff")
    if "Polygon" in geometry and symbol.fill_color:
        return replace(symbol, fill_color=with_alpha(symbol.fill_color, 0x90))
    return symbol


def _named_symbol(style_class: StyleClass, geometry: str) -> Symbol:
    if "Point" in geometry:
        sign = facility_of(style_class.value)
        small = style_class.symbol.marker in SHAPES
        if not sign:
            return style_class.symbol
        size_px = FACILITY_PX if small else style_class.symbol.size_px
        return with_readable_sign(replace(style_class.symbol, marker=sign, size_px=size_px))
    if "Line" in geometry:
        return ROUTES.get(route_of(style_class.value), style_class.symbol)
    return style_class.symbol


def _sized(symbol: Symbol, index: int, count: int, geometry: str) -> Symbol:
    share = index / max(1, count - 1)
    if "Point" not in geometry:  # an area's outline
        return replace(symbol, stroke_width_px=round(_WIDTHS_PX[0] + (_WIDTHS_PX[1] - _WIDTHS_PX[0]) * share, 2))
    return replace(symbol, size_px=round(_SIZES_PX[0] + (_SIZES_PX[1] - _SIZES_PX[0]) * share, 2))


def _labels(values: Sequence[str]) -> dict[str, str]:
    """Titles of values: codes become words; words stay, except among codes: "rail" beside "gas_pipeline" is a code."""
    are_codes = any("_" in value for value in values) and all(v.isascii() and v == v.lower() for v in values)
    return {value: _label(value) if "_" in value or are_codes else "" for value in values}


def _label(value: str) -> str:
    if " " in value or not value.isascii():
        return ""
    words = " ".join(value.split("_")).strip()
    return (words[:1].upper() + words[1:]).replace("Gnss", "GNSS")


def _natural_order(text: str) -> tuple[int, float, str]:
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, value_text(text).casefold()
