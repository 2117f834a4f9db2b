"""Reads the addresses of pages of web maps: place, scale, day, layers. Nothing here contacts anybody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from layers.errors import BadCoordinate, CannotBePlaced
from layers.geo.baidu_mercator import to_bd09
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, is_geographic, transform_bounds, transform_points
from layers.geo.datum import Datum, to_wgs84
from layers.geo.longitudes import normalise_lon
from layers.phrase import Phrase
from layers.services.view_links import BAIDU_METRE_LEVEL, BD09_METRES, EQUATOR_M_PER_PX
from layers.services.web_views.page_pattern import PageAddress, PageMatch, match_pattern
from layers.services.web_views.web_viewer import WebViewer

MOST_LEVEL = 24.0
TILTED_DEG = 1.0
"""Tilt from which a view is no map any more."""
MOST_DISTANCE_M = 1_000_000.0
"""Distance of a camera from which its picture is a globe."""
LEAST_SPAN_M, MOST_SPAN_M = 1.0, 20_000_000.0
MERCATOR_MAX_LAT = 85.06
FIRST_YEAR = "1900"
LONGEST_LAYERS = 120
_DEGREE_M = 111_320.0
_POLAR_M = 12_500_000.0
"""Most metres from the pole to an edge of a polar map."""
_LOOK_DOWN = Phrase("switch to 2D and look straight down, then copy picture and address again; or place it by points.")


class ShownPage(Struct, frozen=True, kw_only=True):
    """A view of a web map, read from its address. Of `level`, `span_m` and `bounds` one is known, or none.

    `why_not` says why a picture of it cannot be laid on a map; empty where it can.
    """

    viewer: str
    crs: str
    lon: float = 0.0
    lat: float = 0.0
    """The middle of the map, in WGS 84."""
    error_m: float = 0.0
    """Radius of doubt of the middle: from the last digit of its numbers, and the conversion of their datum."""
    level: float | None = None
    """Level of Web Mercator with 256 pixels of the page across the world at level 0."""
    level_step: float = 0.0
    """Step of the last digit of the level; 0 for a whole one, which is exact."""
    span_m: float | None = None
    """Metres on the ground from the top of the map to its bottom."""
    bounds: Bounds | None = None
    """Edges of the map in its CRS."""
    heading_deg: float = 0.0
    """Direction that is up in the picture, clockwise from north."""
    acquired_at: str = ""
    date_kind: str = "unknown"
    takes_release: bool = False
    """True where the page names the day of a release only."""
    layers: str = ""
    credit: str = ""
    warning: str = ""
    address: str = ""
    """The address of the view: the parts that were read and no more, as others may hold names or keys."""
    why_not: str = ""

    @property
    def title(self) -> str:
        """A name for a layer."""
        return f"{self.viewer}, {self.layers}" if self.layers else self.viewer


def _owner(address: PageAddress, viewers: Iterable[WebViewer]) -> WebViewer | None:
    return next((viewer for viewer in viewers if viewer.owns(address.host, address.path)), None)


def read_page(text: str, viewers: Sequence[WebViewer]) -> ShownPage:
    """Read the address of a page. Raises BadCoordinate where it tells no place, in a sentence."""
    address = PageAddress.of(text)
    if address is None:
        raise BadCoordinate("That is no address of a page: copy it from the address line of the browser.")
    viewer = _owner(address, viewers)
    if viewer is None:
        raise BadCoordinate(
            "The addresses of {host} are not known here: lay the picture on the view, or place it by points.",
            host=address.host[:100],
        )
    never = next(filter(None, (match_pattern(pattern, address) for pattern in viewer.flat_never)), None)
    match = next(filter(None, (match_pattern(pattern, address) for pattern in viewer.views)), None)
    if match is None and never is None:
        raise BadCoordinate(
            "This address of {viewer} tells no place: move the map a little, and copy the address again.",
            viewer=viewer.title,
        )
    facts = _facts(viewer, address, match or never)
    if match is None or never is not None:
        why = Phrase("The page shows a view that is tilted or from the ground, which cannot be laid flat on a map")
        return ShownPage(**facts, why_not=Phrase("{why}: {way}", why=why, way=_LOOK_DOWN))
    try:
        return ShownPage(**facts, **_place(viewer, facts["crs"], match.words))
    except CannotBePlaced as error:
        return ShownPage(**facts, why_not=error.sentence)


def _facts(viewer: WebViewer, address: PageAddress, view: PageMatch | None) -> dict[str, Any]:
    """Facts in the address besides the place."""
    shown = [match for pattern in viewer.layers if (match := match_pattern(pattern, address))]
    dated = next(filter(None, (match_pattern(pattern, address) for pattern in viewer.dates)), None)
    layers = " ".join(dict.fromkeys(match.words["layer"].strip() for match in shown))
    if viewer.date_kind == "published" and layers.isdecimal():
        layers = f"release {layers}"
    day = "" if dated is None else _day_of(dated.words)
    year = day[:4] if day[:4] == day.rpartition("/")[2][:4] else ""
    span = viewer.date_kind if viewer.date_kind == "published" or "/" not in day else "interval"
    return {
        "viewer": viewer.title,
        "crs": viewer.crs_names.get(address.parameters.get(viewer.crs_key, ""), viewer.crs),
        "acquired_at": day,
        "date_kind": span if day else "unknown",
        "takes_release": viewer.date_kind == "published",
        "layers": layers[:LONGEST_LAYERS],
        "credit": viewer.credit.replace("{year}", year).strip(),
        "warning": viewer.warning,
        "address": _kept_address(viewer, address, [view, dated, *shown]),
    }


def _kept_address(viewer: WebViewer, address: PageAddress, matches: Iterable[PageMatch | None]) -> str:
    """The address with the parts that were read alone."""
    known = [match for match in matches if match is not None]
    searched = dict.fromkeys(part for match in known for part in match.searched)
    paths = [part for part in searched if part.startswith("/") and part in address.path]
    pairs = {name: value for match in known for name, value in match.parameters.items()}
    written = {name: f"{name}={quote(value, safe=',:/~;')}" for name, value in pairs.items()}
    query = "&".join(pair for name, pair in written.items() if name.lower() not in address.behind)
    behind = [pair for name, pair in written.items() if name.lower() in address.behind]
    fragment = "".join(part.lstrip("#") for part in searched if part not in paths) or "&".join(behind)
    path = "".join(paths) or "/"
    start = f"https://{address.host}{viewer.path.rstrip('/')}{path}"
    return f"{start}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"


# -- the place ---------------------------------------------------------------------------------------------------------


def _place(viewer: WebViewer, crs: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Middle and scale. Raises CannotBePlaced where the page shows no flat map, BadCoordinate for no place on Earth."""
    for name in ("tilt", "roll"):
        if abs(float(words.get(name, 0.0))) >= TILTED_DEG:
            raise CannotBePlaced(
                "The view is tilted by {degrees} degrees, which cannot be laid flat on a map: {way}",
                degrees=f"{abs(float(words[name])):g}",
                way=_LOOK_DOWN,
            )
    facts: dict[str, Any] = {"heading_deg": float(words.get("heading", 0.0)) % 360.0}
    if "west" in words:
        facts |= _between(viewer, crs, words)
    else:
        facts |= _middle(viewer, words)
    if not is_geographic(crs) and abs(facts["lat"]) > MERCATOR_MAX_LAT and crs in (WEB_MERCATOR, "EPSG:3395"):
        raise BadCoordinate("The latitude in this address lies beyond the edge of a web map: copy it again.")
    return facts | _scale(viewer, words)


def _middle(viewer: WebViewer, words: Mapping[str, str]) -> dict[str, Any]:
    names = ("lon", "lat") if "lon" in words else ("x", "y")
    x, y = (float(words[name]) for name in names)
    decimals = min(len(words[name].partition(".")[2]) for name in names)
    step = 0.5 / 10.0**decimals
    if viewer.datum == BD09_METRES:
        x, y = to_bd09(x, y)
    elif names[0] == "x":
        x, y = _lonlat(viewer.crs, x, y)
    else:
        step *= _DEGREE_M
    if not (abs(y) <= 90.0 and abs(x) <= 360.0):
        raise BadCoordinate(
            "{lat}, {lon} in this address is no place on the Earth: copy it again from the browser.",
            lat=words[names[1]],
            lon=words[names[0]],
        )
    datum = Datum.BD09 if viewer.datum == BD09_METRES else Datum(viewer.datum)
    place = to_wgs84(normalise_lon(x), y, datum)
    return {"lon": place.lon, "lat": place.lat, "error_m": math.hypot(step, step) + place.error_m}


def _between(viewer: WebViewer, crs: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Middle and edges of a page that tells the edges of its map: degrees, or numbers of a CRS that it names."""
    edges = Bounds(*(float(words[name]) for name in ("west", "south", "east", "north")))
    if not (edges.left < edges.right and edges.bottom < edges.top):
        raise BadCoordinate("The edges in this address are those of no map: copy it again from the browser.")
    own = crs in viewer.crs_names.values()
    in_degrees = not own or is_geographic(crs)
    if in_degrees and not (edges.left >= -540 and edges.right <= 540 and max(-edges.bottom, edges.top) <= 180):
        raise BadCoordinate("The edges in this address lie beyond the Earth: copy it again from the browser.")
    if own and not in_degrees and max(map(abs, edges)) > _POLAR_M:
        raise BadCoordinate("The edges in this address lie beyond the Earth: copy it again from the browser.")
    bounds = edges
    if not own:
        cut = Bounds(edges.left, max(edges.bottom, -85.0), edges.right, min(edges.top, 85.0))
        bounds = transform_bounds(WGS84, crs, cut)
    elif in_degrees:
        turn = normalise_lon(edges.centre[0]) - edges.centre[0]
        bounds = Bounds(edges.left + turn, edges.bottom, edges.right + turn, edges.top)
    x, y = bounds.centre
    lon, lat = (x, y) if is_geographic(crs) else _lonlat(crs, x, y)
    if not abs(lat) <= 90.0:
        raise BadCoordinate("The edges in this address lie beyond the Earth: copy it again from the browser.")
    decimals = min(len(words[name].partition(".")[2]) for name in ("west", "south", "east", "north"))
    step = 0.5 / 10.0**decimals * (_DEGREE_M if in_degrees else 1.0)
    return {"lon": normalise_lon(lon), "lat": lat, "bounds": bounds, "error_m": math.hypot(step, step)}


def _lonlat(crs: str, x: float, y: float) -> tuple[float, float]:
    lon, lat = transform_points(crs, WGS84, x, y)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadCoordinate("The place in this address lies beyond its map: copy it again from the browser.")
    return float(lon), float(lat)


def _scale(viewer: WebViewer, words: Mapping[str, str]) -> dict[str, Any]:
    """The scale; nothing where the address tells none."""
    if "z" in words:
        level = float(words["z"])
        decimals = words["z"].partition(".")[2]
        if not 0.0 <= level <= MOST_LEVEL:
            raise BadCoordinate("The level {level} in this address is none that a web map has.", level=words["z"])
        if viewer.zoom == "baidu":
            level += math.log2(EQUATOR_M_PER_PX) - BAIDU_METRE_LEVEL
        return {
            "level": level + math.log2(viewer.tile_px / 256),
            "level_step": 10.0 ** -len(decimals) if decimals else 0.0,
        }
    span_m = float(words["span_m"]) if "span_m" in words else None
    if "distance_m" in words and 1.0 <= float(words["fov"]) <= 120.0:
        if float(words["distance_m"]) > MOST_DISTANCE_M:
            raise CannotBePlaced("The view is so far away that it is of a globe, and no map: go nearer.")
        span_m = 2.0 * float(words["distance_m"]) * math.tan(math.radians(float(words["fov"]) / 2.0))
    if span_m is not None and not LEAST_SPAN_M <= span_m <= MOST_SPAN_M:
        raise BadCoordinate("The size of the map in this address is none on the Earth: copy it again.")
    return {} if span_m is None else {"span_m": span_m}


# -- the day -----------------------------------------------------------------------------------------------------------


def _day_of(words: Mapping[str, str]) -> str:
    """The day, or two joined by a slash; empty where there is none on a calendar."""
    if "from" in words:
        first, last = _day(words["from"]), _day(words["to"])
        if not first or not last or first > last:
            return ""
        return first if first == last else f"{first}/{last}"
    day = _day(words["date"])
    if not day or "zone" not in words:
        return day
    sign, hours, minutes = _zone_of(words["zone"])
    try:
        clock = datetime.strptime(words["clock"], "%H:%M")
        begun = datetime.fromisoformat(day).replace(hour=clock.hour, minute=clock.minute)
        return (begun - sign * timedelta(hours=hours, minutes=minutes)).date().isoformat()
    except (ValueError, OverflowError):
        return day


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat() if text[:4] >= FIRST_YEAR else ""
    except ValueError:
        return ""


def _zone_of(text: str) -> tuple[int, int, int]:
    hours, _, minutes = text[1:].partition(":")
    return (-1 if text.startswith("-") else 1), int(hours), int(minutes or 0)
