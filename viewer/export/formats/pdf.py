"""Writes PDF: vectors and text by Qt, group by group, packed imagery, all joined with map places and tags."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from viewer.export.formats.metadata import xmp_packet
from viewer.export.formats.packed_rows import PackedRows
from viewer.export.formats.pdf_pages import PackedImage, PdfFrame, PdfGroup, PdfPage
from viewer.export.formats.steps import Pending, Steps, Workshop, paced, result_of
from viewer.export.formats.strips import packed_strips, ready
from viewer.export.plates.printed import GroupKind, MapFrame, PaintedGroup, Printed, ProductWords, imagery_room
from viewer.support.painting import painting

POINTS = 72.0
_STEPS_A_SHEET, _MOST_STEPS = {GroupKind.MAP: 1, GroupKind.LABELS: 3}, 12
"""Steps on a sheet by kind of group, and most steps, set by the time that packing takes.

A number rather than a time, so that the file is the same each time.
"""


def write_pdf(printed: Printed, shop: Workshop, made: list[tuple[Path, Path]]) -> Steps:
    """Write all pages into one PDF."""
    pages = []
    for page in range(printed.pages):
        yield from ready(printed, page)
        width, height = printed.size_px(page)
        groups: list[PdfGroup] = []
        for group in printed.groups(page):
            if group.kind is GroupKind.IMAGERY:
                image = _ImageFile(imagery_room(printed, group, page))
                yield from packed_strips(printed, page, shop, image.rows, image.room, [group])
                image.rows.close()
                groups.append(PdfGroup(group.kind, group.title, group.frame, image.packed()))
            else:
                shapes = yield from vectors(printed, page, group)
                groups.append(PdfGroup(group.kind, group.title, group.frame, shapes))
        scale = POINTS / printed.dpi
        frames = {n: _frame(one, scale) for n, one in enumerate(printed.frames) if one.page == page}
        links = [(_box(one.box_px, scale), one.address) for one in printed.links(page)]
        pages.append(PdfPage(width * scale, height * scale, scale, groups, frames, links))
    out = shop.folder / "product.pdf"
    yield from result_of(shop.job(partial(_assemble, out, pages, printed.words)))
    made.append((out, shop.target))


def _assemble(out: Path, pages: Sequence[PdfPage], words: ProductWords) -> None:
    from viewer.export.formats.pdf_parts import assembled  # in the job: it loads pikepdf

    assembled(out, pages, words, xmp_packet(words))


def vectors(printed: Printed, page: int, group: PaintedGroup) -> Generator[Pending | None, None, bytes]:
    """A group as a PDF whose pages lie on each other, their upper left corners on the page's, with an empty page at the
    end.

    It is painted in steps.
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
    with painting(writer) as painter:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        painter.scale(resolution / printed.dpi, resolution / printed.dpi)
        steps = printed.paint_in_steps(painter, page, group)
        yield from paced(_in_sheets(writer, steps, _STEPS_A_SHEET.get(group.kind, _MOST_STEPS)))
    return bytes(buffer.data().data())


def _in_sheets(writer: QPdfWriter, steps: Iterator[None], each: int) -> Iterator[None]:
    """Paint steps on sheets of `each` steps, as Qt packs a whole sheet when it ends.

    One more sheet stays empty: with the last one Qt packs the fonts, too.
    """
    for number, _step in enumerate(steps, start=1):
        yield
        if number % each == 0:
            writer.newPage()
            yield
    writer.newPage()
    yield


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
