"""The Bookmarks menu: views to come back to, and the tour through them."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.arranging.docks import Docks
from viewer.app.case.session import Session
from viewer.panels.bookmarks.bookmark_desk import BookmarkDesk


class BookmarkMenu(CaseMenu):
    """Actions on bookmarks as a whole; the panel has a context menu for a single bookmark."""

    def __init__(self, session: Session, desk: BookmarkDesk, docks: Docks, parent: QObject) -> None:
        super().__init__(session, parent)
        self._desk, self._docks = desk, docks
        desk.tour_changed.connect(self.changed)

    def add(self) -> None:
        """Add a bookmark with its panel in sight, so that its name can be typed."""
        self._docks.show_panel("panel_bookmarks")
        _made = self._docks.bookmarks.panel
        self._desk.add()

    def go_back(self) -> None:
        self._desk.step(-1)

    def go_on(self) -> None:
        self._desk.step(1)

    def play(self, playing: bool) -> None:
        if playing:
            self._desk.play()
        else:
            self._desk.stop()
        self.changed.emit()

    def is_playing(self) -> bool:
        return self._desk.is_playing

    def has_tour(self) -> bool:
        """True while there is a bookmark to go to."""
        return self.session.is_begun and bool(self._desk.context.document.bookmarks)

    id = "bookmarks"
    actions = (
        Action(
            "add_bookmark",
            QT_TRANSLATE_NOOP("Actions", "&Add Bookmark"),
            add,
            "Ctrl+Shift+B",
            "bookmarks",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Remember this view with its layers, their dates and styles"),
        ),
        Action(
            "previous_bookmark",
            QT_TRANSLATE_NOOP("Actions", "&Previous Bookmark"),
            go_back,
            "Ctrl+PgUp",
            "back",
            offered=has_tour,
            breaks=True,
        ),
        Action(
            "next_bookmark",
            QT_TRANSLATE_NOOP("Actions", "&Next Bookmark"),
            go_on,
            "Ctrl+PgDown",
            "forward",
            offered=has_tour,
        ),
        Action(
            "play_tour",
            QT_TRANSLATE_NOOP("Actions", "Play &Tour"),
            play,
            "F8",
            "play",
            check="own",
            offered=has_tour,
            checked=is_playing,
            tip=QT_TRANSLATE_NOOP("Actions", "Go from bookmark to bookmark; Esc stops it"),
        ),
    )
