"""The fields of a mark in a KML that bring it back as the same mark, where Geoloupe reads its own file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtGui import QColor

from layers.document.marks.earth_opacity import OPAQUE, earth_opacity
from layers.document.site import Site
from layers.geo.coordinates import digits_for
from layers.product.content import NamedSite, ProductContent
from layers.requests.earth_file import EarthStyle
from layers.requests.earth_own import OwnMark
from viewer.canvas.sites.site_symbology import fill_of, line_symbol, outline_of
from viewer.commands.filing.earth_stated import (
    FOLDER,
    LOOK,
    NAME,
    NOTES,
    PLACE,
    TIME,
    joined_lines,
    lines_mark,
    look_mark,
    place_mark,
    text_mark,
    time_mark,
)
from viewer.export.data.kml_folders import is_from_earth

_LONGEST_READ = 200
"""Most characters of a name that come in again."""
_MOST_MARKED = 1000
"""Most lines of a description that are marked: more would not fit beside the fields."""
_OUTLINE_PX = 2.0
_DATE = re.compile(r"<(begin|end|when)>([^<]*)<")
_LONLAT = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


class WrittenMark(Struct, frozen=True):
    """The elements of a mark as its file has them: what differs from them later was changed in another program."""

    name: str
    words: Sequence[str]
    """Texts of its description, but for notes."""
    notes: Sequence[str]
    photos: tuple[str, ...]
    """Names of the pictures in its description."""
    geometry: str
    time: str
    style: EarthStyle


def drawn_style(site: Site) -> EarthStyle:
    """Colours and widths with which a mark is written; none for a pin, which has a picture of its symbol.

    What came from Google Earth can be seen through as much as there.
    """
    drawn, stated = _drawn_style(site), earth_opacity(site.props_json)
    if stated is None or site.kind == "point":
        return drawn
    has_fill = bool(site.fill_color) or stated[1] < OPAQUE
    return replace(drawn, stroke_opacity=stated[0], fill_opacity=stated[1] if has_fill else drawn.fill_opacity)


def _drawn_style(site: Site) -> EarthStyle:
    """Colours and widths as the map shows them."""
    if site.kind == "point" and not site.is_area:
        return EarthStyle()
    if site.kind == "line":
        symbol = line_symbol(site)
        color, opacity = _color_of(QColor(symbol.color))
        return EarthStyle(stroke_color=color, stroke_opacity=opacity, stroke_width_px=symbol.width)
    stroke, stroke_opacity = _color_of(outline_of(site) if site.is_area else QColor(line_symbol(site).color))
    fill, fill_opacity = _color_of(fill_of(site))
    return EarthStyle(
        stroke_color=stroke,
        stroke_opacity=stroke_opacity,
        stroke_width_px=_OUTLINE_PX,
        fill_color=fill,
        fill_opacity=fill_opacity,
    )


def _color_of(color: QColor) -> tuple[str, float]:
    """A colour as #rrggbb, and its opacity as a reader finds it."""
    return color.name(), round(color.alpha() / 255, 3)


def own_mark_of(named: NamedSite, site: Site, written: WrittenMark, content: ProductContent) -> OwnMark:
    """The fields of a mark; readers outside are told no more than its balloon says."""
    kept: dict[str, Any] = {} if content.is_published else _kept(site)
    name = written.name[:_LONGEST_READ]
    label = site.label.strip() and str(named.name).removesuffix(f" ({site.doubt})")
    if not content.is_published:
        label = site.label
    if label != name:
        kept |= {"name": name, "label": label}
    head = (named.class_words or named.doubt or named.names, named.place or named.precision)
    return OwnMark(
        class_code=site.class_code,
        role=site.role,
        mark_kind=site.mark_kind,
        names=tuple((str(language), str(text)) for language, text in named.names),
        place=_pin_of(site),
        digits=digits_for(site.position_error_m),
        error_m=site.position_error_m,
        lifecycle=site.lifecycle,
        stroke_color=site.stroke_color,
        fill_color=site.fill_color,
        stroke_width=site.stroke_width,
        by_role=content.is_published or not site.folder,
        head=sum(map(bool, head)),
        stated=_stated(site, written, content),
        line_marks=_line_marks(written),
        photos=written.photos,
        **{"basis": str(named.basis), **kept},
    )


def _kept(site: Site) -> dict[str, Any]:
    """The fields that stay in the house."""
    return {
        "uuid": site.uuid,
        "basis": site.position_basis,
        "lifecycle_as_of": site.lifecycle_as_of,
        "valid_from": site.valid_from,
        "valid_to": site.valid_to,
        "observed_at": site.observed_at,
        "shape_json": site.shape_json,
        "from_earth": is_from_earth(site),
    }


def _stated(site: Site, written: WrittenMark, content: ProductContent) -> dict[str, str]:
    """Marks of what the file states, as those of a place that is read."""
    lonlats = np.array([(float(lon), float(lat)) for lon, lat in _LONLAT.findall(written.geometry)]).reshape(-1, 2)
    kind = "polygon" if site.is_area else site.kind
    dates: dict[str, str] = dict(_DATE.findall(written.time))
    time = ("span" if "TimeSpan" in written.time else "stamp") if dates else ""
    return {
        NAME: text_mark(written.name[:_LONGEST_READ]),
        FOLDER: text_mark("" if content.is_published else site.folder),
        PLACE: place_mark(lonlats),
        NOTES: lines_mark(written.notes),
        TIME: time_mark(time, dates.get("begin", dates.get("when", "")), dates.get("end", "")),
        LOOK: look_mark(written.style, kind),
    }


def _line_marks(written: WrittenMark) -> tuple[str, ...] | None:
    """Marks of the lines of a description that are no notes."""
    lines = joined_lines(written.words)
    return tuple(map(text_mark, lines)) if len(lines) <= _MOST_MARKED else None


def _pin_of(site: Site) -> tuple[float, float] | None:
    """The point of a mark that the file shows as the circle of its error, with the digits of that."""
    if not site.is_area or site.geometry.is_empty:
        return None
    digits = digits_for(site.position_error_m)
    return round(site.place.x, digits), round(site.place.y, digits)
