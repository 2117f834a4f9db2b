"""Two panes side by side for pairs of points: a picture at the left, a map at the right."""

from __future__ import annotations

from typing import Any, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter

from viewer.app.paired_points.point_pane import PointPane

_HALF = 1 << 16
"""Size given to each pane: equal ones share any width evenly."""


class TwoPanes(QSplitter):
    """Both panes, half the width each; the keyboard starts in the picture.

    `given_up`: Esc was pressed on a pane with nothing half done.
    """

    given_up = Signal()

    def __init__(self, picture: PointPane[Any], map_: PointPane[Any]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._panes = (picture, map_)
        self._is_begun = False
        for pane in self._panes:
            self.addWidget(pane)
            pane.canvas.tool_given_up.connect(self.given_up)
        self.setChildrenCollapsible(False)
        self.setSizes([_HALF, _HALF])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_begun:
            self._panes[0].canvas.setFocus()
            QTimer.singleShot(0, self, self._begin)  # once the dialog, and so the canvases, have their sizes

    def _begin(self) -> None:
        self._is_begun = True
        for pane in self._panes:
            pane.begin()

    def show_points(self) -> None:
        """Show the points of both sides as they are now."""
        for pane in self._panes:
            pane.tool.show()

    def is_idle(self) -> bool:
        """True when both sides are painted completely."""
        return self._is_begun and all(pane.canvas.is_idle() for pane in self._panes)

    def close_scenes(self) -> None:
        """Close the scenes of both panes: nothing more is read for them."""
        for pane in self._panes:
            pane.scene.close()
