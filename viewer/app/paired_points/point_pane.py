"""A pane for the points of one side: the canvas, its title, and the hint of its tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtWidgets import QLabel, QLayout, QVBoxLayout, QWidget

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from viewer.app.paired_points.point_tool import NumberedPoint, PointSide, PointTool
from viewer.canvas.widget import MapCanvas
from viewer.tools.tool import ToolContext

FIT_MARGIN = 0.02


class PaneHeading(NamedTuple):
    """The labels above a canvas, and their layout."""

    title: QLabel
    hint: QLabel
    tell: Callable[[str], None]
    """Shows a text in `hint`."""
    layout: QLayout


class PointPane[P: NumberedPoint](QWidget):
    """The canvas of one side, with the tool that sets its points."""

    def __init__(self, side: PointSide[P], heading: PaneHeading, say: Callable[[str], None]) -> None:
        """`say` shows a sentence on a refused action."""
        super().__init__()
        self.side, self.scene, self.hint = side, side.scene, heading.hint
        self.canvas = MapCanvas(side.scene, self)
        side.scene.setParent(self.canvas)
        self.canvas.setAcceptDrops(False)
        self.canvas.setAccessibleName(heading.title.text().replace("&", ""))
        self.canvas.setAccessibleDescription(side.words.keys)
        heading.title.setBuddy(self.canvas)
        if side.size is not None:
            self.canvas.show_overlays = False  # a picture has neither north nor scale
            self.canvas.viewport.set_crs(PIXEL_SPACE)
        self.tool = PointTool(ToolContext(self.canvas, lambda _edit: False, say), side, self.canvas)
        self.canvas.hint_changed.connect(heading.tell)
        self.canvas.set_tool(self.tool)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(heading.layout)
        layout.addWidget(self.canvas, 1)

    def begin(self) -> None:
        """Show the first view, once the canvas has its size."""
        self.side.begin(self.canvas)


def show_whole(size: tuple[int, int], canvas: MapCanvas) -> None:
    """Show the whole of a picture, given its columns and rows, on a canvas in pixel space."""
    width, height = size
    canvas.viewport.fit(Bounds(0.0, -float(height), float(width), 0.0), FIT_MARGIN)
    canvas.motion.come_to_rest()
