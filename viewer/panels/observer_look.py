"""The look of the window at what was observed: at the rows of all observers, or blind, at those of one alone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from layers.document.rows import Row
from layers.observing.blind_look import BlindLook


class ObserverLook(QObject):
    """Says which rows the window shows, one object a window. The case keeps all, and what is written out has them."""

    changed = Signal()
    """Emitted when the window begins to hide what other observers have seen, or shows it again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._blind: BlindLook | None = None

    @property
    def blind(self) -> BlindLook | None:
        """The observer from whom the window keeps what others have seen; None: all is shown."""
        return self._blind

    def hide_others(self, observer: str) -> None:
        """Keep from an observer what others have seen, everywhere in the window."""
        self._take(BlindLook(observer))

    def show_all(self) -> None:
        """Show what all observers have seen."""
        self._take(None)

    def shows(self, row: Row) -> bool:
        """False for a row that the window keeps from the observer who looks."""
        return self._blind is None or self._blind.shows(row)

    def _take(self, blind: BlindLook | None) -> None:
        if blind != self._blind:
            self._blind = blind
            self.changed.emit()
