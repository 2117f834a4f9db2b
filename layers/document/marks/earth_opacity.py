"""The opacity of lines and areas that came from Google Earth, which no column of a site holds."""

from __future__ import annotations

from functools import lru_cache

from layers.document.json_fields import json_object
from layers.errors import InvalidValue
from layers.phrase import Phrase

EARTH, OPACITY = "earth", "opacity"
"""Keys in `Site.props_json`: what Google Earth states besides, and the two numbers in it."""
OPAQUE = 0.996
"""Opacity from which nothing can be seen through an area: one of 255 steps less than all."""


def earth_opacity(props_json: str) -> tuple[float, float] | None:
    """The opacity of outline and fill, from 0 to 1, that a file stated of a mark; None for any other mark."""
    return _opacity_in(props_json) if f'"{OPACITY}"' in props_json else None


@lru_cache(maxsize=4096)
def _opacity_in(props_json: str) -> tuple[float, float] | None:
    try:
        kept = json_object(props_json, Phrase("It")).get(EARTH)
    except InvalidValue:
        return None
    pair = kept.get(OPACITY) if isinstance(kept, dict) else None
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    stroke, fill = (float(value) if isinstance(value, int | float) and 0 <= value <= 1 else 1.0 for value in pair)
    return stroke, fill
