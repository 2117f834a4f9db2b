"""The filter of the marks, claims and sources that a window shows; the case keeps all, and products print all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from layers.document.edit import Table
from viewer.canvas.selection import Selection

MARKS_AFTER_MS, CLAIMS_AFTER_MS, ROWS_AFTER_MS = 90, 150, 210
"""Milliseconds from a change of the filter to the filling of each list: one turn fills one, and none paints the map."""
NOTHING: frozenset[str] = frozenset()
NO_ROWS: Mapping[Table, frozenset[str]] = MappingProxyType({})


class MarkFilter(QObject):
    """Says which marks are shown, one object a window. A selected mark is always shown: it is in the analyst's hand."""

    changed = Signal()
    """Emitted when other marks are shown now, or the filter has another name."""
    cleared = Signal()
    """Emitted when all marks are shown again."""

    def __init__(self, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._selection = selection
        self._passing: frozenset[str] | None = None
        self._kept: frozenset[str] = NOTHING
        """Selected marks that do not pass."""
        self._shown: frozenset[str] | None = None
        self._rows = NO_ROWS
        self.words = ""
        """The questions of the filter, in words."""
        selection.changed.connect(self._look_at_selection)

    @property
    def is_on(self) -> bool:
        return self._passing is not None

    @property
    def shown(self) -> frozenset[str] | None:
        """Uuids of the marks that are shown; None for all."""
        return self._shown

    def shows(self, uuid: str) -> bool:
        return self._passing is None or uuid in self._passing or uuid in self._kept

    def passes(self, uuid: str) -> bool:
        """True for a mark that passes by itself, and not only because it is selected."""
        return self._passing is None or uuid in self._passing

    def listed(self, table: Table) -> frozenset[str] | None:
        """Uuids of the claims or the sources that lists show; None for all, and for other tables."""
        return self._rows.get(table)

    def take(self, words: str, passing: Collection[str], rows: Mapping[Table, frozenset[str]] = NO_ROWS) -> None:
        """Show only these marks, and those that are selected; in lists only these `rows` of other tables."""
        passing = frozenset(passing)
        if (words, passing, rows) != (self.words, self._passing, self._rows):
            self.words, self._passing, self._rows = words, passing, rows
            self._keep(self._selection.uuids - passing)

    def clear(self) -> None:
        """Show all marks again."""
        if self._passing is not None:
            self.words, self._passing, self._rows = "", None, NO_ROWS
            self._keep(NOTHING)
            self.cleared.emit()

    def _look_at_selection(self) -> None:
        if self._passing is None:
            return
        kept = self._selection.uuids - self._passing
        if kept != self._kept:
            self._keep(kept)

    def _keep(self, kept: frozenset[str]) -> None:
        self._kept = kept
        self._shown = self._passing | kept if self._passing is not None and kept else self._passing
        self.changed.emit()
