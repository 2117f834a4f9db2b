"""The field for the time of dated imagery: a day, or one of the times that a server offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, override

from PySide6.QtCore import QAbstractListModel, QDate, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from layers.services.times.offered_times import OfferedTimes
from viewer.commands.imagery.service_times import today
from viewer.support.still_boxes import ComboBox, DateBox

DAYS_BACK = 1
"""Days before today of the default picture: yesterday's is complete, today's may not have been taken yet."""
MOST_LISTED = 5000
"""Most times in the list, the newest ones; a day that is typed finds the others."""
_CHARS = 20


class _TimeModel(QAbstractListModel):
    """Times, the newest first; each is spelled when it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.times = OfferedTimes("")

    def set_times(self, times: OfferedTimes) -> None:
        self.beginResetModel()
        self.times = times
        self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else min(self.times.count, MOST_LISTED)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        return self.times.nth(self.times.count - 1 - index.row())


class TimeChoice(QWidget):
    """A calendar where the times are not known, else their list, in which a day may be typed, and a way to the latest
    one.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.day, self.listed = DateBox(), ComboBox()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        newest = today() - timedelta(days=DAYS_BACK)
        self.day.setDate(QDate(newest.year, newest.month, newest.day))
        self._model = _TimeModel()
        self.listed.setEditable(True)
        self.listed.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.listed.setCompleter(None)  # type: ignore[arg-type]
        # Measuring thousands of times would spell each of them.
        self.listed.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.listed.setMinimumContentsLength(_CHARS)
        self.listed.setModel(self._model)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.day)
        row.addWidget(self.listed)
        self.latest = QPushButton(self.tr("Latest"))
        self.latest.setAccessibleName(self.tr("Choose the latest time"))
        self.latest.clicked.connect(lambda: self.listed.setEditText(self._model.times.last))
        row.addWidget(self.latest)
        self.day.dateChanged.connect(self.changed)
        self.listed.currentTextChanged.connect(self._tell)
        line = self.listed.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._settle)
        self.setFocusProxy(self.day)
        self.offer(None)

    def offer(self, times: OfferedTimes | None, chosen: str = "") -> None:
        """Offer these times; None for a calendar. At first `chosen` is, or the one nearest to it, where that is a time,
        else the service's own choice.
        """
        is_known = times is not None and times.count > 0
        self.day.setVisible(not is_known)
        self.listed.setVisible(is_known)
        self.setFocusProxy(self.listed if is_known else self.day)
        self.listed.blockSignals(True)
        self._model.set_times(times if times is not None and is_known else OfferedTimes(""))
        initial = (times.nearest_to(chosen) or times.initial) if times is not None and is_known else ""
        self.listed.setEditText(initial)
        self.listed.blockSignals(False)
        day = QDate.fromString(chosen[:10], Qt.DateFormat.ISODate)
        if not is_known and day.isValid():
            self.day.setDate(day)
        self._tell()

    def time(self) -> str:
        """The chosen time, in the server's spelling where its times are known."""
        if self._model.times.count == 0:
            return str(self.day.date().toString("yyyy-MM-dd"))
        text = str(self.listed.currentText()).strip()
        return self._model.times.nearest_to(text) or text

    def _tell(self) -> None:
        times = self._model.times
        self.latest.setVisible(times.count > 0 and self.time() != times.last)
        self.changed.emit()

    def _settle(self) -> None:
        """Show the time that is offered nearest to the typed one."""
        time = self.time()
        if time != self.listed.currentText():
            self.listed.setEditText(time)

    @override
    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.day.setAccessibleName(name)
        self.listed.setAccessibleName(name)
