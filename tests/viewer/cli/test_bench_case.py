"""bench case: the figures of work in the real window; the case stays as it was. No figure is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.pool.pool import ReaderPool
from layers.project.saving.publish import write_case
from viewer.cli.terminal.command import BAD_INPUT, DONE

KEYS = ["draw_ms", "select_ms", "edit_ms", "undo_ms", "search_ms", "pan_p95_ms", "growth_mb"]
SHEET_KEYS = ["sheet_open_ms", "sheet_key_p95_ms"]
FIND_KEYS = ["find_ms", "find_filtered_ms", "filter_ms", "filter_busy_ms"]


@pytest.fixture(autouse=True)
def few_rounds(few_frames, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once or twice what a measurement does again and again; panels are made as they are wanted."""
    monkeypatch.setattr("viewer.app.arranging.docks.Docks.warm_up", lambda docks, jobs: None)
    monkeypatch.setattr("viewer.app.arranging.docks.Docks.waiting", lambda docks: [])
    monkeypatch.setattr("viewer.cli.benches.bench_case.ReaderPool", lambda workers: ReaderPool(inline=True))
    monkeypatch.setattr("viewer.cli.benches.bench_case.ROUNDS", 1)
    monkeypatch.setattr("viewer.cli.benches.bench_case.WORKING", 1 / 2)
    monkeypatch.setattr("viewer.cli.benches.bench_case.DRAG_STEPS", 3)
    monkeypatch.setattr("viewer.cli.benches.bench_case.TURN", 2)
    monkeypatch.setattr("viewer.cli.benches.bench_find.ROUNDS", 1)
    monkeypatch.setattr("viewer.cli.benches.bench_sheet.SITES", 5)
    monkeypatch.setattr("viewer.cli.benches.bench_sheet.STEPS", 4)
    monkeypatch.setattr("viewer.cli.benches.bench_sheet.LONGEST_S", 0.1)


def written(case: Path, places: list[Point]) -> Path:
    write_case(
        Document({"sites": [Site(uuid=f"s{n}", geometry=at, label=f"Site {n}") for n, at in enumerate(places)]}), case
    )
    return case


@pytest.mark.bounded
def test_bench_case(cli, tmp_path: Path) -> None:
    case = written(tmp_path / "case.gpkg", [Point(100 + n * 0.61803 % 1 * 10, 30 + n / 20) for n in range(100)])
    before = case.read_bytes()
    outcome = cli("bench", "case", case, "--edits", "3", "--json")
    assert outcome.code == DONE, outcome.err
    assert {*KEYS, *SHEET_KEYS, *FIND_KEYS} <= set(outcome.json)
    assert outcome.json["sites"] == 100
    assert all(outcome.json[key] > 0 for key in (*KEYS[:6], *SHEET_KEYS, *FIND_KEYS))
    assert set(outcome.json["all_in_view"]) == set(KEYS[:4])
    assert set(outcome.json["least"]) == {*KEYS[:5], "pan_ms"}
    assert case.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["case.gpkg"]


@pytest.mark.bounded
def test_bench_case_of_a_case_without_sites(cli, tmp_path: Path) -> None:
    write_case(Document(), tmp_path / "empty.gpkg")
    outcome = cli("bench", "case", tmp_path / "empty.gpkg", "--json")
    assert outcome.code == BAD_INPUT
    assert "no sites" in outcome.sentence
