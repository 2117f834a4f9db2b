"""Steps in round numbers between the lines of a graticule, and the words on its lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from layers.geo.longitudes import normalise_lon
from layers.text.counted import grouped

_DEGREES = (90.0, 45.0, 30.0, 20.0, 10.0, 5.0, 2.0, 1.0)
_SEXAGESIMAL = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0)
DD_STEPS = (*_DEGREES, *(digit / 10**power for power in range(1, 8) for digit in (5, 2, 1)))
DMS_STEPS = (
    *_DEGREES,
    *(minutes / 60 for minutes in _SEXAGESIMAL),
    *(seconds / 3600 for seconds in _SEXAGESIMAL),
    *(digit / 10**power / 3600 for power in range(1, 5) for digit in (5, 2, 1)),
)
METRE_STEPS = (1e5, *(digit * 10.0**power for power in range(4, -2, -1) for digit in (5, 2, 1)))
SQUARE_M = 100_000.0
MOST_STEP_M = 1.5 * SQUARE_M
"""Greatest distance between lines; where more would be needed, only zones are drawn."""


def step_of(steps: Sequence[float], least: float) -> float:
    """The finest of the steps, which go down, that is not below `least`; the widest where none is."""
    fit = [step for step in steps if step >= least * (1 - 1e-9)]
    return fit[-1] if fit else steps[0]


def multiples(step: float, low: float, high: float, most: int) -> list[int]:
    """The whole numbers n for which n * step lies within low..high; none where these are more than `most`."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return list(range(first, last + 1)) if 0 <= last - first < most else []


def power_of_two(n: int) -> int:
    """The highest power of two that divides it, at most the sixth, which 0 has."""
    return 6 if n == 0 else min((n & -n).bit_length() - 1, 6)


def degrees_text(value: float, step: float, letters: str) -> str:
    """`128.25° E` with as many decimals as the step has; the equator, and the meridians 0 and 180, have no letter."""
    decimals = next((n for n in range(10) if abs(step * 10**n - round(step * 10**n)) < 1e-6), 9)
    number = f"{abs(_home(value, letters)):.{decimals}f}"
    return f"{number}°{_letter(value, letters)}"


def dms_text(value: float, step: float, letters: str) -> str:
    """`128°15' E`: minutes where the step is below a degree, seconds where it is below a minute."""
    home = abs(_home(value, letters))
    letter = _letter(value, letters)
    if step >= 1 - 1e-9:
        return f"{home:.0f}°{letter}"
    if step >= 1 / 60 - 1e-9:
        degrees, minutes = divmod(round(home * 60), 60)
        return f"{degrees}°{minutes:02d}'{letter}"
    seconds_step = step * 3600
    decimals = next((n for n in range(6) if abs(seconds_step * 10**n - round(seconds_step * 10**n)) < 1e-4), 5)
    per_second = 10**decimals
    rest, fraction = divmod(round(home * 3600 * per_second), per_second)
    degrees, minutes, seconds = rest // 3600, rest // 60 % 60, rest % 60
    tail = f".{fraction:0{decimals}d}" if decimals else ""
    return f"{degrees}°{minutes:02d}'{seconds:02d}{tail}\"{letter}"


def metres_text(value: float, step: float, letter: str) -> str:
    """`454 000 E`; tenths where the step has them."""
    whole = round(value)
    if step >= 1:
        return f"{grouped(whole)} {letter}"
    return f"{grouped(math.floor(value + 1e-6))}.{round(value % 1.0 * 10) % 10} {letter}"


def square_digits(value: float, step: float) -> str:
    """The digits of an easting or northing within its 100 km square, as many as the step needs: `54`, `541`."""
    digits = min(max(5 - math.floor(math.log10(step) + 1e-9), 1), 5)
    return f"{int(round(value % SQUARE_M, 3) // 10 ** (5 - digits)):0{digits}d}"


def _home(value: float, letters: str) -> float:
    return normalise_lon(value) if letters == "EW" else value


def _letter(value: float, letters: str) -> str:
    home = round(_home(value, letters), 9)
    if home == 0 or (letters == "EW" and abs(home) == 180):
        return ""
    return f" {letters[0] if home > 0 else letters[1]}"
