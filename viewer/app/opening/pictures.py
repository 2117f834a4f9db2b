"""Pictures without a place: pasted ones are kept as files, and a world file says where one lies.

A picture is kept beside its case, in a folder of the case's name, so that it travels along. As long as the case has no
file, it is kept in the program's own folder.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QImage

from layers.errors import FileMissing, GeoloupeError, TooLarge
from layers.grid.tile_grid import Affine, View
from layers.project.storage.fsops import write_whole
from layers.time.utc import utc_now
from viewer.app.case.session import Session
from viewer.panels.context import PanelContext
from viewer.support.jobs import JobContext, Jobs
from viewer.support.settings import data_folder

MOST_PIXELS = 200_000_000
_PNG = "image/png"

type OnView = Literal["centre", "fill"]
"""Placements of a picture around the middle of the map: pixel for pixel, or as large as fits, undistorted."""


class PicturePaster(QObject):
    """Keeps the clipboard's picture as a file and opens it; the analyst is then asked where it lies."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        jobs: Jobs,
        open_words: Callable[[list[str]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._panels, self._jobs, self._open = session, panels, jobs, open_words

    def can_paste(self, content: QMimeData) -> bool:
        """True for a picture, and for copied files."""
        return content.hasImage() or content.hasFormat(_PNG) or any(url.isLocalFile() for url in content.urls())

    def paste(self, content: QMimeData) -> None:
        """Open the picture, or the copied files, as layers."""
        from viewer.app.opening.pasted_png import size_in_png  # for start-up time: nothing is pasted yet, as below

        files = [url.toLocalFile() for url in content.urls() if url.isLocalFile()]
        if files:
            self._open(files)
            return
        # As another program gave it: Qt would decode it in the window's thread, only for us to encode it again.
        png = bytes(content.data(_PNG).data()) if content.hasFormat(_PNG) else b""
        image = content.imageData() if size_in_png(png) is None else png
        if not isinstance(image, bytes) and (not isinstance(image, QImage) or image.isNull()):
            self._panels.report(self.tr("The picture on the clipboard cannot be read: copy it again."))
            return
        folder, now = pictures_folder(self._session.target), utc_now()

        def keep(context: JobContext) -> Path:
            return keep_picture(image, folder, now, context)

        def say(error: GeoloupeError) -> None:
            self._panels.report(error.sentence)

        title = self.tr("Keeping the picture")
        self._jobs.run(keep, lambda path: self._open([str(path)]), say, title, apart=True, of_case=True)


def pictures_folder(case: Path | None) -> Path:
    """Folder of a case's pictures, which may not exist yet."""
    return data_folder() / "pictures" if case is None else case.parent / f"{case.stem} pictures"


def keep_picture(image: QImage | bytes, folder: Path, now: str, context: JobContext | None = None) -> Path:
    """Write a picture, or the bytes of a PNG, as a new PNG file in `folder`; returns its path.

    `now`: time in UTC, by which the file is named. `context`: job that gets the progress and may be cancelled. Raises
    TooLarge, FileMissing where it cannot be written, and JobCancelled.
    """
    from viewer.app.opening.pasted_png import png_of, size_in_png  # for start-up time

    size = size_in_png(image) if isinstance(image, bytes) else (image.width(), image.height())
    if size is None or size[0] * size[1] > MOST_PIXELS:
        raise TooLarge("The picture on the clipboard is too large to be kept: copy a part of it.")

    def tell(part: float) -> None:
        if context is not None:
            context.check()
            context.progress(part)

    data = image if isinstance(image, bytes) else png_of(image, tell)
    return _keep(data, folder, f"Pasted {now.replace('T', ' ').replace(':', '.')}", ".png")


def placed_copy(picture: Path, folder: Path, world: str, *, is_shown: bool = False) -> Path:
    """Copy a picture to `folder`, with a world file that places it; returns the copy.

    `world`: the lines of the world file. `is_shown`: the picture is a layer now; undo leads back to its file, so that
    it is copied even from `folder`. Raises FileMissing where a file cannot be written.
    """
    try:
        if picture.parent != folder or is_shown:
            picture = _keep(picture.read_bytes(), folder, picture.stem, picture.suffix)
        write_whole(picture.with_suffix(world_suffix(picture)), world.encode("ascii"))
    except OSError as error:
        raise _unwritten(folder, error) from error
    return picture


def world_file(size: tuple[int, int], view: View, how: OnView) -> str:
    """Make the six lines of a world file that places a picture, of `size` columns and rows, in the middle of a view."""
    width, height = size
    pixel = min(view.width / width, view.height / height) if how == "fill" else 1.0
    left, top = (view.width - width * pixel) / 2, (view.height - height * pixel) / 2
    to_world = view.affine
    x, y = to_world.apply(left, top)
    return world_lines(Affine(to_world.a * pixel, to_world.b * pixel, x, to_world.d * pixel, to_world.e * pixel, y))


def world_lines(affine: Affine) -> str:
    """The six lines of a world file for the transform from pixels to the map."""
    x, y = affine.apply(0.5, 0.5)
    numbers = (affine.a, affine.d, affine.b, affine.e, x, y)
    return "".join(f"{float(number)!r}\n" for number in numbers)


def world_suffix(picture: Path) -> str:
    """Suffix of a picture's world file: .pgw beside a .png."""
    suffix = picture.suffix
    return f"{suffix[:2]}{suffix[-1:]}w"


def _keep(data: bytes, folder: Path, stem: str, suffix: str) -> Path:
    """Write bytes to a new file in a folder, under a name that no other file has."""
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
        "The picture cannot be kept in “{name}”: {strerror}. Save the case elsewhere.",
        name=folder.name,
        strerror=error.strerror or error,
    )
