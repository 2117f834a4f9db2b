"""Row F92: without a display, a font, a plugin or a screen the program starts, or says in a sentence why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

import sample_data
from tests.support.deaths.kills import ROOT
from viewer.cli.terminal.command import BAD_INPUT

pytestmark = pytest.mark.bounded

NO_FONTS = "<fontconfig><dir>/nowhere</dir><cachedir>{0}</cachedir></fontconfig>"


def run(words: list[object], home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"GEOLOUPE_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def demo() -> Path:
    return sample_data.path("demo.gpkg")


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence with which the program did not start."""
    assert done.returncode == BAD_INPUT, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="X is there on Linux only")
@pytest.mark.parametrize("words", [[], ["demo", "--screenshot"], ["render", "demo", "--size", "64x64", "--out"]])
def test_f92_a_display_that_is_not_there_is_one_sentence(own_home: Path, tmp_path: Path, words: list[str]) -> None:
    out = tmp_path / "out.png"
    named = [demo() if word == "demo" and "render" in words else word for word in words]
    done = run(["viewer", *named, *([out] if words else [])], own_home, QT_QPA_PLATFORM="xcb", DISPLAY=":4321")
    said = refused(done)
    assert "xcb" in said
    assert ":4321" in said
    assert not out.exists()


def test_f92_a_platform_that_qt_has_no_plugin_for_is_one_sentence(own_home: Path) -> None:
    said = refused(run(["viewer"], own_home, QT_QPA_PLATFORM="nonsense"))
    assert 'Could not find the Qt platform plugin "nonsense"' in said


def test_f92_without_any_screen_it_says_so(own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "screens.json").write_text('{"screens": []}')
    platform = f"offscreen:configfile={tmp_path / 'screens.json'}"
    assert "no screen" in refused(run(["viewer", demo()], own_home, QT_QPA_PLATFORM=platform))


@pytest.mark.parametrize("words", [["demo", "--screenshot", "x.png"], ["render", "x.tif", "--out", "x.png"]])
def test_f92_a_library_that_qt_needs_is_missing(own_home: Path, tmp_path: Path, words: list[str]) -> None:
    package = tmp_path / "PySide6"
    package.mkdir()
    missing = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (package / "__init__.py").write_text(f"raise ImportError({missing!r})")
    size = ["--size", "64x64"]
    assert "libEGL.so.1" in refused(run(["viewer", *words, *size], own_home, PYTHONPATH=str(tmp_path)))


def test_f92_without_any_font_of_the_system_the_map_has_its_letters(own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS.format(tmp_path))
    pictures = []
    for name, fonts in (("with", {}), ("without", {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")})):
        out = tmp_path / f"{name}.png"
        words = ["viewer", "render", demo(), "--size", "500x400", "--bounds", "90,20,140,60", "--out", out]
        done = run(words, own_home, QT_QPA_PLATFORM="offscreen", **fonts)
        assert done.returncode == 0, done.stderr
        pictures.append(QImage(str(out)))
    near = sum(
        pictures[0].pixelColor(x, y) == pictures[1].pixelColor(x, y) for x in range(0, 500, 5) for y in range(0, 400, 5)
    )
    assert near > 0.97 * 100 * 80, "ours is used first; only Chinese falls back to what is installed"


def test_f92_a_plugin_for_a_format_is_missing(own_home: Path, tmp_path: Path, qapp: object) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    files = [tmp_path / f"tile.{ext}" for ext in ("png", "jpg", "webp")]
    for file in files:
        assert image.save(str(file))
    told = json.loads(run(["tests.support.bare_qt", *files], own_home).stdout)
    assert told["tile.png"] == "8 px"
    assert "this Qt cannot read: its plugin for it is missing" in told["tile.jpg"]
    assert "WEBP" in told["tile.webp"]


@pytest.mark.bounded
def test_f92_on_a_screen_of_finer_pixels_as_much_ground_is_on_as_much_glass(own_home: Path) -> None:
    done = run(["tests.support.two_screens"], own_home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    before, after = told["before"], told["after"]
    assert (before["ratio"], after["ratio"]) == (1.0, 2.0)
    assert after["pixels"] == [2 * points for points in after["points"]]
    assert after["metres_a_point"] == pytest.approx(before["metres_a_point"], rel=0.01)
    assert after["centre"] == pytest.approx(before["centre"], abs=0.2)
    assert told["said"] == []
    assert done.stderr == "", "Qt has nothing to complain of"


@pytest.mark.bounded
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nobody can be stopped here")
def test_f92_after_a_sleep_it_goes_on_where_it_was(own_home: Path) -> None:
    """The window and its readers stand still for a while, in the middle of their work, and go on."""
    environment = os.environ | {"GEOLOUPE_HOME": str(own_home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.support.deaths.edit_and_die", "edit"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        lines = []
        for number in range(10):
            lines.append(json.loads(program.stdout.readline()))
            if number == 4:
                os.killpg(program.pid, signal.SIGSTOP)
                time.sleep(3.0)
                os.killpg(program.pid, signal.SIGCONT)
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) == 0
        assert program.stderr.read() == ""
    assert lines[-1]["step"] == "source"
    assert [text for text in lines[-1]["said"] if "Chinese" not in text and "Your name" not in text] == []
