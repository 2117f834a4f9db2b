"""Row F12: a drive that is gone costs its own layers, and nothing else waits for it."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

import sample_data
from layers.project.opening.intake import read_case
from layers.project.saving.publish import write_case
from tests.end_to_end.conftest import Desk, MakeDesk
from tests.support.cases.rich import rich_document
from tests.support.dead_drive import Drive, dead_drive
from tests.support.heartbeat import FREE_MS, Heartbeat
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.shell.message_bar import MessageBar
from viewer.rendering.drawing import LayerDrawing

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(120)]
USABLE_S, UNAVAILABLE_S = 8.0, 8.0
"""Far above what it takes (1.4 and 4.5 s), and below a reader's deadline of ten: nobody waits for the drive."""
LAYERS = 10


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Drive]:
    """A drive with five images and five vector files, which lives."""
    source = tmp_path / "source"
    source.mkdir()
    for number in range(LAYERS // 2):
        shutil.copy(sample_data.path("night_lights.tif"), source / f"image {number}.tif")
        shutil.copy(sample_data.path("coast.geojson"), source / f"coast {number}.geojson")
    with dead_drive(source, tmp_path / "drive") as made:
        yield made
        made.live()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An image on this computer's own disk."""
    shutil.copy(sample_data.path("blue_marble.tif"), tmp_path / "here.tif")
    return tmp_path / "here.tif"


@pytest.fixture
def desk(make_desk: MakeDesk, drive: Drive, here: Path, tmp_path: Path) -> Desk:
    """A case of all of these is open, and saved on this computer."""
    desk = make_desk()
    desk.window.layer_adder.asks = False
    desk.open_file(*sorted(drive.path.iterdir()), here)
    assert len(desk.document.layers) == LAYERS + 1
    desk.names.to_write = tmp_path / "case.gpkg"
    desk.keys("Ctrl+S")
    desk.settle()
    assert desk.said() == []
    return desk


def layers(desk: Desk, drive: Drive) -> list[LayerDrawing]:
    """The drawings of the layers on the drive."""
    found = desk.canvas.scene.drawings.values()
    return [one for one in found if str(drive.path) in str(one.layer.source.get("path"))]


def badges(desk: Desk) -> list[str]:
    model = desk.panel(LayerTreePanel).model
    return [model.index(row).data(BADGE_ROLE) or "" for row in range(1, model.rowCount())]


def drawing_here(desk: Desk) -> LayerDrawing:
    return next(one for one in desk.canvas.scene.drawings.values() if one.layer.name == "here")


def test_f12_a_case_whose_drive_is_gone_is_there_at_once_and_can_be_tried_again(
    desk: Desk, drive: Drive, tmp_path: Path
) -> None:
    desk.menu("File", "Close Case")
    desk.settle()
    desk.wait(lambda: not desk.window.context.drives.is_believed(drive.path))
    drive.die()
    desk.names.to_open = [str(tmp_path / "case.gpkg")]
    begin = time.monotonic()
    desk.keys("Ctrl+O")
    desk.wait(lambda: len(desk.document.layers) == LAYERS + 1)
    assert time.monotonic() - begin < USABLE_S
    with Heartbeat() as heart:
        desk.wait(lambda: getattr(drawing_here(desk), "info", None) is not None)
        desk.wait(lambda: all(one.is_unavailable for one in layers(desk, drive)))
        assert time.monotonic() - begin < UNAVAILABLE_S
        desk.wheel(desk.canvas.rect().center(), 2)
        desk.settle()
    assert heart.longest_ms < FREE_MS
    assert badges(desk).count("unavailable") == LAYERS
    (said,) = desk.said()
    assert f"{drive.path} does not answer: {LAYERS} of its layers" in said
    assert desk.document.layers == {**desk.document.layers}, "the case is as it was"
    assert not desk.window.isWindowModified()

    again = [button for button in desk.panel(MessageBar).findChildren(QPushButton) if button.text() == "Try Again"]
    desk.press(next(button for button in again if button.isVisible()))
    assert desk.said() == []
    desk.wait(lambda: bool(desk.said()))
    drive.live()
    desk.wait(lambda: badges(desk).count("unavailable") == 0)
    desk.settle()
    assert desk.said() == []
    assert desk.canvas.scene.stack.problems() == {}


def test_f12_a_drive_that_goes_while_it_is_looked_at_costs_its_own_layers(
    desk: Desk, drive: Drive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "geoloupe.readers")
    desk.settle()
    drives = desk.window.context.drives
    desk.wait(lambda: not drives.is_believed(drive.path))
    drive.die()
    middle = desk.canvas.rect().center()
    with Heartbeat() as heart:
        desk.wheel(middle, 4)
        desk.wait(lambda: drives.is_gone(drive.path))
        desk.settle()
        desk.wheel(middle, -1)
        desk.settle()
    assert heart.longest_ms < FREE_MS
    # A reader that starts before the drive is known to be gone looks at it, too, and is replaced: only reading waits.
    assert not [said for said in caplog.messages if "deadline" in said], "no reader is asked for what lies there"
    images = [one for one in layers(desk, drive) if one.layer.kind == "raster"]
    assert all(one.is_unavailable for one in images)
    assert not drawing_here(desk).is_unavailable
    assert desk.canvas.scene.is_complete(desk.canvas.viewport.view()), "the others are drawn"
    drive.live()
    desk.wait(lambda: not any(one.is_unavailable for one in images))
    desk.settle()
    assert desk.canvas.scene.stack.problems() == {}


def test_f12_what_is_opened_from_it_is_one_sentence(desk: Desk, drive: Drive, here: Path) -> None:
    drive.die()
    before = desk.snapshot()
    desk.names.to_open = [str(drive.path / "image 0.tif")]
    begin = time.monotonic()
    with Heartbeat() as heart:
        desk.keys("Ctrl+O")
        desk.wait(lambda: any("image 0.tif" in text for text in desk.said()))
    assert time.monotonic() - begin < UNAVAILABLE_S + 1
    assert heart.longest_ms < FREE_MS
    assert desk.snapshot() == before
    desk.open_file(here)
    assert len(desk.document.layers) == LAYERS + 2, "the next one is opened"


def test_f12_the_program_ends_all_the_same(desk: Desk, drive: Drive) -> None:
    drive.die()
    desk.wheel(desk.canvas.rect().center(), 4)
    begin = time.monotonic()
    desk.window.close()
    assert not desk.window.isVisible()
    desk.window.compared.close()
    desk.window.context.jobs.shutdown(3.0)
    desk.pool.close()
    desk.window.session.shutdown(keep=False)
    assert time.monotonic() - begin < 10.0


def test_f12_the_case_itself_is_saved_elsewhere(make_desk: MakeDesk, tmp_path: Path) -> None:
    """The case lies on the drive; what was done is saved on this computer, and the late save takes nothing back."""
    source = tmp_path / "cases"
    source.mkdir()
    write_case(rich_document(), source / "case.gpkg")
    with dead_drive(source, tmp_path / "shared") as drive:
        desk = make_desk()
        desk.open_file(drive.path / "case.gpkg")
        desk.keys("P", desk.canvas)
        desk.click(desk.canvas.rect().center())
        desk.settle()
        assert desk.window.isWindowModified()
        drive.die()
        with Heartbeat() as heart:
            desk.keys("Ctrl+S")
            desk.wait(lambda: any("does not answer" in text for text in desk.said()))
            desk.names.to_write = tmp_path / "mine.gpkg"
            buttons = desk.panel(MessageBar).findChildren(QPushButton)
            desk.press(next(one for one in buttons if one.text() == "Save As…" and one.isVisible()))
            desk.wait(lambda: not desk.window.isWindowModified())
        assert heart.longest_ms < FREE_MS
        assert desk.window.session.target == tmp_path / "mine.gpkg"
        assert len(read_case(tmp_path / "mine.gpkg").document.sites) == len(desk.document.sites)
        drive.live()
        desk.wait(lambda: desk.window.session.is_idle)
        assert desk.window.session.target == tmp_path / "mine.gpkg", "the late one does not come first"
