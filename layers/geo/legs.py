"""Lengths, bearings, legs and factors as people write them: "120 m", "1.2 km", "45°", "120 m 45", "120 %"."""

from __future__ import annotations

import math
import re

from layers.errors import InvalidValue
from layers.geo.measure import HALF_ROUND_M

_METRES = {
    "": 1.0,
    "m": 1.0,
    "km": 1000.0,
    "cm": 0.01,
    "ft": 0.3048,
    "mi": 1609.344,
    "nm": 1852.0,
    "nmi": 1852.0,
}
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*([A-Za-z]*)\s*")
_BEARING = re.compile(rf"\s*({_NUMBER})\s*(?:°|deg)?\s*")
_FACTOR = re.compile(rf"\s*({_NUMBER})\s*(%?)\s*")
_LEG = re.compile(rf"\s*({_NUMBER}\s*(?:[A-Za-z]+)?)[\s,;/@]+({_NUMBER}\s*(?:°|deg)?)\s*")
_LONGEST = 100


def metres_per(unit: str) -> float | None:
    """The metres of a unit of length; None for any other word."""
    return _METRES.get(unit.strip().lower()) if unit.strip() else None


def length_of(text: str, typed: str = "") -> float:
    """Metres, from 0 to half round the Earth. Raises InvalidValue, which names what was `typed`."""
    typed = (typed or text)[:_LONGEST]
    match = _LENGTH.fullmatch(text[:_LONGEST])
    unit = match[2].lower() if match else "?"
    if match is None or unit not in _METRES:
        raise InvalidValue("“{typed}” is no length: write 120, 120 m, 1.2 km, 400 ft, 3 mi or 2 nmi.", typed=typed)
    metres = _number(match[1]) * _METRES[unit]
    if not 0.0 <= metres <= HALF_ROUND_M:
        raise InvalidValue("“{typed}” is no length on the Earth: from 0 to 20 000 km.", typed=typed)
    return metres


def bearing_of(text: str) -> float:
    """Degrees from 0 to 360, clockwise from true north. Raises InvalidValue."""
    match = _BEARING.fullmatch(text[:_LONGEST])
    degrees = _number(match[1]) if match else math.nan
    if not -360.0 <= degrees <= 360.0:
        raise InvalidValue(
            "“{text}” is no bearing: write degrees from true north, as 45 or 312.5.", text=text[:_LONGEST]
        )
    return degrees % 360.0


def factor_of(text: str) -> float:
    """A factor, given as such or in percent: "1.2", "120 %". Raises InvalidValue."""
    match = _FACTOR.fullmatch(text[:_LONGEST])
    factor = _number(match[1]) / (100.0 if match[2] else 1.0) if match else math.nan
    if not (math.isfinite(factor) and factor > 0.0):
        raise InvalidValue("“{text}” is no factor: write 1.2, or 120 %.", text=text[:_LONGEST])
    return factor


def leg_of(text: str) -> tuple[float, float]:
    """(metres, degrees) of a length and a bearing, in this order. Raises InvalidValue."""
    match = _LEG.fullmatch(text[:_LONGEST])
    if match is None:
        raise InvalidValue("“{text}” is no length with a bearing: write 120 m 45.", text=text[:_LONGEST])
    return length_of(match[1]), bearing_of(match[2])


def _number(text: str) -> float:
    return float(text.replace(",", "."))
