"""The stamp of date and place inside a picture, so that a crop of it keeps them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF

from layers.geo.crs import is_off_earth
from viewer.export.plates.maps.image_captions import dates_of, image_facts
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.map_plates import Marks, corner_box, paint_plate
from viewer.export.plates.plate_words import centre_words
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import TextLine
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece

_WIDEST, _HIGHEST = 0.6, 0.3
"""Greatest parts of a frame's width and height for the stamp."""
_LOWER_RIGHT = 2
"""The corner that is tried first, as `corner_box` counts them."""


def date_and_place(on_page: MapOnPage) -> list[str]:
    """The dates of the images in a frame, and the place of its middle; without images only the place."""
    is_dated = any(not fact.is_reference for fact in image_facts(on_page))
    place = "" if is_off_earth(on_page.view.grid.crs) else centre_words(on_page.view).partition(" (")[0]
    return [words for words in (dates_of(on_page) if is_dated else "", place) if words]


def stamp_pieces(
    on_page: MapOnPage, style: HouseStyle, sizes: PageSizes, obstacles: list[QRectF], marks: Marks
) -> list[Piece]:
    """Make the stamp, clear of marks if possible; none where the frame has no room for it."""
    words = date_and_place(on_page)
    type_, small = sizes.type(0.95, bold=True), sizes.type(0.85)
    lettered = [(text, type_ if at == 0 else small) for at, text in enumerate(words)]
    pad = 0.5 * type_.size
    width = max((set_in.width(text) for text, set_in in lettered), default=0.0) + 2 * pad
    height = sum(1.3 * set_in.size for _, set_in in lettered) + 1.2 * pad
    if not words or width > _WIDEST * on_page.rect.width() or height > _HIGHEST * on_page.rect.height():
        return []
    box = corner_box(on_page, width, height, obstacles, marks, _LOWER_RIGHT)
    lines, top = [], box.top() + 0.6 * pad
    for text, set_in in lettered:
        lines.append(TextLine(box.left() + pad, top + set_in.size, text, set_in, style.plate_ink))
        top += 1.3 * set_in.size
    paint = partial(paint_plate, box=box, ground=style.plate, ink=style.plate_ink)
    key = f"date and place:{on_page.number}"
    return [Piece(key, on_page.page, box, tuple(lines), (paint,), frame=on_page.number, texts=tuple(words))]
