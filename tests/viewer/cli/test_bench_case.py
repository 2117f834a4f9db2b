"""bench case: the figures of work in the real window; the case stays as it was. No figure is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.project.saving.publish import write_case
from viewer.cli.command import BAD_INPUT, DONE

KEYS = ["draw_ms", "select_ms", "edit_ms", "undo_ms", "search_ms", "pan_p95_ms", "growth_mb"]


@pytest.mark.bounded
def test_bench_case(cli, tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    places = [Point(70 + n * 0.61803 % 1 * 60, 20 + n / 50) for n in range(2000)]
    sites = [Site(uuid=f"s{n}", geometry=place, label=f"Site {n}") for n, place in enumerate(places)]
    write_case(Document({"sites": sites}), case)
    before = case.read_bytes()
    outcome = cli("bench", "case", case, "--edits", "60", "--json")
    assert outcome.code == DONE
    assert set(KEYS) <= set(outcome.json)
    assert outcome.json["sites"] == 2000
    assert all(outcome.json[key] > 0 for key in KEYS[:6])
    assert case.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["case.gpkg"]


def test_bench_case_of_a_case_without_sites(cli, tmp_path: Path) -> None:
    write_case(Document(), tmp_path / "empty.gpkg")
    outcome = cli("bench", "case", tmp_path / "empty.gpkg", "--json")
    assert outcome.code == BAD_INPUT
    assert "no sites" in outcome.sentence
