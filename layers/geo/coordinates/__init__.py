"""Coordinates as people write them: the one door to formatting and parsing."""

from __future__ import annotations

from layers.geo.coordinates.format import format_coordinate
from layers.geo.coordinates.notation import Notation, ParsedCoordinate
from layers.geo.coordinates.parse import parse_candidates, parse_coordinate
from layers.geo.datum import Datum

__all__ = ["Datum", "Notation", "ParsedCoordinate", "format_coordinate", "parse_candidates", "parse_coordinate"]
