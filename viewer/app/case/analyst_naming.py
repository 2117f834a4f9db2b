"""Asks the analyst for name and organisation: once after their first edit, and in a dialog whenever they want it."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from viewer.app.case.analyst import LONGEST_NAME, Analyst
from viewer.app.case.session import Session
from viewer.panels.said_names import is_login_name
from viewer.panels.widgets.form_page import muted
from viewer.support.messages import MessageAction, Messages

ASK_MS = 1_500
"""Milliseconds after the first edit before the name is asked for: the gesture and its own messages come first."""
KEY = "name"
_WIDTH_PX = 440


class NameDialog(QDialog):
    """Takes name and organisation of the analyst, which are kept in the settings of the user."""

    def __init__(self, analyst: Analyst, parent: QWidget) -> None:
        super().__init__(parent)
        self._analyst = analyst
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Your Name and Organisation"))
        self.name_line, self.organisation_line = QLineEdit(analyst.name), QLineEdit(analyst.organisation)
        form = QFormLayout()
        for title, line, hint in (
            (self.tr("&Name"), self.name_line, self.tr("As it is to be read: Anna Lind")),
            (self.tr("&Organisation"), self.organisation_line, ""),
        ):
            line.setMaxLength(LONGEST_NAME)
            line.setPlaceholderText(hint)
            line.setAccessibleName(title.replace("&", ""))
            form.addRow(title, line)
        self.refusal = muted(self.tr("This is the login name of the computer, which is never shown. Enter your name."))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.name_line.textChanged.connect(self._look)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(
            muted(
                self.tr(
                    "They stand with what you change, observe, review and comment, and on products. Without a name "
                    "these are “not named”. Earlier changes keep the name that they have."
                )
            )
        )
        layout.addLayout(form)
        layout.addWidget(self.refusal)
        layout.addWidget(self.buttons)
        self.setFixedWidth(_WIDTH_PX)
        self._look()

    def _look(self) -> None:
        is_refused = is_login_name(self.name_line.text())
        self.refusal.setVisible(is_refused)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not is_refused)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(_WIDTH_PX, layout.totalHeightForWidth(_WIDTH_PX))  # room for the sentence

    @override
    def accept(self) -> None:
        """Keep what was entered."""
        self._analyst.introduce(self.name_line.text(), self.organisation_line.text())
        super().accept()


class AnalystNaming(QObject):
    """Opens the dialog, and offers it once in the message line after a first edit in nobody's name."""

    def __init__(self, session: Session, messages: Messages, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._messages, self._window = session, messages, window
        self._due = QTimer(self, interval=ASK_MS, singleShot=True)
        self._due.timeout.connect(self._offer)
        session.history.changed.connect(self._look)
        session.analyst.changed.connect(lambda: messages.clear(KEY))

    def ask(self) -> None:
        """Open the dialog."""
        dialog = NameDialog(self._session.analyst, self._window)
        dialog.open()
        dialog.activateWindow()

    @property
    def _is_wanted(self) -> bool:
        return self._session.history.stack.index() > 0 and not self._session.actor

    def _look(self) -> None:
        if self._is_wanted and not self._due.isActive():
            self._due.start()

    def _offer(self) -> None:
        if self._is_wanted and self._session.analyst.offer_once():
            sentence = self.tr("Your name is not set: changes are kept as “not named”.")
            action = MessageAction(self.tr("Enter Name…"), self.ask)
            self._messages.show(KEY, sentence, "info", action, about="program")
