"""The frames of a comparison side by side, each in a pane of the canvas."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.side_words import SideWords, paint_pane_words
from viewer.canvas.panes import PaneWords
from viewer.canvas.widget import MapCanvas


class LinkedPanes(QObject):
    """Gives the canvas a pane for each frame while the scene compares in that mode, and takes them back."""

    def __init__(self, canvas: MapCanvas, scene: ComparedScene, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._scene = canvas, scene
        scene.compared.connect(self._follow)

    def _follow(self) -> None:
        others = self._scene.frames[1:] if self._scene.is_in_panes else []
        if [pane.scene for pane in self._canvas.panes.all[1:]] != others:
            self._canvas.show_beside(others, FrameWords(self._scene))


class FrameWords(PaneWords):
    """The words on the panes: which date and kind, which image, which stretch."""

    def __init__(self, scene: ComparedScene) -> None:
        self._scene = scene

    @override
    def name(self, at: int) -> str:
        words = self._of(at)
        return "" if words is None else f"{words.head}, {words.text}"

    @override
    def paint(self, painter: QPainter, view: View, at: int) -> None:
        words = self._of(at)
        if words is not None:
            paint_pane_words(painter, view.width, view.height, words, view.ratio)

    def _of(self, at: int) -> SideWords | None:
        words = self._scene.words()
        return words[at] if at < len(words) else None
