"""Recognises columns of coordinates by their names, in English, German, French, Spanish, Russian and Chinese,
however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_WORD = re.compile(r"[^\W_]+")
_UNITS = frozenset(
    (
        "deg",
        "degs",
        "degree",
        "degrees",
        "dd",
        "dms",
        "decimal",
        "град",
        "градус",
        "градусы",
        "градусов",
        "grad",
        "м",
        "m",
    )
)
_NORTH = ("северная широта", "с.ш.", "北纬", "北緯", "nördliche breite", "latitude nord", "latitud norte")
_SOUTH = ("южная широта", "ю.ш.", "南纬", "南緯", "südliche breite", "latitude sud", "latitud sur")
_EAST = ("восточная долгота", "в.д.", "东经", "東經", "östliche länge", "longitude est", "longitud este")
_WEST = ("западная долгота", "з.д.", "西经", "西經", "westliche länge", "longitude ouest", "longitud oeste")
_LAT = (
    "lat",
    "latitude",
    "lat_wgs84",
    "latitude_wgs84",
    "decimal_latitude",
    "gps_latitude",
    "gps_lat",
    "широта",
    "шир",
    "ш",
    "纬度",
    "緯度",
    "latitud",
    "breitengrad",
    "geographische breite",
    "geografische breite",
    "geogr. breite",
    "breite",
    *_NORTH,
    *_SOUTH,
)
_LON = (
    "lon", "lng", "long", "longitude", "lon_wgs84", "longitude_wgs84", "decimal_longitude", "gps_longitude",
    "gps_lon", "долгота", "долг", "д", "经度", "經度", "longitud", "längengrad", "laengengrad",
    "geographische länge", "geografische länge", "geogr. länge", "länge", "laenge", *_EAST, *_WEST,
)  # fmt: skip
_SIZES = ("breite", "länge", "laenge")
"""Names that mean a latitude or longitude, or the width and length of a thing."""
_LENGTH_UNITS = frozenset(("m", "meter", "metern", "cm", "mm", "km"))
_X = (
    "x",
    "easting",
    "east",
    "utm_e",
    "utm_x",
    "utm_easting",
    "x_coord",
    "point_x",
    "rechtswert",
    "ostwert",
    "este",
    "e",
)
_Y = (
    "y",
    "northing",
    "north",
    "utm_n",
    "utm_y",
    "utm_northing",
    "y_coord",
    "point_y",
    "hochwert",
    "nordwert",
    "norte",
    "n",
)
_ZONE = ("zone", "utm_zone", "huso", "зона")
_WKT = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "shape", "geometrie", "géométrie", "geometría", "геометрия")
_PLACE = (
    "coordinates",
    "coordinate",
    "coords",
    "coord",
    "position",
    "mgrs",
    "utm",
    "place",
    "location",
    "latlon",
    "gps",
    "координаты",
    "坐标",
    "经纬度",
    "koordinaten",
    "koordinate",
    "coordonnées",
    "coordenadas",
    "ort",
    "lage",
)
_PARTS = {
    "deg": ("deg", "degree", "degrees", "d", "град", "градус", "градусы", "度", "grad", "degré", "degrés", "grados"),
    "min": ("min", "mins", "minute", "minutes", "m", "мин", "минута", "минуты", "分", "minuten", "minutos"),
    "sec": (
        "sec",
        "secs",
        "second",
        "seconds",
        "s",
        "сек",
        "секунда",
        "секунды",
        "秒",
        "sekunden",
        "secondes",
        "segundos",
    ),
    "dir": ("dir", "direction", "hem", "hemi", "hemisphere", "ns", "ew", "ref", "letter", "полушарие", "半球", "方向"),
}


def folded(name: str) -> str:
    """The letters and digits of a name alone, without text in brackets and without a unit at its end."""
    words = _words(_BRACKETS.sub(" ", _plain(name)))
    while len(words) > 1 and words[-1] in _UNITS:
        words.pop()
    return "".join(words)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _all(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("".join(_words(name)) for name in names))


LAT_NAMES, LON_NAMES, X_NAMES, Y_NAMES = _all(_LAT), _all(_LON), _all(_X), _all(_Y)
ZONE_NAMES, WKT_NAMES, PLACE_NAMES = _all(_ZONE), _all(_WKT), _all(_PLACE)
_HEMISPHERES = dict.fromkeys(_all(_SOUTH), "S") | dict.fromkeys(_all(_WEST), "W")
_PART_OF = {word: part for part, words in _PARTS.items() for word in words}


def meanings(names: Iterable[str]) -> dict[str, str]:
    """The columns by the meanings of their names, in the forms of LAT_NAMES and so on: of several the shortest name."""
    columns: dict[str, str] = {}
    for name in sorted(names, key=len):
        columns.setdefault(_meaning(name), name)
    return columns


def _meaning(name: str) -> str:
    """Return the name in its plain form; of "X(经度)" the longitude, as text in brackets says more than an x or y."""
    plain = folded(name)
    if plain in _SIZES and _LENGTH_UNITS & set(_words(_plain(name))):
        return ""
    if plain in ("", *X_NAMES, *Y_NAMES):
        inner = "".join(_words(" ".join(_BRACKETS.findall(_plain(name)))))
        if inner in LAT_NAMES or inner in LON_NAMES:
            return inner
    return plain


def hemisphere(name: str) -> str:
    """ "S" or "W" where the numbers of a column are degrees south or west by its name, else ""."""
    return _HEMISPHERES.get(_meaning(name), "")


def axis_of_side(name: str) -> str:
    """ "y" of a column that says north or south by its name, "x" of one for east or west, else ""."""
    text = "".join(_words(_plain(name))).removeprefix("gps")
    for axis, short, known in (("y", "ns", LAT_NAMES), ("x", "ew", LON_NAMES)):
        if text == short or any(_part(text, term) == "dir" for term in known):
            return axis
    return ""


def is_latitude(name: str) -> bool:
    """True for a column of latitudes, by its name."""
    return _meaning(name) in LAT_NAMES


def angle_parts(names: Iterable[str]) -> dict[str, str]:
    """Columns that hold degrees, minutes, seconds and N, S, E, W apart: by "lat_deg", "lon_min" and so on.

    {} unless there are degrees and minutes of both. Where no column is named for its degrees, that of the axis is.
    """
    columns: dict[str, str] = {}
    for name in names:
        text = "".join(_words(_plain(name)))
        for axis, known in (("lat", LAT_NAMES), ("lon", LON_NAMES)):
            part = next((part for term in known if (part := _part(text, term))), "")
            if text == {"lat": "ns", "lon": "ew"}[axis]:
                part = "dir"
            if part:
                columns.setdefault(f"{axis}_{part}", name)
    for axis in ("lat", "lon"):
        if f"{axis}_axis" in columns:
            columns.setdefault(f"{axis}_deg", columns.pop(f"{axis}_axis"))
    is_whole = all(f"{axis}_{part}" in columns for axis in ("lat", "lon") for part in ("deg", "min"))
    return columns if is_whole else {}


def _part(text: str, axis: str) -> str:
    if text == axis:
        return "axis"
    rest = text.removeprefix(axis) if text.startswith(axis) else text.removesuffix(axis)
    return _PART_OF.get(rest, "") if rest != text else ""
