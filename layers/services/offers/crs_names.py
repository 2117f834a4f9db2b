"""Turns spellings of CRSs by services into texts that PROJ knows, and tells the order of axes in their addresses."""

from __future__ import annotations

import re
from functools import lru_cache

from layers.errors import BadCRS
from layers.geo.crs import WEB_MERCATOR, WGS84, parse_crs
from layers.geo.proj import pyproj
from layers.phrase import Phrase

_LON_LAT = "OGC:CRS84"
_MERCATORS = frozenset(("3857", "3785", "900913", "102100", "102113"))
"""Numbers that EPSG, Esri, Google and OpenLayers gave to Web Mercator over the years, under either authority."""
_ALIASES = {
    "EPSG:54004": "ESRI:54004",
    "EPSG:41001": "ESRI:54004",
    "OSGEO:41001": WEB_MERCATOR,  # the name in the TMS specification for tiles that all servers cut of a sphere
    "CRS:84": _LON_LAT,
    "CRS:CRS84": _LON_LAT,
    "OGC:84": _LON_LAT,
    "CRS:83": "OGC:CRS83",
    "CRS:27": "OGC:CRS27",
    WGS84: WGS84,  # as PROJ says, which takes a hundredth of a second to list all its codes
    "WGS84": WGS84,
    "WGS:84": WGS84,
    "CRS84": _LON_LAT,
}
_AUTHORITIES = ("EPSG", "ESRI", "IGNF", "IAU_2015", "OGC")
_URN = re.compile(r"urn:(?:x-)?(?:ogc|opengis|epsg):(?:def:)?(?:crs|epsg):(.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[\w.-]+/(?:def/crs|gml/srs|ogc/crs)/(.*)", re.IGNORECASE)
_GML = re.compile(r"(\w+)\.xml#(\w+)")
_PLAIN = re.compile(r"(\w+):{1,2}([\w.-]+)")
_NUMBER = re.compile(r"\d{4,6}")
_MOST_CHARS = 300


@lru_cache(maxsize=8192)
def crs_of(spelling: str) -> str | None:
    """The text of the CRS that a service's spelling means, such as EPSG:3857 or OGC:CRS84; None for an unknown one.

    Codes, URNs with and without a version, addresses of OGC's register, and the aliases of Web Mercator are understood.
    A CRS of another body stays one: a code of an unknown authority is never taken for one of EPSG.
    """
    text = "".join(spelling.split())
    if not text or len(text) > _MOST_CHARS:
        return None
    text = text.strip("[]")
    if text in _ALIASES:
        return _ALIASES[text]
    authority, code = _parts(text)
    if not code:
        return None
    if authority in ("EPSG", "ESRI") and code in _MERCATORS:
        return WEB_MERCATOR
    alias = _ALIASES.get(f"{authority}:{code}", "")
    if alias:
        return alias
    for space in (authority, "ESRI") if authority == "EPSG" else (authority,):
        if code in _codes().get(space, ()):
            return f"{space}:{code}"
    return None


def _parts(text: str) -> tuple[str, str]:
    """Authority in capital letters and code of a spelling; an empty code where it is none."""
    if _NUMBER.fullmatch(text):
        return "EPSG", text
    urn, address, plain = _URN.fullmatch(text), _ADDRESS.fullmatch(text), _PLAIN.fullmatch(text)
    if plain is not None:
        parts = [plain[1], "", plain[2]]
    elif urn is not None:
        authority, *version, code = urn[1].split(":")
        parts = [authority, ".".join(version), code]  # "EPSG:6.18:3:3857" stands in an example of the standard
    elif address is not None:
        gml = _GML.fullmatch(address[1])
        parts = [gml[1], "", gml[2]] if gml else address[1].rstrip("/").split("/")
    else:
        parts = text.split(":")  # OGC:1.3:CRS84
    if not 2 <= len(parts) <= 3:
        return "", ""
    authority, version, code = parts[0].upper(), parts[1] if len(parts) == 3 else "", parts[-1]
    if authority in ("IAU", "IAU2015") and version in ("", "0", "2015"):
        authority = "IAU_2015"
    return authority, code.upper() if authority in ("IGNF", "OGC", "CRS") and code.upper() != "CRS84H" else code


@lru_cache(maxsize=1)
def _codes() -> dict[str, frozenset[str]]:
    """Codes of horizontal and compound CRSs that PROJ lists, by authority."""
    return {name: frozenset(pyproj.database.get_codes(name, "CRS", allow_deprecated=True)) for name in _AUTHORITIES}


def crs_texts(spellings: tuple[str, ...]) -> tuple[str, ...]:
    """The CRSs as our code writes them, each once, in order; as the service spells them where PROJ knows none."""
    return tuple(dict.fromkeys(crs_of(spelling) or " ".join(spelling.split()) for spelling in spellings))


def unknown_crs_problem(spelling: str) -> Phrase:
    """A sentence for a layer whose only CRS is not known."""
    return Phrase("It is offered in “{crs}” only, a CRS that is not known here.", crs=" ".join(spelling.split())[:80])


@lru_cache(maxsize=4096)
def is_north_first(crs: str) -> bool:
    """True where the CRS itself counts north before east, as PROJ lists its axes; raises BadCRS.

    Our code always has x before y; a service that keeps to the CRS's own order does not. About a pole both axes may
    point the same way: then their names tell.
    """
    axes = parse_crs(crs).axis_info[:2]
    if len(axes) < 2:
        raise BadCRS("{crs} has no axes in a plane: choose one such as EPSG:4326 or EPSG:32652.", crs=crs)
    directions = tuple(axis.direction for axis in axes)
    if directions == ("north", "east"):
        return True
    is_polar = directions in (("north", "north"), ("south", "south"))
    return is_polar and axes[0].name.casefold().startswith("northing") and axes[1].name.casefold().startswith("easting")
