"""Encodes pictures of chips, and makes their thumbnails and hashes. For any thread."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter

from layers.document.chip import Chip
from layers.errors import SaveFailed
from layers.project.storage.tables import THUMBNAIL
from layers.raster.perceptual_hash import SIDE, perceptual_hash
from viewer.app.case.session import KeepBlob

THUMBNAIL_PX = 384
JPEG_QUALITY = 88


class ChipBytes(NamedTuple):
    """A chip's row with its hashes, and the bytes stored with it."""

    chip: Chip
    data: bytes
    thumbnail: bytes


def finished(chip: Chip, picture: QImage, data: bytes = b"") -> ChipBytes:
    """Complete a chip with bytes, hashes and thumbnail; without `data`, its bytes are `picture` as PNG."""
    data = data or _encoded(picture, b"png")
    small = picture.scaled(
        THUMBNAIL_PX,
        THUMBNAIL_PX,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    small = small if max(picture.width(), picture.height()) > THUMBNAIL_PX else picture
    has_holes = small.hasAlphaChannel()
    thumbnail = b"" if has_holes else _encoded(small, b"jpeg", JPEG_QUALITY)
    row = replace(chip, sha256=hashlib.sha256(data).hexdigest(), phash=_hash_of(picture))
    return ChipBytes(row, data, thumbnail or _encoded(small, b"png"))


def keep_chip(keep: KeepBlob, chip_bytes: ChipBytes) -> None:
    """Store the bytes and the thumbnail of a chip. Raises SaveFailed where the disk does not take them."""
    try:
        keep("chips", chip_bytes.chip.uuid, chip_bytes.data)
        keep("chips", chip_bytes.chip.uuid, chip_bytes.thumbnail, THUMBNAIL)
    except OSError as error:
        raise SaveFailed(
            "The chip could not be kept: {strerror}. Free some space, try again.", strerror=error.strerror or error
        ) from error


def _hash_of(picture: QImage) -> str:
    grey = picture.scaled(
        SIDE, SIDE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(SIDE, grey.bytesPerLine())
    return perceptual_hash(rows[:, :SIDE].copy())


def _encoded(picture: QImage, kind: bytes, quality: int = -1) -> bytes:
    """Encode a picture; empty where this Qt cannot write the format."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind))
    writer.setQuality(quality)
    return bytes(buffer.data().data()) if writer.write(picture) else b""
