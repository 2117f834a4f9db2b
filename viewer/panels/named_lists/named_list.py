"""A list of named rows, often with an order, which are opened, renamed, moved and deleted by mouse, keys and menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, override

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
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

from layers.document.edit import Table
from viewer.panels.context import PanelContext
from viewer.panels.named_lists.named_rows import NameDelegate, NamedRows
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.support.focus_filter import keeps_delete
from viewer.support.language.text import tooltip

type Offer = tuple[str, str, Callable[[], object]]
"""An entry of the menu: its text, its keys, and its action."""


class NamedDesk(Protocol):
    """Carries out the operations of a list on its rows."""

    @property
    def current(self) -> str:
        """The row that is shown elsewhere too; empty for none."""

    def rename(self, uuid: str, name: str) -> None: ...

    def delete(self, uuids: list[str]) -> None: ...


class OrderedDesk(NamedDesk, Protocol):
    """Operations on rows that have an order."""

    def move_by(self, uuid: str, steps: int) -> None: ...


class NamedView(QListView):
    """The view: Enter opens a row, F2 renames, Delete deletes, Alt with up or down moves it."""

    entered_row = Signal()
    delete_wanted = Signal()
    move_wanted = Signal(int)

    @override
    def event(self, event: QEvent) -> bool:
        return keeps_delete(event) or super().event(event)

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


class NamedListPanel(QWidget):
    """A hint without rows, the list, and below it the widgets of the panel's kind."""

    def __init__(self, desk: NamedDesk, model: NamedRows[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows_desk, self._rows = desk, model
        model.setParent(self)
        self.view = NamedView()
        self.pages = QStackedWidget()
        self._hint = muted("")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.pages.addWidget(self._hint)
        self.pages.addWidget(self.view)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 8, 8, 8)
        self.column.setSpacing(6)
        self.column.addWidget(self.pages, 1)

    def set_up_view(self, name: str, hint: str, delegate: NameDelegate) -> None:
        """Show the rows by this delegate, and the hint where there are none; `name` is for screen readers."""
        self._hint.setText(hint)
        view = self.view
        view.setAccessibleName(name)
        view.setModel(self._rows)
        view.setItemDelegate(delegate)
        view.setFrameShape(QFrame.Shape.StyledPanel)
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        view.doubleClicked.connect(lambda _index: self.enter())
        view.entered_row.connect(self.enter)
        view.delete_wanted.connect(self.delete)
        self._rows.name_typed.connect(self._rows_desk.rename)
        view.selectionModel().currentChanged.connect(lambda *_: self.show_offers())

    def follow(self, context: PanelContext, *tables: Table) -> None:
        """Read the rows now, and again whenever one of these tables changes."""
        context.changed.connect(lambda changes: self.read() if changes.touches(*tables) else None)
        context.document_replaced.connect(self.read)
        self.read()

    def button(self, text: str, says: str, do: Callable[[], object]) -> QPushButton:
        """Make a button that calls `do`; `says` is its tooltip and its name for screen readers."""
        button = CompactButton(text)
        button.setAccessibleName(says)
        button.setToolTip(tooltip(says))
        button.clicked.connect(lambda _checked=False: do())
        return button

    # -- what is done -------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """True while there are no rows."""
        return self._rows.rowCount() == 0

    @property
    def chosen(self) -> str:
        """The uuid of the current row; empty without one."""
        index = self.view.currentIndex()
        return self._rows.uuid_at(index.row()) if index.isValid() else ""

    def enter(self) -> None:
        """Show the current row."""
        raise NotImplementedError

    def offers(self) -> Sequence[Offer]:
        """Entries of the menu of a row, above those that move and delete it."""
        raise NotImplementedError

    def moves(self) -> Sequence[Offer]:
        """Entries that move the row, where the list has an order."""
        return ()

    def delete(self) -> None:
        if self.chosen:
            self._rows_desk.delete([self.chosen])

    def rename(self) -> None:
        if self.chosen:
            self.view.edit(self.view.currentIndex())

    def _menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        self.view.setCurrentIndex(index)
        menu = QMenu(self)
        for text, keys, do in (
            *self.offers(),
            *self.moves(),
            (self.tr("D&elete"), "Delete", self.delete),
        ):
            action = QAction(text, menu)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked=False, do=do: do())
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(place))

    # -- what is shown ------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the document; the current row stays current."""
        chosen, scrolled = self.chosen, self.view.verticalScrollBar().value()
        self._rows.read()
        self.pages.setCurrentIndex(1 if self._rows.rowCount() else 0)
        self.choose(chosen or self._rows_desk.current)
        self.view.verticalScrollBar().setValue(scrolled)

    def choose(self, uuid: str) -> None:
        """Make the row of this uuid the current one, if it exists."""
        at = self._rows.row_of(uuid)
        if at >= 0 and at != self.view.currentIndex().row():
            self.view.setCurrentIndex(self._rows.index(at))
        self.show_offers()

    def show_offers(self) -> None:
        """Enable the operations that are possible for the current row."""


class OrderedListPanel(NamedListPanel):
    """A list of rows that have an order, which buttons, keys and the menu change."""

    def __init__(self, desk: OrderedDesk, model: NamedRows[Any], parent: QWidget | None = None) -> None:
        super().__init__(desk, model, parent)
        self._order = desk
        self.view.move_wanted.connect(self.move_by)

    def movers(self, up: str, down: str) -> tuple[IconButton, IconButton]:
        """Buttons that move the row."""
        self.up_button, self.down_button = IconButton("up", up), IconButton("down", down)
        self.up_button.clicked.connect(lambda: self.move_by(-1))
        self.down_button.clicked.connect(lambda: self.move_by(1))
        return self.up_button, self.down_button

    def move_by(self, steps: int) -> None:
        if self.chosen:
            self._order.move_by(self.chosen, steps)

    @override
    def moves(self) -> Sequence[Offer]:
        return (
            (self.tr("Move &Up"), "Alt+Up", lambda: self.move_by(-1)),
            (self.tr("Move &Down"), "Alt+Down", lambda: self.move_by(1)),
        )

    @override
    def show_offers(self) -> None:
        at, last = self.view.currentIndex().row(), self._rows.rowCount() - 1
        self.up_button.setEnabled(at > 0)
        self.down_button.setEnabled(0 <= at < last)
