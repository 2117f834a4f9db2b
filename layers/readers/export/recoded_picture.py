"""Encodes others' pictures anew: only their pixels leave, and no byte of the file that they came in."""

from __future__ import annotations

import base64
import binascii
import warnings
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader, MemoryFile

from layers.errors import NotReadable
from layers.requests.pictures import RecodePicture

_DRIVERS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_JPEG_QUALITY = 95
_STRICT = {"GDAL_ERROR_ON_LIBJPEG_WARNING": True}
"""Options that make GDAL refuse a JPEG that ends early, and would be filled up with grey."""


def recode_picture(question: RecodePicture) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The picture's pixels, encoded. Raises NotReadable where they cannot be decoded."""
    try:
        driver, size = _DRIVERS[question.content_type], (question.width, question.height)
        with warnings.catch_warnings(), rasterio.Env(**_STRICT), MemoryFile(base64.b64decode(question.data)) as file:
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a picture is no map
            with rasterio.open(file.name, driver=driver) as picture:
                if (picture.width, picture.height) != size:
                    raise NotReadable("The picture has another size than it says.")
                bands = _bands(picture)
            kind = "image/jpeg" if driver == "JPEG" and len(bands) in (1, 3) else "image/png"
            data = _encoded(bands, kind)
    except (RasterioError, CPLE_BaseError, binascii.Error, KeyError, ValueError) as error:
        raise NotReadable("The picture cannot be decoded: it is damaged.") from error
    header = {"content_type": kind, "width": size[0], "height": size[1]}
    return header, (np.frombuffer(data, np.uint8),)


def _bands(picture: DatasetReader) -> NDArray[Any]:
    """Grey or RGB, with alpha where there is some, in 8 or 16 bits; colours of a palette are looked up."""
    bands = picture.read()
    if picture.colorinterp[0] is ColorInterp.palette:
        colors = np.zeros((256, 4), np.uint8)
        for value, color in picture.colormap(1).items():
            colors[value] = color
        bands = colors[bands[0]].transpose(2, 0, 1)
        return bands if bands[3].min() < 255 else bands[:3]
    if picture.nodata is not None:  # a PNG's colour for nothing
        mask = picture.dataset_mask().astype(bands.dtype)
        return np.concatenate([bands, [mask if bands.dtype == np.uint8 else mask * 257]])
    return bands


def _encoded(bands: NDArray[Any], kind: str) -> bytes:
    count, height, width = bands.shape
    options = {"quality": _JPEG_QUALITY} if kind == "image/jpeg" else {}
    profile = {"width": width, "height": height, "count": count, "dtype": bands.dtype, **options}
    with MemoryFile() as file:
        with file.open(driver=_DRIVERS[kind], **profile) as new:
            new.write(bands)
        return bytes(file.getbuffer())
