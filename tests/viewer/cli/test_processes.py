"""The program as a process of its own, with real reader processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.project.saving.publish import write_case
from sample_data.build import demo as demo_build
from tests.support.command_line import ROOT, geoloupe
from tests.support.readers.tiny_rasters import write_raster
from tests.support.written_pictures import pixels
from tests.viewer.cli.conftest import write_scene

pytestmark = pytest.mark.bounded


def test_render_twice_gives_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        done = geoloupe("render", demo, "--out", name, "--size", "400x250", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert np.unique(pixels(tmp_path / "a.png").reshape(-1, 3), axis=0).shape[0] > 1000


def test_export_without_a_display_writes_a_product(demo: Path, tmp_path: Path) -> None:
    done = geoloupe("export", demo, "--out", "p.png", "--size", "700x460", "--marking", "TLP:GREEN", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    picture = pixels(tmp_path / "p.png")
    assert picture.shape == (460, 700, 3)
    assert (picture[20, 20] == 0).all(), "the marking's ground"
    assert (picture[-20, 20] == 0).all()


def test_a_truncated_tiff_is_one_sentence(scene_tif: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.tif").write_bytes(scene_tif.read_bytes()[:9])
    for words in (["info", "cut.tif"], ["bench", "view", "cut.tif", "--json"]):
        done = geoloupe(*words, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("geoloupe: cut.tif ")
        assert done.stderr.count("\n") == 1


def test_output_into_a_closed_pipe_is_no_traceback(demo: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "viewer", "sites", str(demo), "--json"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 1


def test_the_case_is_only_read_by_reading_commands(tmp_path: Path) -> None:
    case = tmp_path / "a.gpkg"
    write_case(demo_build.build(), case)
    before = case.read_bytes(), case.stat().st_mtime_ns
    for words in (["claims", case], ["validate", case], ["export", case, "--out", "x.csv"]):
        assert geoloupe(*words, cwd=tmp_path).returncode == 0
    assert (case.read_bytes(), case.stat().st_mtime_ns) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gpkg", "x.csv"]


@pytest.mark.bounded
def test_bench_view_measures_and_keeps_pictures_that_equal_render(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3, 256, 256), dtype=np.uint8)  # a fifth of a pixel off shows
    scene = write_raster(tmp_path / "noise.tif", noise, "EPSG:4326", Bounds(10, 50, 11, 51), photometric="RGB")
    done = geoloupe("bench", "view", scene, "--size", "256x160", "--frames", "frames", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert set(figures) - {"file"} == {
        "open_ms",
        "first_frame_ms",
        "views",
        "p95_ui_gap_ms",
        "max_ui_gap_ms",
        "stretch_fps",
        "peak_pss_mb",
    }
    assert [view["fraction"] for view in figures["views"]] == [1.0, 0.25, 0.05, 0.01]
    for view in figures["views"]:
        assert set(view) == {"fraction", "bounds", "frames_ms"}
        assert len(view["frames_ms"]) == 3
        assert all(ms > 0 for ms in view["frames_ms"])
    assert figures["first_frame_ms"] >= figures["open_ms"] > 0
    assert figures["peak_pss_mb"] > 50
    kept = sorted((tmp_path / "frames").glob("*.json"))
    assert len(kept) == 12
    # Degrees have to be given with all their digits, or the frame would be off by a part of a pixel.
    for record in (kept[4], kept[10]):
        told = json.loads(record.read_text())
        bounds = lonlat_text(told["bounds"])
        done = geoloupe("render", scene, "--out", "r.png", "--size", "256x160", f"--bounds={bounds}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        difference = abs(pixels(record.with_suffix(".png")) - pixels(tmp_path / "r.png"))
        assert difference.max() <= 1, record.name


def lonlat_text(bounds: list[float]) -> str:
    return ",".join(f"{value:.12f}" for value in transform_bounds(WEB_MERCATOR, WGS84, Bounds(*bounds)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hang_anything(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tif")
    done = geoloupe("render", "pipe.tif", "--out", "x.png", "--size", "64x64", cwd=tmp_path)
    assert done.returncode == 1
    assert "not a regular file" in done.stderr
    assert not (tmp_path / "x.png").exists()


def test_a_workbook_is_described_with_its_sheets(tmp_path: Path) -> None:
    """A real reader has other drivers and limits than this process."""
    book = tmp_path / "sites.xlsx"
    for sheet, columns in (
        ("sites", {"название": ["Восточный", None], "lat": [51.884, 19.614], "lon": [128.334, 110.951], "n": [1, 2]}),
        ("grid", {"what": ["a", "b"], "MGRS": ["52U DC 54160 48346", "nowhere"]}),
        ("notes", {"text": ["x", "y"]}),
    ):
        arrays = [np.array(values, object if isinstance(values[0], str) else None) for values in columns.values()]
        pyogrio.raw.write(book, None, arrays, list(columns), driver="XLSX", layer=sheet, append=book.exists())
    done = geoloupe("info", book, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert (facts["kind"], facts["driver"], facts["crs"]) == ("vector", "XLSX", "EPSG:4326")
    assert [(one["name"], one["geometry"], one["features"]) for one in facts["layers"]] == [
        ("sites", "Point", 2),
        ("grid", "Point", 2),
    ]
    assert facts["layers"][0]["fields"] == [
        {"name": "название", "type": "text"},
        {"name": "lat", "type": "real"},
        {"name": "lon", "type": "real"},
        {"name": "n", "type": "integer"},
    ]
    assert facts["bounds_lonlat"] == pytest.approx([110.951, 19.614, 128.334, 51.884], abs=1e-4)
    assert any("Row 3: “nowhere”" in problem for problem in facts["problems"])


def test_a_workbook_without_places_is_one_sentence(tmp_path: Path) -> None:
    words = [np.array(["x", "y"], object)]
    pyogrio.raw.write(tmp_path / "notes.xlsx", None, words, ["text"], driver="XLSX", layer="notes")
    done = geoloupe("info", "notes.xlsx", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("geoloupe: notes.xlsx has no columns called lat and lon")
    assert done.stderr.count("\n") == 1


COUNTING = """
import os, sys
from layers.pool.reader_process import ReaderProcess
start = ReaderProcess.start
def counted(self):
    if self._process is None:
        os.write(2, f"started {self._profile}\\n".encode())
    start(self)
ReaderProcess.start = counted
if __name__ == "__main__":
    from viewer.__main__ import main
    sys.exit(main(sys.argv[1:]))
"""


def starts(*words: object, cwd: Path) -> list[str]:
    """The profile of each reader process that a command starts."""
    script = cwd / "counting.py"
    script.write_text(COUNTING)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(script), *(str(word) for word in words)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stderr
    return [line.split()[1] for line in done.stderr.splitlines() if line.startswith("started ")]


@pytest.mark.bounded
def test_no_reader_is_started_twice_for_its_walls(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "scene.tif")
    assert sorted(starts("bench", "view", scene, "--size", "256x160", cwd=tmp_path)) == [
        "features",
        "features",
        "local",
        "local",
    ]
    folders = [tmp_path / f"delivery {n}" for n in range(5)]
    for folder in folders:
        folder.mkdir()
        write_scene(folder / "scene.tif")
    layers = [folder / "scene.tif" for folder in folders]
    started = starts("render", *layers, "--out", "b.png", "--size", "256x160", cwd=tmp_path)
    assert started.count("local") <= 2, "what is named together is granted together"
    assert geoloupe("new", "case.gpkg", *layers, cwd=tmp_path).returncode == 0
    started = starts("render", "case.gpkg", "--out", "a.png", "--size", "256x160", cwd=tmp_path)
    assert started.count("local") <= 2, "the files of a case are granted together"
