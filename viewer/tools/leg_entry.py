"""A small entry over the map for the length and the bearing of the next leg."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QLineEdit, QWidget

from layers.errors import InvalidValue
from layers.geo.legs import bearing_of, leg_of, length_of
from viewer.support.language.text import plain
from viewer.support.plain_label import plain_label

WIDTH_PX = 250
_BESIDE_PX = 18
_EAST_DEG = 90.0
_STEP_PX = 4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LegEntry(QFrame):
    """Takes length and bearing in the first field ("120 m 45"), or the bearing in the second after Tab or Enter.

    `entered` carries metres and degrees from north; `typed` carries them during typing, NaN for an unreadable text. Esc
    or a loss of focus closes the entry. For a radius there is one field, and the bearing is east.
    """

    entered = Signal(float, float)
    typed = Signal(float, float)
    closed = Signal()

    def __init__(self, canvas: QWidget, *, is_radius: bool = False) -> None:
        super().__init__(canvas)
        self._is_radius = is_radius
        self.setObjectName("legEntry")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFixedWidth(WIDTH_PX)
        self.length, self.bearing = QLineEdit(self), QLineEdit(self)
        self.length.setPlaceholderText(self.tr("e.g. 120 m") if is_radius else self.tr("e.g. 120 m 45"))
        self.bearing.setPlaceholderText("e.g. 45°")
        self.refusal = plain_label()
        self.refusal.setObjectName("refusal")
        self.refusal.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setHorizontalSpacing(8)
        length, bearing = (self.tr("Length"), self.length), (self.tr("Bearing, from north"), self.bearing)
        fields = ((self.tr("Radius"), self.length),) if is_radius else (length, bearing)
        self.bearing.setVisible(not is_radius)
        for column, (title, field) in enumerate(fields):
            label: QLabel = plain_label(title)
            label.setBuddy(field)
            field.setAccessibleName(title)
            field.textEdited.connect(self._tell)
            layout.addWidget(label, 0, column)
            layout.addWidget(field, 1, column)
        layout.addWidget(self.refusal, 2, 0, 1, 2)
        self.hide()

    def open_at(self, place: QPoint, text: str) -> None:
        """Show the entry beside a point of the map, with `text` in the first field and the cursor after it."""
        was_open = not self.isHidden()
        self.length.setText(text)
        self.bearing.clear()
        self._refuse("")
        self._put(place)
        self.show()
        self.raise_()
        self.length.setFocus()
        self.length.end(False)
        if not was_open:
            _application().focusChanged.connect(self._focus_moved)

    def close_entry(self) -> None:
        """Close the entry; the focus, if it was here, returns to the map."""
        if self.isHidden():
            return
        _application().focusChanged.disconnect(self._focus_moved)
        typing, canvas = QApplication.focusWidget(), self.parentWidget()
        self.hide()
        if typing is not None and canvas is not None and self.isAncestorOf(typing):
            canvas.setFocus()
        self.closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter and Esc, and keep all keys from the map."""
        event.accept()
        if event.key() == Qt.Key.Key_Escape:
            self.close_entry()
        elif event.key() in _ENTER:
            self._enter()

    def _enter(self) -> None:
        try:
            leg = self._leg()
        except InvalidValue as error:
            if self._wants_bearing():
                self.bearing.setFocus()
            else:
                self._refuse(error.sentence)
            return
        self.close_entry()
        self.entered.emit(*leg)

    def _leg(self) -> tuple[float, float]:
        """The leg as metres and degrees. Raises InvalidValue."""
        if self._is_radius:
            return length_of(self.length.text()), _EAST_DEG
        if not self.bearing.text().strip():
            return leg_of(self.length.text())
        return length_of(self.length.text()), bearing_of(self.bearing.text())

    def _wants_bearing(self) -> bool:
        """True where only a length is entered, and the second field has not been visited."""
        if self._is_radius or self.bearing.text().strip() or self.bearing.hasFocus():
            return False
        try:
            length_of(self.length.text())
        except InvalidValue:
            return False
        return True

    def _tell(self) -> None:
        self._refuse("")
        try:
            leg = self._leg()
        except InvalidValue:
            leg = float("nan"), float("nan")
        self.typed.emit(*leg)

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(plain(sentence))
        self.refusal.setVisible(bool(sentence))
        self.adjustSize()
        self._put(self.pos() - QPoint(_BESIDE_PX, _BESIDE_PX))

    def _put(self, place: QPoint) -> None:
        canvas = self.parentWidget()
        assert canvas is not None
        at = place + QPoint(_BESIDE_PX, _BESIDE_PX)
        size = self.sizeHint()
        right, bottom = canvas.width() - WIDTH_PX - 4, canvas.height() - size.height() - 4
        left, top = max(4, min(at.x(), right)), max(4, min(at.y(), bottom))
        while top < bottom and self._is_covered(QPoint(left, top)):
            top += _STEP_PX
        self.setGeometry(left, top, WIDTH_PX, size.height())

    def _is_covered(self, corner: QPoint) -> bool:
        """True where a message line or another widget covers the map at the entry's upper edge."""
        canvas = self.parentWidget()
        assert canvas is not None
        for x in (0, WIDTH_PX // 2, WIDTH_PX - 1):
            widget = canvas.window().childAt(canvas.mapTo(canvas.window(), corner + QPoint(x, 0)))
            if widget is not None and widget is not canvas and not canvas.isAncestorOf(widget):
                return True
        return False

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self and not self.isAncestorOf(now):
            self.close_entry()


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
