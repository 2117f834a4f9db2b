"""Boxes and sliders that the mouse wheel does not change: it scrolls the area around them.

The wheel never changes a choice or a slider, and a number or a date only while that has the focus.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionSlider,
    QStylePainter,
    QWidget,
)

RING_PX = 1.6
MOST_ROWS = 15
"""Most rows of a list that are visible at once; typed letters find the others."""
MOST_LIST_PX, MOST_MEASURED = 900, 1000
"""Most width of an open list in logical pixels beyond that of its box, and most entries that are measured for it."""
if TYPE_CHECKING:
    _AnyBox = QAbstractSpinBox
else:
    _AnyBox = object  # a class of Python can have one parent of Qt: that of the box
_OPENS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space)
_LEAVES = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_PAGES = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ComboBox(QComboBox):
    """A choice among texts.

    A text that is too long ends with three dots; an editable box has the border of a line edit. Tab in the open list
    takes the entry as Enter does, and goes on.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(MOST_ROWS)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    @override
    def showPopup(self) -> None:
        self.view().removeEventFilter(self)
        self.view().installEventFilter(self)  # Qt leaves Tab in the list without a use
        self.view().setMinimumWidth(self._list_px())
        super().showPopup()

    def _list_px(self) -> int:
        """The width that the list needs for whole entries, up to a limit; 0 where there are too many to measure."""
        if not 0 < self.count() <= MOST_MEASURED:
            return 0
        bar_px = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return min(self.view().sizeHintForColumn(0) + bar_px + 2 * self.view().frameWidth(), MOST_LIST_PX)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.key() not in _LEAVES:
            return super().eventFilter(watched, event)
        if watched is not self.view():
            return super().eventFilter(watched, event)
        enter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.view(), enter)
        is_forward = event.key() == Qt.Key.Key_Tab
        QTimer.singleShot(0, self, partial(self._go_on, is_forward))  # once the list is closed, and the choice is made
        return True

    def _go_on(self, is_forward: bool) -> None:
        focused = self.window().focusWidget()
        if focused is self or focused is self.lineEdit():  # else the choice has led elsewhere
            self.focusNextPrevChild(is_forward)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a ring with the focus, as on a line edit: Qt's style draws next to none."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEditable():
            if not self.hasFocus():  # the style's own edge cannot be seen in the dark
                painter.setPen(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        else:
            self._draw_text(painter, option)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), RING_PX))
            edge = RING_PX / 2
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 3.0, 3.0)
        painter.end()

    def _draw_text(self, painter: QStylePainter, option: QStyleOptionComboBox) -> None:
        if self.currentIndex() < 0:
            color = self.palette().color(QPalette.ColorRole.PlaceholderText)
            option.palette.setColor(QPalette.ColorRole.ButtonText, color)
            option.currentText = self.placeholderText()
        combo, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(combo, option, field, self).width() - 2
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + 4
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the closed list at Up, Down, Space or a letter, which then finds an entry there.

        Nothing is chosen that is not visible in the list.
        """
        if self.isEditable():
            super().keyPressEvent(event)
        elif event.key() in _OPENS:
            self.showPopup()
        elif event.key() in _PAGES:
            event.ignore()  # for the form around it
        elif not event.text().isprintable() or not event.text():
            super().keyPressEvent(event)
        elif event.text().isalnum():
            self.showPopup()
            self.view().keyboardSearch(event.text())


class _StillBox(_AnyBox):
    """A box with arrows, whose value the wheel changes only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SpinBox(_StillBox, QSpinBox):
    """A box for a whole number."""


class DecimalBox(_StillBox, QDoubleSpinBox):
    """A box for a decimal number."""


class DateBox(_StillBox, QDateEdit):
    """A box for a day."""


class Slider(QSlider):
    """A slider whose handle jumps to a click and can be dragged on from there."""

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = partial(self.style().subControlRect, QStyle.ComplexControl.CC_Slider, option)
        handle, groove = part(QStyle.SubControl.SC_SliderHandle, self), part(QStyle.SubControl.SC_SliderGroove, self)
        place = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(place):
            at, span = place.x() - groove.left() - handle.width() // 2, groove.width() - handle.width()
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, span))
        super().mousePressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
