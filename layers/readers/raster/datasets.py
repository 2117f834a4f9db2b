"""Open raster datasets of this process: opened by their content's own driver, checked, kept in a small LRU."""

from __future__ import annotations

import atexit
import os
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import rasterio
from rasterio._env import set_gdal_config
from rasterio.enums import Interleaving
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader, MemoryFile

from layers.errors import NotAllowed, NotReadable, TooLarge, UnsupportedFormat
from layers.readers.environment import Profile, current_profile
from layers.readers.files import (
    CONTAINERS,
    HEAD_BYTES,
    PICTURES,
    RASTERS,
    Content,
    content_of,
    content_of_head,
    is_readable,
    regular_file,
)
from layers.readers.guards.archive import is_archive, member_head, name_for_gdal
from layers.readers.guards.elevation import judge_dted, judge_grid, judge_hgt
from layers.readers.guards.envi import judge_envi
from layers.readers.guards.hdf5 import is_hdf5, judge_hdf5
from layers.readers.guards.imagine import judge_imagine
from layers.readers.guards.tile_audit import tiles_in
from layers.readers.guards.vrt_judge import understood_vrt
from layers.readers.guards.webp import judge_webp
from layers.readers.library_words import cannot_open
from layers.readers.raster.esri_metadata import metadata_files
from layers.readers.raster.georeferencing import Georeferencing, georeferencing_of
from layers.readers.raster.jpeg2000 import is_cut_short
from layers.readers.raster.ranged_files import RangedFile, place_beside_nothing, state_at
from layers.readers.raster.ranged_layout import content_by_ranges, judge_layout, judge_levels
from layers.readers.raster.subdatasets import Subdataset, names_degrees, pictures_of, target_of
from layers.readers.raster.worldfile import unreadable_beside
from layers.readers.tiled.mbtiles import MbtilesReader
from layers.readers.tiled.pmtiles import LocalBytes, PmtilesReader
from layers.requests.addresses import is_address, name_of
from layers.text.counted import counted

MAX_OPEN = 24
MAX_BANDS = 512
MAX_BLOCK_BYTES = 256 * 2**20
MAX_INTERLEAVED_BYTES = 512 * 2**20
FULL_RESOLUTION = -1

BLOCKS_A_VIEW = 9
"""Blocks of 512 pixels that a reader's half of a 1080p view touches; each of them is unpacked only once."""
LEAST_CACHE_BYTES, MOST_CACHE_BYTES = 8 * 2**20, 96 * 2**20

_SIDECARS = (".ovr", ".msk")
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CHECKED_SOURCES = 100
_JUDGES: dict[Content, Callable[[str], object]] = {
    Content.IMAGINE: judge_imagine,
    Content.ENVI: judge_envi,
    Content.SRTM: judge_hgt,
    Content.DTED: judge_dted,
    Content.GRID: judge_grid,
    Content.WEBP: judge_webp,
}
"""Looks into a file before GDAL does, by its kind."""


class _Key(NamedTuple):
    path: str
    part: str
    level: int
    modified_ns: int
    size: int


class Datasets:
    """Datasets by path and overview level. A handle is used and closed by this process's one thread only."""

    def __init__(self) -> None:
        self._open: OrderedDict[_Key, DatasetReader] = OrderedDict()
        self._keys: dict[DatasetReader, _Key] = {}
        self._georeferencing: dict[DatasetReader, Georeferencing] = {}
        self._cache_bytes = LEAST_CACHE_BYTES

    def get(self, path: str, level: int = FULL_RESOLUTION, part: str = "") -> DatasetReader:
        """The dataset at an overview level (-1: full resolution), opened anew when the file has changed.

        `part` is the tile table of a GeoPackage, the number of a NITF's image or the name of a netCDF's picture; ""
        means the first.
        Raises what `regular_file`, `content_of` and `open_raster` raise.
        """
        path, state = _present(path)
        key = _Key(path, part, level, *state)
        open_dataset = self._open.get(key)
        if open_dataset is not None:
            self._open.move_to_end(key)
            return open_dataset
        for stale in [k for k in self._open if k.path == path and k[3:] != key[3:]]:
            self._close(self._open.pop(stale))
        content = packed_content(path, part) if part and is_archive(path) else raster_content(path)
        if content not in RASTERS:
            raise UnsupportedFormat("{path} is not a raster file.", path=name_of(path))
        dataset = open_raster(path, content, level, part)
        self._open[key] = dataset
        self._keys[dataset] = key
        while len(self._open) > MAX_OPEN:
            self._close(self._open.popitem(last=False)[1])
        self._fit_cache()
        return dataset

    def at_level(self, dataset: DatasetReader, level: int) -> DatasetReader:
        """The same file at another overview level."""
        key = self._keys[dataset]
        return self.get(key.path, level, key.part)

    def path_of(self, dataset: DatasetReader) -> str:
        """The path of the file of an open dataset."""
        return self._keys[dataset].path

    def place_of(self, dataset: DatasetReader) -> str:
        """The path beside which its sidecars lie; for a member of an archive, and for a file at an address, a path
        beside which there are none.
        """
        key = self._keys[dataset]
        if is_address(key.path):
            return place_beside_nothing(key.path)
        return os.path.join(key.path, key.part) if key.part and is_archive(key.path) else key.path

    def state_of(self, dataset: DatasetReader) -> tuple[int, int]:
        """(modified in ns, size in bytes) of the file of an open dataset, when it was opened."""
        key = self._keys[dataset]
        return key.modified_ns, key.size

    def forget(self, path: str) -> None:
        """Close the datasets of a file, and with them all that GDAL holds of it."""
        for key in [key for key in self._open if key.path == path]:
            self._close(self._open.pop(key))

    def close(self) -> None:
        """Close all datasets."""
        while self._open:
            self._close(self._open.popitem()[1])

    def georeferencing(self, dataset: DatasetReader, anew: bool = False) -> Georeferencing:
        """The place of an open full-resolution dataset; found once, unless `anew` or not yet known."""
        georeferencing = self._georeferencing.get(dataset)
        if anew or georeferencing is None or not georeferencing.is_known:
            path, key = self.place_of(dataset), self._keys[dataset]
            real = os.path.realpath(path) if dataset.driver == Content.VRT else path
            is_overlay = key.part and key.path.lower().endswith(".kmz") and is_archive(key.path)
            georeferencing = _laid_by_overlay(dataset, key) if is_overlay else None
            georeferencing = self._georeferencing[dataset] = georeferencing or georeferencing_of(dataset, real)
        return georeferencing

    def _fit_cache(self) -> None:
        """Give GDAL's cache the room that the blocks of the open files need, and no more: it fills whatever it is
        given.
        """
        largest = max(max(_unpacked_bytes(dataset)) for dataset in self._open.values())
        wanted = min(max(BLOCKS_A_VIEW * largest, LEAST_CACHE_BYTES), MOST_CACHE_BYTES)
        if wanted != self._cache_bytes:
            self._cache_bytes = wanted
            set_gdal_config("GDAL_CACHEMAX", wanted)

    def _close(self, dataset: DatasetReader) -> None:
        self._georeferencing.pop(dataset, None)
        self._keys.pop(dataset, None)
        dataset.close()


def _laid_by_overlay(dataset: DatasetReader, key: _Key) -> Georeferencing | None:
    # For pictures in a KMZ alone: it loads the libraries of features, which readers of imagery do without.
    from layers.readers.raster.overlay_place import overlay_georeferencing

    return overlay_georeferencing(dataset, key.path, key.part)


DATASETS = Datasets()
"""Datasets of this process. They are closed before the interpreter ends, while GDAL's last messages still reach a
logger.
"""
atexit.register(DATASETS.close)


def _present(path: str) -> tuple[str, tuple[int, int]]:
    """The path, or the address, of a file that is there, and its state: when it was modified (ns), and its size."""
    if is_address(path):
        return path, state_at(path)
    path = regular_file(path)
    state = os.stat(path)
    return path, (state.st_mtime_ns, state.st_size)


def raster_content(path: str) -> Content:
    """The kind of the file, with tiles in SQLite files recognised. Raises as `content_of` and `tiles_in`."""
    if is_address(path):
        return content_by_ranges(path)
    content = content_of(path)
    return tiles_in(path).content if content is Content.SQLITE else content


def packed_content(path: str, member: str) -> Content:
    """The kind of a picture in an archive. Raises UnsupportedFormat for one that would lead to other files."""
    head = member_head(path, member, HEAD_BYTES)
    content = content_of_head(head, os.path.splitext(member)[1].lower())
    if content not in PICTURES:
        raise UnsupportedFormat(
            "{member} in {path} is no picture: unpack it.", member=os.path.basename(member), path=os.path.basename(path)
        )
    return content


def open_raster(path: str, content: Content, level: int = FULL_RESOLUTION, part: str = "") -> DatasetReader:
    """Open with the one driver that `content` names and check the header before any pixel is read.

    Raises NotReadable where the driver refuses, TooLarge for blocks or band counts beyond reason.
    """
    name = name_of(path)
    if content is Content.MBTILES:
        return MbtilesReader(path, level)
    if content is Content.PMTILES:
        return _opened_tiles(path, level)
    if part and is_archive(path):
        name, path, part = os.path.basename(part), name_for_gdal(path, part), ""
    options = {} if level == FULL_RESOLUTION else {"overview_level": level}
    try:
        if is_address(path):
            dataset = _opened_by_ranges(path, content, options)
        elif content is Content.VRT:
            dataset = _opened_vrt(path, options)
        elif content in CONTAINERS:
            dataset = _opened_picture(path, content, part, options)
        else:
            dataset = _opened(path, content, part, options)
    except RasterioError as error:
        raise cannot_open(name, str(error.__cause__ or error)) from error
    try:
        _check(dataset, name)
        if is_address(path) and level == FULL_RESOLUTION:
            judge_layout(dataset, path)
    except Exception:
        dataset.close()
        raise
    return dataset


def _opened(path: str, content: Content, part: str, options: dict[str, Any]) -> DatasetReader:
    _judge(path, content)
    target, own = _opening(path, content, part)
    # Never list the folder: it may hold a hundred thousand files, and sidecars that lead elsewhere.
    listing = "TRUE" if content is Content.ENVI or sound_sidecars(path) else "EMPTY_DIR"
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN=listing), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(target, driver=str(content), **own, **options)


def _opened_tiles(path: str, level: int) -> PmtilesReader:
    """PMTiles, of which each view reads a few ranges, on this computer or at an address."""
    if not is_address(path):
        return PmtilesReader(path, LocalBytes(path), level)
    tiles = PmtilesReader(path, RangedFile(path), level)
    if level == FULL_RESOLUTION:
        judge_levels(tiles, path)
    return tiles


def _opened_by_ranges(address: str, content: Content, options: dict[str, Any]) -> DatasetReader:
    file = RangedFile(address)
    with _alone():
        return rasterio.open(file.name, driver=str(content), opener=file, **options)


def _opened_picture(path: str, content: Content, part: str, options: dict[str, Any]) -> DatasetReader:
    """One picture of a netCDF or HDF5 file, which is judged first."""
    if is_hdf5(path):
        judge_hdf5(path)
    with _alone():
        container = rasterio.open(path, driver=str(content), **options)
        pictures = pictures_of(container, path, content)
        if not pictures and not part:
            return _in_degrees(container, path, content, options)
        container.close()
        target, driver = target_of(pictures, path, content, part)
        return _in_degrees(rasterio.open(target, driver=driver, **options), target, driver, options)


def _in_degrees(dataset: DatasetReader, target: str, driver: str, options: dict[str, Any]) -> DatasetReader:
    """The same, opened in WGS 84 where it says that its axes are longitude and latitude and names no CRS."""
    if dataset.crs or not names_degrees(dataset):
        return dataset
    dataset.close()
    return rasterio.open(target, driver=str(driver), ASSUME_LONGLAT="YES", **options)


def pictures_in(path: str, content: Content) -> tuple[Subdataset, ...]:
    """The pictures of a netCDF or HDF5 file that was opened before; empty where it is one. Raises RasterioError."""
    with _alone(), rasterio.open(path, driver=str(content)) as container:
        return pictures_of(container, path, content)


def each_of(pictures: tuple[Subdataset, ...], path: str, content: Content) -> Iterator[DatasetReader | None]:
    """Each picture of a file that was opened before, closed with the next; None for one that cannot be opened."""
    for picture in pictures:
        target, driver = target_of(pictures, path, content, picture.part)
        try:
            with _alone(), _in_degrees(rasterio.open(target, driver=driver), target, driver, {}) as dataset:
                yield dataset
        except RasterioError:
            yield None


@contextmanager
def _alone() -> Iterator[None]:
    """Options for files without anything beside them."""
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def _judge(path: str, content: Content) -> None:
    """Check a file before GDAL opens it. Raises GeoloupeError for one with parts outside its folder, or of unbounded
    size.
    """
    judge = _JUDGES.get(content)
    if judge is not None and not path.startswith("/vsi"):
        judge(path)
    if content is not Content.ENVI:
        return
    refused = [suffix for suffix in _SIDECARS if os.path.lexists(path + suffix) and not sound_sidecars(path, suffix)]
    if refused:  # GDAL finds the header only where it may look beside the file, and then it looks at these, too
        name = os.path.basename(path)
        raise NotAllowed(
            "{name}{refused} beside {name} is not what GDAL writes under that name: move it away.",
            name=name,
            refused=refused[0],
        )


def _opened_vrt(path: str, options: dict[str, Any]) -> DatasetReader:
    """Opens a VRT as we understood it, written into memory: GDAL never opens the file itself."""
    name = os.path.basename(path)
    if current_profile() is not Profile.VRT:
        raise UnsupportedFormat("{name} is a VRT: only a reader of its own opens it.", name=name)
    real = os.path.realpath(path)
    vrt = understood_vrt(real)
    for source in vrt.sources[:_CHECKED_SOURCES]:
        open_raster(source, content_of(source)).close()
    beside = {suffix: real + suffix if sound_sidecars(real, suffix) else "" for suffix in _SIDECARS}
    memory = MemoryFile(vrt.written(beside[".ovr"], beside[".msk"]), filename=name)
    try:
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return memory.open(driver=str(Content.VRT), **options)
    finally:
        memory.close()  # GDAL has read all of it; leaving it as a context would close the dataset too


def _opening(path: str, content: Content, part: str) -> tuple[str, dict[str, Any]]:
    """The name to open and the options for it."""
    name = os.path.basename(path)
    if content is Content.TILES:
        tables = tiles_in(path).tables
        table = part or tables[0]
        if table not in tables:
            raise NotReadable("{name} has no tiles named {table}.", name=name, table=table[:60])
        return path, {"TABLE": table}
    if content is Content.NITF and part:
        if not part.isdecimal():
            raise NotReadable("{name} has no image {part}.", name=name, part=part[:60])
        return f"NITF_IM:{int(part)}:{path}", {}
    is_packed = path.startswith("/vsi")
    if content is Content.JPEG2000 and not is_packed and is_cut_short(path) and not _reads_strictly(path):
        return path, {"STRICT": "NO"}  # what is there is shown, blurred, and the probe says that it is not all
    return path, {}


def _reads_strictly(path: str) -> bool:
    """True when OpenJPEG reads the first pixel of a JPEG 2000 file that is cut short: later tiles are missing then."""
    try:
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, driver=str(Content.JPEG2000)) as dataset:
                dataset.read(1, window=((0, 1), (0, 1)))
    except RasterioError:
        return False
    return True


def sound_sidecars(path: str, *suffixes: str) -> bool:
    """True when there are overviews or a mask beside the file and all of them are TIFFs, as GDAL writes them."""
    sidecars = [path + suffix for suffix in suffixes or _SIDECARS if is_readable(path + suffix)]
    return bool(sidecars) and all(_is_tiff(sidecar) for sidecar in sidecars)


def refused_sidecars(path: str) -> list[str]:
    """Names of overview or mask files beside the file that GDAL did not write, or that may not be read."""
    sidecars = [path + suffix for suffix in _SIDECARS if os.path.lexists(path + suffix)]
    refused = [os.path.basename(f) for f in sidecars if not is_readable(f) or not _is_tiff(f)]
    return refused + unreadable_beside(path, metadata_files(path))


def _is_tiff(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(4) in _TIFF_MAGIC


def _check(dataset: DatasetReader, name: str) -> None:
    far = str(dataset.tags(ns="OVERVIEWS").get("OVERVIEW_FILE", ""))
    # Ours are named in what was made of a VRT; a NITF's are for a driver that is not there.
    if far and dataset.driver not in (Content.VRT, Content.NITF):
        raise NotAllowed(
            "{name} keeps its overviews in another file, which is not followed ({far}): save it "
            "anew, for example as a Cloud Optimized GeoTIFF.",
            name=name,
            far=far[:80],
        )
    if dataset.count == 0:
        raise NotReadable("{name} holds no picture, or not the one that was asked for.", name=name)
    if dataset.count > MAX_BANDS:
        raise TooLarge(
            "{name} has {bands}: at most {max_bands} can be opened. "
            "Take those that are needed out of it, with gdal_translate -b.",
            name=name,
            bands=counted(dataset.count, "band"),
            max_bands=MAX_BANDS,
        )
    unpacked = _unpacked_bytes(dataset)
    for (rows, cols), dtype, block_bytes in zip(dataset.block_shapes, dataset.dtypes, unpacked, strict=True):
        if rows * cols * _itemsize(dtype) > MAX_BLOCK_BYTES or block_bytes > MAX_INTERLEAVED_BYTES:
            raise TooLarge(
                "{name} is stored in blocks of {cols} x {rows} pixels, too large to read safely: "
                "save it as a Cloud Optimized GeoTIFF.",
                name=name,
                cols=cols,
                rows=rows,
            )


def _unpacked_bytes(dataset: DatasetReader) -> list[int]:
    """The bytes that a block of each band takes in memory: all bands together where pixels hold them side by side."""
    together = dataset.count if dataset.interleaving is Interleaving.pixel else 1
    return [
        rows * cols * _itemsize(dtype) * together
        for (rows, cols), dtype in zip(dataset.block_shapes, dataset.dtypes, strict=True)
    ]


def _itemsize(dtype: str) -> int:
    sizes = {"complex_int16": 4, "complex64": 8, "complex128": 16, "bool": 1}
    digits = "".join(c for c in dtype if c.isdigit())
    return sizes.get(dtype) or int(digits or 64) // 8
