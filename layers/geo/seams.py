"""The edges that a cut at the antimeridian makes: they are no outline of anything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.geo.crs import is_unrolled, world_bounds

type Floats = NDArray[np.float64]


def is_on_both_sides(bounds: Bounds | None, crs: str) -> bool:
    """True for bounds that reach both edges of a map cut at the antimeridian: they were cut there. Raises BadCRS."""
    return bounds is not None and is_unrolled(crs) and bounds.width >= world_bounds(crs).width - _slack(crs)


def without_seams(rings: Sequence[Floats], bounds: Bounds | None, crs: str) -> Sequence[Floats]:
    """Return (n, 2) outlines in units of `crs`; those on both sides of the antimeridian without the parts along it."""
    if not is_on_both_sides(bounds, crs):
        return rings
    world, slack = world_bounds(crs), _slack(crs)
    pieces: list[Floats] = []
    for ring in rings:
        on_edge = np.abs(np.abs(ring[:, 0] - world.centre[0]) - world.width / 2) <= slack
        inside = ~(on_edge[:-1] & on_edge[1:])
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
        pieces += [ring[a : b + 1] for a, b in edges.reshape(-1, 2)]
    return pieces


def running_on(lines: Sequence[Floats], crs: str, reach: float) -> list[Floats]:
    """Extend (n, 2) lines that end on the edge of the map straight over it, by `reach` units, so that no pen ends
    there.
    """
    world, slack = world_bounds(crs), _slack(crs)
    strokes: list[Floats] = []
    for line in lines:
        ends = []
        for last, before in ((line[:1], line[1:2]), (line[-1:], line[-2:-1])):
            step = last - before
            length = float(np.hypot(*step.T).max(initial=0.0))
            is_on_edge = abs(abs(float(last[0, 0]) - world.centre[0]) - world.width / 2) <= slack
            ends.append(last + step * (reach / length) if is_on_edge and length > 0 else line[:0])
        strokes.append(np.concatenate([ends[0], line, ends[1]]))
    return strokes


def _slack(crs: str) -> float:
    """Some centimetres, in units of the CRS."""
    return world_bounds(crs).width * 1e-9
