"""Each kind of export on a disk that is really full: where the file goes, and where it is made."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.viewer.cli.conftest import Cli
from viewer.cli.export import NOW
from viewer.cli.terminal.command import DONE

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(120)]

KINDS = [*(("x" + suffix, ()) for suffix in NOW), ("raw.tif", ("--raw", "--bounds", "100,30,120,50"))]
MADE_BESIDE = (".geojson", ".csv", ".kmz", ".html", ".gpkg")
"""Nothing of them is in the folder for temporary files."""
OLD = b"what was there before"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.sampled(6)
@pytest.mark.parametrize(("name", "words"), KINDS, ids=[name for name, _ in KINDS])
def test_the_old_file_stands_where_the_folder_is_full(
    cli: Cli, demo: Path, small: Path, name: str, words: tuple[str, ...]
) -> None:
    out = small / name
    out.write_bytes(OLD)
    (small / "filler").write_bytes(bytes(52_000))
    outcome = cli("export", demo, "--out", out, *words)
    assert outcome.code != DONE
    assert "disk" in outcome.err.splitlines()[-1], outcome.err
    assert {one.name for one in small.iterdir()} == {name, "filler"}
    assert out.read_bytes() == OLD


@pytest.mark.sampled(6)
@pytest.mark.parametrize(("name", "words"), KINDS, ids=[name for name, _ in KINDS])
def test_the_old_file_stands_where_there_is_no_room_for_temporary_files(
    cli: Cli, demo: Path, small: Path, tmp_path: Path, monkeypatch, name: str, words: tuple[str, ...]
) -> None:
    out = tmp_path / "made" / name
    out.parent.mkdir()
    out.write_bytes(OLD)
    (small / "filler").write_bytes(bytes(61_000))
    monkeypatch.setattr(tempfile, "tempdir", str(small))
    outcome = cli("export", demo, "--out", out, *words)
    assert {one.name for one in out.parent.iterdir()} <= {name, f"{name}.bak1"}
    if outcome.code == DONE:
        assert out.suffix in MADE_BESIDE
        assert out.read_bytes() != OLD
    else:
        assert "disk" in outcome.err.splitlines()[-1], outcome.err
        assert out.read_bytes() == OLD
    assert [str(one) for one in small.rglob("*") if one.name != "filler"] == []


@pytest.fixture
def full_home(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home and the folder for temporary files on a disk of their own, of 4 MB."""
    subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=True)
    monkeypatch.setenv("GEOLOUPE_HOME", str(small / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(small))
    return small


@pytest.mark.parametrize("left_kb", [8, 500, 1100, 1700, 2400, 3200])
def test_sites_are_added_or_a_full_home_is_said_in_one_sentence(
    cli: Cli, demo: Path, full_home: Path, tmp_path: Path, left_kb: int
) -> None:
    case = Path(shutil.copy(demo, tmp_path / "case.gpkg"))
    table = tmp_path / "a.csv"
    table.write_text("label,lat,lon\n" + "".join(f"p{n},{n % 80},{n % 170}\n" for n in range(400)))
    (full_home / "filler").write_bytes(bytes((4096 - left_kb) * 1024))
    before = case.read_bytes()
    outcome = cli("add-sites", case, table)
    assert (outcome.code == DONE) == (case.read_bytes() != before), outcome.err
    if outcome.code != DONE:
        (line,) = outcome.err.splitlines()
        assert "full" in line
        assert "I/O" not in line
