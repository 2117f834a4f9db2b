"""Sets numbers on one side of a match plate: on a photograph by its pixels, or on a map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.sites.photo_numbers import NumberAt, paint_number_at, paint_numbers
from viewer.tools.numbered.numbered_points import NumberedPointsTool
from viewer.tools.sketch import paint_crosshair
from viewer.tools.tool import ToolContext


class NumberPaneTool(NumberedPointsTool[NumberAt]):
    """A click, or Enter at the crosshair, sets the next number; Delete takes the chosen one away."""

    name = "number pane"
    reach_px = 13.0

    def __init__(self, context: ToolContext, *, is_photo: bool, parent: QObject | None = None) -> None:
        super().__init__(context, (0, 0) if is_photo else None, parent)
        self._next = self._chosen = 0

    @property
    def hint(self) -> str:
        where = self.tr("on the map") if self.size is None else self.tr("on the photograph")
        ways = self.tr("A click, or Enter at the crosshair, sets number {0} {1}. Drag to move it.")
        return ways.format(self._next, where)

    @property
    def beside(self) -> str:
        return self.tr("That is outside the photograph: set the number inside it.")

    def show(self, numbers: Sequence[NumberAt], coming: int, chosen: int) -> None:
        """Show these numbers; `coming` is set next, `chosen` stands out."""
        self.points, self._next, self._chosen = numbers, coming, chosen
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        """On a map the numbers are marks of the case, which the map itself paints."""
        if self.size is not None:
            paint_numbers(painter, view, [one for one in self.points if one is not self.dragged], self._chosen)
        if self.dragged is not None and self.to is not None:
            for pixel in self.pixels_of(view, self.to):
                paint_number_at(painter, view, self.dragged.number, pixel.x(), pixel.y())
        if self.canvas.hasFocus():
            paint_crosshair(painter, view)
