"""The operations of imagery, which a reader of features never loads."""

from __future__ import annotations

from typing import Any

from layers.decoding import encoded
from layers.errors import UnsupportedFormat
from layers.raster.phase_correlation import GreyPicture, register
from layers.readers.deliveries import acquisition_beside, scene_description, scene_probe, scene_tile
from layers.readers.files import Content, regular_file
from layers.readers.raster import area_statistics, chip, overview_cache, probe, statistics, tile
from layers.requests.imagery import BuildOverviews, ReadAcquisition, ReadArea, ReadChip, ReadStatistics, ReadTile
from layers.requests.probe import Probe
from layers.requests.question import Question
from layers.requests.registering import Register
from layers.requests.scenes import DescribeScene

Result = tuple[dict[str, Any], tuple[Any, ...]]


def run(asked: Question) -> Result:
    """Answer one question. Raises GeoloupeError, or whatever a library raises."""
    match asked:
        case ReadChip():
            return chip.written(asked, *_tile(asked))
        case ReadArea():
            return area_statistics.area_statistics(asked, *_tile(asked))
        case ReadTile():
            return _tile(asked)
        case BuildOverviews():
            return overview_cache.build_overviews(asked)
        case ReadStatistics():
            return statistics.read_statistics(asked, _tile)
        case ReadAcquisition():
            return acquisition_beside.read_acquisition(asked)
        case DescribeScene():
            return scene_description.describe_scene(asked)
        case Register():
            return _registered(asked)
    raise UnsupportedFormat("This reader does not know the request {op}.", op=repr(asked.op))


def _tile(asked: ReadTile) -> Result:
    return scene_tile.read_scene_tile(asked) if asked.is_composed else tile.read_tile(asked)


def _registered(asked: Register) -> Result:
    """The shift between two rasters, read on one grid."""
    moving, fixed = (GreyPicture.of_bands(*_tile(one)[1]) for one in (asked.moving, asked.fixed))
    return encoded(register(moving, fixed)), ()


def probe_imagery(content: Content | None, asked: Probe) -> Result:
    """Probes one file of imagery; with None for `content` a delivery of several files."""
    if content is None:
        return scene_probe.probe_scene(asked)
    path = regular_file(asked.path)
    header, arrays = probe.probe_raster(asked, path, content)
    if header.get("kind") == "raster":  # what is printed with a picture is known as soon as the picture is
        header |= acquisition_beside.read_acquisition(ReadAcquisition(path, asked.part))[0]
    return header, arrays
