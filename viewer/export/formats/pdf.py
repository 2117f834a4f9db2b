"""Writes PDF: Qt paints vectors and text group by group, imagery is packed here, and `pdf_parts` joins them all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from layers.checkpoint import Checkpoint, unchecked
from viewer.export.formats.letters_as_shapes import LettersAsShapes
from viewer.export.formats.metadata import xmp_packet
from viewer.export.formats.packed_rows import PackedRows
from viewer.export.formats.pdf_pages import PackedImage, PaintedSheets, PdfFrame, PdfGroup, PdfPage
from viewer.export.formats.strips import packed_strips
from viewer.export.formats.writing import Made, Workshop
from viewer.export.printed import GroupKind, MapFrame, PaintedGroup, PartPlace, Printed, imagery_room
from viewer.support.painting import painting, part_of_picture

POINTS = 72.0
_ON_A_SHEET, _MOST_ON_A_SHEET = {GroupKind.MAP: 1, GroupKind.LABELS: 3}, 12
"""Most things on one sheet: for some kinds of groups, and for all others. More would take Qt too long to pack.

They are counted, not timed, so that the file is the same each time.
"""


def write_pdf(printed: Printed, shop: Workshop) -> Made:
    """Write all pages into one PDF."""
    pages = []
    for page in range(printed.pages):
        shop.read(printed, page)
        width, height = printed.size_px(page)
        groups: list[PdfGroup] = []
        for group in printed.groups(page):
            if group.kind is GroupKind.IMAGERY:
                image = _ImageFile(imagery_room(printed, group, page))
                packed_strips(printed, page, shop, image.rows, image.room, [group])
                image.rows.close()
                groups.append(PdfGroup(group.kind, group.title, group.frame, image.packed()))
            else:
                shapes = vectors(printed, page, printed.parts(group), shop.check)
                groups.append(PdfGroup(group.kind, group.title, group.frame, shapes))
        scale = POINTS / printed.dpi
        frames = {n: _frame(frame, scale) for n, frame in enumerate(printed.frames) if frame.page == page}
        links = [(_box(link.box_px, scale), link.address) for link in printed.links(page)]
        pages.append(PdfPage(width * scale, height * scale, scale, groups, frames, links))
    out = shop.folder / "product.pdf"
    from viewer.export.formats.pdf_parts import assembled  # here, in the job: it loads pypdf

    assembled(out, pages, printed.words, xmp_packet(printed.words))
    return [(out, shop.target)]


def vectors(
    printed: Printed, page: int, parts: Sequence[PaintedGroup], checkpoint: Checkpoint = unchecked
) -> PaintedSheets:
    """Paint the parts of a group into a PDF of its own, each on one or more sheets, and an empty one at the end.

    All sheets are to be laid on the page, their upper left corners on its upper left corner.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    width, height = (math.ceil(side * POINTS / printed.dpi) + 1 for side in printed.size_px(page))
    exactly = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QSizeF(width, height), QPageSize.Unit.Point, "", exactly),
            QPageLayout.Orientation.Portrait,
            QMarginsF(),
        )
    )
    resolution = round(printed.dpi)  # the page's own, so that what is painted can be set on its pixels
    writer.setResolution(resolution)
    counts = []
    with painting(writer, LettersAsShapes if printed.letters_as_shapes else QPainter) as painter:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        painter.scale(resolution / printed.dpi, resolution / printed.dpi)
        for part in parts:
            sheets = _Sheets(writer, _ON_A_SHEET.get(part.kind, _MOST_ON_A_SHEET), checkpoint)
            is_mark = part.part is not None and part.part.place is PartPlace.MARK
            with part_of_picture(painter):
                printed.paint(painter, page, None, part, checkpoint if is_mark else sheets.turn)
            writer.newPage()  # the last sheet stays empty: with it Qt packs the fonts, too
            counts.append((part.part, sheets.count))
    return PaintedSheets(bytes(buffer.data().data()), counts)


class _Sheets(Struct, eq=False):
    """Sheets of a PDF with at most `each` things: Qt packs a whole sheet when it ends, while the window waits."""

    writer: QPdfWriter
    each: int
    checkpoint: Checkpoint
    painted: int = 0
    count: int = 1

    def turn(self) -> None:
        """Begin another sheet where this one is full; called after each thing."""
        self.checkpoint()
        self.painted += 1
        if self.painted % self.each == 0:
            self.writer.newPage()
            self.count += 1


class _ImageFile:
    """File of packed imagery for a PDF."""

    def __init__(self, room: QRect) -> None:
        self.room = room
        self._pieces: list[bytes] = []
        self.rows = PackedRows(self._pieces.append, room.top())

    def packed(self) -> PackedImage:
        room = self.room
        return PackedImage(b"".join(self._pieces), room.left(), room.top(), room.width(), room.height())


def _box(room: QRectF, scale: float) -> tuple[float, ...]:
    return tuple(value * scale for value in (room.left(), room.top(), room.right(), room.bottom()))


def _frame(frame: MapFrame, scale: float) -> PdfFrame:
    """The frame with the corners of its map in its CRS: lower left, upper left, upper right, lower right."""
    room, view = frame.rect_px, frame.view
    width, height = room.width(), room.height()
    corners = tuple(view.to_world(*at) for at in ((0, height), (0, 0), (width, 0), (width, height)))
    return PdfFrame(frame.title, frame.alt_text, _box(room, scale), view.grid.crs, corners)
