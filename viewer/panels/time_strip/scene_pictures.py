"""The small pictures of scenes, from the cache: read and decoded in jobs, the last ones kept."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from layers.errors import ServerFault
from layers.requests.scenes import THUMBNAIL_PX
from layers.scenes.scene_store import SceneStore
from viewer.network.decode import decode_tile
from viewer.support.jobs import Jobs

MOST = 300
MOST_PX = 4 * THUMBNAIL_PX
_CACHE = "The cache"


class ScenePictures(QObject):
    """The pictures; `arrived` carries the path of a scene whose picture is there now. For the window's thread only."""

    arrived = Signal(str)

    def __init__(self, jobs: Jobs, store: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._store = jobs, store
        self._known: OrderedDict[str, QImage | None] = OrderedDict()
        """Pictures by path; None while a picture is being read, and where there is none."""

    def of(self, path: str) -> QImage | None:
        """The picture of a scene; None while it is being read, before `arrived`, and where there is none."""
        if not path or self._store is None:
            return None
        if path in self._known:
            self._known.move_to_end(path)
            return self._known[path]
        self._known[path] = None
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        store = self._store
        self._jobs.run(lambda _: _read(store, path), lambda image: self._take(path, image))
        return None

    def forget(self) -> None:
        """Drop all pictures, so that they are read again, as scenes may have changed."""
        self._known.clear()

    def _take(self, path: str, image: QImage | None) -> None:
        if image is not None:
            self._known[path] = image
            self.arrived.emit(path)


def _read(store: Path, path: str) -> QImage | None:
    """Read a picture from the cache. Runs in a job."""
    with SceneStore(store) as cache:
        data = cache.picture(path)
    if not data:
        return None
    try:
        image = decode_tile(data, _CACHE)
    except ServerFault:
        return None  # a picture less; the scene is described in words as well
    return image if max(image.width(), image.height()) <= MOST_PX else None
