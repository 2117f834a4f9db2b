"""Moves of the map's view: to bounds, by steps, in another CRS, back and forward; and when it rests."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from viewer.canvas.viewport import FIT_MARGIN, Viewport

REST_MS = 100
"""Time in milliseconds without an event after which a wheel gesture has ended."""
LINGER_MS = 500
"""Time in milliseconds after which a view at rest is remembered, to come back to."""


class Motion(QObject):
    """Moves one viewport, and keeps the views in which it rested."""

    def __init__(self, viewport: Callable[[], Viewport], show: Callable[[], None], parent: QObject) -> None:
        """`viewport` returns that of the pane in use; `show` puts its present view on the screen."""
        super().__init__(parent)
        self._viewport, self._show = viewport, show
        self._history = ViewHistory()
        self.is_resting = True
        """False while a gesture goes on: stand-ins will do."""
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.come_to_rest)
        self._linger = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._linger.timeout.connect(self._remember)

    def zoom_to_bounds(self, lonlat: Bounds, margin: float = FIT_MARGIN, finest_m: float = 0.0) -> None:
        """Show lon, lat bounds whole, as `Viewport.fit_lonlat`. Raises CannotBePlaced where the canvas's CRS has no
        place for them.
        """
        self._viewport().fit_lonlat(lonlat, margin, finest_m)
        self.come_to_rest()

    def show_bounds(self, crs: str, bounds: Bounds) -> None:
        """Show exactly `bounds` of a CRS, as `View.of_bounds` does for products."""
        viewport = self._viewport()
        viewport.set_crs(crs)
        viewport.set_rotation(0.0)
        viewport.fit(bounds)
        self.come_to_rest()

    def full_view(self) -> None:
        """Show the world, or the area of use of a local CRS."""
        viewport = self._viewport()
        viewport.set_rotation(0.0)
        viewport.fit_world()
        self.come_to_rest()

    def zoom_in(self) -> None:
        self._zoom_about_middle(2.0)

    def zoom_out(self) -> None:
        self._zoom_about_middle(0.5)

    def pan_by(self, dx_px: float, dy_px: float, resting: bool = True) -> None:
        """Move the view by device pixels to the right and down; `resting` False while a gesture goes on."""
        self._viewport().pan(round(dx_px), round(dy_px))
        self.moved(resting)

    def rotate_by(self, degrees: float) -> None:
        viewport = self._viewport()
        viewport.set_rotation(viewport.rotation_deg + degrees)
        self.come_to_rest()

    def reset_rotation(self) -> None:
        self._viewport().set_rotation(0.0)
        self.come_to_rest()

    def set_crs(self, crs: str) -> None:
        """Draw the map in another CRS, about the same place at the same scale. Raises BadCRS."""
        self._viewport().set_crs(crs)
        self.come_to_rest()

    @property
    def can_go_back(self) -> bool:
        return self._history.can_go_back or (self.is_under_way and not self._history.is_empty)

    @property
    def can_go_forward(self) -> bool:
        return self._history.can_go_forward and not self.is_under_way

    def back(self) -> None:
        """Return to the view before in which the map rested."""
        if self.is_under_way:
            self._remember()  # so that forward leads here again
        self._show_remembered(self._history.back())

    def forward(self) -> None:
        """Go to the view that `back` left."""
        if self.is_under_way:
            self._remember()
        self._show_remembered(self._history.forward())

    def moved(self, resting: bool) -> None:
        """Show the viewport after a move. While a gesture runs stand-ins will do, and it rests soon after its last."""
        if resting:
            self.come_to_rest()
            return
        self.is_resting = False
        self._rest.start()
        self._linger.stop()
        self._show()

    def come_to_rest(self) -> None:
        """Show the viewport exactly, and remember it where it stays so for a while."""
        self._rest.stop()
        self.is_resting = True
        self._linger.start()
        self._show()

    @property
    def is_under_way(self) -> bool:
        """True while the view that is shown has not rested long enough to be remembered."""
        return self._linger.isActive() or self._rest.isActive()

    def _remember(self) -> None:
        self._linger.stop()
        self._history.record(self._viewport().view())

    def _zoom_about_middle(self, factor: float) -> None:
        viewport = self._viewport()
        width, height = viewport.size
        viewport.zoom_about(width / 2, height / 2, factor)
        self.come_to_rest()

    def _show_remembered(self, view: View | None) -> None:
        if view is not None:
            self._rest.stop()
            self._linger.stop()
            self.is_resting = True
            self._viewport().show(view)
            self._show()


class ViewHistory:
    """Views at rest, oldest first, and which of them is shown."""

    def __init__(self, limit: int = 100) -> None:
        self._views: list[View] = []
        self._now = -1
        self._limit = limit

    def record(self, view: View) -> None:
        """Add a view that came to rest, and forget those ahead of it. A place that comes twice running is kept once."""
        if self._views and _same_place(self._views[self._now], view):
            self._views[self._now] = view
            return
        del self._views[self._now + 1 :]
        self._views.append(view)
        del self._views[: -self._limit]
        self._now = len(self._views) - 1

    @property
    def is_empty(self) -> bool:
        return not self._views

    @property
    def can_go_back(self) -> bool:
        return self._now > 0

    @property
    def can_go_forward(self) -> bool:
        return self._now + 1 < len(self._views)

    def back(self) -> View | None:
        """The view before, now shown; None at the first."""
        if not self.can_go_back:
            return None
        self._now -= 1
        return self._views[self._now]

    def forward(self) -> View | None:
        """The view that `back` left; None at the last."""
        if not self.can_go_forward:
            return None
        self._now += 1
        return self._views[self._now]


def _same_place(view: View, other: View) -> bool:
    """True where two views differ in size only, as after a window was resized or a panel opened beside the map."""
    if view.grid != other.grid:
        return False
    if (view.width, view.height) != (other.width, other.height) and (
        _is_within(view, other) or _is_within(other, view)
    ):
        return True
    middle = view.left + view.width // 2, view.top + view.height // 2
    other_middle = other.left + other.width // 2, other.top + other.height // 2
    return abs(middle[0] - other_middle[0]) <= 1 and abs(middle[1] - other_middle[1]) <= 1


def _is_within(view: View, other: View) -> bool:
    across = other.left <= view.left and view.left + view.width <= other.left + other.width
    return across and other.top <= view.top and view.top + view.height <= other.top + other.height
