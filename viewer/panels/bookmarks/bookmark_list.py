"""The panel of bookmarks: the tour as rows, what is done with one, and the tour's player."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.bookmarks.bookmark_desk import BookmarkDesk
from viewer.panels.bookmarks.bookmark_rows import BookmarkDelegate, BookmarkRows
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.still_boxes import DecimalBox
from viewer.support.text import tooltip

LONGEST_PAUSE_S = 600.0


class BookmarkView(QListView):
    """Enter goes, F2 renames, Delete deletes, Alt with up or down moves the row in the tour."""

    entered_row = Signal()
    delete_wanted = Signal()
    move_wanted = Signal(int)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        elif is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_wanted.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)


class BookmarkListPanel(QWidget):
    """Follows the document; everything is done by the desk."""

    def __init__(self, desk: BookmarkDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = BookmarkRows(desk, self)
        self.view = BookmarkView()
        self._set_up_view()
        self._build_buttons()
        self.pages = QStackedWidget()
        hint = muted(self.tr("A bookmark remembers the view with its layers, their dates and styles. Add the first."))
        hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.pages.addWidget(hint)
        self.pages.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.pages, 1)
        layout.addLayout(side_by_side(self.add_button, self.update_button, self.delete_button))
        tour = (self.up_button, self.down_button, self.back_button, self.play_button, self.forward_button, self.pause)
        layout.addLayout(side_by_side(*tour))
        desk.tour_changed.connect(self._show_tour)
        desk.current_changed.connect(self._show_current)
        desk.name_wanted.connect(self._type_name)
        desk.thumbnails.changed.connect(self.model.show_picture)
        desk.context.changed.connect(lambda changes: self._read() if changes.touches("bookmarks", "layers") else None)
        desk.context.document_replaced.connect(self._read)
        self._read()

    def _set_up_view(self) -> None:
        view = self.view
        view.setAccessibleName(self.tr("Bookmarks"))
        view.setModel(self.model)
        view.setItemDelegate(BookmarkDelegate(view))
        view.setFrameShape(QFrame.Shape.StyledPanel)
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        view.setDefaultDropAction(Qt.DropAction.MoveAction)
        view.setDragDropOverwriteMode(False)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        view.doubleClicked.connect(lambda index: self._desk.go(self.model.uuid_at(index.row())))
        view.entered_row.connect(self.go)
        view.delete_wanted.connect(self.delete)
        view.move_wanted.connect(self.move_by)
        self.model.name_typed.connect(self._desk.rename)
        self.model.dropped.connect(self._dropped)
        view.selectionModel().currentChanged.connect(lambda *_: self._show_offers())

    def _build_buttons(self) -> None:
        tr = self.tr
        self.add_button, self.update_button = QPushButton(tr("Add")), QPushButton(tr("Update"))
        self.delete_button = QPushButton(tr("Delete"))
        says = (
            (self.add_button, tr("Add a bookmark of this view"), self._desk.add),
            (self.update_button, tr("Let the bookmark remember this view in place of its own"), self.update_current),
            (self.delete_button, tr("Delete the bookmark"), self.delete),
        )
        for button, says_it, do in says:
            button.setAccessibleName(says_it)
            button.setToolTip(tooltip(says_it))
            button.clicked.connect(do)
        self.up_button = IconButton("up", tr("Move the bookmark up in the tour (Alt+Up)"))
        self.down_button = IconButton("down", tr("Move the bookmark down in the tour (Alt+Down)"))
        self.back_button = IconButton("back", tr("Previous bookmark of the tour"))
        self.forward_button = IconButton("forward", tr("Next bookmark of the tour"))
        self.play_button = QPushButton(tr("Play tour"))
        self.up_button.clicked.connect(lambda: self.move_by(-1))
        self.down_button.clicked.connect(lambda: self.move_by(1))
        self.back_button.clicked.connect(lambda: self._desk.step(-1))
        self.forward_button.clicked.connect(lambda: self._desk.step(1))
        self.play_button.clicked.connect(self.switch_tour)
        self.pause = DecimalBox()
        self.pause.setDecimals(1)
        self.pause.setRange(0.5, LONGEST_PAUSE_S)
        self.pause.setSingleStep(0.5)
        self.pause.setSuffix(tr(" s"))
        self.pause.setValue(self._desk.pause_s)
        self.pause.setAccessibleName(tr("Pause at each bookmark of the tour, in seconds"))
        self.pause.setToolTip(tooltip(self.pause.accessibleName()))
        self.pause.valueChanged.connect(self._set_pause)

    # -- what is done -------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The uuid of the current row; empty for none."""
        index = self.view.currentIndex()
        return self.model.uuid_at(index.row()) if index.isValid() else ""

    def go(self) -> None:
        self._desk.go(self.chosen)

    def update_current(self) -> None:
        if self.chosen:
            self._desk.update(self.chosen)

    def delete(self) -> None:
        if self.chosen:
            self._desk.delete([self.chosen])

    def rename(self) -> None:
        if self.chosen:
            self.view.edit(self.view.currentIndex())

    def move_by(self, steps: int) -> None:
        if self.chosen:
            self._desk.move_by(self.chosen, steps)

    def switch_tour(self) -> None:
        """Play the tour, or stop it."""
        if self._desk.is_playing:
            self._desk.stop()
        else:
            self._desk.play()

    def _set_pause(self, seconds: float) -> None:
        self._desk.pause_s = seconds

    def _dropped(self, uuid: str, position: int) -> None:
        self._desk.move(uuid, position)

    def _menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        self.view.setCurrentIndex(index)
        menu, tr = QMenu(self), self.tr
        for text, keys, do in (
            (tr("&Go There"), "Return", self.go),
            (tr("&Rename"), "F2", self.rename),
            (tr("&Update to This View"), "", self.update_current),
            (tr("Move &Up"), "Alt+Up", lambda: self.move_by(-1)),
            (tr("Move &Down"), "Alt+Down", lambda: self.move_by(1)),
            (tr("D&elete"), "Delete", self.delete),
        ):
            action = QAction(text, menu)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked=False, do=do: do())
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(place))

    # -- what is shown ------------------------------------------------------------------------------------------

    def _read(self) -> None:
        chosen, scrolled = self.chosen, self.view.verticalScrollBar().value()
        self.model.read()
        self.pages.setCurrentIndex(1 if self.model.rowCount() else 0)
        self._choose(chosen or self._desk.current)
        self.view.verticalScrollBar().setValue(scrolled)
        self._show_tour()

    def _show_current(self, uuid: str) -> None:
        if uuid:
            self._choose(uuid)

    def _choose(self, uuid: str) -> None:
        at = self.model.row_of(uuid)
        if at >= 0:
            self.view.setCurrentIndex(self.model.index(at))
        self._show_offers()

    def _type_name(self, uuid: str) -> None:
        """The name of a bookmark that was added just now, where the panel is in sight."""
        if self.isVisible():
            self._choose(uuid)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.rename()

    def _show_tour(self) -> None:
        self.play_button.setText(self.tr("Stop tour") if self._desk.is_playing else self.tr("Play tour"))
        self.play_button.setAccessibleName(self.play_button.text())
        self._show_offers()

    def _show_offers(self) -> None:
        at, last = self.view.currentIndex().row(), self.model.rowCount() - 1
        for button in (self.update_button, self.delete_button):
            button.setEnabled(at >= 0)
        self.up_button.setEnabled(at > 0)
        self.down_button.setEnabled(0 <= at < last)
        for widget in (self.back_button, self.forward_button, self.play_button, self.pause):
            widget.setEnabled(last >= 0)
