"""Reads a photo in a file of Google Earth, or beside one: its bytes, its size, and a small picture of it."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import MemoryFile

from layers.errors import NotReadable, TooLarge
from layers.readers.files import regular_file
from layers.readers.guards.zip_guard import member, opened
from layers.requests.earth_file import ReadEarthPicture
from layers.text.counted import grouped

MOST_BYTES = 16_000_000
"""Most bytes of a photo: a chip is no larger."""
MOST_PIXELS = 150_000_000
SMALL_PX = 384
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_DRIVERS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


def read_earth_picture(question: ReadEarthPicture) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Answer with `EarthPicture`, the bytes, and the small picture as (rows, columns, RGB).

    Raises NotReadable for what is no PNG, JPEG or WebP, or damaged; TooLarge.
    """
    path = regular_file(question.path)
    name = (question.part or path).rpartition("/")[2][:200]
    size, data = _in_archive(path, question.part, name) if question.part else _in_file(path)
    if size > MOST_BYTES or len(data) > MOST_BYTES:
        raise TooLarge("{name} has more than {limit} MB.", name=name, limit=grouped(MOST_BYTES // 1_000_000))
    kind = _kind_of(data)
    if not kind:
        raise NotReadable("{name} is no PNG, JPEG or WebP.", name=name)
    if kind == "image/png" and b"IEND" not in data[-12:]:  # GDAL fills up what is missing
        raise NotReadable("{name} cannot be decoded: it is damaged.", name=name)
    try:
        with warnings.catch_warnings(), rasterio.Env(), MemoryFile(data) as file:
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a photo is no map
            with rasterio.open(file.name, driver=_DRIVERS[kind]) as picture:
                width, height = picture.width, picture.height
                if width * height > MOST_PIXELS:
                    raise TooLarge("{name} has too many pixels.", name=name)
                share = min(1.0, SMALL_PX / max(width, height))
                shape = max(round(height * share), 1), max(round(width * share), 1)
                bands = (1, 2, 3) if picture.count >= 3 else (1, 1, 1)
                pixels = picture.read(bands, out_shape=(3, *shape))
    except (RasterioError, CPLE_BaseError, ValueError) as error:
        raise NotReadable("{name} cannot be decoded: it is damaged.", name=name) from error
    if pixels.dtype != np.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    header = {"content_type": kind, "width": width, "height": height}
    return header, (np.frombuffer(data, np.uint8), np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def _in_archive(path: str, part: str, name: str) -> tuple[int, bytes]:
    """The size of a member, and its bytes where these are not too many."""
    with opened(path) as archive:
        try:
            size = archive.getinfo(part).file_size
            return size, member(archive, part).read() if size <= MOST_BYTES else b""
        except KeyError as error:
            raise NotReadable("{name} is not in the file any more.", name=name) from error


def _in_file(path: str) -> tuple[int, bytes]:
    with open(path, "rb") as file:
        return os.fstat(file.fileno()).st_size, file.read(MOST_BYTES + 1)


def _kind_of(data: bytes) -> str:
    """The content type by the first bytes; empty for any other."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in _KINDS.items() if data.startswith(head)), "")
