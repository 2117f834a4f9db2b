"""The comments on one row in a window of their own, for rows of every table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.edit import Table
from viewer.panels.comments.comment_threads import CommentThreads
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.history.change_words import name_in_case
from viewer.panels.one_dialog import show_once
from viewer.panels.widgets.form_page import FormPage
from viewer.support.language.text import one_line


class CommentsDialog(QDialog):
    """Shows the comments on one row. Not modal: the form can be used beside it. It closes when its row is gone."""

    def __init__(self, context: PanelContext, table: Table, uuid: str, parent: QWidget) -> None:
        super().__init__(parent)
        make_companion(self)
        self._context, self._table, self.uuid = context, table, uuid
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.threads = CommentThreads(context)
        page = FormPage("")
        page.content.addWidget(self.threads)
        page.content.addStretch(1)
        page.show_form()
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(page, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.close)
        self.threads.show_row(table, uuid)
        self._name()
        self.resize(440, 380)
        self.threads.begin()

    def _name(self) -> None:
        name = one_line(name_in_case(self._table, self.uuid, self._context.document), 60)
        self.setWindowTitle(self.tr("Comments: {0}").format(name))

    def _heard(self, changes: Changes) -> None:
        if self.uuid not in self._context.document.table(self._table):
            self.close()
        elif changes.touches(self._table):
            self._name()


def show_comments(context: PanelContext, table: Table, uuid: str, window: QWidget) -> CommentsDialog:
    """Show the comments on a row, or bring their open dialog to the front."""
    return show_once(
        window,
        CommentsDialog,
        lambda: CommentsDialog(context, table, uuid, window),
        lambda dialog: dialog.uuid == uuid,
    )
