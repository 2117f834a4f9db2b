"""Pictures to look at, each of a tiny raster, with what it must show: colours, stretches, and unbroken places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from msgspec.structs import replace
from rasterio.control import GroundControlPoint

from layers.geo.bounds import Bounds
from layers.geo.crs import transform_points
from layers.raster.stretch import StretchRule
from tests.pictures.conftest import Paint
from tests.support.picture_files import preset
from tests.support.readers.tiny_rasters import surface, write_raster

GROUND = {
    "water": (900, 500, 300, 150),
    "forest": (250, 800, 260, 3600),
    "soil": (700, 1100, 1900, 2300),
    "roofs": (2600, 2600, 2600, 2500),
}
"""Blue, green, red and near infrared, each in its quarter of the scene, row by row."""
PLACES = dict(zip(GROUND, ((8.25, 47.75), (8.75, 47.75), (8.25, 47.25), (8.75, 47.25)), strict=True))
SCENE = Bounds(8.0, 47.0, 9.0, 48.0)


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """Four kinds of ground, 16 bits, with a little texture."""
    values = np.empty((4, 128, 128))
    for number, kind in enumerate(GROUND.values()):
        row, column = divmod(number, 2)
        values[:, row * 64 : row * 64 + 64, column * 64 : column * 64 + 64] = np.array(kind)[:, None, None]
    values += np.random.default_rng(2).normal(0, 12, values.shape)
    path = write_raster(tmp_path / "scene.tif", values.astype(np.uint16), "EPSG:4326", SCENE)
    with rasterio.open(path, "r+") as file:
        file.descriptions = ("blue", "green", "red", "nir")
    return path


def test_true_colour(scene: Path, paint: Paint) -> None:
    picture = paint("true-colour", scene, preset(scene, "true_colour"))
    (red, green, blue) = picture.at(*PLACES["water"])
    assert blue > green + 20
    assert blue > red + 40
    red, green, blue = picture.at(*PLACES["forest"])
    assert green > max(red, blue) + 15
    red, green, blue = picture.at(*PLACES["soil"])
    assert red > green + 60
    assert green > blue + 20
    assert min(picture.at(*PLACES["roofs"])) > 225


def test_colour_infrared(scene: Path, paint: Paint) -> None:
    picture = paint("colour-infrared", scene, preset(scene, "colour_infrared"))
    red, green, blue = picture.at(*PLACES["forest"])
    assert red > 225, "what lives is red"
    assert max(green, blue) < 60
    assert picture.at(*PLACES["water"])[0] < 15, "water is black in the near infrared"


def test_dra_off_and_on(scene: Path, paint: Paint) -> None:
    """Over the forest alone its texture is what there is to see."""
    forest = {"lonlat": Bounds(8.52, 47.6, 8.98, 47.9), "size": (480, 480)}
    plain = preset(scene, "true_colour")
    off = paint("dra-off", scene, plain, **forest).rgb
    on = paint("dra-on", scene, replace(plain, rule=StretchRule(origin="view")), **forest).rgb
    assert off.std(axis=(0, 1)).max() < 6
    assert on.std(axis=(0, 1)).min() > 30
    assert on.min(axis=(0, 1)).max() < 20
    assert on.max(axis=(0, 1)).min() > 235


def test_placed_by_control_points(tmp_path: Path, paint: Paint) -> None:
    """A picture that lies turned on the ground; its corner is white, where the control points say it is."""
    values = surface(1, 100).astype(np.uint8)
    values[:] = 120
    values[:, :20, :20] = 255
    path = tmp_path / "gcps.tif"

    def ground(column: float, row: float) -> tuple[float, float]:
        """About 30 degrees against north."""
        return 8.0 + 0.008 * column + 0.004 * row, 47.0 + 0.004 * column - 0.006 * row

    corners = [(0, 0), (100, 0), (100, 100), (0, 100), (50, 50), (25, 75)]
    points = [GroundControlPoint(row, column, *ground(column, row)) for column, row in corners]
    with rasterio.open(
        path, "w", driver="GTiff", width=100, height=100, count=1, dtype="uint8", gcps=points, crs="EPSG:4326"
    ) as file:
        file.write(values)
    picture = paint("control-points", path)
    assert picture.at(*ground(10, 10)) == (255, 255, 255)
    for column, row in ((60, 10), (10, 60), (90, 90), (97, 3), (3, 97)):
        assert picture.at(*ground(column, row)) == (120, 120, 120)
    assert picture.is_ground()[5, 5], "beside it is nothing"
    share = (~picture.is_ground()).mean()
    assert 0.3 < share < 0.7


DATELINES = {
    "lon over 180": ("EPSG:4326", Bounds(175.0, -20.0, 185.0, -12.0)),
    "lon under -180": ("EPSG:4326", Bounds(-185.0, -20.0, -175.0, -12.0)),
    "utm": ("EPSG:32760", Bounds(700_000.0, 8_000_000.0, 1_100_000.0, 8_400_000.0)),
    "pacific": ("EPSG:3832", Bounds(2_900_000.0, -2_000_000.0, 3_900_000.0, -1_300_000.0)),
}


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("case", DATELINES)
def test_over_the_dateline_a_scene_is_unbroken(tmp_path: Path, paint: Paint, case: str) -> None:
    crs, bounds = DATELINES[case]
    rows, columns = np.mgrid[0:160, 0:200]
    values = np.stack([50 + columns, 60 + rows, np.full_like(rows, 90)]).astype(np.uint8)
    path = write_raster(tmp_path / "dateline.tif", values, crs, bounds, photometric="RGB")
    name = case.replace(" ", "-")
    near = paint(f"dateline-{name}", path)
    covered = ~near.is_ground()
    assert covered.mean() > 0.6
    assert covered[:, near.view.width // 2].mean() > 0.9
    for row in np.flatnonzero(covered.any(axis=1)):
        (across,) = np.nonzero(covered[row])
        assert len(across) == across[-1] - across[0] + 1, f"row {row} is broken"
    red = near.rgb[near.view.height // 2, covered[near.view.height // 2], 0]
    assert (np.diff(red) >= 0).all(), "from west to east it brightens, without a step back"
    assert np.diff(red).max() <= 2
    world = paint(f"dateline-{name}-world", path, world=Bounds(-20037508, -9e6, 20037508, 9e6), size=(800, 360))
    shown = ~world.is_ground()
    assert shown.any()
    assert not shown[:, 100:700].any(), "no strip around the world"
    assert shown[:, :40].any()
    assert shown[:, -40:].any()


def test_a_polar_scene_fills_the_top_of_the_map(tmp_path: Path, paint: Paint) -> None:
    """In degrees the pole is a line: the scene around it covers all longitudes, whole up to the edge."""
    bounds = Bounds(-3e6, -3e6, 3e6, 3e6)
    path = write_raster(tmp_path / "pole.tif", surface(3, 300).astype(np.uint8), "EPSG:3995", bounds, photometric="RGB")
    picture = paint("pole-in-degrees", path, crs="EPSG:4326", world=Bounds(-180, 64, 180, 90), size=(720, 52))
    assert not picture.is_ground().any()
    assert np.abs(picture.rgb[:, 0] - picture.rgb[:, -1]).max() <= 4, "both edges are one meridian"
    assert np.ptp(picture.rgb[0], axis=0).max() <= 3, "the uppermost row is the pole"


@pytest.mark.bounded
@pytest.mark.parametrize(("crs", "side"), [("EPSG:3995", 1), ("EPSG:3031", -1)])
def test_the_pole_is_filled(tmp_path: Path, paint: Paint, crs: str, side: int) -> None:
    """A raster in lon, lat that ends at the pole, on a polar canvas: a disc without a hole, a wedge or a seam."""
    latitudes = np.linspace(90, 50, 160)[:, None]
    longitudes = np.linspace(-180, 180, 720)[None, :]
    values = np.stack(
        [
            120 + 100 * np.cos(np.radians(longitudes)) * np.cos(np.radians(latitudes)),
            120 + 100 * np.sin(np.radians(longitudes)) * np.cos(np.radians(latitudes)),
            np.broadcast_to(90 + 4 * (latitudes - 50), (160, 720)),
        ]
    )
    bounds = Bounds(-180, 50, 180, 90)
    if side < 0:
        values, bounds = values[:, ::-1], Bounds(-180, -90, 180, -50)
    path = write_raster(tmp_path / "cap.tif", values.astype(np.uint8), "EPSG:4326", bounds, photometric="RGB")
    edge = abs(float(transform_points("EPSG:4326", crs, 0.0, side * 50.0)[1]))
    name = "north" if side > 0 else "south"
    picture = paint(f"pole-{name}", path, crs=crs, world=Bounds(-edge, -edge, edge, edge), size=(480, 480))
    y, x = np.mgrid[0:480, 0:480] - 239.5
    inside = np.hypot(x, y) < 236
    assert not picture.is_ground()[inside].any()
    assert picture.is_ground()[np.hypot(x, y) > 244].all()
    steps_across, steps_down = (np.abs(np.diff(picture.rgb, axis=axis)).max(axis=2) for axis in (1, 0))
    both = inside[:, 1:] & inside[:, :-1]
    assert steps_across[both].max() <= 6, "no seam at the dateline"
    assert steps_down[inside[1:] & inside[:-1]].max() <= 6
