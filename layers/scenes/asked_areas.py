"""Areas that a server is told: boxes around the ground in whole steps, those that touch made one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import split_geometry
from layers.geo.bounds import Bounds

VIEW_STEP_DEG, SITE_STEP_DEG = 0.01, 0.1
"""Steps to which the box of the view, and boxes around sites, are rounded before an archive is told them."""
_TOUCHING_DEG = 1e-7


def rounded_box(box: Sequence[float], step_deg: float) -> Bounds:
    """A box in degrees, rounded outwards to whole steps within the world, at least one step wide and high."""
    west, east = _rounded(box[0], box[2], step_deg, 180.0)
    south, north = _rounded(box[1], box[3], step_deg, 90.0)
    return Bounds(west, south, east, north)


def _rounded(low: float, high: float, step: float, end: float) -> tuple[float, float]:
    # To nine digits: an edge that is on a step stays there, as 29.9 / 0.1 is a little less than 299.
    first, last = math.floor(round(low / step, 9)), math.ceil(round(high / step, 9))
    if first == last:  # a place on a step: its box would tell it to the metre
        first, last = (first, last + 1) if low < end else (first - 1, last)
    return max(round(first * step, 6), -end), min(round(last * step, 6), end)


def boxes_around(shape: BaseGeometry) -> tuple[Bounds, ...]:
    """The rounded boxes around the parts of a site, cut at the antimeridian; none of one without a place."""
    parts = shapely.get_parts(split_geometry(shapely.force_2d(shape)))
    return tuple(dict.fromkeys(rounded_box(part.bounds, SITE_STEP_DEG) for part in parts if not part.is_empty))


def merged_boxes(boxes: Iterable[Bounds]) -> tuple[Bounds, ...]:
    """The boxes, those that touch or overlap joined into the box around them: one question each."""
    known = list(dict.fromkeys(boxes))
    while True:
        grown = shapely.union_all([shapely.box(*box.expanded(_TOUCHING_DEG)) for box in known])
        joined = [Bounds(*(round(edge, 6) for edge in part.bounds)) for part in shapely.get_parts(grown)]
        if len(joined) == len(known):
            return tuple(sorted(joined))
        known = joined
