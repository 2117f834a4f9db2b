"""Files of map tiles as one picture in Web Mercator, their zoom levels as overviews; pictures are decoded by cv2.

Only what the tile op asks of a rasterio dataset is here, under the same names.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from itertools import batched
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Interleaving, MaskFlags
from rasterio.transform import Affine
from rasterio.windows import Window

from layers.geo.crs import MERCATOR_HALF_M, MERCATOR_MAX_LAT, WGS84, transform_points
from layers.geo.crs import WEB_MERCATOR as MERCATOR

MAX_ZOOM = 24
SIDES_PX = 256, 512
_KEPT_TILES = 64
_ASKED_AT_ONCE = 32
_FREE_LEVELS = 8  # a tile of 256 pixels can be halved that often
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_AVIF = (b"ftypavif", b"ftypavis")


class TileEnds(NamedTuple):
    """Columns and rows of tiles of one zoom, rows from the north; right and bottom are beyond the last."""

    left: int
    top: int
    right: int
    bottom: int


class TilePyramid(ABC):
    """One zoom level of a file of tiles: level -1 is the finest, 0 the next coarser one..."""

    driver = ""
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

    def __init__(self, name: str) -> None:
        self.name = name
        self.crs = CRS.from_epsg(3857)
        self._kept: OrderedDict[tuple[int, int], NDArray[np.uint8] | None] = OrderedDict()

    @abstractmethod
    def tags(self, _: int = 0, ns: str = "") -> dict[str, str]:
        """The file's own metadata."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file."""

    @abstractmethod
    def _bodies(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> Sequence[object]:
        """The bytes of tiles (column, row from the north), in their order; None for one that is not there."""

    def _lay_out(self, zooms: tuple[int, int], tile_px: int, ends: TileEnds, level: int) -> None:
        """Lay the picture out: `ends` are of the finest zoom, widened so that every level begins at a pixel."""
        self._least, self._most = zooms
        self._tile_px = tile_px
        left, top, right, bottom = self._widened(ends)
        factor = 2 ** (level + 1)
        self._zoom = self._most - (level + 1)
        self.width = (right - left) * tile_px // factor
        self.height = (bottom - top) * tile_px // factor
        self._origin = left * tile_px // factor, top * tile_px // factor
        size = 2 * MERCATOR_HALF_M / (tile_px * 2**self._zoom)
        x, y = self._origin[0] * size - MERCATOR_HALF_M, MERCATOR_HALF_M - self._origin[1] * size
        self.transform = Affine(size, 0.0, x, 0.0, -size, y)
        self.block_shapes = ((tile_px, tile_px),) * 4

    def _widened(self, ends: TileEnds) -> TileEnds:
        left, top, right, bottom = ends
        step = 2 ** max(0, self._levels(max(right - left, bottom - top)) - _FREE_LEVELS)
        left, top = left // step * step, top // step * step
        right, bottom = max(-(-right // step), left // step + 1) * step, max(-(-bottom // step), 1) * step
        return TileEnds(left, top, right, bottom)

    def _levels(self, tiles: int) -> int:
        return min(self._most - self._least, max(0, math.ceil(math.log2(max(tiles, 1)))))

    def overviews(self, _: int) -> list[int]:
        across = max(self.width, self.height) / self._tile_px
        return [2 ** (level + 1) for level in range(min(self._zoom - self._least, self._levels(math.ceil(across))))]

    def tag_namespaces(self) -> list[str]:
        return []

    def colormap(self, _: int) -> dict[int, tuple[int, int, int, int]]:
        return {}

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
        rows, columns = range(y0 // px, -(-(y0 + height) // px)), range(x0 // px, -(-(x0 + width) // px))
        for batch in batched(((col, row) for row in rows for col in columns), _ASKED_AT_ONCE):
            for (col, row), tile in zip(batch, self._pictures(batch), strict=True):
                if tile is None:
                    continue
                x, y = col * px - x0, row * px - y0
                part = tile[max(0, -y) : height - y, max(0, -x) : width - x]
                out[max(0, y) : max(0, y) + part.shape[0], max(0, x) : max(0, x) + part.shape[1]] = part
        return out

    def _pictures(self, tiles: Sequence[tuple[int, int]]) -> list[NDArray[np.uint8] | None]:
        """The pictures of tiles; what is lacking in memory is asked for together."""
        lacking = [tile for tile in tiles if tile not in self._kept]
        for tile, body in zip(lacking, self._bodies(self._zoom, lacking) if lacking else (), strict=True):
            picture = decoded(body)
            self._kept[tile] = picture if picture is not None and picture.shape[:2] == (self._tile_px,) * 2 else None
        for tile in tiles:
            self._kept.move_to_end(tile)
        pictures = [self._kept[tile] for tile in tiles]
        while len(self._kept) > _KEPT_TILES:
            self._kept.popitem(last=False)
        return pictures


def named_ends(bounds: Sequence[float], zoom: int) -> TileEnds:
    """The tiles of a zoom that show bounds (west, south, east, north in degrees); all of them where those are none."""
    across = 2**zoom
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return TileEnds(0, 0, across, across)
    lat = np.clip([north, south], -MERCATOR_MAX_LAT, MERCATOR_MAX_LAT)
    x, y = transform_points(WGS84, MERCATOR, [west, east], lat)
    cols, rows = ((x / MERCATOR_HALF_M + 1) * across / 2, (1 - y / MERCATOR_HALF_M) * across / 2)
    left, right = max(0, math.floor(cols[0] + 1e-6)), min(across, math.ceil(cols[1] - 1e-6))
    top, bottom = max(0, math.floor(rows[0] + 1e-6)), min(across, math.ceil(rows[1] - 1e-6))
    return TileEnds(left, top, right, bottom)


def side_of(body: object) -> int:
    """The side of a tile in pixels; 0 where it is no picture, or of a size that is no tile's."""
    picture = decoded(body)
    is_tile = picture is not None and picture.shape[0] == picture.shape[1] and picture.shape[0] in SIDES_PX
    return int(picture.shape[0]) if picture is not None and is_tile else 0


def decoded(body: object) -> NDArray[np.uint8] | None:
    """(h, w, 4) red, green, blue, alpha; None for bytes that are no picture of a usable kind."""
    if not isinstance(body, bytes) or not (body.startswith(_IMAGES) or body[4:12] in _AVIF):
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_UNCHANGED)
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
