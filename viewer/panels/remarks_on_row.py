"""The remarks of checkers on a row of the case, in its form: who said what, until somebody settles it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.rows import Comment
from layers.product.factcheck.coming_home import comments_of
from layers.time.written_dates import written_date
from viewer.commands.reviewing.comments import resolve_comment
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import clear_layout, heading, muted
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

MOST_SHOWN = 8


class RemarksOnRow(QWidget):
    """A line for each open remark; hidden where there is none."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._uuids: frozenset[str] = frozenset()
        self.shown: list[Comment] = []
        """The open remarks on the row, the oldest first."""
        self.links: list[LinkButton] = []
        """The button that settles each."""
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading(self.tr("Remarks")))
        layout.addLayout(self._lines)
        context.changed.connect(self._heard)
        self.hide()

    @property
    def sentences(self) -> list[str]:
        """The remarks as they are shown."""
        return [self._words(remark) for remark in self.shown[:MOST_SHOWN]]

    def show_row(self, *uuids: str) -> None:
        """Show the remarks on a row, and on others that are shown with it."""
        self._uuids = frozenset(uuids)
        self._look()

    def _heard(self, changes: Changes) -> None:
        if changes.touches("comments"):
            self._look()

    def _look(self) -> None:
        rows = [row for row in comments_of(self._context.document) if row.target_uuid in self._uuids]
        shown = sorted((row for row in rows if not row.resolved), key=lambda row: (row.created_at, row.uuid))
        if shown == self.shown:
            return
        self.shown, self.links = shown, []
        clear_layout(self._lines)
        for remark in shown[:MOST_SHOWN]:
            self._lines.addWidget(self._line(remark))
        if len(shown) > MOST_SHOWN:
            self._lines.addWidget(muted(self.tr("and {0} more").format(len(shown) - MOST_SHOWN)))
        self.setVisible(bool(shown))

    def _line(self, remark: Comment) -> QWidget:
        line = QWidget()
        line.setObjectName("caution")
        layout = QVBoxLayout(line)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        words = plain_label(self._words(remark))
        words.setWordWrap(True)
        settle = LinkButton(self.tr("Settled"), self.tr("Settle the remark: {0}").format(one_line(remark.body, 120)))
        settle.clicked.connect(partial(self._settle, remark.uuid))
        self.links.append(settle)
        layout.addWidget(words)
        layout.addWidget(settle)
        return line

    def _words(self, remark: Comment) -> str:
        day = in_language(written_date(remark.created_at[:10]))
        who = ", ".join(filter(None, (remark.created_by, day)))
        return plain(f"{who}: {remark.body}" if who else remark.body)

    def _settle(self, uuid: str, _checked: bool = False) -> None:
        self._context.do(resolve_comment, uuid)
