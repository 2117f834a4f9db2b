"""The position error of a mark drawn on an image: the pick's, and the image's own as far as it is stated."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from msgspec import Struct

from layers.document.json_fields import json_object
from layers.document.site import Site
from layers.document.vocabulary import BY_HAND, MEASURED
from layers.errors import InvalidValue
from layers.phrase import Phrase

SCREEN_KEY = "screen_m"
"""Key of a site's `props_json` for the ground size of the screen's pixel when the mark was made."""
FINER_BY = 4.0
"""Number of screen pixels across one pixel of the image from which a mark looks finer than it is."""
LEAST_PLACEMENT_M = 5.0
"""Least placement error of an image that states none."""
_LARGEST_M = 1e7
_METRES_A_DEGREE = 111_195.0
"""Length of a degree of latitude on a sphere of the Earth's size."""
_CE90 = (
    re.compile(r"\bCE ?90\b[^\d.;]{0,12}(\d{1,7}(?:\.\d{1,4})?) ?m\b", re.IGNORECASE),
    re.compile(r"\b(\d{1,7}(?:\.\d{1,4})?) ?m\b[^\d.;]{0,12}(?:\bCE ?90\b|90 ?%)", re.IGNORECASE),
)
_IT = Phrase("It")


class Pick(Struct, frozen=True):
    """One look at an image: ground size of its pixel there, and of the screen's pixel at that zoom, in metres."""

    pixel_m: float
    screen_m: float

    @property
    def error_m(self) -> float:
        """Position error of the pick: at least one pixel of the image, and one of the screen."""
        return max(self.pixel_m, self.screen_m)

    @property
    def is_finer_than_the_image(self) -> bool:
        """True where the screen shows a place far more precisely than the image."""
        return self.pixel_m >= FINER_BY * self.screen_m


def stated_placement_m(note: str) -> float | None:
    """The 90 % radius that a note on an image's placement states ("CE90 6.5 m"); None where it states none.

    The misfit of control points is no such statement, nor is a height's.
    """
    ce90 = next((match for pattern in _CE90 if (match := pattern.search(note[:2000]))), None)
    value = float(ce90[1]) if ce90 else 0.0
    return value if 0 < value <= _LARGEST_M else None


def with_placement(pick_m: float, placement_m: float | None) -> float | None:
    """The position error of a mark; None (not judged) where the image's own is not stated."""
    return None if placement_m is None else round(math.hypot(pick_m, placement_m), 3)


def pick_of(site: Site) -> Pick | None:
    """The precision of a mark's pick on its image; None where no sensible one is kept."""
    if not site.image_uuid or not _is_length(site.pixel_m):
        return None
    assert site.pixel_m is not None
    screen_m = _screen_m(site)
    return Pick(float(site.pixel_m), float(site.pixel_m) if screen_m is None else screen_m)


def at_best_m(site: Site) -> float | None:
    """The least error of a mark, from the image that it was measured on; None without one, and where the error was
    judged.
    """
    pick = pick_of(site)
    if pick is None or site.position_error_m is not None or site.position_basis != MEASURED:
        return None
    return max(LEAST_PLACEMENT_M, pick.error_m)


def with_screen(props_json: str, screen_m: float) -> str:
    """`props_json` with the precision of a mark's pick; members that cannot be understood stay as they are."""
    try:
        props = json_object(props_json, _IT)
    except InvalidValue:
        return props_json
    return json.dumps({**props, SCREEN_KEY: round(screen_m, 3)}, ensure_ascii=False)


def shown_error_m(site: Site) -> float | None:
    """The error by which a site's coordinate is written: the judged one; else at least the error of the pick on its
    image, or of the hand that drew it on a map without an image.

    The middle of any other line or area has the digits that a hundredth of it is worth: it is no place of its own.
    """
    if site.position_error_m is not None:
        return site.position_error_m
    pick = pick_of(site)
    if pick is not None:
        return pick.error_m
    if site.position_basis == BY_HAND:
        return _screen_m(site)
    return None if site.kind == "point" or site.geometry.is_empty else _extent_m(site) / 100


def _extent_m(site: Site) -> float:
    """The greater side of the box around a mark, in metres, as good as a coordinate's digits need it."""
    left, bottom, right, top = site.geometry.bounds
    return _METRES_A_DEGREE * max(top - bottom, (right - left) * math.cos(math.radians((bottom + top) / 2)))


def _screen_m(site: Site) -> float | None:
    kept = _props(site.props_json).get(SCREEN_KEY)
    return float(kept) if kept is not None and _is_length(kept) else None


def _props(text: str) -> dict[str, Any]:
    try:
        return json_object(text, _IT)
    except InvalidValue:
        return {}


def _is_length(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LARGEST_M
