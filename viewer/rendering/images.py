"""Converts arrays to pictures and back, and places pictures in a view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QTransform

from layers.grid.tile_grid import Affine, View

NOTHING = QImage()
"""Picture of a tile that is known to be empty."""


def image_of_argb(argb: NDArray[np.uint32]) -> QImage:
    """Make a picture with its own memory from (h, w) premultiplied ARGB. Opaque ones get the format painted fastest."""
    height, width = argb.shape
    image = unpainted(width, height, opaque=bool((argb >= 0xFF000000).all()))
    np.frombuffer(image.bits(), dtype=np.uint32).reshape(height, width)[:] = argb
    return image


def unpainted(width: int, height: int, *, opaque: bool) -> QImage:
    """A picture whose pixels are still to be set. Raises MemoryError, where Qt would return one without pixels."""
    image = QImage(width, height, QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise MemoryError(f"no picture of {width} x {height} pixels")
    return image


def argb_of_image(image: QImage) -> NDArray[np.uint32]:
    """(h, w) premultiplied ARGB of a picture, as a copy."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.width()).copy()


def compose(outer: Affine, inner: Affine) -> Affine:
    """Join two transforms: first `inner`, then `outer`."""
    x, y = outer.apply(inner.c, inner.f)
    return Affine(
        outer.a * inner.a + outer.b * inner.d,
        outer.a * inner.b + outer.b * inner.e,
        x,
        outer.d * inner.a + outer.e * inner.d,
        outer.d * inner.b + outer.e * inner.e,
        y,
    )


def transform_of(affine: Affine) -> QTransform:
    return QTransform(affine.a, affine.d, affine.b, affine.e, affine.c, affine.f)


def to_view_pixels(view: View, affine: Affine) -> QTransform:
    """Transform from the pixels of a picture placed in the world by `affine` to the pixels of `view`."""
    return transform_of(compose(view.affine.inverse(), affine))
