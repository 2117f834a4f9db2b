"""The field of the interval at which sites are to be looked at: shown for the chosen sites, and set on purpose."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viewer.commands.imagery.look_intervals import LONGEST_DAYS
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import tooltip
from viewer.support.still_boxes import SpinBox


class IntervalField(QWidget):
    """Days from one look to the next, 0 for none. Nothing is asked by it: sites that are due are offered as such."""

    set_wanted = Signal(int)
    """Emitted with the days for the chosen sites."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.days = SpinBox()
        self.days.setRange(0, LONGEST_DAYS)
        self.days.setSpecialValueText(self.tr("none"))
        self.days.setAccessibleName(self.tr("Days from one look at these sites to the next"))
        self.days.valueChanged.connect(lambda _: self._offer())
        self.set_button = QPushButton(self.tr("S&et"))
        self.set_button.setAutoDefault(False)
        self.set_button.setToolTip(tooltip(self.tr("Keep in the case how often the chosen sites are to be looked at")))
        self.set_button.clicked.connect(lambda: self.set_wanted.emit(self.days.value()))
        self.note = muted("")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.days)
        layout.addWidget(self.set_button)
        layout.addWidget(self.note, 1)
        self._known: frozenset[int] = frozenset({-1})
        self.show_days(())

    def show_days(self, known: Collection[int]) -> None:
        """Show the intervals of the chosen sites, 0 for one without."""
        known = frozenset(known)
        if known == self._known:
            return
        self._known = known
        self.days.setValue(min(known, default=0) if len(known) == 1 else 0)
        alike = self.tr("days from one look to the next; nothing is asked by itself")
        self.note.setText(self.tr("days; these sites have different ones") if len(known) > 1 else alike)
        self._offer()

    def _offer(self) -> None:
        self.set_button.setEnabled(bool(self._known) and self._known != {self.days.value()})
