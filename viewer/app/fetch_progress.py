"""Announces what is fetched from servers, so that the status bar shows what comes, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.network.fetcher import Fetcher
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.layers.tiles_state import LATE_S
from viewer.support.jobs import Job, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

_KB = 1000


class FetchProgress(QObject):
    """Follows the fetcher as one piece of work while anything is under way."""

    changed = Signal()
    """Emitted while things come, at the end, and once they have taken so long that this is said."""

    def __init__(
        self, fetcher: Fetcher, jobs: Jobs, drawings: Callable[[], Mapping[str, LayerDrawing]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._jobs, self._drawings = jobs, drawings
        self._job: Job | None = None
        self._late = QTimer(self, singleShot=True, interval=round(1000 * LATE_S) + 20)
        self._late.timeout.connect(self.changed)
        fetcher.progressed.connect(self._show)

    def _show(self, requests: int, received: int) -> None:
        """Show how many requests are open, and the bytes that have come."""
        if not requests:
            self._late.stop()
            if self._job is not None:
                self._jobs.end(self._job)
            self._job = None
        else:
            if self._job is None:
                self._job = self._jobs.follow(self.tr("Fetching"), None)
                self._late.start()
            loading = [drawing for drawing in self._drawings().values() if isinstance(drawing, TilesDrawing)]
            tiles = {drawing.layer.name: drawing.progress for drawing in loading if any(drawing.progress)}
            come, total = sum(come for come, _ in tiles.values()), sum(total for _, total in tiles.values())
            words = self._words(list(tiles), come, total, _size(received))
            self._jobs.tell(self._job, come / total if total else 0.0, words)
        self.changed.emit()

    def _words(self, names: list[str], come: int, total: int, size: str) -> str:
        if not names:
            return self.tr("Fetching: {0}").format(size)
        what = f"“{one_line(names[0], 24)}”" if len(names) == 1 else counted(len(names), "service")
        tiles = counted(total, "tile")
        return in_language(Phrase("{what}: {come} of {tiles}, {size}", what=what, come=come, tiles=tiles, size=size))


def _size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / _KB**2:.1f} MB" if count >= _KB**2 // 10 else f"{count // _KB} kB"
