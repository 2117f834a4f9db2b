"""The map of the report as its template takes it: picture, signs, circles, numbers, legend and scale."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from layers.product.content import NamedSite
from layers.product.site_words import NAMED_ROLE
from viewer.export.data.exported import ExportedMap, MapDetail
from viewer.export.data.map_numbers import number_places
from viewer.export.data.map_part import DETAIL_STEP
from viewer.export.data.map_reading import MapReading
from viewer.export.data.map_signs import KEY_PX, SCALE_STEPS, SIGN_PX
from viewer.export.data.picture_bytes import PNG, data_url, type_of
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language, translate

MOST_NAMED = 12
"""Most marks that the alternative text of the map names."""


def map_values(picture: ExportedMap, sites: Sequence[NamedSite], numbers: dict[str, int]) -> dict[str, Any]:
    """The values of the map for the template; lengths are in pixels of the page, where the map is shown whole."""
    reading, ratio = picture.reading, picture.reading.ratio
    inside = [site for site in sites if site.uuid in picture.places]
    left = len(sites) - len(inside)
    elsewhere = translate("Export", "{count} marks are not on the map.", "{count} mark is not on the map.", left)
    width, height = picture.width / ratio, picture.height / ratio
    at = {site.uuid: _scaled(picture.places[site.uuid], ratio) for site in inside}
    middles = number_places(numbers, at, width, height)
    signs = {data: name for name, data in enumerate(dict.fromkeys(reading.signs.values()), 1)}
    marks = [
        {
            "number": numbers[site.uuid],
            "name": one_line(site.name),
            "x": at[site.uuid][0],
            "y": at[site.uuid][1],
            "dx": round(middles[site.uuid][0] - at[site.uuid][0], 1),
            "dy": round(middles[site.uuid][1] - at[site.uuid][1], 1),
            "wide": 10 + 10 * len(str(numbers[site.uuid])),
            "sign": signs[reading.signs[site.uuid]] if site.uuid in reading.signs else 0,
            "is_claim": site.role == NAMED_ROLE,
        }
        for site in sorted(inside, key=lambda site: site.role == NAMED_ROLE)  # the last are topmost
    ]
    return {
        "data": data_url(picture.data, type_of(picture.data)),
        "width": width,
        "height": height,
        "alt": _alt(inside),
        "details": [_detail_values(detail) for detail in picture.details],
        "step": DETAIL_STEP,
        "credits": plain(" · ".join(picture.credits)),
        "elsewhere": elsewhere if left else "",
        "marks": marks,
        "signs": [(name, data_url(data, PNG)) for data, name in signs.items()],
        "sign_px": SIGN_PX,
        "circles": [_path(rings, ratio) for rings in reading.circles.values()],
        "legend": [
            {"text": plain(in_language(line.text)), "is_note": line.is_note, "sign": data_url(line.sign, PNG)}
            for line in reading.legend
        ],
        "key_px": KEY_PX,
        "projection": plain(reading.projection),
        "bar": one_line(reading.bar),
        "bar_part": round(100 * reading.bar_px / picture.width, 2),
        "steps": SCALE_STEPS,
        "scale": _scale(reading),
        "north": _north(reading),
    }


def _detail_values(detail: MapDetail) -> dict[str, Any]:
    """A finer picture for the template: its place in hundredths of the map, and the level that it is of."""
    sides = {"left": detail.left, "top": detail.top, "width": detail.width, "height": detail.height}
    place = ";".join(f"{side}:{100 * part:.4f}%" for side, part in sides.items())
    return {"data": data_url(detail.data, type_of(detail.data)), "level": detail.level, "place": place}


def _alt(inside: Sequence[NamedSite]) -> str:
    names = [one_line(site.name, 80) for site in inside]
    more = translate("Export", " and {0} more").format(len(names) - MOST_NAMED) if len(names) > MOST_NAMED else ""
    listed_names = ", ".join(names[:MOST_NAMED]) + more
    alt = translate("Export", "Map with {count} marks{0}.", "Map with {count} mark{0}.", len(inside))
    return alt.format(f": {listed_names}" if listed_names else "")


def _scale(reading: MapReading) -> str:
    """The scale by place for the script: metres a pixel of the page, latitude, direction of north."""
    return json.dumps([(round(at.metres * reading.ratio, 3), at.latitude, at.north) for at in reading.scale])


def _north(reading: MapReading) -> float | None:
    """True north in the middle of the map, in degrees clockwise from up; None where that is no place on the Earth."""
    middle = reading.scale[len(reading.scale) // 2] if reading.scale else None
    return middle.north if middle is not None and middle.metres > 0 else None


def _scaled(point: tuple[float, float], ratio: float) -> tuple[float, float]:
    return round(point[0] / ratio, 2), round(point[1] / ratio, 2)


def _path(rings: Sequence[Sequence[tuple[float, float]]], ratio: float) -> str:
    """A closed ring, or open pieces, as the path of an SVG."""
    pieces = ["M" + "L".join("{} {}".format(*_scaled(point, ratio)) for point in ring) for ring in rings]
    return pieces[0] + "Z" if len(pieces) == 1 else "".join(pieces)
