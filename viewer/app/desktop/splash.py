"""The splash screen, shown before most of the program is imported."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QSplashScreen

from viewer.support.fonts import font, load_fonts
from viewer.support.icons import mark_pixmap
from viewer.support.language.translation import translate
from viewer.support.painting import painting

SIZE = (360, 132)
GROUND, EDGE, TEXT, QUIET = "#1f2328", "#3a414a", "#e7eaee", "#a5adb8"
"""Colours of the splash screen. They belong to neither theme: the chosen one has not been read yet."""
_MARK_PX = 64
_SOON_S = 0.3
"""Longest wait for the screen to show the splash: the start must not take longer for it."""


class Splash(QSplashScreen):
    """The program's logo and name. `finish` closes it once the main window is shown."""

    def __init__(self) -> None:
        super().__init__(_picture(QGuiApplication.primaryScreen().devicePixelRatio()))
        self.setAccessibleName(translate("Splash", "Geoloupe is starting …"))

    def show_now(self) -> None:
        """Show the splash screen now: from then on the thread is busy with imports."""
        self.show()
        end = time.monotonic() + _SOON_S
        while time.monotonic() < end:
            QApplication.processEvents()
            window = self.windowHandle()
            if window is not None and window.isExposed():
                break
            time.sleep(0.005)
        QApplication.processEvents()


def _picture(ratio: float) -> QPixmap:
    load_fonts()
    width, height = SIZE
    text = translate("Splash", "Starting …")
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(GROUND))
    with painting(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(EDGE), 1.0))
        painter.drawRect(QRectF(0.5, 0.5, width - 1, height - 1))
        top = (height - _MARK_PX) / 2
        painter.drawPixmap(QPointF(28, top), mark_pixmap(_MARK_PX, ratio))
        left = 28 + _MARK_PX + 22
        painter.setFont(font(24.0, bold=True))
        painter.setPen(QColor(TEXT))
        painter.drawText(QPointF(left, height / 2 - 2), "Geoloupe")
        painter.setFont(font(13.0))
        painter.setPen(QColor(QUIET))
        painter.drawText(QRectF(left, height / 2 + 6, width - left - 12, 24), int(Qt.AlignmentFlag.AlignLeft), text)
    return picture
