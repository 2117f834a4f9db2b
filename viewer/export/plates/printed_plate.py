"""A plate at one resolution: what formats, the window and the batch print."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.grid.tile_grid import View
from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.spec import ProductSpec
from viewer.canvas.shown_scene import ShownScene, is_view_read, late_layers, read_view
from viewer.export.plates.draft_stamp import draft_stamp
from viewer.export.plates.file_words import map_alt_text, map_title, words_of_pages
from viewer.export.plates.group_parts import label_pieces, parts_of
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.map_scenes import as_seen
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.setting.piece import Piece, sharp_rect
from viewer.export.printed import GroupKind, GroupPart, MapFrame, PageLink, PaintedGroup, ProductWords, is_held
from viewer.export.processing import processing_lines
from viewer.rendering.vector.qt_shapes import is_vector_device
from viewer.support.painting import painting, part_of_picture

_PAINTED_GREY = (GroupKind.IMAGERY, GroupKind.MAP)
"""Groups that become pictures in a grey page that keeps its vectors, as their colours are not ours to choose.

They are painted whole: cutting them would shift the dashes of lines in Qt.
"""
SCREEN_DPI = 96.0
_GREY_PIXELS = 500_000
"""Pixels of a page in grey that are painted at once."""


class PrintedPlate:
    """A plate at a resolution. It holds little else, so that many may be made of one plate."""

    def __init__(self, plate: Plate, dpi: float, *, is_stamped: bool = False) -> None:
        """`is_stamped`: DRAFT stands in the margins of each page."""
        self.plate, self._dpi, self.is_stamped = plate, dpi, is_stamped
        self._ratio = dpi / SCREEN_DPI

    @property
    def pages(self) -> int:
        return self.plate.pages

    @property
    def dpi(self) -> float:
        return self._dpi

    @property
    def case(self) -> Document:
        """The case as it was laid out."""
        return self.plate.document

    @property
    def content(self) -> ProductContent:
        """The words of evidence that it prints."""
        return self.plate.content

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of marks in its key, by uuid."""
        return self.plate.numbers

    def facts(self) -> ProductFacts:
        """The facts that the check judges."""
        return facts_of(self.plate)

    def as_seen(self, spec: ProductSpec) -> ProductSpec:
        """The product with its layers fixed, and the stretches that follow the view (DRA), as they are seen now."""
        return as_seen(spec, self.case, self.plate.read.stretches)

    def stamped(self) -> PrintedPlate:
        """The plate with DRAFT in the margins of each page."""
        return PrintedPlate(self.plate, self._dpi, is_stamped=True)

    @property
    def ratio(self) -> float:
        """Pixels a logical pixel."""
        return self._ratio

    @property
    def frames(self) -> Sequence[MapFrame]:
        frames = []
        for on_page in self.plate.maps:
            rect, view = on_page.framing.at(self._ratio)
            title = map_title(self.plate, on_page)
            frames.append(MapFrame(on_page.page, QRectF(rect), view, title, map_alt_text(self.plate, on_page, title)))
        return frames

    @property
    def words(self) -> ProductWords:
        return words_of_pages(self.plate, range(self.pages), self._processing())

    def words_of(self, page: int) -> ProductWords:
        return words_of_pages(self.plate, [page], self._processing())

    @property
    def letters_as_shapes(self) -> bool:
        return self.plate.spec.outlines

    def without_page(self) -> PrintedPlate:
        return PrintedPlate(self.plate.naming_nobody(), self._dpi)

    def _processing(self) -> list[str]:
        """Lines on the images' processing with exact numbers; the page itself has them in words.

        They name layers, and are left out of a published product.
        """
        if self.plate.spec.publish:
            return []
        plate = self.plate
        lines = (
            processing_lines(on_page.shown, on_page.framing.view, exactly=True, match=note)
            for on_page, note in zip(plate.maps, plate.notes, strict=True)
        )
        return list(dict.fromkeys(line for map_lines in lines for line in map_lines))

    def size_px(self, page: int) -> tuple[int, int]:
        sizes = self.plate.sizes
        return max(1, round(sizes.width * self._ratio)), max(1, round(sizes.height * self._ratio))

    def groups(self, page: int) -> Sequence[PaintedGroup]:
        groups = [PaintedGroup(GroupKind.GROUND, "Page")]
        for on_page in self._maps(page):
            title = f"Map {on_page.number + 1}"
            groups.append(PaintedGroup(GroupKind.IMAGERY, f"Imagery of map {on_page.number + 1}", on_page.number))
            groups.append(PaintedGroup(GroupKind.MAP, title, on_page.number))
            groups.append(PaintedGroup(GroupKind.LABELS, f"Labels of map {on_page.number + 1}", on_page.number))
        return [*groups, PaintedGroup(GroupKind.FURNITURE, "Furniture")]

    def parts(self, group: PaintedGroup) -> Sequence[PaintedGroup]:
        is_painted_grey = self.plate.spec.grey and group.kind in _PAINTED_GREY
        if group.frame is None or is_painted_grey:
            return [group]
        return parts_of(self.plate, self.plate.maps[group.frame], group)

    def views_at(self, dpi: float) -> Sequence[tuple[ShownScene, View]]:
        """The maps of all pages, each with the views in which a file of so many dots an inch reads it."""
        sizes = self.plate.sizes
        is_read_whole = is_held(*(max(1, round(side * dpi / SCREEN_DPI)) for side in (sizes.width, sizes.height)))
        # A page that is too large to be held is read at the screen's resolution first, for its words.
        ratios = [dpi / SCREEN_DPI] if is_read_whole else [1.0, dpi / SCREEN_DPI]
        return [(on_page.shown, on_page.framing.at(ratio)[1]) for on_page in self.plate.maps for ratio in ratios]

    def links(self, page: int) -> Sequence[PageLink]:
        r = self._ratio
        placed = (
            (box.translated(piece.shift), address)
            for piece in self.plate.pieces
            if piece.page == page
            for box, address in piece.links
        )
        return [
            PageLink(QRectF(box.left() * r, box.top() * r, box.width() * r, box.height() * r), address)
            for box, address in placed
        ]

    @property
    def scenes(self) -> Sequence[ShownScene]:
        return self.plate.shown

    def want(self, page: int, clip: QRect | None = None) -> None:
        for on_page in self._maps(page):
            shown_part = on_page.view_at(self._ratio, clip)
            if shown_part is not None:
                on_page.shown.set_view(shown_part[1])

    def is_ready(self, page: int, clip: QRect | None = None) -> bool:
        views = ((on_page.shown, on_page.view_at(self._ratio, clip)) for on_page in self._maps(page))
        return all(shown_part is None or shown.is_complete(shown_part[1]) for shown, shown_part in views)

    def read(self, page: int) -> None:
        for on_page in self._maps(page):
            read_view(on_page.shown, on_page.framing.at(self._ratio)[1])

    def is_read(self, page: int) -> bool:
        maps = self._maps(page)
        return all(is_view_read(on_page.shown, on_page.framing.at(self._ratio)[1]) for on_page in maps)

    def waits_for(self, page: int) -> list[str]:
        return list(
            dict.fromkeys(
                name
                for on_page in self._maps(page)
                for name in late_layers(on_page.shown, on_page.framing.at(self._ratio)[1])
            )
        )

    # -- dragging -------------------------------------------------------------------------------------------------

    def things(self, page: int) -> Sequence[str]:
        """The keys of all things that can be moved on a page, in reading order."""
        pieces = [piece for piece in self.plate.pieces if piece.page == page and piece.is_draggable]
        pieces.sort(key=lambda piece: (piece.place.top(), piece.place.left()))
        return list(dict.fromkeys(piece.key for piece in pieces))

    def thing_at(self, page: int, x_px: float, y_px: float) -> str:
        """The key in `spec.moved` of the uppermost thing there; empty for none."""
        return self.plate.thing_at(page, x_px / self._ratio, y_px / self._ratio)

    def box_of(self, key: str) -> QRectF | None:
        """The box of a thing as it is now, in pixels of its page."""
        box = self.plate.box_of(key)
        r = self._ratio
        return None if box is None else QRectF(box.left() * r, box.top() * r, box.width() * r, box.height() * r)

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        page: int,
        clip: QRect | None = None,
        group: PaintedGroup | None = None,
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        is_vector = is_vector_device(painter)
        if not self.plate.spec.grey or (is_vector and (group is None or group.kind not in _PAINTED_GREY)):
            self._paint(painter, page, clip, group, checkpoint)
        elif clip is None and not is_vector and group is not None and group.kind not in _PAINTED_GREY:
            width, height = self.size_px(page)
            rows = max(1, _GREY_PIXELS // width)
            for top in range(0, height, rows):
                self._paint_grey(painter, page, QRect(0, top, width, min(rows, height - top)), group)
                checkpoint()
        else:
            whole = QRect(0, 0, *self.size_px(page))
            self._paint_grey(painter, page, whole if clip is None else clip.intersected(whole), group)

    def _paint_grey(self, painter: QPainter, page: int, area: QRect, group: PaintedGroup | None) -> None:
        image = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        with painting(image) as inner:
            inner.translate(-area.topLeft())
            inner.setClipRect(area)
            self._paint(inner, page, area, group, unchecked)
        painter.drawImage(area.topLeft(), greyed(image))

    def _paint(
        self, painter: QPainter, page: int, clip: QRect | None, group: PaintedGroup | None, checkpoint: Checkpoint
    ) -> None:
        kinds = set(GroupKind) if group is None else {group.kind}
        frame = None if group is None else group.frame
        if GroupKind.GROUND in kinds:
            painter.fillRect(QRect(0, 0, *self.size_px(page)), QColor(self.plate.style.paper))
        for on_page in self._maps(page):
            if frame is not None and on_page.number != frame:
                continue
            if GroupKind.IMAGERY in kinds:
                on_page.paint_imagery(painter, self._ratio, clip)
            if GroupKind.MAP in kinds:
                on_page.paint_marks(painter, self._ratio, clip, checkpoint, None if group is None else group.part)
            if GroupKind.LABELS in kinds:
                self._paint_labels(painter, on_page, clip, checkpoint, None if group is None else group.part)
        if GroupKind.FURNITURE in kinds:
            self._paint_furniture(painter, page, clip, checkpoint)

    def _paint_labels(
        self,
        painter: QPainter,
        on_page: MapOnPage,
        clip: QRect | None,
        checkpoint: Checkpoint,
        part: GroupPart | None = None,
    ) -> None:
        labels = [piece for piece in label_pieces(self.plate, on_page) if part is None or piece.key == part.key]
        with part_of_picture(painter):
            painter.scale(self._ratio, self._ratio)
            for piece in labels:
                piece.paint_leader(painter)
                checkpoint()
            for piece in reversed(labels):
                if self._is_seen(piece, clip):
                    piece.paint(painter, checkpoint)

    def _paint_furniture(self, painter: QPainter, page: int, clip: QRect | None, checkpoint: Checkpoint) -> None:
        with part_of_picture(painter):
            painter.scale(self._ratio, self._ratio)
            for piece in self._pieces(page, clip):
                if piece.kind is GroupKind.FURNITURE:
                    piece.paint(painter, checkpoint)
            if self.plate.spec.shows("frame"):
                self._paint_frames(painter, page)

    def _paint_frames(self, painter: QPainter, page: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for on_page in self._maps(page):
            painter.drawRect(sharp_rect(painter, on_page.rect, self.plate.style.ink, 0.9))

    def _pieces(self, page: int, clip: QRect | None) -> list[Piece]:
        stamp = draft_stamp(self.plate.sizes, page) if self.is_stamped else []
        own = [piece for piece in self.plate.pieces if piece.page == page]
        return [piece for piece in (*own, *stamp) if self._is_seen(piece, clip)]

    def _is_seen(self, piece: Piece, clip: QRect | None) -> bool:
        """True where a piece may be visible in a clip, with a margin: letters may lean out of its box, and signs stand
        beside it.
        """
        if clip is None:
            return True
        room = piece.place if piece.painted is None else piece.painted.translated(piece.shift)
        room = room.adjusted(-40.0, -40.0, 40.0, 40.0)
        r = self._ratio
        return QRectF(clip).intersects(QRectF(room.left() * r, room.top() * r, room.width() * r, room.height() * r))

    def _maps(self, page: int) -> list[MapOnPage]:
        return [on_page for on_page in self.plate.maps if on_page.page == page]


def greyed(image: QImage) -> QImage:
    """A picture in grey, with the same transparency."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    picture = grey.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    with painting(picture) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(QPointF(), image)
    return picture
