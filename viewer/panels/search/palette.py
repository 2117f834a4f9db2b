"""The palette: a list of commands, places and coordinates that match typed letters; Enter takes one."""

from __future__ import annotations

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QIcon, QKeyEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from layers.geo.datum import Datum
from viewer.panels.search.finder import Finder
from viewer.panels.search.hits import Hit, HitGroup
from viewer.panels.search.palette_rows import (
    ROW_PX,
    PaletteDelegate,
    PaletteEntry,
    PaletteRow,
    arranged,
    is_meant,
    item_of,
    match_score,
    matching,
)
from viewer.support.language.text import plain
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

__all__ = ["CommandPalette", "PaletteEntry", "match_score"]

MOST_ROWS, WIDTH_PX, FOOT_MARGIN_PX = 13, 680, 5


def _is_able(row: PaletteRow) -> bool:
    """True for a row that can be chosen: a hit, or a command that is possible now."""
    return isinstance(row, Hit) or (isinstance(row, PaletteEntry) and row.enabled)


class CommandPalette(QDialog):
    """A list over the map; Escape or a click elsewhere closes it. Impossible commands are shown, but cannot be chosen.

    With a `finder` it finds places too. `hit_previewed` carries the current hit, or None.
    """

    hit_previewed = Signal(object)
    hit_chosen = Signal(object)
    site_wanted = Signal(object)
    datum_changed = Signal(str)
    covered = Signal(QRect)
    """Emitted with the part of the screen that the palette hides, in global coordinates; empty when it is closed."""

    def __init__(
        self, entries: Sequence[PaletteEntry], parent: QWidget | None = None, finder: Finder | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self._entries, self._finder = list(entries), finder
        self.rows: list[PaletteRow] = []
        self._commands: tuple[str, list[tuple[float, PaletteEntry]]] | None = None
        """The commands that match a text; the hits for it come some milliseconds later."""
        self._hits: list[Hit] = []
        self._problems: list[str] = []
        self._icons: dict[str, QIcon] = {}
        self._is_touched = False
        self._waiting: Qt.KeyboardModifier | None = None
        self._still_typed_into: QWidget | None = None
        self._most_rows = MOST_ROWS
        title = self.tr("Find a command, a place or a coordinate") if finder else self.tr("Find a command")
        self.setWindowTitle(title)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(f"{title}…")
        self.line.setAccessibleName(title)
        self._model = QStandardItemModel(self)
        self._list = self._make_list()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.line)
        layout.addWidget(self._list)
        self._says = plain_label("", self)
        self._datum, self._datum_label = ComboBox(self), QLabel(self.tr("&Datum"), self)
        self._foot = self._make_foot()
        layout.addWidget(self._foot)
        self.line.textChanged.connect(self._ask)
        self.line.installEventFilter(self)
        self._list.selectionModel().currentChanged.connect(self._point_at)
        if finder is not None:
            finder.found.connect(self._show_found)
        self._show_rows()

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setModel(self._model)
        view.setItemDelegate(PaletteDelegate(view))
        view.setAccessibleName(self.tr("Results"))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.entered.connect(self._hover)
        view.clicked.connect(self._run)
        return view

    def _make_foot(self) -> QFrame:
        """Make the foot: the keys, errors, and the datum of a coordinate."""
        foot = QFrame(self)
        foot.setObjectName("paletteFoot")
        self._says.setObjectName("muted")
        self._says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._says.setWordWrap(True)
        for datum in Datum:
            self._datum.addItem(str(datum), datum)
        self._datum.setAccessibleName(self.tr("Datum of the coordinate"))
        self._datum.currentIndexChanged.connect(self._take_datum)
        self._datum_label.setBuddy(self._datum)
        row = QHBoxLayout(foot)
        row.setContentsMargins(10, FOOT_MARGIN_PX, 8, FOOT_MARGIN_PX)
        row.addWidget(self._says, 1)
        row.addWidget(self._datum_label)
        row.addWidget(self._datum)
        foot.setVisible(self._finder is not None)
        return foot

    # -- where it stands ----------------------------------------------------------------------------------------

    def show_over(self, widget: QWidget) -> None:
        """Open in the upper middle of `widget`."""
        width, room = min(WIDTH_PX, widget.width() - 40), widget.height() - 130 - self.line.sizeHint().height()
        self._most_rows = max(3, min(MOST_ROWS, room // ROW_PX))
        corner = widget.mapToGlobal(widget.rect().topLeft())
        self.setGeometry(QRect(corner.x() + (widget.width() - width) // 2, corner.y() + 44, width, 100))
        self._fit_height()
        self._catch_letters(QApplication.focusWidget())
        self.show()
        self._fit_height()
        self.line.setFocus()

    def _catch_letters(self, typed_into: QWidget | None) -> None:
        """Redirect letters from the widget that had the focus until the system has activated this window; None ends
        that.
        """
        if self._still_typed_into is not None and shiboken6.isValid(self._still_typed_into):
            self._still_typed_into.removeEventFilter(self)
        self._still_typed_into = typed_into
        if typed_into is not None:
            typed_into.installEventFilter(self)

    def _fit_height(self) -> None:
        """Set the height to that of the rows, so that the rest of the map stays visible."""
        rows = max(1, min(self._most_rows, len(self.rows)))
        self._list.setFixedHeight(rows * ROW_PX + 2 if self.rows else 0)
        words_px = self._says.heightForWidth(max(200, self._says.width()))
        self._foot.setFixedHeight(max(words_px, self._datum.sizeHint().height()) + 2 * FOOT_MARGIN_PX)
        self.setFixedHeight(self.sizeHint().height())
        if self.isVisible():
            self.covered.emit(self.geometry())

    @property
    def is_searching(self) -> bool:
        """True while more hits may come."""
        return self._finder is not None and self._finder.is_busy

    # -- what is listed -----------------------------------------------------------------------------------------

    def shown_texts(self) -> list[str]:
        """The texts of the rows, the best first, without headings."""
        return [row.text for row in self.rows if not isinstance(row, str)]

    def shown_hits(self) -> list[Hit]:
        """The hits among the rows."""
        return [row for row in self.rows if isinstance(row, Hit)]

    def sentence(self) -> str:
        """The sentence in the foot."""
        return self._says.text()

    def _ask(self, text: str) -> None:
        self._is_touched, self._waiting = False, None
        self._problems = []
        if self._finder is None:
            self._show_rows()
            return
        if not text.strip():
            self._hits = []
        self._finder.ask(text)  # first: the rows say that it searches, rather than that nothing was found
        self._show_rows()

    def _show_found(self, hits: list[Hit], problems: list[str]) -> None:
        self._hits, self._problems = hits, problems
        self._show_rows(keeps=True)
        if self._waiting is not None:
            self._enter(self._waiting)

    def _show_rows(self, *, keeps: bool = False) -> None:
        """Show the rows. `keeps`: the current row for this text stays, as Enter may be on its way."""
        before = self.current() if self._is_touched or keeps else None
        wanted = self.line.text().strip()
        if self._commands is None or self._commands[0] != wanted:
            self._commands = wanted, matching(wanted, self._entries)
        self.rows = arranged(wanted, self._commands[1], self._hits)
        self._model.clear()
        for row in self.rows:
            self._model.appendRow(item_of(row, self.palette(), self._icons))
        kept = next((at for at, row in enumerate(self.rows) if row == before), None) if before else None
        first = next((at for at, row in enumerate(self.rows) if _is_able(row)), -1)
        if wanted and (self._refused() is not None or not (keeps or self._is_certain(first, wanted))):
            first = -1
        self._list.setCurrentIndex(self._model.index(first if kept is None else kept, 0))
        is_coordinate = any(hit.group is HitGroup.COORDINATES for hit in self._hits)
        for part in (self._datum, self._datum_label):
            part.setVisible(is_coordinate or self._datum.currentData() != Datum.WGS84)
        self._fit_height()
        self._point_at()

    def _is_certain(self, at: int, wanted: str) -> bool:
        """True for a command that stays in front of all hits which the search may still bring."""
        if self._finder is None:
            return True
        row = self.rows[at] if at >= 0 else None
        return isinstance(row, PaletteEntry) and row.text.casefold().startswith(wanted.casefold())

    def _take_datum(self) -> None:
        self.datum_changed.emit(str(self._datum.currentData()))
        if self._finder is not None:
            self._finder.ask(self.line.text())

    # -- the current row ----------------------------------------------------------------------------------------

    def current(self) -> PaletteEntry | Hit | None:
        """The command or hit that Enter takes; None where no row can be chosen."""
        at = self._list.currentIndex().row()
        row = self.rows[at] if 0 <= at < len(self.rows) else None
        return None if isinstance(row, str) else row

    def _refused(self) -> PaletteEntry | None:
        """The first row, where that is a command that is not possible now."""
        row = next((row for row in self.rows if not isinstance(row, str)), None)
        return row if isinstance(row, PaletteEntry) and not row.enabled else None

    def _point_at(self, *_: object) -> None:
        row = self.current()
        hit = row if isinstance(row, Hit) else None
        self.hit_previewed.emit(hit)
        if self._problems:
            self._say(" ".join(map(in_language, self._problems)))
        elif hit is not None and hit.fields is not None:
            self._say(self.tr("Enter goes there · Shift+Enter marks a site there"))
        elif hit is not None and (hit.group is HitGroup.LAYERS or hit.row is not None):
            self._say(self.tr("Enter shows it"))
        elif hit is not None:
            self._say(self.tr("Enter goes there"))
        elif not self.rows and self.is_searching:
            self._say(self.tr("Searching…"))
        elif not self.rows:
            self._say(
                self.tr(
                    "Nothing found: no command, site, place, layer, attribute or coordinate, and no words of the case."
                )
            )
        elif row is None and (refused := self._refused()) is not None:
            self._say(self.tr("{0} cannot be done now.").format(refused.text))
        else:
            self._say(self.tr("Names in any script, coordinates in any notation. No host is asked."))

    def _say(self, sentence: str) -> None:
        if sentence != self._says.text():
            self._says.setText(plain(sentence))
            self._fit_height()

    def _hover(self, index: QModelIndex) -> None:
        if index.isValid() and _is_able(self.rows[index.row()]):
            self._is_touched = True
            self._list.setCurrentIndex(index)

    def _step(self, by: int) -> None:
        """Go to the next row that can be chosen, round the ends."""
        rows, at = len(self.rows), self._list.currentIndex().row()
        for _ in range(rows):
            at = (at + by) % rows
            if _is_able(self.rows[at]):
                self._is_touched = True
                self._list.setCurrentIndex(self._model.index(at, 0))
                return

    def _run(self, index: QModelIndex) -> None:
        row = self.rows[index.row()] if 0 <= index.row() < len(self.rows) else None
        if isinstance(row, Hit):
            self.close()
            self.hit_chosen.emit(row)
        elif isinstance(row, PaletteEntry) and row.enabled:
            self.close()
            row.run()

    def _enter(self, modifiers: Qt.KeyboardModifier) -> None:
        """Take the current row. While a search runs the key waits, as the rows belong to other letters.

        A command that was named does not wait; a guessed one does, as a place may have the typed name.
        """
        row = self.current()
        is_busy = self.is_searching
        is_sure = isinstance(row, PaletteEntry) and (self._is_touched or is_meant(self.line.text(), row.text))
        self._waiting = modifiers if is_busy and not is_sure else None
        if self._waiting is not None:
            return
        if isinstance(row, Hit) and row.fields is not None and modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.close()
            self.site_wanted.emit(row)
        else:
            self._run(self._list.currentIndex())

    # -- events -------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._still_typed_into and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                QApplication.sendEvent(self.line, event)
            event.accept()
            return True
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter(event.modifiers())
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._catch_letters(None)
        if self._finder is not None:
            self._finder.cancel()
        self.hit_previewed.emit(None)
        self.covered.emit(QRect())
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._catch_letters(None)
        is_left = event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow()
        if is_left and QApplication.activePopupWidget() is None:
            self.close()
        super().changeEvent(event)
