"""render: the map alone, in its place, without furniture."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import write_raster
from tests.support.written_pictures import pixels
from tests.viewer.cli.conftest import write_scene
from viewer.cli.terminal.command import BAD_INPUT, DONE


def test_the_file_is_drawn_where_it_is(cli, scene_tif: Path, tmp_path: Path) -> None:
    style = json.dumps({"bands": [1, 2, 3], "stretches": [[0, 255]] * 3})
    out = tmp_path / "x.png"
    outcome = cli(
        "render",
        scene_tif,
        "--out",
        out,
        "--size",
        "256x256",
        "--bounds",
        "10,50,11,51",
        "--crs",
        "EPSG:4326",
        "--style",
        style,
    )
    assert outcome == type(outcome)(DONE, "", "")
    picture = pixels(out)
    y, x = np.mgrid[0:256, 0:256]
    assert abs(picture[..., 0] - x).max() <= 1
    assert abs(picture[..., 1] - y).max() <= 1


def test_the_default_is_everything_in_web_mercator(cli, scene_tif: Path, points_geojson: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert cli("render", scene_tif, points_geojson, "--out", out, "--size", "300x200").code == DONE
    picture = pixels(out)
    assert picture.shape == (200, 300, 3)
    ground = picture[0, 0]
    assert (picture[:, 0] == ground).all(), "taller than wide on the map: background at the sides"
    assert (picture[100, 150] != ground).any()


def test_a_grid_that_counts_longitudes_from_0_to_360_is_drawn_whole(cli, tmp_path: Path) -> None:
    """As most netCDFs of climate and sea do."""
    values = np.broadcast_to(np.arange(60, 240, 1, np.uint8), (1, 90, 180))
    path = write_raster(tmp_path / "a.tif", values, "EPSG:4326", Bounds(0, -90, 360, 90))
    out = tmp_path / "x.png"
    style = json.dumps({"bands": [1], "stretches": [[0, 255]]})
    for left, size, bounds in ((120, "600x360", ()), (0, "360x360", ("--bounds", "-180,-85.05,180,85.05"))):
        assert cli("render", path, "--out", out, "--size", size, "--style", style, *bounds).code == DONE
        row = pixels(out)[180, left : left + 360, 0]
        expected = 60 + (np.arange(-180, 180) % 360) / 2
        middle = np.abs(np.arange(360) - 180) > 3  # but where the grid's two ends meet
        assert np.abs(row - expected)[middle].max() <= 2


@pytest.mark.bounded
def test_a_case_and_a_file_beside_it(cli, demo: Path, scene_tif: Path, tmp_path: Path) -> None:
    out, alone = tmp_path / "x.png", tmp_path / "y.png"
    bounds = ("--size", "64x64", "--bounds", "10,50,11,51", "--crs", "EPSG:4326")
    assert cli("render", demo, scene_tif, "--out", out, *bounds).code == DONE
    assert cli("render", scene_tif, "--out", alone, *bounds).code == DONE
    assert (pixels(out) == pixels(alone)).all(), "the scene covers the world picture"


def test_a_second_case_is_refused(cli, demo: Path, tmp_path: Path) -> None:
    outcome = cli("render", demo, demo, "--out", tmp_path / "x.png", "--size", "64x64")
    assert outcome.code == BAD_INPUT
    assert "second case" in outcome.sentence


def test_of_a_file_that_lost_its_place_it_is_said_in_its_case(cli, tmp_path: Path) -> None:
    nowhere, out = write_scene(tmp_path / "nowhere.tif", crs=None), tmp_path / "x.png"
    placed = write_scene(tmp_path / "placed.tif")
    assert cli("new", tmp_path / "a.gpkg", placed).code == DONE
    nowhere.replace(placed)
    outcome = cli("render", tmp_path / "a.gpkg", "--out", out, "--size", "64x64")
    assert outcome.code == DONE
    assert "CRS" in outcome.sentence


def test_a_truncated_tiff_is_refused_and_in_a_case_what_is_left_is_shown(cli, tmp_path: Path) -> None:
    whole = write_scene(tmp_path / "whole.tif", tiled=True, blockxsize=64, blockysize=64)
    cut, out = tmp_path / "cut.tif", tmp_path / "x.png"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    view = ("--out", out, "--size", "128x128", "--bounds", "10,50,11,51", "--crs", "EPSG:4326")
    outcome = cli("render", cut, *view)
    assert outcome.code == BAD_INPUT
    assert "cut.tif is cut short" in outcome.sentence
    assert not out.exists()
    assert cli("info", cut).code == BAD_INPUT
    assert cli("new", tmp_path / "a.gpkg", whole).code == DONE
    cut.replace(whole)
    outcome = cli("render", tmp_path / "a.gpkg", *view)
    assert outcome.code == DONE
    assert "whole.tif is damaged" in outcome.sentence
    picture = pixels(out)
    assert (picture[120:] == picture[127, 127]).all(), "what is lost shows the background, and no invented black"
    assert (picture[:30, 40:] != picture[127, 127]).any(axis=2).all(), "what is there is shown"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--crs", "EPSG:99999999"], "EPSG:99999999"),
        (["--crs", "nonsense"], "nonsense"),
        (["--style", "{"], "--style"),
        (["--style", "[1]"], "--style"),
    ],
)
def test_bad_options_are_one_sentence(cli, scene_tif: Path, tmp_path: Path, words: list[str], says: str) -> None:
    outcome = cli("render", scene_tif, "--out", tmp_path / "x.png", "--size", "64x64", *words)
    assert outcome.code == BAD_INPUT
    assert says in outcome.sentence
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("name", ["x.jpg", "x", "x.png.zip"])
def test_only_a_png_is_written(cli, scene_tif: Path, tmp_path: Path, name: str) -> None:
    outcome = cli("render", scene_tif, "--out", tmp_path / name, "--size", "64x64")
    assert outcome.code == BAD_INPUT
    assert ".png" in outcome.sentence


def points_at(path: Path, *places: tuple[float, float]) -> Path:
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": place}} for place in places
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def inked(path: Path) -> np.ndarray:
    """(n, 2) rows and columns of what is no ground."""
    picture = pixels(path)
    return np.argwhere((picture != picture[0, 0]).any(axis=2))


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:32637"])
def test_a_single_point_is_drawn_in_the_middle(cli, tmp_path: Path, crs: str) -> None:
    out = tmp_path / "x.png"
    path = points_at(tmp_path / "a.geojson", (37.6, 55.7))
    assert cli("render", path, "--out", out, "--size", "101x101", "--crs", crs).code == DONE
    found = inked(out)
    assert len(found)
    assert abs(found.mean(axis=0) - 50).max() <= 1


def test_the_outermost_points_are_drawn_whole(cli, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    path = points_at(tmp_path / "a.geojson", (250, 40), (260, 40))
    assert cli("render", path, "--out", out, "--size", "301x101").code == DONE
    found = inked(out)
    columns = np.unique(found[:, 1])
    assert 3 < columns.min() < 40
    assert 260 < columns.max() < 297
    west, east = columns[columns < 150], columns[columns > 150]
    assert len(west) == pytest.approx(len(east), abs=1), "neither is cut"


def test_points_on_both_sides_of_the_antimeridian_are_near_each_other(cli, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    path = points_at(tmp_path / "a.geojson", (175, 0), (190, 0), (200, 0))
    assert cli("render", path, "--out", out, "--size", "301x101").code == DONE
    columns = np.unique(inked(out)[:, 1])
    assert len(np.flatnonzero(np.diff(columns) > 1)) == 2, "three points"
    assert np.ptp(columns) > 250


def test_the_same_vectors_give_the_same_bytes(cli, tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_text("name,lat,lon\na,10,20\nb,11,21\n", "utf-8")
    pictures = []
    for at in range(3):
        assert cli("render", table, "--out", tmp_path / f"{at}.png", "--size", "64x64").code == DONE
        pictures.append((tmp_path / f"{at}.png").read_bytes())
    assert len(set(pictures)) == 1
