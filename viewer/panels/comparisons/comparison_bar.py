"""The strip below the map during a comparison: its mode, the position of the bar, the speed, and the end."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from layers.document.comparison import LEAST_HZ, MOST_HZ
from viewer.commands.named_order import LONGEST_NAME
from viewer.panels.comparisons.comparison_desk import OFFERED_MODES, ComparisonDesk, mode_word
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.slider_field import SliderField, percent
from viewer.support.language.text import tooltip
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, DecimalBox

STILL = ("difference", "blink", "panes")
"""Modes without a bar."""


class ComparisonBar(QWidget):
    """The controls of the comparison that is shown; hidden without one. Esc ends the comparison."""

    keyboard_left = Signal()
    """Emitted when the bar is hidden while it has the focus."""

    def __init__(self, desk: ComparisonDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAccessibleName(self.tr("Comparison"))
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setMinimumWidth(80)
        self.mode, self.position = ComboBox(), SliderField(0.0, 1.0, percent)
        self.height_field = SliderField(0.0, 1.0, percent)
        self.from_left, self.from_top = plain_label(self.tr("Left")), plain_label(self.tr("Top"))
        self.rate = DecimalBox()
        self.linked = QCheckBox(self.tr("Linked"))
        self.match = QCheckBox(self.tr("Match"))
        self.swap = IconButton("swap", self.tr("Swap the sides (Shift+X)"))
        self.end = IconButton("close", self.tr("End the comparison (Esc)"))
        self._set_up()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(6)
        layout.addWidget(self.name, 2)
        layout.addWidget(self.mode)
        layout.addWidget(self._build_ways(), 5)
        for widget in (self.match, self.swap, self.end):
            layout.addWidget(widget)
        desk.shown_changed.connect(self.read)
        desk.context.changed.connect(lambda changes: self.read() if changes.touches("comparisons") else None)
        self.read()

    def _build_ways(self) -> QWidget:
        """Make the controls that only some modes have, in a space of fixed size, so that the others stay in place."""
        ways = QWidget()
        row = QHBoxLayout(ways)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.from_left)
        row.addWidget(self.position, 3)
        row.addWidget(self.from_top)
        row.addWidget(self.height_field, 3)
        for widget in (self.rate, self.linked):
            row.addWidget(widget)
        row.addStretch(0)
        least = [self.from_left, self.position, self.from_top, self.height_field]
        ways.setMinimumWidth(sum(widget.minimumSizeHint().width() + row.spacing() for widget in least))
        ways.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return ways

    def _set_up(self) -> None:
        words = {mode: mode_word(mode) for mode in OFFERED_MODES}
        for mode, word in words.items():
            self.mode.addItem(word, mode)
        self.rate.setDecimals(1)
        self.rate.setRange(LEAST_HZ, MOST_HZ)
        self.rate.setSingleStep(0.5)
        self.rate.setSuffix(self.tr(" Hz"))
        for widget, says in (
            (self.name, self.tr("Name of the comparison")),
            (self.mode, self.tr("Mode of the comparison (B blinks; hold B to see the other image)")),
            (self.height_field, self.tr("Position of the glass, from the top")),
            (self.rate, self.tr("Changes to and fro in a second")),
            (self.linked, self.tr("Move all panes together: place, scale and turn")),
            (self.match, self.tr("Stretch all images as the first: the same where sensor and units are, else matched")),
        ):
            widget.setAccessibleName(says)
            widget.setToolTip(tooltip(says))
        self.name.editingFinished.connect(self._rename)
        self.mode.activated.connect(lambda at: self._desk.set_mode(self.mode.itemData(at)))
        self.position.previewed.connect(self._desk.preview_position)
        self.position.committed.connect(self._desk.set_position)
        self.height_field.previewed.connect(self._desk.preview_height)
        self.height_field.committed.connect(self._desk.set_height)
        self.rate.valueChanged.connect(self._desk.set_rate)
        self.linked.clicked.connect(self._desk.link)
        self.match.clicked.connect(self._desk.set_match)
        self.swap.clicked.connect(self._desk.swap)
        self.end.clicked.connect(self._desk.end)

    def read(self) -> None:
        """Show the present comparison."""
        spec = self._desk.spec
        if spec is None:
            if self.focusWidget() is not None and self.isActiveWindow() and self.focusWidget().hasFocus():
                self.keyboard_left.emit()  # Qt would give the keyboard to the next field, where letters are typed
            self.hide()
            return
        self.show()
        self.name.setEnabled(bool(self._desk.current))
        if not self.name.hasFocus():
            self.name.setText(self._desk.name or self.tr("Not kept"))
            self.name.setCursorPosition(0)
        self.mode.setCurrentIndex(self.mode.findData(spec.mode))
        self.position.setVisible(spec.mode not in STILL)
        self.position.show_value(spec.position)
        self._name_position(spec.mode)
        for label in (self.from_left, self.from_top):
            label.setVisible(spec.mode == "spyglass")
        self.height_field.setVisible(spec.mode == "spyglass")
        self.height_field.show_value(spec.position_y)
        self.rate.setVisible(spec.mode == "blink")
        self.rate.blockSignals(True)
        self.rate.setValue(spec.rate_hz)
        self.rate.blockSignals(False)
        self.linked.setVisible(spec.mode == "panes")
        self.linked.setChecked(self._desk.is_linked)
        self.match.setChecked(spec.match)

    def _name_position(self, mode: str) -> None:
        says = {
            "swipe": self.tr("Position of the bar, from the left"),
            "swipe across": self.tr("Position of the bar, from the top"),
            "spyglass": self.tr("Position of the glass, from the left"),
            "fade": self.tr("Share of the image on top"),
        }.get(mode, self.tr("Position"))
        self.position.setAccessibleName(says)
        self.position.setToolTip(tooltip(says))

    def begin(self) -> None:
        """Take the focus, so that arrow keys move the bar."""
        (self.position if not self.position.isHidden() else self.mode).setFocus(Qt.FocusReason.OtherFocusReason)

    def _rename(self) -> None:
        if self._desk.current and self.name.text().strip() and self.name.text() != self._desk.name:
            self._desk.rename(self._desk.current, self.name.text())
        self.name.setText(self._desk.name)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._desk.end()
        else:
            super().keyPressEvent(event)
