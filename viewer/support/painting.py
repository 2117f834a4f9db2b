"""A painter that ends with the block it is used in, whatever happens there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter onto `device`.

    An error keeps what it passed through: the picture would go before its painter, and Qt ends the program then.
    """
    painter = QPainter(device)
    try:
        yield painter
    finally:
        if painter.isActive():
            painter.end()
