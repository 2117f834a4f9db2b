"""Files that do not say where they lie, where nobody can be asked: alone in pixel space, else refused."""

from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from tests.support.cases.rich import read_case
from tests.support.readers.tiny_rasters import surface, write_raster
from tests.viewer.cli.conftest import Cli, write_scene
from viewer.cli.terminal.command import BAD_INPUT, DONE


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    return write_scene(tmp_path / "nowhere.tif", crs=None)


@pytest.fixture
def unnamed(tmp_path: Path) -> Path:
    """A position in a CRS that is not named."""
    return write_raster(tmp_path / "unnamed.tif", surface().astype(np.uint8), None, Bounds(400_000, 0, 401_280, 1_280))


def test_alone_it_is_rendered_in_its_own_pixels_and_that_is_said(cli: Cli, nowhere: Path, tmp_path: Path) -> None:
    outcome = cli("render", nowhere, "--out", tmp_path / "x.png", "--size", "256x256")
    assert outcome.code == DONE
    assert outcome.sentence == "nowhere.tif has no position and no CRS: it is shown in pixel space."
    picture = cv2.imread(str(tmp_path / "x.png"))
    y, x = np.mgrid[0:256, 0:256]
    assert (picture[..., 2] == x).all()
    assert (picture[..., 1] == y).all()


@pytest.mark.parametrize("more", [["--bounds", "10,50,11,51"], ["--crs", "EPSG:3857"]])
def test_where_a_place_on_earth_is_asked_for_it_is_refused(
    cli: Cli, nowhere: Path, tmp_path: Path, more: list[str]
) -> None:
    outcome = cli("render", nowhere, "--out", tmp_path / "x.png", "--size", "64x64", *more)
    assert outcome.code == BAD_INPUT
    assert "pixel space" in outcome.sentence
    assert not (tmp_path / "x.png").exists()


def test_with_others_it_is_refused(cli: Cli, nowhere: Path, unnamed: Path, scene_tif: Path, tmp_path: Path) -> None:
    for file, advice in ((nowhere, "world file"), (unnamed, "choose its CRS in the window")):
        for call in (
            ("render", scene_tif, file, "--out", tmp_path / "x.png", "--size", "64x64"),
            ("render", file, scene_tif, "--out", tmp_path / "x.png", "--size", "64x64"),
            ("new", tmp_path / "x.gpkg", scene_tif, file),
            ("new", tmp_path / "x.gpkg", file, file),
        ):
            outcome = cli(*call)
            assert outcome.code == BAD_INPUT, call
            assert file.name in outcome.sentence
            assert advice in outcome.sentence
    assert not list(tmp_path.glob("x.*"))


def test_a_new_case_keeps_that_it_is_in_pixel_space(cli: Cli, nowhere: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    outcome = cli("new", case, nowhere)
    assert (outcome.code, outcome.out) == (DONE, f"{case}: a new case with 1 layer.\n")
    assert "pixel space" in outcome.err
    (layer,) = read_case(case).document.layers.values()
    assert layer.crs == PIXEL_SPACE
    assert cli("render", case, "--out", tmp_path / "x.png", "--size", "256x256").code == DONE
    assert (cv2.imread(str(tmp_path / "x.png"))[0, :, 2] == np.arange(256)).all()
    outcome = cli("export", case, "--out", tmp_path / "y.png", "--size", "400x300")
    assert outcome.code == BAD_INPUT
    assert "needs a map" in outcome.sentence
    assert not (tmp_path / "y.png").exists()


@pytest.mark.bounded
def test_a_case_with_sites_draws_them_on_the_map_and_says_what_is_not_on_it(
    cli: Cli, nowhere: Path, points_geojson: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case.gpkg"
    assert cli("new", case, nowhere).code == DONE
    assert cli("add-sites", case, points_geojson).code == DONE
    outcome = cli("render", case, "--out", tmp_path / "x.png", "--size", "64x64")
    assert outcome.code == DONE
    assert outcome.sentence == "nowhere.tif has no CRS: it is shown in pixel space only."


def test_info_says_what_is_lacking(cli: Cli, nowhere: Path, unnamed: Path) -> None:
    for file, words in ((nowhere, "nothing about its position"), (unnamed, "in which CRS it is")):
        facts = cli("info", file, "--json").json
        assert facts["bounds_lonlat"] is None
        assert any(words in problem for problem in facts["problems"])


def test_features_in_pixel_space_have_a_margin(cli: Cli, tmp_path: Path) -> None:
    """A point at the very edge would lose half of its symbol."""
    path = tmp_path / "plan.gpkg"
    corners = shapely.to_wkb(shapely.points([[0, 0], [100, 0], [100, 100], [0, 100]]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(path, corners, [np.arange(4)], ["n"], layer="plan", driver="GPKG", geometry_type="Point")
    assert cli("render", path, "--out", tmp_path / "x.png", "--size", "300x300").code == DONE
    picture = cv2.imread(str(tmp_path / "x.png")).astype(int)
    drawn = np.abs(picture - picture[150, 150]).max(axis=2) > 40
    assert drawn.any()
    assert not drawn[[0, -1]].any()
    assert not drawn[:, [0, -1]].any()
    rows = np.flatnonzero(drawn.any(axis=1))
    assert rows.min() + rows.max() == pytest.approx(299, abs=3), "the symbols of both edges are whole"
