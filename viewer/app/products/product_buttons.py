"""The row of buttons below a product (view, state, export), with a line for messages."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from layers.product.publishing import STATES, State
from viewer.app.products.state_question import state_names
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import tooltip
from viewer.support.still_boxes import ComboBox


class ProductButtons(QWidget):
    """Buttons below a product. Enter elsewhere in the window presses none of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.map = QPushButton(self.tr("Use the Map's View")), QPushButton(self.tr("Add the View"))
        self.fact_check = QPushButton(self.tr("Fact Check…"))
        self.save, self.export = QPushButton(self.tr("Save")), QPushButton(self.tr("Export…"))
        self.close_window = QPushButton(self.tr("Close"))
        self.said, self.state = muted(), ComboBox()
        for state, name in state_names().items():
            self.state.addItem(name, state)
        self.state.setPlaceholderText(self.tr("State"))
        self.state.setCurrentIndex(-1)
        self.state.setAccessibleName(self.tr("State in which it is exported"))
        self.state.setToolTip(tooltip(self.tr("State in which it is exported; the first export asks for it")))
        for button, tip in (
            (self.view, self.tr("Show on the page what the map shows now, in its stretch")),
            (self.map, self.tr("Add what the map shows now as a map of its own")),
            (
                self.fact_check,
                self.tr("Write the internal sheet: each printed fact with its source, and a box to tick"),
            ),
            (self.save, self.tr("Keep the product in the case as a draft (Ctrl+S)")),
            (self.export, self.tr("Write the product to a file, as a draft or issued (Enter in the title)")),
            (self.close_window, self.tr("Close the window; what was changed is kept as a draft")),
        ):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text().rstrip("…"))
            button.setToolTip(tooltip(tip))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.view)
        row.addWidget(self.map)
        row.addWidget(self.said, 1)
        for field in (self.fact_check, self.save, self.state, self.export, self.close_window):
            row.addWidget(field)

    def say(self, sentence: str, step: str = "", *, is_refusal: bool = False) -> None:
        """Show a sentence. `step`: the next step, in the place of the usual words of the button that exports."""
        self.said.setText(sentence)
        is_loud = bool(step) or is_refusal  # what waits for the analyst is no quiet sentence
        self.said.setObjectName("" if is_loud else "muted")
        self.said.style().polish(self.said)
        self.export.setText(step or self.tr("Export…"))
        self.export.setAccessibleName(self.export.text().rstrip("…"))

    def show_state(self, state: State | None) -> None:
        """Show the state in which the product leaves; None before one was chosen."""
        self.state.setCurrentIndex(STATES.index(state) if state is not None else -1)
