"""The program as users install it, the wheel and the tool: another user than the one who installed it opens the demo.

The only test that asks the registry of packages, as `uv run` itself does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.support.command_line import ROOT
from tests.support.qgis.peers import clean, need

pytestmark = pytest.mark.bounded

LARGEST_MB = 840
"""Of all that an installation takes, as the program `du` counts."""
NOBODY = 65534
UNREACHED = re.compile(r"error sending request|dns error|Failed to fetch|connection refused|network", re.IGNORECASE)


def as_another_user(*words: object) -> list[str]:
    """The command as a user who owns nothing of the installation; as oneself where one is not root."""
    prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    return [*prefix, *(str(word) for word in words)]


def uv(*words: object, **environment: str) -> str:
    """Run uv; what it says. Without a registry the test cannot be made."""
    program = os.environ.get("UV") or shutil.which("uv")
    need(program is not None, "uv")
    done = subprocess.run(
        [str(program), *(str(word) for word in words)],
        env=clean(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        umask=0o022,
    )
    need(not (done.returncode and UNREACHED.search(done.stderr)), "the registry of packages")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def shelf() -> Iterator[Path]:
    """A folder outside the tree that every user may look into; pytest's own are closed to others."""
    need(os.geteuid() != 0 or shutil.which("setpriv") is not None, "setpriv")
    with tempfile.TemporaryDirectory(prefix="geoloupe-installed") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def python(shelf: Path) -> Path:
    """The interpreter of the tests; a copy where its folder is closed to others."""
    plain = Path(sys.executable).resolve()
    try:
        subprocess.run(as_another_user(plain, "-c", ""), check=True, capture_output=True, env=clean())
    except (subprocess.CalledProcessError, PermissionError):
        shutil.copytree(sys.base_prefix, shelf / "python", symlinks=True)
        return shelf / "python" / plain.relative_to(Path(sys.base_prefix).resolve())
    return plain


@pytest.fixture(scope="module")
def pins(shelf: Path) -> Path:
    """The versions that are tested: uv takes them for this tree only, not for a wheel of it."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed = shelf / "pins.txt"
    listed.write_text("\n".join(table["tool"]["uv"]["constraint-dependencies"]), "utf-8")
    return listed


@pytest.fixture(scope="module")
def wheel(shelf: Path) -> Path:
    uv("build", "--wheel", "--out-dir", shelf / "dist", ROOT)
    (made,) = (shelf / "dist").glob("geoloupe-*.whl")
    return made


def test_the_wheel_holds_each_file_of_the_program(wheel: Path) -> None:
    command = ["git", "ls-files", "-z", "viewer", "layers", "sample_data"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")
    tracked = {name for name in listed if name and (ROOT / name).exists()}
    if not tracked:
        pytest.skip("not a checkout: the file list is git's")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert tracked - packed == set()
    assert {name for name in packed if ".dist-info/" not in name} - tracked == set(), "nothing else is in it"


@pytest.mark.parametrize("way", ["wheel", "tool"])
def test_another_user_opens_the_demo(shelf: Path, python: Path, pins: Path, wheel: Path, way: str) -> None:
    """`uv pip install WHEEL` and `uv tool install .`, each from nothing."""
    installed = shelf / way
    if way == "wheel":
        uv("venv", "--python", python, installed)
        uv("pip", "install", "--python", installed / "bin" / "python", "--constraints", pins, wheel)
        commands = installed / "bin"
    else:
        commands = shelf / "commands"
        places = {"UV_TOOL_DIR": str(installed), "UV_TOOL_BIN_DIR": str(commands)}
        uv("tool", "install", "--python", python, "--constraints", pins, ROOT, **places)
    assert megabytes(installed) <= LARGEST_MB
    assert not list(installed.rglob("PySide6/*WebEngine*")), "a browser that nobody uses"
    assert (commands / "geoloupe-gui").exists()
    home = shelf / f"home-{way}"
    home.mkdir()
    shutil.chown(home, *(NOBODY, NOBODY) if os.geteuid() == 0 else (os.getuid(), os.getgid()))
    assert "geoloupe" in said_by([commands / "geoloupe", "--version"], home)
    said_by([commands / "geoloupe", "demo", "--screenshot", home / "demo.png"], home)
    assert colours_of(home / "demo.png") > 5_000, "the picture of a map, not an empty window"
    assert [path.name for path in home.iterdir()] == ["demo.png"], "a screenshot leaves nothing else behind"


def said_by(command: Sequence[object], home: Path) -> str:
    """Run the command as the other user, in an environment of that user's own; standard output."""
    own = {"HOME": str(home), "PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    done = subprocess.run(
        as_another_user(*command), cwd=home, env=own, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def megabytes(folder: Path) -> int:
    """The room on the disk, without modules that Python has compiled."""
    taken = (path.lstat().st_blocks for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return round(sum(taken) * 512 / 2**20)


def colours_of(picture: Path) -> int:
    image = QImage(str(picture))
    assert image.width() > 1_000
    assert image.height() > 600
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})
