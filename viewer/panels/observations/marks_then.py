"""Draws the marks of the map as they were seen at a date: of the sheet's cell, the time strip, or a stepped layer."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QPainter

from layers.document.changes import Changes
from layers.document.edit import Change
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from layers.observing.seen_then import seen_on, then_words
from layers.observing.seen_words import date_words
from viewer.canvas.furniture.date_plate import paint_sentence, sentence_plate
from viewer.canvas.furniture.overlays import ARROW_ROOM_PX
from viewer.canvas.furniture.taken_top import TakenTop
from viewer.canvas.sites.seen_signs import SeenAt, paint_seen
from viewer.canvas.widget import MapCanvas
from viewer.panels.context import PanelContext
from viewer.support.language.translation import in_language

LAYER_OF_PAINT = "seen then"
"""The name under which the canvas keeps what is painted here above the map."""
MOST_DOWN = 0.35
"""Part of the map down to which messages may push the sentence: below it lies what one looks at."""


class SeenMarks(Struct, frozen=True):
    """The marks of one date: when, in words, what was seen of each site, by uuid, and the site that is meant."""

    when: str
    presences: Mapping[str, str]
    current: str = ""
    is_alone: bool = False
    """True where the map shows one image alone, and hides those of the case."""


class _Placed(Struct, frozen=True, eq=False):
    """Marks with their places in a CRS, in the order of `uuids`."""

    crs: str
    uuids: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


class MarksThen(QObject):
    """Follows the date that is looked at, one object a window: of the last choice that was made.

    While no row tells of a date, marks are drawn as ever, and nothing is said.
    """

    changed = Signal()
    """Emitted when the marks are drawn as seen at another date, or as ever again."""
    date_changed = Signal(str)
    """Emitted with the date that is looked at, as images state it; empty for none."""
    left = Signal()
    """Emitted when marks are no longer to be drawn as a cell of the sheet has them."""

    def __init__(self, context: PanelContext, canvas: MapCanvas, messages: TakenTop, parent: QObject) -> None:
        """The sentence on the map lies below the lines of `messages`."""
        super().__init__(parent)
        self._context, self._canvas, self._messages = context, canvas, messages
        messages.top_moved.connect(self._make_room)
        self._date = ""
        """The date that was chosen, as images state it; empty for none."""
        self._of_cell: SeenMarks | None = None
        self._of_date: SeenMarks | None = None
        self._placed = _Placed("", (), np.zeros(0), np.zeros(0))
        context.changed.connect(self._follow)
        context.document_replaced.connect(self.leave)

    @property
    def marks(self) -> SeenMarks | None:
        """The marks as they are drawn; None while they are drawn as ever."""
        return self._of_cell or self._of_date

    @property
    def date(self) -> str:
        """The date that is looked at; empty for none."""
        return self._date

    @property
    def hint(self) -> str:
        """A sentence on the date of the marks and the way back; empty while they are drawn as ever."""
        marks = self.marks
        if marks is None:
            return ""
        sentence = in_language(then_words(marks.when, marks.presences))
        if marks.is_alone:
            return self.tr("{0}. Only the image of the cell is shown. Esc: as they are.").format(sentence)
        return self.tr("{0}. Esc: as they are.").format(sentence)

    @property
    def mode_hint(self) -> str:
        """The sentence for the status bar; empty for a cell of the sheet, which says in its own words what is looked at
        and has the keyboard.
        """
        return "" if self._of_cell is not None else self.hint

    def show_cell(self, marks: SeenMarks | None) -> None:
        """Draw the marks as a cell of the sheet has them; None: no cell is looked at any more."""
        if marks != self._of_cell:
            self._of_cell = marks
            self._show()

    def show_date(self, acquired_at: str) -> None:
        """Draw the marks as they were seen on a date, in place of a cell of the sheet; empty: as ever."""
        if acquired_at and self._of_cell is not None:
            self.left.emit()
        self._look_at(acquired_at)
        self._read()

    def leave(self) -> None:
        """Draw the marks as ever, whoever chose the date."""
        self.left.emit()
        self._look_at("")
        self._of_cell = None
        self._of_date = None
        self._show()

    def _follow(self, changes: Changes) -> None:
        stepped = [
            time for change in (changes.edit.changes if changes.edit is not None else ()) if (time := _stepped(change))
        ]
        if self.marks is not None and changes.edit is not None and any(map(_adds_layer, changes.edit.changes)):
            self.leave()  # or the map would go to the new layer, and hide it as it is none of that date
        elif stepped:
            self.show_date(stepped[-1])
        elif self._date and changes.touches("observations", "images"):
            self._read()
        if changes.touches("sites") and self.marks is not None:
            self._placed = _Placed("", (), np.zeros(0), np.zeros(0))

    def _look_at(self, date: str) -> None:
        if date != self._date:
            self._date = date
            self.date_changed.emit(date)

    def _read(self) -> None:
        before = self._of_date
        presences = seen_on(self._context.document, self._date, self._context.look.shows) if self._date else {}
        self._of_date = SeenMarks(in_language(date_words(self._date)), presences) if presences else None
        if self._of_date != before:
            self._show()

    def _show(self) -> None:
        marks = self.marks
        self._canvas.show_above(LAYER_OF_PAINT, None if marks is None else self.paint)
        self.changed.emit()

    # -- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: View) -> QRectF | None:
        """Paint the marks and the sentence on them, and return the box of that."""
        marks = self.marks
        if marks is None:
            return None
        placed = self._places(marks, view.grid.crs)
        a, b, c, d, e, f = view.affine.inverse()
        px, py = a * placed.x + b * placed.y + c, d * placed.x + e * placed.y + f
        inside = (px >= 0) & (px < view.width) & (py >= 0) & (py < view.height)
        signs = []
        for at in np.flatnonzero(inside).tolist():
            uuid = placed.uuids[at]
            presence = marks.presences.get(uuid, "")
            if presence != "present" or uuid == marks.current:
                signs.append(SeenAt(float(px[at]), float(py[at]), presence, uuid == marks.current))
        paint_seen(painter, view, signs)
        plate = sentence_plate(view, self.hint, ARROW_ROOM_PX, self._messages.top_px)
        if self._messages.top_px and plate.rect.bottom() > MOST_DOWN * view.height:
            return None  # in a low map it would hide the place that is looked at: until the messages are gone
        paint_sentence(painter, view, plate)
        return plate.rect

    def _make_room(self) -> None:
        """Paint the sentence where it is seen, as messages came in above it, or went."""
        if self.marks is not None:
            self._canvas.update()

    def _places(self, marks: SeenMarks, crs: str) -> _Placed:
        """The places of the marks in the CRS of the map, kept until other marks are drawn."""
        uuids = tuple(dict.fromkeys((*marks.presences, *filter(None, (marks.current,)))))
        if (self._placed.crs, self._placed.uuids) != (crs, uuids):
            self._placed = self._place(uuids, crs)
        return self._placed

    def _place(self, uuids: tuple[str, ...], crs: str) -> _Placed:
        sites = self._context.document.sites
        places = [sites[uuid].place if uuid in sites and not sites[uuid].geometry.is_empty else None for uuid in uuids]
        lons = np.array([math.nan if place is None else place.x for place in places], np.float64)
        lats = np.array([math.nan if place is None else place.y for place in places], np.float64)
        try:
            x, y = transform_points(WGS84, crs, lons, lats)
        except GeoloupeError:
            x = y = np.full(len(uuids), math.nan)
        return _Placed(crs, uuids, np.asarray(x, np.float64), np.asarray(y, np.float64))


def _adds_layer(change: Change) -> bool:
    return change.before is None and isinstance(change.after, Layer)


def _stepped(change: Change) -> str:
    """The time to which a change sets a shown layer of a service; empty for any other change."""
    before, after = change.before, change.after
    if not (isinstance(before, Layer) and isinstance(after, Layer)) or after.kind != "tiles" or not after.visible:
        return ""
    time = after.source.get("time")
    return time if isinstance(time, str) and time != before.source.get("time") else ""
