"""A place in WGS 84 as text, with as many digits as its error allows."""

from __future__ import annotations

import math

from mgrs import MGRS
from mgrs.core import MGRSError

from layers.geo.coordinates.notation import METRES_PER_DEGREE, Notation
from layers.geo.crs import WGS84, transform_points, utm_crs, utm_zone
from layers.geo.longitudes import normalise_lon

NO_PLACE = "–"
BANDS = "CDEFGHJKLMNPQRSTUVWXX"

_MGRS = MGRS()
_PARTS = {Notation.DD: 1, Notation.DDM: 2, Notation.DMS: 3}
_FINEST_M = 0.001


def format_coordinate(lon: float, lat: float, notation: Notation, error_m: float | None = None) -> str:
    """`51.88400° N, 128.33400° E`, `51°53'02.4" N, ...`, `52U 454161 5748346`, `52U DC 54160 48346`.

    The last digit is worth about `error_m` (1 m when None, never less than 1 mm): the step nearest to it. Outside UTM
    (beyond 84 N and 80 S) UTM falls back to decimal degrees and MGRS to its polar (UPS) squares. What is no place on
    Earth, not finite or a latitude beyond 90, gives a dash. Never raises.
    """
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lat) <= 90.0):
        return NO_PLACE
    lon = normalise_lon(lon)
    error_m = 1.0 if error_m is None or math.isnan(error_m) else max(error_m, _FINEST_M)
    if notation is Notation.MGRS:
        return _format_mgrs(lon, lat, error_m)
    if notation is Notation.UTM and -80.0 <= lat <= 84.0:
        return _format_utm(lon, lat, error_m)
    parts, decimals = _angle_digits(_PARTS.get(notation, 1), error_m)
    return f"{_format_angle(lat, 'NS', parts, decimals)}, {_format_angle(lon, 'EW', parts, decimals)}"


def latitude_band(lat: float) -> str:
    """The letter of the UTM latitude band, C to X, of a latitude from -80 to 84."""
    return BANDS[int((lat + 80.0) // 8.0)]


def _fits(step_m: float, error_m: float) -> bool:
    """A step up to half a decade above the error: the nearest one, as steps go by tens."""
    return step_m <= error_m * math.sqrt(10.0)


def _angle_digits(max_parts: int, error_m: float) -> tuple[int, int]:
    """(parts, decimals) of the coarsest step that fits: whole degrees, minutes, seconds, then decimals."""
    for parts in range(1, max_parts + 1):
        if _fits(METRES_PER_DEGREE / 60 ** (parts - 1), error_m):
            return parts, 0
    unit_m = METRES_PER_DEGREE / 60 ** (max_parts - 1)
    return max_parts, next(n for n in range(1, 12) if _fits(unit_m / 10**n, error_m))


def _format_angle(value: float, letters: str, parts: int, decimals: int) -> str:
    per_unit: int = 10**decimals
    # Whole steps first, so that no 60.0" appears.
    steps = round(abs(value) * 60 ** (parts - 1) * per_unit)
    letter = letters[0] if value >= 0 or steps == 0 else letters[1]
    if parts == 1:
        return f"{steps / per_unit:.{decimals}f}° {letter}"
    higher, last = divmod(steps, 60 * per_unit)
    number = f"{last / per_unit:0{decimals + 3 if decimals else 2}.{decimals}f}"
    if parts == 2:
        return f"{higher}°{number}' {letter}"
    degrees, minutes = divmod(higher, 60)
    return f"{degrees}°{minutes:02d}'{number}\" {letter}"


def _format_utm(lon: float, lat: float, error_m: float) -> str:
    xs, ys = transform_points(WGS84, utm_crs(lon, lat), [lon], [lat])
    power = next(power for power in range(5, -5, -1) if _fits(10.0**power, error_m))
    decimals = max(0, -power)
    easting, northing = (f"{round(float(value), -power):.{decimals}f}" for value in (xs[0], ys[0]))
    return f"{utm_zone(lon, lat)}{latitude_band(lat)} {easting} {northing}"


def _format_mgrs(lon: float, lat: float, error_m: float) -> str:
    digits = next((digits for digits in range(5) if _fits(10.0 ** (5 - digits), error_m)), 5)
    if abs(lat) < 1e-8:
        lat = 0.0  # a hair south of the equator mgrs names the southern band and the northern square
    try:
        text: str = _MGRS.toMGRS(lat, lon, MGRSPrecision=digits)
    except MGRSError:
        return format_coordinate(lon, lat, Notation.DD, error_m)
    square, numbers = text[: len(text) - 2 * digits], text[len(text) - 2 * digits :]
    if square[0].isdigit():
        square = f"{square[:-2]} {square[-2:]}"
    return " ".join(part for part in (square, numbers[:digits], numbers[digits:]) if part)
