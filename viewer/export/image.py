"""Writes pictures to files, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from layers.errors import ExportFailed
from layers.project.storage.fsops import write_whole

FORMATS = {".png": "PNG"}
FAST_COMPRESSION = 11
"""Compression of a PNG, of 100: zlib's first level, 61 ms for a window's picture where the default takes 90."""


def check_suffix(path: str | Path) -> str:
    """Qt's name of the format of the path's ending. Raises ExportFailed where there is none."""
    name = FORMATS.get(Path(path).suffix.lower())
    if name is None:
        raise ExportFailed("“{name}” cannot be written as a picture: its ending must be .png.", name=Path(path).name)
    return name


def encoded(picture: QImage, path: Path) -> bytes:
    """The picture's bytes in the format of the path. Raises ExportFailed where it cannot be written so."""
    name = check_suffix(path)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, name.encode())
    writer.setCompression(FAST_COMPRESSION)
    if not writer.write(picture):
        raise ExportFailed("The picture could not be encoded: it may be too large for memory.")
    return bytes(buffer.data().data())


def save_image(picture: QImage, path: str | Path) -> None:
    """Write the picture beside its target and move it there. Raises ExportFailed, DiskFull or NotAllowed."""
    target = Path(path)
    write_whole(target, encoded(picture, target))
