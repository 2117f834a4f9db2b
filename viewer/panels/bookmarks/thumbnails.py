"""The small pictures of bookmarks: painted from the map, kept in the working copy, read when a row first shows one."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImage, QImageWriter

from layers.document.rows import Bookmark
from layers.errors import GeoloupeError
from layers.project.saving.small_pictures import small_pictures
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.tables import THUMBNAIL
from viewer.canvas.widget import MapCanvas
from viewer.network.decode import decode_tile
from viewer.panels.context import PanelContext
from viewer.support.painting import painting

log = logging.getLogger(__name__)

TABLE = "loupe_bookmarks"
WIDE_PX, HIGH_PX = 192, 120
QUALITY = 85
MOST_KEPT = 1000
"""Most pictures in memory, for undo: some five megabytes."""

type _Key = tuple[str, str]


class BookmarkThumbnails(QObject):
    """The pictures of one case at a time. An undone edit restores the picture of its view."""

    changed = Signal(str)
    """Emitted with the uuid of a bookmark whose picture has changed."""

    def __init__(self, context: PanelContext, work: Callable[[], WorkingCopy | None], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._work = context, work
        self._bytes: dict[_Key, bytes] = {}
        self._pictures: dict[_Key, QImage] = {}
        self._stands: dict[str, _Key] = {}
        """Key of the picture that the session keeps of each bookmark, by uuid."""
        self._asked: set[str] = set()
        self._is_reading = False

    def begin_anew(self) -> None:
        """Begin with another case."""
        self._bytes, self._pictures, self._stands, self._asked = {}, {}, {}, set()
        self._is_reading = False

    def picture(self, bookmark: Bookmark) -> QImage | None:
        """The picture of a bookmark; None while it is not known, until `changed` is emitted."""
        key = _key(bookmark)
        if key not in self._pictures and bookmark.uuid not in self._asked:
            self._read()
        return self._pictures.get(key)

    def lacks(self, bookmark: Bookmark) -> bool:
        """True for a bookmark without a picture, as one that came from a file; False while pictures are read."""
        return self.picture(bookmark) is None and not self._is_reading

    def take(self, bookmark: Bookmark, canvas: MapCanvas) -> None:
        """Take a picture of the map as it is now."""
        picture = picture_of(canvas)
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QImageWriter(buffer, QByteArray(b"jpeg"))
        writer.setQuality(QUALITY)
        writer.write(picture)
        self._asked.add(bookmark.uuid)
        self._know(_key(bookmark), bytes(data.data()), picture)
        self._keep(bookmark.uuid, _key(bookmark))
        self.changed.emit(bookmark.uuid)

    def follow(self, uuids: frozenset[str]) -> None:
        """Update pictures after an edit of bookmarks, or its undo."""
        for uuid in uuids:
            bookmark = self._context.document.bookmarks.get(uuid)
            if bookmark is None:
                continue
            key = _key(bookmark)
            stands = self._stands.get(uuid)
            if stands is not None and stands != key and key in self._bytes:
                self._keep(uuid, key)
            self.changed.emit(uuid)

    # -- files ------------------------------------------------------------------------------------------------------

    def _keep(self, uuid: str, key: _Key) -> None:
        self._stands[uuid] = key
        work, data = self._work(), self._bytes[key]
        if work is not None:
            put = partial(work.blobs.put, TABLE, uuid, data, THUMBNAIL)
            self._context.run(lambda: _put_or_log(put), lambda _: None, "")

    def _read(self) -> None:
        """Read all pictures that are not known yet, in one job."""
        document = self._context.document
        missing = {uuid: row for uuid, row in document.bookmarks.items() if uuid not in self._asked}
        self._asked |= missing.keys()
        work = self._work()
        if work is None or not missing:
            return

        self._is_reading = True

        def done(pictures: dict[str, tuple[bytes, QImage]]) -> None:
            if self._context.document is document:
                self._is_reading = False
                for uuid, (data, picture) in pictures.items():
                    self._stands.setdefault(uuid, _key(missing[uuid]))
                    self._know(_key(missing[uuid]), data, picture)
                    self.changed.emit(uuid)

        self._context.run(partial(_pictures, work, list(missing)), done, "")

    def _know(self, key: _Key, data: bytes, picture: QImage) -> None:
        for kept in (self._bytes, self._pictures):
            while len(kept) >= MOST_KEPT:
                del kept[next(iter(kept))]
        self._bytes[key], self._pictures[key] = data, picture


def picture_of(canvas: MapCanvas) -> QImage:
    """Picture of the middle of the map, small, without what lies above the map."""
    view = canvas.viewport.view()
    whole = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    with painting(whole) as painter:
        canvas.pane.shown.paint_map(painter, view)
    small = whole.scaled(
        WIDE_PX, HIGH_PX, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    return small.copy((small.width() - WIDE_PX) // 2, (small.height() - HIGH_PX) // 2, WIDE_PX, HIGH_PX)


def _key(bookmark: Bookmark) -> _Key:
    """The key of a picture: the uuid of its bookmark, and a hash of the view that it shows."""
    seen = f"{bookmark.viewport_json}\0{bookmark.state_json}".encode("utf-8", "surrogatepass")
    return bookmark.uuid, hashlib.sha256(seen).hexdigest()


def _pictures(work: WorkingCopy, uuids: list[str]) -> dict[str, tuple[bytes, QImage]]:
    """Read and decode pictures, by uuid; unreadable ones are left out. Runs in a job."""
    pictures = {}
    try:
        read = small_pictures(work, TABLE, uuids)
    except (GeoloupeError, OSError) as error:
        log.warning("no thumbnails of bookmarks: %s", error)  # a list without pictures is whole all the same
        return {}
    for uuid, data in read.items():
        try:
            pictures[uuid] = data, _small(decode_tile(data, "The case"))
        except GeoloupeError as error:
            log.warning("a thumbnail that is no picture: %s", error)
    return pictures


def _small(picture: QImage) -> QImage:
    if picture.width() <= WIDE_PX and picture.height() <= HIGH_PX:
        return picture
    return picture.scaled(
        WIDE_PX, HIGH_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _put_or_log(put: Callable[[], None]) -> None:
    try:
        put()
    except OSError as error:
        log.warning("a thumbnail was not kept: %s", error)  # the bookmark itself is
