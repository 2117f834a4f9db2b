"""The five notations of a coordinate, and the result of reading one."""

from __future__ import annotations

import math
from enum import StrEnum

from msgspec import Struct

from layers.geo.datum import Datum
from layers.phrase import Phrase
from layers.text.counted import metres

METRES_PER_DEGREE = 111_700.0
"""Metres in a degree of latitude at the poles, where it is longest: errors derived from digits are never too small."""


LEAST_M = 0.001


class Notation(StrEnum):
    """A way of writing a coordinate."""

    DD = "DD"
    DDM = "DDM"
    DMS = "DMS"
    UTM = "UTM"
    MGRS = "MGRS"


class ParsedCoordinate(Struct, frozen=True):
    """A place in WGS 84 as read from text, with the error that its digits imply.

    `error_m` applies to each axis: half the last digit, for MGRS half the cell. `text` is what was read, `datum` what
    its numbers were counted on, `conversion_error_m` what the way from there to WGS 84 adds, as a radius.
    """

    lon: float
    lat: float
    notation: Notation
    error_m: float
    text: str
    datum: Datum = Datum.WGS84
    conversion_error_m: float = 0.0

    @property
    def radius_m(self) -> float:
        """A circle of this radius holds the place: the half diagonal of the cell, and the conversion's error."""
        return math.sqrt(2.0) * self.error_m + self.conversion_error_m

    @property
    def position_error_m(self) -> float:
        """`radius_m` as a site keeps it: in two digits, rounded up, so that the circle holds the place still."""
        step = 10.0 ** (math.floor(math.log10(max(self.radius_m, LEAST_M))) - 1)
        return float(f"{math.ceil(max(self.radius_m, LEAST_M) / step - 1e-9) * step:.2g}")

    @property
    def basis(self) -> str:
        """The basis of the position, as a sentence without its full stop."""
        if self.notation is Notation.MGRS:
            basis = Phrase("MGRS coordinate, middle of a cell of {size} m", size=f"{2 * self.error_m:g}")
        else:
            error = _metres(self.error_m)
            basis = Phrase("{notation} coordinate, written to ± {error}", notation=self.notation, error=error)
        if self.datum is Datum.WGS84:
            return Phrase("{said}, WGS 84", said=basis)
        error = _metres(self.conversion_error_m)
        return Phrase("{said}, converted from {datum} to WGS 84 (± {error})", said=basis, datum=self.datum, error=error)


def _metres(value: float) -> str:
    """Format a length with two digits; nothing here is known to less than a millimetre."""
    return metres(max(value, LEAST_M))
