"""Reads pictures that the program has written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from viewer.rendering.images import argb_of_image


def pixels(path: Path) -> np.ndarray:
    """(h, w, 3) red, green, blue."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    assert not image.isNull(), path
    return argb_of_image(image).view(np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)
