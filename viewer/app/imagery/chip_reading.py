"""Reads and decodes pictures of chips off the window's thread. They are as untrusted as the case that holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from layers.errors import GeoloupeError
from layers.project.storage.tables import THUMBNAIL
from viewer.app.case.chip_pictures import THUMBNAIL_PX
from viewer.app.case.session import Session
from viewer.network.decode import decode_tile
from viewer.support.jobs import Jobs

MOST_THUMBNAIL_BYTES = 1 << 20


class ChipReading:
    """Reads chips of the open case; each call runs a job of its own."""

    def __init__(self, session: Session, jobs: Jobs) -> None:
        self._session, self._jobs = session, jobs

    def read(self, uuids: Sequence[str], column: str, done: Callable[[dict[str, QImage]], None]) -> None:
        """Read pictures and give them to `done` by uuid. Only PNG, JPEG and WEBP of limited size are decoded; of a
        larger one, such as a photo, the thumbnail comes.
        """
        read = self._session.blob_reader()

        def decoded(uuids: Sequence[str], column: str) -> dict[str, QImage]:
            pictures = {}
            for uuid, data in read("chips", uuids, column).items():
                picture = _decoded(data) if column != THUMBNAIL or len(data) <= MOST_THUMBNAIL_BYTES else None
                if picture is not None:
                    pictures[uuid] = _small(picture) if column == THUMBNAIL else picture
            return pictures

        def work() -> dict[str, QImage]:
            pictures = decoded(uuids, column)
            lacking = [uuid for uuid in uuids if uuid not in pictures] if column != THUMBNAIL else []
            return pictures | decoded(lacking, THUMBNAIL) if lacking else pictures

        self._jobs.run(lambda _: work(), done, lambda _error: done({}), apart=True)


def _decoded(data: bytes) -> QImage | None:
    try:
        return decode_tile(data, "The case")
    except GeoloupeError:
        return None


def _small(picture: QImage) -> QImage:
    """Scale a picture down to the size of our own thumbnails: hundreds of them are held in memory."""
    if max(picture.width(), picture.height()) <= THUMBNAIL_PX:
        return picture
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return picture.scaled(THUMBNAIL_PX, THUMBNAIL_PX, keep, smooth)
