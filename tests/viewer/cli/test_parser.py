"""Words, usage and start-up: nothing heavy for what needs nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from viewer.cli import parser
from viewer.cli.terminal.command import DONE, USAGE, Command

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "PySide6",
    "msgspec",
    "numpy",
    "shapely",
    "pyproj",
    "sqlite3",
    "rasterio",
    "pyogrio",
    "geopandas",
    "cv2",
    "sample_data",
)
MODULES = f"""
import sys
from viewer.__main__ import main
code = main(sys.argv[1:])
print("code", code, "heavy", [name for name in {HEAVY!r} if name in sys.modules], "layers",
      sorted(name for name in sys.modules if name.startswith("layers")))
"""


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["render", "--help"], ["share", "x"], ["render"]])
def test_help_version_and_usage_import_nothing_heavy(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    last = done.stdout.splitlines()[-1]
    assert "heavy [] layers " in last, last
    light = ["layers", "layers.errors", "layers.phrase", "layers.product", "layers.product.page_formats"]
    assert last.endswith(("layers []", f"layers {light}")), last


def test_version_and_help(cli) -> None:
    assert cli("--version").out == f"geoloupe {version('geoloupe')}\n"
    helped = cli("--help")
    assert helped.code == DONE
    for command in parser.COMMANDS:
        assert f"\n    {command.name} " in helped.out, command.name
        assert cli(command.name, "--help").out.startswith(f"usage: geoloupe {command.name}")
    for option in ("FILES", "--screenshot", "--size", "--bounds"):
        assert option in helped.out


@pytest.mark.parametrize(
    "words",
    [
        ["share", "case.gpkg", "--out", "x.gpkg", "--release"],
        ["merge", "a.gpkg", "b.gpkg", "--base", "c.gpkg", "--out", "d.gpkg"],
        ["diff", "a.gpkg", "b.gpkg", "--json"],
        ["export", "case.gpkg", "--out", "x.docx"],
        ["export", "case.gpkg", "--out", "x.pptx", "--publish", "--bookmark", "here"],
    ],
)
def test_what_is_promised_for_later_says_so(cli, words: list[str]) -> None:
    outcome = cli(*words)
    assert outcome.code == USAGE
    assert "not yet available" in outcome.sentence


@pytest.mark.parametrize(
    "words",
    [
        ["render", "a.tif", "--out", "x.png"],
        ["render", "a.tif", "--out", "x.png", "--size", "large"],
        ["render", "a.tif", "--out", "x.png", "--size", "0x5"],
        ["render", "a.tif", "--out", "x.png", "--size", "64x64", "--bounds", "5,5,1,6"],
        ["render", "a.tif", "--out", "x.png", "--size", "64x64", "--bounds", "a,b"],
        ["info"],
        ["bench", "dance", "x"],
        ["export", "case.gpkg"],
        ["lint"],
        ["lint", "case.gpkg", "--layout", "brief"],
        ["export", "case.gpkg", "--out", "x.png", "--dpi", "3"],
        ["export", "case.gpkg", "--out", "x.exe"],
        ["export", "case.gpkg", "--out", "x.png", "--layout", "nonsense"],
        ["export", "case.gpkg", "--out", "x.png", "--paper", "A9"],
        ["export", "case.gpkg", "--out", "x.png", "--paper", "A4", "--size", "10x10"],
        ["add-sites", "case.gpkg", "a.csv", "--map", "lat"],
        ["sites", "case.gpkg", "--wher", "x"],
    ],
)
def test_wrong_usage_is_exit_2_without_a_traceback(cli, words: list[str]) -> None:
    outcome = cli(*words)
    assert outcome.code == USAGE
    assert outcome.err
    assert "Traceback" not in outcome.err


def test_bounds_in_the_west_and_south_are_bounds_and_no_option(cli, scene_tif: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert cli("render", scene_tif, "--out", out, "--size", "16x16", "--bounds", "-10,-20,30,40").code == DONE
    assert cli("render", scene_tif, "--out", out, "--size", "16x16", "--bounds=-10,-20,30,40").code == DONE
    assert cli("render", scene_tif, "--out", out, "--size", "16x16", "--bounds", "--crs", "EPSG:3857").code == USAGE


def test_a_file_named_like_a_command_is_opened_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []

    def keep(arguments) -> int:
        opened.append(arguments.files)
        return DONE

    window = parser.window.WINDOW
    monkeypatch.setattr(parser.window, "WINDOW", Command("", window.summary, window.add_arguments, keep))
    assert parser.run(["./demo", "info"]) == DONE
    assert parser.run([]) == DONE
    assert opened == [["./demo", "info"], []]


def test_the_readme_tells_the_commands_there_are() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    listed = page[page.index("## Command line") :].split("\n## ")[0]
    for name in ("demo", "render", "info", "new", "add-sites", "sites", "claims", "sources", "validate", "export"):
        assert name in listed
    for name in parser.PROMISED:
        assert f"geoloupe {name}" not in listed
