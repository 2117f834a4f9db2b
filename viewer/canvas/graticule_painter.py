"""Paints graticules: on the screen over the map, and on the maps of products, with the same lines and letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from layers.errors import GeoloupeError
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import ARROW_ROOM_PX, paint_haloed_text
from viewer.canvas.labels.fonts import map_font
from viewer.canvas.shown_scene import ShownScene
from viewer.commands.meta import graticule_of_case
from viewer.rendering.images import unpainted
from viewer.rendering.vector.qt_shapes import polygon_of
from viewer.support.painting import painting, part_of_picture

if TYPE_CHECKING:
    from layers.grid.graticules.graticule import Graticule
    from layers.grid.graticules.grid_line import Side, TakenBox

TEXT_PX = 11.0
_LINE_PX, _HEAVY_PX = 0.9, 1.7
_HALO_ALPHA, _INK_ALPHA = 110, 200
_PLATE_ALPHA, _PLATE_PAD_PX = 170, 2.0
_MOST_KEPT = 8
"""Most graticules that are kept, one for each view."""
_SCREEN_SIDES: tuple[Side, ...] = ("top", "left")
"""Sides with labels: scale bar and credits take the lower edge."""
_BAR_ROOM_PX = (230.0, 72.0)
"""Width and height of the lower left corner that is left to the scale bar, in logical pixels."""
_WORDS_ROOM_PX = 84.0
"""Height of the words on the sides of a comparison, at the upper edge."""
_AT_ONCE = ("DD", "DMS")
"""Kinds that are made at once, in a few milliseconds; UTM and MGRS may take a tenth of a second."""
_LETTERS = "0123456789°'\".ABCDEFGHIJKLMNOPQRSTUVWXYZ \u202f"
"""Characters of all labels, whose widths are measured once."""


@lru_cache(maxsize=16)
def text_sizes(ratio: float) -> Callable[[str], tuple[float, float]]:
    """Return a function for the width and height of a label in pixels, `ratio` of which are a logical pixel.

    It may be called from any thread.
    """
    metrics = QFontMetricsF(map_font(TEXT_PX * ratio))
    widths = {letter: metrics.horizontalAdvance(letter) for letter in _LETTERS}
    widest, height = max(widths.values()), metrics.ascent() + metrics.descent()
    return lambda text: (sum(widths.get(letter, widest) for letter in text), height)


def paint_graticule(painter: QPainter, graticule: Graticule, ratio: float) -> None:
    """Paint lines, names of squares and labels: white on dark rims and plates, which show on snow and on sea."""
    paint_lines(painter, graticule, ratio)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size_px = TEXT_PX * ratio
    descent = QFontMetricsF(map_font(size_px)).descent()
    for name in graticule.names:
        paint_haloed_text(painter, QPointF(name.x, name.y + name.height - descent), name.text, size_px, bold=True)
    for label in graticule.labels:
        pad = _PLATE_PAD_PX * ratio
        box = QRectF(label.x, label.y, label.width, label.height).adjusted(-pad, 0.0, pad, 0.0)
        painter.fillRect(box, QColor(11, 20, 28, _PLATE_ALPHA))
        paint_haloed_text(painter, QPointF(label.x, label.y + label.height - descent), label.text, size_px)
    painter.restore()


def paint_lines(painter: QPainter, graticule: Graticule, ratio: float) -> None:
    """Paint the lines alone; edges of zones and squares are heavier."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo, ink = QColor(11, 20, 28, _HALO_ALPHA), QColor(255, 255, 255, _INK_ALPHA)
    for color, more in ((halo, 1.6), (ink, 0.0)):
        for line in graticule.lines:
            width = (_HEAVY_PX if line.is_heavy else _LINE_PX) + more
            painter.setPen(QPen(color, width * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for piece in line.pieces:
                painter.drawPolyline(polygon_of(piece))
    painter.restore()


class _Wanted(Struct, frozen=True):
    """All inputs of a graticule; `is_compared`: words stand at the upper edge, which labels keep clear of."""

    view: View
    notation: str
    is_compared: bool


class ShownGraticule(QObject):
    """The graticule of one map on the screen, as the case sets it. `ready` is called when a job has made one."""

    def __init__(self, shown: ShownScene, ready: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._ready = shown, ready
        self._kept: dict[_Wanted, Graticule] = {}
        self._awaited: _Wanted | None = None
        self._picture: tuple[_Wanted, QImage] | None = None

    @property
    def is_under_way(self) -> bool:
        """True while a graticule is being made that is not shown yet."""
        return self._awaited is not None

    def paint(self, painter: QPainter, view: View, *, settled: bool, is_pane: bool = False) -> None:
        """Paint the graticule above the map, if the case wants one.

        `settled` is False while the map moves, which then shows slow lines as they were last made.
        `is_pane`: words stand at the upper edge, as on the sides of a comparison.
        """
        notation = graticule_of_case(self._shown.frames[0].document)
        if not notation:
            self._kept, self._awaited, self._picture = {}, None, None
            return
        wanted = _Wanted(view, notation, is_pane or len(self._shown.frames) > 1)
        made = self._kept.get(wanted)
        if made is None and notation in _AT_ONCE:
            made = self._keep(wanted, _made(wanted, text_sizes(view.ratio)))
        elif made is None and settled:
            self._await(wanted)
        with part_of_picture(painter):
            if made is None:
                self._paint_moved(painter, wanted)
            elif settled:
                painter.drawImage(0, 0, self._picture_of(wanted, made))
            else:
                paint_graticule(painter, made, view.ratio)

    def _picture_of(self, wanted: _Wanted, made: Graticule) -> QImage:
        """Picture of the graticule for a map that rests: slanting lines take longer than a frame to paint."""
        if self._picture is None or self._picture[0] != wanted:
            image = unpainted(wanted.view.width, wanted.view.height, opaque=False)
            image.fill(Qt.GlobalColor.transparent)
            with painting(image) as painter:
                paint_graticule(painter, made, wanted.view.ratio)
            self._picture = wanted, image
        return self._picture[1]

    def _paint_moved(self, painter: QPainter, wanted: _Wanted) -> None:
        """Paint the lines of another view on the same grid where they lie in this one."""
        view = wanted.view
        for other, made in reversed(self._kept.items()):
            if other.notation == wanted.notation and other.view.grid == view.grid:
                painter.translate(other.view.left - view.left, other.view.top - view.top)
                paint_lines(painter, made, view.ratio)
                return

    def _await(self, wanted: _Wanted) -> None:
        if wanted == self._awaited:
            return
        self._awaited = wanted
        sizes = text_sizes(wanted.view.ratio)
        self._shown.context.jobs.run(
            lambda _context: _made(wanted, sizes), partial(self._came, wanted), partial(self._failed, wanted)
        )

    def _came(self, wanted: _Wanted, made: Graticule) -> None:
        self._keep(wanted, made)
        if wanted == self._awaited:
            self._awaited = None
            self._ready()

    def _failed(self, wanted: _Wanted, error: GeoloupeError) -> None:
        if wanted == self._awaited:
            self._awaited = None
        raise error

    def _keep(self, wanted: _Wanted, made: Graticule) -> Graticule:
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[wanted] = made
        return made


def _made(wanted: _Wanted, sizes: Callable[[str], tuple[float, float]]) -> Graticule:
    from layers.grid.graticules.graticule import graticule_of  # for start-up time: few maps show one

    view = wanted.view
    return graticule_of(
        view, wanted.notation, sizes, sides=_SCREEN_SIDES, avoid=_furniture_boxes(view, wanted.is_compared)
    )


def _furniture_boxes(view: View, is_compared: bool) -> Sequence[TakenBox]:
    """The boxes that labels keep clear of: north arrow, scale bar and, with `is_compared`, the words on the sides."""
    from layers.grid.graticules.grid_line import TakenBox  # for start-up time

    r, width, height = view.ratio, float(view.width), float(view.height)
    bar_width, bar_height = _BAR_ROOM_PX
    rects = [
        TakenBox(width - ARROW_ROOM_PX * r, 0.0, ARROW_ROOM_PX * r, ARROW_ROOM_PX * r),
        TakenBox(0.0, height - bar_height * r, bar_width * r, bar_height * r),
    ]
    return [*rects, TakenBox(0.0, 0.0, width, _WORDS_ROOM_PX * r)] if is_compared else rects
