"""Drawing without a window: an exception while painting is one, and no crash."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import TileGrid, View
from viewer.export.headless import Studio


class _Broken:
    def set_view(self, view: View) -> None:
        pass

    def is_complete(self, view: View) -> bool:
        return True

    def paint_map(self, painter: QPainter, view: View) -> None:
        self.painter = painter
        raise ZeroDivisionError


def test_the_painter_is_ended_whatever_happens(qapp) -> None:
    scene, view = _Broken(), View(TileGrid("EPSG:4326", 1.0), 0, 0, 10, 10)
    with pytest.raises(ZeroDivisionError):
        Studio.picture_of(Studio.__new__(Studio), scene, view)
    assert not scene.painter.isActive()
