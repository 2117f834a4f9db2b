"""The band of legend and key across the first page, for pages whose columns have no room for them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF

from viewer.export.plates.setting.flow import Atom, Flow, PageColumn, height_of
from viewer.export.plates.setting.page_sizes import PageSizes

LETTERS = 0.88
"""Size of the band's letters and signs, relative to running text."""
_NARROWEST, _MOST_COLUMNS = 11.0, 6
"""Least width of a column in sizes of running text, and the most columns."""
_LINE = 0.5
"""Step in sizes of running text by which heights are tried."""


class SignBand(Struct, frozen=True):
    """Columns of equal height for rows of explained signs. `height` is in logical pixels; 0 without rows."""

    columns: int = 1
    height: float = 0.0

    width: float = 0.0
    gap: float = 0.0
    """Lengths in logical pixels: the width that it was made for, and the gap of its columns."""

    def holds(self, atoms: Sequence[Atom]) -> bool:
        """True where it has room for these rows."""
        return not self.placed(QRectF(0.0, 0.0, self.width, self.height), atoms)[1]

    def placed(self, room: QRectF, atoms: Sequence[Atom]) -> tuple[Flow, list[Atom]]:
        """Rows set in a room of the first page that is as wide as the band was made for, and those without room."""
        flow = Flow([PageColumn(0, column) for column in _columns(room, self.columns, self.gap)])
        rest = flow.set(atoms)
        return flow, rest


NO_BAND = SignBand()


def band_of(sizes: PageSizes, atoms: Sequence[Atom], most: float) -> SignBand:
    """The lowest band that holds these rows across a page; the empty one where each is higher than `most`."""
    width, best = sizes.width - 2 * sizes.margin, NO_BAND
    widest = max(1, min(_MOST_COLUMNS, int(width / (_NARROWEST * sizes.body))))
    for count in range(1, widest + 1) if atoms else ():
        limit = min(best.height - 1.0, most) if best.height else most
        height = _height(sizes, atoms, width, count, limit)
        if height is not None:
            best = SignBand(count, height, width, sizes.gap)
    return best


def _height(sizes: PageSizes, atoms: Sequence[Atom], width: float, count: int, most: float) -> float | None:
    """The least height at which so many columns hold the rows; None above `most`."""
    rooms = _columns(QRectF(0.0, 0.0, width, 0.0), count, sizes.gap)
    height = height_of(atoms, rooms[0].width()) / count
    while height <= most:
        columns = [PageColumn(0, QRectF(0.0, 0.0, room.width(), height)) for room in rooms]
        if not Flow(columns).set(atoms):
            return max(column.used for column in columns)
        height += _LINE * sizes.body
    return None


def _columns(room: QRectF, count: int, gap: float) -> list[QRectF]:
    width = (room.width() - 2.0 * gap * (count - 1)) / count
    return [QRectF(room.left() + at * (width + 2.0 * gap), room.top(), width, room.height()) for at in range(count)]
