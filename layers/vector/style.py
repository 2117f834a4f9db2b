"""How a vector layer looks. One symbol for all features; categories come with a later version of this value."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from layers.errors import InvalidValue
from layers.vector.table import VectorInfo

SYMBOLS = ("circle", "square", "triangle", "diamond", "cross", "star")
_COLORS = ("#e6550d", "#3182bd", "#31a354", "#756bb1", "#d6a300", "#dd1c77", "#17a2a2", "#8c564b")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
_KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "float": (int, float), "tuple[float, ...]": (list, tuple)}


@dataclass(frozen=True, slots=True)
class VectorStyle:
    """Colours are "#rrggbb" or "#aarrggbb"; an empty `fill_color` fills nothing. Sizes in pixels of the screen.

    `dash` is drawn and left lengths in turn, in stroke widths; empty: a whole line.
    """

    stroke_color: str = "#e6550d"
    stroke_width_px: float = 1.4
    fill_color: str = ""
    dash: tuple[float, ...] = ()
    symbol: str = "circle"
    size_px: float = 7.0
    label_field: str = ""

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.stroke_color) or (self.fill_color and not _COLOR.fullmatch(self.fill_color)):
            raise InvalidValue("A colour is written as #rrggbb or #aarrggbb.")
        if not (0 <= self.stroke_width_px <= 100 and 0 < self.size_px <= 200):
            raise InvalidValue("A line is 0 to 100 pixels wide, a symbol up to 200 pixels large.")
        if len(self.dash) % 2 or any(not 0 < part <= 1000 for part in self.dash):
            raise InvalidValue("A dash pattern is pairs of lengths above 0: drawn, left out.")
        if self.symbol not in SYMBOLS:
            raise InvalidValue(f"A symbol is one of {', '.join(SYMBOLS)}.")

    @classmethod
    def default(cls, info: VectorInfo, seed: int = 0) -> Self:
        """By the kind of geometry; `seed` picks the colour, so that layers differ."""
        color = _COLORS[seed % len(_COLORS)]
        faint = f"#40{color[1:]}"
        if "Point" in info.geometry:
            return cls("#ffffff", 1.0, color)
        return cls(color, 1.6) if "Line" in info.geometry else cls(color, 1.2, faint)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return asdict(self) | {"dash": list(self.dash)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises InvalidValue where a value does not fit; unknown keys are left out."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            if field.name in data:
                value = data[field.name]
                if not isinstance(value, _KINDS[str(field.type)]) or isinstance(value, bool):
                    raise InvalidValue(f"The style's {field.name} is not of the right kind.")
                values[field.name] = _floats(value) if field.name == "dash" else value
        return cls(**values)


def _floats(values: Any) -> tuple[float, ...]:
    try:
        return tuple(float(value) for value in values)
    except (TypeError, ValueError) as error:
        raise InvalidValue("A dash pattern is pairs of lengths above 0: drawn, left out.") from error
