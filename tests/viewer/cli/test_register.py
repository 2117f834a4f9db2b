"""`geoloupe register`: the shift of the contract, its exit codes, and inputs at fault."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.support.shifted_pairs import pure_noise, true_pair, write_pair, write_picture
from tests.viewer.cli.conftest import Cli, write_scene


def test_a_known_shift_is_told_in_pixels_and_in_metres(cli: Cli, tmp_path: Path) -> None:
    pair = true_pair(3)
    moving, fixed = write_pair(tmp_path, pair)
    outcome = cli("register", moving, fixed, "--json")
    assert outcome.code == 0, outcome.err
    found = outcome.json
    assert list(found) == ["shift_px", "shift_m", "reliable", "residual_px", "why"]
    assert math.dist(found["shift_px"], pair[2]) < 0.2
    assert found["shift_m"] == pytest.approx([px * 10 / 0.9996 for px in found["shift_px"]], rel=1e-3)
    assert found["reliable"] is True
    said = cli("register", moving, fixed)
    assert (said.code, said.out.splitlines()[0]) == (0, "reliable")
    assert f"{found['shift_px'][0]:.2f} px right" in said.out


def test_a_shift_of_nothing_is_not_significant(cli: Cli, tmp_path: Path) -> None:
    moving, fixed, _ = true_pair(4)
    pair = write_pair(tmp_path, (moving, moving, (0.0, 0.0)))
    assert cli("register", *pair).out.splitlines()[-1] == "not significant: the shift is no more than its parts differ"
    pair = write_pair(tmp_path, (moving, fixed, (0.0, 0.0)))
    assert "not significant" not in cli("register", *pair).out


def test_the_shift_is_in_pixels_of_the_moving_one_wherever_the_fixed_one_lies(cli: Cli, tmp_path: Path) -> None:
    """Positions, not pixels, are what is off: the same picture, with its corner told wrongly."""
    picture = true_pair(4)[0]
    right = write_picture(tmp_path / "right.tif", picture, (500_000.0, 5_700_000.0), 10.0, "EPSG:32652")
    wrong = write_picture(tmp_path / "wrong.tif", picture, (500_063.0, 5_700_038.0), 10.0, "EPSG:32652")
    outcome = cli("register", wrong, right, "--json")
    assert outcome.code == 0, outcome.err
    assert math.dist(outcome.json["shift_px"], (-6.3, 3.8)) < 0.2  # to the left, and down


def test_noise_ends_with_three_and_says_why(cli: Cli, tmp_path: Path) -> None:
    moving, fixed = write_pair(tmp_path, pure_noise(1))
    outcome = cli("register", moving, fixed, "--json")
    assert outcome.code == 3
    assert outcome.json["reliable"] is False
    assert outcome.json["why"].endswith(".")
    assert cli("register", moving, fixed).out.startswith("not reliable\n")


def test_inputs_at_fault_are_told_in_one_sentence(cli: Cli, tmp_path: Path, points_geojson: Path) -> None:
    scene, nowhere = write_scene(tmp_path / "scene.tif"), write_scene(tmp_path / "nowhere.tif", None)
    far, _ = write_pair(tmp_path, true_pair(1))
    for other, word in ((nowhere, "no CRS"), (points_geojson, "no image"), (far, "no common ground")):
        outcome = cli("register", scene, other, "--json")
        assert outcome.code == 1
        assert word in outcome.sentence
    assert cli("register", scene, tmp_path / "none.tif").code == 1
    assert cli("register", scene).code == 2
