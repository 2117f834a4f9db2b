"""A graticule: lines of degrees, of UTM or of MGRS over a view in any CRS, with labels at its edges."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from layers.geo.crs import is_off_earth
from layers.grid.graticules.cell_names import cell_names
from layers.grid.graticules.degree_lines import degree_lines
from layers.grid.graticules.edge_labels import SizeOf, edge_labels
from layers.grid.graticules.frame import FrameView
from layers.grid.graticules.grid_line import SIDES, CellName, EdgeLabel, GridLine, Side, TakenBox
from layers.grid.graticules.metric_lines import metre_step, metric_lines
from layers.grid.tile_grid import View

NOTATIONS = ("DD", "DMS", "UTM", "MGRS")
AIM_PX = 110.0
"""Logical pixels between two lines, at least."""
_SAMPLES = {"DD": "128.25° E", "DMS": "128°15'30\" E", "UTM": "5\u202f454\u202f000 N", "MGRS": "DC 5416"}


class Graticule(Struct, frozen=True):
    """Lines and texts in pixels of a view. Lines that are heavy are edges of zones and of 100 km squares."""

    notation: str
    lines: tuple[GridLine, ...] = ()
    labels: tuple[EdgeLabel, ...] = ()
    names: tuple[CellName, ...] = ()


def graticule_of(
    view: View,
    notation: str,
    size_of: SizeOf,
    *,
    sides: Sequence[Side] = SIDES,
    outside: bool = False,
    avoid: Sequence[TakenBox] = (),
) -> Graticule:
    """The graticule of a view in one of `NOTATIONS`; an empty one off the Earth, and for any other word.

    `sides` have labels, the first ones rather than the last; just inside the frame unless `outside`. None of them
    meets another, a corner, or one of the boxes to `avoid`.
    """
    if notation not in NOTATIONS or is_off_earth(view.grid.crs):
        return Graticule(notation)
    frame = FrameView(view)
    aim = max(AIM_PX * view.ratio, 1.7 * size_of(_SAMPLES[notation])[0])
    if notation in ("DD", "DMS"):
        lines, names = degree_lines(frame, notation, aim), []
    else:
        lines = metric_lines(frame, notation, aim)
        names = cell_names(frame, notation, metre_step(frame, aim), size_of, avoid)
    boxes = [*avoid, *(name.box for name in names)]
    labels = edge_labels(view, lines, size_of, sides, outside, boxes)
    return Graticule(notation, tuple(lines), tuple(labels), tuple(names))
