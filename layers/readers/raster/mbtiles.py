"""MBTiles, read by Python's sqlite3 and cv2: one picture in Web Mercator, its zoom levels as overviews.

Only what the tile op asks of a rasterio dataset is here, under the same names.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections import OrderedDict
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Interleaving, MaskFlags
from rasterio.transform import Affine
from rasterio.windows import Window

from layers.errors import UnsupportedFormat
from layers.geo.crs import MERCATOR_HALF_M, MERCATOR_MAX_LAT, WGS84, transform_points
from layers.geo.crs import WEB_MERCATOR as MERCATOR
from layers.readers.guards.tile_audit import GuardedDatabase
from layers.readers.vector_words import database_refused

MAX_ZOOM = 24
_KEPT_TILES = 64
_FREE_LEVELS = 8  # a tile of 256 pixels can be halved that often
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_ENDS = "SELECT MIN(tile_column), MAX(tile_column), MIN(tile_row), MAX(tile_row) FROM tiles WHERE zoom_level = ?"
_TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"


class MbtilesReader:
    """One zoom level of an MBTiles file: level -1 is the finest, 0 the next coarser one..."""

    driver = "MBTiles"
    count = 4
    indexes = (1, 2, 3, 4)
    dtypes = ("uint8",) * 4
    nodatavals = (None,) * 4
    descriptions = (None,) * 4
    scales, offsets, units = (1.0,) * 4, (0.0,) * 4, (None,) * 4
    colorinterp = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    mask_flag_enums = ([MaskFlags.per_dataset, MaskFlags.alpha],) * 3 + ([MaskFlags.all_valid],)
    interleaving = Interleaving.pixel
    gcps: tuple[list[Any], None] = ([], None)
    rpcs = None
    subdatasets: tuple[str, ...] = ()

    def __init__(self, path: str, level: int = -1) -> None:
        """Open a file. Raises UnsupportedFormat for tiles that are no pictures, NotReadable for damaged files."""
        self.name = path
        self.crs = CRS.from_epsg(3857)
        self._kept: OrderedDict[tuple[int, int], NDArray[np.uint8] | None] = OrderedDict()
        try:
            self._database = GuardedDatabase(path)
        except sqlite3.Error as error:
            raise database_refused(os.path.basename(path), str(error), "MBTiles file") from error
        try:
            self._open(level)
        except UnsupportedFormat:
            self.close()
            raise
        except (sqlite3.Error, UnicodeError, ValueError) as error:
            self.close()
            raise database_refused(os.path.basename(path), str(error), "MBTiles file") from error

    def _open(self, level: int) -> None:
        name = os.path.basename(self.name)
        rows = self._database.rows("SELECT name, value FROM metadata LIMIT 1000")
        self._metadata = {str(k): str(v) for k, v in rows}
        if self._metadata.get("format", "") in ("pbf", "mvt"):
            raise UnsupportedFormat("{name} holds vector tiles: only MBTiles with pictures are opened.", name=name)
        least, most = self._database.rows("SELECT MIN(zoom_level), MAX(zoom_level) FROM tiles")[0]
        if least is None or most is None or not 0 <= int(str(least)) <= int(str(most)) <= MAX_ZOOM:
            raise UnsupportedFormat(
                "{name} holds no tiles of the zoom levels 0 to {max_zoom}.", name=name, max_zoom=MAX_ZOOM
            )
        self._least, self._most = int(str(least)), int(str(most))
        self._tile_px = self._size_of_a_tile(name)
        left, top, right, bottom = self._range()
        factor = 2 ** (level + 1)
        self._zoom = self._most - (level + 1)
        self.width = (right - left) * self._tile_px // factor
        self.height = (bottom - top) * self._tile_px // factor
        self._origin = left * self._tile_px // factor, top * self._tile_px // factor
        size = 2 * MERCATOR_HALF_M / (self._tile_px * 2**self._zoom)
        x, y = self._origin[0] * size - MERCATOR_HALF_M, MERCATOR_HALF_M - self._origin[1] * size
        self.transform = Affine(size, 0.0, x, 0.0, -size, y)
        self.block_shapes = ((self._tile_px, self._tile_px),) * 4

    def _size_of_a_tile(self, name: str) -> int:
        (blob,), *_ = self._database.rows("SELECT tile_data FROM tiles LIMIT 1")
        picture = _decoded(blob)
        if picture is None or picture.shape[0] != picture.shape[1] or picture.shape[0] not in (256, 512):
            raise UnsupportedFormat("{name} holds no PNG, JPEG or WebP tiles of 256 or 512 pixels.", name=name)
        return int(picture.shape[0])

    def _range(self) -> tuple[int, int, int, int]:
        """Columns and rows (from the north) of tiles at the finest zoom, so that every level begins at a pixel."""
        across = 2**self._most
        left, top, right, bottom = 0, 0, across, across
        try:
            west, south, east, north = (float(v) for v in self._metadata["bounds"].split(","))
        except (KeyError, ValueError):
            west, south, east, north = -180.0, -90.0, 180.0, 90.0
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            lat = np.clip([north, south], -MERCATOR_MAX_LAT, MERCATOR_MAX_LAT)
            x, y = transform_points(WGS84, MERCATOR, [west, east], lat)
            cols, rows = ((x / MERCATOR_HALF_M + 1) * across / 2, (1 - y / MERCATOR_HALF_M) * across / 2)
            left, right = max(0, math.floor(cols[0] + 1e-6)), min(across, math.ceil(cols[1] - 1e-6))
            top, bottom = max(0, math.floor(rows[0] + 1e-6)), min(across, math.ceil(rows[1] - 1e-6))
        left, top, right, bottom = self._with_all_tiles((left, top, right, bottom), across)
        step = 2 ** max(0, self._levels(max(right - left, bottom - top)) - _FREE_LEVELS)
        left, top = left // step * step, top // step * step
        return left, top, max(-(-right // step), left // step + 1) * step, max(-(-bottom // step), 1) * step

    def _with_all_tiles(self, named: tuple[int, int, int, int], across: int) -> tuple[int, int, int, int]:
        """The range that the metadata name, widened to the tiles that are there: some programs write too narrow one."""
        try:
            west, east, south, north = (int(str(end)) for end in self._database.rows(_ENDS, (self._most,))[0])
        except (ValueError, sqlite3.Error):  # numbers that are none, or too many tiles to be looked through
            return named
        left, right = max(0, min(named[0], west)), min(across, max(named[2], east + 1))
        top, bottom = max(0, min(named[1], across - 1 - north)), min(across, max(named[3], across - south))
        return left, top, right, bottom

    def _levels(self, tiles: int) -> int:
        return min(self._most - self._least, max(0, math.ceil(math.log2(max(tiles, 1)))))

    def overviews(self, _: int) -> list[int]:
        across = max(self.width, self.height) / self._tile_px
        return [2 ** (level + 1) for level in range(min(self._zoom - self._least, self._levels(math.ceil(across))))]

    def tags(self, _: int = 0, ns: str = "") -> dict[str, str]:
        return {} if ns else self._metadata

    def tag_namespaces(self) -> list[str]:
        return []

    def colormap(self, _: int) -> dict[int, tuple[int, int, int, int]]:
        return {}

    def close(self) -> None:
        self._database.close()

    def read(
        self, indexes: list[int], window: Window, out_shape: tuple[int, ...], resampling: object = None
    ) -> NDArray[np.uint8]:
        """(n, h, w). Shrunk by areas, with transparent pixels left out of the mean."""
        pixels = self._shrunk(window, (out_shape[-2], out_shape[-1]))
        return np.ascontiguousarray(np.moveaxis(pixels[..., [i - 1 for i in indexes]], -1, 0))

    def read_masks(self, _: int, window: Window, out_shape: tuple[int, ...]) -> NDArray[np.uint8]:
        return np.asarray(self._shrunk(window, (out_shape[-2], out_shape[-1]))[..., 3])

    def _shrunk(self, window: Window, shape: tuple[int, int]) -> NDArray[np.uint8]:
        pixels = self._window(int(window.col_off), int(window.row_off), int(window.width), int(window.height))
        if pixels.shape[:2] == shape:
            return pixels
        size = (shape[1], shape[0])
        alpha = pixels[..., 3:].astype(np.float32)
        colors = cv2.resize(pixels[..., :3] * alpha, size, interpolation=cv2.INTER_AREA)
        weight = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)[..., None]
        shrunk = np.concatenate([colors / np.maximum(weight, 1e-6), weight], axis=-1)
        return np.rint(shrunk).clip(0, 255).astype(np.uint8)

    def _window(self, left: int, top: int, width: int, height: int) -> NDArray[np.uint8]:
        out = np.zeros((height, width, 4), np.uint8)
        px, x0, y0 = self._tile_px, self._origin[0] + left, self._origin[1] + top
        for row in range(y0 // px, -(-(y0 + height) // px)):
            for col in range(x0 // px, -(-(x0 + width) // px)):
                tile = self._tile(col, row)
                if tile is None:
                    continue
                x, y = col * px - x0, row * px - y0
                part = tile[max(0, -y) : height - y, max(0, -x) : width - x]
                out[max(0, y) : max(0, y) + part.shape[0], max(0, x) : max(0, x) + part.shape[1]] = part
        return out

    def _tile(self, col: int, row: int) -> NDArray[np.uint8] | None:
        if (col, row) in self._kept:
            self._kept.move_to_end((col, row))
            return self._kept[col, row]
        rows = self._database.rows(_TILE, (self._zoom, col, 2**self._zoom - 1 - row))
        tile = _decoded(rows[0][0]) if rows else None
        if tile is not None and tile.shape[:2] != (self._tile_px, self._tile_px):
            tile = None
        self._kept[col, row] = tile
        if len(self._kept) > _KEPT_TILES:
            self._kept.popitem(last=False)
        return tile


def _decoded(blob: object) -> NDArray[np.uint8] | None:
    """(h, w, 4) red, green, blue, alpha; None for bytes that are no picture of a usable kind."""
    if not isinstance(blob, bytes) or not blob.startswith(_IMAGES):
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(blob, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if picture is None or picture.dtype != np.uint8:
        return None
    if picture.ndim == 2:
        picture = picture[..., None]
    grey, opaque = picture.shape[2] <= 2, np.full(picture.shape[:2], 255, np.uint8)
    red, green, blue = (picture[..., 0],) * 3 if grey else (picture[..., 2], picture[..., 1], picture[..., 0])
    alpha = picture[..., -1] if picture.shape[2] in (2, 4) else opaque
    return np.stack([red, green, blue, alpha], axis=-1)
