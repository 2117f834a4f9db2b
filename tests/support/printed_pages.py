"""Laid out products without a scene: pages of any size with maps of lines, dashes and names in three scripts."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen

from layers.checkpoint import Checkpoint, unchecked
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.export.printed import (
    GroupKind,
    MapFrame,
    PageLink,
    PaintedGroup,
    Printed,
    ProductWords,
    ShownPlace,
    page_picture,
)
from viewer.support.fonts import font

NAMES = ("Harbour", "Гавань", "港口")
WORDS = ProductWords(
    title="Two ports — Гавань 港口",
    description="What the images show of them.",
    author="A. Analyst",
    organisation="The Desk",
    marking="TLP:AMBER",
    credits=("Contains Copernicus data 2024.", "Annotation: A. Analyst."),
    sources=("Press, “On a port”, 2024-04-13.",),
    alt_text="Map of two ports; both lie on the north coast.",
    language="en",
    keywords=("ports", "Гавань"),
    made_on="2026-01-02",
    processing="Bands 3, 2, 1.",
    status="issued",
    imagery=("Sentinel-2, 31 August 2020, 17:40 UTC",),
    usage=("Sentinel-2: CC BY-SA 3.0 IGO",),
    web_statement="https://creativecommons.org/licenses/by-sa/3.0/igo/",
    places=(ShownPlace("RU", "Russia", "Гавань"),),
)


def frame(page: int, room: QRectF, bounds: Bounds, crs: str = "EPSG:32637", title: str = "North") -> MapFrame:
    view = View.of_bounds(crs, bounds, round(room.width()), round(room.height()))
    return MapFrame(page, room, view, title, f"Map of the {title.lower()}: a port.")


class PrintedPages(Struct):
    """A `Printed` whose maps are complete at once."""

    size: tuple[int, int] = (640, 480)
    dpi: float = 96.0
    pages: int = 1
    words: ProductWords = WORDS
    frames: Sequence[MapFrame] = ()
    letters_as_shapes: bool = False
    late: int = 0
    """Looks after which a wanted part is complete."""
    wanted: list[QRect | None] = field(default_factory=list)
    _looks: int = 0

    def words_of(self, page: int) -> ProductWords:
        return self.words

    def without_page(self) -> PrintedPages:
        return self

    def size_px(self, page: int) -> tuple[int, int]:
        return self.size

    def groups(self, page: int) -> Sequence[PaintedGroup]:
        found = [PaintedGroup(GroupKind.GROUND, "Page")]
        for number, one in enumerate(self.frames):
            if one.page == page:
                found.append(PaintedGroup(GroupKind.IMAGERY, f"{one.title}: imagery", number))
                found.append(PaintedGroup(GroupKind.MAP, f"{one.title}: marks", number))
                found.append(PaintedGroup(GroupKind.LABELS, f"{one.title}: names", number))
        return [*found, PaintedGroup(GroupKind.FURNITURE, "Furniture")]

    def parts(self, group: PaintedGroup) -> Sequence[PaintedGroup]:
        return [group]

    def links(self, page: int) -> Sequence[PageLink]:
        return ()

    @property
    def scenes(self) -> Sequence[MapScene]:
        return ()

    def want(self, page: int, clip: QRect | None = None) -> None:
        self.wanted.append(clip)
        self._looks = 0

    def is_ready(self, page: int, clip: QRect | None = None) -> bool:
        self._looks += 1
        return self._looks > self.late

    def waits_for(self, page: int) -> list[str]:
        return ["Slow"]

    def paint(
        self,
        painter: QPainter,
        page: int,
        clip: QRect | None = None,
        group: PaintedGroup | None = None,
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        for one in self.groups(page):
            if group in (None, one):
                painter.save()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._paint(painter, page, one)
                painter.restore()
                checkpoint()

    def _paint(self, painter: QPainter, page: int, group: PaintedGroup) -> None:
        width, height = self.size
        if group.kind is GroupKind.GROUND:
            painter.fillRect(0, 0, width, height, QColor("#ffffff"))
        elif group.kind is GroupKind.FURNITURE:
            painter.setFont(font(self.dpi / 6))
            painter.setPen(QColor("#16202a"))
            painter.drawText(QPointF(8, height - 8), f"{self.words.title}, page {page + 1}")
        else:
            assert group.frame is not None
            room = self.frames[group.frame].rect_px
            painter.setClipRect(room.toRect(), Qt.ClipOperation.IntersectClip)
            painter.translate(room.topLeft())
            {GroupKind.IMAGERY: _imagery, GroupKind.MAP: _lines, GroupKind.LABELS: _names}[group.kind](
                painter, room, self.dpi
            )


def _imagery(painter: QPainter, room: QRectF, dpi: float) -> None:
    shade = QLinearGradient(0, 0, room.width(), room.height())
    shade.setColorAt(0, QColor("#103050"))
    shade.setColorAt(1, QColor("#a0c060"))
    painter.fillRect(QRectF(0, 0, room.width(), room.height()), shade)


def _lines(painter: QPainter, room: QRectF, dpi: float) -> None:
    pen = QPen(QColor("#ffd23f"), dpi / 32)
    for number in range(12):
        pen.setStyle(Qt.PenStyle.DashLine if number % 2 else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(
            QPointF(-50, room.height() * number / 9), QPointF(room.width() * 1.2, room.height() * (12 - number) / 11)
        )


def _names(painter: QPainter, room: QRectF, dpi: float) -> None:
    painter.setFont(font(dpi / 7))
    painter.setPen(QColor("#ffffff"))
    for number, name in enumerate(NAMES):
        painter.drawText(QPointF(room.width() / 5, room.height() * (number + 1) / 4), name)


def one_map(size: tuple[int, int] = (640, 480), dpi: float = 96.0, crs: str = "EPSG:32637") -> PrintedPages:
    """A page with a map that begins between two pixels."""
    room = QRectF(20.5, 30.25, size[0] - 60.0, size[1] - 80.0)
    bounds = Bounds(400_000, 5_500_000, 400_000 + room.width() * 10, 5_500_000 + room.height() * 10)
    return PrintedPages(size, dpi, frames=[frame(0, room, bounds, crs)])


def two_pages() -> PrintedPages:
    """Two maps on the first page, one on the second."""
    rooms = (QRectF(10, 10, 300, 400), QRectF(330, 10, 300, 400))
    bounds = Bounds(400_000, 5_500_000, 403_000, 5_504_000)
    frames = [frame(0, rooms[0], bounds), frame(0, rooms[1], bounds, title="South"), frame(1, rooms[0], bounds)]
    return replace(PrintedPages(pages=2), frames=frames)


def whole_picture(printed: Printed, page: int = 0) -> QImage:
    """A page as a preview has it, at once."""
    return page_picture(printed, page)
