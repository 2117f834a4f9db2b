"""Recognises CRSs of a datum unknown to PROJ: it then takes degrees as they are, which may be some hundred metres off.

Such are PROJ texts with an ellipsoid alone, and definitions with a rounded ellipsoid, which no longer identifies the
datum.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

from layers.geo.crs import WGS84, is_off_earth, parse_crs
from layers.geo.proj import pyproj
from layers.phrase import Phrase

_WGS84_A_M, _WGS84_RF = 6378137.0, 298.257223563
_SAME_A_M, _SAME_RF = 0.5, 0.01
"""Ellipsoids so near to that of WGS 84 (GRS 80, and rounded ones) belong to datums that are at most metres off."""


@lru_cache(maxsize=128)
def unknown_datum(crs: str) -> str:
    """The name of the ellipsoid where it is all that is known of a CRS's datum; else empty. Raises BadCRS.

    It is empty for spheres too, whose degrees are by custom taken as they are.
    """
    if not crs or is_off_earth(crs):
        return ""
    known = parse_crs(crs)
    geodetic = known.geodetic_crs
    if known.is_bound or geodetic is None or geodetic.ellipsoid is None:
        return ""
    ellipsoid = geodetic.ellipsoid
    a_m, rf = ellipsoid.semi_major_metre, ellipsoid.inverse_flattening
    if not rf or (abs(a_m - _WGS84_A_M) < _SAME_A_M and abs(rf - _WGS84_RF) < _SAME_RF):
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the grid of a better way is not there
        ways = pyproj.transformer.TransformerGroup(geodetic, WGS84, always_xy=True).transformers
    is_guessed = bool(ways) and all("Ballpark" in (way.description or "") for way in ways)
    return str(ellipsoid.name) if is_guessed else ""


def datum_sentence(name: str, crs: str) -> str:
    """A sentence for a file in such a CRS; else empty. Raises BadCRS."""
    ellipsoid = unknown_datum(crs)
    if not ellipsoid:
        return ""
    return Phrase(
        "{name} is in a CRS of whose datum only the ellipsoid is known ({ellipsoid}): no shift to WGS 84 is made, "
        "and it may lie some hundred metres off. Choose its CRS if you know it.",
        name=name,
        ellipsoid=ellipsoid,
    )
