"""A line of any number of turns round the Earth, cut at every antimeridian it crosses."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_POLE = 90.0


def cut_line(line: NDArray[np.float64]) -> list[BaseGeometry]:
    """The pieces of a line in running longitudes (no step over 180), each inside -180..180 and -90..90.

    (n, 2) or (n, 3); heights are interpolated. Pieces come by turn from west to east, and in order along the line.
    Legs along an edge belong to neither side and are left out, as `shapely.clip_by_rect` has it, which would look at
    the whole line once a turn.
    """
    for pole in (-_POLE, _POLE):
        line = _with_points_at(line, 1, np.full(max(len(line) - 1, 0), pole))
    line = _with_points_at(line, 0, np.floor((np.minimum(line[1:, 0], line[:-1, 0]) + 180.0) / 360.0) * 360.0 + 180.0)
    (lon, lat), (next_lon, next_lat) = line[:-1, :2].T, line[1:, :2].T
    turn = np.floor(((lon + next_lon) / 2 + 180.0) / 360.0)
    on_edge = (lon == next_lon) & ((lon + 180.0) % 360.0 == 0.0)
    legs = np.flatnonzero(~on_edge & ~(np.abs(lat + next_lat) >= 2 * _POLE))
    if not legs.size:
        return []
    turn = turn[legs]
    begins = np.append(True, (np.diff(legs) > 1) | (turn[1:] != turn[:-1]))
    first = np.flatnonzero(begins)
    last = np.append(first[1:], legs.size) - 1
    piece = np.repeat(np.arange(first.size), last - first + 2)
    found = line[np.insert(legs, last + 1, legs[last] + 1)]
    found[:, 0] -= 360.0 * turn[first][piece]
    pieces = shapely.linestrings(found, indices=piece)
    return list(pieces[np.argsort(turn[first], kind="stable")])


def _with_points_at(line: NDArray[np.float64], axis: int, level: NDArray[np.float64]) -> NDArray[np.float64]:
    """With a point on every leg that crosses its level: `level` has a value a leg."""
    before, after = line[:-1], line[1:]
    low, high = np.minimum(before[:, axis], after[:, axis]), np.maximum(before[:, axis], after[:, axis])
    legs = np.flatnonzero((low < level) & (level < high))
    share = (level[legs] - before[legs, axis]) / (after[legs, axis] - before[legs, axis])
    new = before[legs] + (after[legs] - before[legs]) * share[:, None]
    new[:, axis] = level[legs]
    return np.insert(line, legs + 1, new, axis=0)
