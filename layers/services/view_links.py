"""Addresses of web maps that show our view, each in the datum that the map uses. Nothing here contacts anybody."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any, Self
from urllib.parse import urlsplit

from msgspec import Struct

from layers.errors import BadTemplate
from layers.geo.baidu_mercator import from_bd09
from layers.geo.bounds import Bounds
from layers.geo.datum import Datum, from_wgs84
from layers.phrase import Phrase

BD09_METRES = "BD-09 metres"
DATUMS = (*(str(datum) for datum in Datum), BD09_METRES)
WORDS = frozenset(("lat", "lon", "x", "y", "z", "west", "south", "east", "north", "date", "date_dots", "span"))
EQUATOR_M_PER_PX = 40_075_016.686 / 256
"""Metres in a pixel of Web Mercator's level 0, at the equator."""
BAIDU_METRE_LEVEL = 18
SPAN_PX = 1000
"""Pixels of a page from top to bottom, by which {span} is reckoned: the distance of a camera that sees 35 degrees."""
MOST_DIGITS = 6
_WORD = re.compile(r"\{(\w*)\}")


class ShownView(Struct, frozen=True):
    """A view of the map: its middle in WGS 84, its bounds in lon and lat, metres of ground a pixel, a day."""

    lon: float
    lat: float
    bounds: Bounds
    metres_per_px: float
    day: date


class ViewAddress(Struct, frozen=True):
    """An address to be opened: `host` is contacted, and gets a place whose numbers are on `datum`."""

    address: str
    host: str
    datum: str
    error_m: float
    """Error that the conversion from WGS 84 to the datum adds."""


class ViewLink(Struct, frozen=True):
    """A web map. Raises BadTemplate where its address cannot be filled in."""

    title: str
    template: str
    datum: str = str(Datum.WGS84)
    zoom: str = "web"
    min_zoom: int = 1
    max_zoom: int = 18
    note: str = ""

    def __post_init__(self) -> None:
        unknown = set(_WORD.findall(self.template)) - WORDS
        if unknown:
            raise BadTemplate(
                "The address of {title} has {{{min}}}, which stands for nothing: mend it.",
                title=self.title,
                min=min(unknown),
            )
        if urlsplit(self.template).scheme != "https":
            raise BadTemplate("The address of {title} does not begin with https: mend it.", title=self.title)
        if self.datum not in DATUMS or self.zoom not in ("web", "baidu"):
            raise BadTemplate("The datum or the zoom of {title} is none that is known: mend it.", title=self.title)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Decode a link. Raises BadTemplate where the values are none."""
        kinds = {name: int if name.endswith("zoom") and name != "zoom" else str for name in cls.__struct_fields__}
        values = {name: data[name] for name in kinds if name in data}
        wrong = [name for name, value in values.items() if type(value) is not kinds[name]]
        if wrong or not {"title", "template"} <= values.keys():
            raise BadTemplate(
                "A link of the views lacks its title or its address, or has a wrong {wrong}.",
                wrong=wrong or Phrase("key"),
            )
        return cls(**values)

    def address(self, view: ShownView) -> ViewAddress:
        """The address that shows the view, as near as the map's levels allow."""
        datum = Datum.BD09 if self.datum == BD09_METRES else Datum(self.datum)
        middle = from_wgs84(view.lon, view.lat, datum)
        digits = _digits(view.metres_per_px)
        values = {
            "lon": f"{middle.lon:.{digits}f}",
            "lat": f"{middle.lat:.{digits}f}",
            "z": str(self._level(view)),
            "span": f"{1.6 * SPAN_PX * view.metres_per_px:.0f}",
            "date": view.day.strftime("%Y-%m-%d"),
            "date_dots": view.day.strftime("%Y.%m.%d"),
            **{
                name: f"{value:.{digits}f}"
                for name, value in zip(("west", "south", "east", "north"), view.bounds, strict=True)
            },
        }
        if self.datum == BD09_METRES:
            x, y = from_bd09(middle.lon, middle.lat)
            values |= {"x": f"{x:.0f}", "y": f"{y:.0f}"}
        address = _WORD.sub(lambda match: values[match[1]], self.template)
        return ViewAddress(address, urlsplit(address).hostname or "", self.datum, middle.error_m)

    def _level(self, view: ShownView) -> int:
        on_map = view.metres_per_px / max(math.cos(math.radians(view.lat)), 1e-3)
        if self.zoom == "baidu":
            level = BAIDU_METRE_LEVEL - math.log2(on_map)
        else:
            level = math.log2(EQUATOR_M_PER_PX / on_map)
        return max(self.min_zoom, min(self.max_zoom, round(level)))


def _digits(metres_per_px: float) -> int:
    """Decimals of a degree that distinguish two pixels; more would be sent to the host for nothing."""
    return max(1, min(MOST_DIGITS, math.ceil(math.log10(111_320 / max(metres_per_px, 1e-3)))))
