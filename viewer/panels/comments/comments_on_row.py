"""The comments on a row in its form: a line that says how many there are, and unfolds them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.edit import Table
from viewer.panels.comments.comment_threads import CommentThreads
from viewer.panels.comments.comment_words import counted_comments
from viewer.panels.context import PanelContext
from viewer.panels.widgets.fold_section import FoldSection


class CommentsOnRow(QWidget):
    """The line, with the comments below it; hidden where there are none. It unfolds where one is open."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.threads = CommentThreads(context)
        self.part = FoldSection(self.tr("Comments"), folded=True)
        self.part.content.addWidget(self.threads)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.part)
        self.threads.changed.connect(self._look)
        self.hide()

    def show_row(self, table: Table, uuid: str, *others: str) -> None:
        """Show the comments on a row, and on others that are shown with it."""
        is_other = self.threads.uuids[:1] != (uuid,)
        self.threads.show_row(table, uuid, *others)
        if is_other:
            self.part.set_folded(True)
        self._look()

    def _look(self) -> None:
        counted = counted_comments(self.threads.threads)
        if counted:
            self.part.header.setText(counted)
            self.part.header.setAccessibleName(counted)
        self.setVisible(bool(counted))
