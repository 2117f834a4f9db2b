"""The dialog that compares a stated time with a shadow: it contradicts the time, or it does not."""

from __future__ import annotations

from datetime import UTC, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.marks.mark_shape import shape_of_site
from layers.document.marks.shadow_mark import ShadowMark
from layers.errors import InvalidValue
from layers.phrase import joined
from layers.time.shadows import ASSUMED, Instant, Refused, TimeCheck, instant_of
from viewer.commands.sites import update_site
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.one_dialog import show_once
from viewer.panels.shadows.day_strip import DayStrip, fits_words
from viewer.panels.widgets.fields import LineField, NumberField
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.panels.words import example
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

WIDTH_PX = 480
_MOST_MINUTES = 720.0


class ShadowCheck(QDialog):
    """Compares a time with a shadow. Not modal: map and form can be used beside it. It closes when its mark is gone."""

    def __init__(self, context: PanelContext, uuid: str, parent: QWidget) -> None:
        super().__init__(parent)
        make_companion(self)
        self._context, self.uuid = context, uuid
        self._found: TimeCheck | Refused | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Shadow Check"))
        self.resize(WIDTH_PX, 360)
        self.stated, self.minutes = LineField(), NumberField()
        self.stated.setPlaceholderText(example("2024-04-12 08:30"))
        self.minutes.setPlaceholderText(self.tr("as it is written"))
        self.verdict, self.why, self.fits = bold_text(), wrapped(""), wrapped("")
        self.strip = DayStrip()
        self.key = muted(self.tr("Yellow: the sun is up. Green: times that fit. Red: the stated time. Hours in UTC."))
        self.assumed = muted(self.tr("Assumed: {0}.").format(in_language(joined(", ", ASSUMED))))
        for label, name in (
            (self.verdict, self.tr("Verdict")),
            (self.why, self.tr("Reason")),
            (self.fits, self.tr("Times that fit")),
        ):
            label.setAccessibleName(name)
        self.note_button, close = QPushButton(self.tr("Add to the notes")), QPushButton(self.tr("Close"))
        self.note_button.setToolTip(tooltip(self.tr("Write the outcome below the notes of the mark")))
        for button in (self.note_button, close):
            button.setAutoDefault(False)  # Enter ends a field
            button.setAccessibleName(button.text())
        self.note_button.clicked.connect(self._note)
        close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addLayout(self._form())
        for widget in (self.verdict, self.why, self.strip, self.key, self.fits, self.assumed):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(side_by_side(self.note_button, close))
        self.stated.committed.connect(self._entered)
        self.minutes.committed.connect(self._entered)
        self.minutes.unreadable.connect(self._say)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.close)
        self._begin()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for title, field, tip in (
            (self.tr("Stated time"), self.stated, self.tr("In UTC, or with its zone: 2024-04-12 13:30+05:00")),
            (self.tr("± minutes"), self.minutes, self.tr("How much the stated time may be off")),
        ):
            label = plain_label(title)
            label.setBuddy(field)
            field.setAccessibleName(title)
            field.setToolTip(tooltip(tip))
            form.addRow(label, field)
        return form

    # -- showing ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin with the time of the image, where it has one."""
        shape = self._shape()
        at = "" if shape is None else shape.image.acquired_at.partition("/")[0]
        try:
            instant_of(at)
        except InvalidValue:
            at = ""
        self.stated.show_value(at)
        self._show()

    def _shape(self) -> ShadowMark | None:
        site = self._context.document.sites.get(self.uuid)
        shape = None if site is None else shape_of_site(site)
        if site is None or not isinstance(shape, ShadowMark) or not shape.is_of(site.geometry):
            return None
        return shape

    def _entered(self, _value: object) -> None:
        self.stated.show_value(self.stated.text().strip())
        self.minutes.show_value(self._minutes())
        self._show()

    def _minutes(self) -> float | None:
        try:
            value = self.minutes.as_value(self.minutes.text())
        except InvalidValue:
            return None
        return None if value is None else min(max(float(value), 0.0), _MOST_MINUTES)

    def _show(self) -> None:
        site, shape = self._context.document.sites.get(self.uuid), self._shape()
        self._found = None
        if site is None or shape is None:
            self.close()
            return
        if not self.stated.text().strip():
            self._say(self.tr("State a time, to compare it with the shadow."))
            return
        try:
            stated = instant_of(self.stated.text())
        except InvalidValue as error:
            self._say(error.sentence)
            return
        minutes = self._minutes()
        if minutes is not None:
            stated = Instant(stated.at, 60.0 * minutes)
        self._found = shape.check(site.geometry, stated)
        if isinstance(self._found, Refused):
            self._say(self.tr("It cannot be checked."), joined("\n", self._found.reasons))
            return
        self._tell(self._found, site.geometry.coords[0][0])

    def _tell(self, check: TimeCheck, lon: float) -> None:
        if check.contradicts:
            verdict = self.tr("The shadow contradicts this time.")
        else:
            verdict = self.tr("The shadow does not contradict this time, which confirms nothing.")
        local = check.stated.at.astimezone(UTC) + timedelta(hours=((lon + 180.0) % 360.0 - 180.0) / 15.0)
        there = self.tr("By the sun it is {0} there.").format(f"{local:%Y-%m-%d %H:%M}")
        self.verdict.setText(verdict)
        self.why.setText(plain(joined(" ", [check.why, there])))
        self.fits.setText(plain(fits_words(check)))
        self.strip.show_check(check)
        self.note_button.setEnabled(True)

    def _say(self, verdict: str, why: str = "") -> None:
        """Show that there is no check, with the reason."""
        self._found = None
        self.verdict.setText(plain(verdict))
        self.why.setText(plain(why))
        self.fits.setText("")
        self.strip.show_check(None)
        self.note_button.setEnabled(False)

    def _heard(self, changes: Changes) -> None:
        if self._shape() is None:
            self.close()
        elif changes.everything or self.uuid in changes.uuids("sites"):
            self._show()

    # -- gestures -----------------------------------------------------------------------------------------------

    def _note(self) -> None:
        """Add the outcome to the mark's notes."""
        site = self._context.document.sites.get(self.uuid)
        if site is None or not isinstance(self._found, TimeCheck):
            return
        stated = one_line(self.stated.text(), 60)
        finding = " ".join([self.verdict.text(), in_language(self._found.why), self.assumed.text()])
        outcome = self.tr("Shadow check of {0}: {1}").format(stated, finding)
        notes = f"{site.notes.rstrip()}\n{outcome}" if site.notes.strip() else outcome
        self._context.do(update_site, self.uuid, notes=notes)


def bold_text() -> QLabel:
    """A label for the most important sentence, in bold; it wraps, and can be copied."""
    label = wrapped("")
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def open_check(context: PanelContext, uuid: str, window: QWidget) -> None:
    """Open the check of a mark, or bring an open one to the front."""
    show_once(window, ShadowCheck, lambda: ShadowCheck(context, uuid, window), lambda dialog: dialog.uuid == uuid)
