"""JSON of rows as spoiled as a file may hold it, and the sound styles that it is made from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from random import Random
from typing import Any

from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch
from layers.vector.style.classes import StyleClass
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.symbol import Symbol

DEEP: Any = json.loads("[" * 300 + "]" * 300)
ODD: list[Any] = [
    None, True, False, -1, 0, 1, 3, 255, 1e308, -1e308, 10**400, -(10**400), 1e-320, 0.1, "", "x", "../../evil",
    "1e999", "\x00", "\ud800", "\udc80", "ß" * 5000,
    {"1" * 5000: "red"}, [], [1], [1e308], [-1], [[1e308, -1e308, 1]], [[0, 0]], [None], ["x"], {},
    {"a": 1}, DEEP,
]  # fmt: skip
NO_JSON: list[Any] = [math.nan, math.inf, -math.inf, [0] * 100_000]
"""Numbers that JSON has not and Python writes all the same, and more than anybody sends."""
SEED = 24


def spoiled(value: Any, odd_ones: list[Any] = ODD) -> Iterator[Any]:
    """The value with each of its parts, at any depth, replaced by each odd one, or left out."""
    yield from odd_ones
    if isinstance(value, dict):
        for key, part in value.items():
            yield {name: one for name, one in value.items() if name != key}
            for odd in spoiled(part, odd_ones):
                yield {**value, key: odd}
    elif isinstance(value, list) and value:
        for odd in spoiled(value[0], odd_ones):
            yield [odd, *value[1:]]


def hostile(sound: dict[str, Any], count: int) -> list[Any]:
    """The sound value with members that nobody knows, the sound value, and up to so many spoiled ones by seed."""
    strangers = {**sound, "not ours": DEEP, "": [math.nan], "é": {"a": 10**400}}
    others = list(spoiled(sound, ODD + NO_JSON))
    return [strangers, sound, *Random(SEED).sample(others, min(count, len(others)))]


STYLE = RasterStyle((1,), (Stretch(0, 1),), rule=StretchRule(), colormap="viridis", sharpen=0.5, saturation=0.2)
VECTOR = VectorStyle(
    mode="graduated",
    column="a",
    classes=(StyleClass(Symbol(dash=(1.0, 2.0)), lower=1, upper=2),),
    other=Symbol(),
    labels=LabelStyle(text="{a}"),
)
