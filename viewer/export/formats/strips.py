"""Paints a page part by part, each in a few hundredths of a second, and hands it on strip by strip."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from viewer.export.formats.packed_rows import PackedRows
from viewer.export.formats.sheets import HeldSheet, Strip, is_held, painted_block
from viewer.export.formats.steps import Awaited, Readiness, Steps, Workshop, paced
from viewer.export.plates.printed import IN_PARTS, PaintedGroup, Printed

AIM_S = 0.01
"""Seconds that the painting of one part should take."""
BAND_PIXELS = 16_000_000
"""Pixels of the part of a page whose tiles are held in memory at once, where not the whole page is."""
STRIP_PIXELS = 1_000_000
"""Pixels of the rows that are written at once."""
FIRST_PIXELS, LEAST_PIXELS, MOST_PIXELS = 500_000, 125_000, 2_000_000
"""Pixels of the part of a page that is painted at once: at first, at least and at most."""
BLOCK_ROWS = 128
MOST_UNDER_WAY = 3
"""Most strips that wait to be written, or are being written."""

type Put = Callable[[Strip], Awaited[None]]


def painted_strips(
    printed: Printed, page: int, put: Put, room: QRect | None = None, groups: Sequence[PaintedGroup] = ()
) -> Steps:
    """Paint a part of a page, by default all of it, or only some `groups`; `put` begins to write a strip.

    Strips come from top to bottom. Their `top` is counted from the upper edge of the page.
    """
    size = printed.size_px(page)
    room, groups = room or QRect(0, 0, *size), groups or printed.groups(page)
    way = _held if is_held(*size) else _in_blocks
    yield from way(printed, page, put, room, groups)


def packed_strips(
    printed: Printed,
    page: int,
    shop: Workshop,
    file: PackedRows,
    room: QRect | None = None,
    groups: Sequence[PaintedGroup] = (),
) -> Steps:
    """Paint strips as `painted_strips` does, packed into a file."""
    last: NDArray[np.uint8] | None = None

    def put(strip: Strip) -> Awaited[None]:
        nonlocal last
        above, last = last, strip.last_row()
        return shop.job(lambda: file.put(strip.top, strip.rgb(), above))

    yield from painted_strips(printed, page, put, room, groups)


def ready(printed: Printed, page: int, part: QRect | None = None) -> Steps:
    """Wait until a part of a page is complete."""
    printed.want(page, part)
    yield Readiness(printed, page, lambda: printed.is_ready(page, part))


def _held(printed: Printed, page: int, put: Put, room: QRect, groups: Sequence[PaintedGroup]) -> Steps:
    """Paint onto a page that is held, group by group: pictures part by part, all other things whole, each once."""
    yield from ready(printed, page)
    sheet = HeldSheet(*printed.size_px(page))
    for group in groups:
        if group.kind in IN_PARTS:
            yield from _in_parts(printed, page, sheet, room, group)
        else:
            yield from paced(sheet.paint_in_steps(partial(printed.paint_in_steps, page=page, group=group)))
    under_way: list[Awaited[None]] = []
    for strip in _cut(room, STRIP_PIXELS // room.width()):
        yield from _room_for_one(under_way)
        under_way.append(put(sheet.strip(strip)))
    yield from _room_for_one(under_way, 1)


def _in_parts(printed: Printed, page: int, sheet: HeldSheet, room: QRect, group: PaintedGroup) -> Steps:
    """Paint a group in parts that take about `AIM_S` each.

    A thing that takes longer, however little of it is painted, is painted with all that is left.
    """
    top, pixels, before = room.top(), FIRST_PIXELS, (0, 0.0)
    while top <= room.bottom():
        part = QRect(room.left(), top, room.width(), max(1, min(pixels // room.width(), room.bottom() + 1 - top)))
        begun = time.thread_time()
        sheet.paint(part, partial(printed.paint, page=page, clip=part, group=group))
        took = max(time.thread_time() - begun, 1e-4)
        is_stubborn = took > AIM_S and part.height() < 0.7 * before[0] and took > 0.7 * before[1]
        fitting = max(LEAST_PIXELS, min(MOST_PIXELS, 2 * pixels, round(pixels * AIM_S / took)))
        pixels, before = room.width() * room.height() if is_stubborn else fitting, (part.height(), took)
        top += part.height()
        yield None


def _in_blocks(printed: Printed, page: int, put: Put, room: QRect, groups: Sequence[PaintedGroup]) -> Steps:
    under_way: list[Awaited[None]] = []

    def paint(part: QRect, painter: QPainter) -> None:
        for group in groups:
            painter.save()
            printed.paint(painter, page, part, group)
            painter.restore()

    rows = max(1, BAND_PIXELS // room.width() // BLOCK_ROWS) * BLOCK_ROWS
    for band in _cut(room, rows):
        yield from ready(printed, page, band)
        for part in _cut(band, BLOCK_ROWS):
            yield from _room_for_one(under_way)
            under_way.append(put(painted_block(part, partial(paint, part))))
            yield None
    yield from _room_for_one(under_way, 1)


def _cut(room: QRect, rows: int) -> Iterator[QRect]:
    """Cut a box into strips of `rows` rows, at least one."""
    rows = max(1, rows)
    for top in range(room.top(), room.bottom() + 1, rows):
        yield QRect(room.left(), top, room.width(), min(rows, room.bottom() + 1 - top))


def _room_for_one(under_way: list[Awaited[None]], most: int = MOST_UNDER_WAY) -> Steps:
    while len(under_way) >= most:
        first = under_way[0]
        if not first.is_done:
            yield first
        assert under_way.pop(0).result is None
