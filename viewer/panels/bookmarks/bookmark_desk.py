"""Operations on bookmarks: adding, changing, showing, and playing them as a tour."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from layers.document.changes import Changes
from layers.document.kept_view import KeptView
from layers.document.rows import Bookmark
from layers.errors import InvalidValue
from viewer.canvas.widget import MapCanvas
from viewer.commands.bookmarks import (
    add_bookmark,
    bookmarks_in_order,
    delete_bookmarks,
    lost_layers,
    move_bookmark,
    rename_bookmark,
    show_layers_of,
    update_bookmark,
)
from viewer.commands.stamps import new_uuid
from viewer.panels.bookmarks.thumbnails import BookmarkThumbnails
from viewer.panels.context import PanelContext
from viewer.panels.words import no_name
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

LOOK_MS = 100
LONGEST_WAIT_MS = 15_000
"""Most milliseconds that a tour waits at a stop whose layers do not come."""
MOVED_PX = 20
"""Pixels by which the map may be off a view that it shows."""
FIRST_PAUSE_S = 5


class BookmarkDesk(QObject):
    """Operations on bookmarks, one object a window.

    Going to a bookmark shows its layers by an undoable edit, if needed.
    """

    current_changed = Signal(str)
    """Emitted with the uuid of the bookmark that was shown last; empty for none."""
    tour_changed = Signal()
    """Emitted when a tour begins or ends, or bookmarks have changed, so that other operations may be possible."""
    name_wanted = Signal(str)
    """Emitted with the uuid of a bookmark that was just added, so that its name can be typed."""

    def __init__(
        self,
        context: PanelContext,
        canvas: MapCanvas,
        thumbnails: BookmarkThumbnails,
        viewport_json: Callable[[], str],
        show_kept: Callable[[str], bool],
        say: Callable[[str], None],
        parent: QObject,
    ) -> None:
        """`viewport_json` returns the present view of the map; `show_kept` flies to a view, and returns False for an
        invalid one.
        """
        super().__init__(parent)
        self.context, self.thumbnails = context, thumbnails
        self._canvas, self._viewport_json, self._show_kept, self._say = canvas, viewport_json, show_kept, say
        self._current = ""
        self._is_playing = False
        self.pause_s: float = FIRST_PAUSE_S
        self._waited_ms = 0
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._go_on)
        self._seen = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._seen.timeout.connect(self._take_lacking)
        self._looks = 0
        """Times that was looked whether the map has drawn a bookmark without a picture."""
        context.document_replaced.connect(self._begin_anew)
        context.changed.connect(self._heard)

    # -- the list -----------------------------------------------------------------------------------------------

    @property
    def tour(self) -> list[Bookmark]:
        return bookmarks_in_order(self.context.document)

    @property
    def current(self) -> str:
        return self._current

    def add(self) -> None:
        """Add a bookmark of the view, after the one that was shown last."""
        uuid = new_uuid()
        if self.context.do(add_bookmark, self._viewport_json(), uuid=uuid, after=self._current):
            self.thumbnails.take(self.context.document.bookmarks[uuid], self._canvas)
            self._set_current(uuid)
            self.name_wanted.emit(uuid)

    def update(self, uuid: str) -> None:
        """Replace the view of a bookmark by the present one."""
        before = self.context.document.bookmarks[uuid]
        if self.context.do(update_bookmark, uuid, self._viewport_json()):
            bookmark = self.context.document.bookmarks[uuid]
            self._set_current(uuid)
            if bookmark is before:
                self._say(self.tr("“{0}” shows this view already.").format(one_line(bookmark.name, 60)))
                return
            self.thumbnails.take(bookmark, self._canvas)
            self._say(self.tr("“{0}” shows this view now.").format(one_line(bookmark.name, 60)))

    def rename(self, uuid: str, name: str) -> None:
        self.context.do(rename_bookmark, uuid, name)

    def move(self, uuid: str, position: int) -> None:
        """Move a bookmark to `position` of the tour."""
        self.context.do(move_bookmark, uuid, position)

    def move_by(self, uuid: str, steps: int) -> None:
        at = [bookmark.uuid for bookmark in self.tour].index(uuid)
        self.move(uuid, max(0, at + steps))

    def delete(self, uuids: list[str]) -> None:
        if uuids:
            self.context.do(delete_bookmarks, uuids)

    # -- going --------------------------------------------------------------------------------------------------

    def go(self, uuid: str) -> None:
        """Fly to a bookmark, with its layers; obstacles are reported."""
        bookmark = self.context.document.bookmarks.get(uuid)
        if bookmark is None:
            return
        name, doubts = one_line(bookmark.name, 60), []
        refused = self.context.attempt(show_layers_of, uuid)
        if refused:
            doubts.append(refused)
        lost = lost_layers(self.context.document, uuid)
        if lost:
            names = ", ".join(f"“{one_line(layer, 40) or no_name()}”" for layer in lost[:3])
            more = self.tr(" and {0} more").format(len(lost) - 3) if len(lost) > 3 else ""
            doubts.append(self.tr("The case no longer has what it shows: {0}{1}.").format(names, more))
        if not self._show_kept(bookmark.viewport_json):
            doubts.append(self.tr("It holds no view that the map can show."))
        self._set_current(uuid)
        self._looks = 0
        self._seen.start()
        if doubts:
            self.context.report(self.tr("Bookmark “{0}”: {1}").format(name, " ".join(doubts)))

    def _take_lacking(self) -> None:
        """Take the picture of the current bookmark where it has none, once the map has drawn it and is still there."""
        bookmark = self.context.document.bookmarks.get(self._current)
        self._looks += 1
        if bookmark is None or self._looks * LOOK_MS > LONGEST_WAIT_MS:
            return
        if not self._canvas.is_idle():
            self._seen.start()
        elif self.thumbnails.lacks(bookmark) and _is_seen(bookmark.viewport_json, self._viewport_json()):
            self.thumbnails.take(bookmark, self._canvas)

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) bookmark of the tour, round its ends."""
        tour = [bookmark.uuid for bookmark in self.tour]
        if tour:
            at = tour.index(self._current) if self._current in tour else (-1 if by > 0 else 0)
            self.go(tour[(at + by) % len(tour)])

    # -- the tour -----------------------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def play(self) -> None:
        """Play the tour from the current bookmark, or from the first where it is the last."""
        tour = [bookmark.uuid for bookmark in self.tour]
        if not tour or self._is_playing:
            return
        self._is_playing = True
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)  # for Esc, wherever the keyboard is; only while it plays
        first = tour[0] if self._current not in tour[:-1] else self._current
        self.go(first)
        self._wait()
        bookmarks = translate("BookmarkDesk", "{count} bookmarks", "{count} bookmark", len(tour))
        self._say(self.tr("Playing the tour of {0}: Esc stops it.").format(bookmarks))
        self.tour_changed.emit()

    def stop(self) -> None:
        """Stop the tour; the map stays where it is."""
        if self._is_playing:
            self._is_playing = False
            self._next.stop()
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
            self.tour_changed.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End the tour on Esc, or when the map is moved by hand."""
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                if kind == QEvent.Type.KeyPress:
                    self.stop()
                return True
        elif watched is self._canvas and kind in (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self.stop()
        return False

    def _wait(self) -> None:
        self._waited_ms = 0
        self._next.start(round(self.pause_s * 1000))

    def _go_on(self) -> None:
        """Go to the next stop, or wait while the layers of this one are still being drawn."""
        if not self._canvas.is_idle() and self._waited_ms < LONGEST_WAIT_MS:
            self._waited_ms += LOOK_MS
            self._next.start(LOOK_MS)
            return
        tour = [bookmark.uuid for bookmark in self.tour]
        at = tour.index(self._current) if self._current in tour else -1
        if at + 1 >= len(tour):
            self.stop()
            self._say(self.tr("The tour has ended."))
            return
        self.go(tour[at + 1])
        self._wait()

    # -- following ----------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        self.stop()
        self.thumbnails.begin_anew()
        self._set_current("")

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._begin_anew()
        elif changes.touches("bookmarks"):
            self.thumbnails.follow(changes.uuids("bookmarks"))
            if self._current not in self.context.document.bookmarks:
                self._set_current("")
            if not self.context.document.bookmarks:
                self.stop()
            self.tour_changed.emit()

    def _set_current(self, uuid: str) -> None:
        if uuid != self._current:
            self._current = uuid
            self.current_changed.emit(uuid)


def _is_seen(kept: str, now: str) -> bool:
    """True where the map shows a kept view: nobody has moved on since."""
    try:
        view, shown = KeptView.from_json(kept), KeptView.from_json(now)
    except InvalidValue:
        return False
    if view.crs != shown.crs or view.bounds_lonlat is not None:
        return view.bounds_lonlat is not None
    return max(abs(view.x - shown.x), abs(view.y - shown.y)) < MOVED_PX * view.resolution
