"""A painter that an error cannot leave open."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

from viewer.support.painting import painting


def test_a_picture_may_go_after_an_error(qapp: object) -> None:
    """As Qt would end the program here, nothing is seen of a failure but the end of the tests."""

    def paint() -> None:
        picture = QImage(20, 20, QImage.Format.Format_RGB32)
        with painting(picture) as painter:
            painter.fillRect(0, 0, 20, 20, Qt.GlobalColor.red)
            raise ValueError("red")

    for _ in range(200):
        with pytest.raises(ValueError, match="red") as kept:
            paint()
        (frame,) = [entry.frame.f_locals for entry in kept.traceback if entry.name == "paint"]
        assert not frame["painter"].isActive()
        assert frame["picture"].pixelColor(5, 5) == Qt.GlobalColor.red


def test_what_cannot_be_painted_on_is_no_error_of_its_own(qtbot, qtlog) -> None:
    with qtlog.disabled(), painting(QPixmap()) as painter:
        assert not painter.isActive()


def test_a_picture_without_pixels_is_one_for_which_there_was_no_memory(qapp: object) -> None:
    with pytest.raises(MemoryError), painting(QImage()):
        pass
