"""The stretch of a raster: percentiles, deviations or extremes, of each band or of all of them together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.decoding import decoded
from layers.errors import InvalidValue
from layers.phrase import Phrase

METHODS = ("percentile", "deviations", "minmax")
ORIGINS = ("image", "view", "given")
"""The whole image, the current view (DRA: measured anew whenever the view rests), or numbers chosen by hand."""
MAX_SORTED = 1 << 20
"""Most values that are sorted; of more, an even part is. Extremes and moments are always of all."""

_NO_RULE = Phrase("The rule of a stretch cannot be understood: choose a stretch.")

type StretchLimits = tuple[float, float]


class StretchRule(Struct, frozen=True, rename={"origin": "from"}):
    """The rule for low and high of each band. Percents are 0..100, `deviations` are to both sides of the mean."""

    method: str = "percentile"
    low_percent: float = 2.0
    high_percent: float = 98.0
    deviations: float = 2.0
    joint: bool = False
    """One stretch for all bands, so that their ratios, and grey, stay as they are."""
    origin: str = "image"

    def limits(self, bands: Sequence[Values]) -> tuple[StretchLimits, ...]:
        """Low and high of each band; high is always above low. `origin` does not matter here."""
        if self.joint and len(bands) > 1:
            return (self._limits(Values.joined(bands)),) * len(bands)
        return tuple(self._limits(values) for values in bands)

    def _limits(self, values: Values) -> StretchLimits:
        match self.method:
            case "minmax":
                low, high = values.least, values.most
            case "deviations":
                reach = self.deviations * values.std
                low, high = values.mean - reach, values.mean + reach
            case _:
                low, high = values.percentile(self.low_percent), values.percentile(self.high_percent)
        return low, high if high > low else low + 1.0

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Decode a rule, with defaults for missing members. Raises InvalidValue for anything else."""
        rule = decoded(data, cls, _NO_RULE)
        rule.check()
        return rule

    def check(self) -> None:
        """Raises InvalidValue, for the form to show."""
        if self.method not in METHODS or self.origin not in ORIGINS:
            raise InvalidValue(_NO_RULE)
        if not 0 <= self.low_percent < self.high_percent <= 100:
            raise InvalidValue("The percentages of a stretch run from 0 to 100, the low one below the high one.")
        if not (math.isfinite(self.deviations) and 0 < self.deviations <= 100):
            raise InvalidValue("A stretch reaches between 0 and 100 standard deviations to either side.")


BY_DEFAULT = StretchRule()


class Values(Struct, frozen=True, eq=False):
    """The valid values of one band, ready for any rule: `sorted` (at most `MAX_SORTED`), extremes and moments."""

    sorted: NDArray[Any]
    least: float
    most: float
    mean: float
    std: float
    count: int

    @classmethod
    def of(cls, parts: Iterable[NDArray[Any]]) -> Values | None:
        """Summarise arrays of valid values; nan and infinity are left out. None where nothing is left."""
        values = np.concatenate([part.reshape(-1) for part in parts] or [np.empty(0, np.float32)])
        if values.dtype.kind == "f":
            finite = np.isfinite(values)
            values = values if finite.all() else values[finite]
        if not values.size:
            return None
        kept = values[:: math.ceil(values.size / MAX_SORTED)]
        least, most = float(values.min()), float(values.max())
        mean, std = float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))
        return cls(np.sort(kept), least, most, mean, std, int(values.size))

    @classmethod
    def joined(cls, bands: Sequence[Values]) -> Values:
        """All values of all bands as one; bands weigh by their counts in the moments."""
        counts = np.array([band.count for band in bands], np.float64)
        means, deviations = np.array([band.mean for band in bands]), np.array([band.std for band in bands])
        mean = float((means * counts).sum() / counts.sum())
        variance = float(((deviations**2 + (means - mean) ** 2) * counts).sum() / counts.sum())
        least, most = min(band.least for band in bands), max(band.most for band in bands)
        merged = np.sort(np.concatenate([band.sorted for band in bands]))
        return cls(merged, least, most, mean, math.sqrt(variance), int(counts.sum()))

    def percentile(self, percent: float) -> float:
        """Return a percentile as `numpy.percentile` does: linear between two values."""
        at = percent / 100 * (self.sorted.size - 1)
        below = math.floor(at)
        low, high = float(self.sorted[below]), float(self.sorted[min(below + 1, self.sorted.size - 1)])
        return low + (high - low) * (at - below)
