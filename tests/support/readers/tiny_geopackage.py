"""A GeoPackage of small tables, each with one point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely


def geopackage(path: Path, *tables: str) -> Path:
    """Write a file with these tables; returns its path."""
    for number, table in enumerate(tables):
        pyogrio.raw.write(
            path,
            shapely.to_wkb(np.array([shapely.Point(128 + number, 51)], object)),
            [np.array([1])],
            ["n"],
            layer=table,
            driver="GPKG",
            geometry_type="Point",
            crs="EPSG:4326",
            append=path.exists(),
        )
    return path
