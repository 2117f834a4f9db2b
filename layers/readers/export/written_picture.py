"""Assembles pictures from strips that the window has painted: a TIFF that grows, and JPEG or WebP made of one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.shutil import copy
from rasterio.transform import Affine
from rasterio.windows import Window

from layers.errors import DiskFull, ExportFailed
from layers.readers.library_words import tells_full_disk
from layers.requests.pictures import ENCODED, EncodePicture, WritePixels, WriteStrip

_TIFF_ROWS = 16
_COLORS = {color.name: color for color in ColorInterp if color is not ColorInterp.palette}
_BIG_BYTES = 4 * 10**9


def write_strip(question: WriteStrip) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Write the rows and remove the file that they came in. Raises ExportFailed, DiskFull."""
    with _failures(question.out):
        bands = np.fromfile(question.raw, np.uint8).reshape(question.rows, question.width, 3).transpose(2, 0, 1)
        if question.top == 0:
            _begin(question)
        # Strips that are not there yet are not written as zeros when the file is closed.
        with rasterio.open(question.out, "r+", SPARSE_OK=True) as file:
            file.write(bands, window=Window(0, question.top, question.width, question.rows))
        os.remove(question.raw)
    return {}, ()


def _begin(question: WriteStrip) -> None:
    size = question.width * question.height * 3
    options: dict[str, Any] = {"blockysize": _TIFF_ROWS, "interleave": "pixel", "sparse_ok": True}
    if question.packed:
        options |= {"compress": "deflate", "predictor": 2, "zlevel": 1}
    if size > _BIG_BYTES * 0.9:
        options["bigtiff"] = "yes"
    with rasterio.open(
        question.out,
        "w",
        driver="GTiff",
        dtype="uint8",
        count=3,
        width=question.width,
        height=question.height,
        photometric="rgb",
        **options,
    ) as file:
        if question.crs:
            file.crs, file.transform = question.crs, Affine(*question.affine)
        file.colorinterp = ColorInterp.red, ColorInterp.green, ColorInterp.blue
        tags = dict(question.texts)
        if question.dpi:
            dots = f"{question.dpi:g}"
            tags |= {"TIFFTAG_XRESOLUTION": dots, "TIFFTAG_YRESOLUTION": dots, "TIFFTAG_RESOLUTIONUNIT": "2"}
        file.update_tags(**tags)
        if question.xmp:
            name, _, value = question.xmp.partition("=")  # the packet is the entry: a name, "=" and a value to rasterio
            file.update_tags(ns="xml:XMP", **{name: value})


def write_pixels(question: WritePixels) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The same of raw pixels. Those without data are masked unless a value stands for them."""
    with _failures(question.out):
        data = np.fromfile(question.raw, np.uint8)
        size = question.rows * question.width
        bands = data[:-size].view(question.dtype).reshape(question.bands, question.rows, question.width)
        window = Window(0, question.top, question.width, question.rows)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
            if question.top == 0:
                _begin_pixels(question)
            with rasterio.open(question.out, "r+", SPARSE_OK=True) as file:
                file.write(bands, window=window)
                if file.nodata is None and "alpha" not in question.colors:
                    file.write_mask(data[-size:].reshape(question.rows, question.width), window=window)
        os.remove(question.raw)
    return {}, ()


def _begin_pixels(question: WritePixels) -> None:
    options: dict[str, Any] = {"blockysize": _TIFF_ROWS, "sparse_ok": True, "compress": "deflate", "zlevel": 1}
    with rasterio.open(
        question.out,
        "w",
        driver="GTiff",
        dtype=question.dtype,
        count=question.bands,
        width=question.width,
        height=question.height,
        crs=question.crs,
        transform=Affine(*question.affine),
        nodata=question.nodata,
        bigtiff="if_safer",
        **options,
    ) as file:
        file.update_tags(**question.texts)
        if question.palette:
            file.write_colormap(1, dict(enumerate(question.palette)))
        elif len(question.colors) == question.bands:
            file.colorinterp = [_COLORS.get(name, ColorInterp.undefined) for name in question.colors]
        for number, name in enumerate(question.names, 1):
            if name:
                file.set_band_description(number, name)


def encode_picture(question: EncodePicture) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Write it, line by line where the format lets that be. Raises ExportFailed, DiskFull."""
    if question.format not in ENCODED:
        raise ExportFailed(
            "A picture is encoded as {encoded}, not as {format}.",
            encoded=" or ".join(ENCODED),
            format=question.format[:40],
        )
    with _failures(question.out):
        if question.format == "COG":
            _copy_as_cog(question)
        else:
            copy(question.tiff, question.out, driver=question.format, quality=question.quality)
        os.remove(question.tiff)
    return {}, ()


def _copy_as_cog(question: EncodePicture) -> None:
    """Write it in tiles, with overviews, which are means: of a palette's colours there is none."""
    with rasterio.open(question.tiff) as file:
        mean = "NEAREST" if ColorInterp.palette in file.colorinterp else "AVERAGE"
    options = {"compress": "DEFLATE", "predictor": "YES", "bigtiff": "IF_SAFER", "overview_resampling": mean}
    copy(question.tiff, question.out, driver="COG", **options)


@contextmanager
def _failures(out: str) -> Iterator[None]:
    name = os.path.basename(out)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a page is no map
            yield
    except (RasterioError, CPLE_BaseError, OSError, ValueError) as error:
        text = " ".join(str(error).split())[:200]
        if tells_full_disk(error):
            raise DiskFull("The picture does not fit on the disk for temporary files: make room there.") from error
        raise ExportFailed(
            "{name} could not be written: {text}", name=name, text=text or type(error).__name__
        ) from error
