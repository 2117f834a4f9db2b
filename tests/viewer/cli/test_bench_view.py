"""bench view: the figures of a file on the real canvas, and its pictures. No figure is asserted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from viewer.cli.benches.bench_view import pss_kb
from viewer.cli.terminal.command import BAD_INPUT, DONE


@pytest.fixture(autouse=True)
def few_steps(few_frames: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two scales, moved to twice. Readers in the test's own process are always ready."""
    monkeypatch.setattr("viewer.cli.benches.bench_view.warm", lambda studio: None)
    monkeypatch.setattr("viewer.cli.benches.bench_view.FRACTIONS", (1.0, 1 / 4))
    monkeypatch.setattr("viewer.cli.benches.bench_view.STEPS", 2)
    monkeypatch.setattr("viewer.cli.benches.bench_view.DRAG_PICTURES", 2)


def test_bench_view(cli, scene_tif: Path, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    outcome = cli("bench", "view", scene_tif, "--size", "320x200", "--frames", frames, "--json")
    assert outcome.code == DONE, outcome.err
    figures = outcome.json
    assert figures["file"] == "scene.tif"
    assert [view["fraction"] for view in figures["views"]] == [1.0, 0.25]
    assert [len(view["frames_ms"]) for view in figures["views"]] == [2, 2]
    assert figures["first_frame_ms"] > figures["open_ms"] > 0
    assert figures["max_ui_gap_ms"] >= figures["p95_ui_gap_ms"] >= 0
    assert figures["stretch_fps"] > 0
    assert figures["peak_pss_mb"] > 10
    wide, near = (view["bounds"] for view in figures["views"])
    assert (near[2] - near[0]) / (wide[2] - wide[0]) == pytest.approx(0.25)

    assert {path.name for path in frames.iterdir()} == {
        f"scene_{fraction}_{step}.{suffix}"
        for fraction in ("1.0000", "0.2500")
        for step in (0, 1)
        for suffix in ("png", "json")
    }
    picture = QImage(str(frames / "scene_0.2500_1.png"))
    assert (picture.width(), picture.height()) == (320, 200)
    assert picture.pixelColor(20, 100).red() + 20 < picture.pixelColor(300, 100).red(), "red grows eastwards"
    told = [json.loads((frames / f"scene_0.2500_{step}.json").read_text())["bounds"] for step in (0, 1)]
    assert told[1] == near
    assert told[1][0] - told[0][0] == pytest.approx((near[2] - near[0]) / 10, rel=0.02), (
        "a tenth of the map to the right"
    )


def test_bench_view_of_features_has_no_stretch(cli, points_geojson: Path) -> None:
    outcome = cli("bench", "view", points_geojson, "--size", "320x200")
    assert outcome.code == DONE, outcome.err
    assert "file: points.geojson\n" in outcome.out
    assert "stretch_fps: None\n" in outcome.out


def test_bench_view_of_what_cannot_be_read(cli, tmp_path: Path) -> None:
    (tmp_path / "torn.tif").write_bytes(b"II*\0torn")
    outcome = cli("bench", "view", tmp_path / "torn.tif", "--json")
    assert outcome.code == BAD_INPUT
    assert "torn.tif" in outcome.sentence


def test_memory_of_a_process_that_is_gone_is_none() -> None:
    assert pss_kb(2**22 + 1) == 0
    assert pss_kb(os.getpid()) > 1000
