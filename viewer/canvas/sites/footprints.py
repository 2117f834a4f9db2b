"""Footprints of sites: the part of the picture that a site is painted on, which an edit of the site outdates."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QRect

from layers.document.vocabulary import AREA_NOT_PIN_M
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_shapes import SiteShape, circles_of, to_pixels
from viewer.canvas.sites.site_symbol_painter import SYMBOL_RADIUS_PX

SYMBOL_REACH_PX = 2.0 * SYMBOL_RADIUS_PX
"""Radius in logical pixels of a symbol with the glow of selection."""
_RADIUS_REACH_PX = 90.0
"""Radius in logical pixels of the words beside a range ring that state its radius."""
_FAR_PX = 1e6
"""Distance in pixels from which a corner lies too far away for a box of whole pixels."""


class Footprint(Struct, frozen=True, eq=False):
    """One site as it is painted at one time."""

    places: Floats
    """(n, 2) lon, lat of its points, and of the places that its leaders lead to."""
    reach_px: Floats
    """(n,) Radius of what is painted at each point, in logical pixels."""
    error_m: Floats
    """(n,) Error of each point in metres; nan where none is given."""
    shape: SiteShape | None
    stroke_px: float
    """Half the width of the widest line with its glow, in logical pixels."""

    def rect(self, view: View) -> QRect | None:
        """Box of the footprint in pixels of the view: empty where it has no place, None where it reaches too far to
        compute.
        """
        crs, corner_arrays = view.grid.crs, []
        if len(self.places):
            x, y = transform_points(WGS84, crs, self.places[:, 0], self.places[:, 1])
            pixels, reach = to_pixels(view, np.column_stack([x, y])), self.reach_px[:, None] * view.ratio
            corner_arrays += [pixels - reach, pixels + reach]
        stroke = self.stroke_px * view.ratio
        for lon, lat, error_m in zip(*self.places.T.tolist(), self.error_m.tolist(), strict=True):
            if error_m > AREA_NOT_PIN_M:
                (outline,) = circles_of([(lon, lat, error_m)], crs)
                corner_arrays += _around(view, outline.bounds, stroke)
        if self.shape is not None:
            is_ring = self.shape.mark is not None and self.shape.mark.is_ring
            corner_arrays += _around(
                view, self.shape.box(crs), stroke + (_RADIUS_REACH_PX * view.ratio if is_ring else 0.0)
            )
        corners = np.concatenate(corner_arrays) if corner_arrays else np.zeros((0, 2))
        corners = corners[np.isfinite(corners).all(axis=1)]
        if not len(corners):
            return QRect()
        if float(np.abs(corners).max()) > _FAR_PX:
            return None
        (left, top), (right, bottom) = np.floor(corners.min(axis=0)).tolist(), np.ceil(corners.max(axis=0)).tolist()
        return QRect(int(left), int(top), math.ceil(right - left), math.ceil(bottom - top))


def rects_of(footprints: Iterable[Footprint], view: View) -> list[QRect] | None:
    """Boxes of the footprints in the view; None where one of them reaches too far to compute."""
    picture, rects = QRect(0, 0, view.width, view.height), []
    for footprint in footprints:
        rect = footprint.rect(view)
        if rect is None:
            return None
        rects.append(rect.intersected(picture))
    return [rect for rect in rects if not rect.isEmpty()]


def _around(view: View, bounds: Bounds | None, reach: float) -> list[Floats]:
    if bounds is None:
        return []
    corners = to_pixels(
        view, np.array([(x, y) for x in (bounds.left, bounds.right) for y in (bounds.bottom, bounds.top)])
    )
    return [corners - reach, corners + reach]
