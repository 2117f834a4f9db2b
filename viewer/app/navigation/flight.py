"""Flies the canvas to a view: out, over and in again, along the smooth path of van Wijk and Nuij (2003)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer

from layers.grid.tile_grid import View
from viewer.canvas.widget import MapCanvas

STEP_MS = 16
CURVE = 1.4
"""Curvature of the path (rho in the paper): larger values zoom more and pan less."""
SPEED = 0.0024
"""Speed in the path's own unit of length a millisecond."""
SHORTEST_MS, LONGEST_MS = 250, 1800


class Stop(Struct, frozen=True):
    """A view in the CRS of the canvas: its middle, units a device pixel, and turn."""

    x: float
    y: float
    resolution: float
    rotation_deg: float


class Flight(QObject):
    """Flies one canvas. A flight ends early where anything else moves the map."""

    def __init__(self, canvas: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)
        self._view: View | None = None
        self._arrive: Callable[[], object] = lambda: None
        self._path: Callable[[float], Stop] | None = None
        self._began = self._takes_ms = 0.0

    @property
    def is_under_way(self) -> bool:
        return self._timer.isActive()

    def to(self, stop: Stop, arrive: Callable[[], object]) -> None:
        """Begin a flight; `arrive` is called at its end and shows the exact view."""
        viewport = self._canvas.viewport
        start = Stop(*viewport.centre, viewport.resolution, viewport.rotation_deg)
        self._path, length = path_between(start, stop, max(viewport.size))
        self._arrive, self._view = arrive, viewport.view()
        self._began, self._takes_ms = time.monotonic(), min(max(length / SPEED, SHORTEST_MS), LONGEST_MS)
        self._timer.start()
        self._step()

    def cancel(self) -> None:
        """Stop the flight where it is."""
        self._timer.stop()

    def _step(self) -> None:
        viewport = self._canvas.viewport
        if viewport.view() != self._view or self._path is None:
            self._timer.stop()
            return
        part = (time.monotonic() - self._began) * 1000 / self._takes_ms
        if part >= 1.0:
            self._timer.stop()
            self._arrive()
            return
        eased = part * part * (3.0 - 2.0 * part)
        now = self._path(eased)
        viewport.set_rotation(now.rotation_deg)
        viewport.centre_on(now.x, now.y, now.resolution)
        self._canvas.motion.moved(resting=False)
        self._view = viewport.view()


def path_between(start: Stop, end: Stop, size_px: int) -> tuple[Callable[[float], Stop], float]:
    """Compute the path between two stops; returns the stop at each part of it, from 0 to 1, and its length.

    `size_px`: size of the view in pixels, by which a resolution becomes a width of ground.
    """
    turn = (end.rotation_deg - start.rotation_deg + 180.0) % 360.0 - 180.0
    w0, w1 = start.resolution * size_px, end.resolution * size_px
    dx, dy = end.x - start.x, end.y - start.y
    u1 = math.hypot(dx, dy)
    if u1 < max(w0, w1) / 2:
        return _zoom(start, end, turn), abs(math.log(w1 / w0)) / CURVE + abs(turn) / 90.0 + u1 / max(w0, w1)
    rho2 = CURVE * CURVE
    b0 = (w1 * w1 - w0 * w0 + rho2 * rho2 * u1 * u1) / (2 * w0 * rho2 * u1)
    b1 = (w1 * w1 - w0 * w0 - rho2 * rho2 * u1 * u1) / (2 * w1 * rho2 * u1)
    r0, r1 = -math.asinh(b0), -math.asinh(b1)
    length = (r1 - r0) / CURVE

    def fly(part: float) -> Stop:
        s = part * length
        u = w0 / rho2 * (math.cosh(r0) * math.tanh(CURVE * s + r0) - math.sinh(r0))
        w = w0 * math.cosh(r0) / math.cosh(CURVE * s + r0)
        share = min(max(u / u1, 0.0), 1.0)
        return Stop(start.x + share * dx, start.y + share * dy, w / size_px, start.rotation_deg + part * turn)

    return fly, abs(length)


def _zoom(start: Stop, end: Stop, turn: float) -> Callable[[float], Stop]:
    """A zoom about the place that stays fixed, for stops of which one is in sight from the other."""
    ratio = end.resolution / start.resolution

    def at(part: float) -> Stop:
        scale = ratio**part
        share = (1.0 - scale) / (1.0 - ratio) if abs(ratio - 1.0) > 1e-3 else part
        x, y = start.x + share * (end.x - start.x), start.y + share * (end.y - start.y)
        return Stop(x, y, start.resolution * scale, start.rotation_deg + part * turn)

    return at
