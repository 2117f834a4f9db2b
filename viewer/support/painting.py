"""Context managers for painters, which end or restore them whatever happens in the block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtGui import QImage, QPaintDevice, QPainter


class part_of_picture:  # noqa: N801 - reads as a function; a generator would take each frame of panes twice as long
    """A block that leaves the painter as it was, also where it fails with saved states of its own."""

    __slots__ = ("_before", "_painter")

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter

    def __enter__(self) -> None:
        painter = self._painter
        self._before = painter.transform(), painter.opacity(), painter.compositionMode()
        painter.save()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        painter, (transform, opacity, mode) = self._painter, self._before
        painter.restore()
        if painter.transform() != transform or painter.opacity() != opacity or painter.compositionMode() != mode:
            painter.setTransform(transform)
            painter.setOpacity(opacity)
            painter.setCompositionMode(mode)


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter onto `device`. Raises MemoryError for a picture without pixels, as Qt makes it where memory lacks.

    An error holds its frames: the picture would be freed before its painter, and Qt ends the program then.
    """
    if isinstance(device, QImage) and device.isNull():
        raise MemoryError("no picture of this size")
    painter = QPainter(device)
    try:
        yield painter
    finally:
        if painter.isActive():
            painter.end()
