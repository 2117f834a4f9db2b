"""Anchors: the best places of a label along a line and in an area. Everything in picture pixels."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from layers.vector.labels.label_layout import Anchor, Box

type Floats = NDArray[np.float64]

_MOST_VERTICES = 2000
_BEND_SHARE = 0.16
"""Most that a stretch may leave the straight line between its ends, as a share of the label's height, and a bit."""


def straight_places(runs: list[Floats], width: float, height: float) -> list[tuple[float, Anchor]]:
    """Find places where a line is straight for the length of a label, each with its cost: the straightest near its
    middle first.
    """
    best: list[tuple[float, Anchor]] = []
    for run in runs:
        steps = np.hypot(*np.diff(run, axis=0).T)
        along = np.concatenate(([0.0], np.cumsum(steps)))
        total = float(along[-1])
        if total < width * 1.05:
            continue
        count = int(min(24, max(1, (total - width) // max(12.0, width / 3) + 1)))
        for start in np.linspace(0.0, total - width, count).tolist() if count > 1 else [(total - width) / 2]:
            place = _straight(run, along, start, width, height)
            if place is not None:
                off_middle = abs(start + width / 2 - total / 2) / total
                best.append((place[0] / height + off_middle - total / 1e5, place[1]))
    best.sort(key=lambda pair: pair[0])
    return best


def area_anchors(rings: list[Floats], room: Box) -> tuple[Anchor, ...]:
    """A place well inside the part of an area that is in view, so that the letters stand on it."""
    spot = inner_place(rings, room)
    return () if spot is None else (Anchor(*spot, 0.0, "over"), Anchor(*spot, 3.0, "around"))


def inner_place(rings: list[Floats], room: Box) -> tuple[float, float] | None:
    """The middle of the widest stretch of an area (odd-even) among seven rows of what is in view."""
    if not rings:
        return None
    left = max(room.left, min(float(ring[:, 0].min()) for ring in rings if len(ring)))
    right = min(room.right, max(float(ring[:, 0].max()) for ring in rings if len(ring)))
    top = max(room.top, min(float(ring[:, 1].min()) for ring in rings if len(ring)))
    bottom = min(room.bottom, max(float(ring[:, 1].max()) for ring in rings if len(ring)))
    if left >= right or top >= bottom:
        return None
    best: tuple[float, float, float] | None = None
    for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
        y = top + (bottom - top) * share
        edges = np.sort(np.concatenate([_crossings(ring, y) for ring in rings]))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=False):
            start, end = max(start, left), min(end, right)
            reach = (end - start) * (1.0 - abs(share - 0.5) * 0.4)
            if end > start and (best is None or reach > best[0] * 1.05):
                best = reach, (start + end) / 2, y
    return None if best is None else best[1:]


def runs_inside(points: Floats, room: Box) -> list[Floats]:
    """The stretches of a line that are in the room, cut at its edges."""
    if len(points) < 2:
        return []
    low, high = np.array(room[:2]), np.array(room[2:])
    near = _legs_near(points, low, high)
    if len(near) > _MOST_VERTICES:
        points = points[:: math.ceil(len(near) / _MOST_VERTICES)]
        near = _legs_near(points, low, high)
    start, way = points[near], points[near + 1] - points[near]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        to_low, to_high = (low - start) / way, (high - start) / way
    still = way == 0
    inside = (start >= low) & (start <= high)
    enter = np.where(still, np.where(inside, 0.0, 2.0), np.minimum(to_low, to_high)).max(axis=1).clip(0.0)
    leave = np.where(still, np.where(inside, 1.0, -1.0), np.maximum(to_low, to_high)).min(axis=1).clip(None, 1.0)
    legs = np.flatnonzero(enter < leave)
    if not len(legs):
        return []
    start, way, near, enter, leave = start[legs], way[legs], near[legs], enter[legs], leave[legs]
    first = start + way * enter[:, None]
    last = np.where((leave < 1.0)[:, None], start + way * leave[:, None], points[near + 1])
    goes_on = (leave[:-1] >= 1.0) & (enter[1:] == 0.0) & (np.diff(near) == 1)
    cuts = [0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(legs)]
    return [np.vstack([first[a : a + 1], last[a:b]]) for a, b in pairwise(cuts)]


def _legs_near(points: Floats, low: Floats, high: Floats) -> NDArray[np.intp]:
    """The legs whose upright box touches that of the room."""
    a, b = points[:-1], points[1:]
    return np.flatnonzero(((np.minimum(a, b) <= high) & (np.maximum(a, b) >= low)).all(axis=1))


def _straight(run: Floats, along: Floats, start: float, width: float, height: float) -> tuple[float, Anchor] | None:
    """Distance of a stretch from the straight line, and its anchor; None where it is too far off."""
    at = np.concatenate(([start], along[(along > start) & (along < start + width)], [start + width]))
    x, y = np.interp(at, along, run[:, 0]), np.interp(at, along, run[:, 1])
    dx, dy = float(x[-1] - x[0]), float(y[-1] - y[0])
    length = math.hypot(dx, dy)
    if length < width * 0.92:
        return None
    off = float(np.abs((x - x[0]) * dy - (y - y[0]) * dx).max()) / length
    if off > height * _BEND_SHARE + 1.5:
        return None
    angle = math.degrees(math.atan2(dy, dx))
    angle = angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
    return off, Anchor(
        float(x.mean() if len(x) == 2 else (x[0] + x[-1]) / 2), float((y[0] + y[-1]) / 2), 0.0, "along", angle
    )


def _crossings(ring: Floats, y: float) -> Floats:
    """The x of each point where the closed ring crosses a row of the picture."""
    if len(ring) < 3:
        return np.empty(0)
    a, b = ring, np.roll(ring, -1, axis=0)
    hit = (a[:, 1] <= y) != (b[:, 1] <= y)
    a, b = a[hit], b[hit]
    crossings: Floats = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return crossings
