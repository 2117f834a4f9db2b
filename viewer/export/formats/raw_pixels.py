"""Writes a GeoTIFF of the raw pixels of a map's topmost image, as its file has them, on its own grid."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from layers.document.layer_terms import may_leave
from layers.errors import CannotBePlaced, ExportFailed, NotAllowed
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine, View
from layers.pool.protocol import Profile
from layers.product.own_paths import without_paths
from layers.raster.info import RasterInfo
from layers.raster.scene import BAND_FILES
from layers.requests.pictures import EncodePicture, WritePixels
from layers.text.counted import counted
from viewer.canvas.scene import MapScene
from viewer.export.formats.writing import FileMaker, Made, Workshop, Writing
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.image_chips import PixelWindow, pixels_within
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.raster_source import RasterSource
from viewer.support.language.text import LONGEST_CREDIT, one_line

STRIP_BYTES = 32 << 20
_TIFF_ROWS = 16


def topmost_image(scene: MapScene, view: View) -> RasterDrawing:
    """The uppermost image of a map with pixels of its own. Raises ExportFailed where there is none."""
    for uuid in scene.stack.in_view(view):
        drawing = scene.drawings[uuid]
        if isinstance(drawing, RasterDrawing) and drawing.info is not None:
            return drawing
    raise ExportFailed("No image with pixels of its own is in view: tile services have pictures only.")


def _widest_bytes(info: RasterInfo) -> int:
    """The bytes of a value of the widest band: in one file all have as many."""
    return max(np.dtype(band.dtype).itemsize for band in info.bands)


class Pack(Struct, eq=False):
    """An offline pack that is written: files that lie beside it, and what it lacks."""

    beside: Mapping[Path, bytes] = field(default_factory=dict)
    earlier: str = ""
    """A pack of the same scene that holds all of these pixels, but lacks some bands."""
    earlier_lacks: tuple[int, ...] = ()
    lacks: dict[int, str] = field(default_factory=dict)
    """Sentences on why bands did not come, by their numbers; filled while it is written."""


def begin_pixels(
    drawing: RasterDrawing,
    bounds: Bounds | None,
    path: Path,
    context: RenderContext,
    *,
    marking: str = "",
    publish: bool = False,
    title: str = "",
    pack: Pack | None = None,
    parent: QObject | None = None,
) -> Writing:
    """Begin to write the pixels of an image inside `bounds` (lon, lat), or all of them, to `path`.

    With `publish` the words in the file have no paths. With a `title` the job is announced, and can be cancelled. As a
    `pack` it is a Cloud Optimized GeoTIFF, with the files beside it, and a band that cannot be read costs that band.
    Raises ExportFailed where the image has no pixels there, and NotAllowed where its terms forbid such a file.
    """
    info = drawing.info
    assert info is not None
    name = one_line(drawing.layer.name, 80)
    if pack is None and not may_leave(drawing.layer):
        raise NotAllowed("The terms of “{name}” do not allow its pixels in a file.", name=name)
    if info.placed_by in ("control points", "RPC"):
        raise ExportFailed(
            "“{name}” is placed by {placed_by}: its pixels have no even grid on the map.",
            name=name,
            placed_by=info.placed_by,
        )
    window = pixels_within(drawing, bounds)
    if window is None:
        raise ExportFailed("“{name}” has no pixels with a place on the Earth there.", name=name)
    if len(drawing.source.all_bands) < len(info.bands):
        raise ExportFailed(
            "“{name}” has {bands}, which are too many for one file.", name=name, bands=counted(len(info.bands), "band")
        )
    if len({band.dtype for band in info.bands}) > 1 and info.driver != BAND_FILES:
        raise ExportFailed("“{name}” has bands of several types, which one GeoTIFF does not hold.", name=name)
    texts = _texts(drawing, marking)
    if publish:
        texts = {key: without_paths(text) for key, text in texts.items()}
    names = [one_line(band.description, 80) for band in info.bands]
    if publish:
        names = [without_paths(name) for name in names]
    strips = _Strips(drawing.source, window, pack)
    write: FileMaker = partial(_write_pixels, drawing, window, texts, tuple(names), strips)
    if pack is not None:
        write = partial(_write_pack, write, pack.beside)
    return Writing(path, write, context.jobs, context.pool, title=title, parent=parent)


class _Strips:
    """Reads strips of an image; for a pack also without bands that cannot be read, and from an earlier pack."""

    def __init__(self, source: RasterSource, window: PixelWindow, pack: Pack | None) -> None:
        self._source, self._window, self._pack = source, window, pack

    def read(self, shop: Workshop, top: int, rows: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """The values of all bands in some rows, zeros of those that do not come, and their mask."""
        grid, size, crs = _shift_down(self._window.affine, top), (self._window.width, rows), self._window.crs
        every, pack = self._source.all_bands, self._pack
        if pack is None:
            bands, mask = shop.answer(partial(self._source.ask_pixels, every, grid, size, crs)).arrays
            return bands, mask
        wanted = pack.earlier_lacks if os.path.isfile(pack.earlier) else every
        ask = partial(self._source.ask_pixels, wanted, grid, size, crs, spares=len(wanted) > 1)
        answer = shop.answer(ask)
        bands, mask = answer.arrays
        for at, sentence in (answer.header.get("lost") or {}).items():
            pack.lacks[wanted[int(at)]] = str(sentence)
        held = tuple(band for band in every if band not in wanted)
        if held:
            before = partial(self._source.ask_beside, pack.earlier, held, grid, size, crs, profile=Profile.LOCAL)
            kept, kept_mask = shop.answer(before).arrays
            whole = np.zeros((len(every), *mask.shape), np.result_type(bands.dtype, kept.dtype))
            whole[[band - 1 for band in wanted]], whole[[band - 1 for band in held]] = bands, kept
            bands, mask = whole, mask & kept_mask
        return bands, mask


def _write_pixels(
    drawing: RasterDrawing,
    window: PixelWindow,
    texts: dict[str, str],
    names: tuple[str, ...],
    strips: _Strips,
    shop: Workshop,
) -> Made:
    info, out = drawing.info, shop.folder / "pixels.tif"
    assert info is not None
    width, height, count = window.width, window.height, len(info.bands)
    rows = STRIP_BYTES // (width * count * _widest_bytes(info)) // _TIFF_ROWS * _TIFF_ROWS
    nodata = {band.nodata for band in info.bands}
    first: dict[str, Any] = {
        "crs": window.crs,
        "affine": window.placed,
        "nodata": nodata.pop() if len(nodata) == 1 else None,
        "names": names,
        "texts": texts,
        "palette": info.bands[0].palette if len(info.bands) == 1 else (),
    }
    _check_target(drawing.source.path, shop.target)
    for top in range(0, height, max(rows, _TIFF_ROWS)):
        count_rows = min(max(rows, _TIFF_ROWS), height - top)
        bands, mask = strips.read(shop, top, count_rows)
        raw = shop.folder / f"rows-{top}.raw"
        request = WritePixels(
            "",
            str(out),
            str(raw),
            width,
            height,
            top,
            count_rows,
            dtype=bands.dtype.name,
            bands=count,
            colors=tuple(band.color for band in info.bands),
            **(first if top == 0 else {}),
        )
        shop.hand_on(partial(_write_rows, shop, request, bands, mask), in_order=True)
    shop.finish()
    return [(out, shop.target)]


def _write_pack(write: FileMaker, beside: Mapping[Path, bytes], shop: Workshop) -> Made:
    """Write the pixels, make a Cloud Optimized GeoTIFF of them, and the files that lie beside it."""
    ((pixels, target),) = write(shop)
    out = shop.folder / "pack.tif"
    shop.ask(EncodePicture("", str(pixels), str(out), "COG"))
    made = [(out, target)]
    for number, (path, body) in enumerate(beside.items()):
        file = shop.folder / f"beside-{number}"
        file.write_bytes(body)
        made.append((file, path))
    return made


def _check_target(image: Path, target: Path) -> None:
    if target.exists() and image.exists() and os.path.samefile(image, target):
        raise ExportFailed("{name} is the image itself: name another file.", name=target.name)


def _write_rows(shop: Workshop, request: WritePixels, bands: Any, mask: Any) -> None:
    valid = np.where(mask, np.uint8(255), np.uint8(0))
    data = np.concatenate([np.ascontiguousarray(bands).reshape(-1).view(np.uint8), valid.reshape(-1)])
    Path(request.raw).write_bytes(memoryview(data))  # numpy's own way does not say that a disk is full
    shop.ask(request)


def _texts(drawing: RasterDrawing, marking: str) -> dict[str, str]:
    layer, known = drawing.layer, drawing.acquisition
    words = [one_line(layer.name, 80), known.at if known is not None else "", marking]
    credit = layer.credit or (known.credit if known is not None else "")
    texts = {
        "TIFFTAG_IMAGEDESCRIPTION": ". ".join(filter(None, words)),
        "TIFFTAG_COPYRIGHT": one_line(credit, LONGEST_CREDIT),
        "TIFFTAG_SOFTWARE": "Geoloupe",
        "MARKING": marking,
    }
    return {name: text for name, text in texts.items() if text}


def _shift_down(grid: Affine, rows: int) -> Affine:
    x, y = grid.apply(0, rows)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise CannotBePlaced("The image has no place on the Earth there.")
    return Affine(grid.a, grid.b, x, grid.d, grid.e, y)
