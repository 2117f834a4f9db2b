"""Folders of small scenes, with dates in their metadata, and scenes that are nowhere but in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio

from layers.geo.bounds import Bounds
from layers.geo.picture_outline import box_outline
from layers.scenes.found_scene import FoundScene
from tests.support.readers.tiny_rasters import surface, write_raster

SIDE = 64


def write_scene(
    path: Path,
    lonlat: Bounds,
    acquired: str = "",
    *,
    platform: str = "",
    kind: str = "",
    bands: int = 3,
    crs: str = "EPSG:4326",
    side: int = SIDE,
) -> Path:
    """A GeoTIFF of bytes; its date, kind of date and platform as TIFF tags and IMAGERY metadata state them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_raster(path, surface(bands, side).astype(np.uint8), crs, lonlat)
    tags = {"DATE_KIND": kind} if kind else {}
    with rasterio.open(path, "r+") as out:
        out.update_tags(**tags)
        if acquired:
            out.update_tags(ns="IMAGERY", ACQUISITIONDATETIME=acquired)
        if platform:
            out.update_tags(ns="IMAGERY", SATELLITEID=platform)
    return path


def scene(key: str, lonlat: Bounds | None, acquired: str = "", kind: str = "instant", **facts: object) -> FoundScene:
    """A scene in memory; without a date its kind is unknown."""
    ring = () if lonlat is None else tuple(box_outline(lonlat))
    date_kind = kind if acquired else "unknown"
    basis = "metadata" if acquired else ""
    return FoundScene(key, key, acquired=acquired, date_kind=date_kind, date_basis=basis, ring=ring, **facts)  # type: ignore[arg-type]


def five_thousand() -> list[FoundScene]:
    """Scenes of 1 by 1 degree all over the Earth, some over the antimeridian, on different days."""
    random = np.random.default_rng(4)
    lons, lats = random.uniform(-180, 180, 5000), random.uniform(-80, 80, 5000)
    return [
        scene(
            f"/scenes/{n:04}.tif",
            Bounds(lon, lat, lon + 1, lat + 1),
            f"{2000 + n % 24}-{1 + n % 12:02}-{1 + n % 28:02}",
            sensor="Landsat 8",
        )
        for n, (lon, lat) in enumerate(zip(lons.tolist(), lats.tolist(), strict=True))
    ]
