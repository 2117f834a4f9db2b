"""Chooses the symbol of a site: colour and shape show its role, the fill how well its place is known."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct, field
from PySide6.QtGui import QColor

from layers.document.marks.earth_opacity import OPAQUE, earth_opacity
from layers.document.site import Site
from layers.document.vocabulary import AREA_NOT_PIN_M, ROLES, THINNEST_PX, WIDEST_PX, class_of
from layers.vector.style.routes import ROUTES

CLAIM_COLOR = "#a8650a"
SETTING_COLOR = "#1f93b0"
OTHER_COLOR = "#5c6b7a"
ANNOTATION_COLOR = "#ffffff"
"""Colour of lines that annotate the map and mark no site: arrows, range rings, freehand lines."""
MEASURE_COLOR = "#b4f2a0"
"""Colour of measurements, which are no sites."""
SELECTED_COLOR = "#ffe14d"
HALO_COLOR = "#0b141c"
PAPER_COLOR = "#fbfdfe"
_LONGEST_COLOR = 40
"""Most characters of a text that may be a colour."""
_DASHES = (7.0, 5.0)
"""Stroke and gap, in logical pixels, of a thin line that is not known to exist."""

AREA_DOTS_PX = (3.2, 4.0)
"""Dot and gap of the circle around a loosely known place, in logical pixels.

Dots mean the place is uncertain, dashes the existence. Qt would shift shorter dots where only a part of the circle is
painted, as in a strip of a page.
"""


class Precision(StrEnum):
    """Degree to which a place is known. Only PRECISE may look like an exact pin."""

    PRECISE = "precise"
    LOOSE = "loose"
    NOT_JUDGED = "not judged"


_PRECISIONS = {None: Precision.NOT_JUDGED, True: Precision.PRECISE, False: Precision.LOOSE}


class SiteSymbol(Struct, frozen=True):
    """All that one site's sign is painted from; equal symbols share their picture."""

    class_code: str
    role: str
    precision: Precision
    color: str
    fill: str = ""
    """The site's own fill colour; empty for the one of its precision."""
    is_doubtful: bool = False
    """True for a site that may not exist: its rim is dashed."""


class LineSymbol(Struct, frozen=True):
    """A line: a casing that shows on any imagery, and one or two strokes on it. Widths in logical pixels."""

    color: str
    width: float
    dash: tuple[float, ...] = ()
    """Pattern in logical pixels: stroke, gap, ..."""
    ground: str = ""
    """A solid stroke of the same width below a dashed one (railways)."""
    casing: str = field(default=HALO_COLOR)
    casing_width: float = 1.4
    """Width of the casing that shows on either side."""


_LINES: dict[str, LineSymbol] = {
    name: LineSymbol(
        symbol.stroke_color,
        symbol.stroke_width_px,
        tuple(part * symbol.stroke_width_px for part in symbol.dash),
        symbol.ground_color,
        f"#{symbol.casing_color[-6:]}",
        symbol.casing_width_px,
    )
    for name, symbol in ROUTES.items()
}

_LINES["rail_spur"] = _LINES["rail"]
_MEASURE = LineSymbol(MEASURE_COLOR, 1.8)
_MEASURED_ALPHA = 26
"""Opacity of the fill of a measured area, of 255: the image below has to be seen."""


def role_color(role: str) -> str:
    return {"named in a claim": CLAIM_COLOR, "setting": SETTING_COLOR}.get(role, OTHER_COLOR)


def symbol_key(site: Site) -> tuple[str, str, bool | None, str, str, bool]:
    """All of a site that its symbol depends on; equal keys have equal symbols, and compare much faster."""
    error_m = site.judged_error_m
    is_precise = None if error_m is None else error_m <= AREA_NOT_PIN_M
    return site.class_code, site.role, is_precise, site.stroke_color, site.fill_color, site.may_not_exist


def symbol_of(site: Site) -> SiteSymbol:
    """The symbol of a site. An error that was not judged is shown as such, never as a precise place."""
    class_code, role, is_precise, stroke_color, fill_color, is_doubtful = symbol_key(site)
    precision = _PRECISIONS[is_precise]
    color = own_color(stroke_color) or role_color(role)
    # What has the sign of another class, or the badge of another role, shares its picture.
    known_role = role if role in ROLES else "other"
    return SiteSymbol(class_of(class_code), known_role, precision, color, own_color(fill_color), is_doubtful)


def line_symbol(site: Site) -> LineSymbol:
    """The symbol of a line, or of a polygon's outline: by class, else by role; the site's own colours win."""
    symbol = _MEASURE if _is_measured(site) else _LINES.get(class_of(site.class_code))
    symbol = symbol or LineSymbol(_line_color(site), 2.4)
    own = own_color(site.stroke_color)
    own_width = site.stroke_width
    width = min(max(own_width, THINNEST_PX), WIDEST_PX) if own_width is not None and own_width > 0 else symbol.width
    if site.may_not_exist:
        # On the dark casing alone, as the gaps of a railway's dashes are no longer than those between its sleepers.
        return LineSymbol(own or symbol.color, width, (max(_DASHES[0], 3 * width), max(_DASHES[1], 2 * width)))
    if not own and width == symbol.width:
        return symbol
    return LineSymbol(own or symbol.color, width, symbol.dash, symbol.ground, symbol.casing, symbol.casing_width)


def fill_of(site: Site) -> QColor:
    """The translucent fill of a polygon or an area circle; none for a search area, whose pixels are to be judged."""
    own = own_color(site.fill_color)
    if site.mark_kind == "search area" and not own:
        return QColor(0, 0, 0, 0)
    is_measured = _is_measured(site)
    color = QColor(
        own or own_color(site.stroke_color) or (MEASURE_COLOR if is_measured else _bright(role_color(site.role)))
    )
    if not own or color.alpha() == 255:
        stated = earth_opacity(site.props_json)
        is_stated = stated is not None and stated[1] < OPAQUE  # what hides the image is shown with our own measure
        alpha = round(255 * stated[1]) if stated is not None and is_stated else 46
        color.setAlpha(_MEASURED_ALPHA if is_measured else alpha)
    return color


def outline_of(site: Site) -> QColor:
    """The outline of an area circle."""
    return QColor(own_color(site.stroke_color) or _bright(role_color(site.role)))


def own_color(color: str) -> str:
    """The text where it is a colour, else empty: case files may hold anything."""
    return color if color and len(color) <= _LONGEST_COLOR and _is_color(color) else ""


@lru_cache(maxsize=1024)
def _is_color(text: str) -> bool:
    return QColor.isValidColorName(text)


def _is_measured(site: Site) -> bool:
    return site.mark_kind == "measurement"


def _line_color(site: Site) -> str:
    is_plain = site.role not in ("named in a claim", "setting")
    return ANNOTATION_COLOR if site.mark_kind == "annotation" and is_plain else _bright(role_color(site.role))


def _bright(color: str) -> str:
    """A lighter tone for lines and areas, which are thinner than badges, on dark imagery."""
    return {CLAIM_COLOR: "#f0b45a", SETTING_COLOR: "#57c7e3", OTHER_COLOR: "#c3ced8"}.get(color, color)
