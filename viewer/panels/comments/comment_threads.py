"""The comments on a row as threads, each answered, resolved and opened again, and a field for another comment."""

from __future__ import annotations

from functools import partial
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.edit import Table
from layers.document.rows import Comment
from viewer.commands.reviewing.comments import (
    Thread,
    add_comment,
    answer_comment,
    reopen_comment,
    resolve_comment,
    threads_on,
)
from viewer.panels.comments.comment_words import comment_sentence, written_by
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import clear_layout, muted, wrapped
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate

MOST_SHOWN = 20
ANSWER_INDENT_PX = 14
ENTRY_LINES = 3
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CommentField(QPlainTextEdit):
    """Some lines of text, sent by Ctrl+Enter; Esc in an empty field, or in an answer, leaves it."""

    sent = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(ENTRY_LINES * self.fontMetrics().lineSpacing() + 12)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            event.ignore()
        else:
            super().keyPressEvent(event)


class CommentThreads(QWidget):
    """Threads of one row, and of rows that are shown with it; `changed`: they are others now.

    Words that were typed and not sent wait for the row to be shown again.
    """

    changed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._table: Table = "sites"
        self._uuids: tuple[str, ...] = ()
        self._answered = ""
        """The comment that is being answered; empty for a new one."""
        self._unsent: dict[str, str] = {}
        self.threads: list[Thread] = []
        """The threads as they are shown, open ones first."""
        self.links: list[LinkButton] = []
        """The buttons of the threads, in order: answer and resolve, or open again."""
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        self.entry = CommentField()
        self.entry.setAccessibleName(self.tr("Comment"))
        self.send_button = QPushButton()
        self.send_button.setAutoDefault(False)
        self.name_link = LinkButton(self.tr("Your name is not set: enter it"), self.tr("Enter your name"))
        below = QHBoxLayout()
        below.addWidget(self.name_link, 1)
        below.addStretch()
        below.addWidget(self.send_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._lines)
        layout.addWidget(self.entry)
        layout.addLayout(below)
        self.entry.sent.connect(self.send)
        self.entry.left.connect(partial(self.answer, ""))
        self.entry.textChanged.connect(self._look_at_entry)
        self.send_button.clicked.connect(lambda: self.send())
        self.name_link.clicked.connect(lambda: context.name_wanted.emit())
        context.changed.connect(self._heard)
        context.document_replaced.connect(self._forget_unsent)  # a method of a widget goes with it
        self.answer("")

    @property
    def sentences(self) -> list[str]:
        """The comments as they are shown, each with its author and day."""
        return [comment_sentence(row) for thread in self.threads for row in (thread.first, *thread.answers)]

    @property
    def uuids(self) -> tuple[str, ...]:
        """The row that comments are added to, and those that are shown with it."""
        return self._uuids

    def show_row(self, table: Table, uuid: str, *others: str) -> None:
        """Show the comments on a row, and on others that are shown with it."""
        if (table, uuid) != (self._table, self._uuids[0] if self._uuids else ""):
            self._keep_unsent()
            self._table, self._uuids = table, (uuid, *others)
            self.answer("")
            self.entry.setPlainText(self._unsent.pop(uuid, ""))
        self._uuids = (uuid, *others)
        self._look()

    def begin(self) -> None:
        """Move the keyboard into the field."""
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_unsent(self) -> None:
        words = self.entry.toPlainText().strip()
        if self._uuids and words:
            self._unsent[self._uuids[0]] = words

    def _forget_unsent(self) -> None:
        self._unsent.clear()

    def _heard(self, changes: Changes) -> None:
        if changes.touches("comments"):
            self._look()

    def _look(self) -> None:
        threads = sorted(threads_on(self._context.document, self._uuids), key=lambda thread: not thread.is_open)
        self.name_link.setVisible(not self._context.case.actor)
        if threads == self.threads:
            return
        self.threads, self.links = threads, []
        clear_layout(self._lines)
        for thread in threads[:MOST_SHOWN]:
            self._lines.addWidget(self._thread(thread))
        if len(threads) > MOST_SHOWN:
            self._lines.addWidget(muted(self.tr("and {0} more").format(len(threads) - MOST_SHOWN)))
        self.changed.emit()

    # -- one thread ---------------------------------------------------------------------------------------------

    def _thread(self, thread: Thread) -> QWidget:
        box = QWidget()
        if thread.is_open:
            box.setObjectName("caution")
        layout = QVBoxLayout(box)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        if thread.is_open:
            layout.addWidget(self._comment(thread.first))
            for answer in thread.answers:
                line = self._comment(answer)
                line.setContentsMargins(ANSWER_INDENT_PX, 4, 0, 0)
                layout.addWidget(line)
        else:
            words = translate("Comments", "Resolved · {0}").format(comment_sentence(thread.first))
            layout.addWidget(muted(one_line(words, 160)))
        layout.addLayout(self._verbs(thread))
        return box

    def _comment(self, comment: Comment) -> QWidget:
        line = QWidget()
        layout = QVBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(muted(written_by(comment)))
        words = wrapped(plain(comment.body))
        words.setAccessibleName(comment_sentence(comment))
        layout.addWidget(words)
        return line

    def _verbs(self, thread: Thread) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        about, uuid = one_line(thread.first.body, 80), thread.first.uuid
        if thread.is_open:
            answer = LinkButton(self.tr("Answer"), self.tr("Answer: {0}").format(about))
            resolve = LinkButton(self.tr("Resolve"), self.tr("Resolve: {0}").format(about))
            answer.clicked.connect(lambda: self.answer(uuid))
            resolve.clicked.connect(lambda: self._context.do(resolve_comment, uuid))
            buttons = [answer, resolve]
        else:
            again = LinkButton(self.tr("Open Again"), self.tr("Open again: {0}").format(about))
            again.clicked.connect(lambda: self._context.do(reopen_comment, uuid))
            buttons = [again]
        for button in buttons:
            row.addWidget(button)
        self.links += buttons
        return row

    # -- the field ----------------------------------------------------------------------------------------------

    def answer(self, uuid: str) -> None:
        """Answer a comment in the field; write a new one for an empty uuid."""
        self._answered = uuid
        comment = self._context.document.table("comments").get(uuid)
        if isinstance(comment, Comment):
            self.entry.setPlaceholderText(self.tr("Answer to {0}").format(written_by(comment)))
            self.send_button.setText(self.tr("Answer"))
            self.begin()
        else:
            self.entry.setPlaceholderText(self.tr("Write a comment (Ctrl+Enter sends it)"))
            self.send_button.setText(self.tr("Comment"))
        self.send_button.setAccessibleName(self.send_button.text())
        self._look_at_entry()

    def _look_at_entry(self) -> None:
        self.send_button.setEnabled(bool(self.entry.toPlainText().strip()))

    def send(self) -> None:
        """Keep the words in the case: as an answer, or as a comment on the row."""
        words = self.entry.toPlainText()
        if not self._uuids or not words.strip():
            return
        if self._answered:
            is_kept = self._context.do(answer_comment, self._answered, words)
        else:
            is_kept = self._context.do(add_comment, self._table, self._uuids[0], words)
        if is_kept:
            self.entry.clear()
            self.answer("")
