"""Pictures without a place: those that are pasted are kept as files, and a world file says where one lies.

A picture is kept beside its case, in a folder of the case's name, so that it travels along; of a case that no file
holds yet, in the program's own folder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject
from PySide6.QtGui import QImage, QImageWriter

from layers.errors import FileMissing, TooLarge
from layers.grid.tile_grid import View
from layers.project.storage.fsops import write_whole
from viewer.app.case.session import Session
from viewer.commands.stamps import utc_now
from viewer.panels.context import PanelContext
from viewer.support.settings import data_folder

MOST_PIXELS = 200_000_000
QUICK = 100
"""Of PNG's quality in Qt: no time is spent on the last bytes."""

type OnView = Literal["centre", "fill"]
"""Places of a picture about the middle of the map: its pixels are the map's; or it is as large as fits, undistorted."""


class PicturePaster(QObject):
    """Keeps the picture on the clipboard as a file, and opens it; it is then asked where it lies."""

    def __init__(
        self, session: Session, panels: PanelContext, open_words: Callable[[list[str]], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._panels, self._open = session, panels, open_words

    def can_paste(self, content: QMimeData) -> bool:
        """True for a picture, and for files that somebody has copied."""
        return content.hasImage() or any(url.isLocalFile() for url in content.urls())

    def paste(self, content: QMimeData) -> None:
        """Open it as a layer."""
        files = [url.toLocalFile() for url in content.urls() if url.isLocalFile()]
        if files:
            self._open(files)
            return
        image = content.imageData()
        if not isinstance(image, QImage) or image.isNull():
            self._panels.report(self.tr("The picture on the clipboard cannot be read: copy it again."))
            return
        keep = partial(keep_picture, image, pictures_folder(self._session.target), utc_now())
        self._panels.run(keep, lambda path: self._open([str(path)]), self.tr("Keeping the picture"))


def pictures_folder(case: Path | None) -> Path:
    """The folder of the pictures of a case, which may not be there yet."""
    return data_folder() / "pictures" if case is None else case.parent / f"{case.stem} pictures"


def keep_picture(image: QImage, folder: Path, now: str) -> Path:
    """Write a picture as a PNG file named by the time, which is UTC.

    Raises TooLarge, and FileMissing where it cannot be written.
    """
    if image.width() * image.height() > MOST_PIXELS:
        raise TooLarge("The picture on the clipboard is too large to be kept: copy a part of it.")
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setQuality(QUICK)
    if not writer.write(image):
        raise TooLarge(f"The picture on the clipboard cannot be kept: {writer.errorString()}.")
    return _keep(bytes(data.data()), folder, f"Pasted {now.replace('T', ' ').replace(':', '.')}", ".png")


def placed_copy(
    picture: Path, folder: Path, size: tuple[int, int], view: View, how: OnView, *, is_shown: bool = False
) -> Path:
    """A copy of a picture in `folder`, with a world file beside it that lays it on a view of the map.

    A picture that lies in `folder` already is copied only where it `is_shown`: undo leads back to that file.
    Raises FileMissing where that cannot be written.
    """
    try:
        if picture.parent != folder or is_shown:
            picture = _keep(picture.read_bytes(), folder, picture.stem, picture.suffix)
        write_whole(picture.with_suffix(world_suffix(picture)), world_file(size, view, how).encode("ascii"))
    except OSError as error:
        raise _unwritten(folder, error) from error
    return picture


def world_file(size: tuple[int, int], view: View, how: OnView) -> str:
    """The six lines that lay a picture of `size` on a view."""
    width, height = size
    pixel = min(view.width / width, view.height / height) if how == "fill" else 1.0
    left, top = (view.width - width * pixel) / 2, (view.height - height * pixel) / 2
    to_world = view.affine
    x, y = to_world.apply(left + pixel / 2, top + pixel / 2)
    numbers = (to_world.a * pixel, to_world.d * pixel, to_world.b * pixel, to_world.e * pixel, x, y)
    return "".join(f"{float(number)!r}\n" for number in numbers)


def world_suffix(picture: Path) -> str:
    """Of its world file: .pgw beside a .png."""
    suffix = picture.suffix
    return f"{suffix[:2]}{suffix[-1:]}w"


def _keep(data: bytes, folder: Path, stem: str, suffix: str) -> Path:
    """The file of these bytes in a folder, whose name no other file has."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = chain((stem,), (f"{stem} {number}" for number in count(2)))
        path = next(path for name in names if not (path := folder / f"{name}{suffix}").exists())
        write_whole(path, data)
    except OSError as error:
        raise _unwritten(folder, error) from error
    return path


def _unwritten(folder: Path, error: OSError) -> FileMissing:
    return FileMissing(
        f"The picture cannot be kept in “{folder.name}”: {error.strerror or error}. Save the case elsewhere."
    )
