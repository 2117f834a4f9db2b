"""The status bar: the tool's hint, running work, the place under the pointer, the scale and the CRS of the canvas."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QStatusBar,
    QToolButton,
    QWidget,
)

from layers.geo.coordinates import Notation, format_coordinate
from layers.grid.map_scale import LOGICAL_PIXEL_M
from layers.text.counted import grouped
from viewer.support.elided import ElidedLabel
from viewer.support.icons import line_icon
from viewer.support.language.text import one_line, tooltip
from viewer.support.still_boxes import ComboBox

DONE_MS = 6_000
"""Milliseconds for which a finished step is shown."""
LATE_MS = 500
"""Milliseconds after which running work is shown."""
SCALES = (1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000, 25_000_000, 100_000_000)


class StatusBar(QStatusBar):
    """The bar. It has no map: it shows what it is given, and emits requests."""

    cancel_asked = Signal()
    keyboard_left = Signal()
    """Emitted when the focus returns to the map."""
    scale_asked = Signal(float)
    """Emitted with metres on the ground a pixel."""
    crs_asked = Signal(str)
    online_asked = Signal()
    notation_changed = Signal(str)

    def __init__(
        self,
        notation: str = Notation.DD,
        crs_choices: Callable[[], Sequence[tuple[str, str]]] = tuple,
        parent: QWidget | None = None,
    ) -> None:
        """`crs_choices` gives (text, CRS) pairs that may be chosen now."""
        super().__init__(parent)
        self._crs_choices = crs_choices
        self.setSizeGripEnabled(False)
        self._notation = Notation(notation) if notation in list(Notation) else Notation.DD
        self._place: tuple[float, float] | None = None
        self._error_m: float | None = None
        self._hint_text = self._tip_text = self._mode_text = self._done_text = ""
        self._done_goes = QTimer(self, singleShot=True, interval=DONE_MS)
        self._done_goes.timeout.connect(lambda: self.show_done(""))
        self.hint = ElidedLabel(self)
        self.hint.setObjectName("muted")
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self.hint, 1)
        self._work = _Work(self)
        self._work.cancel_asked.connect(self.cancel_asked)
        self.addPermanentWidget(self._work)
        self.offline = self._button(self.tr("Working offline: no server is contacted. Press to work online again."))
        self.offline.setText(self.tr("Offline"))
        self.offline.clicked.connect(self.online_asked)
        self.offline.hide()
        self.addPermanentWidget(self.offline)
        self.coordinate = self._button(self.tr("Coordinate under the pointer; press for the next notation"))
        self.coordinate.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.coordinate.clicked.connect(self.next_notation)
        self.addPermanentWidget(self.coordinate)
        self.scale = self._scale_box()
        self.addPermanentWidget(self.scale)
        self.crs = self._button(self.tr("Coordinate reference system of the map"))
        self.crs.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._crs_menu = QMenu(self.crs)
        self.crs.setMenu(self._crs_menu)
        self._crs_menu.aboutToShow.connect(self._fill_crs_menu)
        self._crs_current = ""
        self.addPermanentWidget(self.crs)
        self.show_place(math.nan, math.nan, None)

    # -- the hint and running work -----------------------------------------------------------------------------

    def show_hint(self, text: str) -> None:
        """Show what the tool in hand does next."""
        self._hint_text = text
        self._say()

    def show_tip(self, text: str) -> None:
        """Show what the action under the pointer does, in the hint's place; empty for none."""
        self._tip_text = text
        self._say()

    def show_mode(self, text: str) -> None:
        """Show before the hint how to leave a mode of the whole map; empty for none."""
        if text != self._mode_text:
            self._mode_text = text
            self._say()

    def show_done(self, text: str) -> None:
        """Show for a while, in place of the hint, a finished step that may be out of sight; empty for none."""
        self._done_text = text
        self._done_goes.stop()
        if text:
            self._done_goes.start()
        self._say()

    def _say(self) -> None:
        text = self._tip_text or self._done_text or f"{self._mode_text} {self._hint_text}".strip()
        self.hint.say(text)

    def show_work(self, title: str, fraction: float, *, can_stop: bool = True) -> None:
        """Show running work, half a second after its start. A negative `fraction`: its progress is not known."""
        self._work.show_work(title, fraction, can_stop)

    def end_work(self) -> None:
        self._work.end()

    def show_offline(self, is_offline: bool) -> None:
        """Show that no server is contacted, or no longer."""
        self.offline.setVisible(is_offline)

    # -- coordinate --------------------------------------------------------------------------------------------

    @property
    def notation(self) -> Notation:
        return self._notation

    def show_place(self, lon: float, lat: float, error_m: float | None) -> None:
        """Show the place under the pointer, NaN off the map; `error_m` is the size of a pixel and sets the digits."""
        on_map = math.isfinite(lon) and math.isfinite(lat)
        self._place = (lon, lat) if on_map else None
        self._error_m = error_m
        self.coordinate.setText(self.coordinate_text() or f"{self._notation} —")

    def show_pixel(self, col: int, row: int) -> None:
        """Show the pixel under the pointer, counted from 0, where the picture has no place on Earth."""
        self._place = None
        self.coordinate.setText(self.tr("column {0}, row {1}").format(col, row))

    def coordinate_text(self) -> str:
        """The coordinate as shown; empty off the map."""
        return "" if self._place is None else format_coordinate(*self._place, self._notation, self._error_m)

    def copy_coordinate(self) -> str:
        """Put the coordinate on the clipboard and return it; off the map nothing is copied."""
        text = self.coordinate_text()
        if text:
            QGuiApplication.clipboard().setText(text)
        return text

    def next_notation(self) -> None:
        notations = list(Notation)
        self._notation = notations[(notations.index(self._notation) + 1) % len(notations)]
        lon, lat = self._place or (math.nan, math.nan)
        self.show_place(lon, lat, self._error_m)
        self.notation_changed.emit(str(self._notation))

    def set_map_visible(self, visible: bool) -> None:
        """Show the parts about the map, or hide them without one."""
        for part in (self.hint, self.coordinate, self.scale, self.crs):
            part.setVisible(visible)

    # -- scale and CRS -----------------------------------------------------------------------------------------

    def show_scale(self, metres_per_pixel: float) -> None:
        """Show the scale at the middle of the map; NaN or 0 for none."""
        self.scale.setEnabled(True)
        self._scale_shown = scale_text(metres_per_pixel / LOGICAL_PIXEL_M)
        if not self._scale_line.hasFocus():
            self._show_scale_again()

    def show_magnification(self, factor: float) -> None:
        """Show the size of a picture's pixel on the screen, in pixel space, where there is no scale."""
        self.scale.setEnabled(False)
        self._scale_shown = f"{100 * factor:.3g} %" if factor < 10 else f"{100 * factor:.0f} %"
        self._show_scale_again()

    def show_crs(self, name: str, current: str) -> None:
        """Show `name` on the button, with `current` checked in its menu."""
        self.crs.setText(f"{one_line(name, 32)}  ▾")
        self._crs_current = current

    def _fill_crs_menu(self) -> None:
        self._crs_menu.clear()
        for text, crs in self._crs_choices():
            action = self._crs_menu.addAction(one_line(text))
            action.setCheckable(True)
            action.setChecked(crs == self._crs_current)
            action.triggered.connect(lambda _checked=False, crs=crs: self.crs_asked.emit(crs))

    def _scale_box(self) -> QComboBox:
        box = ComboBox(self)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems([scale_text(scale) for scale in SCALES])
        box.setAccessibleName(self.tr("Scale"))
        self._scale_line = QLineEdit(box)
        self._scale_line.setAccessibleName(self.tr("Scale"))
        self._scale_shown = ""
        self._scale_line.returnPressed.connect(self._ask_scale)
        self._scale_line.editingFinished.connect(self._show_scale_again)
        box.setLineEdit(self._scale_line)
        box.setToolTip(self.tr("Scale of the map on a 96 dpi screen"))
        box.setMinimumContentsLength(13)
        box.setFrame(False)
        box.textActivated.connect(lambda _text: self._ask_scale())
        return box

    def _ask_scale(self) -> None:
        """Go to the typed scale, and back to the map; a text that is no scale is dropped."""
        scale = parse_scale(self.scale.currentText())
        self._show_scale_again()
        self.keyboard_left.emit()
        if scale is not None:
            self.scale_asked.emit(scale * LOGICAL_PIXEL_M)

    def _show_scale_again(self) -> None:
        self.scale.setEditText(self._scale_shown)

    def _button(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setToolTip(tooltip(tip))
        button.setAccessibleName(tip)
        return button


class _Work(QWidget):
    """Progress with a button to stop, shown late enough that quick work does not flicker."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = ElidedLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setFixedWidth(120)
        self._bar.setFixedHeight(10)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = QToolButton(self)
        self._cancel.setAutoRaise(True)
        self._cancel.setIconSize(QSize(14, 14))
        self._cancel.setFixedSize(20, 20)
        self._cancel.setToolTip(self.tr("Stop this"))
        self._cancel.setAccessibleName(self.tr("Stop this"))
        self._cancel.clicked.connect(self.cancel_asked)
        self.setFixedHeight(20)  # or the bar, and with it the map, would move by a pixel as parts of it come and go
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        for part in (self._title, self._bar, self._cancel):
            layout.addWidget(part)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._late.timeout.connect(self.show)
        self.hide()

    def show_work(self, title: str, fraction: float, can_stop: bool) -> None:
        self._cancel.setVisible(can_stop)
        self._title.say(one_line(title, 60))
        self._bar.setRange(0, 0 if fraction < 0 else 100)
        self._bar.setValue(round(100 * max(0.0, min(1.0, fraction))))
        if self.isHidden() and not self._late.isActive():
            self._cancel.setIcon(line_icon("close", self.palette()))
            self._late.start()

    def end(self) -> None:
        self._late.stop()
        self.hide()


def scale_text(scale: float) -> str:
    """1:25 000, with as many digits as are significant; a dash without a scale."""
    if not math.isfinite(scale) or scale <= 0:
        return "1:—"
    step = 10 ** max(0, math.floor(math.log10(scale)) - 2)
    return "1:" + grouped(round(scale / step) * step)


def parse_scale(text: str) -> float | None:
    """The number of a typed scale (1:25 000, 25000, 1/25,000); None for other text."""
    digits = re.sub(r"[\s,.'\u202f\u00a0]", "", re.sub(r"^\s*1\s*[:/]", "", text))
    if not digits.isdigit() or not 0 < int(digits) < 10**10:
        return None
    return float(digits)
