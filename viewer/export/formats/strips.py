"""Paints a page part by part, and hands it on strip by strip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from viewer.export.formats.packed_rows import PackedRows
from viewer.export.formats.sheets import HeldSheet, Strip, painted_block
from viewer.export.formats.writing import HELPERS, Workshop
from viewer.export.printed import IN_PARTS, PaintedGroup, Printed, is_held

BAND_PIXELS = 16_000_000
"""Pixels of the part of a page whose tiles are in memory at once, where the page is too large to be held."""
STRIP_PIXELS = 1_000_000
"""Pixels of the rows that are written at once."""
PART_PIXELS = 2_000_000
"""Pixels of a picture that are painted at once: no call to Qt takes more than some hundredths of a second."""
BLOCK_ROWS = 128

type Put = Callable[[Strip], object]


def painted_strips(
    printed: Printed,
    page: int,
    shop: Workshop,
    put: Put,
    room: QRect | None = None,
    groups: Sequence[PaintedGroup] = (),
) -> None:
    """Paint a part of a page (`room`, by default all of it), or only some `groups`, and call `put` with each strip.

    Strips come from top to bottom. Their `top` is counted from the upper edge of the page.
    """
    size = printed.size_px(page)
    room, groups = room or QRect(0, 0, *size), groups or printed.groups(page)
    strips = (
        _paint_held(printed, page, shop, room, groups)
        if is_held(*size)
        else _paint_in_blocks(printed, page, shop, room, groups)
    )
    for strip in strips:
        put(strip)
    shop.finish()


def packed_strips(
    printed: Printed,
    page: int,
    shop: Workshop,
    file: PackedRows,
    room: QRect | None = None,
    groups: Sequence[PaintedGroup] = (),
) -> None:
    """Paint strips as `painted_strips` does, and pack them into `file` on helper threads."""
    last: NDArray[np.uint8] | None = None

    def put(strip: Strip) -> None:
        nonlocal last
        above, last = last, strip.last_row()
        shop.hand_on(lambda: file.put_rgb32(strip.top, strip.argb, above))

    painted_strips(printed, page, shop, put, room, groups)


def _paint_held(
    printed: Printed, page: int, shop: Workshop, room: QRect, groups: Sequence[PaintedGroup]
) -> Iterator[Strip]:
    """Paint onto a page that is held, group by group: pictures part by part, all other things whole, each once."""
    sheet = HeldSheet(*printed.size_px(page))
    for part in _cut(room, -(-room.height() // HELPERS)):
        shop.hand_on(partial(sheet.clear, part))
    shop.read(printed, page)
    shop.finish()
    for group in groups:
        if group.kind in IN_PARTS:
            for part in _cut(room, PART_PIXELS // room.width()):
                sheet.paint(part, partial(printed.paint, page=page, clip=part, group=group))
                shop.check()
        else:
            sheet.paint(None, partial(printed.paint, page=page, group=group, checkpoint=shop.check))
    for part in _cut(room, STRIP_PIXELS // room.width()):
        yield sheet.strip(part)


def _paint_in_blocks(
    printed: Printed, page: int, shop: Workshop, room: QRect, groups: Sequence[PaintedGroup]
) -> Iterator[Strip]:
    """Paint a page that is too large to be held, in blocks of some rows."""

    def paint(part: QRect, painter: QPainter) -> None:
        for group in groups:
            painter.save()
            printed.paint(painter, page, part, group)
            painter.restore()

    rows = max(1, BAND_PIXELS // room.width() // BLOCK_ROWS) * BLOCK_ROWS
    for band in _cut(room, rows):
        shop.read(printed, page, band)
        for part in _cut(band, BLOCK_ROWS):
            yield painted_block(part, partial(paint, part))


def _cut(room: QRect, rows: int) -> Iterator[QRect]:
    """Cut a box into strips of `rows` rows, at least one."""
    rows = max(1, rows)
    for top in range(room.top(), room.bottom() + 1, rows):
        yield QRect(room.left(), top, room.width(), min(rows, room.bottom() + 1 - top))
