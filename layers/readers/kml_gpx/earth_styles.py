"""Styles of a KML file with their shared parts put in, for each of its elements."""

from __future__ import annotations

import math
from typing import Any
from xml.etree.ElementTree import Element

from layers.readers.kml_gpx.kml_shapes import hrefs
from layers.readers.kml_gpx.kml_styles import style_symbol
from layers.requests.earth_file import EarthStyle

_MOST_STYLES = 50_000
_MOST_STEPS = 8
"""Most style maps that lead from one to the next; more are a circle."""
_LONGEST_ADDRESS = 500


class EarthStyles:
    """Collects the shared styles of a file, in any order; `style_of` is asked once all are there."""

    def __init__(self) -> None:
        self._shared: dict[str, dict[str, Any]] = {}
        self._normal: dict[str, str] = {}
        self.highlights = 0
        """Number of style maps with another look under the pointer."""
        self.balloons = 0
        """Number of styles that lay out the balloon of their placemarks."""
        self.others = 0
        """Number of styles that say how names, lists or turned icons look."""

    def take(self, element: Element) -> None:
        """Take a shared Style or StyleMap."""
        key = "#" + element.get("id", "")
        if len(self._shared) + len(self._normal) >= _MOST_STYLES:
            return
        if element.tag == "Style":
            self._shared[key] = self._counted(element)
            return
        for pair in element.iter("Pair"):
            own, url = pair.find("Style"), (pair.findtext("styleUrl") or "").strip()
            if (pair.findtext("key") or "").strip() != "normal":
                self.highlights += 1
                continue
            self._normal[key] = url
            if own is not None:
                self._shared[key] = self._counted(own)

    def _counted(self, style: Element) -> dict[str, Any]:
        """Statements of a shared style; those that no site can have are counted."""
        self.balloons += style.find("BalloonStyle") is not None
        self.others += says_more(style)
        return _parts_of(style)

    def style_of(self, url: str, own: Element | None) -> tuple[EarthStyle, bool]:
        """The style that an element names and the one it holds itself, and whether the named one lies elsewhere."""
        parts: dict[str, Any] = {}
        wanted, is_elsewhere = url.strip(), False
        for _ in range(_MOST_STEPS):
            if not wanted:
                break
            key = wanted if wanted.startswith("#") else f"#{wanted}"
            is_elsewhere = key not in self._shared and key not in self._normal
            parts = self._shared.get(key, {}) | parts
            wanted = self._normal.get(key, "")
        return _style(parts | ({} if own is None else _parts_of(own))), is_elsewhere


def says_more(style: Element) -> bool:
    """True for a style that says how names, lists or turned icons look."""
    turned = _number(style.findtext("IconStyle/heading"))
    return bool(turned) or any(style.find(part) is not None for part in ("LabelStyle", "ListStyle"))


def _parts_of(element: Element) -> dict[str, Any]:
    """Statements of a Style, by names of ours."""
    parts = style_symbol(element)
    icon = element.find("IconStyle")
    if icon is not None:
        parts["icon"] = next(iter(hrefs(icon)), "")[:_LONGEST_ADDRESS]
        parts["icon_scale"] = _number(icon.findtext("scale"))
        if (spot := icon.find("hotSpot")) is not None:
            parts["hot_spot"] = tuple(spot.get(name, "")[:20] for name in ("x", "y", "xunits", "yunits"))
    return {name: value for name, value in parts.items() if value is not None}


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _style(parts: dict[str, Any]) -> EarthStyle:
    stroke, stroke_opacity = _colour(parts.get("stroke_color", ""))
    fill, fill_opacity = _colour(parts.get("fill_color", ""))
    if parts.get("fill_color") == "":  # stated to have none
        fill_opacity = 0.0
    return EarthStyle(
        icon=parts.get("icon", ""),
        icon_color=_colour(parts.get("icon_color", ""))[0],
        icon_scale=parts.get("icon_scale"),
        hot_spot=parts.get("hot_spot", ()),
        stroke_color=stroke,
        stroke_width_px=parts.get("stroke_width_px"),
        fill_color=fill,
        stroke_opacity=stroke_opacity,
        fill_opacity=fill_opacity,
    )


def _colour(text: str) -> tuple[str, float]:
    """A colour as #rrggbb, and its opacity from 0 to 1."""
    if len(text) == 9:
        return f"#{text[3:]}", round(int(text[1:3], 16) / 255, 3)
    return text, 1.0
