"""A photo that is too large to be decoded in the window is shown by its thumbnail."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from layers.document.chip import Chip
from layers.project.storage.tables import DATA
from tests.viewer.app.conftest import settle
from viewer.app.case.chip_pictures import THUMBNAIL_PX, finished, keep_chip
from viewer.app.imagery.chip_reading import ChipReading
from viewer.app.window import MainWindow

SIDE_PX = 2100
"""A picture of 18 MB, of which the window decodes 16."""


def test_a_large_photo_is_shown_by_its_thumbnail(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    picture = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_Mono)
    picture.fill(1)
    keep_chip(window.session.blob_keeper(), finished(Chip(uuid="photo", content_type="image/png"), picture))
    shown: dict[str, QImage] = {}
    ChipReading(window.session, window.context.jobs).read(["photo"], DATA, shown.update)
    qtbot.waitUntil(lambda: bool(shown))
    assert shown["photo"].width() == THUMBNAIL_PX
