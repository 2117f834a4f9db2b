"""Reads a coordinate that somebody typed or pasted, in any of the five notations."""

from __future__ import annotations

from msgspec.structs import replace

from layers.errors import BadCoordinate
from layers.geo.coordinates.angles import read_angles
from layers.geo.coordinates.links import read_link
from layers.geo.coordinates.notation import ParsedCoordinate
from layers.geo.coordinates.utm_mgrs import read_mgrs, read_utm
from layers.geo.datum import Datum, to_wgs84
from layers.geo.longitudes import normalise_lon

_MAX_LENGTH = 2000


def parse_coordinate(text: str, datum: Datum = Datum.WGS84) -> ParsedCoordinate:
    """The likeliest place that `text` names; raises BadCoordinate with the reason in one sentence.

    Understands degrees (with minutes, seconds, hemisphere letters, labels, decimal commas), UTM, MGRS, geo: URIs, the
    addresses of common maps, and points in WKT and GeoJSON. Where nothing tells the order, latitude comes first. The
    numbers are on `datum` unless the text itself tells another, as the address of a Chinese map does.
    """
    return _readings(text, datum)[0]


def parse_candidates(text: str, datum: Datum = Datum.WGS84) -> list[ParsedCoordinate]:
    """Every place that `text` can mean, the likeliest first; [] when it is no coordinate."""
    try:
        return _readings(text, datum)
    except BadCoordinate:
        return []


def _readings(text: str, datum: Datum) -> list[ParsedCoordinate]:
    """Find all readings of a text, at least one; raises BadCoordinate."""
    if not text.strip():
        raise BadCoordinate("There is no coordinate: write for example 51.884, 128.334 or 52U DC 54160 48346.")
    if len(text) > _MAX_LENGTH:
        raise BadCoordinate("This is too long for one coordinate: give one place at a time.")
    readings = read_link(text) or read_mgrs(text) or read_utm(text) or read_angles(text)
    by_place = {
        (reading.lon, reading.lat): reading for reading in reversed(readings)
    }  # 45, 45 is one place in either order
    first = [reading for reading in readings if by_place[reading.lon, reading.lat] is reading]
    return [_converted(reading, reading.datum if reading.datum is not Datum.WGS84 else datum) for reading in first]


def _converted(read: ParsedCoordinate, datum: Datum) -> ParsedCoordinate:
    """The reading, whose numbers are on `datum`, in WGS 84."""
    if datum is Datum.WGS84:
        return read
    there = to_wgs84(read.lon, read.lat, datum)
    lon, lat = normalise_lon(there.lon), max(-90.0, min(90.0, there.lat))
    return replace(read, lon=lon, lat=lat, datum=datum, conversion_error_m=there.error_m)
