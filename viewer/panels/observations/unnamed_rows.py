"""The link that gives an observer's name to rows which were kept before it was stated."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.commands.observing.named_observer import name_observer, rows_without_observer
from viewer.panels.observations.sheet_desk import SheetDesk
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

_NAME_CHARS = 40


class UnnamedRowsLink(LinkButton):
    """Counts the rows of the sheet without an observer, and names it; hidden for none, and without a name."""

    def __init__(self, desk: SheetDesk, parent: QWidget | None = None) -> None:
        super().__init__("", translate("Sheet", "Give these rows the name of the observer above, as one step"), parent)
        self._desk = desk
        self.clicked.connect(self._name)
        self.hide()

    def show_rows(self) -> None:
        """Count the rows anew."""
        desk, count = self._desk, 0
        if desk.observer and not desk.is_blind:
            sheet, document = desk.sheet, desk.context.document
            unnamed = {uuid for (uuid, _), rows in sheet.rows.items() if any(not row.observer for row in rows)}
            count = sum(len(rows_without_observer(document, uuid, desk.observer)) for uuid in unnamed)
        if count:
            sentence = translate(
                "Sheet",
                "{count} rows have no observer: they are by {0}",
                "{count} row has no observer: it is by {0}",
                count,
            )
            self.setText(sentence.format(one_line(desk.observer, _NAME_CHARS)))
            self.updateGeometry()
        self.setVisible(count > 0)

    def _name(self) -> None:
        desk = self._desk
        sentence = desk.context.attempt(name_observer, desk.sheet.sites, desk.observer)
        if sentence:
            desk.refuse(sentence)
