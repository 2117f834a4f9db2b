"""The selected sites, which the canvas, the lists and the forms share."""

from __future__ import annotations

from collections.abc import Container, Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The uuids of the selected sites. `changed` is emitted only when they differ from before."""

    changed = Signal()
    chosen_again = Signal()
    """Emitted when what is selected already is selected again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._uuids: frozenset[str] = frozenset()

    @property
    def uuids(self) -> frozenset[str]:
        return self._uuids

    def __contains__(self, uuid: object) -> bool:
        return uuid in self._uuids

    def __len__(self) -> int:
        return len(self._uuids)

    def set(self, uuids: Iterable[str]) -> None:
        wanted = frozenset(uuids)
        if wanted != self._uuids:
            self._uuids = wanted
            self.changed.emit()
        elif wanted:
            self.chosen_again.emit()

    def toggle(self, uuid: str) -> None:
        self.set(self._uuids ^ {uuid})

    def add(self, uuids: Iterable[str]) -> None:
        self.set(self._uuids | frozenset(uuids))

    def keep_only(self, existing: Container[str]) -> None:
        """Drop the uuids of sites that no longer exist."""
        kept = frozenset(uuid for uuid in self._uuids if uuid in existing)
        if kept != self._uuids:
            self.set(kept)

    def clear(self) -> None:
        self.set(())
