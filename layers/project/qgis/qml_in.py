"""Reads the style of a vector layer from QML, as far as we can draw it. Losses are reported in one sentence."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import InvalidValue
from layers.phrase import Phrase, joined
from layers.project.qgis.qml_symbols_in import LONGEST_TEXT, SymbolReader, color_of, number_of
from layers.project.qgis.qml_symbols_out import MM_PX, PEN_SIDES
from layers.project.qgis.qml_text import parse_qml, values_of
from layers.vector.expression.language import MAX_CHARS
from layers.vector.style.classes import MOST_CLASSES, StyleClass
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.rules import check_rule
from layers.vector.style.symbol import Symbol

_PLACEMENTS = {"1": "over", "2": "along", "3": "along", "7": "along", "9": "over"}
_LABEL_UNITS_PX = {"Point": 96 / 72, "MM": 1 / MM_PX, "Pixel": 1.0}
_PART = re.compile(
    r"""coalesce\((?:to_string\("(?P<column>(?:[^"]|"")+)"\)|format_number\("(?P<number>(?:[^"]|"")+)",\s*(?P<digits>\d)\)),\s*''\)
    |'(?P<text>(?:[^']|'')*)'""",
    re.VERBOSE,
)
_IS_EMPTY, _JOINS = ") is null, '', ", " || "
_LONGEST_LABEL = 20_000


class QmlStyle(Struct, frozen=True):
    style: VectorStyle
    missing: tuple[str, ...] = ()
    """Parts of the style that we do not draw, in words."""

    @property
    def sentence(self) -> str:
        """A sentence about the parts left out; empty where there are none."""
        if not self.missing:
            return ""
        *others, last = self.missing
        return Phrase(
            "Not taken over from the QML style: {some}{value}{last}.",
            some=joined(", ", others),
            value=Phrase(" and ") if others else "",
            last=last,
        )


def read_qml(text: bytes) -> QmlStyle:
    """Read a style. Raises InvalidValue where it is no style, or none of a vector layer."""
    root = parse_qml(text)
    reader = SymbolReader()
    renderer = root.find("renderer-v2")
    if renderer is None:
        raise InvalidValue("The QML style is of no vector layer: it has no symbols.")
    elements = renderer.findall("symbols/symbol")[: MOST_CLASSES + 1]
    symbols = {element.get("name", ""): reader.symbol(element) for element in elements}
    style = _renderer(renderer, symbols, reader)
    if root.get("hasScaleBasedVisibilityFlag") == "1":
        widest, closest = number_of(root.get("minScale", ""), 0.0), number_of(root.get("maxScale", ""), 0.0)
        style = replace(style, visible_from=0.0 if widest >= 1e8 else max(widest, 0.0), visible_to=max(closest, 0.0))
    labeling = root.find("labeling")
    if labeling is not None and root.get("labelsEnabled", "1") != "0":
        is_line = renderer.find("symbols/symbol[@type='line']") is not None
        style = replace(style, labels=_labels(labeling, reader, is_line=is_line))
    _note_others(root, reader)
    return QmlStyle(style, tuple(reader.missing))


def _note_others(root: Element, reader: SymbolReader) -> None:
    if number_of(root.findtext("layerOpacity") or "1", 1.0) != 1.0:
        reader.note(Phrase("the opacity of the layer"))
    if number_of(root.findtext("blendMode") or "0", 0.0) or number_of(root.findtext("featureBlendMode") or "0", 0.0):
        reader.note(Phrase("blending"))
    diagrams = root.find("SingleCategoryDiagramRenderer")
    if diagrams is not None and root.find("LinearlyInterpolatedDiagramRenderer") is not None:
        reader.note(Phrase("diagrams"))


def _renderer(renderer: Element, symbols: dict[str, Symbol], reader: SymbolReader) -> VectorStyle:
    kind = renderer.get("type", "")
    match kind:
        case "singleSymbol":
            return VectorStyle().with_symbol(next(iter(symbols.values()), Symbol()))
        case "categorizedSymbol":
            return _categorised(renderer, symbols, reader)
        case "graduatedSymbol":
            classes = tuple(
                StyleClass(
                    symbols.get(element.get("symbol", ""), Symbol()),
                    reader.text(element.get("label", "")),
                    lower=number_of(element.get("lower", ""), 0.0),
                    upper=number_of(element.get("upper", ""), 0.0),
                    shown=element.get("render", "true") != "false",
                )
                for element in renderer.findall("ranges/range")[:MOST_CLASSES]
            )
            column = _column(renderer.get("attr", ""), reader)
            return VectorStyle(mode="graduated", column=column, classes=classes, show_other=False)
        case "RuleRenderer":
            return _rules(renderer, symbols, reader)
        case "nullSymbol":
            return VectorStyle(mode="rules", show_other=False)
        case "pointCluster" | "pointDisplacement":
            inner = renderer.find("renderer-v2")
            if inner is not None:
                own = {element.get("name", ""): reader.symbol(element) for element in inner.findall("symbols/symbol")}
                style = _renderer(inner, own, reader)
                distance = number_of(renderer.get("tolerance", ""), 3.0) / MM_PX
                return replace(style, cluster_px=max(0.0, min(distance * 2, 120.0)))
    raise InvalidValue(
        "The QML style is of a kind that is not drawn here ({kind}).", kind=kind[:40] or Phrase("unnamed")
    )


def _categorised(renderer: Element, symbols: dict[str, Symbol], reader: SymbolReader) -> VectorStyle:
    classes, other, show_other = [], Symbol(), False
    for element in renderer.findall("categories/category")[:MOST_CLASSES]:
        symbol, shown = symbols.get(element.get("symbol", ""), Symbol()), element.get("render", "true") != "false"
        values = [value.get("value", "") for value in element.findall("val")] or [element.get("value", "")]
        if any(len(value) > LONGEST_TEXT for value in values):
            reader.note(Phrase("values of more than {most} characters", most=LONGEST_TEXT))
            continue
        if element.get("type") == "NULL" or (values == [""] and element.get("type", "string") == "string"):
            other, show_other = symbol, shown
            continue
        label = reader.text(element.get("label", ""))
        classes += [StyleClass(symbol, "" if label == value else label, value, shown=shown) for value in values]
    column = _column(renderer.get("attr", ""), reader)
    style = VectorStyle(mode="categorised", column=column, classes=tuple(classes), show_other=show_other)
    return style.with_symbol(other)


def _rules(renderer: Element, symbols: dict[str, Symbol], reader: SymbolReader) -> VectorStyle:
    classes, other, show_other = [], Symbol(), False
    for rule in renderer.findall("rules/rule")[:MOST_CLASSES]:
        symbol, shown = symbols.get(rule.get("symbol", ""), Symbol()), rule.get("checkstate", "1") != "0"
        text = rule.get("filter", "")
        if rule.findall("rule"):
            reader.note(Phrase("rules within rules"))
        if rule.get("scalemindenom") or rule.get("scalemaxdenom"):
            reader.note(Phrase("scales of single rules"))
        if text.upper() == "ELSE":
            other, show_other = symbol, shown
            continue
        try:
            check_rule(text)
        except InvalidValue:
            reader.note(Phrase("the rule {text}", text=text[:60]))
            continue
        classes.append(StyleClass(symbol, reader.text(rule.get("label", "")), rule=text, shown=shown))
    return VectorStyle(mode="rules", classes=tuple(classes), show_other=show_other).with_symbol(other)


def _column(attribute: str, reader: SymbolReader) -> str:
    """A column's name; an expression cannot be one."""
    if len(attribute) > LONGEST_TEXT:
        reader.note(Phrase("columns with very long names"))
        return ""
    name = attribute[1:-1] if re.fullmatch(r'"[^"]+"', attribute) else attribute
    if re.search(r"[()|+*/<>=]", name):
        reader.note(Phrase("classes of an expression"))
        return ""
    return name


def _labels(labeling: Element, reader: SymbolReader, *, is_line: bool) -> LabelStyle:
    settings, text = labeling.find("settings"), labeling.find("settings/text-style")
    if settings is None or text is None:
        reader.note(Phrase("labels by rules"))
        return LabelStyle()
    written = _label_text(text, reader)
    buffer, placement, rendering = text.find("text-buffer"), settings.find("placement"), settings.find("rendering")
    halo_color, halo_px = "", 0.0
    if buffer is not None and buffer.get("bufferDraw") == "1":
        unit = _LABEL_UNITS_PX.get(buffer.get("bufferSizeUnits", "MM"), 1 / MM_PX)
        halo_color = color_of(buffer.get("bufferColor", ""))
        halo_px = min(max(number_of(buffer.get("bufferSize", ""), 1.0) * unit / PEN_SIDES, 0.0), 20.0)
    size = number_of(text.get("fontSize", ""), 9.0) * _LABEL_UNITS_PX.get(text.get("fontSizeUnit", "Point"), 96 / 72)
    way = placement.get("placement", "") if placement is not None else ""
    limited = rendering is not None and rendering.get("scaleVisibility") == "1"
    callout = settings.find("callout")
    try:
        return LabelStyle(
            written,
            round(min(max(size, 4.0), 100.0), 2),
            color_of(text.get("textColor", "")) or "#000000",
            halo_color,
            round(halo_px, 2),
            int(number_of(text.get("fontWeight", ""), 50)) >= 63,
            text.get("fontItalic") == "1",
            "around" if way == "4" and is_line else _PLACEMENTS.get(way, "automatic"),
            leader=callout is not None and values_of(callout).get("enabled") == "1",
            visible_from=number_of(rendering.get("scaleMax", ""), 0.0) if limited and rendering is not None else 0.0,
        )
    except InvalidValue:
        reader.note(Phrase("labels"))
        return LabelStyle()


def _own_label(written: str) -> str:
    """The parts of an expression that `label_expression` made; empty for any other."""
    begins, separator, rest = written.partition(_IS_EMPTY)
    is_own = bool(separator) and begins.startswith("if(coalesce(") and rest.endswith(")")
    return rest[:-1] if is_own else ""


def _label_text(text: Element, reader: SymbolReader) -> str:
    written = text.get("fieldName", "")
    if len(written) > MAX_CHARS:
        reader.note(Phrase("a label made by an expression"))
        return ""
    if text.get("isExpression") != "1":
        return written if "{" not in written and "}" not in written else f"{{{written}}}"
    if len(written) > _LONGEST_LABEL:
        reader.note(Phrase("a label made by an expression"))
        return ""
    if match := re.fullmatch(r'\s*"((?:[^"]|"")+)"\s*', written):
        return match.group(1).replace('""', '"')
    own = _own_label(written)
    parts, at, end = [], 0, len(own)
    while at < end and (part := _PART.match(own, at)):
        if part["text"] is not None:
            parts.append(part["text"].replace("''", "'").replace("{", "{{").replace("}", "}}"))
        elif part["column"]:
            parts.append("{" + part["column"].replace('""', '"') + "}")
        else:
            parts.append("{" + part["number"].replace('""', '"') + f":.{part['digits']}f}}")
        at = part.end() + (len(_JOINS) if own.startswith(_JOINS, part.end()) else 0)
    if not own or at < end:
        reader.note(Phrase("a label made by an expression"))
        return ""
    return "".join(parts)
