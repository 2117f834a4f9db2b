"""The part of the place dialog for a picture of a web map: its page's address, what that tells, and the scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from layers.errors import GeoloupeError
from layers.geo.coordinates import Notation, format_coordinate
from layers.geo.measure import nice_scale_bar
from layers.phrase import Phrase
from layers.services.web_views.page_place import PagePlace, place_of
from layers.services.web_views.web_page import ShownPage
from layers.text.counted import metres
from layers.time.typed_dates import typed_date
from viewer.commands.fields import check_date
from viewer.commands.imagery.pasted_pages import PlacedPage
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language
from viewer.support.outside_words import address_in
from viewer.support.painting import painting
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
"""Pixels of screens for each pixel of a page."""
PREVIEW = QSize(230, 140)
BAR_PX, TICK_PX, MARGIN_PX = 20, 4, 6


class PagePreview(QWidget):
    """The picture, small, above a bar of the length that its scale gives: to be held against a bar in the picture."""

    def __init__(self, width_px: int) -> None:
        """`width_px`: columns of the picture itself."""
        super().__init__()
        self._width_px = width_px
        self.image: QImage | None = None
        self.metres_per_px = 0.0
        self.label = ""
        """The length of the bar, in words."""
        self.setFixedSize(PREVIEW)
        self.setAccessibleName(self.tr("Preview of the scale"))

    def show_scale(self, metres_per_px: float) -> None:
        """Show a scale: ground metres of a pixel of the picture itself; 0 for none."""
        self.metres_per_px = metres_per_px
        self.label = self._bar()[1]
        self.setAccessibleDescription(self.label)
        self.update()

    def show_image(self, image: QImage) -> None:
        self.image = image
        self.update()

    def _target(self) -> QRectF:
        """The place of the picture in the widget."""
        image = self.image
        room = QRectF(self.rect()).adjusted(1, 1, -1, -BAR_PX)
        if image is None or image.isNull():
            return room
        size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left = room.left() + (room.width() - size.width()) / 2
        return QRectF(left, room.top(), size.width(), size.height())

    def _bar(self) -> tuple[float, str]:
        """The bar's length in pixels of the widget, and its label."""
        shown = self._target()
        if not (self.metres_per_px > 0 and self._width_px > 0):
            return 0.0, ""
        _, bar_px, label = nice_scale_bar(self.metres_per_px * self._width_px / shown.width(), shown.width() * 0.6)
        return bar_px, label

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        shown = self._target()
        if self.image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(shown, self.image)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        bar_px, label = self._bar()
        if bar_px <= 0:
            return
        y = self.height() - MARGIN_PX
        for x in (shown.left(), shown.left() + bar_px):
            painter.drawLine(round(x), y - TICK_PX, round(x), y)
        painter.drawLine(round(shown.left()), y, round(shown.left() + bar_px), y)
        room = QRectF(shown.left() + bar_px + MARGIN_PX, self.height() - BAR_PX, self.width(), BAR_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)


class PageForm(QWidget):
    """The address, and what follows from it. Contacts nobody."""

    changed = Signal()
    """Emitted where the answer may be another one."""
    picture_wanted = Signal()
    """Emitted once, to have the picture shown in the preview."""

    def __init__(
        self,
        size: tuple[int, int],
        read_page: Callable[[str], ShownPage],
        is_known: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        """`size`: columns and rows of the picture. `is_known` is True for addresses of web maps that can be read."""
        super().__init__(parent)
        self._size, self._read_page, self._is_known = size, read_page, is_known
        self._page: ShownPage | None = None
        self._has_asked = False
        self._place: PagePlace | None = None
        self.address = QLineEdit()
        self.address.setPlaceholderText(self.tr("Paste the address of the web map that it was copied from"))
        self.address.setAccessibleName(self.tr("Address of the page"))
        self.address.setClearButtonEnabled(True)
        self.facts, self.doubt = wrapped(""), muted()
        self.facts.setAccessibleName(self.tr("What the page shows"))
        self.doubt.setAccessibleName(self.tr("Doubt about the picture"))
        self.ratio = ComboBox()
        self.ratio.setAccessibleName(self.tr("Scale of the screen"))
        self.ratio.setToolTip(
            tooltip(
                self.tr(
                    "Pixels of the screen for each pixel of the page: the scale of the display times the zoom of the"
                    " browser. It is right where the bar under the preview is as long as the page’s own."
                )
            )
        )
        for value in RATIOS:
            self.ratio.addItem(f"{value * 100:.0f} %", value)
        self.level, self.date = QLineEdit(), QLineEdit()
        self.level.setAccessibleName(self.tr("Level of its zoom"))
        self.level.setPlaceholderText(self.tr("such as 15"))
        self.date.setAccessibleName(self.tr("Date of the picture"))
        self.preview = PagePreview(size[0])
        self._build()
        self.address.textChanged.connect(self._read)
        self.ratio.currentIndexChanged.connect(self._judge)
        self.level.textChanged.connect(self._judge)
        self.date.textChanged.connect(self._judge)
        self._choose_ratio()

    def _build(self) -> None:
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._date_label = plain_label("")
        self._form.addRow(plain_label(self.tr("Screen")), self.ratio)
        self._form.addRow(plain_label(self.tr("Level")), self.level)
        self._form.addRow(self._date_label, self.date)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.facts)
        left.addLayout(self._form)
        left.addStretch(1)
        self._known = QWidget()
        inside = QHBoxLayout(self._known)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addLayout(left, 1)
        inside.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.address)
        layout.addWidget(self._known)
        layout.addWidget(self.doubt)
        self._known.hide()
        self.doubt.hide()

    def _choose_ratio(self) -> None:
        """Choose the scale of the screen on which the dialog is: the browser was mostly there as well."""
        scale = self.screen().devicePixelRatio()
        self.ratio.setCurrentIndex(min(range(len(RATIOS)), key=lambda at: abs(RATIOS[at] - scale)))

    def take_copied(self) -> None:
        """Take the address of a web map from the clipboard, where the field is empty."""
        data = QGuiApplication.clipboard().mimeData()
        address = "" if data is None else address_in(data)
        if address and not self.address.text() and self._is_known(address):
            self.take(address)

    def take(self, address: str) -> None:
        """Put an address into the field."""
        self.address.setText(address)
        self.address.setCursorPosition(0)

    def answer(self) -> PlacedPage | None:
        """The place, credit and date that the address gives; None where it gives no place, or the date is none."""
        date = typed_date(self.date.text().strip())
        if self._page is None or self._place is None or self._fault_of(date):
            return None
        return PlacedPage(self._page, self._place, date)

    # -- reading ------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        text = self.address.text().strip()
        self._page, why = None, ""
        if text:
            try:
                self._page = self._read_page(text)
            except GeoloupeError as error:
                why = error.sentence
        page = self._page
        self._known.setVisible(page is not None and not page.why_not)
        if page is None or page.why_not:
            self._place = None
            self._say(why if page is None else page.why_not)
        else:
            has_level = page.level is not None or page.span_m is not None or page.bounds is not None
            self._form.setRowVisible(self.ratio, page.span_m is None and page.bounds is None)
            self._form.setRowVisible(self.level, not has_level)
            self._date_label.setText(self.tr("Released") if page.takes_release else self.tr("Taken"))
            self.date.setPlaceholderText(
                self.tr("as the page names it") if page.takes_release else self.tr("unknown while empty")
            )
            self.date.setText(page.acquired_at)
            self._judge()
            if not self._has_asked:
                self._has_asked = True
                self.picture_wanted.emit()
        self.changed.emit()

    def _judge(self) -> None:
        page = self._page
        if page is None or page.why_not:
            return
        why = ""
        self._place = None
        try:
            self._place = place_of(page, self._size, float(self.ratio.currentData()), self._typed_level())
        except GeoloupeError as error:
            why = error.sentence
        self.facts.setText(self._words(page, self._place))
        self.preview.show_scale(0.0 if self._place is None else self._place.metres_per_px)
        self._say(why or self._fault_of(typed_date(self.date.text().strip())), page, self._place)
        self.changed.emit()

    def _typed_level(self) -> float | None:
        try:
            level = float(self.level.text().strip().replace(",", "."))
        except ValueError:
            return None
        return level if 0.0 <= level <= 24.0 else None

    def _fault_of(self, date: str) -> str:
        try:
            check_date(date, Phrase("date"))
        except GeoloupeError as error:
            return error.sentence
        return ""

    def _words(self, page: ShownPage, place: PagePlace | None) -> str:
        where = format_coordinate(page.lon, page.lat, Notation.DD, page.error_m if place is None else place.error_m)
        shown = self.tr("{0} shows {1}.").format(one_line(page.title, 120), where)
        if place is None:
            return shown
        width, height = (metres(side * place.metres_per_px) for side in self._size)
        size = self.tr("{0} × {1}, a pixel {2}; placed to about ± {3}.").format(
            width, height, metres(place.metres_per_px), metres(place.error_m)
        )
        return f"{shown}\n{size}"

    def _say(self, fault: str, page: ShownPage | None = None, place: PagePlace | None = None) -> None:
        """Say what is wrong, else what is in doubt."""
        doubts = [fault]
        if page is not None and not fault:
            if place is not None and place.is_other_shape:
                doubts.append(self.tr("The picture has not the shape of the page’s map: copy all of the map."))
            elif page.span_m is not None:
                doubts.append(self.tr("Right only for a picture of the whole map, from its top to its bottom."))
            else:
                doubts.append(self.tr("Right only where the middle of the picture is the middle of the map."))
            doubts.append(page.warning)
        self.doubt.setText(" ".join(plain(in_language(doubt)) for doubt in doubts if doubt))
        self.doubt.setVisible(bool(self.doubt.text()))
