"""Products written with a studio, and painted to be compared with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.support.printed_pages import PrintedPages
from viewer.export.formats.writers import begin_writing
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio
from viewer.support.painting import painting

type Write = Callable[[PrintedPages, Path], None]


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
