"""All chips of the case: those of its sites, and those of views."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from viewer.panels.claims.reason_line import ChipReasonLine
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.history.history_reading import HistoryReading
from viewer.panels.one_dialog import show_once
from viewer.panels.sites.chip_dialog import open_chip
from viewer.panels.sites.chip_strip import ChipStrip
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.translation import translate

SIZE = (460, 320)


class CaseChips(QDialog):
    """The dialog of all chips, not modal and one for each window; it follows chips that are taken and deleted."""

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        super().__init__(parent)
        make_companion(self)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Chips of the Case"))
        self.resize(*SIZE)
        self.note = muted()
        self.deleted_link = LinkButton("", self.tr("List the deleted chips in the history, with who deleted them"))
        self.deleted_link.clicked.connect(self._show_deleted)
        self.chips = ChipStrip(context, self, names_sites=True)
        self.chips.setAccessibleName(self.tr("Chips of the case"))
        self.chips.opened.connect(lambda uuid: open_chip(context, uuid, parent))
        close = QPushButton(self.tr("Close"))
        close.setAccessibleName(close.text())
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(self.deleted_link)
        layout.addWidget(self.chips)
        self.reason = ChipReasonLine(context, beside=self.chips)
        layout.addWidget(self.reason)
        layout.addStretch(1)
        layout.addLayout(side_by_side(close))
        self._reading = HistoryReading(context, self)
        self._reading.deleted_counted.connect(self._say)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.close)
        self._show()

    def _heard(self, changes: Changes) -> None:
        if changes.everything or changes.touches("chips", "sites"):
            self._show()

    def _show(self) -> None:
        chips = list(self._context.document.chips.values())
        self.chips.show_chips(chips)
        self._say(0)
        self._reading.count_deleted("chips")

    def _show_deleted(self) -> None:
        """List the deleted chips in the history, which this window would cover."""
        self._context.history_wanted.emit("chips", "")
        self.close()

    def _words(self, deleted: int) -> str:
        """The use of the chips; without any, the way to take one."""
        if self._context.document.chips:
            return self.tr("Each opens larger. Those of a site stand in its form, too, under Image.")
        if deleted:
            return self.tr("There is none now: C takes one of the selected site, or of the view.")
        return self.tr("There is none yet: C takes one of the selected site, or of the view where none is selected.")

    def _say(self, deleted: int) -> None:
        """Say how many pictures were deleted, and lead to them."""
        self.note.setText(self._words(deleted))
        words = translate(
            "CaseChips",
            "{count} pictures were deleted: see History",
            "{count} picture was deleted: see History",
            deleted,
        )
        self.deleted_link.setText(words)
        self.deleted_link.setVisible(bool(deleted))


def show_case_chips(context: PanelContext, window: QWidget) -> CaseChips:
    """Show the dialog of the case's chips, or bring the open one to the front."""
    return show_once(window, CaseChips, lambda: CaseChips(context, window))
