"""The style of a vector layer: one symbol for all features or one a class; labels; what changes with the scale."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, Self

import numpy as np
from msgspec import field
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from layers.colour.palettes import LAYER_COLORS, with_alpha
from layers.decoding import decoded, encoded
from layers.errors import InvalidValue
from layers.formula.budget import Budget
from layers.vector.columns import Attributes
from layers.vector.style.classes import MODES, MOST_CLASSES, StyleClass, class_of_each
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.rules import check_rule, rule_columns
from layers.vector.style.symbol import Symbol, style_fault
from layers.vector.table import VectorInfo

VARIED = ("color", "size")
type ClassKey = tuple[str, str, tuple[tuple[str, float, float, str], ...]]


class VectorStyle(Symbol, frozen=True):
    """The style of a layer. Its own symbol is that of all features without classes, and the basis of those of classes.

    Scales are denominators n of 1 : n.
    """

    mode: str = "single"
    column: str = ""
    """Name of the column whose values make the classes."""
    palette: str = "okabe-ito"
    method: str = "natural breaks"
    class_count: int = 5
    vary: str = "color"
    """The property that differs between graduated classes: color or size."""
    show_other: bool = True
    """False: features in no class are left out."""
    visible_from: float = 0.0
    """Smallest scale, as the denominator of 1 : n, at which the layer is drawn (a wide view); 0: no limit."""
    visible_to: float = 0.0
    """Largest scale, as the denominator of 1 : n, at which the layer is drawn (a close view); 0: no limit."""
    full_size_at: float = 0.0
    """Scale, as the denominator of 1 : n, below which signs and lines shrink, to a third at most; 0: they keep their
    size.
    """
    geometry: str = ""
    """OGC name of the geometry that it was made for, for export to other programs; empty: not known."""
    cluster_px: float = 0.0
    """Distance in pixels below which points become one sign with their number; 0: none do."""
    classes: tuple[StyleClass, ...] = ()
    other: Symbol | None = None
    """Symbol of features in no class; None: its own symbol."""
    labels: LabelStyle = field(default_factory=LabelStyle)

    def __post_init__(self) -> None:
        Symbol.__post_init__(self)
        if self.mode not in MODES:
            raise InvalidValue("A style is one of {modes}.", modes=", ".join(MODES))
        if len(self.classes) > MOST_CLASSES:
            raise InvalidValue("A style has at most {most_classes} classes.", most_classes=MOST_CLASSES)
        for scale in (self.visible_from, self.visible_to, self.full_size_at):
            if not (math.isfinite(scale) and scale >= 0):
                raise InvalidValue("A scale is a number above 0.")
        if self.vary not in VARIED:
            raise InvalidValue("Classes differ by {varied}.", varied=" or ".join(VARIED))
        if not 0 <= self.cluster_px <= 500:
            raise InvalidValue("Points up to 500 pixels apart can be drawn as one.")
        if not 1 <= self.class_count <= MOST_CLASSES:
            raise InvalidValue("A style has 1 to {most_classes} classes.", most_classes=MOST_CLASSES)

    @classmethod
    def default(cls, info: VectorInfo, seed: int = 0) -> Self:
        """Return the default style for a kind of geometry; `seed` picks the colour, so that layers differ."""
        color = LAYER_COLORS[seed % len(LAYER_COLORS)]
        if "Point" in info.geometry:
            return cls("#ffffff", 1.0, color)
        return cls(color, 1.6) if "Line" in info.geometry else cls(color, 1.2, with_alpha(color, 0x40))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its classes need; those of labels are `labels.columns`."""
        if self.mode == "rules":
            return tuple(dict.fromkeys(name for style_class in self.classes for name in rule_columns(style_class.rule)))
        return (self.column,) if self.mode != "single" and self.classes and self.column else ()

    @property
    def class_key(self) -> ClassKey:
        """Equal for styles that put features into the same classes."""
        if self.mode == "single":
            return "single", "", ()
        return (
            self.mode,
            self.column,
            tuple(
                (style_class.value, style_class.lower, style_class.upper, style_class.rule)
                for style_class in self.classes
            ),
        )

    @property
    def own_symbol(self) -> Symbol:
        """Symbol of all features, where there are no classes."""
        return Symbol(*(getattr(self, name) for name in Symbol.__struct_fields__))

    @property
    def other_symbol(self) -> Symbol:
        """Symbol of features in no class."""
        return self.other or self.own_symbol

    @property
    def symbols(self) -> tuple[Symbol | None, ...]:
        """Symbols by class, then that of features in no class; None for features that are not drawn."""
        if self.mode == "single":
            return (self.own_symbol,)
        own = [style_class.symbol if style_class.shown else None for style_class in self.classes]
        return (*own, self.other_symbol if self.show_other else None)

    def check_rules(self) -> None:
        """Raises InvalidValue for a class whose rule cannot be understood."""
        if self.mode == "rules":
            for style_class in self.classes:
                check_rule(style_class.rule)

    def missing_in(self, columns: Collection[str]) -> str:
        """A column of classes or labels that is missing among these; empty where all are there.

        Rules find their columns by themselves, in any case of letters.
        """
        needed = () if self.mode == "rules" else self.columns
        wanted = (*needed, *self.labels.columns)
        return next((name for name in wanted if name not in columns), "")

    def with_symbol(self, symbol: Symbol, index: int = -1) -> Self:
        """Return the style with this symbol for the class at `index`; with index -1 for features in no class, or for
        all where there are no classes.
        """
        if index < 0 and self.mode == "single":
            return replace(self, **asdict(symbol))
        if index < 0:
            return replace(self, other=symbol)
        return self.with_class(index, replace(self.classes[index], symbol=symbol))

    def with_class(self, index: int, style_class: StyleClass) -> Self:
        return replace(self, classes=(*self.classes[:index], style_class, *self.classes[index + 1 :]))

    def is_shown_at(self, scale: float) -> bool:
        """True where anything is drawn on a map of 1 : `scale`."""
        return not (0 < self.visible_from < scale or scale < self.visible_to)

    def size_factor(self, scale: float) -> float:
        """Factor for the size of signs and lines on a map of 1 : `scale`, in steps, so that pictures can be kept."""
        if not 0 < self.full_size_at < scale:
            return 1.0
        steps = round(2.0 * math.log2(min(scale / self.full_size_at, 1024.0)))
        return max(1 / 3, 2.0 ** (-steps / 4))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        data: dict[str, Any] = encoded(self)
        unsaid = {"classes": not self.classes, "other": self.other is None, "labels": self.labels == LabelStyle()}
        return {name: value for name, value in data.items() if not unsaid.get(name)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Decode a style. Raises InvalidValue where a value does not fit; unknown keys are left out. Older styles are
        understood.
        """
        if "labels" not in data and data.get("label_field"):
            data = {**data, "labels": {"text": data["label_field"]}}
        return decoded({**data, "other": data.get("other") or None}, cls, style_fault)


def classify(
    style: VectorStyle, attributes: Attributes, budget: Budget | None = None
) -> tuple[NDArray[np.uint16], tuple[Symbol | None, ...]]:
    """The class of each feature and the symbols of the classes, last the one of features in no class.

    A symbol that is None is not drawn. Raises InvalidValue for a rule that cannot be understood, and where the classes
    take more work than the `budget` allows.
    """
    if style.mode == "single":
        return np.zeros(len(attributes), dtype=np.uint16), style.symbols
    return class_of_each(style.mode, style.column, style.classes, attributes, budget or Budget()), style.symbols
