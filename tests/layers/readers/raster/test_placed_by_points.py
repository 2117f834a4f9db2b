"""Pictures placed by the analyst's control points: drawn through the fit, once, and the file as it was."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.raster.point_fit.control_point import ControlPoint, Method, PointSet
from tests.support.readers.georeferenced import UTM, tile
from tests.support.readers.probed import probed_image
from tests.support.readers.tiny_rasters import write_raster

SIZE = (160, 120)
MID = (454_000.0, 5_748_000.0)
PIXEL_M = 3.0
PIXELS = [(8.0, 6.0), (150.0, 10.0), (152.0, 112.0), (10.0, 108.0), (80.0, 60.0), (40.0, 90.0), (120.0, 30.0)]


def truth(method: Method):
    """The scan's true way from pixels to UTM: turned by 20 degrees, and tilted or bent as the method can follow."""
    tilt = 0.3 if method is Method.PROJECTIVE else 0.0
    bend = 0.02 if method is Method.THIN_PLATE else 0.0
    cos, sin = math.cos(0.35), math.sin(0.35)

    def forwards(col, row):
        u, v = col / SIZE[0] - 0.5, row / SIZE[1] - 0.5
        w = 1 + tilt * u - tilt * v
        x, y = (u + bend * v) * SIZE[0] * PIXEL_M / w, -(v + bend * u * u) * SIZE[1] * PIXEL_M / w
        return MID[0] + cos * x - sin * y, MID[1] + sin * x + cos * y

    return forwards


def scan(folder: Path, method: Method) -> Path:
    """A picture without a place whose two bands hold the true x and y of each pixel's centre, from the middle."""
    cols, rows = np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5)
    x, y = truth(method)(cols, rows)
    return write_raster(folder / "scan.tif", np.stack([x - MID[0], y - MID[1]]).astype(np.float32), None, None)


def points_of(method: Method, count: int = 7, crs: str = "EPSG:32652") -> PointSet:
    found = []
    for col, row in PIXELS[:count]:
        lon, lat = transform_points("EPSG:32652", WGS84, *truth(method)(col, row))
        found.append(ControlPoint(col, row, float(lon), float(lat)))
    return PointSet(tuple(found), method, crs, SIZE)


def inner(mask):
    """Without the edge of the picture, where half a pixel is a copy of the last one."""
    found = mask.copy()
    for _ in range(3):
        found[1:-1, 1:-1] &= found[:-2, 1:-1] & found[2:, 1:-1] & found[1:-1, :-2] & found[1:-1, 2:]
    return found


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("canvas", ["EPSG:32652", WEB_MERCATOR])
def test_a_scan_lies_within_half_a_pixel_of_where_it_was_taken(tmp_path: Path, method: Method, canvas: str) -> None:
    path = scan(tmp_path, method)
    before = path.read_bytes()
    points = points_of(method)
    scale = 1.0 if canvas == "EPSG:32652" else 1 / math.cos(math.radians(points.points[0].lat))
    step = PIXEL_M * 0.8 * scale
    x, y = (float(v) for v in transform_points("EPSG:32652", canvas, *MID))
    side = 340
    affine = (step, 0, x - step * side / 2, 0, -step, y + step * side / 2)
    shown, mask = tile(path, canvas, affine, side, control_points=points.to_json(), bands=[1])
    north, _ = tile(path, canvas, affine, side, control_points=points.to_json(), bands=[2])
    cols, rows = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    true_x, true_y = transform_points(canvas, "EPSG:32652", affine[0] * cols + affine[2], affine[4] * rows + affine[5])
    off = np.hypot(shown - (true_x - MID[0]), north - (true_y - MID[1]))[inner(mask)] / PIXEL_M
    assert off.max() < (0.5 if method is Method.THIN_PLATE else 0.15)
    share = mask.sum() * step**2 / scale**2 / (SIZE[0] * SIZE[1] * PIXEL_M**2)
    assert 0.9 < share < 1.15, "all of it is there, once"
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["scan.tif"]


@pytest.mark.parametrize("method", list(Method))
def test_the_probe_says_what_places_it_and_how_well(tmp_path: Path, method: Method) -> None:
    info = probed_image(scan(tmp_path, method), control_points=points_of(method, 5).to_json())
    assert info.georeferencing_note.startswith(f"5 control points, {method}, RMS ")
    assert info.problems == (f"scan.tif is placed by {info.georeferencing_note}.",), "nothing is said to be lacking"
    assert info.crs == "EPSG:32652"
    cols, rows = np.meshgrid(np.linspace(0, SIZE[0], 9), np.linspace(0, SIZE[1], 9))
    x, y = truth(method)(cols, rows)
    assert info.bounds == pytest.approx(tuple(Bounds.of_points(x, y)), abs=1.2 * PIXEL_M)
    assert info.bounds_lonlat is not None
    lon, lat = transform_points("EPSG:32652", WGS84, *MID)
    assert info.bounds_lonlat.contains_point(float(lon), float(lat))
    assert info.placed_by == ("affine fit" if method is Method.AFFINE else "control points")


def test_its_own_place_gives_way_and_comes_back(tmp_path: Path) -> None:
    values = np.zeros((1, SIZE[1], SIZE[0]), np.uint8)
    path = write_raster(tmp_path / "placed.tif", values, "EPSG:32652", UTM)
    own = probed_image(path)
    moved = probed_image(path, control_points=points_of(Method.AFFINE).to_json())
    assert moved.bounds != own.bounds
    assert own.georeferencing_note == ""
    assert probed_image(path) == own


def test_points_that_place_nothing_leave_it_where_the_file_says(tmp_path: Path) -> None:
    values = np.zeros((1, SIZE[1], SIZE[0]), np.uint8)
    path = write_raster(tmp_path / "placed.tif", values, "EPSG:32652", UTM)
    points = replace(points_of(Method.AFFINE), size=(5, 5))
    info = probed_image(path, control_points=points.to_json())
    assert info.bounds == probed_image(path).bounds
    assert (
        "do not place it, and it lies as its file says. Its control points were set on a picture" in info.problems[-1]
    )


def test_an_oblique_view_is_the_trapezoid_that_it_shows(tmp_path: Path) -> None:
    size = (200, 100)

    def forwards(col, row):
        w = 0.2 + 1.6 * row / size[1]  # the upper edge is nine times further away than the lower
        return MID[0] + (col - size[0] / 2) * 4 / w, MID[1] + 400.0 / w

    values = np.full((1, size[1], size[0]), 200, np.uint8)
    path = write_raster(tmp_path / "oblique.tif", values, None, None)
    found = []
    for col, row in [(5, 5), (195, 5), (195, 95), (5, 95), (100, 50)]:
        lon, lat = transform_points("EPSG:32652", WGS84, *forwards(col, row))
        found.append(ControlPoint(col, row, float(lon), float(lat)))
    points = PointSet(tuple(found), Method.PROJECTIVE, "EPSG:32652", size)
    side, step = 256, 24.0
    affine = (step, 0, MID[0] - step * side / 2, 0, -step, MID[1] + step * side / 2)
    _, mask = tile(path, "EPSG:32652", affine, side, control_points=points.to_json())
    rows, cols = np.nonzero(mask)
    y = affine[5] - step * (rows + 0.5)
    assert y.min() > MID[1] + 400 / 1.8 - step
    assert y.max() < MID[1] + 400 / 0.2 + step
    far, near = (np.ptp(cols[np.abs(y - at) < step]) * step for at in (MID[1] + 1800, MID[1] + 300))
    assert far > 4 * near, "a trapezoid"
