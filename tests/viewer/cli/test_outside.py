"""A case named on the command line reads what lies beside it, and leaves out what leads elsewhere, with a sentence."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from layers.disk.content_mark import KEY
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Request
from layers.project.opening.intake import read_case
from tests.support.cases.foreign_cases import foreign_case
from tests.support.written_pictures import pixels
from tests.viewer.cli.conftest import Cli, write_scene
from viewer.cli.terminal.command import DONE, FINDINGS

BOUNDS = ("--size", "64x64", "--bounds", "10,50,11,51", "--crs", "EPSG:4326")


@pytest.mark.bounded
def test_new_and_add_sites_store_paths_below_the_case_relative(
    cli: Cli, tmp_path: Path, points_geojson: Path, scene_tif: Path
) -> None:
    case = tmp_path / "case.gpkg"
    (tmp_path / "день 1").mkdir()
    inner = Path(shutil.move(points_geojson, tmp_path / "день 1" / "точки.geojson"))
    outside = write_scene(tmp_path.parent / f"{tmp_path.name}-outside.tif")
    assert cli("new", case, scene_tif, inner, outside).code == DONE
    paths = {layer.name: layer.source["path"] for layer in read_case(case).document.layers.values()}
    assert paths == {"scene": "scene.tif", "точки": "день 1/точки.geojson", outside.stem: str(outside)}
    assert all(KEY in layer.source for layer in read_case(case).document.layers.values())
    (tmp_path / "t.csv").write_text("label,lat,lon\na,1,2\n")
    assert cli("add-sites", case, tmp_path / "t.csv").code == DONE
    assert {layer.name: layer.source["path"] for layer in read_case(case).document.layers.values()} == paths


@pytest.mark.bounded
def test_a_moved_case_is_drawn_as_before(cli: Cli, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "новая папка 数据"
    here.mkdir()
    write_scene(here / "scene.tif")
    assert cli("new", here / "c.gpkg", here / "scene.tif").code == DONE
    assert cli("render", here / "c.gpkg", "--out", tmp_path / "a.png", *BOUNDS).code == DONE
    shutil.move(here, there)
    outcome = cli("render", there / "c.gpkg", "--out", tmp_path / "b.png", *BOUNDS)
    assert (outcome.code, outcome.err) == (DONE, "")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("command", ["render", "export"])
def test_f79_what_leads_outside_is_left_out_with_one_sentence_each(
    cli: Cli, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside").mkdir()
    outside = write_scene(tmp_path / "outside" / "a.tif")
    os.mkfifo(tmp_path / "outside" / "pipe.tif")
    case = foreign_case(
        tmp_path / "case" / "c.gpkg",
        absolute=str(outside),
        pipe=str(tmp_path / "outside" / "pipe.tif"),
        up="../outside/a.tif",
        unc="\\\\srv\\share\\a.tif",
        device="/dev/zero",
        shipped={"shipped": "../../x"},
        tiles={"template": "https://tiles.example.org/{z}/{x}/{y}.png"},
    )
    write_scene(tmp_path / "case" / "beside.tif")
    asked: list[str] = []
    submit = ReaderPool.submit

    def noting(pool: ReaderPool, request: Request) -> None:
        asked.append(str(request.params))
        submit(pool, request)

    monkeypatch.setattr(ReaderPool, "submit", noting)
    outcome = cli(command, case, "--out", tmp_path / "x.png", "--size", "900x600", "--bounds", "10,50,11,51")
    assert outcome.code == DONE
    lines = outcome.err.splitlines()
    assert len(lines) == 7
    for layer, words in (
        ("absolute", "lies outside the case, in "),
        ("pipe", "lies outside the case"),
        ("up", "lies outside the case"),
        ("unc", "network share"),
        ("device", "a device"),
        ("shipped", "ships no such file"),
        ("tiles", "tiles.example.org is not contacted"),
    ):
        (line,) = [line for line in lines if f"“{layer}” is left out: " in line]
        assert words in line
    assert not [params for params in asked if "outside" in params or "srv" in params]


def test_a_file_that_is_named_is_drawn_and_no_other_of_its_folder(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    one, two = write_scene(tmp_path / "outside" / "one.tif"), write_scene(tmp_path / "outside" / "two.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", two=str(two))
    outcome = cli("render", case, one, "--out", tmp_path / "x.png", *BOUNDS)
    assert outcome.code == DONE
    assert outcome.err.count("\n") == 1
    assert "“two” is left out" in outcome.err
    assert np.unique(pixels(tmp_path / "x.png").reshape(-1, 3), axis=0).shape[0] > 100


def test_f79_validate_names_what_leads_outside_without_looking(cli: Cli, tmp_path: Path) -> None:
    outside = write_scene(tmp_path / "a.tif")
    (tmp_path / "case").mkdir()
    write_scene(tmp_path / "case" / "b.tif")
    os.mkfifo(tmp_path / "case" / "pipe.tif")
    (tmp_path / "case" / "link.tif").symlink_to(outside)
    case = foreign_case(
        tmp_path / "case" / "c.gpkg",
        there=str(outside),
        gone=str(tmp_path / "none.tif"),
        up="../a.tif",
        unc="\\\\srv\\share\\a.tif",
        windows="C:\\x\\a.tif",
        device="/dev/zero",
        beside="b.tif",
        lost="c.tif",
        pipe="pipe.tif",
        link="link.tif",
        shipped={"shipped": ["x"]},
        text={"path": {"a": 1}},
        both={"combined": [{"path": "b.tif"}, {"path": "/net/srv/a.tif"}]},
        escape="\x1b[2Ja.tif",
    )
    outcome = cli("validate", case, "--json")
    assert outcome.code == FINDINGS
    found = {json.dumps(entry) for entry in outcome.json}
    named = {
        name: {entry["code"] for entry in outcome.json if f"“{name}”" in entry["sentence"]}
        for name in read_case(case).document.layers
    }
    outside_codes = {"layer_path"}
    assert named == {
        "there": outside_codes,
        "gone": outside_codes,
        "up": outside_codes,
        "unc": outside_codes,
        "windows": outside_codes,
        "device": outside_codes,
        "beside": set(),
        "lost": {"layer_missing"},
        "pipe": outside_codes,
        "link": outside_codes,
        "shipped": outside_codes,
        "text": outside_codes,
        "both": outside_codes,
        "escape": outside_codes,
    }
    assert len(found) == 13
    assert "\x1b" not in cli("validate", case).out


@pytest.mark.parametrize("command", ["render", "export"])
def test_the_help_says_what_is_left_out(cli: Cli, command: str) -> None:
    text = " ".join(cli(command, "--help").out.split())
    assert "Naming a case is no consent for what it names" in text
