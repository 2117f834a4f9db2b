"""Where a raster lies: its CRS and transform from the file, a world file, a .prj or control points."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
from rasterio.io import DatasetReader
from rasterio.transform import from_gcps

from layers.errors import BadCRS
from layers.readers.worldfile import Transform, crs_text, find_world_file, read_prj, read_world_file

_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Placement:
    """`crs` is "" and `transform` the identity where nothing is known; `problems` says so."""

    crs: str
    transform: Transform
    problems: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.crs != "" and self.transform != _IDENTITY


def placement_of(dataset: DatasetReader) -> Placement:
    """The placement of a full-resolution dataset."""
    name = os.path.basename(dataset.name)
    problems: list[str] = []
    transform: Transform = tuple(dataset.transform)[:6]
    crs = _crs_of(dataset.crs, name, problems)
    if transform == _IDENTITY:
        points, points_crs = dataset.gcps
        world_file = find_world_file(dataset.name)
        found = read_world_file(world_file) if world_file else None
        if found is not None:
            transform = found
        elif len(points) >= 3:
            transform = tuple(from_gcps(points))[:6]
            crs = _crs_of(points_crs, name, problems)
            off = _misfit_px(points, transform)
            problems.append(f"{name} is placed by {len(points)} control points, up to {off:.0f} pixels off.")
        elif world_file:
            problems.append(f"{os.path.basename(world_file)} is not a world file: six numbers were expected.")
    if not crs:
        crs = _prj_crs(dataset.name, problems)
    if not all(math.isfinite(v) for v in transform) or transform[0] * transform[4] == transform[1] * transform[3]:
        transform = _IDENTITY
        problems.append(f"{name} has a position that makes no sense (its transform has no area).")
    if transform == _IDENTITY:
        problems.append(f"{name} says nothing about its position: it needs a world file or georeferencing.")
    if not crs:
        problems.append(f"{name} does not say in which CRS it is: choose its CRS in the layer's properties.")
    return Placement(crs, transform, tuple(problems))


def _crs_of(crs: object, name: str, problems: list[str]) -> str:
    if not crs:
        return ""
    try:
        return crs_text(crs.to_wkt())  # type: ignore[attr-defined]
    except BadCRS:
        problems.append(f"{name} is in a CRS that is not understood: choose its CRS in the layer's properties.")
        return ""


def _prj_crs(path: str, problems: list[str]) -> str:
    try:
        return read_prj(path)
    except BadCRS:
        problems.append(f"The .prj file beside {os.path.basename(path)} names no CRS that is known.")
        return ""


def _misfit_px(points: list, transform: Transform) -> float:  # GroundControlPoint has no types
    a, b, c, d, e, f = transform
    cols, rows = np.array([p.col for p in points]), np.array([p.row for p in points])
    dx = a * cols + b * rows + c - np.array([p.x for p in points])
    dy = d * cols + e * rows + f - np.array([p.y for p in points])
    return float(np.hypot(dx, dy).max() / math.sqrt(abs(a * e - b * d)))
