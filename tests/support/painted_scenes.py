"""Paints scenes into pictures, of a view of some bounds."""

from __future__ import annotations

from PySide6.QtGui import QImage

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from viewer.support.painting import painting

ALL = Bounds(9.4, 49.6, 10.6, 50.4)


def view_of(bounds: Bounds = ALL, width: int = 800, height: int = 600) -> View:
    return View.of_bounds(WEB_MERCATOR, transform_bounds(WGS84, WEB_MERCATOR, bounds), width, height)


def painted(scene, view: View, **options: object) -> QImage:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        scene.paint_map(painter, view, **options)
    return image
