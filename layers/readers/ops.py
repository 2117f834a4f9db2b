"""The door of a reader: one function per op, params in, (header, arrays) out."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

import rasterio

from layers.errors import UnsupportedFormat
from layers.readers import acquisition_beside, overview_cache, probe, scene_probe, scene_tile, statistics, tile
from layers.readers.files import RASTERS, Content, content_of, regular_file
from layers.readers.tile_audit import tiles_in

Result = tuple[dict[str, Any], tuple[Any, ...]]

TEST_OPS_VARIABLE = "GEOLOUPE_TEST_OPS"


def run(op: str, params: dict[str, Any]) -> Result:
    """Answer one request. Raises GeoloupeError, or whatever a library raises."""
    match op:
        case "probe":
            return _probe(params)
        case "tile":
            return scene_tile.read_scene_tile(params) if scene_tile.is_composed(params) else tile.read_tile(params)
        case "overviews":
            return overview_cache.build_overviews(params)
        case "statistics":
            return statistics.read_statistics(params)
        case "acquisition":
            return acquisition_beside.read_acquisition(params)
        case "prepare":
            return _prepare()
        case "features" | "attributes" | "rows" | "columns" | "measures" | "export_rows":
            return _run_vector(op, params)
    if op.startswith("_") and os.environ.get(TEST_OPS_VARIABLE) == "1":
        return _run_test_op(op, params)
    raise UnsupportedFormat(f"This reader does not know the request {op!r}.")


def _probe(params: dict[str, Any]) -> Result:
    if scene_probe.leads_to_scene(str(params["path"])):
        return scene_probe.probe_scene(str(params["path"]), params)
    path = regular_file(str(params["path"]))
    content, part = content_of(path), str(params.get("part", ""))
    tiles = tiles_in(path) if content is Content.SQLITE else None
    if tiles is not None and (part or not tiles.has_features):
        content = tiles.content
    if content in RASTERS:
        canvas_crs, height_m = str(params.get("canvas_crs", "")), params.get("height_m")
        header, arrays = probe.probe_raster(path, content, canvas_crs, part, height_m)
        if header.get("kind") == "raster":  # what is printed with a picture is known as soon as the picture is
            header |= acquisition_beside.read_acquisition({"path": path, "part": part})[0]
        return header, arrays
    from layers.readers import vector_probe  # pyogrio: 90 MB that a reader of rasters never needs

    header, arrays = vector_probe.probe_vector(path, content, params)
    return {**header, "parts": list(tiles.tables) if tiles is not None else []}, arrays


def _prepare() -> Result:
    """Load what a vector file needs, while another reader looks at it."""
    from layers.readers import features  # pyogrio: 90 MB that a reader of rasters never needs

    features.warm_up()
    return {}, ()


def _run_vector(op: str, params: dict[str, Any]) -> Result:
    from layers.readers import columns, exact_rows, features  # pyogrio: 90 MB that a reader of rasters never needs

    if op == "columns":
        return columns.read_columns(params)
    if op == "measures":
        from layers.readers import measures  # only where an expression asks

        return measures.read_measures(params)
    if op == "export_rows":
        from layers.readers import vector_export  # only where a layer is saved

        return vector_export.export_rows(params)
    if op == "rows":
        return exact_rows.read_exact_rows(params)
    return features.read_features(params) if op == "features" else features.read_attributes(params)


def _run_test_op(op: str, params: dict[str, Any]) -> Result:
    """Faults on demand, for the tests of the pool."""
    if op == "_crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if op == "_hang":
        time.sleep(float(params.get("seconds", 3600)))
    if op == "_eat":
        return {"bytes": len(bytearray(int(params["bytes"])))}, ()
    return _describe_process(), ()


def _describe_process() -> dict[str, Any]:
    import resource  # absent on Windows

    limits = {"files": resource.RLIMIT_NOFILE, "core": resource.RLIMIT_CORE, "written": resource.RLIMIT_FSIZE}
    with rasterio.Env() as env:
        drivers = sorted(env.drivers())
    return {
        "pid": os.getpid(), "nice": os.nice(0), "environment": dict(os.environ), "drivers": drivers,
        "modules": sorted(name for name, module in sys.modules.items() if module is not None),
        "limits": {name: resource.getrlimit(kind)[0] for name, kind in limits.items()},
    }  # fmt: skip
