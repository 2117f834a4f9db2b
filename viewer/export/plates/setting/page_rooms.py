"""Cuts a product's first page into rooms, by arithmetic alone; rooms never overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QRectF

from layers.errors import ExportFailed
from layers.phrase import Phrase
from layers.product.spec import MATCHED
from viewer.export.plates.setting.flow import Atom, Flow, PageColumn, height_of
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.sign_band import NO_BAND, SignBand

LEAST_FRAME = 88.0
"""Least side of a map in logical pixels: a smaller one shows nothing."""
_LEAST_OF_WIDTH = 0.4
"""Least height of a map as a part of a narrow page's width: there a low one is still as wide as all else."""
_BAND = {"single": 0.30, "plain": 0.16, "before-after": 0.34, "panels": 0.26, "insets": 0.28, "site": 0.52}
"""Most of the height between header and foot for words below the maps, by layout."""
_SMALL_BAND = 0.6
"""Most of that height on a small page, for words that it cannot do without."""
_SIDE, _SITE_SIDE = 0.235, 0.42
"""Part of the width for words beside the map; on the page of a site."""
_NARROWER = (0.85, 0.7)
"""Factors of that width where all words are few enough for it: beside an empty column the map is larger."""
_MOST_WORDS = 0.7
_MAPS_OF_SLIDE, _MAPS_OF_SQUARE, _NEARLY, _WITH_INSETS = 0.4, 0.34, 0.85, 0.92
"""Least part of a slide, and of a square, for its maps beside the words on named parties, without which they have more
than half of it; where their shape allows less, the part of the most that it allows. Factor of it on a slide with
insets, which enlarge a part that is shown already.
"""
_SLIDE_COLUMN = 17.0
"""Least width of a column of words on a slide, in sizes of running text."""
_LEAST_BESIDE_KEY, _LESS_FOR_KEY = 0.36, 0.94
"""Part of a page that a key leaves to its maps if they have it, and of their area if not: else it goes to another page.
"""
_OVERVIEW = 0.6
_CAPTION = 45.0
"""Width in gaps up to which the lines below a narrow map run on beside it: in its own width they would be a column of
words, which takes the map its height, and so its width.
"""


class Cell(Struct, frozen=True):
    """The room of one map: its title, its frame, and the lines below it."""

    strip: QRectF
    frame: QRectF
    caption: QRectF


class PageRooms(Struct):
    """The rooms of one page, without empty ones. `request` is what they were cut from."""

    request: RoomsAsked
    header: QRectF
    foot: QRectF
    cells: list[Cell] = field(default_factory=list)
    columns: list[QRectF] = field(default_factory=list)
    """Columns for words beside or below the maps."""
    band: QRectF = field(default_factory=QRectF)
    """The room of the band of legend and key; empty without one."""

    @property
    def map_area(self) -> float:
        """The area of all frames."""
        return sum(cell.frame.width() * cell.frame.height() for cell in self.cells)


class FrameShape(NamedTuple):
    """Ratios of a frame's width to its height: the least, the greatest, and that of what is to be shown."""

    least: float = 0.0
    best: float = 1.25
    most: float = math.inf

    def within(self, width: float, height: float) -> tuple[float, float]:
        """The largest frame of that shape in a room, as far as that leaves a map."""
        wide, high = min(width, height * self.most), min(height, width / self.least if self.least else height)
        return max(wide, min(width, LEAST_FRAME)), max(high, min(height, LEAST_FRAME))

    def scale(self, width: float, height: float) -> float:
        """A measure of how large the largest frame in a room shows what is requested."""
        wide, high = self.within(width, height)
        return min(wide, self.best * high)


class RoomsAsked(Struct, frozen=True):
    """All that the rooms of a page are cut from. Lengths are logical pixels.

    `maps`: their number. `marking`, `header`, `foot`: heights. `strips` and `captions`: heights above and below each
    map's frame. `words`: those to be set beside the maps, as far as there is room. `shape`: that of the frames;
    `inset_shape`: that of insets.
    """

    layout: str
    maps: int
    marking: float
    header: float
    foot: float
    strips: Sequence[float]
    captions: Sequence[float]
    words: Sequence[Atom]
    shape: FrameShape = FrameShape()
    inset_shape: FrameShape = FrameShape()
    needed: Sequence[Atom] = ()
    """The first of the words, which have to be on this page, however small it is."""
    share: float = 1.0
    """Factor of the customary room that the words may have."""
    band: SignBand = NO_BAND
    """Legend and key, where a band across the page has them."""


def rooms_of(sizes: PageSizes, request: RoomsAsked) -> PageRooms:
    """Cut the first page. Without room for a map its words go to a next page, then its band.

    Raises ExportFailed where that leaves no room for a map either.
    """
    bands = (request, replace(request, band=NO_BAND)) if request.band.height else (request,)
    least = min(LEAST_FRAME, _LEAST_OF_WIDTH * sizes.width)
    for banded in bands:
        for with_words in (True, False):
            rooms = _cut(sizes, banded, with_words)
            if all(cell.frame.width() >= LEAST_FRAME and cell.frame.height() >= least for cell in rooms.cells):
                return rooms
    raise ExportFailed(
        "A page of {width} x {height} mm has no room for {value}: choose a larger page, or fewer words.",
        width=f"{sizes.width / 96 * 25.4:.0f}",
        height=f"{sizes.height / 96 * 25.4:.0f}",
        value=Phrase("the map") if request.maps == 1 else Phrase("{maps} maps", maps=request.maps),
    )


def least_map_area(sizes: PageSizes, request: RoomsAsked) -> float:
    """The area that words on named parties leave to the maps of a page for a screen; 0 on paper."""
    share = _MAPS_OF_SLIDE if sizes.is_map_first else _MAPS_OF_SQUARE if sizes.is_for_screen else 0.0
    if not share or request.layout == "site":
        return 0.0
    share *= _WITH_INSETS if sizes.is_map_first and request.layout == "insets" else 1.0
    alone = rooms_of(sizes, replace(request, words=(), needed=(), band=NO_BAND)).map_area
    return min(share * sizes.width * sizes.height, _NEARLY * alone)


def least_beside_key(sizes: PageSizes, area: float) -> float:
    """The area that a key on the first page leaves to maps that have this area without it."""
    return min(_LESS_FOR_KEY * area, _LEAST_BESIDE_KEY * sizes.width * sizes.height)


def holds(rooms: PageRooms, words: Sequence[Atom]) -> bool:
    """True where the page has room for all of these, its first words."""
    if not words or not rooms.columns:
        return not words
    widest, height = max(room.width() for room in rooms.columns), sum(room.height() for room in rooms.columns)
    if sum(atom.height(widest) for atom in words) > height + len(rooms.columns):
        return False  # whatever columns they would be in: most rooms that are tried are far too small
    return not Flow([PageColumn(0, room) for room in rooms.columns], measures=True).set(words)


def frame_of_page(sizes: PageSizes, marking: float) -> tuple[QRectF, QRectF, QRectF]:
    """The bands for the marking at the top and the bottom, each `marking` high, and the room between them."""
    m = sizes.margin
    inner = QRectF(m, m, sizes.width - 2 * m, sizes.height - 2 * m)
    top = QRectF(inner.left(), inner.top(), inner.width(), marking)
    bottom = QRectF(inner.left(), inner.bottom() - marking, inner.width(), marking)
    off = marking + (0.5 * sizes.gap if marking else 0.0)
    return top, bottom, inner.adjusted(0.0, off, 0.0, -off)


def columns_of_page(sizes: PageSizes, room: QRectF, count: int = 0) -> list[QRectF]:
    """Columns of text side by side."""
    count = count or sizes.columns
    gap = 2.0 * sizes.gap
    width = (room.width() - gap * (count - 1)) / count
    return [QRectF(room.left() + at * (width + gap), room.top(), width, room.height()) for at in range(count)]


def _cut(sizes: PageSizes, request: RoomsAsked, with_words: bool) -> PageRooms:
    _top, _bottom, inner = frame_of_page(sizes, request.marking)
    gap = sizes.gap
    header = QRectF(inner.left(), inner.top(), inner.width(), request.header)
    foot = QRectF(inner.left(), inner.bottom() - request.foot, inner.width(), request.foot)
    body = inner.adjusted(
        0.0, request.header + (gap if request.header else 0.0), 0.0, -request.foot - (gap if request.foot else 0.0)
    )
    cuts: list[PageRooms] = []
    widths = (0.0, 1.0) if with_words and sizes.is_wide else (0.0,)
    for wide in (*widths, *_NARROWER) if len(widths) > 1 and request.layout == "single" and request.words else widths:
        is_beside = wide > 0.0
        rooms = PageRooms(request, header, foot)
        above = QRectF(body)
        if request.band.height:
            above.setBottom(body.bottom() - request.band.height - gap)
        maps = QRectF(above)
        if with_words and (request.needed or not sizes.is_small):
            maps = _words_room(sizes, request, above, rooms, wide=wide)
            if is_beside and sizes.is_map_first:
                _end_beside_foot(rooms, maps.right(), inner.bottom())
        rooms.cells = _cells(request, maps, gap)
        if request.band.height:
            _place_band(rooms, body, gap, is_beside=is_beside)
        if rooms.columns:
            _leave_to_words(sizes, rooms, is_beside=is_beside)
        if wide in (0.0, 1.0) or holds(rooms, request.words):
            cuts.append(rooms)
    return max(cuts, key=lambda cut: (holds(cut, request.needed), _worth(request, cut.cells)))


def _end_beside_foot(rooms: PageRooms, right: float, bottom: float) -> None:
    """Let the columns of a slide end at the bottom of the page, beside a foot that is as wide as the maps."""
    if rooms.columns:
        rooms.foot.setRight(right)
    for column in rooms.columns:
        column.setBottom(bottom)


def _worth(request: RoomsAsked, cells: Sequence[Cell]) -> float:
    """A measure of how large the maps are shown by a page that is cut so."""
    if request.layout == "before-after":
        return cells[0].frame.width() * cells[0].frame.height()
    if request.layout in MATCHED:
        return cells[0].frame.width()
    if request.layout == "insets" and len(cells) > 1:
        return _size(request, cells)
    return _scale(request, cells[0])


def _place_band(rooms: PageRooms, body: QRectF, gap: float, *, is_beside: bool) -> None:
    """Place the band below the maps, and words below them lower by as much."""
    height, lowest = rooms.request.band.height, max(cell.caption.bottom() for cell in rooms.cells)
    if is_beside and rooms.columns:
        lowest = max(lowest, rooms.columns[0].bottom())
    rooms.band = QRectF(body.left(), lowest + gap, body.width(), height)
    if not is_beside:
        for column in rooms.columns:
            column.translate(0.0, height + gap)


def _leave_to_words(sizes: PageSizes, rooms: PageRooms, *, is_beside: bool) -> None:
    """Give room that frames do not fill to the words."""
    gap = 1.4 * sizes.gap
    if not is_beside:
        top = max(rooms.band.bottom(), *(cell.caption.bottom() for cell in rooms.cells)) + gap
        for column in rooms.columns:
            column.setTop(min(column.top(), top))
        return
    left = max(max(cell.frame.right(), cell.caption.right()) for cell in rooms.cells) + gap
    side = QRectF(rooms.columns[0])
    for column in rooms.columns:
        side = side.united(column)
    if left < side.left():
        side.setLeft(left)
        narrowest = (_SLIDE_COLUMN if sizes.is_map_first else 32.0) * sizes.body
        count = max(len(rooms.columns), min(3, int(side.width() / narrowest)))
        rooms.columns = columns_of_page(sizes, side, count)


def _scale(request: RoomsAsked, cell: Cell) -> float:
    return request.shape.scale(cell.frame.width(), cell.frame.height())


def _words_room(sizes: PageSizes, request: RoomsAsked, body: QRectF, rooms: PageRooms, *, wide: float) -> QRectF:
    """Set the columns for words, and return the room that is left for the maps. `wide`: factor of the customary width
    of a column beside them; 0 for columns below them.
    """
    gap = 1.4 * sizes.gap
    words = request.needed if sizes.is_small else request.words
    if sizes.is_wide and wide:
        share = wide * request.share * (_SITE_SIDE if request.layout == "site" else _SIDE)
        width = round(min(share, _MOST_WORDS) * body.width())
        if not height_of(words, width):
            return body
        side = QRectF(body.right() - width, body.top(), width, body.height())
        is_broad = request.layout == "site" and width > 62 * sizes.body
        is_broad |= sizes.is_map_first and width > (2 * _SLIDE_COLUMN + 2) * sizes.body  # signs need no long lines
        rooms.columns = columns_of_page(sizes, side, 2 if is_broad else 1)
        return body.adjusted(0.0, 0.0, -width - gap, 0.0)
    count = max(1, min(4, int(body.width() / (25 * sizes.body))))
    columns = columns_of_page(sizes, body, count)
    need = height_of(words, columns[0].width())
    if not need:
        return body
    band = _SMALL_BAND if sizes.is_small else _BAND[request.layout]
    most = min(request.share * band, _MOST_WORDS) * body.height()
    height = least_height(words, columns, need / count, most, (1.0 if sizes.is_small else 2.0) * sizes.body)
    if height < 3 * sizes.body and not request.needed:
        return body
    room = QRectF(body.left(), body.bottom() - height, body.width(), height)
    rooms.columns = columns_of_page(sizes, room, count)
    return body.adjusted(0.0, 0.0, 0.0, -height - gap)


def least_height(words: Sequence[Atom], columns: Sequence[QRectF], least: float, most: float, step: float) -> float:
    """The height at which columns side by side hold all of the words; `most` where they do not."""
    height = least
    while height < most:
        room = [PageColumn(0, QRectF(0.0, 0.0, column.width(), height)) for column in columns]
        if not Flow(room, measures=True).set_parts(words):
            return height
        height += step
    return most


def levelled(sizes: PageSizes, rooms: PageRooms, words: Sequence[Atom]) -> list[QRectF]:
    """The columns for these words. Columns below the maps are no taller than the words need.

    Else all words would be in the first column, beside empty ones.
    """
    columns = rooms.columns
    if len(columns) < 2 or columns[0].top() < max(cell.frame.bottom() for cell in rooms.cells):
        return columns
    width, most = columns[0].width(), columns[0].height()
    height = least_height(words, columns, height_of(words, width) / len(columns), most, sizes.body)
    return [QRectF(column.left(), column.top(), column.width(), height) for column in columns]


def _cells(request: RoomsAsked, room: QRectF, gap: float) -> list[Cell]:
    numbers = list(range(request.maps))
    if request.layout == "insets" and request.maps > 1:
        return max(
            (_with_insets(request, room, numbers, gap, down) for down in (False, True)), key=partial(_size, request)
        )
    return _grid(request, _best_grid(request, room, numbers, gap, request.shape), numbers, gap, request.shape)


def _with_insets(request: RoomsAsked, room: QRectF, numbers: Sequence[int], gap: float, down: bool) -> list[Cell]:
    """The overview with its insets beside or below it, in all the room that it leaves.

    Frames side by side begin and end at the same heights.
    """
    first, rest = QRectF(room), QRectF(room)
    if down:
        first.setHeight(round(_OVERVIEW * room.height()))
        (overview,) = _grid(request, [first], numbers[:1], gap, request.shape)
        rest.setTop(overview.caption.bottom() + gap)
        return [overview, *_insets(request, rest, numbers[1:], gap)]
    first.setWidth(round(_OVERVIEW * room.width()))
    strips = [max(request.strips), *request.strips[1:]]
    levelled = replace(request, strips=strips)
    for _turn in range(2):
        (overview,) = _grid(levelled, [first], numbers[:1], gap, request.shape)
        rest.setLeft(overview.frame.right() + gap)
        insets = _insets(levelled, rest, numbers[1:], gap)
        lowest = insets[-1]
        bottom = min(overview.frame.bottom(), lowest.frame.bottom())
        first.setBottom(bottom + overview.caption.height())
        rest.setBottom(bottom + lowest.caption.height())
    return [overview, *insets]


def _insets(request: RoomsAsked, room: QRectF, numbers: Sequence[int], gap: float) -> list[Cell]:
    rooms = _best_grid(request, room, numbers, gap, request.inset_shape)
    return _grid(request, rooms, numbers, gap, request.inset_shape)


def _size(request: RoomsAsked, cells: Sequence[Cell]) -> float:
    """A measure of how large an overview and its insets are shown."""
    inset = cells[1].frame
    return _scale(request, cells[0]) + request.inset_shape.scale(inset.width(), inset.height())


def _best_grid(
    request: RoomsAsked, room: QRectF, numbers: Sequence[int], gap: float, shape: FrameShape
) -> list[QRectF]:
    """Equal rooms, one for each map, arranged so that frames are largest."""
    count, words = len(numbers), max(request.strips[at] for at in numbers) + max(request.captions[at] for at in numbers)
    ways = []
    for across in range(1, count + 1):
        down = -(-count // across)
        width, height = (room.width() - gap * (across - 1)) / across, (room.height() - gap * (down - 1)) / down
        ways.append((-shape.scale(width, height - words) * (1 if across * down == count else 0.93), across, down))
    _, across, down = min(ways)
    width, height = (room.width() - gap * (across - 1)) / across, (room.height() - gap * (down - 1)) / down
    return [
        QRectF(room.left() + (at % across) * (width + gap), room.top() + (at // across) * (height + gap), width, height)
        for at in range(count)
    ]


def _grid(
    request: RoomsAsked, rooms: Sequence[QRectF], numbers: Sequence[int], gap: float, shape: FrameShape
) -> list[Cell]:
    """Frames of one size, whatever words are above and below each, as close together as whole rooms would be."""
    strip = max(request.strips[number] for number in numbers)
    caption = max(request.captions[number] for number in numbers)
    whole = min(int(room.width()) for room in rooms)
    most = min(int(room.top() + room.height() - caption) - round(room.top() + strip) for room in rooms)
    width, height = (round(side) for side in shape.within(whole, max(most, 1)))
    left, top, cells = rooms[0].left(), rooms[0].top(), []
    has_room_beside = request.layout != "insets" and all(room.left() == left for room in rooms)
    along = max(width, min(whole, round(_CAPTION * gap))) if has_room_beside else width
    across, down = (
        (width + gap) / (rooms[0].width() + gap),
        (strip + height + caption + gap) / (rooms[0].height() + gap),
    )
    for room in rooms:
        x = left + (room.left() - left) * across
        y = top + (room.top() - top) * down
        frame = QRectF(round(x), round(y + strip), width, height)
        above = QRectF(frame.left(), y, width, strip)
        cells.append(Cell(above, frame, QRectF(frame.left(), frame.bottom(), along, caption)))
    return cells
