"""The control of a dated service's time: a date that is typed or chosen in a calendar, steps, and the latest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import override

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from layers.document.layer import Layer
from layers.services.tile_service import TileService
from layers.services.times.time_range import TimeRange
from layers.services.times.time_spelling import instant_of
from layers.services.times.time_steps import ServiceTimes, day_of, written_time
from layers.text.counted import grouped
from viewer.commands.imagery.service_times import dated_service, times_of, today
from viewer.panels.service_time_keys import EARLIER_KEY, LATER_KEY, TIME_FIELD
from viewer.panels.widgets.field_set import COLUMN
from viewer.panels.widgets.fields import ChoiceField, DateField
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import plain, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

MOST_LISTED = 40
"""Most times that are listed one by one; more are chosen in a calendar."""
ROWS_IN_VIEW = 12


class TimeCalendar(QCalendarWidget):
    """A calendar in which days that a service has are bold, and others grey, where its server has listed them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: ServiceTimes | None = None
        self.setGridVisible(False)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.currentPageChanged.connect(self._mark_days)

    def show_times(self, times: ServiceTimes, chosen: date | None, today: date) -> None:
        """Show the month of the chosen day, and mark its days."""
        self._times = times
        first, last = times.span or (date(1900, 1, 1), today)
        self.setDateRange(_qt(first), _qt(max(first, last)))
        self.setSelectedDate(_qt(chosen or last))
        self._mark_days(self.yearShown(), self.monthShown())

    def _mark_days(self, year: int, month: int) -> None:
        days = None if self._times is None else self._times.days_of(year, month)
        self.setDateTextFormat(QDate(), QTextCharFormat())
        if days is None:
            return
        there, missing = QTextCharFormat(), QTextCharFormat()
        there.setFontWeight(QFont.Weight.Bold)
        missing.setForeground(self.palette().placeholderText())
        for day in range(1, QDate(year, month, 1).daysInMonth() + 1):
            self.setDateTextFormat(QDate(year, month, day), there if day in days else missing)


class _LookedAtDate(DateField):
    """A date that is typed to look at the map: Enter leads back there, and not to the name of the layer."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.leads_back = True


class ServiceTimeForm(QWidget):
    """The control of one layer's time. `chosen` carries another time, in the server's spelling; `newest_wanted` is
    emitted for the newest one where the server can be asked which dates it has now.
    """

    chosen = Signal(str)
    range_chosen = Signal(str, str)
    """Emitted with the first and the last day for the steps, empty for no limit."""
    newest_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, today: Callable[[], date] = today) -> None:
        super().__init__(parent)
        self._today = today
        self._times: ServiceTimes | None = None
        self._time, self._range = "", TimeRange()
        self._asked: tuple[str, str, str] = ("", "", "")
        """Layer, typed day and shown time, where the service does not have the day that was typed last."""
        self._uuid = ""
        self._may_differ = False
        """True where the server may show another date than the one it is asked for."""
        self._can_ask = False
        self._make_widgets()
        when, steps = QHBoxLayout(), QHBoxLayout()
        for row, parts in ((when, (self.date, self.calendar_button)), (steps, (self.earlier, self.later, self.latest))):
            row.setSpacing(4)
            for part in parts:
                row.addWidget(part)
        steps.addStretch(1)
        steps.addWidget(self.clock)
        form = QFormLayout()
        form.addRow(self.label, when)
        form.addRow(steps)
        form.addRow(plain_label(self.tr("Steps from")), self.first)
        form.addRow(plain_label(self.tr("Steps to")), self.last)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 6)
        layout.setSpacing(4)
        layout.addLayout(form)
        layout.addWidget(self.note)

    def _make_widgets(self) -> None:
        self.label = plain_label(self.tr("Shown at, UTC"))
        self.date = _LookedAtDate(self.tr("no date"))
        self.date.setAccessibleName(self.label.text())
        self.label.setBuddy(self.date)
        self.date.setProperty(COLUMN, TIME_FIELD)
        self.date.committed.connect(self._typed)
        self.earlier = self._arrow(Qt.ArrowType.LeftArrow, self.tr("Earlier date"), EARLIER_KEY)
        self.later = self._arrow(Qt.ArrowType.RightArrow, self.tr("Later date"), LATER_KEY)
        self.earlier.clicked.connect(lambda: self.step(-1))
        self.later.clicked.connect(lambda: self.step(1))
        self.latest = QPushButton(self.tr("Latest"))
        self.latest.setAccessibleName(self.tr("Latest date"))
        self.latest.setToolTip(tooltip(self.tr("The newest that the service has")))
        self.latest.clicked.connect(self.show_latest)
        self.first, self.last = DateField(self.tr("the first")), DateField(self.tr("the last"))
        self.first.setAccessibleName(self.tr("First day of the steps"))
        self.last.setAccessibleName(self.tr("Last day of the steps"))
        self.first.committed.connect(lambda day: self.range_chosen.emit(str(day), self._range.last))
        self.last.committed.connect(lambda day: self.range_chosen.emit(self._range.first, str(day)))
        self.clock = ChoiceField()
        self.clock.setAccessibleName(self.tr("Time of day"))
        self.clock.committed.connect(lambda time: self._choose(str(time)))
        self.calendar_button = QToolButton()
        self.calendar_button.setText("▾")
        self.calendar_button.setObjectName("dates")  # its letter is an arrow already
        self.calendar_button.setAccessibleName(self.tr("Dates"))
        self.calendar_button.setToolTip(tooltip(self.tr("Choose one of the dates that the service has")))
        self.calendar_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.calendar_button)
        menu.aboutToShow.connect(self._show_dates)
        self.calendar_button.setMenu(menu)
        self.note = muted()
        self.note.setWordWrap(True)

    @cached_property
    def calendar(self) -> TimeCalendar:
        """The calendar, made when it is first shown: few forms are of a dated service."""
        calendar = TimeCalendar()
        calendar.activated.connect(self._day_chosen)
        calendar.clicked.connect(self._day_chosen)
        return calendar

    @cached_property
    def list(self) -> QListWidget:
        """The list of a few dates, the newest first."""
        dates = QListWidget()
        dates.setAccessibleName(self.tr("Dates of the service"))
        dates.itemClicked.connect(self._row_chosen)
        dates.itemActivated.connect(self._row_chosen)
        return dates

    @cached_property
    def _choices(self) -> dict[QWidget, QWidgetAction]:
        """The parts of the menu, one of which is shown, with their actions."""
        menu = self.calendar_button.menu()
        actions: dict[QWidget, QWidgetAction] = {}
        for part in (self.calendar, self.list):
            actions[part] = QWidgetAction(menu)
            actions[part].setDefaultWidget(part)
            menu.addAction(actions[part])
        return actions

    def _arrow(self, direction: Qt.ArrowType, name: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setArrowType(direction)
        button.setAccessibleName(name)
        button.setToolTip(tooltip(f"{name} ({key})"))
        return button

    def show_layer(self, layer: Layer | None) -> None:
        """Show the time of a layer; hidden for one that is no dated service."""
        service = dated_service(layer)
        self.setVisible(service is not None)
        if service is None:
            self._times, self._time = None, ""
            return
        assert layer is not None
        self._times, self._time = times_of(layer, service, self._today()), service.time
        self._range = TimeRange.of_source(layer.source) or TimeRange()
        self.first.show_value(self._range.first)
        self.last.show_value(self._range.last)
        self._uuid = layer.uuid
        day = day_of(service.time)
        self.date.show_value("" if day is None else day.isoformat())
        self._show_clock(service, day)
        self.earlier.setEnabled(bool(self._times.stepped(service.time, -1)))
        self.later.setEnabled(bool(self._times.stepped(service.time, 1)))
        self._can_ask = self._times.is_listed and bool(service.capabilities)
        self.latest.setEnabled(self._can_ask or service.time != self._times.latest)
        self._may_differ = service.nearest
        self._say()

    def _say(self) -> None:
        self.note.setText(plain(self._words()))
        self.note.setVisible(bool(self.note.text()))

    def _show_clock(self, service: TileService, day: date | None) -> None:
        assert self._times is not None
        texts = () if day is None else self._times.times_on(day)
        self.clock.setVisible(len(texts) > 1)
        if len(texts) > 1:
            self.clock.set_choices([(text, _clock(text)) for text in texts])
            self.clock.show_value(service.time)

    def _words(self) -> str:
        assert self._times is not None
        words = []
        layer, day, shown = self._asked
        if (layer, shown) == (self._uuid, self._time):
            words.append(self.tr("{0} was asked for; the nearest that the service has is shown.").format(day))
        if self._times.span is not None:
            first, last = self._times.span
            words.append(self.tr("The service has dates from {0} to {1}.").format(first.isoformat(), last.isoformat()))
        place = self._times.place_of(self._time)
        if place is not None and place[1] > 1:
            in_range = self._range != TimeRange()
            sentence = self.tr("This is {0} of {1} in the range.") if in_range else self.tr("This is {0} of {1}.")
            words.append(sentence.format(grouped(place[0]), grouped(place[1])))
        words += map(in_language, self._times.problems)
        if self._may_differ:
            words.append(self.tr("The server may show the nearest date it has instead of the one that is asked for."))
        return " ".join(words)

    # -- gestures -----------------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Go to a later time, or an earlier one where `by` is negative."""
        if self._times is not None:
            self._choose(self._times.stepped(self._time, by))

    def show_latest(self) -> None:
        """Go to the newest time: of what the server has now, where it can be asked."""
        if self._can_ask:
            self.newest_wanted.emit()
        elif self._times is not None:
            self._choose(self._times.latest)

    def _typed(self, text: object) -> None:
        day = day_of(str(text))
        if self._times is None:
            return
        time = str(text) if day is None else self._times.on(day)
        is_there = day is None or not time or day_of(time) == day
        self._asked = ("", "", "") if is_there else (self._uuid, str(text), time)
        if time == self._time:
            self.date.show_value("" if (shown := day_of(time)) is None else shown.isoformat())
            self._say()
        self._choose(time)

    def _day_chosen(self, day: QDate) -> None:
        self.calendar_button.menu().close()
        if self._times is not None:
            self._choose(self._times.on(date(day.year(), day.month(), day.day())))

    def _row_chosen(self, row: QListWidgetItem) -> None:
        self.calendar_button.menu().close()
        self._choose(str(row.data(Qt.ItemDataRole.UserRole)))

    def _show_dates(self) -> None:
        """Show the few dates that there are in a list, or many, and those that are not known, in a calendar."""
        if self._times is None:
            return
        times = self._times.newest(MOST_LISTED)
        shown: QWidget = self.list if times else self.calendar
        for part, action in self._choices.items():
            action.setVisible(part is shown)
        if times:
            self._fill_list(times)
        else:
            self.calendar.show_times(self._times, day_of(self._time), self._today())
        shown.setFocus()

    def _fill_list(self, times: Sequence[str]) -> None:
        self.list.clear()
        for time in times:
            row = QListWidgetItem(written_time(time) or time)
            row.setData(Qt.ItemDataRole.UserRole, time)
            self.list.addItem(row)
        self.list.setCurrentRow(times.index(self._time) if self._time in times else 0)
        rows = min(len(times), ROWS_IN_VIEW)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth())
        bar = self.list.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self.list.setFixedWidth(max(self.list.sizeHintForColumn(0) + bar + 12, self.date.width()))

    def _choose(self, time: str) -> None:
        if time and time != self._time:
            self.chosen.emit(time)


def _clock(time: str) -> str:
    """The time of day in a server's time, for people."""
    moment = instant_of(time)
    return time if moment is None else moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
