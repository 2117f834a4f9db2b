"""The panel of bookmarks: the tour as rows, the buttons for a bookmark, and the tour's player."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QWidget

from viewer.panels.bookmarks.bookmark_desk import BookmarkDesk
from viewer.panels.bookmarks.bookmark_rows import BookmarkDelegate, BookmarkRows
from viewer.panels.named_lists.named_list import Offer, OrderedListPanel
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.support.language.text import tooltip
from viewer.support.still_boxes import DecimalBox

LONGEST_PAUSE_S = 600.0


class BookmarkListPanel(OrderedListPanel):
    """The list of bookmarks; it follows the document, and every operation is the desk's."""

    def __init__(self, desk: BookmarkDesk, parent: QWidget | None = None) -> None:
        model = BookmarkRows(desk)
        super().__init__(desk, model, parent)
        self._desk, self.model = desk, model
        hint = self.tr("A bookmark remembers the view with its layers, their dates and styles. Add the first.")
        self.set_up_view(self.tr("Bookmarks"), hint, BookmarkDelegate(self.view, self.tr("Name of the bookmark")))
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.view.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.view.setDragDropOverwriteMode(False)
        self.model.dropped.connect(desk.move)
        self.add_button = self.button(self.tr("Add"), self.tr("Add a bookmark of this view"), desk.add)
        instead = self.tr("Replace the view of the bookmark with this one")
        self.update_button = self.button(self.tr("Update"), instead, self.update_current)
        self.delete_button = self.button(self.tr("Delete"), self.tr("Delete the bookmark"), self.delete)
        self.column.addLayout(side_by_side(self.add_button, self.update_button, self.delete_button))
        self._add_tour()
        desk.tour_changed.connect(self._show_tour)
        desk.current_changed.connect(self._show_current)
        desk.name_wanted.connect(self._type_name)
        desk.thumbnails.changed.connect(self.model.show_picture)
        self.follow(desk.context, "bookmarks", "layers")

    def _add_tour(self) -> None:
        """Add the buttons below the list: those that move a row in the tour, and the tour's player."""
        movers = self.movers(
            self.tr("Move the bookmark up in the tour (Alt+Up)"),
            self.tr("Move the bookmark down in the tour (Alt+Down)"),
        )
        self.back_button = IconButton("back", self.tr("Previous bookmark of the tour"))
        self.forward_button = IconButton("forward", self.tr("Next bookmark of the tour"))
        self.play_button = CompactButton(self.tr("Play tour"))
        self.back_button.clicked.connect(lambda: self._desk.step(-1))
        self.forward_button.clicked.connect(lambda: self._desk.step(1))
        self.play_button.clicked.connect(self.switch_tour)
        self.pause = DecimalBox()
        self.pause.setDecimals(1)
        self.pause.setRange(0.5, LONGEST_PAUSE_S)
        self.pause.setSingleStep(0.5)
        self.pause.setSuffix(self.tr(" s"))
        self.pause.setValue(self._desk.pause_s)
        self.pause.setAccessibleName(self.tr("Pause at each bookmark of the tour, in seconds"))
        self.pause.setToolTip(tooltip(self.pause.accessibleName()))
        self.pause.valueChanged.connect(self._set_pause)
        self.column.addLayout(side_by_side(*movers, self.pause))
        self.column.addLayout(side_by_side(self.back_button, self.play_button, self.forward_button))

    # -- what is done -------------------------------------------------------------------------------------------

    @override
    def enter(self) -> None:
        self._desk.go(self.chosen)

    @override
    def offers(self) -> Sequence[Offer]:
        return (
            (self.tr("&Go There"), "Return", self.enter),
            (self.tr("&Rename"), "F2", self.rename),
            (self.tr("&Update to This View"), "", self.update_current),
        )

    def update_current(self) -> None:
        if self.chosen:
            self._desk.update(self.chosen)

    def switch_tour(self) -> None:
        """Play or stop the tour."""
        if self._desk.is_playing:
            self._desk.stop()
        else:
            self._desk.play()

    def _set_pause(self, seconds: float) -> None:
        self._desk.pause_s = seconds

    # -- what is shown ------------------------------------------------------------------------------------------

    @override
    def read(self) -> None:
        super().read()
        self._show_tour()

    def _show_current(self, uuid: str) -> None:
        if uuid:
            self.choose(uuid)

    def _type_name(self, uuid: str) -> None:
        """Edit the name of a bookmark that was just added, where the panel is visible."""
        if self.isVisible():
            self.choose(uuid)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.rename()

    def _show_tour(self) -> None:
        self.play_button.setText(self.tr("Stop tour") if self._desk.is_playing else self.tr("Play tour"))
        self.play_button.setAccessibleName(self.play_button.text())
        self.show_offers()

    @override
    def show_offers(self) -> None:
        super().show_offers()
        for button in (self.update_button, self.delete_button):
            button.setEnabled(self.view.currentIndex().isValid())
        for widget in (self.back_button, self.forward_button, self.play_button, self.pause):
            widget.setEnabled(self.model.rowCount() > 0)
