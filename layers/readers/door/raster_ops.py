"""The operations of imagery, which a reader of features never loads."""

from __future__ import annotations

from typing import Any

from layers.decoding import encoded
from layers.errors import UnsupportedFormat
from layers.raster.phase_correlation import GreyPicture, register
from layers.readers.deliveries import acquisition_beside, scene_description, scene_probe, scene_tile
from layers.readers.files import Content, regular_file
from layers.readers.raster import area_statistics, chip, overview_cache, picture_hash, probe, statistics, tile
from layers.readers.raster.datasets import DATASETS
from layers.readers.raster.ranged_files import all_bytes_come
from layers.requests.addresses import is_address
from layers.requests.imagery import (
    BuildOverviews,
    HashPicture,
    ReadAcquisition,
    ReadArea,
    ReadChip,
    ReadStatistics,
    ReadTile,
)
from layers.requests.probe import Probe
from layers.requests.question import Question
from layers.requests.registering import Register
from layers.requests.scenes import DescribeScene

Result = tuple[dict[str, Any], tuple[Any, ...]]


def run(question: Question) -> Result:
    """Answer one question. Raises GeoloupeError, or whatever a library raises."""
    with all_bytes_come(DATASETS.forget):
        return _answered(question)


def _answered(question: Question) -> Result:
    match question:
        case ReadChip():
            return chip.written(question, *_tile(question))
        case ReadArea():
            return area_statistics.area_statistics(question, *_tile(question))
        case ReadTile():
            return _tile(question)
        case BuildOverviews():
            return overview_cache.build_overviews(question)
        case ReadStatistics():
            return statistics.read_statistics(question, _tile)
        case ReadAcquisition():
            return acquisition_beside.read_acquisition(question)
        case HashPicture():
            return picture_hash.hash_picture(question)
        case DescribeScene():
            return scene_description.describe_scene(question)
        case Register():
            return _registered(question)
    raise UnsupportedFormat("This reader does not know the request {op}.", op=repr(question.op))


def _tile(question: ReadTile) -> Result:
    return scene_tile.read_scene_tile(question) if question.is_composed else tile.read_tile(question)


def _registered(question: Register) -> Result:
    """The shift between two rasters, read on one grid."""
    moving, fixed = (GreyPicture.of_bands(*_tile(request)[1]) for request in (question.moving, question.fixed))
    return encoded(register(moving, fixed)), ()


def probe_imagery(content: Content | None, question: Probe) -> Result:
    """Probes one file of imagery; with None for `content` a delivery of several files."""
    if content is None:
        return scene_probe.probe_scene(question)
    path = question.path if is_address(question.path) else regular_file(question.path)
    with all_bytes_come(DATASETS.forget):
        header, arrays = probe.probe_raster(question, path, content)
        if header.get("kind") == "raster":  # what is printed with a picture is known as soon as the picture is
            header |= acquisition_beside.read_acquisition(ReadAcquisition(path, question.part))[0]
    return header, arrays
