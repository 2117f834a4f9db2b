"""The five notations of a coordinate, and what comes out of reading one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

METRES_PER_DEGREE = 111_700.0
"""Of latitude at the poles, where it is longest: errors derived from digits are never too small."""


class Notation(StrEnum):
    """How a coordinate is written."""

    DD = "DD"
    DDM = "DDM"
    DMS = "DMS"
    UTM = "UTM"
    MGRS = "MGRS"


@dataclass(frozen=True)
class ParsedCoordinate:
    """A place in WGS 84 as read from text, with the error that its digits imply.

    `error_m` applies to each axis: half the last digit, for MGRS half the cell. `text` is what was read.
    """

    lon: float
    lat: float
    notation: Notation
    error_m: float
    text: str
