"""bench compare: the figures of a bar, of blinking and of panes on the real canvas. No figure is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.viewer.cli.conftest import write_scene
from viewer.cli.terminal.command import BAD_INPUT, DONE


@pytest.fixture(autouse=True)
def few_steps(few_frames: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small canvas that moves a few times. Readers in the test's own process are always ready."""
    monkeypatch.setattr("viewer.cli.benches.bench_compare.warm", lambda studio: None)
    monkeypatch.setattr("viewer.cli.benches.bench_compare.SIZE", (480, 320))
    monkeypatch.setattr("viewer.cli.benches.bench_compare.STEPS", 3)
    monkeypatch.setattr("viewer.cli.benches.bench_compare.ROUNDS", 1)
    monkeypatch.setattr("viewer.cli.benches.bench_compare.PANS", 1)


@pytest.mark.bounded
def test_bench_compare(cli, scene_tif: Path, tmp_path: Path) -> None:
    outcome = cli("bench", "compare", scene_tif, write_scene(tmp_path / "other.tif"), "--json")
    assert outcome.code == DONE
    assert list(outcome.json) == [
        "swipe_p95_ms",
        "blink_p95_ms",
        "panes4_pan_ms",
        "single_pan_ms",
        "panes4_pan_cpu_ms",
        "single_pan_cpu_ms",
    ]
    assert all(value > 0 for value in outcome.json.values())


def test_bench_compare_of_what_is_no_image(cli, scene_tif: Path, points_geojson: Path) -> None:
    outcome = cli("bench", "compare", scene_tif, points_geojson, "--json")
    assert outcome.code == BAD_INPUT
    assert "is no image" in outcome.sentence
