"""The place of a picture of a web map's page: its pixels on the map's own projection, and how well that is known."""

from __future__ import annotations

import math

from msgspec import Struct

from layers.errors import CannotBePlaced
from layers.geo.crs import WGS84, is_geographic, transform_points
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import Affine
from layers.services.view_links import EQUATOR_M_PER_PX
from layers.services.web_views.web_page import ShownPage

CUT_PX = 8.0
"""Pixels of the page by which a picture that was cut by hand lies off the middle of the map."""
CAMERA_SHARE = 0.03
"""Share of the scale of a view from a camera that the height of the ground makes uncertain."""
MOST_SIDES_APART = 0.02
"""Difference between the shapes of picture and map from which the picture shows another part than the whole map."""


class PagePlace(Struct, frozen=True):
    """The place of a picture: `affine` converts its pixels into `crs`; `error_m` is the radius of doubt at its edge."""

    crs: str
    affine: Affine
    error_m: float
    metres_per_px: float
    """Metres on the ground of a pixel of the picture, in its middle."""
    is_other_shape: bool = False
    """True where the picture is no picture of the whole map, by which its scale is reckoned."""


def place_of(page: ShownPage, size: tuple[int, int], ratio: float, level: float | None = None) -> PagePlace:
    """Place a picture of a page by the page's address, with the middle of the map in the middle of the picture.

    `size`: columns and rows of the picture. `ratio`: its pixels for each pixel of the page. `level`: used where the
    address tells no scale. Raises CannotBePlaced where the page shows no map or its scale is not known.
    """
    width, height = size
    if page.why_not:
        raise CannotBePlaced(page.why_not)
    if width <= 0 or height <= 0 or not ratio > 0:
        raise CannotBePlaced("The picture has no size.")
    x, y = _middle_in(page)
    unit_m = ground_resolution_m(page.crs, x, y, 1.0)
    if not (math.isfinite(unit_m) and unit_m > 0):
        raise CannotBePlaced("The place in this address lies beyond its map: copy it again from the browser.")
    known = page.level if page.level is not None else level
    is_other_shape, share = False, 0.0
    if page.bounds is not None:
        pixel = page.bounds.width / width
        is_other_shape = abs(page.bounds.height / height / pixel - 1.0) > MOST_SIDES_APART
    elif page.span_m is not None:
        pixel, share = page.span_m / height / unit_m, CAMERA_SHARE
    elif known is not None:
        pixel = EQUATOR_M_PER_PX / 2.0**known / ratio
        share = page.level_step / 2.0 * math.log(2.0) if page.level is not None else 0.0
    else:
        raise CannotBePlaced("The address of {viewer} tells no scale: type the level of its zoom.", viewer=page.viewer)
    pixel_m = pixel * unit_m
    half_m = math.hypot(width, height) / 2.0 * pixel_m
    error_m = page.error_m + half_m * share + (CUT_PX * ratio + 1.0) * pixel_m
    return PagePlace(page.crs, _turned(page.heading_deg, pixel, x, y, size), error_m, pixel_m, is_other_shape)


def _middle_in(page: ShownPage) -> tuple[float, float]:
    if page.bounds is not None:
        return page.bounds.centre
    if is_geographic(page.crs):
        return page.lon, page.lat
    x, y = transform_points(WGS84, page.crs, page.lon, page.lat)
    return float(x), float(y)


def _turned(heading_deg: float, pixel: float, x: float, y: float, size: tuple[int, int]) -> Affine:
    """Pixels to the CRS: the middle of the picture at x, y, and the heading upwards."""
    turn = math.radians(heading_deg)
    right = (pixel * math.cos(turn), -pixel * math.sin(turn))
    down = (-pixel * math.sin(turn), -pixel * math.cos(turn))
    half_w, half_h = size[0] / 2.0, size[1] / 2.0
    left, top = (x - right[0] * half_w - down[0] * half_h, y - right[1] * half_w - down[1] * half_h)
    return Affine(right[0], down[0], left, right[1], down[1], top)
