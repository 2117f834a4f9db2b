"""The lines of a page outside its maps as pieces, and the heights of those above and below each map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF

from layers.product.issuing.edition import Edition, status_words
from layers.product.spec import ProductSpec
from viewer.export.plates.map_words import MapWords
from viewer.export.plates.page_head import (
    Heading,
    caption_below,
    caption_height,
    lines_height,
    logo_height,
    marking_piece,
    page_number_piece,
)
from viewer.export.plates.plate_words import edition_words
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import Type
from viewer.export.plates.setting.page_rooms import PageRooms, frame_of_page
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece, lines_piece
from viewer.export.plates.setting.word_pages import head_height
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

_QUIET = 0.92
"""Size of credits and imprint, relative to running text."""


def heights_of(spec: ProductSpec, sizes: PageSizes, words: MapWords, rooms: PageRooms) -> list[float]:
    """The heights of the titles above the maps, of the lines below them, and of the foot."""
    small, cells = sizes.type(_QUIET), rooms.cells
    heights = [_strip_height(strip, sizes, cell.frame) for strip, cell in zip(words.strips, cells, strict=True)]
    for lines, cell in zip(words.captions, cells, strict=True):
        below = caption_height(spec, sizes, cell.caption.width())
        heights.append(below + lines_height(lines, small, cell.caption.width()) + 0.35 * sizes.body)
    width = rooms.foot.width()
    return [*heights, 0.0 if sizes.is_small else lines_height([*words.common, *words.foot], small, width)]


def first_page_pieces(
    spec: ProductSpec, sizes: PageSizes, style: HouseStyle, words: MapWords, heading: Heading, rooms: PageRooms
) -> list[Piece]:
    """Heading, the lines above and below the maps, and the imprint."""
    small = sizes.type(_QUIET)
    pieces = heading.pieces(rooms.header, logo_height(sizes))
    for number, cell in enumerate(rooms.cells):
        if words.strips[number]:
            strip, type_ = [words.strips[number]], _strip_type(sizes)
            pieces.append(lines_piece(f"map title:{number}", 0, cell.strip, strip, type_, style.ink))
        room = cell.caption.adjusted(0.0, 0.3 * sizes.body, 0.0, 0.0)
        if below := caption_below(spec, sizes):
            height = caption_height(spec, sizes, room.width())
            box = QRectF(room.left(), room.top(), room.width(), height)
            pieces.append(lines_piece("caption", 0, box, [below], sizes.type(), style.ink))
            room = room.adjusted(0.0, height, 0.0, 0.0)
        if words.captions[number]:
            pieces.append(lines_piece(f"credit:{number}", 0, room, words.captions[number], small, style.quiet))
    room = QRectF(rooms.foot)
    if words.common:
        height = lines_height(words.common, small, room.width())
        box = QRectF(room.left(), room.top(), room.width(), height)
        pieces.append(lines_piece("credits", 0, box, words.common, small, style.quiet))
        room.setTop(box.bottom())
    if words.foot and not sizes.is_small:
        pieces.append(lines_piece("imprint", 0, room, words.foot, small, style.quiet))
    return pieces


def edges_of_pages(
    spec: ProductSpec, sizes: PageSizes, style: HouseStyle, edition: Edition, titles: Sequence[str], marking: float
) -> Iterator[Piece]:
    """The marking at both edges of each page, `marking` high, and the line at the top of each further page.

    `spec`: with the marking as it is printed. `titles`: that of each page; empty where the page may not name it.
    """
    top, bottom, inner = frame_of_page(sizes, marking)
    status = in_language(status_words(edition)).partition(",")[0].capitalize()
    for page, title in enumerate(titles):
        if page:
            room = QRectF(inner.left(), inner.top(), inner.width(), head_height(sizes))
            line = [edition_words(edition).rstrip("."), *([one_line(title, 80)] if title else [])]
            yield page_number_piece(sizes, style, page, len(titles), line, status, room)
        if marking:
            yield marking_piece(spec, sizes, style, page, top, "top")
            yield marking_piece(spec, sizes, style, page, bottom, "bottom")


def _strip_height(strip: str, sizes: PageSizes, frame: QRectF) -> float:
    return lines_height([strip], _strip_type(sizes), frame.width()) + 0.25 * sizes.body if strip else 0.0


def _strip_type(sizes: PageSizes) -> Type:
    return sizes.type(1.05, bold=True)
