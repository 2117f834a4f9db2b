"""One tile composed of bands in different files, each read through the mapping of its own file."""

from __future__ import annotations

import os
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import transform_bounds
from layers.raster.scene import BandPlace
from layers.readers.files import regular_file
from layers.readers.raster.datasets import DATASETS
from layers.readers.raster.ranged_files import all_bytes_come
from layers.readers.raster.tile import read_tile
from layers.requests.imagery import ReadTile

_HEADER = ("damaged", "sampled")


class _Where(NamedTuple):
    """The files that hold a band, and how they are read."""

    paths: tuple[str, ...]
    nodata: float | None
    part: str
    source_crs: str
    height_m: float | None


_Found = tuple[dict[str, Any], NDArray[Any], NDArray[np.bool_]]


def read_scene_tile(question: ReadTile) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Reads bands that are places in files, as `read_tile`. The dtype is one that holds those of all bands; a pixel is
    valid where every band is. Raises what `read_tile` raises; where `spares` is asked for, only if no band can be read.
    """
    wanted = [(_where(band, question), band.index) for band in question.places]
    groups: dict[_Where, list[int]] = {}
    for where, index in wanted:
        indexes = groups.setdefault(where, [])
        if index not in indexes:
            indexes.append(index)
    mosaics: dict[_Where, _Found] = {}
    faults: dict[_Where, GeoloupeError] = {}
    for where, indexes in groups.items():
        try:
            with all_bytes_come(DATASETS.forget) if question.spares else nullcontext():
                mosaics[where] = _read_mosaic(question, where, indexes)
        except GeoloupeError as error:
            mosaics.pop(where, None)
            faults[where] = error
            if not question.spares or len(faults) == len(groups):
                raise
    dtype = np.result_type(*(bands.dtype for _, bands, _ in mosaics.values()))
    nothing = np.zeros((question.height, question.width), dtype)
    layers = [mosaics[where][1][groups[where].index(index)] if where in mosaics else nothing for where, index in wanted]
    mask = np.logical_and.reduce([mask for _, _, mask in mosaics.values()])
    headers = [header for header, _, _ in mosaics.values()]
    header = {
        "dtype": dtype.str,
        "empty": not bool(mask.any()),
        "shrink": min(h["shrink"] for h in headers),
        **{key: any(h.get(key, False) for h in headers) for key in _HEADER},
        "lost": {str(at): str(faults[where].sentence) for at, (where, _) in enumerate(wanted) if where in faults},
    }
    return header, (np.stack([layer.astype(dtype, copy=False) for layer in layers]), mask)


def _where(band: BandPlace, question: ReadTile) -> _Where:
    crs = question.source_crs if band.source_crs is None else band.source_crs
    height_m = question.height_m if band.height_m is None else band.height_m
    return _Where(band.paths, band.nodata, band.part, crs, height_m)


def _read_mosaic(question: ReadTile, where: _Where, indexes: list[int]) -> _Found:
    """Bands of one file, or of the tiles that lie there, the first on top."""
    paths = where.paths
    if len(paths) > 1 and not question.crs:
        raise CannotBePlaced("An image in several tiles has no pixels of its own: choose a CRS for the canvas.")
    target = _target_bounds(question)
    near = [path for path in paths if len(paths) == 1 or _is_near(path, where.part, question.crs, target)]
    of_bands = replace(
        question,
        part=where.part,
        bands=tuple(indexes),
        nodata=where.nodata,
        source_crs=where.source_crs,
        height_m=where.height_m,
    )
    best: _Found | None = None
    for path in near or paths[:1]:
        header, (bands, mask) = read_tile(replace(of_bands, path=path))
        if best is None:
            best = header, bands, mask
        elif not header["empty"]:
            best = _over(best, (header, bands, mask))
        if best[2].all():
            break
    assert best is not None
    return best


def _over(above: _Found, below: _Found) -> _Found:
    """Fill the gaps of `above` from `below`."""
    header, bands, mask = above
    dtype = np.result_type(bands.dtype, below[1].dtype)
    header = {
        **header,
        "dtype": dtype.str,
        "empty": False,
        **{key: header.get(key, False) or below[0].get(key, False) for key in _HEADER},
    }
    return header, np.where(mask, bands, below[1]).astype(dtype, copy=False), mask | below[2]


def _target_bounds(question: ReadTile) -> Bounds:
    a, b, c, d, e, f = question.affine
    corners = [(x, y) for x in (0, question.width) for y in (0, question.height)]
    return Bounds.of_points([a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners])


def _is_near(path: str, part: str, crs: str, target: Bounds) -> bool:
    """True unless the file certainly lies elsewhere."""
    path = regular_file(path)
    state = os.stat(path)
    bounds = _extent(path, part, state.st_mtime_ns, state.st_size, crs)
    if bounds is None:
        return True
    margin_x, margin_y = (bounds.right - bounds.left) / 16, (bounds.top - bounds.bottom) / 16
    return (
        bounds.left - margin_x <= target.right
        and target.left <= bounds.right + margin_x
        and bounds.bottom - margin_y <= target.top
        and target.bottom <= bounds.top + margin_y
    )


@lru_cache(maxsize=4096)
def _extent(path: str, part: str, modified_ns: int, size: int, crs: str) -> Bounds | None:
    """The bounds of a file in this state, in `crs`; None where they are not simple."""
    dataset = DATASETS.get(path, part=part)
    georeferencing = DATASETS.georeferencing(dataset)
    if not georeferencing.is_known or georeferencing.warp is not None:
        return None
    a, b, c, d, e, f = georeferencing.transform
    corners = [(x, y) for x in (0, dataset.width) for y in (0, dataset.height)]
    bounds = Bounds.of_points([a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners])
    try:
        extent = transform_bounds(georeferencing.crs, crs, bounds)
    except GeoloupeError:
        return None
    return extent if extent.left <= extent.right else None
