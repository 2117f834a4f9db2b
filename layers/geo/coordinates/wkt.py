"""Shapes in WKT from people and files of unknown origin: GEOS reads them only after their depth has been counted."""

from __future__ import annotations

import math
import re

import shapely
from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.errors import BadCoordinate
from layers.geo.bounds import Bounds
from layers.geo.coordinates.links import SRIDS, read_worldview
from layers.geo.datum import Datum, to_wgs84
from layers.geo.longitudes import normalise_lon

MAX_DEPTH = 32
LONGEST_TYPED = 32_000
_TYPES = (
    "POINT|LINESTRING|LINEARRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION|CIRCULARSTRING|"
    "COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE|TRIANGLE|TIN|POLYHEDRALSURFACE"
)
_BEGINS = re.compile(rf"(?:SRID=(\d+)\s*+;\s*+)?({_TYPES})\s*+(?:ZM|Z|M)?\s*+(?:\(|EMPTY\s*+$)", re.IGNORECASE)


class Extent(Struct, frozen=True):
    """Extent read from a text: `bounds` in WGS 84, lon and lat; `kind` is the shape's type, "" for a map's address."""

    bounds: Bounds
    kind: str


def shape_of_wkt(text: str) -> BaseGeometry:
    """Parse the shape. Raises ValueError where it nests deeper than a geometry does, for which GEOS would exhaust its
    stack, and shapely's errors for text that is no WKT.
    """
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH or text.upper().count("GEOMETRYCOLLECTION") > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    return shapely.from_wkt(text)


def read_extent(text: str, datum: Datum = Datum.WGS84) -> Extent | None:
    """Reads the extent of a shape in WKT or EWKT, or of a map's address that tells its edges; None for other text.

    A point is no extent. Raises BadCoordinate, as for a coordinate. `datum` is what the degrees are on where the text
    does not say.
    """
    text = text.strip()
    shown = read_worldview(text)
    if shown is not None:
        return Extent(shown, "")
    begins = _BEGINS.match(text)
    if begins is None or begins[2].upper() == "POINT":
        return None
    if len(text) > LONGEST_TYPED:
        raise BadCoordinate("This shape is too long to be read here: save it as a file and open that.")
    own_datum = SRIDS.get(begins[1] or "4326")
    if own_datum is None:
        raise BadCoordinate(
            "The shape is in EPSG:{begins}, not in WGS 84 (EPSG:4326): convert it first.", begins=begins[1]
        )
    try:
        shape = shape_of_wkt(text[begins.start(2) :])
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise BadCoordinate(
            "This WKT is not understood ({error}): write for example LINESTRING (128 51, 129 52).",
            error=str(error)[:80],
        ) from error
    bounds = _placed(shape, own_datum if begins[1] else datum)
    return None if bounds.width == bounds.height == 0.0 else Extent(bounds, shape.geom_type)


def _placed(shape: BaseGeometry, datum: Datum) -> Bounds:
    """The bounds in WGS 84, their middle between -180 and 180; raises BadCoordinate where they are no degrees."""
    left, bottom, right, top = shape.bounds if not shape.is_empty else (math.nan,) * 4
    if not all(map(math.isfinite, (left, bottom, right, top))):
        raise BadCoordinate("This shape is empty: there is nothing to go to.")
    if max(abs(bottom), abs(top)) > 90 or max(abs(left), abs(right)) > 360:
        raise BadCoordinate("This shape is not in degrees: WKT has the longitude first, then the latitude up to 90.")
    turn = normalise_lon((left + right) / 2) - (left + right) / 2
    low, high = to_wgs84(left + turn, bottom, datum), to_wgs84(right + turn, top, datum)
    return Bounds(low.lon, low.lat, high.lon, high.lat)
