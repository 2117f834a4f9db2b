"""bench save: the figures of a case, which stays as it was."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.project.saving.publish import write_case
from viewer.cli.terminal.command import BAD_INPUT, DONE


def many_sites(count: int) -> Document:
    dice = random.Random(1)
    places = [Point(dice.uniform(70, 130), dice.uniform(20, 60)) for _ in range(count)]
    return Document(
        {"sites": [Site(uuid=f"s{n}", geometry=place, label=f"Site {n}") for n, place in enumerate(places)]}
    )


@pytest.mark.bounded
def test_bench_save(cli, tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    write_case(many_sites(200), case)
    before = case.read_bytes()
    outcome = cli("bench", "save", case, "--json")
    assert outcome.code == DONE
    assert list(outcome.json) == ["sites", "full_save_ms", "save_after_one_edit_ms", "open_ms", "to_file_ms"]
    assert outcome.json["sites"] == 200
    assert all(value > 0 for value in outcome.json.values())
    assert case.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["case.gpkg"]


def test_bench_save_of_a_case_without_sites(cli, tmp_path: Path) -> None:
    write_case(Document(), tmp_path / "empty.gpkg")
    outcome = cli("bench", "save", tmp_path / "empty.gpkg", "--json")
    assert outcome.code == BAD_INPUT
    assert "no sites" in outcome.sentence
