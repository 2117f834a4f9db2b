"""Which columns of a table say where its rows are: by their names, and where these say nothing by what is in them."""

from __future__ import annotations

from typing import Any

from layers.geo.coordinate_parse import parse_candidates
from layers.readers.delimited import RawTable
from layers.readers.wkt_places import is_wkt

LAT_NAMES = (
    "lat", "latitude", "lat_dd", "lat_wgs84", "latitude_deg", "lat_dms", "latitude_dms", "широта", "纬度", "緯度",
)  # fmt: skip
LON_NAMES = (
    "lon", "lng", "long", "longitude", "lon_dd", "lon_wgs84", "longitude_deg", "lon_dms", "longitude_dms", "долгота",
    "经度", "經度",
)  # fmt: skip
_X_NAMES = ("x", "easting", "east", "utm_e", "utm_x", "utm_easting", "xcoord", "x_coord", "point_x", "e")
_Y_NAMES = ("y", "northing", "north", "utm_n", "utm_y", "utm_northing", "ycoord", "y_coord", "point_y", "n")
_ZONE_NAMES = ("zone", "utm_zone", "utmzone", "зона")
_WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "shape")
_PLACE_NAMES = (
    "coordinates", "coordinate", "coords", "coord", "position", "mgrs", "utm", "place", "location", "latlon", "lat_lon",
    "gps", "координаты", "坐标",
)  # fmt: skip
_SAMPLE = 50
_ENOUGH = 0.8
_ENOUGH_WHERE_NAMED = 0.5
"""So many of its cells have to agree where the name of a column says already what it holds."""
KEYS = ("x", "y", "zone", "place", "wkt")
"""What `options` may name a column for."""


def chosen_columns(table: RawTable, options: dict[str, Any]) -> dict[str, str]:
    """The columns that a person chose, where the table has them; else the guessed ones; {} where nothing is known."""
    chosen = {key: str(options[key]) for key in KEYS if options.get(key)}
    if chosen and all(name in table.columns for name in chosen.values()):
        return chosen
    return guessed_columns(table)


def guessed_columns(table: RawTable) -> dict[str, str]:
    """{"wkt": column}, {"place": column}, {"x": column, "y": column} (perhaps with "zone"), or {}."""
    folded = {name.strip().lower(): name for name in reversed(table.columns)}

    def find(names: tuple[str, ...]) -> str:
        return next((folded[name] for name in names if name in folded), "")

    wkt = find(_WKT_NAMES)
    if wkt and _share(table, wkt, is_wkt) >= _ENOUGH_WHERE_NAMED:
        return {"wkt": wkt}
    for x_names, y_names in ((LON_NAMES, LAT_NAMES), (_X_NAMES, _Y_NAMES)):
        x, y = find(x_names), find(y_names)
        if x and y:
            zone = find(_ZONE_NAMES) if x_names is _X_NAMES else ""
            return {"x": x, "y": y, **({"zone": zone} if zone else {})}
    place = find(_PLACE_NAMES)
    if place and _share(table, place, is_place) >= _ENOUGH_WHERE_NAMED:
        return {"place": place}
    return _by_content(table)


def _by_content(table: RawTable) -> dict[str, str]:
    for name in table.columns:
        if _share(table, name, is_wkt) >= _ENOUGH:
            return {"wkt": name}
    for name in table.columns:
        if _share(table, name, is_place) >= _ENOUGH:
            return {"place": name}
    return {}


def is_place(text: str) -> bool:
    """Whether a text alone names a place: not a mere number, and not a word."""
    return sum(character.isdigit() for character in text) >= 4 and len(text) <= 200 and bool(parse_candidates(text))


def _share(table: RawTable, name: str, fits: Any) -> float:
    sample = [str(value) for value in table.columns[name][: _SAMPLE * 4] if value not in (None, "")][:_SAMPLE]
    return sum(map(fits, sample)) / len(sample) if sample else 0.0
