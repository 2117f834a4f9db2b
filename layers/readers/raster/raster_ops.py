"""The ops of imagery: what a reader of features never loads."""

from __future__ import annotations

from typing import Any

from layers.errors import UnsupportedFormat
from layers.readers.deliveries import acquisition_beside, scene_probe, scene_tile
from layers.readers.files import Content, regular_file
from layers.readers.raster import overview_cache, probe, statistics, tile

Result = tuple[dict[str, Any], tuple[Any, ...]]


def run(op: str, params: dict[str, Any]) -> Result:
    """Answer one request. Raises GeoloupeError, or whatever a library raises."""
    match op:
        case "tile":
            return scene_tile.read_scene_tile(params) if scene_tile.is_composed(params) else tile.read_tile(params)
        case "overviews":
            return overview_cache.build_overviews(params)
        case "statistics":
            return statistics.read_statistics(params)
        case "acquisition":
            return acquisition_beside.read_acquisition(params)
    raise UnsupportedFormat(f"This reader does not know the request {op!r}.")


def probe_scene(params: dict[str, Any]) -> Result:
    """A delivery of several files."""
    return scene_probe.probe_scene(str(params["path"]), params)


def probe_file(content: Content, params: dict[str, Any]) -> Result:
    """One file of imagery."""
    path = regular_file(str(params["path"]))
    part, canvas_crs = str(params.get("part", "")), str(params.get("canvas_crs", ""))
    header, arrays = probe.probe_raster(path, content, canvas_crs, part, params.get("height_m"))
    if header.get("kind") == "raster":  # what is printed with a picture is known as soon as the picture is
        header |= acquisition_beside.read_acquisition({"path": path, "part": part})[0]
    return header, arrays
