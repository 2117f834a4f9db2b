"""Bad input at the window: one sentence in the message line, the case as it was, and no halt."""

from __future__ import annotations

import errno
import os
import sqlite3
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolButton

import sample_data
from layers.project.storage.fsops import FileSystem
from tests.end_to_end.conftest import Desk
from tests.support.heartbeat import FREE_MS, Heartbeat
from viewer.panels.layers.place_dialog import PlaceDialog
from viewer.panels.shell.message_bar import MessageBar

_ASIDE = QPoint(60, 40)

# -- what is opened ---------------------------------------------------------------------------------------------------


def missing(folder: Path) -> Path:
    return folder / "nowhere.tif"


def text_named_tif(folder: Path) -> Path:
    path = folder / "letter.tif"
    path.write_text("Dear colleague, the raster will follow.\n" * 40)
    return path


def truncated_tif(folder: Path) -> Path:
    """So short that its directory is not whole."""
    return cut(folder, "short.tif", 300)


def truncated_late(folder: Path) -> Path:
    """Its directory is whole, half its pixels are gone."""
    return cut(folder, "half.tif", 300_000)


def cut(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(sample_data.path("night_lights.tif").read_bytes()[:size])
    return path


def unplaced(folder: Path) -> Path:
    """A picture without a word about its place."""
    path = folder / "photo.png"
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(0x804020)
    assert image.save(str(path))
    return path


def empty_geojson(folder: Path) -> Path:
    path = folder / "nothing.geojson"
    path.write_text("")
    return path


def geopackage_of_somebody(folder: Path) -> Path:
    """The right marks, and tables that no GeoPackage has."""
    path = folder / "somebody.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letters (words TEXT)")
        connection.execute(f"PRAGMA application_id = {struct.unpack('>i', b'GPKG')[0]}")
        connection.commit()
    return path


def named_pipe(folder: Path) -> Path:
    path = folder / "pipe.tif"
    os.mkfifo(path)
    return path


def a_folder(folder: Path) -> Path:
    path = folder / "folder.tif"
    path.mkdir()
    return path


BAD = [
    missing,
    text_named_tif,
    truncated_tif,
    truncated_late,
    empty_geojson,
    geopackage_of_somebody,
    named_pipe,
    a_folder,
]


def shown_lines(desk: Desk) -> list[str]:
    """The sentence that a person can read above the map."""
    bar = desk.panel(MessageBar)
    assert bar.isVisible()
    return desk.said()


def dismiss(desk: Desk) -> None:
    """Click the line away."""
    buttons = desk.panel(MessageBar).findChildren(QToolButton)
    desk.press(next(b for b in buttons if b.accessibleName().startswith("Dismiss") and b.isVisible()))
    assert desk.said() == []


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["drop", pytest.param("open", marks=pytest.mark.bounded)])
def test_what_cannot_be_opened_is_one_sentence_and_changes_nothing(demo: Desk, tmp_path: Path, way: str) -> None:
    before = demo.snapshot()
    for make in BAD:
        path = make(tmp_path)
        with Heartbeat() as heart:
            if way == "drop":
                demo.drop(str(path))
            else:
                demo.open_file(path)
            demo.wait(lambda: bool(demo.said()))
            demo.settle()
        (sentence,) = shown_lines(demo)
        assert path.name in sentence or str(path) in sentence, f"{make.__name__}: {sentence}"
        assert "\n" not in sentence
        assert "Traceback" not in sentence
        assert heart.longest_ms < FREE_MS, make.__name__
        assert demo.snapshot() == before, make.__name__
        assert not demo.window.isWindowModified(), make.__name__
        dismiss(demo)


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["drop", pytest.param("open", marks=pytest.mark.bounded)])
def test_a_picture_without_a_place_is_asked_about_and_nothing_is_added(demo: Desk, tmp_path: Path, way: str) -> None:
    before, path = demo.snapshot(), unplaced(tmp_path)
    with Heartbeat() as heart:
        if way == "drop":
            demo.drop(str(path))
        else:
            demo.open_file(path)
        demo.wait(lambda: demo.window.findChild(PlaceDialog) is not None)
        demo.settle()
    dialog = demo.panel(PlaceDialog)
    assert demo.said() == []
    assert demo.snapshot() == before
    demo.press(demo.button(dialog, "Cancel"))
    demo.settle()
    assert demo.snapshot() == before
    assert not demo.window.isWindowModified()
    assert heart.longest_ms < FREE_MS


# -- where it cannot be saved -------------------------------------------------------------------------------------


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small volume of its own, and lets it be changed; skips where nobody may mount."""
    folder = tmp_path / "volume"
    folder.mkdir()
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only root may mount a small volume")
    mounted = []

    def mount(options: str) -> Path:
        how = f"remount,{options}" if mounted else options
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(folder)], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
        mounted.append(options)
        return folder

    yield mount
    if mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def save_first(desk: Desk, path: Path) -> None:
    """Draw a point, and save under a name."""
    desk.keys("P", desk.canvas)
    desk.click(desk.canvas.rect().center())
    desk.settle()  # until the image below is known
    desk.names.to_write = path
    desk.keys("Ctrl+S", desk.canvas)
    desk.settle()
    assert desk.said() == []
    assert not desk.window.isWindowModified()


def refuse_to_save(desk: Desk, path: Path) -> str:
    """Draw another point and try to save it; the one sentence that says why not."""
    old = path.read_bytes()
    desk.keys("P", desk.canvas)
    desk.click(desk.canvas.rect().center() + _ASIDE)
    desk.settle()
    before = desk.snapshot()
    with Heartbeat() as heart:
        desk.keys("Ctrl+S", desk.canvas)
        desk.wait(lambda: bool(desk.said()))
        desk.settle()
    (sentence,) = shown_lines(desk)
    assert desk.snapshot() == before
    assert desk.window.isWindowModified(), "what is not saved says so"
    assert path.read_bytes() == old, "the old file is as it was"
    assert sorted(child.name for child in path.parent.iterdir() if not child.name.startswith(path.name)) == []
    assert heart.longest_ms < FREE_MS
    return sentence


@pytest.mark.bounded
def test_f05_a_full_disk(desk: Desk, volume: Callable[[str], Path]) -> None:
    desk.menu("File", "New Case")
    path = volume("size=64m") / "case.gpkg"
    save_first(desk, path)
    volume("size=2m")
    assert "case.gpkg" in refuse_to_save(desk, path)
    volume("size=64m")
    desk.keys("Ctrl+S", desk.canvas)
    desk.wait(lambda: not desk.window.isWindowModified())
    assert desk.said() == [], "what is settled is said no longer"


@pytest.mark.bounded
def test_f07_a_volume_that_became_read_only(desk: Desk, volume: Callable[[str], Path]) -> None:
    desk.menu("File", "New Case")
    path = volume("size=64m") / "case.gpkg"
    save_first(desk, path)
    volume("ro")
    assert "case.gpkg" in refuse_to_save(desk, path)


@pytest.mark.bounded
@pytest.mark.parametrize("code", ["ENOSPC", "EIO"])
def test_f05_a_write_that_fails(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    desk.menu("File", "New Case")
    folder = tmp_path / "cases"
    folder.mkdir()
    save_first(desk, folder / "case.gpkg")

    def fail(self: FileSystem, path: Path, mode: int | None = None) -> None:
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)), str(path))

    monkeypatch.setattr(FileSystem, "create", fail)
    assert "case.gpkg" in refuse_to_save(desk, folder / "case.gpkg")
