"""A small file geodatabase, as OGR writes it."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely


def geodatabase(path: Path, count: int = 5) -> Path:
    """Points, lines and a table without places."""
    points = shapely.to_wkb(shapely.points(43 + np.arange(count) / 10, 36 + np.arange(count) / 20))
    lines = shapely.to_wkb(np.array([shapely.LineString([(300_000, 4_000_000), (310_000, 4_010_000)])]))
    names = np.array(["Восточный", "文昌", "Vandenberg", "", "e"] * count, object)[:count]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        common = {"driver": "OpenFileGDB"}
        pyogrio.raw.write(
            path,
            points,
            [names, np.arange(count, dtype=np.int32)],
            ["name", "n"],
            layer="pads",
            geometry_type="Point",
            crs="EPSG:4326",
            **common,
        )
        pyogrio.raw.write(
            path, lines, [names[:1]], ["name"], layer="roads", geometry_type="LineString", crs="EPSG:32638", **common
        )
        pyogrio.raw.write(path, None, [names[:1]], ["name"], layer="notes", geometry_type=None, **common)
    return path
