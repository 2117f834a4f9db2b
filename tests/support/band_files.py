"""A scene of a catalogue with a file for each of its bands, as archives of satellites have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
BANDS = {
    "B02": ("blue", 10, 2500),
    "B03": ("green", 10, 3000),
    "B04": ("red", 10, 4000),
    "B08": ("nir", 10, 6000),
    "B12": ("swir22", 20, 8000),
}
"""Common name, metres of a pixel, and the value in the west; it falls to 1200 in the east."""
LEFT, TOP, SIDE_M = 500_000, 5_550_000, 5120
BOX = [15.0, 50.04, 15.08, 50.1]
NODATA_ROWS_M = 400
"""Metres from the northern edge without data."""


def values_of(name: str) -> NDArray[np.uint16]:
    """The values of a band, row by row from the north."""
    _, metres, high = BANDS[name]
    side = SIDE_M // metres
    values = np.tile(np.linspace(high, 1200, side), (side, 1)).astype(np.uint16)
    values[: NODATA_ROWS_M // metres] = 0
    return values


def write_bands(folder: Path) -> None:
    """Write a file for each band, and a picture of the first three as bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, metres, _) in BANDS.items():
        _write(folder / f"{name}.tif", values_of(name)[np.newaxis], metres, nodata=0)
    colours = np.stack([values_of(name) // 16 for name in ("B04", "B03", "B02")]).astype(np.uint8)
    _write(folder / "TCI.tif", colours, 10, photometric="RGB")


def _write(path: Path, pixels: NDArray[Any], metres: int, **more: Any) -> None:
    count, rows, cols = pixels.shape
    shape = {"width": cols, "height": rows, "count": count, "dtype": pixels.dtype.name}
    place = {"crs": "EPSG:32633", "transform": from_origin(LEFT, TOP, metres, metres)}
    with rasterio.open(
        path, "w", driver="GTiff", tiled=True, blockxsize=128, blockysize=128, **shape, **place, **more
    ) as file:
        file.write(pixels)


def scene_item(base: str = ".", *, visual: bool = False, missing: tuple[str, ...] = ()) -> dict[str, Any]:
    """The item of the scene with its files at `base`; those of `missing` are named as files that are not there."""
    assets = {
        name: {
            "href": f"{base}/{'gone-' if name in missing else ''}{name}.tif",
            "type": COG,
            "roles": ["data"],
            "gsd": metres,
            "eo:bands": [{"name": name, "common_name": seen}],
            "raster:bands": [{"nodata": 0, "scale": 0.0001, "offset": -0.1, "data_type": "uint16"}],
        }
        for name, (seen, metres, _) in BANDS.items()
    }
    picture = {"visual": {"href": f"{base}/TCI.tif", "type": COG, "roles": ["visual"]}} if visual else {}
    west, south, east, north = BOX
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "S2A_33UVR_20240501",
        "collection": "sentinel-2-l2a",
        "bbox": BOX,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "datetime": "2024-05-01T10:00:00Z",
            "platform": "sentinel-2a",
            "s2:processing_baseline": "05.10",
            "license": "CC-BY-4.0",
        },
        "links": [{"rel": "parent", "href": "../catalog.json"}],
        "assets": assets | picture,
    }


def write_catalogue(folder: Path, **of_item: Any) -> Path:
    """A static catalogue of the scene with relative links, and its files beside the item."""
    write_bands(folder / "items")
    links = [{"rel": "item", "href": "./items/scene.json"}, {"rel": "root", "href": "./catalog.json"}]
    catalogue = {"type": "Catalog", "stac_version": "1.0.0", "id": "c", "description": "Scenes", "links": links}
    (folder / "items/scene.json").write_text(json.dumps(scene_item(**of_item)))
    (folder / "catalog.json").write_text(json.dumps(catalogue))
    return folder
