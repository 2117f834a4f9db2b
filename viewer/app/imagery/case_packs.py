"""Makers of offline packs: packs are of the open case, and the work on them ends with it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from viewer.app.case.session import Session
from viewer.network.fetcher import Fetcher
from viewer.panels.context import PanelContext


class CasePacks(QObject):
    """Packs that are being made for the open case. For the window's thread."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        fetcher: Fetcher | None,
        save: Callable[[Callable[[], None]], None],
        window: QWidget,
    ) -> None:
        """`fetcher` is None where there is no network access at all. `save` saves the case, asking for its place where
        it has none, and then calls what it is given.
        """
        super().__init__(window)
        self._session, self._panels, self._fetcher, self._window = session, panels, fetcher, window
        self._save = save
        panels.document_replaced.connect(self.close)

    @abstractmethod
    def close(self) -> None:
        """End the work on all packs."""
