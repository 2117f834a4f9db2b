"""A studio with readers in this process, and products written with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.pool.pool import ReaderPool
from tests.support.printed_pages import PrintedPages
from viewer.export.formats.steps import finish
from viewer.export.formats.writers import begin_writing
from viewer.export.headless import Studio
from viewer.rendering.images import argb_of_image
from viewer.support.painting import painting

type Write = Callable[[PrintedPages, Path], None]


@pytest.fixture
def studio(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    with Studio() as studio:
        yield studio


@pytest.fixture
def write(studio: Studio) -> Write:
    def written(printed: PrintedPages, path: Path) -> None:
        assert finish(begin_writing(printed, path, studio.context))[0] == path

    return written


def painted(printed: PrintedPages, page: int = 0) -> QImage:
    image = QImage(*printed.size_px(page), QImage.Format.Format_RGB32)
    with painting(image) as painter:
        printed.paint(painter, page)
    return image


def rgb(image: QImage) -> np.ndarray:
    """(h, w, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return argb_of_image(image).view(np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1]
