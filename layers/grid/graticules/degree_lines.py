"""Meridians and parallels at round degrees, minutes or seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.geo.bounds import Bounds
from layers.grid.graticules.frame import Floats, FrameView
from layers.grid.graticules.grid_line import GridLine
from layers.grid.graticules.round_steps import (
    DD_STEPS,
    DMS_STEPS,
    degrees_text,
    dms_text,
    multiples,
    power_of_two,
    step_of,
)

MOST_LINES = 400
_AT_A_POLE = 30.0
"""Degrees between meridians that meet within the frame."""
_NEAREST_POLE = 88.0
"""Latitude at which meridians end where many meet at a pole; every third of them goes on to it."""


def degree_lines(frame: FrameView, notation: str, aim_px: float) -> list[GridLine]:
    """The lines of a view, about `aim_px` from each other."""
    bounds = frame.lonlat
    if bounds is None:
        return []
    steps = DD_STEPS if notation == "DD" else DMS_STEPS
    text = degrees_text if notation == "DD" else dms_text
    size = _size(frame)
    lon_step = step_of(steps, bounds.width * aim_px / size[0])
    lat_step = step_of(steps, bounds.height * aim_px / size[1])
    if frame.has_pole:
        lon_step = _AT_A_POLE
    lines = list(_parallels(frame, bounds, lat_step, text))
    return [*lines, *_meridians(frame, bounds, lon_step, text)]


def _size(frame: FrameView) -> tuple[float, float]:
    """Pixels along which longitude and latitude run: of a turned or polar view about the mean of its sides."""
    width, height = frame.view.width, frame.view.height
    if frame.is_straight and not frame.view.grid.rotation_deg:
        return width, height
    mean = (width + height) / 2
    return mean, mean


type _Text = Callable[[float, float, str], str]


def _parallels(frame: FrameView, bounds: Bounds, step: float, text: _Text) -> Iterator[GridLine]:
    for n in multiples(step, bounds.bottom, bounds.top, MOST_LINES):
        lat = n * step
        if abs(lat) >= 90.0:
            continue

        def places(shares: Floats, lat: float = lat) -> tuple[Floats, Floats]:
            return bounds.left + shares * bounds.width, np.full_like(shares, lat)

        pieces = frame.line(places, frame.is_straight)
        if pieces:
            yield GridLine("parallel", lat, text(lat, step, "NS"), tuple(pieces), power_of_two(n))


def _meridians(frame: FrameView, bounds: Bounds, step: float, text: _Text) -> Iterator[GridLine]:
    for n in multiples(step, bounds.left, bounds.right, MOST_LINES):
        lon = n * step
        if frame.has_pole and lon >= bounds.left + 360.0 - 1e-9:
            continue  # the first one again
        bottom, top = bounds.bottom, bounds.top
        if frame.has_pole and n % 3:
            bottom, top = max(bottom, -_NEAREST_POLE), min(top, _NEAREST_POLE)

        def places(shares: Floats, lon: float = lon, low: float = bottom, high: float = top) -> tuple[Floats, Floats]:
            return np.full_like(shares, lon), low + shares * (high - low)

        pieces = frame.line(places, frame.is_straight) if bottom < top else []
        if pieces:
            yield GridLine("meridian", lon, text(lon, step, "EW"), tuple(pieces), power_of_two(n))
