"""Views that the canvas has shown, to go back and forward as in a browser."""

from __future__ import annotations

from layers.grid.tile_grid import View


class ViewHistory:
    """Views at rest, oldest first, and the position of the one that is shown."""

    def __init__(self, limit: int = 100) -> None:
        self._views: list[View] = []
        self._now = -1
        self._limit = limit

    def record(self, view: View) -> None:
        """Add a view that has come to rest, and drop the views ahead of it. The same place is kept once."""
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
        """Step to the view before and return it; None at the first."""
        if not self.can_go_back:
            return None
        self._now -= 1
        return self._views[self._now]

    def forward(self) -> View | None:
        """Step to the view that `back` left and return it; None at the last."""
        if not self.can_go_forward:
            return None
        self._now += 1
        return self._views[self._now]


def _same_place(a: View, b: View) -> bool:
    """True where two views differ in size only, as after the window or a panel beside it was resized."""
    if a.grid != b.grid:
        return False
    if (a.width, a.height) != (b.width, b.height) and (_is_within(a, b) or _is_within(b, a)):
        return True
    middle_a = a.left + a.width // 2, a.top + a.height // 2
    middle_b = b.left + b.width // 2, b.top + b.height // 2
    return abs(middle_a[0] - middle_b[0]) <= 1 and abs(middle_a[1] - middle_b[1]) <= 1


def _is_within(a: View, b: View) -> bool:
    across = b.left <= a.left and a.left + a.width <= b.left + b.width
    return across and b.top <= a.top and a.top + a.height <= b.top + b.height
