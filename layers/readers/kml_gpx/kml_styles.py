"""Turns the styles of a KML file into one of ours: a single symbol, or a class for each symbol of its placemarks."""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

from layers.readers.kml_gpx.kml_shapes import color_of, hrefs, simple_style
from layers.vector.style.markers import SHAPES, facility_of

COLUMN = "style"
"""The column with the class of each row."""
MOST_CLASSES = 40
FACILITY_PX = 19.0
_MOST_USES = 5000
_MOST_STYLES = 50_000
_PINS = {
    "ylw": "#ffd500",
    "red": "#e3242b",
    "blue": "#2a52be",
    "ltblu": "#5bc8f5",
    "grn": "#2ea02e",
    "pink": "#f78fb3",
    "purple": "#8e44ad",
    "wht": "#ffffff",
    "orange": "#f28c28",
}
"""Google's own pictures say their colour in their names; no picture is ever fetched."""


class KmlStyles:
    """Collects the styles of a file, and those that its placemarks name or hold; both in any order."""

    def __init__(self) -> None:
        self._shared: dict[str, dict[str, Any]] = {}
        self._pairs: dict[str, str] = {}
        self._uses: dict[tuple[str, str], int] = {}
        self._of_row: list[int] = []

    def take(self, element: Element) -> None:
        """A Style or a StyleMap that has a name."""
        key = "#" + element.get("id", "")
        if len(self._shared) + len(self._pairs) >= _MOST_STYLES:
            return
        if element.tag == "Style":
            self._shared[key] = style_symbol(element)
            return
        for pair in element.iter("Pair"):
            if (pair.findtext("key") or "").strip() == "normal":
                self._pairs[key] = (pair.findtext("styleUrl") or "").strip()
                if (own := pair.find("Style")) is not None:
                    self._shared[key] = style_symbol(own)

    def use(self, url: str | None, own: Element | None) -> None:
        """The next row: the style it names and the one it holds itself."""
        use = (url or "").strip()[:500], "" if own is None else json.dumps(style_symbol(own), sort_keys=True)
        number = (
            self._uses.setdefault(use, len(self._uses)) if len(self._uses) < _MOST_USES else self._uses.get(use, -1)
        )
        self._of_row.append(number)

    def none(self) -> None:
        """The next row is no placemark."""
        self._of_row.append(-1)

    def style(self, wkb: list[bytes | None], can_label: bool) -> tuple[dict[str, Any], list[str | None] | None]:
        """A `VectorStyle` in JSON ({}: the file says nothing), and the class of each row where there are several."""
        counts, points = Counter(self._of_row), Counter[int]()
        for number, blob in zip(self._of_row, wkb, strict=True):
            points[number] += blob is not None and blob[1] in (1, 4)
        symbols: dict[str, tuple[str, dict[str, Any]]] = {}
        weight, written = Counter[str](), Counter[str]()
        key_of: dict[int, str] = {}
        for (url, own), number in self._uses.items():
            known = self._shared.get(url) or self._shared.get(self._pairs.get(url, ""), {})
            symbol = _shown(known | (json.loads(own) if own else {}), points[number] == counts[number])
            if label := symbol.pop("labels", None):
                written[json.dumps(label)] += counts[number]
            key_of[number] = key = json.dumps(symbol, sort_keys=True)
            if key not in symbols:
                symbols[key] = _name(url, bool(own), {name for name, _ in symbols.values()}), symbol
            weight[key] += counts[number]
        labels = {"labels": json.loads(written.most_common(1)[0][0])} if written and can_label else {}
        ordered = [symbols[key] for key, _ in weight.most_common()]
        if len(ordered) <= 1 or not any(symbol for _, symbol in ordered):
            return {**(ordered[0][1] if ordered else {}), **labels}, None
        classes = [{"value": name, "look": symbol} for name, symbol in ordered[:MOST_CLASSES]]
        column = [symbols[key_of[number]][0] if number in key_of else None for number in self._of_row]
        has_others = None in column or len(ordered) > MOST_CLASSES
        made = {"mode": "categorised", "column": COLUMN, "classes": classes, "show_other": has_others}
        return made | labels, column


def style_symbol(element: Element) -> dict[str, Any]:
    """Read a symbol: what `simple_style` reads, the sign and colour that the icon's name implies, and the labels."""
    symbol = simple_style(element)
    icon, label = element.find("IconStyle"), element.find("LabelStyle")
    address = next(iter(hrefs(icon)), "") if icon is not None else ""
    stem = posixpath.splitext(posixpath.basename(address.partition("?")[0]))[0].lower()
    if (color := _PINS.get(stem.partition("-")[0])) and "icon_color" not in symbol:
        symbol["icon_color"] = color
    if sign := next((shape for shape in SHAPES if shape in stem), ""):
        symbol["symbol"] = sign
    elif sign := facility_of(stem):
        symbol |= {"symbol": sign, "size_px": FACILITY_PX}
    if label is not None:
        symbol["labels"] = _labels(label)
    return symbol


def _labels(label: Element) -> dict[str, Any] | None:
    """Read the style of labels; None where they are hidden."""
    color = color_of(label)
    try:
        scale = float(label.findtext("scale") or 1)
    except ValueError:
        scale = 1.0
    if not scale > 0:
        return None
    style: dict[str, Any] = {"text": "name", "size_px": min(max(12.0 * scale, 8.0), 40.0)}
    return style | ({"color": color} if color else {})


def _shown(symbol: dict[str, Any], only_points: bool) -> dict[str, Any]:
    """Translate a symbol into our style: points get the colour of their icon, all else that of lines and areas."""
    style = dict(symbol)
    icon = style.pop("icon_color", "")
    if icon and (only_points or not style.keys() & {"stroke_color", "fill_color"}):
        style |= {"fill_color": icon, "stroke_color": "#ffffff", "stroke_width_px": 1.0}
    return style


def _name(url: str, is_own: bool, in_use: set[str]) -> str:
    """The name of a style as its file gives it; numbered where it has none, or one that is taken."""
    plain = " ".join(url.rpartition("#")[2].split())[:80] or ("own style" if is_own else "no style")
    name, number = plain, 1
    while name in in_use:
        number += 1
        name = f"{plain} ({number})"
    return name
