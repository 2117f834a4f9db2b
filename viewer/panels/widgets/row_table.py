"""The Qt model of a list of rows, which sorts and filters them by prepared keys: 10,000 rows take milliseconds.

A proxy model would call back into Python for each comparison of a sort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, override

from msgspec import Struct
from PySide6.QtCore import (
    QAbstractTableModel,
    QElapsedTimer,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon

from layers.document.kept_order import KeptOrder
from layers.document.rows import Row
from viewer.panels.widgets.row_drag import ROWS_TYPE, rows_data
from viewer.support.language.text import one_line, tooltip

AHEAD_MS, AHEAD_ROWS = 10, 40
"""Milliseconds between turns of the event loop in which texts are made ahead, and the number of rows in each."""
REST_MS = 100
"""Milliseconds after an edit or a selection in which no texts are made, so that the next frame is not delayed."""
LATE_MS = 3
"""Most milliseconds by which a turn may come late: later, the window is at work for the analyst, and none is taken."""

type Index = QModelIndex | QPersistentModelIndex

_ROLE = Qt.ItemDataRole
CHIP_ROLE = int(_ROLE.UserRole)
"""Role of the first column for the word in a row's chip; None where rows have no chips."""
_DISPLAY, _TIP = int(_ROLE.DisplayRole), int(_ROLE.ToolTipRole)
_DECORATION, _ALIGNMENT = int(_ROLE.DecorationRole), int(_ROLE.TextAlignmentRole)
_ANSWERED = frozenset((_DISPLAY, _TIP, _DECORATION, _ALIGNMENT, CHIP_ROLE))
"""Roles that have data: Qt asks for as many other roles too, for each cell that it paints."""


class ListColumn(Struct, frozen=True):
    """A column: `text` is what a cell shows, `key` what it is sorted by (its text when None)."""

    title: str
    text: Callable[[Any], str]
    key: Callable[[Any], Any] | None = None
    width: int = 70
    align_right: bool = False
    tip: str = ""


class _Record:
    """A row with its texts, made when they are first needed: of 100,000 rows a screen shows ten."""

    __slots__ = ("_cells", "_haystack", "_key", "_row", "_table")

    def __init__(self, table: RowTable, row: Row) -> None:
        self._table, self._row = table, row
        self._cells: tuple[str, ...] | None = None
        self._haystack: str | None = None
        self._key: tuple[int, Any] | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        if self._cells is None:
            self._cells = tuple(_cell(column.text(self._row)) for column in self._table.columns)
        return self._cells

    @property
    def haystack(self) -> str:
        """The text that a filter searches."""
        if self._haystack is None:
            self._haystack = " ".join((*self.cells, self._table.words_of(self._row))).casefold()
        return self._haystack

    @property
    def chip(self) -> str | None:
        return self._table.chip_of(self._row)

    def key(self, section: int) -> Any:
        """The key by which the row is sorted in a column."""
        if self._key is None or self._key[0] != section:
            column = self._table.columns[section]
            self._key = section, column.key(self._row) if column.key else self.cells[section].casefold()
        return self._key[1]


_HIDDEN = 3
_NOTHING = ("", "–")


class RowTable(QAbstractTableModel):
    """The rows that pass the filter, in the chosen order; `uuid_at` and `row_of` convert between rows and uuids.

    `refreshed` is emitted when rows were read anew, added or removed, even if the filter hides them.
    """

    refreshed = Signal()

    def __init__(
        self,
        columns: list[ListColumn],
        haystack: Callable[[Any], str],
        parent: QObject | None = None,
        *,
        chip: Callable[[Any], str] | None = None,
        icon: Callable[[str], QIcon] | None = None,
        dragged_as: str = "",
    ) -> None:
        """`haystack` gives the text of a row, made by `searched`, that the filter searches besides its cells.

        `chip` gives the word of a row's chip: such rows have two lines. `icon` gives the icon before the first cell of
        the row with a uuid, called only when it is painted. `dragged_as`: the document's table of the rows, where they
        can be dragged to other panels.
        """
        super().__init__(parent)
        self.columns = columns
        self.words_of, self._chip, self._icon = haystack, chip, icon
        self.dragged_as = dragged_as
        self._listed: dict[str, Row] = {}
        """All rows, in the order of the case."""
        self._records: dict[str, _Record] = {}
        """Records of the rows whose texts were needed."""
        self._order = KeptOrder()
        self._visible: list[str] = []
        self._places: dict[str, int] | None = None
        """Rows by uuid; None until one is needed."""
        self._words: tuple[str, ...] = ()
        self._column, self._descending = -1, False
        self._unread: Iterator[str] = iter(())
        self._ahead = QTimer(self, interval=AHEAD_MS)
        self._ahead.timeout.connect(self._read_ahead)
        self._since_turn = QElapsedTimer()

    # -- content ------------------------------------------------------------------------------------------------

    def set_rows(self, rows: Mapping[str, Row]) -> None:
        """Show these rows, by uuid, and no others. Nothing is read from them yet: there may be 100,000."""
        self._listed, self._records, self._order = dict(rows), {}, KeptOrder()
        self._arrange(frozenset())
        self._unread = iter(tuple(self._listed))
        self._next_turn(AHEAD_MS)

    def _read_ahead(self) -> None:
        """Make the texts for the first letter of a filter, a few at a time in idle turns."""
        if self._places is None:
            _made = self._rows  # the first click needs it
            self._next_turn(AHEAD_MS)
            return
        has_rested = self._ahead.interval() == REST_MS
        if not has_rested and self._since_turn.elapsed() - AHEAD_MS > LATE_MS:
            self._give_way()
            return
        few = list(islice(self._unread, AHEAD_ROWS))
        for uuid in few:
            if uuid in self._listed:
                _text = self._record(uuid).haystack
        self._next_turn(AHEAD_MS)
        if not few:
            self._ahead.stop()

    def _give_way(self) -> None:
        """Pause reading ahead, so that the next frames show the last change."""
        if self._ahead.isActive():
            self._next_turn(REST_MS)

    def _next_turn(self, in_ms: int) -> None:
        self._ahead.start(in_ms)
        self._since_turn.start()

    def refresh(self, uuids: Iterable[str], rows: Mapping[str, Row]) -> None:
        """Read some rows anew; those that are not in `rows` are removed."""
        self._give_way()
        uuids = frozenset(uuids)
        stays, returned = True, False
        for uuid in uuids if len(uuids) == 1 else [*(uuids - rows.keys()), *(uuid for uuid in rows if uuid in uuids)]:
            row, before = rows.get(uuid), self._record(uuid) if uuid in self._listed else None
            self._records.pop(uuid, None)
            if row is not None:
                self._listed[uuid] = row
                returned |= before is None and self._order.comes(uuid, self._listed)
            elif before is not None:
                self._order.leaves(self._listed)
                del self._listed[uuid]
            stays = stays and before is not None and row is not None and self._same_place(before, self._record(uuid))
        if returned:
            self._order.restore(self._listed)
        if stays:
            self._tell(uuids)
        elif returned or not self._follows_at_the_end(uuids):
            self._arrange(uuids)
        self.refreshed.emit()

    def _follows_at_the_end(self, uuids: frozenset[str]) -> bool:
        """Take rows added or removed at the end of the case's order, where all others keep their places; else False."""
        if self._column >= 0 or self._words:
            return False
        gone = [uuid for uuid in uuids if uuid in self._rows and uuid not in self._listed]
        first = len(self._visible) - len(gone)
        if any(self._rows[uuid] < first for uuid in gone):
            return False
        new = [uuid for uuid in uuids if uuid not in self._rows and uuid in self._listed]
        if len(new) > 1:
            new = list(self._listed)[-len(new) :]
        if gone:
            self.beginRemoveRows(QModelIndex(), first, len(self._visible) - 1)
            del self._visible[first:]
            for uuid in gone:
                del self._rows[uuid]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._visible += new
            self._rows.update((uuid, first + at) for at, uuid in enumerate(new))
            self.endInsertRows()
        self._tell(uuids.difference(new))
        return True

    def set_filter(self, text: str) -> None:
        """Keep the rows that contain every word of `text`, without regard to case."""
        self._words = tuple(text.casefold().split())
        self._arrange(frozenset())

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self.dragged_as and index.isValid() else flags

    @override
    def mimeTypes(self) -> list[str]:
        return [ROWS_TYPE]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = dict.fromkeys(index.row() for index in indexes)
        return rows_data((self.dragged_as, self.uuid_at(row)) for row in rows)

    def uuid_at(self, row: int) -> str:
        return self._visible[row]

    def cells_at(self, row: int) -> tuple[str, ...]:
        """The texts of a row, by column."""
        return self._record(self._visible[row]).cells

    def is_hidden(self, uuid: str) -> bool:
        """True for a row that the filter hides."""
        return uuid in self._listed and uuid not in self._rows

    def row_of(self, uuid: str) -> int:
        """Row of a uuid; -1 where it is filtered out or missing."""
        return self._rows.get(uuid, -1)

    def rows_of(self, uuids: frozenset[str]) -> list[int]:
        """The rows, from the top, of those uuids that pass the filter. Pauses reading ahead, as a selection follows."""
        self._give_way()
        if not uuids:
            return []
        if self._rows.keys() <= uuids:
            return list(range(len(self._visible)))
        if len(uuids) < len(self._rows):
            return sorted(self._rows[uuid] for uuid in uuids if uuid in self._rows)
        return [row for row, uuid in enumerate(self._visible) if uuid in uuids]

    def known(self, uuids: frozenset[str]) -> frozenset[str]:
        """The uuids of listed rows among these, including those that the filter hides."""
        return frozenset(self._listed.keys() & uuids)

    @property
    def has_chips(self) -> bool:
        return self._chip is not None

    @property
    def total(self) -> int:
        """Number of all rows, including filtered ones."""
        return len(self._listed)

    @property
    def _rows(self) -> dict[str, int]:
        """The row of each uuid that is shown."""
        if self._places is None:
            self._places = dict(zip(self._visible, range(len(self._visible)), strict=True))
        return self._places

    def _record(self, uuid: str) -> _Record:
        record = self._records.get(uuid)
        if record is None:
            record = self._records[uuid] = _Record(self, self._listed[uuid])
        return record

    def chip_of(self, row: Row) -> str | None:
        """The word of a row's chip; None where rows have no chips."""
        return None if self._chip is None else self._chip(row)

    def _same_place(self, before: _Record, after: _Record) -> bool:
        same_key = self._column < 0 or before.key(self._column) == after.key(self._column)
        return same_key and self._rank(before) == self._rank(after)

    def _passes(self, record: _Record) -> bool:
        return all(word in record.haystack for word in self._words)

    def _rank(self, record: _Record) -> int:
        """Rank of a row for the filter: 0 where its name begins with it, 1 where the name contains it, 2 for other
        texts.
        """
        if not self._passes(record):
            return _HIDDEN
        name = record.cells[0].casefold() if self._words else ""
        if name.startswith(" ".join(self._words)):
            return 0
        return 1 if all(word in name for word in self._words) else 2

    def _filtered(self) -> list[str]:
        """The rows that pass the filter, by rank where no column is sorted."""
        ranks = {uuid: self._rank(self._record(uuid)) for uuid in self._listed}
        passing = [uuid for uuid, rank in ranks.items() if rank < _HIDDEN]
        return passing if self._column >= 0 else sorted(passing, key=ranks.__getitem__)

    def _tell(self, uuids: frozenset[str]) -> None:
        rows = [self._rows[uuid] for uuid in uuids if uuid in self._rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(self.columns) - 1))

    def _arrange(self, touched: frozenset[str]) -> None:
        visible = self._filtered() if self._words else list(self._listed)
        if self._column >= 0:
            visible.sort(key=lambda uuid: self._record(uuid).key(self._column), reverse=self._descending)
        if visible == self._visible:
            self._tell(touched)
            return
        self.beginResetModel()
        self._visible, self._places = visible, None
        self.endResetModel()

    # -- Qt's side ----------------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._visible)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in _ANSWERED or not index.isValid():
            return None
        section = index.column()
        if role == _ALIGNMENT:
            is_right = self.columns[section].align_right
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter if is_right else None
        uuid = self._visible[index.row()]
        if role == _DISPLAY:
            return self._record(uuid).cells[section]
        if role == _TIP:
            return tooltip(self._tip(self._record(uuid), section))
        if section:
            return None
        if role == _DECORATION:
            return None if self._icon is None else self._icon(uuid)
        return self._record(uuid).chip

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == _ROLE.DisplayRole:
            return column.title
        if role == _ROLE.ToolTipRole:
            return tooltip(column.tip or column.title)
        if role == _ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.align_right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _tip(self, record: _Record, section: int) -> str:
        """The whole text of a cell; for the first column all texts of the row, as some columns are hidden."""
        if section:
            return record.cells[section]
        rest = zip(self.columns[1:], record.cells[1:], strict=True)
        return "\n".join(
            [record.cells[0], *(f"{column.title}: {text}" for column, text in rest if text not in _NOTHING)]
        )

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by one column; -1 is the order of the case."""
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange(frozenset())


def _cell(text: str) -> str:
    """A text on one line as by `one_line`; unchanged without control characters, as most of 100,000 rows."""
    return text if len(text) <= 200 and text.isprintable() else one_line(text)
