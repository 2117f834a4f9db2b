"""The filter of the marks that a window shows, on the map and in lists; the case keeps all, and products print all."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal

from viewer.canvas.selection import Selection

NOTHING: frozenset[str] = frozenset()


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
        self.words = ""
        """The questions of the filter, in words."""
        selection.changed.connect(self._look_at_selection)

    @property
    def is_on(self) -> bool:
        return self._passing is not None

    @property
    def shown(self) -> frozenset[str] | None:
        """Uuids of the marks that are shown; None for all."""
        return self._passing | self._kept if self._passing is not None and self._kept else self._passing

    def shows(self, uuid: str) -> bool:
        return self._passing is None or uuid in self._passing or uuid in self._kept

    def passes(self, uuid: str) -> bool:
        """True for a mark that passes by itself, and not only because it is selected."""
        return self._passing is None or uuid in self._passing

    def take(self, words: str, passing: Collection[str]) -> None:
        """Show only these marks, and those that are selected."""
        passing = frozenset(passing)
        if (words, passing) != (self.words, self._passing):
            self.words, self._passing = words, passing
            self._kept = self._selection.uuids - passing
            self.changed.emit()

    def clear(self) -> None:
        """Show all marks again."""
        if self._passing is not None:
            self.words, self._passing, self._kept = "", None, NOTHING
            self.changed.emit()
            self.cleared.emit()

    def _look_at_selection(self) -> None:
        if self._passing is None:
            return
        kept = self._selection.uuids - self._passing
        if kept != self._kept:
            self._kept = kept
            self.changed.emit()
