"""Data off the Earth, data that contradict their CRS, and data beyond the map's edge: drawn, with a sentence."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.control import GroundControlPoint as Point
from rasterio.errors import NotGeoreferencedWarning

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.crs_off_earth import EUROPA, GRID, MARS, MOON, MOON_DEGREES
from tests.support.pictures import drawn
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.canvas.conftest import site
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import BAD_INPUT, DONE

VALUES = np.full((1, 64, 64), 200, np.uint8)
KINDS = {"grid": GRID, "Moon": MOON, "Moon in degrees": MOON_DEGREES, "Mars": MARS, "Europa": EUROPA}


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", KINDS)
def test_a_raster_or_vector_off_the_earth_is_drawn_and_that_is_said(cli: Cli, tmp_path: Path, kind: str) -> None:
    raster = write_raster(tmp_path / "raster.tif", VALUES, KINDS[kind], Bounds(1, 2, 3, 4))
    vector = tmp_path / "vector.gpkg"
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.box(1, 2, 3, 4)], crs=KINDS[kind]).to_file(vector)
    for file in (raster, vector):
        facts = cli("info", file, "--json").json
        assert facts["bounds_lonlat"] is None
        assert any("no place on the Earth" in problem for problem in facts["problems"])
        outcome = cli("render", file, "--out", tmp_path / "x.png", "--size", "100x100")
        assert outcome.code == DONE
        assert "has no place on the Earth" in outcome.sentence
        assert drawn(tmp_path / "x.png").mean() > 0.9
        assert (
            cli("render", file, "--out", tmp_path / "y.png", "--size", "64x64", "--crs", "EPSG:3857").code == BAD_INPUT
        )


@pytest.mark.bounded
@pytest.mark.parametrize(("left", "right"), [(MOON, MOON_DEGREES), (GRID, GRID), (MARS, MARS)])
def test_two_of_one_body_or_grid_lie_on_one_canvas(cli: Cli, tmp_path: Path, left: str, right: str) -> None:
    metres = 1737400 * np.pi / 180 if left == MOON else 1.0
    a = write_raster(tmp_path / "a.tif", VALUES, left, Bounds(0, 0, metres, metres))
    b = write_raster(tmp_path / "b.tif", VALUES, right, Bounds(3, 0, 4, 1))
    outcome = cli("render", a, b, "--out", tmp_path / "x.png", "--size", "400x100")
    assert outcome.code == DONE
    assert len(outcome.err.splitlines()) == 2
    picture = drawn(tmp_path / "x.png")
    assert picture[:, 5:90].mean() > 0.97
    assert not picture[:, 110:290].any()
    assert picture[:, 310:395].mean() > 0.97


@pytest.mark.bounded
def test_beside_data_of_the_earth_they_are_left_out_and_that_is_said(cli: Cli, scene_tif: Path, tmp_path: Path) -> None:
    moon = write_raster(tmp_path / "moon.tif", VALUES, MOON, Bounds(1, 2, 3, 4))
    outcome = cli("render", scene_tif, moon, "--out", tmp_path / "x.png", "--size", "100x100")
    assert outcome.code == DONE
    assert "moon" in outcome.sentence
    case = tmp_path / "case.gpkg"
    assert cli("new", case, moon).code == DONE
    assert "needs a map" in cli("export", case, "--out", tmp_path / "y.png").sentence


def with_points(path: Path, places: list[tuple[float, float]]) -> Path:
    write_raster(path, VALUES, None, None)
    corners = [(0, 0), (0, 64), (64, 0), (64, 64)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "r+") as out:
            out.gcps = [Point(*at, *place) for at, place in zip(corners, places, strict=True)], "EPSG:4326"
    return path


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([(10.1, 50.3)] * 4, "has no position"),
        ([(10, 50), (11, 51), (12, 52), (13, 53)], "has no position"),
        ([(10, 50), (11, 51), (11, 51), (10, 50)], "has no position"),
        ([(450000, 5e6), (450640, 5e6), (450000, 4999360), (450640, 4999360)], "its numbers do not fit that"),
    ],
    ids=["one place", "one line", "crossed", "metres as degrees"],
)
def test_control_points_that_tell_no_place(
    cli: Cli, tmp_path: Path, places: list[tuple[float, float]], words: str
) -> None:
    file = with_points(tmp_path / "points.tif", places)
    assert cli("info", file, "--json").json["bounds_lonlat"] is None
    outcome = cli("render", file, "--out", tmp_path / "x.png", "--size", "100x100")
    assert outcome.code == DONE
    assert words in outcome.sentence
    assert outcome.sentence.endswith("it is shown in pixel space.")
    assert drawn(tmp_path / "x.png").all()


# -- files that do not say their CRS --------------------------------------------------------------------------------


@pytest.fixture
def unnamed(tmp_path: Path) -> list[Path]:
    bounds = Bounds(448000, 5411000, 449000, 5412000)
    raster = write_raster(tmp_path / "scene.tif", VALUES, None, bounds)
    vector = tmp_path / "field.shp"
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.box(*bounds)], crs="EPSG:32631").to_file(vector)
    vector.with_suffix(".prj").unlink()
    return [raster, vector]


def test_the_crs_of_data_can_be_named(cli: Cli, unnamed: list[Path], points_geojson: Path, tmp_path: Path) -> None:
    out, view = tmp_path / "x.png", ["--size", "100x100", "--bounds", "2.292,48.851,2.303,48.857"]
    for files in ([unnamed[0]], [unnamed[1]], unnamed, [*unnamed, points_geojson]):
        outcome = cli("render", *files, "--out", out, "--crs-of-data", "EPSG:32631", *view)
        assert (outcome.code, outcome.err) == (DONE, "")
        assert drawn(out).mean() > 0.5
    assert "no longitudes" in cli("render", unnamed[0], "--out", out, "--crs-of-data", "EPSG:4326", *view).sentence
    assert "names no CRS" in cli("render", unnamed[0], "--out", out, "--crs-of-data", "EPSG:1", *view).sentence


def test_without_it_each_is_drawn_in_pixel_space(cli: Cli, unnamed: list[Path], tmp_path: Path) -> None:
    for file in unnamed:
        outcome = cli("render", file, "--out", tmp_path / "x.png", "--size", "100x100")
        assert outcome.code == DONE
        assert outcome.sentence.endswith("it is shown in pixel space.")
        assert drawn(tmp_path / "x.png").mean() > 0.9


# -- beyond 85 degrees ----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_data_about_a_pole_are_drawn_on_a_polar_map(cli: Cli, tmp_path: Path) -> None:
    for name, lat, code in (("north", 87.0, "EPSG:3995"), ("south", -88.0, "EPSG:3031")):
        shape = shapely.box(10, lat, 40, lat + 1)
        file, case, out = tmp_path / f"{name}.geojson", tmp_path / f"{name}.gpkg", tmp_path / "x.png"
        file.write_text(shapely.to_geojson(shape))
        write_case(Document({"sites": [site("ice", shape)]}), case)
        for call in (["render", file], ["render", case], ["export", case]):
            outcome = cli(*call, "--out", out, "--size", "400x300")
            assert outcome.code == DONE, call
            assert code in outcome.sentence
            assert drawn(out).any()
        outcome = cli("render", file, "--out", out, "--size", "200x150", "--crs", code)
        assert (outcome.code, outcome.err) == (DONE, ""), "who names a CRS need not be told"


def test_a_layer_beyond_the_edge_of_a_map_of_others_is_named(cli: Cli, points_geojson: Path, tmp_path: Path) -> None:
    file = tmp_path / "ice.geojson"
    file.write_text(shapely.to_geojson(shapely.box(10, 87, 40, 88)))
    outcome = cli("render", points_geojson, file, "--out", tmp_path / "x.png", "--size", "200x150")
    assert outcome.code == DONE
    assert "“ice” lies beyond 85 degrees" in outcome.sentence
    case = tmp_path / "case.gpkg"
    write_case(Document({"sites": [site("pole", shapely.Point(10, 88)), site("town", shapely.Point(10, 50))]}), case)
    outcome = cli("render", case, "--out", tmp_path / "x.png", "--size", "400x300")
    assert outcome.code == DONE
    assert "1 site lies beyond 85 degrees" in outcome.sentence
    outcome = cli("export", case, "--out", tmp_path / "x.png", "--size", "400x300")
    assert (outcome.code, outcome.err) == (DONE, ""), "a product has a projection that shows both"
