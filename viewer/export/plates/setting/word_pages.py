"""Sets the words of a product on its pages: beside or below the maps of the first one, and on as many as they need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter

from viewer.export.plates.setting.flow import Atom, Flow, PageColumn, PaintRow, SetAtom
from viewer.export.plates.setting.page_rooms import (
    PageRooms,
    columns_of_page,
    frame_of_page,
    least_height,
    levelled,
    rooms_of,
)
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece
from viewer.support.language.translation import translate

MOST_PAGES = 40
_NEARLY_EMPTY, _SHARES = 0.25, (1.15, 1.3, 1.45, 1.6, 1.8)
"""Part of a last page below which it is saved, if the first page has room with smaller maps; factors for that room."""
_TIGHT, _SMALLER, _SMALL = 0.6, 0.94, frozenset({"sources", "caveats"})
"""Factors of the gaps between rows, and of the small letters of these parts, that save such a page."""
KEY = "key"
_EXPLAINED, _MOST_TO_EXPLAIN = {"key": 0.25, "legend": 1.0}, 1.3
"""Parts that are read beside the maps, with the greatest share of each on later pages, and the factor of room for them.

Above that share maps become smaller, up to the factor: smaller maps have fewer names.
"""


class Repeated(NamedTuple):
    """Rows that come first on each further page with a text for which `is_needed` holds.

    `is_forced`: the second page has them in any case. `fills_page`: they would fill most of a page, so that no other
    page has them.
    """

    atoms: Sequence[Atom] = ()
    is_needed: Callable[[str], bool] = bool
    is_forced: bool = False
    fills_page: bool = False


NOTHING_REPEATED = Repeated()


def words_on_pages(
    sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom], repeated: Repeated = NOTHING_REPEATED
) -> tuple[Flow, int]:
    """Set the words into the columns of as many pages as they need, and return their number.

    A page for a few lines is saved where they fit once parts are cut, gaps are tight and columns are a line longer. A
    key that goes on on another page says so, and there has its heading again.
    """
    flow, pages = _on_pages(sizes, rooms, atoms, repeated)
    with_headings = _telling_continued(atoms, flow)
    if with_headings is None:
        return flow, pages
    other, count = _on_pages(sizes, rooms, with_headings, repeated)
    return (other, count) if count == pages else (flow, pages)


def with_level_end(sizes: PageSizes, flow: Flow, pages: int) -> Flow:
    """The flow with the columns of its last page about equally long: words in the first of them beside empty ones look
    like a fault.
    """
    numbers = [number for number, column in enumerate(flow.columns) if column.page == pages - 1]
    last = [set_atom for set_atom in flow.placed if set_atom.column in numbers]
    if pages < 2 or len(numbers) < 2 or not last:
        return flow
    atoms, rooms = [set_atom.atom for set_atom in last], [flow.columns[number].room for number in numbers]
    least, most = sum(flow.columns[number].used for number in numbers) / len(numbers), rooms[0].height()
    height = least_height(atoms, rooms, least, most, sizes.body)
    end = Flow([PageColumn(pages - 1, QRectF(room.topLeft(), QSizeF(room.width(), height))) for room in rooms])
    if height >= most or end.set_parts(atoms):
        return flow
    ended = [replace(set_atom, column=numbers[set_atom.column]) for set_atom in end.placed]
    return Flow(flow.columns, placed=[*(before for before in flow.placed if before.column not in numbers), *ended])


def _telling_continued(atoms: Sequence[Atom], flow: Flow) -> list[Atom] | None:
    """The atoms with a key in two parts, each under a heading that says so; None where the key stands on one page."""
    rows = [(set_atom.atom, flow.columns[set_atom.column].page) for set_atom in flow.placed]
    first = next((page for atom, page in rows if atom.key == KEY), 0)
    later = next(((atom, page) for atom, page in rows if atom.key == KEY and page > first), None)
    head = next((at for at, atom in enumerate(atoms) if atom.key == KEY), 0)
    if later is None or not atoms[head].keep:
        return None
    begin_at = later[0].lead, later[0].whole or later[0].text
    begin = next((at for at, atom in enumerate(atoms) if atom.key == KEY and (atom.lead, atom.text) == begin_at), None)
    if begin is None or begin <= head + 1:
        return None
    words = atoms[head].text
    on = translate("Export", "{0} (continued on page {1})").format(words, later[1] + 1)
    again = replace(atoms[head], text=translate("Export", "{0}, continued").format(words))
    return [*atoms[:head], replace(atoms[head], text=on), *atoms[head + 1 : begin], again, *atoms[begin:]]


def _on_pages(sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom], repeated: Repeated) -> tuple[Flow, int]:
    flow, pages = _set_with_repeated(sizes, rooms, atoms, repeated, are_cut=False)
    if pages > 1 and _is_nearly_empty(flow, pages - 1):
        for size in (1.0, _SMALLER):
            small = [replace(atom, type=atom.type.scaled(size)) if atom.key in _SMALL else atom for atom in atoms]
            cut, fewer = _set_with_repeated(sizes, rooms, small if size < 1.0 else atoms, repeated, are_cut=True)
            if fewer < pages:
                return cut, fewer
    return flow, pages


def _set_with_repeated(
    sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom], repeated: Repeated, *, are_cut: bool
) -> tuple[Flow, int]:
    """Set the words with the repeated rows on each further page that needs them; repeated until no page changes."""
    bearers = {1} if repeated.is_forced else set[int]()
    while True:
        flow, pages = _set_on_pages(sizes, rooms, atoms, repeated.atoms, bearers, are_cut=are_cut)
        lacking = {page for page in pages_of(flow, repeated.is_needed) if page and page not in bearers}
        if not lacking or not repeated.atoms or repeated.fills_page:
            return flow, pages
        bearers |= lacking


def pages_of(flow: Flow, is_needed: Callable[[str], bool]) -> set[int]:
    """The pages with a text for which `is_needed` holds."""
    return {
        flow.columns[set_atom.column].page
        for set_atom in flow.placed
        if is_needed(set_atom.atom.whole or set_atom.atom.text)
    }


def _set_on_pages(
    sizes: PageSizes,
    rooms: PageRooms,
    atoms: Sequence[Atom],
    repeated: Sequence[Atom],
    bearers: Collection[int],
    *,
    are_cut: bool,
) -> tuple[Flow, int]:
    count = [1]
    inner = frame_of_page(sizes, rooms.request.marking)[2]
    head = head_height(sizes)
    line = sizes.type(1.0).line_height if are_cut and not rooms.request.marking else 0.0
    line = line if line < 0.6 * sizes.margin else 0.0  # on a small page it would stand beyond the edge

    def more() -> list[PageColumn]:
        if count[0] >= MOST_PAGES:
            return []
        page = count[0]
        count[0] += 1
        room = inner.adjusted(0.0, head, 0.0, line)
        columns = [PageColumn(page, column_room) for column_room in columns_of_page(sizes, room)]
        if page in bearers:
            first = Flow(columns)
            first.set(repeated)
            flow.placed += [replace(set_atom, column=set_atom.column + len(flow.columns)) for set_atom in first.placed]
        return columns

    if are_cut:
        atoms = [replace(atom, before=_TIGHT * atom.before) for atom in atoms]
    flow = Flow([PageColumn(0, room) for room in levelled(sizes, rooms, atoms)], more)
    flow.set_parts(atoms, are_cut=are_cut)
    while count[0] <= max(bearers, default=0) and (columns := more()):
        flow.columns += columns
    return flow, count[0]


def _is_nearly_empty(flow: Flow, page: int) -> bool:
    columns = [column for column in flow.columns if column.page == page]
    return sum(column.used for column in columns) <= _NEARLY_EMPTY * sum(column.room.height() for column in columns)


def head_height(sizes: PageSizes) -> float:
    """The height of the line with the number of a page, above its words."""
    return 1.6 * sizes.type(0.95).line_height


def fuller_share(
    sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom], repeated: Repeated = NOTHING_REPEATED
) -> float:
    """The factor of room for words with which the first page is worth its smaller maps; 0 where there is none.

    Either it saves a last page that is nearly empty, or the whole key, or legend, stands beside the maps.
    """
    flow, pages = _on_pages(sizes, rooms, atoms, repeated)
    if pages == 1:
        return 0.0
    is_spare = _is_nearly_empty(flow, pages - 1)
    far = [key for key, most in _EXPLAINED.items() if 0.0 < flow.share_later(key) <= most]
    explaining = 0.0
    shares = [share for share in _SHARES if share > rooms.request.share]
    for share in shares if is_spare else [share for share in shares if far and share <= _MOST_TO_EXPLAIN]:
        wider, count = _on_pages(sizes, rooms_of(sizes, replace(rooms.request, share=share)), atoms, repeated)
        if is_spare and count < pages:
            return share
        if not explaining and share <= _MOST_TO_EXPLAIN and any(not wider.share_later(key) for key in far):
            explaining = share
    return explaining


def pieces_of(flow: Flow) -> list[Piece]:
    """A piece for each part in each column."""
    grouped: dict[tuple[str, int], list[SetAtom]] = {}
    pages: dict[str, set[int]] = {}
    for set_atom in flow.placed:
        grouped.setdefault((set_atom.atom.key, set_atom.column), []).append(set_atom)
        if set_atom.atom.whole:
            pages.setdefault(set_atom.atom.whole, set()).add(flow.columns[set_atom.column].page)
    pieces = []
    for (key, column), atoms in grouped.items():
        box = QRectF()
        for set_atom in atoms:
            box = box.united(set_atom.box)
        lines = tuple(line for set_atom in atoms for line in set_atom.lines)
        below = tuple(
            partial(_paint_sign, sign=set_atom.atom.sign, box=set_atom.box)
            for set_atom in atoms
            if set_atom.atom.sign is not None
        )
        texts = {
            " ".join(filter(None, (set_atom.atom.lead, set_atom.atom.whole or set_atom.atom.text))): set_atom
            for set_atom in atoms
        }
        texts.pop("", None)
        parts = frozenset(text for text, set_atom in texts.items() if len(pages.get(set_atom.atom.whole, ())) > 1)
        links = tuple(
            (_box_of_lines(set_atom), set_atom.atom.link) for set_atom in atoms if set_atom.atom.link and set_atom.lines
        )
        page = flow.columns[column].page
        pieces.append(Piece(key, page, box, lines, below, texts=tuple(texts), links=links, parts=parts))
    return pieces


def _box_of_lines(set_atom: SetAtom) -> QRectF:
    box = QRectF()
    for line in set_atom.lines:
        box = box.united(line.box)
    return box


def _paint_sign(painter: QPainter, sign: PaintRow, box: QRectF) -> None:
    sign(painter, box)
