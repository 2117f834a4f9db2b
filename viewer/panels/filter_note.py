"""The line over a list that says that a filter leaves rows out of it, with the way to show all."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_button import LinkButton


class FilterNote(LinkButton):
    """The line; hidden while the list shows all rows. A click on it clears the filter."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", self.tr("Show all rows again, on the map and in lists"), parent)
        self.clicked.connect(context.mark_filter.clear)
        self.hide()

    def say(self, listed: int, total: int | None) -> None:
        """Say how many of all rows are listed; None: no filter is on."""
        says = self.tr("Filter on: {0} of {1} listed. Show all")
        self.setText("" if total is None else says.format(listed, total))
        self.setVisible(total is not None)
