"""Reading coordinates out of map addresses, geo: URIs, WKT and GeoJSON points."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from layers.errors import BadCoordinate
from layers.geo.coordinate_angles import read_angles
from layers.geo.datum import Datum
from layers.geo.notation import ParsedCoordinate

_N = r"([+-]?\d+(?:\.\d+)?)"
_HOST_DATUMS = {
    "amap.com": Datum.GCJ02,
    "gaode.com": Datum.GCJ02,
    "qq.com": Datum.GCJ02,
    "google.cn": Datum.GCJ02,
    "baidu.com": Datum.BD09,
}
_BAIDU_DATUMS = {"gcj02": Datum.GCJ02, "gcj02ll": Datum.GCJ02, "wgs84": Datum.WGS84, "wgs84ll": Datum.WGS84}
_SRIDS = {"4326": Datum.WGS84, "4284": Datum.PULKOVO}
_SHORT_HOSTS = ("goo.gl", "osm.org", "bit.ly", "t.co")
_PAIRS = (
    re.compile(rf"!3d{_N}!4d{_N}"),
    re.compile(rf"@{_N},{_N}"),
    re.compile(rf"\bcp={_N}~{_N}"),
    re.compile(rf"#map=\d+(?:\.\d+)?/{_N}/{_N}"),
    re.compile(rf"#view={_N},{_N}"),
    re.compile(rf"#\d+(?:\.\d+)?/{_N}/{_N}"),
)
_TEXT_KEYS = (
    "q", "query", "ll", "sll", "center", "destination", "daddr", "saddr", "coordinate", "viewpoint", "loc",
    "location", "latlng", "marker", "coord",
)  # fmt: skip
_LON_FIRST_KEYS = {"yandex": ("whatshere[point]", "pt", "ll"), "amap": ("position", "center", "dest", "to")}
_PLACE_PATH = re.compile(r"/(?:place|search|dir)/+([^/@]+)")
_GEOHACK = re.compile(r"((?:[\d.]+_){1,3}[NS]_(?:[\d.]+_){1,3}[EW])")
_GEO_URI = re.compile(rf"geo:{_N},{_N}(?:,{_N})?((?:;[\w.-]+(?:=[^;?]*)?)*)(?:\?.*)?", re.IGNORECASE)
_WKT = re.compile(
    rf"(?:SRID=(\d+)\s*;\s*)?(?:MULTI)?POINT\s*(?:Z|M|ZM)?\s*\(+\s*{_N}[\s,]+{_N}(?:\s+[^()]*)?\)+", re.IGNORECASE
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
    if re.match(r"(?:SRID=\d+\s*;\s*)?(?:MULTI)?POINT\b", text, re.IGNORECASE):
        return _read_wkt(text)
    if found := _GEOJSON.search(text) or _KML.search(text):
        return _lat_lon(found[2], found[1], text)
    if "://" in text[:12] or re.match(r"(?:www|maps)\.\S+/", text, re.IGNORECASE):
        return _read_address(text)
    return []


def _lat_lon(lat: str, lon: str, text: str, datum: Datum = Datum.WGS84) -> list[ParsedCoordinate]:
    return [replace(found, text=text, datum=datum) for found in read_angles(f"lat {lat}, lon {lon}")]


def _read_geo_uri(text: str) -> list[ParsedCoordinate]:
    found = _GEO_URI.fullmatch(text)
    if not found:
        raise BadCoordinate("A geo: address reads geo:latitude,longitude such as geo:51.884,128.334.")
    options = dict(part.lower().partition("=")[::2] for part in found[4].split(";") if part)
    if options.get("crs", "wgs84") != "wgs84":
        raise BadCoordinate(f"The geo: address is in {options['crs']}, not in WGS 84: convert it first.")
    (place,) = _lat_lon(found[1], found[2], text)
    uncertainty = options.get("u", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", uncertainty):
        return [replace(place, error_m=float(uncertainty))]
    return [place]


def _read_wkt(text: str) -> list[ParsedCoordinate]:
    found = _WKT.fullmatch(text)
    if not found:
        raise BadCoordinate("A point in WKT reads POINT (longitude latitude) such as POINT (128.334 51.884).")
    datum = _SRIDS.get(found[1] or "4326")
    if datum is None:
        raise BadCoordinate(f"The point is in EPSG:{found[1]}, not in WGS 84 (EPSG:4326): convert it first.")
    return _lat_lon(found[3], found[2], text, datum)


def _read_address(text: str) -> list[ParsedCoordinate]:
    try:
        parts = urlsplit(text if "://" in text else "https://" + text)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise BadCoordinate("This address is malformed: copy it again from the browser.") from error
    found: list[ParsedCoordinate] = []
    for lat, lon in _address_pairs(text, host):
        found += _readings(f"lat {lat}, lon {lon}", text)
    for words in _address_words(text, host):
        found += _readings(words, text)
    datum = _address_datum(text, host)
    found = [replace(one, datum=datum) for one in found]
    unique = list(dict.fromkeys(found))
    if not unique:
        hint = (
            "open it in a browser and copy the long address"
            if host in _SHORT_HOSTS or "goo.gl" in host
            else ("copy the coordinates themselves")
        )
        raise BadCoordinate(f"The address on {host} holds no coordinates: {hint}.")
    return unique


def _readings(words: str, text: str) -> list[ParsedCoordinate]:
    """The coordinates in a part of an address; none when it holds a name, which is no fault of an address."""
    try:
        return [replace(found, text=text) for found in read_angles(words)]
    except BadCoordinate:
        return []


def _address_datum(text: str, host: str) -> Datum:
    """What the coordinates of a map's addresses are counted on; Baidu's may say so themselves."""
    known = (datum for name, datum in _HOST_DATUMS.items() if host == name or host.endswith("." + name))
    datum = next(known, Datum.WGS84)
    return _BAIDU_DATUMS.get(_options(text).get("coord_type", ""), datum) if datum is Datum.BD09 else datum


def _options(text: str) -> dict[str, str]:
    """The key=value pairs of the query and of the fragment."""
    parts = urlsplit(text if "://" in text else "https://" + text)
    return {key.lower(): value for key, value in parse_qsl(parts.query) + parse_qsl(parts.fragment.lstrip("?/"))}


def _address_pairs(text: str, host: str) -> list[tuple[str, str]]:
    """(lat, lon) texts at their usual places in an address; a marked place before the centre of the view."""
    options = _options(text)
    plain = unquote(text)
    pairs = [
        (options[lat], options[lon])
        for lat, lon in (("mlat", "mlon"), ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude"))
        if lat in options and lon in options
    ]
    pairs += [(found[1], found[2]) for pattern in _PAIRS if (found := pattern.search(plain))]
    for name, keys in _LON_FIRST_KEYS.items():
        if f"{name}." in host:
            swapped = [options[key].split(",") for key in keys if key in options]
            pairs += [(place[1], place[0]) for place in swapped if len(place) >= 2]
    return pairs


def _address_words(text: str, host: str) -> list[str]:
    """Parts of an address in which a person's own search words may stand."""
    options = _options(text)
    keys = () if "yandex." in host else _TEXT_KEYS
    words = [_plain_words(options[key]) for key in keys if key in options]
    words += [unquote_plus(found[1]) for found in _PLACE_PATH.finditer(text)]
    words += [found[1].replace("_", " ") for found in [_GEOHACK.search(text)] if found]
    return words


def _plain_words(value: str) -> str:
    """Without the mark before a coordinate (loc:, coord:) and the name after it."""
    bare = re.sub(r"^(?:loc|coord|latlng):", "", value)
    led = re.match(rf"{_N}\s*,\s*{_N}(?=[,;|])", bare)
    return led[0] if led else bare
