"""The dialog that registers a layer to another: finds the shift, shows what is left in each part, and applies it."""

from __future__ import annotations

import math
from functools import partial
from typing import override

import shiboken6
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from viewer.canvas.widget import MapCanvas
from viewer.commands.nudging import nudge_layer
from viewer.panels.beside_map import place_beside
from viewer.panels.context import PanelContext
from viewer.panels.layers.registration import FoundShift, Registration, can_register
from viewer.panels.layers.residual_map import paint_residuals, places_of
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted
from viewer.rendering.drawing import LayerDrawing
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

WIDTH_PX = 340
"""Width in logical pixels, as narrow as a dock, so that the dialog can cover one."""
ARROW_PX = 30.0
"""Length in logical pixels of the arrow of a part that is a pixel of the images off."""
_TURNS = -360.0, 0.0, 360.0
"""Turns in degrees, as an image across the antimeridian may be described on either side of it."""


class RegisterDialog(QDialog):
    """The dialog beside the map, which shows the remaining shifts until the dialog is closed."""

    def __init__(self, context: PanelContext, layer: Layer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._layer = context, layer
        self.found: FoundShift | None = None
        self._run: Registration | None = None
        name = one_line(layer.name, 60)
        self.setWindowTitle(self.tr("Register “{0}”").format(name))
        others = _others(context, layer)
        self._to_uuid = others[0][0] if others else ""
        self.to = ChoiceField(others)
        self.to.show_value(self._to_uuid or None)
        self.to.setAccessibleName(self.tr("Layer to register to"))
        self.to.committed.connect(self._choose)
        form = QFormLayout()
        form.addRow(plain_label(self.tr("Onto")), self.to)
        self.says_nothing = muted()
        self.says_nothing.setWordWrap(True)
        self.answer, self.residuals = plain_label(), muted()
        self.answer.setAccessibleName(self.tr("Answer"))
        for label in (self.answer, self.residuals):
            label.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.find_button = self.buttons.addButton(self.tr("&Find Shift"), QDialogButtonBox.ButtonRole.ActionRole)
        self.apply_button = self.buttons.addButton(self.tr("&Apply"), QDialogButtonBox.ButtonRole.ActionRole)
        self.find_button.clicked.connect(self.compare)
        self.apply_button.clicked.connect(self.apply)
        self.buttons.rejected.connect(self.reject)
        for button in self.buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(form)
        for widget in (self.says_nothing, self.answer, self.residuals):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.setFixedWidth(WIDTH_PX)
        self.finished.connect(self._ended)
        context.document_replaced.connect(self.reject)
        self._look_again()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._step_aside()

    def _step_aside(self) -> None:
        """Move the dialog so that it hides no arrow, and as little of the map as possible."""
        window = self.parentWidget()
        canvas = window.findChild(MapCanvas) if window is not None else None
        if window is None or canvas is None or not canvas.isVisible():
            return
        view = self._context.view.shown()
        signs = [] if self.found is None else places_of(view, self.found.residuals)
        corner = canvas.mapToGlobal(QPoint(0, 0))
        on_screen = [corner + QPoint(round(px / view.ratio), round(py / view.ratio)) for px, py in signs]
        room = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
        frame = self.frameGeometry().size()
        self.move(place_beside(frame, room, QRect(corner, canvas.size()), on_screen))

    # -- what is done -------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Start the comparison of the two layers."""
        moving, fixed = (self._context.layers.drawing_of(uuid) for uuid in (self._layer.uuid, self._to_uuid))
        if moving is None or fixed is None:
            self._say(self.tr("One of the two layers is no longer in the case."))
            return
        self._forget()
        self._say(self.tr("Comparing what the two show…"))
        self.find_button.setEnabled(False)
        self._run = Registration(moving, fixed, self)
        self._run.find(self._context.view.shown(), partial(self._answered, self._run))

    def apply(self) -> None:
        """Show the layer where it fits: one step that can be undone."""
        shift = self.found
        if shift is None or shift.nudge is None or not self._can_apply(shift):
            return
        sentence = self._context.attempt(nudge_layer, self._layer.uuid, shift.nudge)
        if sentence:
            self._say(sentence)
        else:
            self.accept()

    def _answered(self, run: Registration, answer: FoundShift | str) -> None:
        if not shiboken6.isValid(self) or run is not self._run:
            return
        self._run = None
        self.find_button.setEnabled(True)
        if isinstance(answer, str):
            self._say(answer)
            return
        self.found = answer
        reliable, can_apply = answer.registered.reliable, self._can_apply(answer)
        words_of = self._reliable_words if can_apply else self._chance_words
        self._say(words_of(answer) if reliable else self._doubt_words(answer))
        self.apply_button.setEnabled(can_apply)
        if can_apply:
            self.apply_button.setDefault(True)
            self.apply_button.setFocus()
        if answer.residuals:
            self.residuals.setText(self._residual_words(answer))
            self._context.shown_above.emit("registration", partial(_paint, answer))
        self.adjustSize()
        self._step_aside()

    def _can_apply(self, shift: FoundShift) -> bool:
        return shift.registered.reliable and shift.is_significant

    # -- what is said -------------------------------------------------------------------------------------------

    def _reliable_words(self, shift: FoundShift) -> str:
        assert shift.nudge is not None
        offset, why = in_language(shift.nudge.offset_words), in_language(shift.registered.why)
        return self.tr("Shift found: {0}. {1}").format(offset, why)

    def _chance_words(self, shift: FoundShift) -> str:
        """Words on a shift that is smaller than the differences of the parts, and so would move the layer by chance."""
        assert shift.nudge is not None
        sentence = self.tr(
            "Not significant, so nothing is moved: {0} is no more than the {1} m by which the parts differ from each "
            "other. As far as can be told the two lie on each other."
        )
        return sentence.format(in_language(shift.nudge.offset_words), f"{shift.spread_m:.3g}")

    def _doubt_words(self, shift: FoundShift) -> str:
        return self.tr("Not reliable, so nothing is moved. {0}").format(in_language(shift.registered.why))

    def _residual_words(self, shift: FoundShift) -> str:
        agree = sum(part.agrees for part in shift.residuals)
        spread = shift.registered.residual_px or 0.0
        sentence = self.tr(
            "On the map: what is left in each of {0} parts, {1} round ones that agree, {2} square ones that do not. "
            "{5} differ by {3} pixels ({4} m)."
        )
        metres = f"{spread * shift.pixel_m:.3g}"
        whose = self.tr("Those that agree") if shift.registered.reliable else self.tr("They")
        count = len(shift.residuals)
        return sentence.format(count, agree, count - agree, f"{spread:.2g}", metres, whose)

    def _choose(self, uuid: str) -> None:
        self._to_uuid = uuid
        self._look_again()

    def _look_again(self) -> None:
        self._forget()
        fixed = self._context.document.layers.get(self._to_uuid)
        if fixed is None:
            sentence = self.tr("No other image that is shown lies where “{0}” does: add one, or show one.")
            self._say(sentence.format(one_line(self._layer.name, 40)))
            self.find_button.setEnabled(False)
            return
        self._say("")
        self.find_button.setEnabled(True)
        self.find_button.setDefault(True)
        sentence = self.tr(
            "A shift only, by phase correlation of what both show. It makes “{0}” lie as “{1}” does, and says nothing "
            "about where “{1}” lies."
        )
        self.says_nothing.setText(sentence.format(one_line(self._layer.name, 40), one_line(fixed.name, 40)))

    def _say(self, sentence: str) -> None:
        self.answer.setText(sentence)

    def _forget(self) -> None:
        self.found = self._run = None
        self.residuals.setText("")
        self.apply_button.setEnabled(False)
        self._context.shown_above.emit("registration", None)

    def _ended(self) -> None:
        self._run = None
        self._context.shown_above.emit("registration", None)
        self.deleteLater()


def _others(context: PanelContext, layer: Layer) -> list[tuple[str, str]]:
    """The shown images that may cover some of a layer's ground, as (uuid, name), the topmost first."""
    own = context.layers.drawing_of(layer.uuid)
    rows = [row for row in reversed(context.document.layers_in_order()) if row.uuid != layer.uuid and row.visible]
    images = []
    for row in rows:
        drawing = context.layers.drawing_of(row.uuid)
        if can_register(drawing) and drawing is not None and (own is None or _may_overlap(own, drawing)):
            images.append((row.uuid, one_line(row.name, 60)))
    return images


def _may_overlap(drawing: LayerDrawing, other: LayerDrawing) -> bool:
    """True where two layers share ground as shown or as their files lie, or where that is not known yet."""
    pairs = [(drawing.shown_bounds(), other.shown_bounds()), (drawing.bounds_lonlat(), other.bounds_lonlat())]
    return any(
        first is None
        or second is None
        or any(Bounds(first[0] + turn, first[1], first[2] + turn, first[3]).intersects(second) for turn in _TURNS)
        for first, second in pairs
    )


def _paint(shift: FoundShift, painter: QPainter, view: View) -> None:
    if math.isfinite(shift.pixel_m) and shift.pixel_m > 0:
        paint_residuals(painter, view, shift.residuals, ARROW_PX / shift.pixel_m)
