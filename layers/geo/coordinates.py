"""Coordinates as people write them: the one door to formatting and parsing."""

from __future__ import annotations

from layers.geo.coordinate_format import format_coordinate
from layers.geo.coordinate_parse import parse_candidates, parse_coordinate
from layers.geo.datum import Datum
from layers.geo.notation import Notation, ParsedCoordinate

__all__ = ["Datum", "Notation", "ParsedCoordinate", "format_coordinate", "parse_candidates", "parse_coordinate"]
