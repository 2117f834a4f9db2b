"""The files that pictures are painted of: what a reader says of them, and a preset of their style."""

from __future__ import annotations

from pathlib import Path

from msgspec import convert

from layers.raster.info import RasterInfo
from layers.raster.presets import combinations_of
from layers.raster.style import RasterStyle
from layers.readers.files import Content
from layers.readers.raster.probe import probe_raster
from layers.requests.probe import Probe


def preset(path: Path, name: str) -> RasterStyle:
    info = info_of(path)
    numbers = next(numbers for combination, numbers in combinations_of(info) if combination.name == name)
    return RasterStyle.from_json({"bands": list(numbers)}, info)


def info_of(path: Path) -> RasterInfo:
    return convert(probe_raster(Probe(str(path)), str(path), Content.TIFF)[0]["raster"], RasterInfo)
