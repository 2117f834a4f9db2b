"""Control points being edited: some still lack a pixel or a place. Each change fits the complete ones anew."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from layers.errors import CannotBePlaced
from layers.raster.point_fit.control_point import MOST_POINTS, ControlPoint, Method, PointSet
from layers.raster.point_fit.fitted_points import FittedPoints, Residual, fitted_points

type Position = tuple[float, float]


class DraftPoint(Struct, frozen=True):
    """A control point whose pixel, place or both may not be set yet."""

    pixel: Position | None = None
    place: Position | None = None
    is_on: bool = True

    @property
    def is_whole(self) -> bool:
        return self.pixel is not None and self.place is not None


class PointDraft(QObject):
    """Rows of control points, shared by the table, both panes and the preview.

    `changed`: rows, method, CRS or the current row have changed.
    """

    changed = Signal()

    def __init__(self, size: tuple[int, int], points: PointSet, parent: QObject) -> None:
        super().__init__(parent)
        self.size = size
        self.rows = [DraftPoint((p.col, p.row), (p.lon, p.lat), p.is_on) for p in points.points]
        self.method, self.crs = points.method, points.crs
        self.current = -1
        self.fit: FittedPoints | None = None
        self.refusal = ""
        """Reason why there is no fit; empty where there is one."""
        self._judge()
        self._first = self._state

    @property
    def _state(self) -> tuple[object, ...]:
        return tuple(self.rows), self.method, self.crs

    @property
    def is_dirty(self) -> bool:
        """True where the draft differs from its first state."""
        return self._state != self._first

    @property
    def points(self) -> PointSet:
        """The complete points, with method, CRS and size."""
        points = [
            ControlPoint(*row.pixel, *row.place, row.is_on)
            for row in self.rows
            if row.pixel is not None and row.place is not None
        ]
        return PointSet(tuple(points), self.method, self.crs, self.size)

    def residual(self, row: int) -> Residual | None:
        """Residual of a complete point that the other points can check; None for any other point."""
        if self.fit is None or not self.rows[row].is_whole:
            return None
        return self.fit.residuals[sum(other.is_whole for other in self.rows[:row])]

    def fitted_pixel(self, row: int) -> Position | None:
        """Pixel of a point's place by the fit; None for a point without a residual."""
        residual, pixel = self.residual(row), self.rows[row].pixel
        return None if residual is None or pixel is None else (pixel[0] + residual.dx_px, pixel[1] + residual.dy_px)

    def fitted_place(self, row: int) -> Position | None:
        """Place of a point's pixel by the fit, lon and lat; None for a point without a residual."""
        pixel = self.rows[row].pixel
        if self.fit is None or pixel is None or self.residual(row) is None:
            return None
        lon, lat = self.fit.lonlat([pixel[0]], [pixel[1]])
        return float(lon[0]), float(lat[0])

    # -- changes ------------------------------------------------------------------------------------------------

    def set_next(self, **position: Position) -> None:
        """Set the pixel or the place of the current row; where that is complete, of a new row."""
        if self._has_room():
            self.change(self.current, **position)

    def change(self, row: int, **fields: object) -> None:
        """Change a row's pixel or place, or turn it on or off, and make it the current one."""
        if 0 <= row < len(self.rows):
            self.rows[row] = replace(self.rows[row], **fields)
            self.current = row
            self._tell()

    def add(self) -> None:
        """Make an empty row the current one; it is added unless there is one already."""
        empty = DraftPoint()
        if empty in self.rows:
            self.current = self.rows.index(empty)
        elif len(self.rows) < MOST_POINTS:
            self.rows.append(empty)
            self.current = len(self.rows) - 1
        self._tell()

    def remove(self, row: int) -> None:
        if 0 <= row < len(self.rows):
            del self.rows[row]
            self.current = min(row, len(self.rows) - 1)
            self._tell()

    def remove_current(self) -> None:
        self.remove(self.current)

    def give_up(self) -> bool:
        """Remove the current point where it is incomplete; False where it is complete or there is none."""
        if not 0 <= self.current < len(self.rows) or self.rows[self.current].is_whole:
            return False
        self.remove_current()
        return True

    def choose(self, row: int) -> None:
        """Make another row the current one."""
        if row != self.current and -1 <= row < len(self.rows):
            self.current = row
            self._tell()

    def set_method(self, method: Method) -> None:
        self.method = method
        self._tell()

    def set_crs(self, crs: str) -> None:
        self.crs = crs
        self._tell()

    def _has_room(self) -> bool:
        """Make sure that the current row is incomplete, adding one if needed; False where there is no room for more."""
        if 0 <= self.current < len(self.rows) and not self.rows[self.current].is_whole:
            return True
        if len(self.rows) >= MOST_POINTS:
            return False
        self.rows.append(DraftPoint())
        self.current = len(self.rows) - 1
        return True

    def _tell(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        self.fit, self.refusal = None, ""
        try:
            self.fit = fitted_points(self.points, self.size)
        except CannotBePlaced as error:
            self.refusal = error.sentence
