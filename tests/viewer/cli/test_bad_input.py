"""Bad input: exit 1, one sentence, nothing under the target's name, the input untouched."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.project.storage.fsops import FileSystem
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import BAD_INPUT, DONE

BAD = ("missing.tif", "text.tif", "cut_short.tif", "empty.tif", "empty.geojson", "pipe.tif", "folder.tif")


@pytest.fixture
def bad(request: pytest.FixtureRequest, tmp_path: Path, scene_tif: Path) -> Path:
    """The file of that name."""
    path = tmp_path / "in" / request.param
    path.parent.mkdir()
    match request.param:
        case "text.tif":
            path.write_text("I am no picture at all.\n" * 20)
        case "cut_short.tif":
            path.write_bytes(scene_tif.read_bytes()[:9])
        case "empty.tif":
            path.touch()
        case "empty.geojson":
            path.write_text('{"type": "FeatureCollection", "features": []}')
        case "pipe.tif":
            os.mkfifo(path)
        case "folder.tif":
            path.mkdir()
    return path


def calls(path: Path, out: Path, case: Path) -> Iterator[tuple[object, ...]]:
    yield "info", path
    yield "info", path, "--json"
    yield "render", path, "--out", out / "x.png", "--size", "64x64"
    yield "new", out / "x.gpkg", path
    yield "add-sites", case, path
    yield "add-sites", path, case
    for name in ("sites", "claims", "sources", "observations"):
        yield name, path, "--json"
    yield "validate", path
    for suffix in ("png", "csv", "geojson"):
        yield "export", path, "--out", out / f"x.{suffix}"
    yield "bench", "view", path
    yield "bench", "save", path


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize("bad", BAD, indirect=True)
def test_every_command_refuses_it_in_one_sentence(cli: Cli, bad: Path, tmp_path: Path) -> None:
    case, out = tmp_path / "case.gpkg", tmp_path / "out"
    out.mkdir()
    assert cli("new", case).code == DONE
    before = case.read_bytes()
    for call in calls(bad, out, case):
        if call[:2] == ("bench", "view"):
            continue  # readers of its own; test_processes has it
        outcome = cli(*call)
        assert outcome.code == BAD_INPUT, call
        assert bad.name in outcome.sentence, call
        assert "/x." not in outcome.sentence, call
        assert not list(out.iterdir()), call
    assert case.read_bytes() == before
    assert sorted(path.name for path in bad.parent.iterdir()) == ([] if bad.name == "missing.tif" else [bad.name])


def test_a_geopackage_of_someone_else_is_no_case(cli, foreign_gpkg: Path, tmp_path: Path) -> None:
    before = foreign_gpkg.read_bytes()
    calls = [[name, foreign_gpkg] for name in ("sites", "claims", "sources", "validate")]
    calls += [["export", foreign_gpkg, "--out", tmp_path / "x.csv"], ["add-sites", foreign_gpkg, foreign_gpkg]]
    for call in calls:
        outcome = cli(*call)
        assert outcome.code == BAD_INPUT, call
        assert "other.gpkg" in outcome.sentence
        assert "case" in outcome.sentence
    assert foreign_gpkg.read_bytes() == before
    assert not (tmp_path / "x.csv").exists()


def targets(case: Path, scene: Path, points: Path, out: Path) -> list[tuple[Path, tuple[object, ...]]]:
    return [
        (out / "x.png", ("render", scene, "--out", out / "x.png", "--size", "64x64")),
        (out / "x.gpkg", ("new", out / "x.gpkg", scene)),
        (out / "x.csv", ("export", case, "--out", out / "x.csv")),
        (out / "x.geojson", ("export", case, "--out", out / "x.geojson")),
        (out / "y.png", ("export", case, "--out", out / "y.png", "--size", "400x300")),
        (case, ("add-sites", case, points)),
    ]


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("call", "number", "words"),
    [
        ("create", errno.EACCES, "not allowed"),
        ("create", errno.EROFS, "not allowed"),
        ("fsync_file", errno.ENOSPC, "full"),
        ("replace", errno.ENOSPC, "full"),
    ],
)
def test_f05_f07_a_read_only_folder_and_a_full_disk(
    cli, monkeypatch, tmp_path: Path, scene_tif: Path, points_geojson: Path, call: str, number: int, words: str
) -> None:
    case, out = tmp_path / "case.gpkg", tmp_path / "out"
    out.mkdir()
    assert cli("new", case, scene_tif).code == DONE
    assert cli("add-sites", case, points_geojson).code == DONE
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(FileSystem, call, fail)
    for target, words_of_call in targets(case, scene_tif, points_geojson, out):
        outcome = cli(*words_of_call)
        assert outcome.code == BAD_INPUT, words_of_call
        assert words in outcome.sentence, words_of_call
        assert target.name in outcome.sentence
        assert not list(out.iterdir()), words_of_call
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_f85_a_command_that_finds_no_memory_says_so_and_changes_nothing(
    cli, monkeypatch, tmp_path: Path, scene_tif: Path, points_geojson: Path
) -> None:
    case, out = tmp_path / "case.gpkg", tmp_path / "out"
    out.mkdir()
    assert cli("new", case, scene_tif).code == DONE
    before = case.read_bytes()

    def fail(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(FileSystem, "create", fail)
    outcome = cli("add-sites", case, points_geojson)
    assert outcome.code == BAD_INPUT
    assert "There is not enough memory" in outcome.sentence
    assert case.read_bytes() == before


def test_a_folder_that_is_not_there_and_a_folder_as_target(cli, demo, scene_tif, tmp_path: Path) -> None:
    (tmp_path / "taken.png").mkdir()
    (tmp_path / "taken.csv").mkdir()
    for out in (tmp_path / "no" / "x", tmp_path / "taken"):
        for call in (
            ("render", scene_tif, "--out", f"{out}.png", "--size", "64x64"),
            ("export", demo, "--out", f"{out}.csv"),
        ):
            outcome = cli(*call)
            assert outcome.code == BAD_INPUT
            assert "folder" in outcome.sentence
    assert not (tmp_path / "no").exists()
    assert list((tmp_path / "taken.png").iterdir()) == []
