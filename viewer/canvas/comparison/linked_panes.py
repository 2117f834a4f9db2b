"""The frames of a comparison side by side, each in a pane of the canvas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import override

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter

from layers.grid.tile_grid import View
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.side_words import SideWords, paint_pane_words
from viewer.canvas.panes import PaneWords
from viewer.canvas.widget import MapCanvas
from viewer.rendering.images import unpainted
from viewer.support.painting import painting

HIGH_PX = 160.0
"""Height that holds nine lines of words."""


class LinkedPanes(QObject):
    """Gives the canvas a pane for each frame while the scene is in that mode, and takes the panes away afterwards."""

    top_moved = Signal()
    """Emitted when `top_px` changes."""

    def __init__(self, canvas: MapCanvas, scene: ComparedScene, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._scene = canvas, scene
        self.top_px = 0
        """Height in logical pixels that the words on the panes take at the upper edge of the canvas."""
        scene.compared.connect(self._follow)

    def _follow(self) -> None:
        others = self._scene.frames[1:] if self._scene.is_in_panes else []
        if [pane.scene for pane in self._canvas.panes.all[1:]] != others:
            self._canvas.show_beside(others, FrameWords(self._scene, self._set_top))
        if not others:
            self._set_top(0)

    def _set_top(self, px: int) -> None:
        if px != self.top_px:
            self.top_px = px
            self.top_moved.emit()


class FrameWords(PaneWords):
    """The words on the panes: date and kind, image, stretch. Painted letters are kept."""

    def __init__(self, scene: ComparedScene, laid: Callable[[int], None]) -> None:
        """`laid` is called with the height in logical pixels down to which the words reach."""
        self._scene, self._laid = scene, laid
        self._words: list[SideWords] = []
        self._kept: dict[int, tuple[tuple[SideWords, int, float], QImage, int]] = {}
        """Painted words by pane: words, width and ratio; their picture; the height down to which they reach."""

    @override
    def name(self, at: int) -> str:
        words = self._scene.words()
        return f"{words[at].head}, {words[at].text}" if at < len(words) else ""

    @override
    def paint(self, painter: QPainter, view: View, at: int) -> None:
        if at == 0:  # once a frame: what one image says depends on the others
            self._words = self._scene.words()
        if at >= len(self._words):
            return
        key = self._words[at], view.width, view.ratio
        if at not in self._kept or self._kept[at][0] != key:
            image = unpainted(view.width, math.ceil(HIGH_PX * view.ratio), opaque=False)
            image.fill(0)
            with painting(image) as kept:
                box = paint_pane_words(kept, view.width, image.height(), self._words[at], view.ratio)
            image = image.copy(0, 0, math.ceil(box.right()), math.ceil(box.bottom()))  # the rest is empty
            self._kept[at] = key, image, math.ceil(box.bottom() / view.ratio)
            self._laid(max(down for _key, _image, down in self._kept.values()))
        painter.drawImage(0, 0, self._kept[at][1])
