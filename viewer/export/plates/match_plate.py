"""The picture of a match plate: a photograph and the map side by side, with the same numbers on both."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from layers.document.imagery.match_plate import Pair
from layers.errors import ExportFailed
from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import paint_north_arrow, paint_scale_bar
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.photo_numbers import NumberAt, paint_numbers
from viewer.export.plates.page_head import MARKING_COLORS
from viewer.support.fonts import font
from viewer.support.language.text import LONGEST_CREDIT, one_line, plain
from viewer.support.language.translation import translate
from viewer.support.painting import painting

INK, QUIET, PAPER, LINE = QColor("#16202a"), QColor("#51606e"), QColor("#ffffff"), QColor("#9aa7b2")
CREDIT_PX = 10.5
EDGE_PX, GAP_PX, TITLE_PX, HEAD_PX, LINE_PX, MARKING_PX = 14, 12, 30, 22, 15, 20
CAPTION = QT_TRANSLATE_NOOP("MatchPlate", "Numbers match what the analyst sees as the same feature.")
MOST_SAID = 30
"""Most numbers without a counterpart that are listed."""


class PlateSide(Struct, frozen=True):
    """One half of a plate: what is painted, its heading, and its credits and dates."""

    scene: MapScene
    view: View
    heading: str
    credits: Sequence[str]
    numbers: Sequence[NumberAt] = ()
    """Numbers on a photograph; those on a map are marks of the case."""
    is_map: bool = False


class PlatePicture:
    """Lays out a plate for two views side by side, and paints it."""

    def __init__(
        self,
        title: str,
        photo: PlateSide,
        scene: PlateSide,
        pairs: Sequence[Pair],
        *,
        marking: str = "",
        made: str = "",
    ) -> None:
        self.title, self.marking = title, marking
        self._photo, self._scene = photo, scene
        self.ratio = r = photo.view.ratio
        self.width = round(2 * EDGE_PX * r + GAP_PX * r) + photo.view.width + scene.view.width
        self._frame_height = max(photo.view.height, scene.view.height)
        texts = [translate("MatchPlate", CAPTION), *lacking(pairs)]
        texts += [translate("MatchPlate", "Photograph: {0}").format(text) for text in photo.credits if text]
        texts += [translate("MatchPlate", "Map: {0}").format(text) for text in scene.credits if text]
        texts += [made] if made else []
        self.lines = wrapped_lines([one_line(text, LONGEST_CREDIT) for text in texts], self.width - 2 * EDGE_PX * r, r)
        mark = 2 * MARKING_PX * r if marking else 0
        fixed = (EDGE_PX + TITLE_PX + HEAD_PX + 8 + EDGE_PX) * r + len(self.lines) * LINE_PX * r
        self.height = round(mark + fixed) + self._frame_height

    def image(self) -> QImage:
        """The plate, with the words that a cropped copy would lose as text in it. Raises ExportFailed."""
        picture = QImage(self.width, self.height, QImage.Format.Format_RGB32)
        if picture.isNull():
            raise ExportFailed("There is not enough memory for a picture of this size: make the window smaller.")
        with painting(picture) as painter:
            self.paint(painter)
        for key, text in (
            ("Title", self.title),
            ("Description", " ".join(self.lines)),
            ("Marking", self.marking or "none"),
            ("Software", "Geoloupe"),
        ):
            picture.setText(key, plain(text))
        return picture

    def paint(self, painter: QPainter) -> None:
        """Paint the plate at the painter's origin."""
        r, edge = self.ratio, EDGE_PX * self.ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, self.width, self.height), PAPER)
        top = self._paint_marking(painter, 0.0) + edge
        _text(painter, QRectF(edge, top, self.width - 2 * edge, TITLE_PX * r), self.title, font(18 * r, bold=True))
        top += TITLE_PX * r
        left = edge
        for side in (self._photo, self._scene):
            self._paint_side(painter, side, round(left), round(top))
            left += side.view.width + GAP_PX * r
        top += HEAD_PX * r + self._frame_height + 8 * r
        for line in self.lines:
            box = QRectF(edge, top, self.width - 2 * edge, LINE_PX * r)
            _text(painter, box, line, font(CREDIT_PX * r), QUIET)
            top += LINE_PX * r
        if self.marking:
            self._paint_marking(painter, self.height - MARKING_PX * r)

    def _paint_side(self, painter: QPainter, side: PlateSide, left: int, top: int) -> None:
        r, view = self.ratio, side.view
        _text(painter, QRectF(left, top, view.width, HEAD_PX * r), side.heading, font(12.5 * r, bold=True))
        below = top + round(HEAD_PX * r)
        painter.save()
        painter.setClipRect(QRect(left, below, view.width, view.height))
        painter.translate(left, below)
        side.scene.paint_map(painter, view)
        if side.is_map and not is_off_earth(view.grid.crs):
            paint_scale_bar(painter, QRectF(12 * r, view.height - 44 * r, min(220 * r, view.width / 2), 34 * r), view)
            paint_north_arrow(painter, QRectF(view.width - 50 * r, 10 * r, 40 * r, 48 * r), view)
        paint_numbers(painter, view, side.numbers)
        painter.restore()
        painter.setPen(LINE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRect(left, below, view.width, view.height).adjusted(-1, -1, 0, 0))

    def _paint_marking(self, painter: QPainter, top: float) -> float:
        """Paint the handling marking over the whole width, and return its height."""
        if not self.marking:
            return 0.0
        color, ground = MARKING_COLORS.get(self.marking, (INK.name(), PAPER.name()))
        room = QRectF(0, top, self.width, MARKING_PX * self.ratio)
        painter.fillRect(room, QColor(ground))
        face = font(12 * self.ratio, bold=True)
        _text(painter, room, self.marking, face, QColor(color), Qt.AlignmentFlag.AlignCenter)
        return room.height()


def wrapped_lines(texts: list[str], width: float, ratio: float) -> list[str]:
    """Break texts at spaces into lines of at most `width` pixels; a longer word has a line of its own.

    `ratio`: pixels a logical pixel.
    """
    metrics = QFontMetricsF(font(CREDIT_PX * ratio))
    out: list[str] = []
    for text in texts:
        line = ""
        for word in plain(text).split():
            longer = f"{line} {word}" if line else word
            if line and metrics.horizontalAdvance(longer) > width:
                out.append(line)
                longer = word
            line = longer
        out.append(line)
    return [line for line in out if line]


def lacking(pairs: Sequence[Pair]) -> list[str]:
    """Sentences that list the numbers on one side alone, and those more than once on the map."""
    numbers_by_sentence = (
        (translate("MatchPlate", "Not on the map: {0}."), [pair.number for pair in pairs if not pair.markers]),
        (translate("MatchPlate", "Not on the photograph: {0}."), [pair.number for pair in pairs if pair.photo is None]),
        (
            translate("MatchPlate", "More than once on the map: {0}."),
            [pair.number for pair in pairs if len(pair.markers) > 1],
        ),
    )
    return [sentence.format(_number_list(numbers)) for sentence, numbers in numbers_by_sentence if numbers]


def _number_list(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:MOST_SAID]))
    return shown if len(numbers) <= MOST_SAID else f"{shown} …"


def _text(
    painter: QPainter,
    box: QRectF,
    text: str,
    face: QFont,
    color: QColor = INK,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    painter.setFont(face)
    painter.setPen(color)
    shown = QFontMetricsF(face).elidedText(one_line(text, 1000), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, align, shown)
