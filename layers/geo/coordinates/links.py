"""Reads coordinates out of map addresses, geo: URIs, WKT and GeoJSON points."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from msgspec.structs import replace

from layers.errors import BadCoordinate
from layers.geo.baidu_mercator import to_bd09
from layers.geo.bounds import Bounds
from layers.geo.coordinates.angles import read_angles
from layers.geo.coordinates.notation import METRES_PER_DEGREE, Notation, ParsedCoordinate
from layers.geo.datum import Datum
from layers.geo.longitudes import normalise_lon
from layers.phrase import Phrase

_N = r"([+-]?\d+(?:\.\d+)?)"
_HOST_DATUMS = {
    "amap.com": Datum.GCJ02,
    "gaode.com": Datum.GCJ02,
    "qq.com": Datum.GCJ02,
    "google.cn": Datum.GCJ02,
    "baidu.com": Datum.BD09,
}
_BAIDU_DATUMS = {"gcj02": Datum.GCJ02, "gcj02ll": Datum.GCJ02, "wgs84": Datum.WGS84, "wgs84ll": Datum.WGS84}
SRIDS = {"4326": Datum.WGS84, "4284": Datum.PULKOVO}
"""Datums by the EPSG codes that a text may state."""
_SHORT_HOSTS = ("goo.gl", "osm.org", "bit.ly", "t.co")
_MARKED = re.compile(rf"!3d{_N}!4d{_N}")
_VIEWS = (
    re.compile(rf"@{_N},{_N}"),
    re.compile(rf"\bcp={_N}~{_N}"),
    re.compile(rf"[#?&]map=\d+(?:\.\d+)?/{_N}/{_N}"),
    re.compile(rf"#view={_N},{_N}"),
    re.compile(rf"#\d+(?:\.\d+)?/{_N}/{_N}"),
    re.compile(rf"#{_N},{_N}(?:,|$)"),
    re.compile(rf"flightradar24\.com/{_N},{_N}/"),
    re.compile(rf"windy\.com/.*[?,]{_N},{_N},\d+(?:,|$)"),
)
_LON_FIRST_VIEWS = {
    "2gis": (
        re.compile(rf"/geo/(?:\d+/)?{_N},{_N}"),
        re.compile(rf"/\d{{9,}}/{_N},{_N}"),
        re.compile(rf"[?&]m={_N},{_N}"),
    ),
    "arcgis": (re.compile(rf"[#?&]mapCenter={_N},{_N}"),),
    "google": (re.compile(rf"!2d{_N}!3d{_N}"),),
    "firms": (re.compile(rf"@{_N},{_N}"),),
    "marinetraffic": (re.compile(rf"/centerx:{_N}/centery:{_N}"),),
    "mapy": (re.compile(rf"[?&]x={_N}&y={_N}"),),
}
_ONLY_LON_FIRST = ("firms",)
"""Maps whose addresses look like others', but have the longitude first."""
_BAIDU_METRES = re.compile(rf"@{_N},{_N}")
_BOX = re.compile(rf"\s*{_N}\s*,\s*{_N}\s*,\s*{_N}\s*,\s*{_N}\s*")
_WORLDVIEW_HOST = "worldview.earthdata.nasa.gov"
_LED_BY_PAIR = re.compile(rf"\s*{_N}\s*,\s*{_N}")
_TEXT_KEYS = (
    "q", "query", "ll", "sll", "center", "destination", "daddr", "saddr", "coordinate", "viewpoint", "loc",
    "location", "latlng", "marker", "coord", "where1", "pos",
)  # fmt: skip
_LON_FIRST_KEYS = {
    "yandex": ("whatshere[point]", "poi[point]", "pt", "ll"),
    "amap": ("position", "center", "dest", "to"),
}
_PLACE_PATH = re.compile(r"/(?:place|search|dir)/+([^/@]+)")
_GEOHACK = re.compile(r"((?:[\d.]+_){1,3}[NS]_(?:[\d.]+_){1,3}[EW])")
_GEO_URI = re.compile(rf"geo:{_N},{_N}(?:,{_N})?((?:;[\w.-]+(?:=[^;?]*)?)*)(?:\?.*)?", re.IGNORECASE)
_WKT_POINT = re.compile(r"(?:SRID=\d+\s*;\s*)?(?:MULTI)?POINT\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY\s*$)", re.IGNORECASE)
_WKT = re.compile(
    rf"(?:SRID=(\d+)\s*;\s*)?(?:MULTI)?POINT\s*(?:ZM|Z|M)?\s*\(+\s*{_N}[\s,]+{_N}(?:\s+[^()]*)?\)+", re.IGNORECASE
)
_KML = re.compile(rf"<coordinates>\s*{_N}\s*,\s*{_N}\s*(?:,\s*{_N}\s*)?</coordinates>", re.IGNORECASE)
_GEOJSON = re.compile(rf'"coordinates"\s*:\s*\[\s*{_N}\s*,\s*{_N}\s*(?:,[^\[\]]*)?\]')


def read_link(text: str) -> list[ParsedCoordinate]:
    """Places that an address or a point in WKT or GeoJSON names, the likeliest first.

    [] when the text is nothing of the kind; raises BadCoordinate when it is, but names no place that can be used.
    """
    text = text.strip()
    if text[:4].lower() == "geo:":
        return _read_geo_uri(text)
    if _WKT_POINT.match(text):
        return _read_wkt(text)
    if match := _GEOJSON.search(text) or _KML.search(text):
        return _lat_lon(match[2], match[1], text)
    if "://" in text[:12] or re.match(r"(?:www|maps)\.\S+/", text, re.IGNORECASE):
        return _read_address(text)
    return []


def _lat_lon(lat: str, lon: str, text: str, datum: Datum = Datum.WGS84) -> list[ParsedCoordinate]:
    return [replace(reading, text=text, datum=datum) for reading in read_angles(f"lat {lat}, lon {lon}")]


def _read_geo_uri(text: str) -> list[ParsedCoordinate]:
    match = _GEO_URI.fullmatch(text)
    if not match:
        raise BadCoordinate("A geo: address reads geo:latitude,longitude such as geo:51.884,128.334.")
    options = dict(part.lower().partition("=")[::2] for part in match[4].split(";") if part)
    if options.get("crs", "wgs84") != "wgs84":
        raise BadCoordinate(
            "The geo: address is in {options}, not in WGS 84: convert it first.", options=options["crs"]
        )
    (place,) = _lat_lon(match[1], match[2], text)
    uncertainty = options.get("u", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", uncertainty):
        return [replace(place, error_m=float(uncertainty))]
    return [place]


def _read_wkt(text: str) -> list[ParsedCoordinate]:
    match = _WKT.fullmatch(text)
    if not match:
        raise BadCoordinate("A point in WKT reads POINT (longitude latitude) such as POINT (128.334 51.884).")
    datum = SRIDS.get(match[1] or "4326")
    if datum is None:
        raise BadCoordinate(
            "The point is in EPSG:{found}, not in WGS 84 (EPSG:4326): convert it first.", found=match[1]
        )
    return _lat_lon(match[3], match[2], text, datum)


def _read_address(text: str) -> list[ParsedCoordinate]:
    try:
        parts = urlsplit(text if "://" in text else "https://" + text)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise BadCoordinate("This address is malformed: copy it again from the browser.") from error
    readings = _baidu_metres(text, host) + _worldview_centre(text)
    words = [*_labelled(_marked_pairs(text, host)), *_address_words(text, host), *_labelled(_view_pairs(text, host))]
    for part in words:  # a marked place before the centre of the view
        readings += _readings(part, text)
    datum = _address_datum(text, host)
    readings = [replace(reading, datum=datum) for reading in readings]
    unique = list(dict.fromkeys(readings))
    if not unique:
        hint = (
            Phrase("open it in a browser and copy the long address")
            if host in _SHORT_HOSTS or "goo.gl" in host
            else (Phrase("copy the coordinates themselves"))
        )
        raise BadCoordinate("The address on {host} holds no coordinates: {hint}.", host=host, hint=hint)
    return unique


def _baidu_metres(text: str, host: str) -> list[ParsedCoordinate]:
    """The middle of Baidu's own map, whose addresses have Mercator metres instead of degrees; else []."""
    match = _BAIDU_METRES.search(unquote(text)) if _is_of(host, "baidu.com") else None
    if not match or max(abs(float(match[1])), abs(float(match[2]))) <= 360.0:
        return []
    lon, lat = to_bd09(float(match[1]), float(match[2]))
    decimals = min(len(number.partition(".")[2]) for number in match.groups())
    return [ParsedCoordinate(lon, lat, Notation.DD, 0.5 / 10**decimals, text, Datum.BD09)]


def read_worldview(text: str) -> Bounds | None:
    """The extent, lon and lat, that an address of NASA Worldview shows; None where the text is no such address.

    Raises BadCoordinate for one whose extent is not in degrees.
    """
    if _WORLDVIEW_HOST not in text[:60].lower():
        return None
    options = _options(text)
    if options.get("p", "geographic") != "geographic":
        raise BadCoordinate(
            "The numbers in this Worldview address are metres on a polar map: switch to the geographic map there."
        )
    numbers = _BOX.fullmatch(options.get("v", ""))
    if not numbers:
        return None
    west, south, east, north = (float(number) for number in numbers.groups())
    if not (west < east and south < north and west >= -360 and east <= 540 and south <= 90 and north >= -90):
        raise BadCoordinate("The extent in this Worldview address is none on the Earth: copy it again.")
    turn = normalise_lon((west + east) / 2) - (west + east) / 2
    return Bounds(west + turn, max(south, -90.0), east + turn, min(north, 90.0))


def _worldview_centre(text: str) -> list[ParsedCoordinate]:
    shown = read_worldview(text)
    if shown is None:
        return []
    lon, lat = shown.centre
    half_deg = max(shown.width * math.cos(math.radians(lat)), shown.height) / 2
    return [ParsedCoordinate(lon, lat, Notation.DD, METRES_PER_DEGREE * half_deg, text)]


def _is_of(host: str, name: str) -> bool:
    return host == name or host.endswith("." + name)


def _readings(words: str, text: str) -> list[ParsedCoordinate]:
    """The coordinates in a part of an address; none when it holds a name, which is no fault of an address."""
    try:
        return [replace(reading, text=text) for reading in read_angles(words)]
    except BadCoordinate:
        return []


def _address_datum(text: str, host: str) -> Datum:
    """The datum of coordinates in the addresses of a map service; Baidu's addresses may name it themselves."""
    known = (datum for name, datum in _HOST_DATUMS.items() if _is_of(host, name))
    datum = next(known, Datum.WGS84)
    return _BAIDU_DATUMS.get(_options(text).get("coord_type", ""), datum) if datum is Datum.BD09 else datum


def _options(text: str) -> dict[str, str]:
    """The key=value pairs of the query and of the fragment."""
    parts = urlsplit(text if "://" in text else "https://" + text)
    return {key.lower(): value for key, value in parse_qsl(parts.query) + parse_qsl(parts.fragment.lstrip("?/"))}


def _labelled(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"lat {lat}, lon {lon}" for lat, lon in pairs]


def _marked_pairs(text: str, host: str) -> list[tuple[str, str]]:
    """(lat, lon) texts of places that an address marks, or names by keys."""
    options = _options(text)
    pairs = [
        (options[lat], options[lon])
        for lat, lon in (("mlat", "mlon"), ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude"))
        if lat in options and lon in options
    ]
    pairs += [(match[1], match[2]) for match in [_MARKED.search(unquote(text))] if match]
    for name, keys in _LON_FIRST_KEYS.items():
        if f"{name}." in host:
            swapped = [_LED_BY_PAIR.match(options[key]) for key in keys if key in options]
            pairs += [(place[2], place[1]) for place in swapped if place]
    return pairs


def _view_pairs(text: str, host: str) -> list[tuple[str, str]]:
    """(lat, lon) texts at the places in an address where the centre of the view usually stands."""
    plain = unquote(text)
    swapped = [pattern for name, each in _LON_FIRST_VIEWS.items() if f"{name}." in host for pattern in each]
    pairs = [(match[2], match[1]) for pattern in swapped if (match := pattern.search(plain))]
    if not any(f"{name}." in host for name in _ONLY_LON_FIRST):
        pairs += [(match[1], match[2]) for pattern in _VIEWS if (match := pattern.search(plain))]
    return pairs


def _address_words(text: str, host: str) -> list[str]:
    """Parts of an address in which a person's own search words may stand."""
    options = _options(text)
    keys = () if "yandex." in host else _TEXT_KEYS
    words = [_plain_words(options[key]) for key in keys if key in options]
    words += [unquote_plus(match[1]) for match in _PLACE_PATH.finditer(text)]
    words += [match[1].replace("_", " ") for match in [_GEOHACK.search(text)] if match]
    return words


def _plain_words(value: str) -> str:
    """The text of a coordinate alone: the mark before it (loc:, coord:) and the name after it are left out."""
    bare = re.sub(r"^(?:loc|coord|latlng):", "", value)
    led = re.match(rf"{_N}\s*,\s*{_N}(?=[,;|])", bare)
    return led[0] if led else bare
