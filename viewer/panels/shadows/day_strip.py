"""A day in UTC as a strip: night and daylight, the times that fit a shadow, and the stated time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import override

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.time.shadows import TimeCheck
from viewer.support.language.translation import translate
from viewer.support.painting import painting

HEIGHT_PX, BAR_PX = 44, 22
FITS = "#1f7a4d"
STATED = "#e03131"
DAYLIGHT, NIGHT = "#e3c35a", "#3a4653"
_HOURS = (0, 6, 12, 18, 24)
_LEAST_PX = 3.0
_SIDE_PX = 16.0


class DayStrip(QWidget):
    """The strip of one check; its description has the same in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check: TimeCheck | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Times of the day that fit the shadow"))

    def show_check(self, check: TimeCheck | None) -> None:
        self._check = check
        self.setAccessibleDescription("" if check is None else fits_words(check))
        self.setToolTip(self.accessibleDescription())
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        text = self.palette().color(QPalette.ColorRole.WindowText)
        bar = QRectF(_SIDE_PX, 2.0, self.width() - 2 * _SIDE_PX, BAR_PX)
        painter.fillRect(bar, QColor(NIGHT))
        if self._check is not None:
            day = day_of(self._check)
            for first, last in self._check.daylight:
                painter.fillRect(_span(bar, day, first, last), QColor(DAYLIGHT))
            for first, last in self._check.fits:
                painter.fillRect(_span(bar, day, first, last).adjusted(0, 0, 0, -BAR_PX / 2), QColor(FITS))
        painter.setPen(QPen(_faint(text, 0.5), 1.0))
        painter.drawRect(bar)
        painter.setPen(text)
        for hour in _HOURS:
            x = bar.left() + bar.width() * hour / 24.0
            painter.drawLine(QLineF(x, bar.bottom(), x, bar.bottom() + 3))
            box = QRectF(x - 24, bar.bottom() + 3, 48, HEIGHT_PX - BAR_PX - 5)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{hour:02d}")
        if self._check is not None:
            at = self._check.stated.at
            x = _span(bar, day_of(self._check), at, at).center().x()
            for color, width in ((QColor("white"), 4.6), (QColor(STATED), 2.4)):
                painter.setPen(QPen(color, width))
                painter.drawLine(QLineF(x, bar.center().y(), x, bar.bottom() + 4))


def day_of(check: TimeCheck) -> datetime:
    """The midnight at which the stated day begins, in UTC."""
    return check.stated.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def fits_words(check: TimeCheck) -> str:
    """All times of the day that fit, in words."""
    if not check.fits:
        return translate("DayStrip", "No time of that day fits.")
    span, sentence = translate("DayStrip", "{0} to {1}"), translate("DayStrip", "On {0} these times fit, in UTC: {1}.")
    spans = "; ".join(span.format(f"{first:%H:%M}", _end(check, last)) for first, last in check.fits)
    return sentence.format(f"{day_of(check):%Y-%m-%d}", spans)


def _end(check: TimeCheck, last: datetime) -> str:
    return "24:00" if last >= day_of(check) + timedelta(days=1) else f"{last:%H:%M}"


def _span(bar: QRectF, day: datetime, first: datetime, last: datetime) -> QRectF:
    left, right = (bar.left() + bar.width() * (at - day) / timedelta(days=1) for at in (first, last))
    more = max(0.0, _LEAST_PX - (right - left)) / 2.0
    return QRectF(left - more, bar.top(), right - left + 2 * more, bar.height())


def _faint(color: QColor, share: float) -> QColor:
    faint = QColor(color)
    faint.setAlphaF(share)
    return faint
