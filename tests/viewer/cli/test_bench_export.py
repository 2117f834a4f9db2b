"""bench export: the figures of an A3 page on the real painter. No figure is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewer.cli.command import DONE


@pytest.mark.bounded
def test_bench_export(cli, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers in the test's own process are always ready."""
    monkeypatch.setattr("viewer.cli.bench_export.warm", lambda studio: None)
    monkeypatch.setattr("viewer.cli.bench_export.RUNS", 1)
    monkeypatch.setattr("viewer.cli.bench_export.DPI", 40)
    outcome = cli("bench", "export", demo, "--json")
    assert outcome.code == DONE
    assert list(outcome.json) == ["a3_png_ms", "a3_pdf_ms", "max_ui_gap_ms"]
    assert all(value > 0 for value in outcome.json.values())
