"""Context managers for painters, which end or restore them whatever happens in the block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtGui import QImage, QPaintDevice, QPainter


class part_of_picture:  # noqa: N801 - reads as a function; a generator would take each frame of panes twice as long
    """Context manager that restores the painter's state, even after an error between further `save` calls."""

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
def painting(device: QPaintDevice, kind: type[QPainter] = QPainter) -> Iterator[QPainter]:
    """Context manager with a painter on `device`, of that kind, ended before an error leaves the block.

    An error holds its frames: the picture might be freed before its painter, at which Qt aborts. Raises MemoryError for
    a picture without pixels, as Qt makes it where memory is short.
    """
    if isinstance(device, QImage) and device.isNull():
        raise MemoryError("no picture of this size")
    painter = kind(device)
    try:
        yield painter
    finally:
        if painter.isActive():
            painter.end()
