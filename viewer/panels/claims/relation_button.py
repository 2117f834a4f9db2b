"""A button with a menu of the relations of evidence to a claim, which one key chooses too."""

from __future__ import annotations

from functools import partial
from typing import override

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from layers.document.vocabulary import BEARINGS
from viewer.support.language.stored_words import capital
from viewer.support.language.text import tooltip

_KEYS = {
    Qt.Key.Key_Plus: "supports",
    Qt.Key.Key_Minus: "against",
    Qt.Key.Key_Equal: "context",
    Qt.Key.Key_0: "context",
}
"""Keys that set a relation, the same on every keyboard. Plus and equals are one key on some."""
_EDGES_PX = 16
_WITH_ARROW = "{0} ▾"


class RelationButton(QPushButton):
    """Shows a relation. A click or Space opens the menu of all; plus, minus and 0 set supports, against and context."""

    picked = Signal(str)
    """Emitted with another relation than the one that is shown."""
    left = Signal()
    """Emitted when the keyboard leaves it, or a relation was chosen for it."""

    def __init__(self, about: str, parent: QWidget | None = None) -> None:
        """`about` names the evidence, for screen readers."""
        super().__init__(parent)
        self._about, self._relation = about, ""
        self.setObjectName("relation")
        self.setToolTip(
            tooltip(
                self.tr("Relation to the claim: + supports, − against, 0 context; Space or a click shows the choices")
            )
        )
        self.clicked.connect(lambda: self.open_menu())
        self.show_relation("")

    def show_relation(self, relation: str) -> None:
        """Show a relation; empty where none is stated."""
        self._relation = relation
        word = capital(relation) if relation else self.tr("For or against?")
        self.setText(_WITH_ARROW.format(word))
        self._fit()
        self.setAccessibleName(self.tr("Relation of {0}: {1}").format(self._about, word))
        if self.property("relation") != relation:
            self.setProperty("relation", relation)
            self.style().unpolish(self)
            self.style().polish(self)

    def open_menu(self) -> QMenu:
        """Open the menu of the relations, the present one ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for relation in (*BEARINGS, ""):
            word = capital(relation) if relation else self.tr("Not stated")
            action = menu.addAction(word, partial(self._pick, relation))
            action.setCheckable(True)
            action.setChecked(relation == self._relation)
            if relation == self._relation:
                menu.setActiveAction(action)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        return menu

    def _pick(self, relation: str) -> None:
        if relation != self._relation:
            self.picked.emit(relation)
        self.left.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        relation = _KEYS.get(Qt.Key(event.key()))
        if relation is None or event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            super().keyPressEvent(event)
        else:
            self._pick(relation)

    def _fit(self) -> None:
        """Be as wide as the longest relation, so that nothing moves when another one is chosen."""
        font = QFont(self.font())
        font.setBold(True)
        words = [self.text(), *(_WITH_ARROW.format(capital(relation)) for relation in BEARINGS)]
        self.setFixedWidth(max(map(QFontMetrics(font).horizontalAdvance, words)) + _EDGES_PX)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
