"""Measured values in words, with their error and in a chosen unit: "1.234 ± 0.014 km", "45.3 ± 0.4°"."""

from __future__ import annotations

import math
from collections.abc import Mapping

LENGTH, AREA, ANGLE = "length", "area", "angle"
"""Dimensions of measured values, which are kept in metres, square metres and degrees."""
FACTORS: Mapping[str, Mapping[str, float]] = {
    LENGTH: {"m": 1.0, "km": 1000.0, "nmi": 1852.0, "ft": 0.3048},
    AREA: {"m2": 1.0, "ha": 10_000.0, "km2": 1_000_000.0},
    ANGLE: {"deg": 1.0},
}
"""Units that may be chosen for each dimension, and the amount of each in the unit that values are kept in."""
_SIGNS = {"m2": "m²", "km2": "km²", "deg": "°"}
_MOST_DECIMALS = 9
_DIGITS = 4
"""Significant digits of a value whose error is not known."""


def unit_sign(unit: str) -> str:
    """The sign of a unit as people write it."""
    return _SIGNS.get(unit, unit)


def unit_for(dimension: str, value: float, wanted: str = "") -> str:
    """The unit wanted, where it is one of this dimension; else the one in which the value is easiest to read."""
    if wanted in FACTORS[dimension]:
        return wanted
    if dimension == LENGTH:
        return "m" if abs(value) < 1000.0 else "km"
    if dimension == AREA:
        return "m2" if value < 10_000.0 else "ha" if value < 1_000_000.0 else "km2"
    return "deg"


def value_text(dimension: str, value: float, error: float | None = None, unit: str = "") -> str:
    """A value in its unit, with no more digits than its error allows; without an error in four digits."""
    unit = unit_for(dimension, value, unit)
    number, margin = number_texts(dimension, value, error, unit)
    sign = unit_sign(unit)
    return f"{f'{number} ± {margin}' if margin else number}{'' if sign == '°' else ' '}{sign}"


def rounded_text(dimension: str, value: float, error: float | None, unit: str = "") -> str:
    """A value with no more digits than its error allows; the error is not stated."""
    unit = unit_for(dimension, value, unit)
    number, sign = number_texts(dimension, value, error, unit)[0], unit_sign(unit)
    return f"{number}{'' if sign == '°' else ' '}{sign}"


def number_texts(dimension: str, value: float, error: float | None, unit: str) -> tuple[str, str]:
    """The value and its error in this unit, as digits alone, with equal decimals; the error is empty where it is not
    known.
    """
    factor = FACTORS[dimension][unit]
    shown = value / factor
    if error is None or not (math.isfinite(error) and error > 0):
        return _plain(shown), ""
    margin = error / factor
    decimals = min(1 - math.floor(math.log10(margin)), _MOST_DECIMALS)
    # 0.96 may become 1.0: that is two digits, too.
    margin = round(margin, decimals)
    shown = round(shown, decimals)
    places = max(decimals, 0)
    return f"{shown:.{places}f}", f"{margin:.{places}f}"


def _plain(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.{_DIGITS}g}"
