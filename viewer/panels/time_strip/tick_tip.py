"""The tip of a tick: the scene's small picture beside its name, sensor and date."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from viewer.support.language.text import tooltip
from viewer.support.plain_label import plain_label

ABOVE_PX = 12
SHOWN_MS = 20_000


class TickTip(QFrame):
    """A small window without a frame of its own; it takes neither mouse nor keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("tickTip")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAccessibleName(self.tr("Scene"))
        self.picture, self.text = QLabel(), plain_label()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 0, Qt.AlignmentFlag.AlignTop)
        self._end = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._end.timeout.connect(self.hide)

    def show_at(self, place: QPoint, lines: Sequence[str], image: QImage | None) -> None:
        """Show the tip above a place of the screen, or at the upper edge where there is no room."""
        self.show_lines(lines)
        self.show_picture(image)
        self.adjustSize()
        screen = self.screen()
        room = screen.availableGeometry() if screen is not None else QRect(0, 0, 4000, 4000)
        left = min(max(place.x() - self.width() // 2, room.left()), room.right() - self.width())
        top = place.y() - self.height() - ABOVE_PX
        self.move(left, max(top, room.top()))
        self.show()
        self._end.start()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Set the lines."""
        self.text.setText(tooltip("\n".join(lines)))
        if self.isVisible():
            self.adjustSize()

    def show_picture(self, image: QImage | None) -> None:
        """Set a picture; None for none."""
        self.picture.setVisible(image is not None)
        if image is not None:
            self.picture.setPixmap(QPixmap.fromImage(image))
        if self.isVisible():
            self.adjustSize()
