"""A place in WGS 84 as text, with as many digits as its error allows."""

from __future__ import annotations

import math

from layers.geo.coordinates.notation import METRES_PER_DEGREE, Notation
from layers.geo.longitudes import normalise_lon

NO_PLACE = "–"
_PARTS = {Notation.DD: 1, Notation.DDM: 2, Notation.DMS: 3}
_FINEST_M = 0.001
_DEGREE_M = 111_320.0  # of longitude at the equator


def digits_for(error_m: float | None) -> int:
    """Decimals of a degree that a place known to `error_m` deserves (7 where the error is not judged)."""
    if error_m is None or error_m <= 0:
        return 7
    return max(0, min(7, math.floor(math.log10(_DEGREE_M / error_m)) + 1))


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
        from layers.geo.coordinates.utm_mgrs import write_mgrs  # for start-up time: its patterns take long to compile

        return write_mgrs(lon, lat, next((n for n in range(5) if _fits(10.0 ** (5 - n), error_m)), 5))
    if notation is Notation.UTM and -80.0 <= lat <= 84.0:
        from layers.geo.coordinates.utm_mgrs import write_utm  # for start-up time

        return write_utm(lon, lat, -next(power for power in range(5, -5, -1) if _fits(10.0**power, error_m)))
    parts, decimals = _angle_digits(_PARTS.get(notation, 1), error_m)
    return f"{_format_angle(lat, 'NS', parts, decimals)}, {_format_angle(lon, 'EW', parts, decimals)}"


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
