"""Areas that searches go through: polygons of any shape for properties, and one with a grid of 25 cells."""

from __future__ import annotations

import shapely
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from layers.observing.search_grid import grid_over

AREA = shapely.box(169.40, -19.55, 169.45, -19.50)
GRID = grid_over(AREA, 5, 5)


@st.composite
def areas(draw: st.DrawFn) -> BaseGeometry:
    """Polygons of three corners or more, also ones that cross themselves, have holes or lie on the antimeridian."""
    lon, lat = draw(st.floats(-180, 180)), draw(st.floats(-85, 85))
    size = draw(st.sampled_from([0.001, 0.02, 0.5, 3.0]))
    unit = st.floats(-1, 1)
    corners = draw(st.lists(st.tuples(unit, unit), min_size=3, max_size=9, unique=True))
    ring = [(lon + size * x, max(-89.0, min(lat + size * y, 89.0))) for x, y in corners]
    return shapely.Polygon(ring)


def is_ground(area: BaseGeometry) -> bool:
    """True for a polygon that encloses more than a thread."""
    left, bottom, right, top = area.bounds
    whole = shapely.make_valid(area).area
    return min(right - left, top - bottom) > 1e-4 and whole > 1e-3 * (right - left) * (top - bottom)
