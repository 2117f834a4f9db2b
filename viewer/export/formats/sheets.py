"""The paper that a page is painted on: held whole where it fits in memory, else strip by strip."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from viewer.support.painting import painting

BLOCK_COLUMNS = 16_384

type PaintSheet = Callable[[QPainter], None]


class Strip:
    """Painted rows of a page, from `top` on."""

    def __init__(self, argb: NDArray[np.uint8], top: int) -> None:
        """`argb`: (rows, width, 4) as Qt's RGB32 has them in memory: blue, green, red, 255."""
        self.argb, self.top = argb, top

    def rgb(self) -> NDArray[np.uint8]:
        """(rows, width, 3) RGB, as a copy; on any thread."""
        return np.ascontiguousarray(self.argb[:, :, 2::-1])

    def last_row(self) -> NDArray[np.uint8]:
        """(width, 4) of the last row, as a copy."""
        return np.array(self.argb[-1], np.uint8)


class HeldSheet:
    """A whole page in memory. Painted part by part, it equals to the last pixel a page that is painted at once."""

    def __init__(self, width: int, height: int) -> None:
        self.room = QRect(0, 0, width, height)
        self._argb = np.empty((height, width, 4), np.uint8)
        self._image = QImage(self._argb.data, width, height, 4 * width, QImage.Format.Format_RGB32)

    def clear(self, room: QRect) -> None:
        """Touch the memory of the part that will be painted, before that; on any thread.

        The system hands it out page by page, in a tenth of a second. The window would wait where Qt touched it first:
        numpy lets the interpreter go.
        """
        self._argb[room.top() : room.bottom() + 1].fill(0)

    def paint(self, part: QRect | None, paint: PaintSheet) -> None:
        """Paint on a part of the page; None for all of it."""
        with painting(self._image) as painter:
            if part is not None:
                painter.setClipRect(part)
            paint(painter)

    def strip(self, part: QRect) -> Strip:
        """Rows as they are now; they must not be painted on afterwards."""
        return Strip(self._argb[part.top() : part.bottom() + 1, part.left() : part.right() + 1], part.top())


def painted_block(part: QRect, paint: PaintSheet) -> Strip:
    """Paint a part of a page that is not held.

    Qt cuts lines at the edges of a part and begins dashes anew there, so the same file needs the same parts.
    """
    rows = np.empty((part.height(), part.width(), 4), np.uint8)
    for left in range(0, part.width(), BLOCK_COLUMNS):
        width = min(BLOCK_COLUMNS, part.width() - left)
        image = QImage(width, part.height(), QImage.Format.Format_RGB32)
        with painting(image) as painter:
            painter.fillRect(image.rect(), 0xFF000000)
            painter.translate(-part.left() - left, -part.top())
            painter.setClipRect(QRect(part.left() + left, part.top(), width, part.height()))
            paint(painter)
        rows[:, left : left + width] = _pixels(image)
    return Strip(rows, part.top())


def _pixels(image: QImage) -> NDArray[np.uint8]:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
