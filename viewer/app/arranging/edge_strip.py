"""Strips at the edges of the window that name the panels folded into them; a click opens one."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from viewer.app.arranging.side_folds import SideFolds
from viewer.support.language.text import tooltip
from viewer.support.painting import painting

type WordsOf = Callable[[str], tuple[str, str]]

WIDTH_PX = 24
"""Width of one column of names."""
MOST_COLUMNS = 2
_EDGE_PX, _GAP_PX = 4, 2
"""Space above and below the names, and between two of them."""
_ROOM_PX = 10
"""Space before and after a name."""


class FramedMap(QWidget):
    """The middle of the window, between the strips of its edges."""

    def __init__(self, middle: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._strips = {"left": EdgeStrip("left", self), "right": EdgeStrip("right", self)}
        for part in (self._strips["left"], middle, self._strips["right"]):
            self._row.addWidget(part, 1 if part is middle else 0)

    def follow(self, folds: SideFolds, open_panel: Callable[[str], None], words_of: WordsOf) -> None:
        """Keep the strips in step with the folds, and open a panel that is clicked there.

        `words_of` gives name and key of a panel.
        """

        def show() -> None:
            for side, strip in self._strips.items():
                fold = folds.folds.get(side)
                ids = () if fold is None else fold.ids
                strip.show_panels([(id_, *words_of(id_)) for id_ in ids])
            self._row.activate()

        folds.changed.connect(show)
        for strip in self._strips.values():
            strip.chosen.connect(open_panel)
        show()


class EdgeStrip(QWidget):
    """Strip between the map and one edge of the window, in sight while panels are folded into it.

    Names that do not fit one below the other stand in two columns; only where these do not suffice are they cut.
    """

    chosen = Signal(str)
    """The id of the panel that is to be opened."""

    def __init__(self, side: str, parent: QWidget | None = None) -> None:
        """`side` is left or right."""
        super().__init__(parent)
        self.side = side
        self.setObjectName("edgeStrip")
        self.setFixedWidth(WIDTH_PX)
        self._buttons: list[_UprightButton] = []
        self.hide()

    def show_panels(self, panels: list[tuple[str, str, str]]) -> None:
        """Show a button for each panel, given as id, name and key; hide the strip where there is none."""
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for id_, name, key in panels:
            sentence = self.tr("Open the panel {0}").format(name)
            button = _UprightButton(name, self.side, self)
            button.setAccessibleName(sentence)
            button.setToolTip(tooltip(f"{sentence} ({key})" if key else sentence))
            button.clicked.connect(lambda _checked=False, id_=id_: self.chosen.emit(id_))
            button.show()
            self._buttons.append(button)
        self._arrange()
        self.setVisible(bool(panels))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Place the buttons in as few columns as hold them, and squeeze those of a column that is too long."""
        room = self.height() - 2 * _EDGE_PX
        columns: list[list[_UprightButton]] = [[]]
        for button in self._buttons:
            if len(columns) < MOST_COLUMNS and columns[-1] and _length_of([*columns[-1], button]) > room:
                columns.append([])
            columns[-1].append(button)
        self.setFixedWidth(WIDTH_PX * len(columns))
        for number, column in enumerate(columns):
            squeeze, y = min(1.0, max(room, 1) / max(_length_of(column), 1)), float(_EDGE_PX)
            for button in column:
                length = button.sizeHint().height() * squeeze
                button.setGeometry(WIDTH_PX * number, int(y), WIDTH_PX, int(length))
                y += length + _GAP_PX * squeeze


def _length_of(buttons: list[_UprightButton]) -> int:
    """Pixels that buttons need one below the other."""
    return sum(button.sizeHint().height() for button in buttons) + _GAP_PX * (len(buttons) - 1)


class _UprightButton(QAbstractButton):
    """Button with a turned name: read upwards at the left edge, downwards at the right one."""

    def __init__(self, text: str, side: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._turn = -90.0 if side == "left" else 90.0
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, self.fontMetrics().horizontalAdvance(self.text()) + 2 * _ROOM_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        is_chosen = self.underMouse() or self.hasFocus() or self.isDown()
        palette, role = self.palette(), QPalette.ColorRole
        with painting(self) as painter:
            if is_chosen:
                painter.fillRect(self.rect().adjusted(2, 0, -2, 0), palette.color(role.Button))
            if self.hasFocus():
                painter.setPen(palette.color(role.Accent))
                painter.drawRect(self.rect().adjusted(2, 0, -3, -1))
            painter.setPen(palette.color(role.WindowText if is_chosen else role.PlaceholderText))
            painter.translate(self.rect().center().toPointF())
            painter.rotate(self._turn)
            room = self.height() - 8
            text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
            box = self.rect().transposed()
            box.moveCenter(box.center() - box.center())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
