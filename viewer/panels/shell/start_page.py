"""The start page: recent cases, the demo, what can be recovered, and where to drop files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.shell.start_card import StartCard
from viewer.panels.widgets.form_page import clear_layout
from viewer.panels.words import marks_counted
from viewer.support.icons import line_icon, mark_pixmap
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

COLUMN_PX = 340


class RecoverableCase(Struct, frozen=True):
    """A crashed session; `key` is emitted when it is chosen."""

    key: str
    title: str
    last_edit_at: str
    """UTC, ISO 8601."""
    edits: int
    """Number of edits that no file holds; 0: a save was lost, and its file differs from what was saved."""
    marks: tuple[int, int]
    """The numbers of its sites and of its measurements."""
    perhaps_open_on: str = ""
    """The computer on which it may be open now; empty for none."""


class StartPage(QScrollArea):
    """The page. It reads no files: it shows what it is given, and emits what was chosen."""

    new_chosen = Signal()
    open_chosen = Signal()
    demo_chosen = Signal()
    recent_chosen = Signal(str)
    recent_forgotten = Signal(str)
    recover_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Start"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = self._page = QWidget(self)
        page.setObjectName("startPage")
        self._recent, self._recent_heading = QVBoxLayout(), _heading(self.tr("Recent cases"), page)
        self._recover, self._recover_heading = QVBoxLayout(), _heading(self.tr("Closed unexpectedly"), page)
        columns = QHBoxLayout()
        columns.setSpacing(36)
        columns.addStretch(1)
        columns.addLayout(self._build_begin(page))
        columns.addLayout(self._build_lists(page))
        columns.addStretch(1)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(2)
        outer.addLayout(self._build_head(page))
        outer.addSpacing(28)
        outer.addLayout(columns)
        outer.addStretch(3)
        self.setWidget(page)
        self.set_recent([])
        self.set_recoverable([])

    def set_recent(self, paths: Iterable[Path]) -> None:
        """Show the cases opened lately, the newest first."""
        clear_layout(self._recent)
        page = self._page
        known = list(paths)
        for path in known:
            self._recent.addWidget(self._recent_row(path, page))
        if not known:
            note = plain_label(self.tr("Cases you open or save will be listed here."), page)
            note.setObjectName("muted")
            note.setWordWrap(True)
            note.setFixedWidth(COLUMN_PX)
            self._recent.addWidget(note)

    def set_recoverable(self, cases: Sequence[RecoverableCase]) -> None:
        """Show the sessions that a crash left behind, the newest first."""
        clear_layout(self._recover)
        page = self._page
        for case in cases:
            pattern = self.tr("last edit {0}, {1}, {2}") if case.edits else self.tr("a save was lost, {2}")
            edits = translate("StartPage", "{count} edits", "{count} edit", case.edits)
            detail = pattern.format(local_moment(case.last_edit_at), edits, marks_counted(*case.marks))
            named = self.tr("Recover a copy of “{0}”") if case.perhaps_open_on else self.tr("Recover “{0}”")
            name = named.format(one_line(case.title, 60))
            if not case.title.strip():
                name = self.tr("Recover an unnamed case of {0}").format(local_moment(case.last_edit_at))
            if case.perhaps_open_on:
                detail = self.tr("perhaps open on {0}; {1}").format(one_line(case.perhaps_open_on, 40), detail)
            card = _wide_card(name, detail, "recover", page)
            card.clicked.connect(lambda _checked=False, key=case.key: self.recover_chosen.emit(key))
            self._recover.addWidget(card)
        self._recover_heading.setVisible(bool(cases))

    def recolor(self) -> None:
        """Draw the icons again after a change of colours."""
        for card in self.findChildren(StartCard):
            card.recolor()

    def _build_head(self, page: QWidget) -> QHBoxLayout:
        mark = QLabel(page)
        mark.setPixmap(mark_pixmap(64, self.devicePixelRatioF()))
        words = QVBoxLayout()
        name = plain_label("Geoloupe", page)
        name.setObjectName("wordmark")
        says = plain_label(self.tr("The imagery analyst’s light table"), page)
        says.setObjectName("muted")
        words.addWidget(name)
        words.addWidget(says)
        head = QHBoxLayout()
        head.addStretch(1)
        head.addWidget(mark)
        head.addSpacing(14)
        head.addLayout(words)
        head.addStretch(1)
        return head

    def _build_begin(self, page: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(_heading(self.tr("Start"), page))
        for title, detail, icon, chosen in (
            (
                self.tr("Open the demo case"),
                self.tr("Imagery, sites and sourced claims, offline"),
                "demo",
                self.demo_chosen,
            ),
            (self.tr("New case"), self.tr("A map to mark sites on"), "new", self.new_chosen),
            (self.tr("Open a file…"), self.tr("A case, rasters or vectors"), "open", self.open_chosen),
        ):
            card = _wide_card(title, detail, icon, page)
            card.clicked.connect(chosen)
            column.addWidget(card)
            if self.focusProxy() is None:
                self.setFocusProxy(card)
        hint = plain_label(
            self.tr("Or drop files anywhere in this window. Ctrl+K finds every command, F1 lists the keys."), page
        )
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        hint.setFixedWidth(COLUMN_PX)
        column.addSpacing(6)
        column.addWidget(hint)
        column.addStretch(1)
        return column

    def _build_lists(self, page: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        for heading, rows in ((self._recover_heading, self._recover), (self._recent_heading, self._recent)):
            rows.setSpacing(8)
            column.addWidget(heading)
            column.addLayout(rows)
        column.addStretch(1)
        return column

    def _recent_row(self, path: Path, page: QWidget) -> QWidget:
        row = QWidget(page)
        card = StartCard(one_line(path.stem), one_line(_home(path.parent)), "full_view", row, tip=str(path))
        card.setFixedWidth(COLUMN_PX - 34)
        card.clicked.connect(lambda _checked=False: self.recent_chosen.emit(str(path)))
        forget = QToolButton(row)
        forget.setIcon(line_icon("close", self.palette()))
        forget.setAutoRaise(True)
        forget.setToolTip(self.tr("Remove from this list"))
        forget.setAccessibleName(self.tr("Take {0} off this list").format(one_line(path.stem, 44)))
        forget.clicked.connect(lambda _checked=False: self.recent_forgotten.emit(str(path)))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(card)
        layout.addWidget(forget)
        return row


def _wide_card(title: str, detail: str, icon: str, parent: QWidget) -> StartCard:
    card = StartCard(title, detail, icon, parent)
    card.setFixedWidth(COLUMN_PX)
    return card


def _heading(text: str, parent: QWidget) -> QLabel:
    label = plain_label(text, parent)
    label.setObjectName("heading")
    return label


def local_moment(iso: str) -> str:
    """A moment in UTC as the analyst's clock shows it."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return one_line(iso)
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"  # as all dates here, whatever the order of the analyst's country


def _home(path: Path) -> str:
    """The path with the home folder abbreviated."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)
