"""A small pane over the map for the shift of a layer: metres east and north, and a button to remove it."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from layers.document.placing.nudge import MOST_M
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import DecimalBox

WIDTH_PX = 300
_EDGE_PX = 12
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NudgeEntry(QFrame):
    """`entered` carries metres east and north, when a field is left or Enter is pressed; Esc returns to the map."""

    entered = Signal(float, float)
    reset_wanted = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("nudgeEntry")
        self.setAccessibleName(self.tr("Shift of the layer"))
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFixedWidth(WIDTH_PX)
        self.title, self.said = plain_label(), plain_label()
        self.said.setWordWrap(True)
        self.east, self.north = self._field(self.tr("East")), self._field(self.tr("North"))
        self.reset = QPushButton(self.tr("&Put Back"), self)
        self.reset.setToolTip(self.tr("Show the layer where its data lie (Backspace)"))
        self.reset.clicked.connect(self.reset_wanted)
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.title, 0, 0, 1, 3)
        for column, (name, field) in enumerate(((self.tr("East"), self.east), (self.tr("North"), self.north))):
            label = plain_label(name)
            label.setBuddy(field)
            layout.addWidget(label, 1, column)
            layout.addWidget(field, 2, column)
        layout.addWidget(self.reset, 2, 2)
        layout.addWidget(self.said, 3, 0, 1, 3)
        self.move(_EDGE_PX, _EDGE_PX)
        self.hide()

    def show_shift(self, name: str, east_m: float, north_m: float, sentence: str) -> None:
        """Show the layer's name and its shift; a field that is being typed in stays as it is."""
        self.title.setText(self.tr("Shift of “{0}”").format(one_line(name, 30)))
        for field, shift_m in ((self.east, east_m), (self.north, north_m)):
            if not (field.hasFocus() and field.lineEdit().isModified()):
                field.setValue(shift_m)
        self.said.setText(sentence)
        self.reset.setEnabled(bool(east_m or north_m))
        self.adjustSize()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys here, so that none goes on to the map."""
        event.accept()
        canvas = self.parentWidget()
        if event.key() in (*_ENTER, Qt.Key.Key_Escape) and canvas is not None:
            canvas.setFocus()

    def _field(self, name: str) -> DecimalBox:
        field = DecimalBox(self)
        field.setRange(-MOST_M, MOST_M)
        field.setDecimals(2)
        field.setSuffix(" m")
        field.setKeyboardTracking(False)
        field.setAccessibleName(self.tr("Metres {0}").format(name.lower()))
        field.editingFinished.connect(self._tell)
        return field

    def _tell(self) -> None:
        for field in (self.east, self.north):
            field.lineEdit().setModified(False)
        self.entered.emit(self.east.value(), self.north.value())
