"""Formats coordinates as people write them. `coordinates.parse` reads them; its many patterns are compiled only where
something is read.
"""

from __future__ import annotations

from layers.geo.coordinates.format import digits_for, format_coordinate
from layers.geo.coordinates.notation import Notation, ParsedCoordinate
from layers.geo.datum import Datum

__all__ = ["Datum", "Notation", "ParsedCoordinate", "digits_for", "format_coordinate"]
