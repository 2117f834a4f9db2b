"""The small pictures of scenes, from the cache: read and decoded in jobs, the last ones kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from layers.errors import ServerFault
from layers.requests.scenes import THUMBNAIL_PX
from layers.scenes.scene_store import SceneStore
from viewer.network.decode import decode_tile
from viewer.network.fetcher import Fetcher
from viewer.support.jobs import Jobs

MOST = 300
MOST_PX = 4 * THUMBNAIL_PX
_CACHE = "The cache"


class ScenePictures(QObject):
    """The pictures; `arrived` carries the path of a scene whose picture is there, or will not come. For the window's
    thread only.
    """

    arrived = Signal(str)

    def __init__(
        self,
        jobs: Jobs,
        store: Path | None,
        address_of: Callable[[str], str] = lambda path: "",
        fetcher: Fetcher | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`address_of` gives the address of the picture of a scene that an archive has, by its path; such a picture is
        fetched where its host is allowed.
        """
        super().__init__(parent)
        self._jobs, self._store = jobs, store
        self._address_of, self._fetcher = address_of, fetcher
        self._known: OrderedDict[str, QImage | None] = OrderedDict()
        """Pictures by path; None while a picture is being read, and where there is none."""
        self._awaited: set[str] = set()
        """Paths whose picture is being read or fetched."""

    def of(self, path: str) -> QImage | None:
        """The picture of a scene; None while it is being read, before `arrived`, and where there is none."""
        if path in self._known:
            self._known.move_to_end(path)
            return self._known[path]
        address = self._address_of(path)
        if not path or (self._store is None and not address):
            return None
        self._known[path] = None
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        if address:
            if self._fetcher is not None:
                self._awaited.add(path)
                self._fetcher.fetch(address, lambda image, error: self._take(path, _small(image)))
            return self._known[path]
        store = self._store
        assert store is not None
        self._awaited.add(path)
        self._jobs.run(lambda _: _read(store, path), lambda image: self._take(path, image))
        return None

    def is_awaited(self, path: str) -> bool:
        """True while the picture of a scene is on its way."""
        return path in self._awaited

    def forget(self) -> None:
        """Drop all pictures, so that they are read again, as scenes may have changed."""
        self._known.clear()
        self._awaited.clear()

    def _take(self, path: str, image: QImage | None) -> None:
        was_awaited = path in self._awaited
        self._awaited.discard(path)
        if image is not None:
            self._known[path] = image
        if image is not None or was_awaited:
            self.arrived.emit(path)


def _small(image: QImage | None) -> QImage | None:
    """A picture that a server has sent, no larger than those of the cache."""
    if image is None or max(image.width(), image.height()) <= MOST_PX:
        return image
    return image.scaled(
        MOST_PX, MOST_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


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
