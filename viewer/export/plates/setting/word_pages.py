"""The words of a product set on its pages: beside or below the maps of the first one, and on as many as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from viewer.export.plates.setting.flow import Atom, Column, Flow
from viewer.export.plates.setting.page_rooms import PageRooms, columns_of_page, frame_of_page, levelled, rooms_of
from viewer.export.plates.setting.page_sizes import PageSizes

MOST_PAGES = 40
_NEARLY_EMPTY, _SHARES = 0.25, (1.15, 1.3, 1.45, 1.6, 1.8)
"""A last page with less than a quarter is not printed where the first page has room for it beside smaller maps."""
_EXPLAINED, _MOST_TO_EXPLAIN = {"key": 0.25, "legend": 1.0}, 1.3
"""Parts that are read beside the maps, which become smaller for them where no more of a part stands on later pages, and
by how much more room than is customary: smaller maps have fewer names.
"""


def words_on_pages(sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom]) -> tuple[Flow, int]:
    """The words set into the columns of so many pages. No page is printed for a few lines where there is room for them
    once parts are cut, and columns are a line longer.
    """
    flow, pages = _set_on_pages(sizes, rooms, atoms)
    if pages > 1 and _is_nearly_empty(flow, pages - 1):
        cut, fewer = _set_on_pages(sizes, rooms, atoms, are_cut=True)
        return (cut, fewer) if fewer < pages else (flow, pages)
    return flow, pages


def _set_on_pages(
    sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom], *, are_cut: bool = False
) -> tuple[Flow, int]:
    count = [1]
    inner = frame_of_page(sizes, rooms.asked.marking)[2]
    head = head_height(sizes)
    line = sizes.type(1.0).line_height if are_cut and not rooms.asked.marking else 0.0

    def more() -> list[Column]:
        count[0] += 1
        if count[0] > MOST_PAGES:
            return []
        room = inner.adjusted(0.0, head, 0.0, line)
        return [Column(count[0] - 1, one) for one in columns_of_page(sizes, room)]

    flow = Flow([Column(0, room) for room in levelled(sizes, rooms, atoms)], more)
    flow.set_parts(atoms, are_cut=are_cut)
    return flow, count[0]


def _is_nearly_empty(flow: Flow, page: int) -> bool:
    columns = [column for column in flow.columns if column.page == page]
    return sum(one.used for one in columns) <= _NEARLY_EMPTY * sum(one.room.height() for one in columns)


def head_height(sizes: PageSizes) -> float:
    """Of the line with the number of a page, above its words."""
    return 1.6 * sizes.type(0.95).line_height


def fuller_share(sizes: PageSizes, rooms: PageRooms, atoms: Sequence[Atom]) -> float:
    """The share of the first page by which its words save a last page that is nearly empty, or by which its signs are
    explained on it; 0 for none.
    """
    flow, pages = words_on_pages(sizes, rooms, atoms)
    if pages == 1:
        return 0.0
    is_spare = _is_nearly_empty(flow, pages - 1)
    far = [key for key, most in _EXPLAINED.items() if 0.0 < flow.share_later(key) <= most]
    explaining = 0.0
    for share in _SHARES if is_spare else [one for one in _SHARES if far and one <= _MOST_TO_EXPLAIN]:
        wider, count = words_on_pages(sizes, rooms_of(sizes, replace(rooms.asked, share=share)), atoms)
        if is_spare and count < pages:
            return share
        if not explaining and share <= _MOST_TO_EXPLAIN and any(not wider.share_later(key) for key in far):
            explaining = share
    return explaining
