"""Pictures as arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor, QImage

from layers.grid.tile_grid import View
from viewer.canvas.scene import BACKGROUND_COLOR, MapScene
from viewer.canvas.widget import MapCanvas
from viewer.support.painting import painting


def pixels(image: QImage) -> np.ndarray:
    """(h, w, 3) blue, green, red."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


def picture(canvas: MapCanvas) -> np.ndarray:
    """What a canvas shows, overlays included."""
    return pixels(canvas.grab_picture())


def image_of(scene: MapScene, view: View) -> QImage:
    """The map alone as a scene paints it now."""
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        scene.paint_map(painter, view)
    return image


def drawn(file: Path) -> np.ndarray:
    """(h, w) where a written picture of the map shows more than its background."""
    found = pixels(QImage(str(file)))
    return np.asarray((found != pixels(_ground())[0, 0]).any(axis=-1))


def _ground() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(QColor(BACKGROUND_COLOR))
    return image


def map_of(scene: MapScene, view: View) -> np.ndarray:
    """`image_of` as an array."""
    return pixels(image_of(scene, view))
