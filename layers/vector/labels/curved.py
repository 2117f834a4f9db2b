"""Names set along a bent line: every letter beside the line as it runs there, smoothed, upright, and off the line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.vector.labels.label_anchors import Floats, runs_inside, straight_places
from layers.vector.labels.label_layout import Anchor, Box, Letter

MOST_PLACES = 8
"""Most places of a name along a line, from which the layout chooses."""
MOST_BEND_DEG = 25.0
"""Largest angle between two neighbouring letters, either way."""
MOST_TILT_DEG = 100.0
"""Largest angle of a single letter from upright; that of the whole name is 90."""
_MOST_TURN_DEG = 130.0
"""Largest angle between any two letters of a name."""
_MOST_SAMPLES = 4000
_MOST_STARTS = 160
_SMOOTH = (1.3, 2.6)
"""Distances, in heights of a label, over which bends are smoothed; the second where the first leaves no place."""
_ENOUGH = 4
"""Number of straight places from which on no bent one is looked for."""
_MOST_POKE = 0.8
"""Greatest distance, in heights of the name, by which a bump that was smoothed away may push the name off."""


class Name(NamedTuple):
    """A name to be placed: the width of each of its letters, its width and height in a straight line, and its distance.

    All in pixels. Without letters it is placed only in a straight line.
    """

    advances: tuple[float, ...]
    width: float
    height: float
    gap: float


class _Place(NamedTuple):
    """A possible place of a name: its cost as a share of one, its middle, and the parts of its anchor."""

    cost: float
    x: float
    y: float
    straight: Anchor | None = None
    letters: Floats | None = None
    """(n, 3) x, y and turn in degrees of each letter"""
    below: bool = False

    @property
    def anchor(self) -> Anchor:
        """Anchor of the name, at whole pixels, so that a name that moves by whole pixels keeps its picture."""
        if self.letters is None:
            assert self.straight is not None
            return self.straight
        px, py = float(round(self.x)), float(round(self.y))
        letters = (self.letters - (px, py, 0.0)).round(2).tolist()
        return Anchor(px, py, 0.0, "bent", letters=tuple(Letter(*row) for row in letters), below=self.below)


class _Line(NamedTuple):
    """A run as (n, 2) points at equal steps along it."""

    points: Floats
    step: float


class _Course(NamedTuple):
    """The line that the middles of the letters stand on, on one side (1: right of the way it goes, -1: left)."""

    side: int
    points: Floats
    along: Floats
    turn: Floats
    """(n,) its direction in radians, without jumps"""
    poke: Floats
    """(n,) distance by which it is pushed off"""
    folds: NDArray[np.intp]
    """(n,) how many samples before go backwards"""


def anchors_along(points: Floats, room: Box, name: Name) -> tuple[Anchor, ...]:
    """Places for a name along a line of (n, 2) pixels: straight ones, and bent ones, the best first."""
    runs = runs_inside(points, room)
    straight = [
        _Place(cost, anchor.px, anchor.py, anchor._replace(clearance=name.gap))
        for cost, anchor in straight_places(runs, name.width, name.height)
    ]
    nearest = min(name.width / 3, 3 * name.height)
    chosen = _apart(straight, nearest, MOST_PLACES)
    if name.advances and len(chosen) < _ENOUGH:
        lines = [line for run in runs if (line := _evenly(run, name))]
        bent = _apart(_bent_places(lines, name), nearest, 2 * MOST_PLACES)
        clear = (place for place in bent if _is_clear(place, lines, name))
        chosen = sorted([*chosen, *islice(clear, MOST_PLACES)], key=lambda place: place.cost)
    return tuple(place.anchor for place in chosen[:MOST_PLACES])


def _apart(places: list[_Place], nearest: float, most: int) -> list[_Place]:
    """Keep the best of places at the same spot."""
    chosen: list[_Place] = []
    for place in sorted(places, key=lambda place: place.cost):
        if all(
            place.below is not other.below or math.hypot(place.x - other.x, place.y - other.y) >= nearest
            for other in chosen
        ):
            chosen.append(place)
            if len(chosen) == most:
                break
    return chosen


def _bent_places(lines: list[_Line], name: Name) -> list[_Place]:
    spots: list[_Place] = []
    for line, step in lines:
        for share in _SMOOTH:
            reach = max(1, min(round(share * name.height / step), (len(line) - 1) // 4))
            places = [place for course in _courses(line, step, reach, name) for place in _places(course, name)]
            if places:
                off = step * (len(line) - 1) / 1e5
                spots += [place._replace(cost=place.cost - off) for place in places]
                break
    return spots


def _evenly(run: Floats, name: Name) -> _Line | None:
    """Resample a run of the line evenly; None where it is too short for the name."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(run, axis=0).T))))
    total = float(along[-1])
    if total < name.width * 1.05:
        return None
    count = int(min(_MOST_SAMPLES, max(16.0, math.ceil(total / (name.height / 6)))))
    at = np.linspace(0.0, total, count + 1)
    return _Line(np.column_stack([np.interp(at, along, run[:, axis]) for axis in (0, 1)]), total / count)


def _courses(line: Floats, step: float, reach: int, name: Name) -> list[_Course]:
    smooth = _smoothed(line, reach)
    way = np.gradient(smooth, axis=0)
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    aside = np.column_stack([-way[:, 1], way[:, 0]])
    off = ((line - smooth) * aside).sum(axis=1)
    wide = max(2, round(1.5 * name.height / step))
    courses = []
    for side in (1, -1):
        poke = np.maximum(side * off, 0.0)
        padded = np.pad(poke, wide, mode="edge")
        highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * wide + 1).max(axis=1)
        poke = _smoothed(highest[:, None], min(wide // 2, (len(line) - 1) // 4))[:, 0]
        points = smooth + aside * (side * (name.gap + name.height / 2 + poke))[:, None]
        legs = np.diff(points, axis=0)
        lengths = np.hypot(*legs.T)
        turn = np.unwrap(np.arctan2(legs[:, 1], legs[:, 0]))
        turn = np.append(turn, turn[-1])
        turn = _smoothed(turn[:, None], min(max(1, round(0.35 * name.height / step)), (len(line) - 1) // 4))[:, 0]
        folded = (legs * way[:-1]).sum(axis=1) < 0.3 * step
        courses.append(
            _Course(
                side,
                points,
                np.concatenate(([0.0], np.cumsum(lengths))),
                turn,
                poke,
                np.concatenate(([0], np.cumsum(folded))),
            )
        )
    return courses


def _places(course: _Course, name: Name) -> list[_Place]:
    """The best places for a name on a course."""
    edges = np.concatenate(([0.0], np.cumsum(name.advances)))
    middles, width = (edges[:-1] + edges[1:]) / 2, float(edges[-1])
    total = float(course.along[-1])
    room = (name.width - width) / 2
    if total < name.width:
        return []
    count = int(min(_MOST_STARTS, max(1.0, (total - name.width) // max(8.0, name.height / 2) + 1)))
    starts = np.linspace(room, total - width - room, count) if count > 1 else np.array([(total - width) / 2])
    from_x, to_x = (np.interp(at, course.along, course.points[:, 0]) for at in (starts, starts + width))
    from_y, to_y = (np.interp(at, course.along, course.points[:, 1]) for at in (starts, starts + width))
    heading = np.degrees(np.arctan2(to_y - from_y, to_x - from_x))
    turned = (heading > 90) | (heading <= -90)
    at = starts[:, None] + np.where(turned[:, None], width - middles, middles)
    turn = np.interp(at, course.along, course.turn)
    angles = _wrapped(np.degrees(turn) + np.where(turned, 180.0, 0.0)[:, None])
    bends = np.abs(np.degrees(np.diff(turn, axis=1))) if len(middles) > 1 else np.zeros((len(starts), 1))
    range_deg = np.degrees(turn.max(axis=1) - turn.min(axis=1))
    index = np.searchsorted(course.along, np.column_stack([starts - room, starts + width + room])).clip(
        0, len(course.along) - 1
    )
    poke = np.interp(at, course.along, course.poke).max(axis=1)
    possible = (
        (bends.max(axis=1) <= MOST_BEND_DEG)
        & (np.abs(angles).max(axis=1) <= MOST_TILT_DEG)
        & (range_deg <= _MOST_TURN_DEG)
        & (course.folds[index[:, 0]] == course.folds[index[:, 1]])
        & (poke <= _MOST_POKE * name.height)
        & (np.hypot(to_x - from_x, to_y - from_y) >= width * 0.6)
    )
    below = turned != (course.side > 0)
    cost = (
        0.25
        + 0.6 * bends.mean(axis=1) / MOST_BEND_DEG
        + 0.3 * bends.max(axis=1) / MOST_BEND_DEG
        + range_deg / 200
        + 0.4 * poke / name.height
        + 0.12 * below
        + np.abs(starts + width / 2 - total / 2) / total
    )
    chosen = np.flatnonzero(possible)
    chosen = chosen[np.argsort(cost[chosen], kind="stable")][:24]
    x, y = (np.interp(at[chosen], course.along, course.points[:, axis]) for axis in (0, 1))
    letters = np.stack([x, y, angles[chosen].round(1)], axis=-1)
    middle = letters[..., :2].mean(axis=1).tolist()
    return [
        _Place(share, spot[0], spot[1], None, row, is_below)
        for share, spot, row, is_below in zip(
            cost[chosen].tolist(), middle, letters, below[chosen].tolist(), strict=True
        )
    ]


def _is_clear(place: _Place, lines: Sequence[_Line], name: Name) -> bool:
    """True where the line does not come back and run through letters."""
    assert place.letters is not None
    cos, sin = np.cos(np.radians(place.letters[:, 2])), np.sin(np.radians(place.letters[:, 2]))
    centres, half = place.letters[:, :2], np.array(name.advances) / 2
    slack = name.height / 12  # half of what is between two samples of a line
    low, high = centres.min(axis=0) - name.height, centres.max(axis=0) + name.height
    for line, _ in lines:
        near = line[((line >= low) & (line <= high)).all(axis=1)]
        dx, dy = near[:, :1] - centres[:, 0], near[:, 1:] - centres[:, 1]
        beside = np.abs(dx * cos + dy * sin) <= half + slack
        if (beside & (np.abs(dy * cos - dx * sin) <= name.height * 0.4 + slack)).any():
            return False
    return True


def _smoothed(values: Floats, reach: int) -> Floats:
    """(n, k) Means over `reach` to either side, twice; the ends stay where they are."""
    wide, box = 2 * reach, np.ones(2 * reach + 1) / (2 * reach + 1)
    before, after = 2 * values[0] - values[wide:0:-1], 2 * values[-1] - values[-2 : -wide - 2 : -1]
    padded, kernel = np.concatenate([before, values, after]), np.convolve(box, box)
    return np.stack([np.convolve(column, kernel, "valid") for column in padded.T], axis=-1)


def _wrapped(degrees: Floats) -> Floats:
    """Wrap angles into -180 to 180."""
    angles: Floats = (degrees + 180.0) % 360.0 - 180.0
    return angles
