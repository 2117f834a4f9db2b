"""Reading a coordinate that somebody typed or pasted, in any of the five notations."""

from __future__ import annotations

from layers.errors import BadCoordinate
from layers.geo.coordinate_angles import read_angles
from layers.geo.coordinate_grid import read_mgrs, read_utm
from layers.geo.coordinate_links import read_link
from layers.geo.notation import ParsedCoordinate

_MAX_LENGTH = 2000


def parse_coordinate(text: str) -> ParsedCoordinate:
    """The likeliest place that `text` names; raises BadCoordinate with the reason in one sentence.

    Understands degrees (with minutes, seconds, hemisphere letters, labels, decimal commas), UTM, MGRS, geo: URIs, the
    addresses of common maps, and points in WKT and GeoJSON. Where nothing tells the order, latitude comes first.
    """
    return _readings(text)[0]


def parse_candidates(text: str) -> list[ParsedCoordinate]:
    """Every place that `text` can mean, the likeliest first; [] when it is no coordinate."""
    try:
        return _readings(text)
    except BadCoordinate:
        return []


def _readings(text: str) -> list[ParsedCoordinate]:
    """At least one reading; raises BadCoordinate."""
    if not text.strip():
        raise BadCoordinate("There is no coordinate: write for example 51.884, 128.334 or 52U DC 54160 48346.")
    if len(text) > _MAX_LENGTH:
        raise BadCoordinate("This is too long for one coordinate: give one place at a time.")
    return read_link(text) or read_mgrs(text) or read_utm(text) or read_angles(text)
