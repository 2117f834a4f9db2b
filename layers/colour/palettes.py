"""Named palettes of colours for classes, in any number, that people with any colour vision tell apart."""

from __future__ import annotations

import zlib

from layers.colour.ramps import RAMPS

QUALITATIVE: dict[str, tuple[str, ...]] = {
    "okabe-ito": ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#8a8a8a"),
    "bright": ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb"),
    "muted": (
        "#cc6677", "#332288", "#ddcc77", "#117733", "#88ccee", "#882255", "#44aa99", "#999933", "#aa4499",
    ),
    "light": (
        "#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00", "#dddddd",
    ),
}  # fmt: skip
"""Okabe and Ito (2008); Paul Tol's bright, muted and light schemes."""

SEQUENTIAL = {name: RAMPS[name] for name in ("viridis", "cividis", "iridescent", "yellow to brown", "blues")}
DIVERGING = {name: RAMPS[name] for name in ("sunset", "blue to red")}
CLASS_RAMPS = SEQUENTIAL | DIVERGING
"""The ramps that are offered for classes."""
PALETTES = QUALITATIVE | CLASS_RAMPS
LAYER_COLORS = ("#e6550d", "#3182bd", "#31a354", "#756bb1", "#d6a300", "#dd1c77", "#17a2a2", "#8c564b")
"""Default colours of layers without a style."""
OTHER_COLOR = "#9aa5ad"
"""Colour of features in no class."""


def layer_seed(uuid: str) -> int:
    """A layer's default colour, as an index into `LAYER_COLORS`; the same on every computer and for ever."""
    return zlib.crc32(uuid.encode()) % len(LAYER_COLORS)


def palette_colors(name: str, count: int) -> list[str]:
    """Return `count` colours of a palette: the first of a qualitative one, evenly spaced ones of a ramp.

    A qualitative palette that is used up begins again a third darker, then a third lighter: colours alone do not tell
    so many classes apart. An unknown name gives the first palette.
    """
    if name in CLASS_RAMPS:
        stops = CLASS_RAMPS[name]
        if count == 1:
            return [stops[(len(stops) * 2) // 3]]
        return [_between(stops, i / (count - 1)) for i in range(count)]
    own = QUALITATIVE.get(name, QUALITATIVE["okabe-ito"])
    return [_varied(own[i % len(own)], i // len(own)) for i in range(count)]


def mixed(color: str, other: str, share: float) -> str:
    """`share` of the way from one #rrggbb to another."""
    parts = [round(a + (b - a) * share) for a, b in zip(_rgb(color), _rgb(other), strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*parts)


def with_alpha(color: str, alpha: int) -> str:
    """#aarrggbb of the same colour."""
    return f"#{alpha:02x}{color[-6:]}"


def luminance(color: str) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2); its alpha is ignored."""
    parts = [part / 255 for part in _rgb(color)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, other: str) -> float:
    """WCAG 2 contrast ratio of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((luminance(color), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _between(stops: tuple[str, ...], share: float) -> str:
    place = share * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    return mixed(stops[index], stops[index + 1], place - index)


def _varied(color: str, rounds: int) -> str:
    return color if not rounds else mixed(color, "#000000" if rounds % 2 else "#ffffff", min(0.9, 0.28 + 0.07 * rounds))


def _rgb(color: str) -> tuple[int, int, int]:
    digits = color[-6:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
