"""The shipped coast as it is painted in the projections of products: no line of it is torn across a map."""

from __future__ import annotations

import json
from functools import cache

import cv2
import numpy as np
import pytest

import sample_data
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.geo.map_projections import azimuthal, conic, suited_crs
from layers.grid.tile_grid import View
from tests.viewer.export.conftest import pixels
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio

PROJECTIONS = {
    "UTM": ("EPSG:32652", (131.0, 43.0), 4e5),
    "UTM on the dateline": ("EPSG:32760", (178.5, -17.5), 3e5),
    "azimuthal on the dateline": (azimuthal(180.0, 66.0), (180.0, 66.0), 3e6),
    "azimuthal across the dateline": (azimuthal(105.0, 45.0), (180.0, 66.0), 3e6),
    "the North Pole": (azimuthal(0.0, 90.0), (0.0, 90.0), 4e6),
    "the South Pole": (azimuthal(180.0, -90.0), (0.0, -90.0), 4e6),
    "the pole beside the middle": (azimuthal(11.0, 80.0), (0.0, 90.0), 3e6),
    "conic": (suited_crs(Bounds(73.0, 18.0, 135.0, 54.0)), (104.0, 36.0), 3e6),
    "conic on the dateline": (conic(180.0, 50.0, 70.0), (180.0, 60.0), 2.5e6),
    "Africa": (suited_crs(Bounds(-20.0, -36.0, 52.0, 38.0)), (16.0, 1.0), 5e6),
    "the Earth": ("EPSG:8857", (0.0, 0.0), 1.8e7),
    "the Earth about the dateline": ("EPSG:8859", (180.0, 0.0), 1.8e7),
}
QUICK = ("UTM",)
SIDE, REACH = 300, 5
STEP_DEG = 0.05


@cache
def coast_places() -> tuple[np.ndarray, np.ndarray]:
    """Places along the coast, close to each other, on the Earth."""
    lons, lats = list[np.ndarray](), list[np.ndarray]()
    features = json.loads(sample_data.path("coast.geojson").read_text("utf-8"))["features"]
    for shape in (feature["geometry"] for feature in features):
        lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        for line in lines:
            places = np.array(line, float)[:, :2]
            steps = np.abs(np.diff(places, axis=0)).max(axis=1)
            along = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-9))])
            dense = np.union1d(np.arange(0.0, along[-1], STEP_DEG), along)
            lons.append(np.interp(dense, along, places[:, 0]))
            lats.append(np.interp(dense, along, places[:, 1]))
    return np.concatenate(lons), np.concatenate(lats)


def near_the_coast(view: View) -> np.ndarray:
    """(h, w) pixels within reach of a place of the coast, placed one by one."""
    x, y = transform_points(WGS84, view.grid.crs, *coast_places())
    known = np.isfinite(x) & np.isfinite(y)
    a, b, c, d, e, f = view.affine.inverse()
    px, py = a * x[known] + b * y[known] + c, d * x[known] + e * y[known] + f
    inside = (px >= 0) & (px < view.width) & (py >= 0) & (py < view.height)
    seen = np.zeros((view.height, view.width), np.uint8)
    seen[py[inside].astype(int), px[inside].astype(int)] = 1
    return cv2.dilate(seen, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)).astype(bool)


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.bounded) for name in PROJECTIONS]
)
def test_no_coast_is_torn(studio: Studio, name: str) -> None:
    crs, middle, half = PROJECTIONS[name]
    x, y = (float(value) for value in transform_points(WGS84, crs, *middle))
    view = View.of_bounds(crs, Bounds(x - half, y - half, x + half, y + half), SIDE, SIDE)
    coast = Layer(
        uuid="coast",
        kind="vector",
        name="Coast",
        source_json='{"shipped": "coast.geojson"}',
        style_json='{"stroke_color": "#ffffff", "stroke_width_px": 1.0}',
    )
    seen = pixels(studio.picture_of(studio.scene_made(MapScene, Document({"layers": [coast]})), view))
    lines, near = seen.min(axis=2) > 120, near_the_coast(view)
    assert lines.sum() > 100, "there is a coast"
    assert not (lines & ~near).any()
    reached = cv2.dilate(lines.astype(np.uint8), np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)).astype(bool)
    assert reached[near].mean() > 0.9, "nothing of it is left out"
