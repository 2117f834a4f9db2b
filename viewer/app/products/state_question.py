"""Asks once for the state in which a product leaves, and for the first product of a case, who answers for it."""

from __future__ import annotations

from functools import partial
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFormLayout, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.product.publishing import DRAFT, ISSUED, PUBLISHED, State
from layers.product.spec import LONGEST_TEXT, ProductSpec
from viewer.app.keys.button_keys import ENTER
from viewer.panels.widgets.form_page import muted
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

_KEYS: dict[int, State] = {Qt.Key.Key_D: DRAFT, Qt.Key.Key_I: ISSUED, Qt.Key.Key_P: PUBLISHED}
_WIDEST_PX = 460


def state_names() -> dict[State, str]:
    """Names of the states for a list of choices."""
    return {
        DRAFT: translate("Products", "Draft"),
        ISSUED: translate("Products", "Issued"),
        PUBLISHED: translate("Products", "Published"),
    }


class StateQuestion(QDialog):
    """Asks for the state: Enter takes the draft; D, I and P take one of the three.

    `chosen`: the state, the author, the organisation.
    """

    chosen = Signal(str, str, str)

    def __init__(self, spec: ProductSpec, *, asks_names: bool, parent: QWidget) -> None:
        """`asks_names`: ask for author and organisation too, as the case does not name them yet."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export a Product"))
        question_label = plain_label(self.tr("In which state does it leave?"))
        question_label.setObjectName("bigFact")
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(question_label)
        self.buttons: dict[State, QPushButton] = {}
        layout.addLayout(self._choices())
        self.author_line, self.organisation_line = QLineEdit(spec.author), QLineEdit(spec.organisation)
        self._names = QWidget()
        form = QFormLayout(self._names)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(muted(self.tr("Who answers for it? Asked once: later products of the case have the same names.")))
        for title, line in ((self.tr("&Author"), self.author_line), (self.tr("&Organisation"), self.organisation_line)):
            line.setMaxLength(LONGEST_TEXT)
            line.setAccessibleName(title.replace("&", ""))
            form.addRow(title, line)
        self._names.setVisible(asks_names)
        layout.addWidget(self._names)
        self.setFixedWidth(_WIDEST_PX)
        self.buttons[DRAFT].setDefault(True)
        self.buttons[DRAFT].setFocus(Qt.FocusReason.OtherFocusReason)

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[State, str, str], ...] = (
            (
                DRAFT,
                self.tr("&Draft"),
                self.tr(
                    "Not numbered. The page says that it is not issued; DRAFT is stamped on it where a finding blocks."
                ),
            ),
            (ISSUED, self.tr("&Issue"), self.tr("Numbered and kept in the case, unless a blocking finding stops it.")),
            (
                PUBLISHED,
                self.tr("&Publish"),
                self.tr(
                    "Issued for readers outside, without drafts, names of people and internal sources. "
                    "What that leaves out is shown first."
                ),
            ),
        )
        for at, (state, text, explanation) in enumerate(rows):
            button = QPushButton(text)
            button.setAccessibleName(text.replace("&", ""))
            button.setAccessibleDescription(explanation)
            button.clicked.connect(partial(self._choose, state))
            self.buttons[state] = button
            grid.addWidget(button, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(muted(explanation), at, 1)
        return grid

    def _choose(self, state: State, _checked: bool = False) -> None:
        names = (self.author_line.text().strip(), self.organisation_line.text().strip())
        self.accept()
        self.chosen.emit(state, *names)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle D, I, P and Enter. A line of text takes letters; Enter takes the draft except on another button."""
        focused = self.focusWidget()
        state = _KEYS.get(event.key())
        if state is not None and not isinstance(focused, QLineEdit):
            self._choose(state)
        elif event.key() in ENTER and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)


def ask_state(document: Document, spec: ProductSpec, parent: QWidget) -> StateQuestion:
    """Ask for the state of a product, and who answers for it where neither the case nor the product says so."""
    meta = document.meta
    is_known = meta("author") or meta("organisation") or spec.author or spec.organisation
    question = StateQuestion(spec, asks_names=not is_known, parent=parent)
    question.open()
    question.activateWindow()
    return question
