"""Buttons side by side, in as many lines as the width needs."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

GAP_PX, ENDLESS_PX = 6, 1 << 20


class FlowingButtons(QWidget):
    """The lines of buttons; the widest button is its least width."""

    # Not a layout: PySide's wrapper of a layout's item outlives it and spoils the heap.

    def __init__(self, *buttons: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = buttons
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for button in buttons:
            button.setParent(self)

    def _places(self, width: int) -> list[tuple[QWidget, QRect]]:
        """The place of each button that is not hidden, in lines of a width."""
        places, x, y, line_px = list[tuple[QWidget, QRect]](), 0, 0, 0
        for button in self._buttons:
            if button.isHidden():
                continue
            size = button.sizeHint()
            if x and x + size.width() > width:
                x, y, line_px = 0, y + line_px + GAP_PX, 0
            places.append((button, QRect(x, y, min(size.width(), max(width, 1)), size.height())))
            x, line_px = x + size.width() + GAP_PX, max(line_px, size.height())
        return places

    @override
    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for _button, place in self._places(width)), default=0)

    @override
    def sizeHint(self) -> QSize:
        places = self._places(ENDLESS_PX)
        return QSize(places[-1][1].right() + 1 if places else 0, self.heightForWidth(ENDLESS_PX))

    @override
    def minimumSizeHint(self) -> QSize:
        widths = (button.minimumSizeHint().width() for button in self._buttons if not button.isHidden())
        return QSize(max(widths, default=0), self.heightForWidth(self.width()))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_out()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button was shown, hidden or renamed
            self.updateGeometry()
            self._lay_out()
        return super().event(event)

    def _lay_out(self) -> None:
        for button, place in self._places(self.width()):
            button.setGeometry(place)
