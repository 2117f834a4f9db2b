"""geoloupe scenes: which scenes are in a folder, where and when."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Request
from layers.requests.scenes import DescribeScene
from tests.support.many_scenes import write_scene
from tests.viewer.cli.conftest import Cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "scenes"
    write_scene(found / "west.tif", Bounds(10.0, 50.0, 11.0, 51.0), "2020-05-01T10:30:00Z", platform="Landsat 8")
    write_scene(found / "deep" / "east.tif", Bounds(20.0, 50.0, 21.0, 51.0), "2021-06-01")
    write_scene(found / "edge.tif", Bounds(179.0, -18.0, 181.0, -17.0), "2022-07-01")
    write_scene(found / "site_2019.tif", Bounds(10.5, 50.0, 10.6, 50.1))
    return found


def names(cli: Cli, *words: object) -> list[str]:
    return [scene["name"] for scene in cli("scenes", *words, "--json").json]


def test_scenes_say_where_and_when_they_are(cli: Cli, folder: Path) -> None:
    outcome = cli("scenes", folder, "--json")
    assert outcome.code == 0
    assert not outcome.err
    west, east, edge, undated = outcome.json
    assert west["path"] == str(folder / "west.tif")
    assert (west["sensor"], west["acquired"], west["date_kind"]) == ("Landsat 8", "2020-05-01T10:30:00Z", "instant")
    assert west["date_basis"] == "metadata"
    assert west["bounds_lonlat"] == pytest.approx([10.0, 50.0, 11.0, 51.0])
    assert shape(west["footprint"]).symmetric_difference(shapely.box(10.0, 50.0, 11.0, 51.0)).area < 1e-6
    assert east["name"] == "east"
    assert edge["bounds_lonlat"] == pytest.approx([179.0, -18.0, 181.0, -17.0])
    assert edge["footprint"]["type"] == "MultiPolygon", "cut at the antimeridian"
    assert (undated["acquired"], undated["date_kind"], undated["date_basis"]) == (None, "unknown", None)
    assert undated["date_in_name"] == "2019", "offered, in a key of its own"


def test_scenes_of_an_area(cli: Cli, folder: Path) -> None:
    assert names(cli, folder, "--bounds", "10.7,50,12,51") == ["west"]
    assert names(cli, folder, "--bounds", "-180,-20,-179.5,-10") == ["edge"]
    assert names(cli, folder, "--bounds", "-179.9,-18,-179,-17") == ["edge"]
    assert names(cli, folder, "--bounds", "179.5,-18,180.5,-17") == ["edge"]
    assert names(cli, folder, "--bounds", "0,0,1,1") == []


def test_scenes_of_a_time_leave_out_what_has_no_date_and_say_so(cli: Cli, folder: Path) -> None:
    outcome = cli("scenes", folder, "--from", "2020", "--to", "2021-06", "--json")
    assert [scene["name"] for scene in outcome.json] == ["west", "east"]
    assert outcome.err == "geoloupe: 1 scene without a known date left out: it may be of that time or not.\n"
    assert names(cli, folder, "--to", "2020-05-01") == ["west"]
    assert names(cli, folder, "--from", "2021-06-01") == ["east", "edge"]


def test_problems_are_on_standard_error(cli: Cli, folder: Path) -> None:
    (folder / "broken.tif").write_bytes(b"II*\0" + bytes(3000))
    outcome = cli("scenes", folder)
    assert outcome.code == 0
    assert "1 file or folder could not be read" in outcome.err
    assert "broken.tif" in outcome.err
    assert outcome.out.count("\n") == 4
    assert "site_2019.tif: date unknown, its name suggests 2019" in outcome.out


def test_a_second_call_reads_nothing(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cli("scenes", folder, "--json").json
    submit = ReaderPool.submit

    def refusing(self: ReaderPool, request: Request) -> None:
        assert not isinstance(request.question, DescribeScene), request.question.path
        submit(self, request)

    monkeypatch.setattr(ReaderPool, "submit", refusing)
    assert cli("scenes", folder, "--json").json == first


def test_what_cannot_be_listed_is_refused(cli: Cli, folder: Path, tmp_path: Path) -> None:
    assert "no file" in cli("scenes", tmp_path / "gone").sentence
    assert "is no folder" in cli("scenes", folder / "west.tif").sentence
    assert cli("scenes", folder, "--from", "soon").code == 2
    (tmp_path / "empty").mkdir()
    assert cli("scenes", tmp_path / "empty").out == "No scene found.\n"
    assert cli("scenes", tmp_path / "empty", "--json").json == []


def test_a_name_that_is_no_utf8_keeps_no_folder_from_being_listed(cli: Cli, folder: Path) -> None:
    """Python has such bytes as lone surrogates, which neither SQLite nor a terminal takes."""
    try:
        (folder / "caf\udce9.tif").write_bytes((folder / "west.tif").read_bytes())
        (folder / "d\udcff").mkdir()
    except OSError:
        pytest.skip("this file system takes no such names")
    for _ in range(2):  # the second time from what is kept
        outcome = cli("scenes", folder)
        assert outcome.code == 0
        assert "caf?.tif" in outcome.err
        assert "no UTF-8" in outcome.err
        assert "west.tif: Landsat 8" in outcome.out
    assert [scene["name"] for scene in cli("scenes", folder, "--json").json] == ["west", "east", "edge", "site_2019"]


def test_a_folder_whose_name_is_no_utf8_is_listed(cli: Cli, folder: Path) -> None:
    odd = folder.with_name("sc\udce8nes")
    try:
        folder.rename(odd)
    except OSError:
        pytest.skip("this file system takes no such names")
    outcome = cli("scenes", odd, "--json")
    assert outcome.code == 0
    assert "Rename it" in outcome.err
