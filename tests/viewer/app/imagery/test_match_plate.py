"""Match plates in the real window: the same numbers set on a photograph and on the map, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.imagery.match_plate import plate_of, plate_of_photo
from layers.document.layer import FORBIDDEN
from layers.document.marks.mark_shape import Numbered, shape_of_site
from layers.document.rows import Product
from layers.geo.crs import PIXEL_SPACE
from tests.support.choices import popup
from tests.support.content_hash import content_hash
from tests.support.windows import opened, press, settle
from tests.viewer.app.conftest import Answers
from tests.viewer.app.imagery.conftest import MIDDLE
from tests.viewer.tools.conftest import Desk
from viewer.app.desktop.questions import Unsaved
from viewer.app.match_plate.plate_dialog import MatchPlateDialog
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import delete_sites
from viewer.export.plates.match_plate import CREDIT_PX, wrapped_lines
from viewer.panels.layers.place_dialog import PlaceDialog
from viewer.support.fonts import font

pytestmark = popup
Key, Left, Nothing = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
GREY = "#8a8f94"


def photograph() -> QImage:
    """A tower, a shed and a tree, seen from the side."""
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(QColor(GREY))
    for x, y, width, height, color in (
        (60, 60, 16, 120, "#c03030"),
        (160, 130, 60, 50, "#3050c0"),
        (260, 100, 24, 80, "#308030"),
    ):
        for row in range(y, y + height):
            for column in range(x, x + width):
                image.setPixelColor(column, row, QColor(color))
    return image


@pytest.fixture
def photo(window: MainWindow, desk: Desk, qtbot: QtBot) -> str:
    """The uuid of a pasted photograph that lies anywhere on the map, which stands on the scene."""
    return paste(window, qtbot, "centre_button")


def paste(window: MainWindow, qtbot: QtBot, button: str) -> str:
    before = set(window.session.document.layers)
    QGuiApplication.clipboard().setImage(photograph())
    QTest.keyClick(window.canvas, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.findChild(PlaceDialog) is not None, timeout=10_000)
    dialog = window.findChild(PlaceDialog)
    assert dialog is not None
    QTest.mouseClick(getattr(dialog, button), Left)
    qtbot.waitUntil(lambda: len(window.session.document.layers) > len(before), timeout=10_000)
    settle(window, qtbot)
    (uuid,) = set(window.session.document.layers) - before
    return uuid


@pytest.fixture
def plate(window: MainWindow, photo: str, qtbot: QtBot) -> Iterator[MatchPlateDialog]:
    yield opened_plate(window, photo, qtbot)
    for dialog in window.findChildren(MatchPlateDialog):
        dialog.close()
    settle(window, qtbot)


def opened_plate(window: MainWindow, photo: str, qtbot: QtBot) -> MatchPlateDialog:
    window.panel_context.show_layer(photo)
    action = window.action_table["match_plate"]
    qtbot.waitUntil(action.isEnabled, timeout=5_000)
    action.trigger()
    dialog = window.findChild(MatchPlateDialog)
    assert dialog is not None
    wait(window, dialog, qtbot)
    return dialog


def wait(window: MainWindow, dialog: MatchPlateDialog, qtbot: QtBot) -> None:
    settle(window, qtbot)
    qtbot.waitUntil(dialog.is_idle, timeout=10_000)


def on_photo(dialog: MatchPlateDialog, column: float, row: float) -> QPoint:
    px, py = dialog.photo_pane.canvas.viewport.view().to_pixel(column, -row)
    return QPoint(round(px), round(py))


def rows(dialog: MatchPlateDialog) -> list[tuple[str, str]]:
    """Number and remark of each row of the table."""
    table = dialog.table
    return [(table.item(at, 0).text(), table.item(at, 3).text()) for at in range(table.rowCount())]


def colors_of(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}


def photo_numbers(window: MainWindow, photo: str) -> dict[int, tuple[int, int]]:
    found = plate_of_photo(window.session.document, photo)
    return {} if found is None else {one.number: (round(one.x), round(one.y)) for one in found[1].numbers}


def map_numbers(window: MainWindow) -> list[int]:
    shapes = [shape_of_site(site) for site in window.session.document.sites.values()]
    return sorted(shape.number for shape in shapes if isinstance(shape, Numbered))


@pytest.mark.bounded
def test_a_plate_is_neither_copied_nor_saved_with_what_its_terms_forbid(
    window: MainWindow, plate: MatchPlateDialog, photo: str, qtbot: QtBot, answers: Answers
) -> None:
    window.panel_context.do(update_layer, photo, own_export=FORBIDDEN)
    wait(window, plate, qtbot)
    QGuiApplication.clipboard().clear()
    QTest.mouseClick(plate.copy_button, Left)
    assert QGuiApplication.clipboard().image().isNull()
    assert "do not allow its pictures in a file" in plate.note.text()
    QTest.mouseClick(plate.save_button, Left)
    assert not [asked for asked in answers.asked if asked.startswith("write")]


@pytest.mark.bounded
def test_numbers_are_set_on_both_by_mouse_paired_and_undone_to_nothing(
    window: MainWindow, plate: MatchPlateDialog, photo: str, qtbot: QtBot
) -> None:
    empty, steps = content_hash(window.session.document), window.session.history.stack.index()
    pane, other = plate.photo_pane.canvas, plate.map_pane.canvas
    assert "sets number 1 on the photograph" in plate.photo_pane.hint.text()
    for column, row in ((68, 62), (190, 140), (270, 110)):
        QTest.mouseClick(pane, Left, Nothing, on_photo(plate, column, row))
    assert set(photo_numbers(window, photo)) == {1, 2, 3}
    assert photo_numbers(window, photo)[2] == pytest.approx((190, 140), abs=1)
    assert rows(plate) == [(number, "missing on the map") for number in "123"]
    assert "Not on the map: 1, 2, 3." in plate.picture().lines
    for place in (QPoint(120, 90), QPoint(220, 150)):
        QTest.mouseClick(other, Left, Nothing, place)
    assert map_numbers(window) == [1, 2]
    assert rows(plate) == [("1", "on both"), ("2", "on both"), ("3", "missing on the map")]
    # The list chooses which number is set next; what is beside the photograph is refused in words.
    plate.table.selectRow(2)
    assert "sets number 3 on the map" in plate.map_pane.hint.text()
    assert "sets number 4 on the photograph" in plate.photo_pane.hint.text()
    QTest.mouseClick(pane, Left, Nothing, QPoint(2, 2))
    assert plate.note.text() == "That is outside the photograph: set the number inside it."
    # A drag moves a number.
    QTest.mousePress(pane, Left, Nothing, on_photo(plate, 190, 140))
    for column, row in ((200, 150), (214, 134)):
        QTest.mouseMove(pane, on_photo(plate, column, row))
    QTest.mouseRelease(pane, Left, Nothing, on_photo(plate, 214, 134))
    assert photo_numbers(window, photo)[2] == pytest.approx((214, 134), abs=2)
    # Numbers that stand on both are kept, whatever becomes of those before them.
    locked = [shape_of_site(site) for site in window.session.document.sites.values()]
    assert all(isinstance(shape, Numbered) and shape.locked for shape in locked)
    plate.choose(1)
    QTest.mouseClick(plate.map_button, Left)
    assert map_numbers(window) == [2]
    assert rows(plate)[0] == ("1", "missing on the map")
    plate.choose(2)
    QTest.mouseClick(plate.map_button, Left)
    assert "sets number 2 on the map" in plate.map_pane.hint.text(), "the one taken away, though 1 is missing too"

    whole = content_hash(window.session.document)
    while window.session.history.stack.index() > steps:
        window.action_table["undo"].trigger()
    assert content_hash(window.session.document) == empty
    assert rows(plate) == []
    while window.session.history.stack.canRedo():
        window.action_table["redo"].trigger()
    assert content_hash(window.session.document) == whole


@pytest.mark.bounded
def test_numbers_are_set_by_keys_alone_and_the_plate_opens_again(
    window: MainWindow, plate: MatchPlateDialog, photo: str, qtbot: QtBot
) -> None:
    assert plate.photo_pane.canvas.hasFocus()
    press(Key.Key_Return)
    press(Key.Key_Right)
    press(Key.Key_Return)
    numbers = photo_numbers(window, photo)
    assert numbers[1] == pytest.approx((160, 120), abs=2), "the crosshair begins in the middle"
    assert numbers[2][0] > numbers[1][0]
    plate.map_pane.canvas.setFocus()
    press(Key.Key_Return)
    assert rows(plate) == [("1", "on both"), ("2", "missing on the map")]
    plate.photo_pane.canvas.setFocus()
    press(Key.Key_Delete)
    assert rows(plate)[0] == ("1", "missing on the photograph"), "the chosen number is taken away"
    press(Key.Key_Return)
    assert rows(plate)[0] == ("1", "on both")
    press(Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(MatchPlateDialog) is None, timeout=5_000)
    window.action_table["match_plate"].trigger()
    again = window.findChild(MatchPlateDialog)
    assert again is not None
    assert rows(again) == [("1", "on both"), ("2", "missing on the map")]
    products = list(window.session.document.table("products").values())
    assert len(products) == 1
    again.close()


@pytest.mark.bounded
def test_markers_that_were_there_before_are_paired_and_keep_their_numbers(
    window: MainWindow, desk: Desk, plate: MatchPlateDialog, photo: str, qtbot: QtBot
) -> None:
    document, actor = window.session.document, window.session.actor
    for number, lon in ((1, 9.46), (2, 9.48), (3, 9.50)):
        place = shapely.Point(lon, 50.16)
        window.session.push(add_mark(document, Numbered(number), place, actor=actor, uuid=f"marker {number}"))
    assert rows(plate) == [(number, "missing on the photograph") for number in "123"]
    plate.choose(2)
    QTest.mouseClick(plate.photo_pane.canvas, Left, Nothing, on_photo(plate, 190, 140))
    assert rows(plate)[1] == ("2", "on both")
    window.session.push(delete_sites(document, ["marker 1"], actor=actor))
    assert map_numbers(window) == [1, 2], "the third is the first now; the second is matched, and stays"
    assert document.sites["marker 2"].number == 2
    assert rows(plate)[1] == ("2", "on both")
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    assert photo_numbers(window, photo) == {}
    shape = shape_of_site(document.sites["marker 2"])
    assert isinstance(shape, Numbered)
    assert not shape.locked, "it is locked in the same step"


@pytest.mark.bounded
def test_the_plate_shows_both_with_the_same_numbers_dates_and_credits(
    window: MainWindow, plate: MatchPlateDialog, photo: str, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    QTest.mouseClick(plate.photo_pane.canvas, Left, Nothing, on_photo(plate, 68, 62))
    QTest.mouseClick(plate.map_pane.canvas, Left, Nothing, QPoint(150, 150))
    QTest.mouseClick(plate.photo_pane.canvas, Left, Nothing, on_photo(plate, 270, 110))
    wait(window, plate, qtbot)
    lines = " ".join(plate.picture().lines)
    assert "Numbers match what the analyst sees as the same feature." in lines
    assert "Not on the map: 2." in lines
    assert "date unknown" in lines, "of the photograph"
    assert "12 April 2024" in lines, "of the scene"
    beside = plate.map_pane.canvas.grab().toImage()
    assert "#c03030" not in colors_of(beside), "the photograph does not lie over the map that it is matched with"
    answers.path = tmp_path / "plate.png"
    QTest.mouseClick(plate.save_button, Left)
    qtbot.waitUntil(answers.path.exists, timeout=10_000)
    saved = QImage(str(answers.path))
    assert "Match plate: Pasted" in saved.text("Title")
    assert "same feature" in saved.text("Description")
    assert {GREY, "#c03030", "#3050c0"} <= colors_of(saved), "the photograph"
    QTest.mouseClick(plate.copy_button, Left)
    assert QGuiApplication.clipboard().image().size() == saved.size()
    plate.close()


@pytest.mark.bounded
def test_a_plate_closes_with_the_window(
    window: MainWindow, plate: MatchPlateDialog, answers: Answers, qtbot: QtBot
) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    window.close()
    qtbot.waitUntil(lambda: window.findChild(MatchPlateDialog) is None, timeout=5_000)


@pytest.mark.bounded
def test_an_unplaced_photograph_is_matched_with_the_map_and_saved_with_the_case(
    window: MainWindow, desk: Desk, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    photo = paste(window, qtbot, "pixel_button")
    assert window.session.document.layers[photo].crs == PIXEL_SPACE
    window.views.set_crs(PIXEL_SPACE)
    settle(window, qtbot)
    assert window.canvas.viewport.crs == PIXEL_SPACE
    plate = opened_plate(window, photo, qtbot)
    lon, lat = plate.map_pane.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx(MIDDLE, abs=0.06), "the map is on the scene, whatever the window shows"
    QTest.mouseClick(plate.photo_pane.canvas, Left, Nothing, on_photo(plate, 68, 62))
    QTest.mouseClick(plate.map_pane.canvas, Left, Nothing, QPoint(150, 150))
    assert rows(plate) == [("1", "on both")]
    plate.close()
    answers.path = tmp_path / "case.gpkg"
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    window.file_menu.new_case()
    settle(window, qtbot)
    again = opened(window, answers.path, qtbot)
    assert photo_numbers(again, photo)[1] == pytest.approx((68, 62), abs=1)
    assert map_numbers(again) == [1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 100_000,
        '{"kind": "match plate"}',
        '{"kind": "match plate", "photo": 5, "numbers": []}',
        '{"kind": "match plate", "photo": "a", "numbers": [[1, 2]]}',
        '{"kind": "match plate", "photo": "a", "numbers": [[1, NaN, 2]]}',
        '{"kind": "match plate", "photo": "a", "numbers": [[1, 1e400, 2]]}',
        '{"kind": "match plate", "photo": "a", "numbers": [[true, 1, 2]]}',
        '{"kind": "match plate", "photo": "a", "numbers": [[0, 1, 2]]}',
        '{"kind": "match plate", "photo": "a", "numbers": [[1, -1, 2]]}',
        '{"kind": "match plate", "photo": "a", "numbers": [[1, 1, 2], [1, 3, 4]]}',
        '{"kind": "match plate", "photo": "a", "numbers": {"1": [2, 3]}}',
        '{"kind": "match plate", "photo": "a", "numbers": [' + ",".join(f"[{n}, 1, 1]" for n in range(1, 600)) + "]}",
    ],
)
def test_whatever_a_case_holds_is_a_plate_or_none(text: str) -> None:
    assert plate_of(Product(uuid="a", name="x", layout_json=text)) is None


def test_wrapped_lines_fit(qapp: object) -> None:
    lines = wrapped_lines(["many words " * 40, "short", ""], 300, 1.5)
    metrics = QFontMetricsF(font(CREDIT_PX * 1.5))
    assert all(metrics.horizontalAdvance(line) <= 300 for line in lines)
    assert " ".join(lines).split() == ("many words " * 40 + "short").split()
