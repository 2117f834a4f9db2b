"""The rows of the site form for its place: the coordinate, which can be typed or pasted, and its datum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, override

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFormLayout, QSizePolicy
from shapely.geometry.base import BaseGeometry

from layers.document.mark_position import shown_error_m
from layers.document.marks.mark_shape import RangeRing, shape_of_site
from layers.document.site import Site
from layers.errors import BadCoordinate
from layers.geo.coordinates import Datum, format_coordinate
from layers.geo.coordinates.in_text import places_in_text
from layers.geo.on_earth import why_off_earth
from layers.text.counted import metres
from viewer.commands.shapes.placing import place_site
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import Dropped
from viewer.panels.widgets.fields import LineField
from viewer.panels.widgets.fold_section import unfold_to
from viewer.panels.widgets.form_page import muted, with_room
from viewer.panels.widgets.refusal import Refusal
from viewer.panels.words import example
from viewer.support.language.text import plain, tooltip
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox


class PlaceField(LineField):
    """A field for a coordinate. It shows as many digits as the error allows: typing them again changes nothing."""

    says_something_midway = False

    @override
    def as_value(self, text: str) -> Any:
        return " ".join(text.split())

    @override
    def is_as_shown(self, value: Any) -> bool:
        return super().is_as_shown(value) or _read(value) == _read(self.shown)


class PlaceRows(QObject):
    """The rows. For a point, any notation that the palette reads can be typed; of other marks a place in them is shown.

    `refusal` is the reason why the last typed text is no place; empty where it is one, or nothing was typed.
    """

    dropped = Signal(object)
    """Emitted with the `Dropped` text that was refused for the site shown before."""
    mended = Signal()
    """Emitted when a place was entered, so that a report of `dropped` no longer holds."""

    def __init__(self, form: QFormLayout, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._site: Site | None = None
        self._given = self._error_said = self.refusal = ""
        self._given_on = Datum.WGS84
        self._is_read_again = False
        """True where the datum in the box is that of an entered coordinate; the text shown is in WGS 84."""
        self._placed: BaseGeometry | None = None
        """The geometry to which the given coordinate has moved the site."""
        self._is_placing = False
        self.line = with_room(PlaceField())
        self.line.setAccessibleName(self.tr("Place"))
        self.line.setPlaceholderText(example("51.884, 128.334"))
        self.line.committed.connect(self._take)
        self.line.given_up.connect(self._give_up)
        self.line.taken_back.connect(self._take_back)
        self.datum = ComboBox()
        for datum in Datum:
            self.datum.addItem(str(datum), datum)
        self.datum.setAccessibleName(self.tr("Datum of the typed coordinate"))
        self.datum.setToolTip(tooltip(self.tr("The datum of the coordinate you type; the site keeps it as WGS 84")))
        self.datum.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.datum.activated.connect(self._read_again)
        self.datum.installEventFilter(self)
        self.note = muted()
        self._bubble = Refusal()
        self._bubble.dismissed.connect(self._take_back)
        for title, field in ((self.tr("Place"), self.line), (self.tr("Datum"), self.datum)):
            label = plain_label(title)
            label.setBuddy(field)
            form.addRow(label, field)
        form.addRow(self.note)
        context.tell_dropped("sites", self)

    def show_site(self, site: Site) -> None:
        """Show the place of a site; unfinished typing for the same site stays."""
        is_other = self._site is None or self._site.uuid != site.uuid
        if is_other and self._site is not None and self.refusal:
            why = self.refusal if self.line.text() in self.refusal else f"“{self.line.text()}”: {self.refusal}"
            sentence = f"{self.line.accessibleName()}: {why}"
            self.dropped.emit(Dropped(sentence, self._site.uuid, {"place": self.line.text()}))
        if is_other or (not self._is_placing and site.geometry != self._placed):
            self._given = self.refusal = ""
            self._bubble.say("")
        if is_other or (not self._is_placing and self._site is not None and site.geometry != self._site.geometry):
            self._back_to_wgs84()
        self._site = site
        nowhere = why_off_earth(site.geometry)
        place = format_coordinate(site.place.x, site.place.y, self._context.notation, shown_error_m(site))
        is_point = site.geometry.geom_type == "Point"
        show = self.line.show_other if is_other else self.line.show_value
        show(self.tr("Not drawn: {0}").format(plain(nowhere)) if nowhere else place)
        self.line.setReadOnly(not is_point)
        tip = self.tr("Type or paste a coordinate in any notation, or the address of a web map")
        self.line.setToolTip(tooltip(tip) if is_point else "")
        self.datum.setEnabled(is_point)
        note = self._note(site)
        self.note.setText(plain(note))
        self.note.setVisible(bool(note))

    def retype(self, typed: Mapping[str, str]) -> None:
        """Type dropped text again, with the focus in the line, so that the refusal is shown again."""
        unfold_to(self.line)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.setText(typed["place"])
        self.line.setModified(True)
        self.line.flush()

    def _take_back(self) -> None:
        self.refusal = ""
        self._bubble.say("")
        self.line.reset()

    def _give_up(self) -> None:
        if self._site is not None:
            series = f"typing {self._site.uuid} place {self.line.rest.sitting}"
            self._context.give_up(series, self.line.accessibleName(), self.line.flush)

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.line.flush()

    def _note(self, site: Site) -> str:
        if site.kind != "point":
            if isinstance(shape_of_site(site), RangeRing):
                return self.tr("The centre of the rings.")
            return self.tr("A point on the line.") if site.kind == "line" else self.tr("A point in the area.")
        sentences = [self._reading()] if self._given else []
        if site.is_area:
            sentences.append(
                self.tr("Known to no better than 1 km: shown as an area wherever that is larger than a pin.")
            )
        return " ".join(sentences)

    def _reading(self) -> str:
        """The reading of the typed coordinate, with other possible readings."""
        read, *others = places_in_text(self._given, self._given_on)
        notation = str(read.notation) if self._given_on is Datum.WGS84 else f"{read.notation}, {self._given_on}"
        sentence = (
            self.tr("Read as {0}, good to {1}.").format(notation, metres(read.position_error_m)) + self._error_said
        )
        if others:
            other = format_coordinate(others[0].lon, others[0].lat, self._context.notation, others[0].error_m)
            sentence += " " + self.tr("It could also be {0}: write N and E to be sure.").format(other)
        return sentence

    def _datum(self) -> Datum:
        return Datum(self.datum.currentData())

    def _take(self, text: str) -> None:
        self._enter(text)
        if not self.refusal:
            self._back_to_wgs84()

    def _enter(self, text: str) -> None:
        if self._site is None or self.line.isReadOnly():
            return
        uuid, before, datum = self._site.uuid, self._site.position_error_m, self._datum()
        self._is_placing = True
        self.refusal = self._context.attempt(place_site, uuid, text, datum)
        self._is_placing = False
        if not self.refusal:
            site = self._context.document.sites[uuid]
            self._given, self._given_on, self._placed = text, datum, site.geometry
            self._error_said = self._said_of_error(before, site.position_error_m)
            self.mended.emit()
        else:
            self.line.refuse()
        self._show_refusal()

    def _said_of_error(self, before: float | None, after: float | None) -> str:
        """A sentence on the error, where entering a place has changed or kept it."""
        assert after is not None, "a typed place has an error"
        if before == after:
            implied = places_in_text(self._given, self._given_on)[0].position_error_m
            return "" if implied == after else self.tr(" The error stays {0}, as it was judged.").format(metres(after))
        was = self.tr("not judged") if before is None else metres(before)
        return self.tr(" The error is {0} now; it was {1}.").format(metres(after), was)

    def _read_again(self) -> None:
        """Read the last typed coordinate with another datum."""
        if self._given:
            self._enter(self._given)
            self._is_read_again = not self.refusal

    def _back_to_wgs84(self) -> None:
        """Reset the box to WGS 84, the datum of the text that is shown."""
        self._is_read_again = False
        self.datum.setCurrentIndex(0)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QFocusEvent) or event.gotFocus() or not self._is_read_again:
            return False
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._back_to_wgs84()
        return False

    def _show_refusal(self) -> None:
        site = None if self._site is None else self._context.document.sites.get(self._site.uuid)
        self._bubble.say(plain(self.refusal), self.line)
        if not self.refusal and site is not None:
            self.show_site(site)


def _read(text: str) -> tuple[float, float, float] | None:
    """Place and error of a text; None for one that is no coordinate."""
    try:
        read = places_in_text(text)[0]
    except BadCoordinate:
        return None
    return read.lon, read.lat, read.error_m
