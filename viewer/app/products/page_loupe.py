"""Zoom and pan of a product's page in its preview."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize

MM_AN_INCH = 25.4
CLOSEST = 8.0
"""Greatest zoom, as a multiple of the size at which the whole page fits."""
MOST_SIDE_PX = 4800
"""Longest side of a laid-out page, to limit memory; closer views enlarge its picture."""
_EDGE_SHARE = 0.25
"""Share of the preview that may be empty beside the page."""
_SAME = 0.02
"""Relative difference below which sizes count as equal: a page is laid out in whole pixels."""


class PageLoupe(Struct):
    """Zoom `times` and position of a page. `grown`: enlargement of the present picture until a finer page comes."""

    times: float = 1.0
    grown: float = 1.0
    _laid: float = 1.0
    _aside: QPointF | None = None
    """Offset from the middle of the preview to the middle of the page."""

    @property
    def is_close(self) -> bool:
        """True where the page is larger than the preview."""
        return self.times > 1.0

    def dpi_of(self, fitting_dpi: float, page_mm: tuple[float, float]) -> float:
        """Dots per inch at which to lay a page out; at `fitting_dpi` the whole page fits."""
        most = MOST_SIDE_PX * MM_AN_INCH / max(page_mm)
        return max(fitting_dpi, min(fitting_dpi * self.times, most))

    def lay(self, dpi: float, fitting_dpi: float) -> None:
        """Record the dots per inch of the page that was laid out."""
        laid = dpi / fitting_dpi
        self._laid = 1.0 if abs(laid - 1.0) < _SAME else laid
        self._grow()

    def page_rect(self, width: float, height: float, room: QSize) -> QRectF:
        """Rectangle of a page of this size in a preview of the size `room`, all in the preview's own units."""
        aside = self._aside or QPointF()
        left, top = round((room.width() - width) / 2 + aside.x()), round((room.height() - height) / 2 + aside.y())
        return QRectF(left, top, width, height)

    def zoom(self, by: float, about: QPointF, page: QRectF, room: QSize) -> bool:
        """Zoom by the factor `by`, keeping the place at `about` fixed. False where the limit is reached."""
        before, self.times = self.times, min(max(self.times * by, 1.0), CLOSEST)
        by = self.times / before
        self._grow()
        if by == 1.0:
            return False
        middle = about + (page.center() - about) * by
        self._put(middle, page.width() * by, page.height() * by, room)
        return True

    def pan(self, offset: QPointF, page: QRectF, room: QSize) -> None:
        """Move the page by `offset`, no further than its edges allow."""
        self._put(page.center() + offset, page.width(), page.height(), room)

    def leave(self) -> None:
        """Show the whole page."""
        self.times, self._aside = 1.0, None
        self._grow()

    def _grow(self) -> None:
        grown = self.times / self._laid
        self.grown = 1.0 if abs(grown - 1.0) < _SAME else grown

    def _put(self, middle: QPointF, width: float, height: float, room: QSize) -> None:
        """Put the middle of the page at `middle`, but no edge of the page too far into the preview."""
        if not self.is_close:
            self._aside = None
            return
        aside = middle - QPointF(room.width() / 2, room.height() / 2)
        sides = (width, room.width()), (height, room.height())
        across, down = (max(0.0, (size - free) / 2) + free * _EDGE_SHARE for size, free in sides)
        self._aside = QPointF(min(max(aside.x(), -across), across), min(max(aside.y(), -down), down))
