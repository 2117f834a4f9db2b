"""Chips taken, seen, described and deleted in the real window, and what is saved of them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import rasterio
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from rasterio.io import MemoryFile

from layers.document.chip import Chip
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.project.history.history_reader import HistoryFilter, opened_history, read_page
from tests.support.analyst import Analyst
from tests.support.drawn_rasters import write_raster
from tests.support.windows import press, settle
from tests.viewer.app.conftest import MakeWindow
from tests.viewer.app.imagery.conftest import AT, IN_HOLE, LEFT, MIDDLE, PIXEL_M, SIDE, TOP, AddImage
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.commands.imagery.chips import update_chip
from viewer.panels.sites.case_chips import CaseChips
from viewer.panels.sites.chip_dialog import ChipDialog, open_chip
from viewer.panels.sites.chip_place import place_in
from viewer.panels.sites.image_part import ImagePart

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


def marked(window: MainWindow, desk: Desk, place: tuple[float, float], qtbot: QtBot) -> str:
    """A mark, labelled, with the keyboard back on the map."""
    window.canvas.setFocus()
    press(Key.Key_P)
    desk.click(*place)
    QTest.keyClicks(QApplication.focusWidget(), "Pad 1S")
    press(Key.Key_Return)
    settle(window, qtbot)
    (uuid,) = window.session.document.sites
    return uuid


def pair(window: MainWindow) -> tuple[Chip, Chip]:
    """The exact pixels and the view of the only capture."""
    chips = {chip.kind: chip for chip in window.session.document.chips.values()}
    assert set(chips) == {"pixels", "view"}
    return chips["pixels"], chips["view"]


def data_of(window: MainWindow, chip: Chip, column: str = "data") -> bytes:
    return window.session.blob_reader()("chips", [chip.uuid], column)[chip.uuid]


def said(window: MainWindow) -> str:
    return " ".join(line.text for line in window.messages.lines())


def part_of(window: MainWindow) -> ImagePart:
    part = window.findChild(ImagePart)
    assert part is not None
    return part


@pytest.fixture
def site(window: MainWindow, desk: Desk, qtbot: QtBot) -> str:
    return marked(window, desk, MIDDLE, qtbot)


@pytest.fixture
def taken(window: MainWindow, site: str, qtbot: QtBot) -> tuple[Chip, Chip]:
    press(Key.Key_C)
    settle(window, qtbot)
    return pair(window)


@pytest.mark.bounded
def test_c_keeps_the_exact_pixels_and_the_view(
    window: MainWindow, site: str, taken: tuple[Chip, Chip], scene_file: Path
) -> None:
    pixels, view = taken
    assert (pixels.pair_uuid, view.pair_uuid) == (view.uuid, pixels.uuid)
    image = window.session.document.sites[site].image_uuid
    for chip in taken:
        assert (chip.site_uuid, chip.image_uuid, chip.acquired_at, chip.date_kind) == (site, image, AT, "instant")
        data = data_of(window, chip)
        assert chip.sha256 == hashlib.sha256(data).hexdigest()
        assert len(chip.phash) == 16
        assert data_of(window, chip, "thumbnail")[:3] in (b"\xff\xd8\xff", b"\x89PN")
    with MemoryFile(data_of(window, pixels)) as memory, memory.open() as chip, rasterio.open(scene_file) as file:
        assert (chip.width, chip.height) == (pixels.width, pixels.height) == (256, 256)
        assert chip.crs == file.crs
        assert tuple(chip.transform)[:6] == tuple(json.loads(pixels.transform_json))
        place = window.session.document.sites[site].place
        assert chip.bounds == tuple(json.loads(pixels.bounds_json))
        window_of = rasterio.windows.from_bounds(*chip.bounds, transform=file.transform)
        expected = file.read(window=window_of)
        assert np.array_equal(chip.read(), expected)
        x, y = transform_points(WGS84, "EPSG:3857", place.x, place.y)
        assert chip.bounds.left < x < chip.bounds.right
        assert chip.bounds.bottom < y < chip.bounds.top
    assert json.loads(pixels.stretch_json)["bands"] == [1, 2, 3]
    assert pixels.srs_id == 3857
    ratio = window.canvas.devicePixelRatio()
    assert (view.width, view.height) == (round(window.canvas.width() * ratio), round(window.canvas.height() * ratio))
    assert "12 April 2024" in view.credit
    assert data_of(window, view).startswith(b"\x89PNG")


@pytest.mark.bounded
@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_chips_are_the_file_s_own_pixels_at_each_bit_depth(
    window: MainWindow, desk: Desk, add_image: AddImage, tmp_path: Path, qtbot: QtBot, kind: str
) -> None:
    """Byte for byte, and not a pixel aside: no two neighbours of the file are alike."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    numbers = (rows * 251 + columns * 7) % 251 + 1 if kind == "uint8" else rows * 61 + columns
    bands = numbers[None].astype(kind)
    bands = bands / np.float32(3) if kind == "float32" else bands
    path = tmp_path / f"{kind}.tif"
    write_raster(path, bands, "EPSG:3857", LEFT, TOP, PIXEL_M)
    add_image(path)
    window.views.show_bounds(Bounds(9.435, 50.137, 9.522, 50.193), 0.0)
    settle(window, qtbot)
    uuid = marked(window, desk, MIDDLE, qtbot)
    press(Key.Key_C)
    settle(window, qtbot)
    pixels, _view = pair(window)
    place = window.session.document.sites[uuid].place
    x, y = (float(number) for number in transform_points(WGS84, "EPSG:3857", place.x, place.y))
    with MemoryFile(data_of(window, pixels)) as memory, memory.open() as chip, rasterio.open(path) as file:
        assert chip.dtypes == file.dtypes == (kind,)
        left, top = (chip.bounds.left - LEFT) / PIXEL_M, (TOP - chip.bounds.top) / PIXEL_M
        assert (left, top) == (round(left), round(top)), "it lies on the file's own grid"
        expected = bands[:, round(top) : round(top) + chip.height, round(left) : round(left) + chip.width]
        assert chip.read().tobytes() == expected.tobytes()
        column, row = (chip.bounds.right + chip.bounds.left) / 2 - x, (chip.bounds.top + chip.bounds.bottom) / 2 - y
        assert max(abs(column), abs(row)) <= PIXEL_M / 2, "its middle is where the mark is, to half a pixel"
        at = int((x - LEFT) / PIXEL_M), int((TOP - y) / PIXEL_M)
        assert next(chip.sample([(x, y)]))[0] == bands[0, at[1], at[0]]


@pytest.mark.bounded
def test_two_chips_of_one_view_look_alike(
    window: MainWindow, taken: tuple[Chip, Chip], desk: Desk, qtbot: QtBot
) -> None:
    first = {chip.uuid for chip in taken}
    window.canvas.setFocus()  # the form has it, for the words on what is seen
    press(Key.Key_C)
    settle(window, qtbot)
    later = [chip for chip in window.session.document.chips.values() if chip.uuid not in first]
    assert {chip.kind for chip in later} == {"pixels", "view"}
    assert all(a.phash == b.phash for a in taken for b in later if a.kind == b.kind)


@pytest.mark.bounded
def test_a_chip_is_undone_as_one_step_and_saved_with_its_bytes(
    window: MainWindow, taken: tuple[Chip, Chip], tmp_path: Path, make_window: MakeWindow, qtbot: QtBot
) -> None:
    window.session.undo()
    assert not window.session.document.chips
    window.session.redo()
    assert pair(window) == taken
    wanted = {chip.uuid: data_of(window, chip) for chip in taken}
    path = tmp_path / "case.gpkg"
    window.session.save_as(path)
    settle(window, qtbot)
    with closing(sqlite3.connect(path)) as connection:
        found = dict(connection.execute("SELECT uuid, data FROM chips"))
        extensions = connection.execute("SELECT count(*) FROM gpkgext_relations WHERE relation_name = 'media'")
        assert found == wanted
        assert extensions.fetchone()[0] > 0
    other = make_window()
    other.session.open_case(path)
    settle(other, qtbot)
    assert {chip.uuid for chip in other.session.document.chips.values()} == set(wanted)
    for chip in other.session.document.chips.values():
        assert data_of(other, chip) == wanted[chip.uuid]
        assert data_of(other, chip, "thumbnail")


def take_by_menu(window: MainWindow, qtbot: QtBot) -> None:
    """A chip of the view, as nothing is selected: no letter takes that one."""
    Analyst(window, qtbot.waitUntil).menu("Evidence", "Take a Chip")
    settle(window, qtbot)


@pytest.mark.bounded
def test_with_nothing_selected_the_view_is_taken(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_C)
    settle(window, qtbot)
    assert not window.session.document.chips, "a letter typed by mistake takes none"
    assert "Take a Chip by its key is about what is selected" in window.status.hint.text()
    take_by_menu(window, qtbot)
    pixels, view = pair(window)
    assert (pixels.site_uuid, view.site_uuid) == ("", "")
    assert max(pixels.width, pixels.height) <= 1024
    assert pixels.image_uuid in window.session.document.images


@pytest.mark.bounded
def test_chips_of_views_are_seen_with_the_case(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.action_table["case_chips"].trigger()
    dialog = window.findChild(CaseChips)
    assert dialog is not None
    assert "none yet" in dialog.note.text()
    take_by_menu(window, qtbot)
    assert dialog.chips.count() == 2
    qtbot.waitUntil(lambda: not dialog.chips.item(0).icon().isNull())
    dialog.chips.setFocus()
    dialog.chips.setCurrentRow(0)
    QTest.keyClick(dialog.chips, Key.Key_Return)
    assert window.findChild(ChipDialog) is not None
    window.session.undo()
    assert dialog.chips.count() == 0


@pytest.mark.bounded
def test_where_no_image_is_no_chip_is_taken(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    marked(window, desk, IN_HOLE, qtbot)
    press(Key.Key_C)
    settle(window, qtbot)
    assert not window.session.document.chips
    assert "There is no image in view at that place" in said(window)


@pytest.mark.bounded
def test_the_menu_of_a_mark_takes_a_chip(window: MainWindow, site: str, desk: Desk, qtbot: QtBot) -> None:
    at = desk.at(*MIDDLE)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.canvas.mapToGlobal(at))
    QApplication.sendEvent(window.canvas, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(action for action in menu.actions() if action.text() == "&Take a Chip")
    QTest.mouseClick(menu, Left, Qt.KeyboardModifier.NoModifier, menu.actionGeometry(action).center())
    settle(window, qtbot)
    pair(window)


@pytest.mark.bounded
def test_a_thumbnail_opens_the_chip_with_its_caption(
    window: MainWindow, taken: tuple[Chip, Chip], qtbot: QtBot
) -> None:
    strip = part_of(window).chips
    qtbot.waitUntil(lambda: all(not strip.item(row).icon().isNull() for row in range(strip.count())))
    assert strip.count() == 2
    assert "2024-04-12 08:30:00 UTC (from metadata)" in strip.item(0).toolTip().replace("\n", " ")
    place = strip.visualItemRect(strip.item(0)).center()
    QTest.mouseClick(strip.viewport(), Left, Qt.KeyboardModifier.NoModifier, QPoint(place))
    dialog = window.findChild(ChipDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.picture.pixmap().isNull())
    caption = dialog.fields.fields["caption"]
    caption.setFocus()
    QTest.keyClicks(caption, "Tower on the pad")
    QTest.keyClick(caption, Key.Key_Return)
    chip = window.session.document.chips[dialog.uuid]
    assert chip.caption == "Tower on the pad"
    assert window.session.document.chips[chip.pair_uuid].caption == "Tower on the pad", "of one capture, one caption"
    window.session.undo()
    assert not window.session.document.chips[chip.pair_uuid].caption
    window.session.redo()
    close = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Close")
    assert close.x() - dialog.delete_button.geometry().right() > 100, "what destroys stands apart"
    assert dialog.isVisible()
    QTest.mouseClick(dialog.delete_button, Left)
    assert not window.session.document.chips
    window.session.undo()
    assert len(window.session.document.chips) == 2


@pytest.mark.bounded
def test_the_place_of_the_site_is_ticked_in_what_is_looked_at(
    window: MainWindow, taken: tuple[Chip, Chip], qtbot: QtBot
) -> None:
    view = next(chip for chip in taken if chip.kind == "view")
    site = window.session.document.sites[view.site_uuid]
    place = place_in(view, site.place.x, site.place.y)
    assert place is not None
    open_chip(window.panel_context, view.uuid, window)
    dialog = next(one for one in window.findChildren(ChipDialog) if one.uuid == view.uuid)
    qtbot.waitUntil(lambda: not dialog.picture.pixmap().isNull())
    seen = dialog.picture.pixmap().toImage()
    x, y = round(place[0] * seen.width()), round(place[1] * seen.height())
    for dx, dy in ((14, 0), (-14, 0), (0, 14), (0, -14)):
        colour = seen.pixelColor(x + dx, y + dy)
        assert (colour.red() > 200, colour.blue() < 120) == (True, True), "a tick on each side"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "[1,2,3]",
        "[0,0,0,0,0,0]",
        "[1e400,0,0,0,1,0]",
        '["x",0,0,0,1,0]',
        "[" * 9000,
        "[NaN,0,0,0,1,0]",
    ],
)
def test_a_chip_that_does_not_say_where_it_lies_has_no_ticks(text: str) -> None:
    chip = Chip(uuid="c", content_type="image/png", width=10, height=10, srs_id=4326, transform_json=text)
    assert place_in(chip, 5.0, 5.0) is None
    told = replace(chip, transform_json="[1, 0, 0, 0, -1, 10]")
    assert place_in(told, 5.0, 5.0) == (0.5, 0.5)
    assert place_in(told, 15.0, 5.0) is None
    assert place_in(replace(told, srs_id=0, crs_wkt="no CRS at all"), 5.0, 5.0) is None


@pytest.mark.bounded
def test_all_chips_of_the_case_are_listed_with_their_sites(
    window: MainWindow, taken: tuple[Chip, Chip], qtbot: QtBot
) -> None:
    window.action_table["case_chips"].trigger()
    dialog = window.findChild(CaseChips)
    assert dialog is not None
    assert [dialog.chips.item(row).text() for row in range(dialog.chips.count())] == ["Pad 1S", "Pad 1S"]
    assert "none yet" not in dialog.note.text()
    dialog.close()


@pytest.mark.bounded
def test_what_is_typed_after_a_deletion_from_all_chips_is_its_reason(
    window: MainWindow, taken: tuple[Chip, Chip], qtbot: QtBot
) -> None:
    """The keyboard went to a link, a space closed the window, and the other letters were shortcuts on the map."""
    window.action_table["case_chips"].trigger()
    dialog = window.findChild(CaseChips)
    dialog.activateWindow()
    dialog.chips.setFocus()
    qtbot.waitUntil(dialog.chips.hasFocus)
    dialog.chips.setCurrentRow(0)
    QTest.keyClick(dialog.chips, Key.Key_Delete)
    settle(window, qtbot)
    qtbot.waitUntil(dialog.reason.field.hasFocus)
    window.session.undo()
    settle(window, qtbot)
    dialog.chips.setFocus()
    dialog.chips.setCurrentRow(0)
    QTest.keyClick(dialog.chips, Key.Key_Delete)
    qtbot.waitUntil(dialog.reason.field.hasFocus)
    QTest.keyClicks(dialog.reason.field, "a cloud in the way")
    QTest.keyClick(dialog.reason.field, Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.deleted_link.hasFocus(), "a space would follow it"
    past = window.session.recorded_history()
    assert past is not None
    with opened_history(past.path) as connection:
        changes = read_page(connection, HistoryFilter(tables=("chips",), only_deleted=True)).changes
    assert "a cloud in the way" in [change.reason for change in changes]
    dialog.close()


@pytest.mark.bounded
def test_a_deleted_chip_is_listed_for_ever(
    window: MainWindow, taken: tuple[Chip, Chip], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "case.gpkg"
    window.session.save_as(path)
    settle(window, qtbot)
    kept = {chip.uuid: data_of(window, chip) for chip in taken}
    strip = part_of(window).chips
    strip.setFocus()
    strip.setCurrentRow(0)
    QTest.keyClick(strip, Key.Key_Delete)
    assert not window.session.document.chips
    assert "Undo (Ctrl+Z) brings them back until this case is closed, also after a save." in said(window)
    window.session.save()
    settle(window, qtbot)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT uuid, sha256, what FROM loupe_tombstones WHERE table_name = 'chips'")
        listed = {uuid: (sha256, what) for uuid, sha256, what in rows}
    assert {uuid: sha256 for uuid, (sha256, _) in listed.items()} == {chip.uuid: chip.sha256 for chip in taken}
    assert all("image chip" in what for _, what in listed.values())
    window.session.undo()
    assert {chip.uuid: data_of(window, chip) for chip in pair(window)} == kept, "as the line said"


@pytest.mark.bounded
def test_the_reason_why_a_chip_was_deleted_stands_in_the_history(
    window: MainWindow, taken: tuple[Chip, Chip], qtbot: QtBot
) -> None:
    """A reason could be given for a change of a judgement alone."""
    part = part_of(window)
    window.selection.set((taken[0].site_uuid,))
    window.panel_context.panel_wanted.emit("site_form")
    settle(window, qtbot)
    part.chips.setFocus()
    part.chips.setCurrentRow(0)
    assert part.chip_reason.isHidden()
    QTest.keyClick(part.chips, Key.Key_Delete)
    assert taken[0].site_uuid in window.session.document.sites, "Delete is about the chip there, not about the mark"
    assert part.chip_reason.question.text() == "Why was the chip deleted?"
    assert part.chip_reason.isVisible()
    window.session.undo()
    assert part.chip_reason.isHidden(), "what is taken back needs no reason"
    part.chips.setCurrentRow(0)
    QTest.keyClick(part.chips, Key.Key_Delete)
    window.activateWindow()
    part.chip_reason.field.setFocus()
    qtbot.waitUntil(part.chip_reason.field.hasFocus)
    QTest.keySequence(part.chip_reason.field, QKeySequence.StandardKey.Undo)
    assert window.session.document.chips, "before a letter is typed, Undo is the case's"
    part.chips.setCurrentRow(0)
    QTest.keyClick(part.chips, Key.Key_Delete)
    part.chip_reason.field.setFocus()
    QTest.keyClicks(part.chip_reason.field, "blurred by haze")
    QTest.keyClick(part.chip_reason.field, Key.Key_Return)
    assert part.chip_reason.isHidden()
    past = window.session.recorded_history()
    assert past is not None
    with opened_history(past.path) as connection:
        changes = read_page(connection, HistoryFilter(tables=("chips",), only_deleted=True)).changes
    assert [change.reason for change in changes] == ["blurred by haze"] * 2 + [""] * 4


@pytest.mark.bounded
def test_only_words_about_a_chip_change(window: MainWindow, taken: tuple[Chip, Chip]) -> None:
    document, (pixels, _) = window.session.document, taken
    with pytest.raises(Exception, match="never changes"):
        update_chip(document, pixels.uuid, actor="me", credit="mine")
    with pytest.raises(Exception, match="NIIRS scale"):
        update_chip(document, pixels.uuid, actor="me", niirs_scale="civil")


@pytest.mark.bounded
def test_a_capture_that_takes_long_is_announced_and_cancelled(
    window: MainWindow, site: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = window.context.jobs
    monkeypatch.setattr(window.scene, "is_complete", lambda _view: False)  # tiles that do not come
    window.canvas.setFocus()
    press(Key.Key_C)
    assert not window.images.chips.is_idle
    assert not [job for job in jobs.running() if job.title == "Taking a chip"]
    qtbot.waitUntil(lambda: any(job.title == "Taking a chip" for job in jobs.running()), timeout=5_000)
    window.canvas.setFocus()  # the form has it, for the words on what is seen
    press(Key.Key_C)
    assert "Another chip is being taken" in said(window)
    next(job for job in jobs.running() if job.title == "Taking a chip").cancel()
    assert window.images.chips.is_idle
    assert not [job for job in jobs.running() if job.title == "Taking a chip"]
    monkeypatch.undo()
    settle(window, qtbot)
    assert not window.session.document.chips
