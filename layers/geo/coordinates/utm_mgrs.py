"""UTM and MGRS, read and written: the grids whose zones, bands and squares have letters.

MGRS after NGA.STND.0037, appendix B: column letters come in three sets, row letters repeat every 2000 km and start at A
in odd zones and at F in even ones. Beyond UTM (84 N and 80 S) it has squares of the polar grid (UPS).
"""

from __future__ import annotations

import re

from msgspec import Struct

from layers.errors import BadCoordinate
from layers.geo.coordinates.notation import METRES_PER_DEGREE, Notation, ParsedCoordinate
from layers.geo.crs import WGS84, transform_points, utm_crs, utm_zone

BANDS = "CDEFGHJKLMNPQRSTUVWXX"
_COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_POLAR_COLUMNS = {"A": "JKLPQRSTUXYZ", "B": "ABCFGHJKLPQR", "Y": "JKLPQRSTUXYZ", "Z": "ABCFGHJ"}
_POLAR_ROWS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_NUMBER = r"(\d{1,8}(?:[.,]\d{1,4}(?!\d))?)"
_GAP = r"[\s,;/]+"
_ZONE = r"(?:UTM[\s:]*)?(?:ZONE[\s:]*)?(\d{1,2})\s*([C-HJ-NP-X]|NORTH|SOUTH)"
_UTM_ZONE_FIRST = re.compile(
    rf"{_ZONE}{_GAP}(?:E(?:ASTING)?[\s:=]*)?{_NUMBER}\s*(?:M?\s*E)?{_GAP}(?:N(?:ORTHING)?[\s:=]*)?{_NUMBER}\s*(?:M?\s*N)?"
)
_UTM_ZONE_LAST = re.compile(rf"{_NUMBER}\s*M?\s*E{_GAP}{_NUMBER}\s*M?\s*N{_GAP}{_ZONE}")
_FRACTION = r"(?:[.,]\d{1,4}(?!\d))?"
_UTM_ZONE_LAST_BARE = re.compile(rf"(\d{{6}}{_FRACTION}){_GAP}(\d{{5,8}}{_FRACTION}){_GAP}{_ZONE}")
"""UTM without E and N: it takes this many digits to tell it from degrees, minutes and seconds."""
_MGRS_TEXT = re.compile(r"(?:MGRS[\s:]*|USNG[\s:]*)?(\d{1,2}\s*[C-HJ-NP-X]|[ABYZ])[\s-]*([A-HJ-NP-Z]{2})([\s0-9-]*)")

_EQUATOR_DEG = 1e-8
"""Distance from the equator, in degrees, within which a place counts as on it: 1 mm further south the letters of band
and row are others.
"""


class _Utm(Struct, frozen=True):
    zone: int
    letter: str
    easting: float
    northing: float
    step_m: float


def read_mgrs(text: str) -> list[ParsedCoordinate]:
    """The centre of the MGRS cell that `text` names, [] when it is no MGRS; raises BadCoordinate for a wrong one."""
    match = _MGRS_TEXT.fullmatch(text.strip().upper())
    if not match:
        return []
    zone, square, rest = re.sub(r"\s", "", match[1]), match[2], match[3].strip(" -")
    groups = re.split(r"[\s-]+", rest) if rest else []
    if zone.isalpha() and not groups and zone + square not in text:
        return []  # three letters in small type are a word, such as "bay"
    digits = "".join(groups)
    if (
        len(digits) > 10
        or len(digits) % 2
        or len(groups) > 2
        or (len(groups) == 2 and len(groups[0]) * 2 != len(digits))
    ):
        raise BadCoordinate(
            "MGRS needs as many digits for the easting as for the northing, five each at most: 52U DC 54160 48346."
        )
    size_m = 10.0 ** (5 - len(digits) // 2)
    half = len(digits) // 2
    inside = (float(digits[:half] or 0) * size_m + size_m / 2, float(digits[half:] or 0) * size_m + size_m / 2)
    place = _place_polar(zone, square, inside) if zone.isalpha() else _place_square(zone, square, inside, size_m)
    if place is None:
        raise BadCoordinate("There is no MGRS square {zone} {square}: check its letters.", zone=zone, square=square)
    return [ParsedCoordinate(*place, Notation.MGRS, size_m / 2, text)]


def _place_square(zone: str, square: str, inside: tuple[float, float], size_m: float) -> tuple[float, float] | None:
    """(lon, lat) in a 100 km square of a UTM zone, None when the zone's band has no such square."""
    number, band = int(zone[:-1]), zone[-1]
    if not 1 <= number <= 60:
        raise BadCoordinate("There is no UTM zone {number}: zones go from 1 to 60.", number=number)
    column, row = _COLUMNS[number % 3].find(square[0]), _ROWS.find(square[1])
    if column < 0 or row < 0:
        return None
    easting = (column + 1) * 1e5 + inside[0]
    northing = (row - _first_row(number)) % 20 * 1e5 + inside[1]
    crs = f"EPSG:{326 if band >= 'N' else 327}{number:02d}"
    lons, lats = transform_points(crs, WGS84, [easting] * 6, [northing + 2e6 * turn for turn in range(6)])
    low, high = _band_limits(band)
    leeway = size_m / 1.5e5 + 1e-6  # a cell that the band's edge cuts may have its centre outside
    return next(
        (
            (lon, lat)
            for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)
            if low - leeway <= lat <= high + leeway
        ),
        None,
    )


def _place_polar(zone: str, square: str, inside: tuple[float, float]) -> tuple[float, float] | None:
    """(lon, lat) in a 100 km square of the polar (UPS) grid, None when there is no such square."""
    north = zone in "YZ"
    column = _POLAR_COLUMNS[zone].find(square[0])
    row = _POLAR_ROWS.find(square[1], 0, 14 if north else None)
    if column < 0 or row < 0:
        return None
    left, bottom = _polar_corner(zone)
    (lon,), (lat,) = (
        v.tolist()
        for v in transform_points(
            _ups_crs(north), WGS84, [left + column * 1e5 + inside[0]], [bottom + row * 1e5 + inside[1]]
        )
    )
    return lon, lat


def write_mgrs(lon: float, lat: float, digits: int) -> str:
    """The MGRS cell that holds a place: `52U DC 54160 48346`, with 0 to 5 digits a number (cells of 100 km to 1 m)."""
    if abs(lat) < _EQUATOR_DEG:
        lat = 0.0
    if -80.0 <= lat <= 84.0:
        number = utm_zone(lon, lat)
        easting, northing = _metres(utm_crs(lon, lat), lon, lat)
        zone = f"{number:02d}{latitude_band(lat)} "
        column = _COLUMNS[number % 3][int(easting // 1e5) - 1]
        row = _ROWS[(int(northing // 1e5) + _first_row(number)) % 20]
    else:
        easting, northing = _metres(_ups_crs(lat > 0), lon, lat)
        zone = ("YZ" if lat > 0 else "AB")[easting >= 2e6]
        left, bottom = _polar_corner(zone)
        column = _POLAR_COLUMNS[zone][int((easting - left) // 1e5)]
        row = _POLAR_ROWS[int((northing - bottom) // 1e5)]
    step_m = 10.0 ** (5 - digits)
    numbers = (f" {int(value % 1e5 // step_m):0{digits}d}" for value in (easting, northing)) if digits else ()
    return zone + column + row + "".join(numbers)


def write_utm(lon: float, lat: float, decimals: int) -> str:
    """`52U 454161 5748346`, for a latitude from -80 to 84; negative `decimals` round to tens, hundreds and so on."""
    xs, ys = transform_points(WGS84, utm_crs(lon, lat), [lon], [lat])
    easting, northing = (f"{round(float(value), decimals):.{max(0, decimals)}f}" for value in (xs[0], ys[0]))
    return f"{utm_zone(lon, lat)}{latitude_band(lat)} {easting} {northing}"


def latitude_band(lat: float) -> str:
    """The letter of the UTM latitude band, C to X, of a latitude from -80 to 84."""
    return BANDS[int((lat + 80.0) // 8.0)]


def _metres(crs: str, lon: float, lat: float) -> tuple[float, float]:
    """Easting and northing, rounded to the micrometre, so that a place on a grid line stays on one side of it."""
    (easting,), (northing,) = (values.tolist() for values in transform_points(WGS84, crs, [lon], [lat]))
    return round(easting, 6), round(northing, 6)


def _first_row(zone: int) -> int:
    """The index of the row letter that a UTM zone starts with at the equator."""
    return 0 if zone % 2 else 5


def _ups_crs(north: bool) -> str:
    return "EPSG:5041" if north else "EPSG:5042"


def _polar_corner(zone: str) -> tuple[float, float]:
    """Easting and northing of the corner where the letters of a polar zone start."""
    return 2e6 if zone in "BZ" else 8e5, 1.3e6 if zone in "YZ" else 8e5


def read_utm(text: str) -> list[ParsedCoordinate]:
    """Readings of a UTM coordinate, the likeliest first, [] when it is none; raises BadCoordinate for a wrong one.

    The letter is a latitude band or, where that fits too, N or S for the hemisphere. Zeros at the end of both numbers
    count as rounding.
    """
    upper = text.strip().upper()
    if match := _UTM_ZONE_FIRST.fullmatch(upper):
        zone, letter, easting, northing = match.groups()
    elif match := _UTM_ZONE_LAST.fullmatch(upper) or _UTM_ZONE_LAST_BARE.fullmatch(upper):
        easting, northing, zone, letter = match.groups()
    else:
        return []
    step_m = min(_step_m(easting), _step_m(northing))
    utm = _Utm(int(zone), letter, _number(easting), _number(northing), step_m)
    if not 1 <= utm.zone <= 60:
        raise BadCoordinate("There is no UTM zone {zone}: zones go from 1 to 60.", zone=utm.zone)
    if not 1e5 <= utm.easting < 1e6 or utm.northing > 1e7:
        raise BadCoordinate("A UTM easting has six digits and a northing at most 10 000 000: 52U 454161 5748346.")
    readings = [reading for north in (True, False) if (reading := _place_utm(utm, north, text))]
    if not readings:
        raise BadCoordinate(
            "Northing {northing} does not lie in UTM band {letter}: check the letter and the number.",
            northing=northing,
            letter=letter,
        )
    return readings


def _place_utm(utm: _Utm, north: bool, text: str) -> ParsedCoordinate | None:
    """The place in one hemisphere, if the letter allows it."""
    crs = f"EPSG:{326 if north else 327}{utm.zone:02d}"
    (lon,), (lat,) = (v.tolist() for v in transform_points(crs, WGS84, [utm.easting], [utm.northing]))
    hemisphere = "NORTH" if north else "SOUTH"
    if not -80.5 <= lat <= 84.5 or not (utm.letter in (hemisphere, hemisphere[0]) or _in_band(lat, utm)):
        return None
    return ParsedCoordinate(lon, lat, Notation.UTM, utm.step_m / 2, text)


def _in_band(lat: float, utm: _Utm) -> bool:
    """True when the latitude lies in the letter's band, with a tolerance for rounding and for habits at its edges."""
    if len(utm.letter) != 1:
        return False
    low, high = _band_limits(utm.letter)
    leeway = 0.5 + utm.step_m / METRES_PER_DEGREE
    return low - leeway <= lat <= high + leeway


def _band_limits(letter: str) -> tuple[float, float]:
    low = -80.0 + 8.0 * BANDS.index(letter)
    return low, 84.0 if letter == "X" else low + 8.0


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _step_m(text: str) -> float:
    """Metres that the last digit written on purpose stands for: 1 for 454321, 100 for 454300, 0.1 for 454321.5."""
    whole, _, fraction = text.replace(",", ".").partition(".")
    if fraction:
        return float(10.0 ** -len(fraction))
    zeros = len(whole) - len(whole.rstrip("0"))
    return float(10.0 ** (5 if zeros == len(whole) else min(zeros, 5)))
