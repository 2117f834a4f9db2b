"""Reads symbols of QGIS as our symbols, and names what is lost."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from msgspec.structs import replace

from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.qgis.qml_symbols_out import MM_PX, sign_of_svg
from layers.project.qgis.qml_text import values_of
from layers.vector.style.symbol import Symbol

_UNITS_PX = {"MM": 1 / MM_PX, "Pixel": 1.0, "Point": 96 / 72, "Inch": 96.0, "RenderMetersInMapUnits": 0.0}
_DASHES: dict[str, tuple[float, ...]] = {
    "dash": (4.0, 2.0),
    "dot": (1.0, 2.0),
    "dash dot": (4.0, 2.0, 1.0, 2.0),
    "dash dot dot": (4.0, 2.0, 1.0, 2.0, 1.0, 2.0),
}
_SHAPES = {
    "circle": "circle",
    "square": "square",
    "rectangle": "square",
    "triangle": "triangle",
    "diamond": "diamond",
    "cross": "cross",
    "cross2": "cross",
    "star": "star",
    "equilateral_triangle": "triangle",
}


MOST_NOTES, MOST_DASHES, MOST_LAYERS, LONGEST_TEXT = 12, 16, 50, 500


class SymbolReader:
    """Reads symbols from a QML document, and notes in words all features that we cannot draw."""

    def __init__(self) -> None:
        self.missing: dict[str, None] = {}

    def symbol(self, element: Element) -> Symbol:
        """The nearest symbol that we can draw."""
        layers = [layer for layer in element.findall("layer") if layer.get("enabled", "1") != "0"]
        if len(layers) > MOST_LAYERS:
            self.note(Phrase("symbols of very many layers"))
            layers = layers[:MOST_LAYERS]
        kinds = {"marker": self._marker, "line": self._line, "fill": self._fill}
        made = kinds.get(element.get("type", ""), self._marker)
        for layer in layers:
            if any(
                option.get("name") == "active" and option.get("value") == "true"
                for option in layer.findall("data_defined_properties//Option")
            ):
                self.note(Phrase("values taken from columns or expressions"))
        try:
            return _faded(made(layers), number_of(element.get("alpha", "1"), 1.0))
        except InvalidValue:
            self.note(Phrase("a symbol beyond our limits"))
            return Symbol()

    def note(self, what: str) -> None:
        """Note a feature that is lost; of very many, only the first are named."""
        self.missing[what if len(self.missing) < MOST_NOTES else Phrase("more of the like")] = None

    def text(self, text: str) -> str:
        """Return a text for legends, cut where it is longer than anybody reads."""
        if len(text) > LONGEST_TEXT:
            self.note(Phrase("texts behind their {most}th character", most=LONGEST_TEXT))
        return text[:LONGEST_TEXT]

    def _px(self, values: dict[str, str], name: str, default: float) -> float:
        unit = values.get(f"{name}_unit", "MM")
        factor = _UNITS_PX.get(unit, 0.0)
        if not factor:
            self.note(Phrase("sizes in map units"))
            return default
        return round(number_of(values.get(name, ""), default / factor) * factor, 3)

    def _marker(self, layers: list[Element]) -> Symbol:
        symbol = Symbol(stroke_width_px=0.0, size_px=7.0, fill_color="#808080")
        for layer in layers:
            values, kind = values_of(layer), layer.get("class", "")
            if kind == "SimpleMarker":
                symbol = self._simple_marker(values)
            elif kind == "SvgMarker" and (sign := sign_of_svg(values.get("name", ""))):
                ink = color_of(values.get("color", ""))
                has_badge = len(layers) > 1
                size = symbol.size_px if has_badge else self._px(values, "size", 16.0) * 21.0 / 16.0 / 1.3
                symbol = replace(
                    symbol,
                    marker=sign,
                    size_px=size,
                    stroke_color=ink or "#ffffff",
                    fill_color=symbol.fill_color if has_badge else "",
                )
            else:
                self.note(
                    {
                        "SvgMarker": Phrase("SVG pictures"),
                        "RasterMarker": Phrase("pictures"),
                        "FontMarker": Phrase("letters as signs"),
                    }.get(kind, Phrase("signs of another kind"))
                )
        return symbol

    def _simple_marker(self, values: dict[str, str]) -> Symbol:
        name = values.get("name", "circle")
        shape = _SHAPES.get(name)
        if shape is None:
            self.note(Phrase("the shape {name}", name=name[:30]))
            shape = "circle"
        reach = {"diamond": 1.1, "star": 1.2, "triangle": 1.15}.get(shape, 1.0)
        stroked = values.get("outline_style", "solid") != "no"
        if number_of(values.get("angle", ""), 0.0) and shape != "circle":
            self.note(Phrase("turned signs"))
        width = self._px(values, "outline_width", 1.0) if stroked else 0.0
        return Symbol(
            color_of(values.get("outline_color", "")) or "#000000",
            (width or 0.6) if stroked else 0.0,
            color_of(values.get("color", "")),
            marker=shape,
            size_px=round(self._px(values, "size", 8.0) / reach, 3),
        )

    def _line(self, layers: list[Element]) -> Symbol:
        return self._strokes(Symbol(), layers)

    def _strokes(self, symbol: Symbol, layers: list[Element]) -> Symbol:
        """Read lines: the last one is the stroke; wider ones below it are its casing, whole ones of its width its
        ground.
        """
        lines = [values_of(layer) for layer in layers if layer.get("class") == "SimpleLine"]
        if lines:
            stroke = lines[-1]
            width = self._px(stroke, "line_width", 1.0) if stroke.get("line_style") != "no" else 0.0
            symbol = replace(
                symbol,
                stroke_color=color_of(stroke.get("line_color", "")) or "#000000",
                stroke_width_px=width,
                dash=self._dash(stroke, width),
            )
        for below in lines[:-1]:
            width, color = self._px(below, "line_width", 1.0), color_of(below.get("line_color", ""))
            if width > symbol.stroke_width_px + 0.3:
                symbol = replace(
                    symbol, casing_color=color, casing_width_px=round((width - symbol.stroke_width_px) / 2, 3)
                )
            elif color:
                symbol = replace(symbol, ground_color=color)
        heads = {
            values_of(layer).get("placements", values_of(layer).get("placement", ""))
            for layer in layers
            if layer.get("class") == "MarkerLine"
        }
        if heads:
            ends = {head.lower() for head in heads}
            both = any("first" in head for head in ends)
            symbol = replace(
                symbol,
                arrow="along" if any("interval" in e or "central" in e for e in ends) else "both" if both else "end",
            )
        if any(layer.get("class") not in ("SimpleLine", "MarkerLine", "SimpleFill") for layer in layers):
            self.note(Phrase("lines or fills of another kind"))
        return symbol

    def _dash(self, values: dict[str, str], width: float) -> tuple[float, ...]:
        if values.get("use_custom_dash") == "1" and width:
            factor = _UNITS_PX.get(values.get("customdash_unit", "MM"), 0.0)
            written = values.get("customdash", "").split(";", MOST_DASHES)
            parts = [round(number_of(part, 0.0) * factor / width, 2) for part in written]
            if len(parts) > MOST_DASHES:
                self.note(Phrase("long dash patterns"))
            elif len(parts) % 2 == 0 and all(part > 0 for part in parts):
                return tuple(parts)
        return _DASHES.get(values.get("line_style", ""), ())

    def _fill(self, layers: list[Element]) -> Symbol:
        symbol = Symbol(stroke_width_px=0.0)
        for layer in layers:
            if layer.get("class") == "SimpleFill":
                values = values_of(layer)
                outlined = values.get("outline_style", "solid") != "no"
                if values.get("style", "solid") not in ("solid", "no"):
                    self.note(Phrase("hatched fills"))
                symbol = Symbol(
                    color_of(values.get("outline_color", "")) or "#000000",
                    self._px(values, "outline_width", 1.0) if outlined else 0.0,
                    color_of(values.get("color", "")) if values.get("style", "solid") != "no" else "",
                    dash=_DASHES.get(values.get("outline_style", ""), ()),
                )
        return self._strokes(symbol, layers)


def color_of(text: str) -> str:
    """Convert "r,g,b,a" (whatever follows it) into our notation; empty for an invisible colour."""
    try:
        red, green, blue, *more = (int(part) for part in text.split(",")[:4])
    except ValueError:
        return ""
    alpha = more[0] if more else 255
    if not all(0 <= part <= 255 for part in (red, green, blue, alpha)) or not alpha:
        return ""
    return f"#{red:02x}{green:02x}{blue:02x}" if alpha == 255 else f"#{alpha:02x}{red:02x}{green:02x}{blue:02x}"


def _faded(symbol: Symbol, alpha: float) -> Symbol:
    """Apply the opacity of the whole symbol to its colours."""
    if alpha >= 1.0:
        return symbol

    def faded(color: str) -> str:
        if not color:
            return ""
        own = int(color[1:3], 16) if len(color) == 9 else 255
        return f"#{max(1, round(own * max(alpha, 0.0))):02x}{color[-6:]}"

    return replace(
        symbol,
        stroke_color=faded(symbol.stroke_color),
        fill_color=faded(symbol.fill_color),
        casing_color=faded(symbol.casing_color),
        ground_color=faded(symbol.ground_color),
    )


def number_of(text: str, default: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return default
    return value if -1e9 < value < 1e9 else default
