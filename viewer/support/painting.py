"""A painter that ends with the block it is used in, whatever happens there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QImage, QPaintDevice, QPainter


@contextmanager
def part_of_picture(painter: QPainter) -> Iterator[None]:
    """A part that leaves the painter as it was, also where it fails with states of its own not given back."""
    transform, opacity, mode = painter.transform(), painter.opacity(), painter.compositionMode()
    painter.save()
    try:
        yield
    finally:
        painter.restore()
        if painter.transform() != transform or painter.opacity() != opacity or painter.compositionMode() != mode:
            painter.setTransform(transform)
            painter.setOpacity(opacity)
            painter.setCompositionMode(mode)


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter onto `device`. Raises MemoryError for a picture that could not be made: Qt gives one without pixels.

    An error keeps what it passed through: the picture would go before its painter, and Qt ends the program then.
    """
    if isinstance(device, QImage) and device.isNull():
        raise MemoryError("no picture of this size")
    painter = QPainter(device)
    try:
        yield painter
    finally:
        if painter.isActive():
            painter.end()
