"""Offline mode: the analyst's choice to work without the network, kept for later sessions."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from viewer.network.fetcher import Fetcher
from viewer.support.settings import Settings


class OfflineMode(QObject):
    """The setting for offline mode, which the fetcher follows: while it is on, no server is contacted.

    Tiles stored earlier are still shown.
    """

    changed = Signal()

    def __init__(self, settings: Settings, fetcher: Fetcher | None, parent: QObject | None = None) -> None:
        """`fetcher` is None where there is no network access at all."""
        super().__init__(parent)
        self._settings, self._fetcher = settings, fetcher
        self._tell_fetcher()

    @property
    def fetcher(self) -> Fetcher | None:
        """The way to the network; None where there is none at all."""
        return self._fetcher

    @property
    def is_on(self) -> bool:
        return bool(self._settings.get("offline"))

    def set(self, is_on: bool) -> None:
        """Turn offline mode on or off."""
        self._settings.set("offline", is_on)
        self._tell_fetcher()

    def _tell_fetcher(self) -> None:
        if self._fetcher is not None:
            self._fetcher.set_offline(self.is_on)
            self.changed.emit()
