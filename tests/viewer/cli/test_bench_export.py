"""bench export: the figures of an A3 page on the real painter. No figure is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.pool.pool import ReaderPool
from tests.support.cases.foreign_cases import foreign_case
from tests.viewer.cli.conftest import write_scene
from viewer.cli.terminal.command import BAD_INPUT, DONE


@pytest.mark.bounded
def test_bench_export(cli, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers in the test's own process are always ready."""
    monkeypatch.setattr("viewer.cli.benches.bench_export.warm", lambda studio: None)
    monkeypatch.setattr("viewer.cli.benches.bench_export.RUNS", 1)
    monkeypatch.setattr("viewer.cli.benches.bench_export.DPI", 40)
    outcome = cli("bench", "export", demo, "--json")
    assert outcome.code == DONE
    assert list(outcome.json) == ["a3_png_ms", "a3_pdf_ms", "max_ui_gap_ms"]
    assert all(value > 0 for value in outcome.json.values())


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("what", ["export", "case"])
def test_what_lacks_a_layer_of_the_case_is_not_measured(
    cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("viewer.cli.benches.bench_export.warm", lambda studio: None)
    monkeypatch.setattr("viewer.cli.benches.bench_case.ReaderPool", lambda workers: ReaderPool(inline=True))
    (tmp_path / "outside").mkdir()
    paused = write_scene(tmp_path / "outside" / "a.tif")
    case = foreign_case(tmp_path / "case" / "c.gpkg", absolute=str(paused))
    outcome = cli("bench", what, case, "--json")
    assert outcome.code == BAD_INPUT
    assert outcome.out == "", "no figure"
    assert "Not measured: “absolute” would not be in the picture." in outcome.err
    assert "outside the case" in outcome.err
