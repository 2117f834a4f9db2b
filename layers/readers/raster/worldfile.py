"""World files: six lines beside a picture that say where it lies. Parsed here, because GDAL may not look around."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator

from layers.geo.crs import crs_text
from layers.readers.files import is_readable

Transform = tuple[float, float, float, float, float, float]

_MAX_BYTES = 4096
_MAX_WKT_BYTES = 65536
_BYTE_ORDER_MARK = "\xef\xbb\xbf"
_ZONES = 60
_DATUMS = {
    "WGS84": (4326, 32600, 32700),
    "WGE": (4326, 32600, 32700),
    "NAD83": (4269, 26900, 0),
    "NAR": (4269, 26900, 0),
    "NAR83": (4269, 26900, 0),
    "NAD27": (4267, 26700, 0),
    "NAS": (4267, 26700, 0),
}
"""EPSG codes of datums by their names in ArcInfo: the CRS in degrees, and the codes of UTM to which a zone north or
south of the equator is added.
"""


def find_world_file(path: str) -> str:
    """The path of the world file beside `path`, or "": name.pgw, name.pngw or name.wld in lower or upper case."""
    return next(filter(is_readable, _world_files(path)), "")


def unreadable_beside(path: str, others: Iterable[str] = ()) -> list[str]:
    """Names of world files, .prj files and `others` beside `path` that are there and may not be read."""
    files = (file for file in (*_world_files(path), *_prj_files(path), *others) if os.path.lexists(file))
    return [os.path.basename(file) for file in files if not is_readable(file)]


def _world_files(path: str) -> Iterator[str]:
    stem, suffix = os.path.splitext(path)
    letters = suffix.lstrip(".").lower()
    short = letters[:1] + letters[-1:] + "w" if letters else "w"
    for ending in (short, letters + "w", "wld"):
        yield from (f"{stem}.{ending}", f"{stem}.{ending.upper()}")


def _prj_files(path: str) -> Iterator[str]:
    for start in (os.path.splitext(path)[0], path):
        yield from (f"{start}.prj", f"{start}.PRJ")


def read_world_file(path: str) -> Transform | None:
    """The (a, b, c, d, e, f) transform, pixel corners to world, or None when the text is no world file."""
    text = _read_text(path, _MAX_BYTES)
    try:
        a, d, b, e, x, y = (float(line.replace(",", ".")) for line in text.split()[:6])
    except ValueError:
        return None
    values = (a, b, x - (a + b) / 2, d, e, y - (d + e) / 2)  # the file speaks of the first pixel's centre
    if not all(math.isfinite(v) for v in values) or a * e - b * d == 0:
        return None
    return values


def read_prj(path: str) -> str:
    """The CRS text in the .prj beside `path`, or ""; raises BadCRS where the text is none."""
    for candidate in _prj_files(path):
        if is_readable(candidate):
            text = _read_text(candidate, _MAX_WKT_BYTES).removeprefix(_BYTE_ORDER_MARK).strip()
            return crs_text(_old_projection(text) or text) if text else ""
    return ""


def _old_projection(text: str) -> str:
    """Return the code of a projection in the form before WKT, as ArcInfo wrote it into a .prj: a word and its value a
    line.

    Empty for others.
    """
    words = dict(parts for line in text.upper().splitlines() if len(parts := line.split(None, 1)) == 2)
    datum = _DATUMS.get("".join(sign for sign in words.get("DATUM", "") if sign.isalnum()), (0, 0, 0))
    shifts = {float(words.get(key, "0")) for key in ("XSHIFT", "YSHIFT") if _is_number(words.get(key, "0"))}
    if shifts != {0.0} or words.get("UNITS", "METERS").strip() not in ("METERS", "DD"):
        return ""
    match words.get("PROJECTION", "").split(), words.get("ZONE", "").strip():
        case ["GEOGRAPHIC"], _ if datum[0]:
            return f"EPSG:{datum[0]}"
        case ["UTM"], zone if zone.lstrip("-").isdecimal() and 1 <= abs(int(zone)) <= _ZONES:
            base = datum[1] if int(zone) > 0 else datum[2]
            return f"EPSG:{base + abs(int(zone))}" if base else ""
    return ""


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _read_text(path: str, limit: int) -> str:
    with open(path, "rb") as file:
        return file.read(limit).decode("latin-1")
