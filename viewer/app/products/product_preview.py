"""The preview of a product: a page as in the file, at this size, with things that can be dragged."""

from __future__ import annotations

import time
from functools import partial
from typing import override

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.errors import GeoloupeError, TooLarge
from layers.product.spec import ProductSpec
from viewer.app.products.laid_out import LaidOut
from viewer.app.products.page_loupe import MM_AN_INCH, PageLoupe
from viewer.export.held_scenes import are_held, run_held
from viewer.export.printed import page_picture
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.translation import in_language
from viewer.support.painting import painting
from viewer.support.plain_label import plain_label

LOOK_MS = 30
DRAFT_MS = 600
"""Time between two pictures of a page whose maps are still being read."""
SLIP_PX = 4.0
"""Movement below which a press is a click, not a drag."""
STEP_MM, FINE_MM = 1.0, 0.2
NOTCH = 120
"""One step of a mouse wheel, in Qt's eighths of a degree."""
ZOOM_STEP = 1.25
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_ZOOMS = {Qt.Key.Key_Plus: ZOOM_STEP, Qt.Key.Key_Equal: ZOOM_STEP, Qt.Key.Key_Minus: 1 / ZOOM_STEP}


class ProductPreview(QWidget):
    """Shows a page. A drag moves a thing; the arrow keys move the chosen one.

    A click chooses a thing, and Space one after the other. The wheel zooms around the pointer, plus and minus around
    the middle. A drag beside all things, or with the middle button, pans; 0 shows the whole page again. The page is
    painted in a job.
    """

    moved = Signal(str, float, float)
    """Key of a thing and its present total offset, in millimetres of the page."""
    resized = Signal()
    page_wanted = Signal(int)
    painted = Signal()
    """The page is shown as in the file."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._laid: LaidOut | None = None
        self._spec = ProductSpec()
        self.page = 0
        self._shown: QImage | None = None
        self._job: Job | None = None
        """Paints the next picture."""
        self._is_final = self._is_outdated = False
        """True where the page is shown as in its file; where the picture that is being painted is of another page."""
        self._is_wanted = False
        """True once the maps of the page are requested."""
        self._drafted_at = 0.0
        self.chosen = ""
        self._press: QPointF | None = None
        self._drag: QPointF | None = None
        self._loupe = PageLoupe()
        self._panned_from: QPointF | None = None
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_again)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName(self.tr("Preview of the product"))
        self.setAccessibleDescription(
            self.tr(
                "Space chooses the next thing, the arrow keys move it, Delete puts it back; + and - zoom, 0 shows all."
            )
        )
        self.setToolTip(self.tr("The wheel zooms, a drag beside the things of the page pans, 0 shows all of it"))
        self.note = plain_label("", self)
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.hide()

    # -- what is shown --------------------------------------------------------------------------------------------

    @property
    def laid(self) -> LaidOut | None:
        """The shown pages, stamped where they can only be a draft; None while a sentence is shown."""
        return self._laid

    def room_px(self) -> tuple[int, int]:
        """Room for a page in the widget, in screen pixels."""
        ratio = self.devicePixelRatioF()
        return max(round((self.width() - 12) * ratio), 1), max(round((self.height() - 12) * ratio), 1)

    def dpi_of(self, spec: ProductSpec) -> float:
        """Dots per inch at which a product's page fills the room, and more while it is zoomed."""
        return self._loupe.dpi_of(self._fitting_dpi(spec), spec.page_mm)

    def _fitting_dpi(self, spec: ProductSpec) -> float:
        (across, down), (width, height) = spec.page_mm, self.room_px()
        return MM_AN_INCH * min(width / across, height / down)

    def show_pages(self, laid: LaidOut, spec: ProductSpec) -> None:
        """Show a product and paint it anew; the old picture stays until the new one is complete."""
        self._laid, self._spec = laid, spec
        self._loupe.lay(laid.dpi, self._fitting_dpi(spec))
        self.note.hide()
        self.page = min(self.page, max(laid.pages - 1, 0))
        if self.chosen and laid.box_of(self.chosen) is None:
            self.chosen = ""
        self.paint_anew()

    def show_page(self, page: int) -> None:
        """Show another page of the same product."""
        if self._laid is not None and 0 <= page < self._laid.pages and page != self.page:
            self.page, self.chosen = page, ""
            self._shown = None
            self._show_whole()
            self.paint_anew()

    def show_sentence(self, sentence: str) -> None:
        """Say why no page can be shown."""
        self._laid = self._shown = None
        self._is_outdated = False
        if self._job is not None:
            self._job.cancel()
        self._look.stop()
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        self._place_note()
        self.update()

    def paint_anew(self) -> None:
        """Paint the page, once the painting of its former state has ended."""
        self._is_final, self._is_outdated = False, self._job is not None
        if self._job is not None:
            self._job.cancel()
        elif self._laid is not None:
            self._is_wanted = False
            self._look.start()
            self._look_again()

    @property
    def is_idle(self) -> bool:
        """True when the page is shown as in the file, or no page can be shown."""
        return self._laid is None or self._is_final

    def picture(self) -> QImage | None:
        """Present picture of the page."""
        return self._shown

    # -- painted in a job -----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        laid, page = self._laid, self.page
        assert laid is not None
        self._drafted_at = time.monotonic()
        painted = partial(self._painted, laid, is_final=laid.is_ready(page))
        work = partial(_picture, laid, page)
        self._job = run_held(self._jobs, laid.scenes, work, painted, self._failed, self._given_up)

    def _painted(self, laid: LaidOut, image: QImage, *, is_final: bool) -> None:
        if self._ended() or laid is not self._laid:
            return
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._shown = image
        self.update()
        if is_final:
            self._is_final = True
            self._look.stop()
            self.painted.emit()

    def _failed(self, error: GeoloupeError) -> None:
        if not self._ended():
            short = self.tr(
                "There is not enough memory to show this page: choose a smaller one, or close other programs."
            )
            self.show_sentence(short if isinstance(error, TooLarge) else in_language(error.sentence))

    def _given_up(self) -> None:
        self._ended()

    def _ended(self) -> bool:
        """Note that no picture is painted any more; True where another one is painted now."""
        self._job = None
        is_outdated, self._is_outdated = self._is_outdated, False
        if is_outdated:
            self.paint_anew()
        return is_outdated

    def _look_again(self) -> None:
        """Paint the page once its maps are complete; until then, paint drafts of it now and then."""
        laid = self._laid
        if laid is None or self._is_final or self._job is not None or are_held(laid.scenes):
            return
        is_late = time.monotonic() - self._drafted_at > DRAFT_MS / 1000
        if not self._is_wanted:
            self._is_wanted = True
            laid.want(self.page)
            self._begin()
        elif is_late or laid.is_ready(self.page):
            self._begin()

    # -- painted on the screen ------------------------------------------------------------------------------------

    def page_rect(self) -> QRectF:
        """The page in the widget's own coordinates."""
        if self._laid is None:
            return QRectF()
        (across, down), scale = self._laid.size_px(self.page), self._scale()
        return self._loupe.page_rect(across * scale, down * scale, self.size())

    def _scale(self) -> float:
        """Widget units per pixel of the laid-out page."""
        return self._loupe.grown / self.devicePixelRatioF()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        page = self.page_rect()
        with painting(self) as painter:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Mid))
            if self._shown is not None and not page.isEmpty():
                shown = QRectF(self._shown.rect())
                is_laid = self._laid is not None and self._shown.size() == QSize(*self._laid.size_px(self.page))
                is_exact = is_laid and self._loupe.grown == 1.0
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
                painter.drawImage(page, self._shown, shown)
            self._paint_chosen(painter, page)
            if self.hasFocus():
                painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_chosen(self, painter: QPainter, page: QRectF) -> None:
        box = self._chosen_box()
        if box is None:
            return
        accent = self.palette().color(QPalette.ColorRole.Accent)
        place = self._to_widget(box, page)
        if self._drag is not None and self._shown is not None:
            veil = QColor(self.palette().color(QPalette.ColorRole.Mid))
            veil.setAlpha(150)
            painter.fillRect(place, veil)
            painter.setOpacity(0.85)
            painter.drawImage(place.translated(self._drag), self._shown, box)
            painter.setOpacity(1.0)
            place = place.translated(self._drag)
        painter.setPen(QPen(accent, 1.4, Qt.PenStyle.DashLine))
        painter.drawRect(place.adjusted(-2, -2, 2, 2))

    def _chosen_box(self) -> QRectF | None:
        """Rectangle of the chosen thing, in pixels of the page."""
        if self._laid is None or not self.chosen or self.chosen not in self._laid.things(self.page):
            return None
        return self._laid.box_of(self.chosen)

    def _to_widget(self, box: QRectF, page: QRectF) -> QRectF:
        scale = self._scale()
        left, top = page.left() + box.left() * scale, page.top() + box.top() * scale
        return QRectF(left, top, box.width() * scale, box.height() * scale)

    # -- dragged --------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
        if event.button() not in buttons or self._laid is None:
            return
        place, page, scale = event.position(), self.page_rect(), self._scale()
        if event.button() == Qt.MouseButton.LeftButton:
            x, y = (place.x() - page.left()) / scale, (place.y() - page.top()) / scale
            self.choose(self._laid.thing_at(self.page, x, y))
            self._press = place if self.chosen else None
        if self._press is None and self._loupe.is_close:
            self._panned_from = place
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panned_from is not None:
            self._loupe.pan(event.position() - self._panned_from, self.page_rect(), self.size())
            self._panned_from = event.position()
            self.update()
        if self._press is None:
            return
        offset = event.position() - self._press
        if self._drag is not None or offset.manhattanLength() >= SLIP_PX:
            self._drag = offset
            self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        offset, self._press, self._drag, self._panned_from = self._drag, None, None, None
        self.unsetCursor()
        if offset is not None and self.chosen and self._laid is not None:
            mm = MM_AN_INCH / (self._laid.dpi * self._scale())
            self._move(offset.x() * mm, offset.y() * mm)
        self.update()

    def choose(self, key: str) -> None:
        """Highlight a thing; an empty key for none."""
        self.chosen = key
        self.setAccessibleName(self.tr("Preview of the product: {0}").format(key) if key else self.tr("Preview"))
        self.update()

    def _move(self, x_mm: float, y_mm: float) -> None:
        before = self._spec.moved.get(self.chosen, (0.0, 0.0))
        x, y = round(before[0] + x_mm, 2), round(before[1] + y_mm, 2)
        self._spec = self._spec.with_moved(self.chosen, x, y)
        self.moved.emit(self.chosen, x, y)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space:
            self._choose_next(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif arrow is not None and self.chosen:
            step = FINE_MM if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP_MM
            self._move(step * arrow[0], step * arrow[1])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen:
            self.moved.emit(self.chosen, 0.0, 0.0)
        elif event.key() == Qt.Key.Key_Escape and (self._drag is not None or self.chosen):
            self._press = self._drag = None
            self.choose("")
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.page_wanted.emit(self.page + (1 if event.key() == Qt.Key.Key_PageDown else -1))
        elif event.key() in _ZOOMS:
            self._zoom(_ZOOMS[Qt.Key(event.key())], QRectF(self.rect()).center())
        elif event.key() == Qt.Key.Key_0:
            self._show_whole()
        else:
            super().keyPressEvent(event)

    def _choose_next(self, steps: int) -> None:
        things = list(self._laid.things(self.page)) if self._laid is not None else []
        if not things:
            return
        at = things.index(self.chosen) + steps if self.chosen in things else (0 if steps > 0 else -1)
        self.choose(things[at % len(things)])

    # -- looked at closely ----------------------------------------------------------------------------------------

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / NOTCH
        if notches and self._laid is not None and self._press is None:
            self._zoom(ZOOM_STEP**notches, event.position())
        event.accept()

    def _zoom(self, by: float, about: QPointF) -> None:
        if self._laid is not None and self._loupe.zoom(by, about, self.page_rect(), self.size()):
            self.update()
            self.resized.emit()  # the page is laid out for it once that rests

    def _show_whole(self) -> None:
        if self._loupe.is_close:
            self._loupe.leave()
            self.update()
            self.resized.emit()

    # ------------------------------------------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_note()
        self.resized.emit()

    def _place_note(self) -> None:
        self.note.setGeometry(self.rect().adjusted(24, 24, -24, -24))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 480)


def _picture(laid: LaidOut, page: int, job: JobContext) -> QImage:
    return page_picture(laid, page, job.check)
