"""Photographs of a camera with a position: told by `info`, and marked where the camera was, on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases.rich import read_case
from tests.support.readers.tiny_photograph import write_photograph
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import BAD_INPUT, DONE


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    return write_photograph(tmp_path / "IMG_0815.jpg", EXIF_OffsetTimeOriginal="+03:00")


def test_info_tells_place_date_and_camera(cli: Cli, photograph: Path) -> None:
    facts = cli("info", photograph, "--json").json
    assert facts["photograph"]["position"] == pytest.approx([31.5, 50.2508333])
    assert facts["photograph"]["taken"] == "2024-05-06T04:08:09Z"
    assert facts["photograph"]["camera"] == "Canon EOS R5"
    assert facts["bounds_lonlat"] is None, "that is where the camera was, not where the picture lies"
    assert not any("says nothing" in problem for problem in facts["problems"])
    assert any("where the camera was" in problem for problem in facts["problems"])
    assert (facts["acquisition"]["at"], facts["acquisition"]["date_kind"]) == ("2024-05-06T04:08:09Z", "instant")


def test_it_becomes_a_mark_on_request(cli: Cli, photograph: Path, tmp_path: Path) -> None:
    case = tmp_path / "a.gpkg"
    assert cli("new", case).code == DONE
    assert cli("add-sites", case, photograph).code == DONE
    (mark,) = read_case(case).document.sites.values()
    assert (mark.mark_kind, mark.label, mark.observed_at) == ("photo", "IMG_0815", "2024-05-06T04:08:09Z")
    assert (mark.geometry.x, mark.geometry.y) == pytest.approx((31.5, 50.2508333))
    assert mark.position_basis == "EXIF of IMG_0815.jpg: where the camera was, as it says itself"
    assert "Canon EOS R5" in mark.notes
    assert not mark.is_site, "nobody has judged what it shows"


def test_a_picture_without_a_position_is_refused_as_before(cli: Cli, scene_tif: Path, tmp_path: Path) -> None:
    case = tmp_path / "a.gpkg"
    cli("new", case)
    outcome = cli("add-sites", case, scene_tif)
    assert outcome.code == BAD_INPUT
    assert "it is an image" in outcome.sentence
