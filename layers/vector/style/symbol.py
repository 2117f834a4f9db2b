"""The symbol of one feature: the colours, strokes and marker an analyst chose, before any scale is known."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from layers.errors import InvalidValue
from layers.vector.style.markers import MARKERS

ARROWS = ("none", "end", "both", "along")
_STORED_AS = {"marker": "symbol", "layout": "placement"}
"""Fields whose values files keep under another name."""
_COLOR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
_KINDS: dict[Any, tuple[type, ...]] = {
    str: (str,),
    float: (int, float),
    int: (int,),
    bool: (bool,),
    tuple[float, ...]: (list, tuple),
}


class Symbol(Struct, frozen=True):
    """Colours are "#rrggbb" or "#aarrggbb"; an empty `fill_color` fills nothing. Sizes in pixels of the screen.

    `dash` is drawn and left lengths in turn, in stroke widths; empty: a whole line.
    """

    stroke_color: str = "#e6550d"
    stroke_width_px: float = 1.4
    fill_color: str = ""
    dash: tuple[float, ...] = ()
    marker: str = "circle"
    size_px: float = 7.0
    casing_color: str = ""
    """A stroke below a line that sets it off from imagery; empty: none."""
    casing_width_px: float = 1.4
    """Width of it that shows on either side."""
    ground_color: str = ""
    """A whole stroke below a dashed one (railways); empty: none."""
    arrow: str = "none"
    """Arrowheads of a line: none, end, both, along."""

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.stroke_color):
            raise InvalidValue("A colour is written as #rrggbb or #aarrggbb.")
        for color in (self.fill_color, self.casing_color, self.ground_color):
            if color and not _COLOR.fullmatch(color):
                raise InvalidValue("A colour is written as #rrggbb or #aarrggbb.")
        if not (0 <= self.stroke_width_px <= 100 and 0 < self.size_px <= 200 and 0 <= self.casing_width_px <= 50):
            raise InvalidValue("A line is 0 to 100 pixels wide, a symbol up to 200 pixels large.")
        if len(self.dash) % 2 or any(not 0 < part <= 1000 for part in self.dash):
            raise InvalidValue("A dash pattern is pairs of lengths above 0: drawn, left out.")
        if self.marker not in MARKERS:
            raise InvalidValue("A marker is one of {markers}.", markers=", ".join(MARKERS))
        if self.arrow not in ARROWS:
            raise InvalidValue("Arrowheads are one of {arrows}.", arrows=", ".join(ARROWS))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return plain_values(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises InvalidValue where a value does not fit; unknown keys are left out."""
        return cls(**known_values(cls, data))


def plain_values(value: Struct) -> dict[str, Any]:
    """The fields of a Struct whose values are plain, by the names that files have for them; tuples become lists."""
    found = {_key(field): getattr(value, field.name) for field in _fields(type(value)) if field.type in _KINDS}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in found.items()}


def known_values(cls: type[Struct], data: Any) -> dict[str, Any]:
    """Values for the plain fields of a Struct from `data`, each of its kind; other entries are left out.

    Raises InvalidValue.
    """
    if not isinstance(data, dict):
        raise InvalidValue("A part of the style is no JSON object.")
    values: dict[str, Any] = {}
    for field in _fields(cls):
        kinds = _KINDS.get(field.type)
        key = _key(field)
        if kinds is None or key not in data:
            continue
        value = data[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise InvalidValue("The style's {key} is not of the right kind.", key=key)
        if isinstance(value, list | tuple):
            value = _floats(value)
        elif field.type is float and isinstance(value, int | float):
            value = _float(value, key)
        values[field.name] = value
    return values


_fields = cache(fields)


def _key(field: FieldInfo) -> str:
    return _STORED_AS.get(field.name, field.name)


def _float(value: int | float, name: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise InvalidValue("The style's {name} is too large.", name=name) from None


def _floats(values: Any) -> tuple[float, ...]:
    try:
        return tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValue("A dash pattern is pairs of lengths above 0: drawn, left out.") from error
