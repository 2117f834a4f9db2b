"""Tables of shapely geometries, for tests: steps of a hundredth of a unit."""

from __future__ import annotations

import numpy as np
import shapely

from layers.vector.table import LINE, POINT, POLYGON, FeatureTable, StepGrid

STEP = 0.01
_KINDS = {"Point": POINT, "LineString": LINE, "Polygon": POLYGON}


def table_of(geometries: list, first_fid: int = 1, crs: str = "EPSG:3857") -> FeatureTable:
    """A table of points, lines and polygons and their multis, kinds mixed as they come."""
    kinds, parts, starts, xy = [], [0], [0], []
    for geometry in geometries:
        pieces = shapely.get_parts(geometry)
        kinds.append(_KINDS[pieces[0].geom_type])
        runs = [ring for piece in pieces for ring in (shapely.get_rings(piece) if kinds[-1] == POLYGON else [piece])]
        for run in runs:
            xy.append(shapely.get_coordinates(run))
            starts.append(starts[-1] + len(xy[-1]))
        parts.append(parts[-1] + len(runs))
    steps = np.rint(np.concatenate(xy) / STEP).astype(np.int32)
    grid = StepGrid(crs, 0.0, 0.0, STEP)
    if set(kinds) == {POINT} and len(steps) == len(geometries):
        return FeatureTable(grid, POINT, first_fid, None, None, steps)
    return FeatureTable(
        grid,
        np.array(kinds, np.uint8),
        np.arange(first_fid, first_fid + len(geometries)),
        np.array(parts, np.int32),
        np.array(starts, np.int32),
        steps,
    )


def shapes(random: np.random.Generator, count: int, size: float = 100.0) -> list:
    """Points, lines, polygons with holes and multis about a square of `size`, some of them large."""
    made = []
    for _ in range(count):
        x, y = random.uniform(0, size, 2).round(2)
        reach = float(random.choice([0.02, 0.05, 0.3]) * size)
        kind = random.integers(0, 5)
        if kind == 0:
            made.append(shapely.Point(x, y))
        elif kind == 1:
            made.append(shapely.LineString((np.array([x, y]) + random.uniform(-reach, reach, (6, 2))).round(2)))
        elif kind == 2:
            turns = np.sort(random.uniform(0, 2 * np.pi, 7))
            ring = np.stack([x + reach * np.cos(turns), y + reach * np.sin(turns)], axis=1).round(2)
            made.append(shapely.Polygon(ring))
        elif kind == 3:
            outer = shapely.box(x - reach, y - reach, x + reach, y + reach)
            made.append(outer - shapely.box(x - reach / 2, y - reach / 2, x + reach / 2, y + reach / 2))
        else:
            made.append(shapely.MultiPoint(random.uniform(0, size, (3, 2)).round(2)))
    return [shapely.transform(shape, lambda c: c.round(2)) for shape in made]
