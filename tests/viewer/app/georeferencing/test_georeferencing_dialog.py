"""A picture without a place, georeferenced in the real window by mouse and by keyboard: one step, undone and redone."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from rasterio.io import MemoryFile

from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.document.placing.nudge import Nudge
from layers.errors import CannotBePlaced, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR, WGS84, transform_points
from layers.raster.info import RasterInfo
from layers.raster.point_fit.control_point import ControlPoint, Method, PointSet
from tests.support.choices import choose_by_keys, popup
from tests.support.content_hash import content_hash
from tests.support.pictures import pixels
from tests.support.windows import settle
from tests.viewer.app.conftest import Answers, MakeWindow
from viewer.app.georeferencing.georeferencing_dialog import GeoreferencingDialog
from viewer.app.georeferencing.point_marks import ARROW_COLOR
from viewer.app.georeferencing.point_table import COUNTS, METRES, PIXEL, PLACE
from viewer.app.window import MainWindow
from viewer.canvas.extent import bounds_of_all
from viewer.commands.combine import part_of
from viewer.commands.imagery.placed_layers import can_have_points, place_as_file_says, place_by_points
from viewer.commands.layers import update_layer
from viewer.commands.nudging import nudge_layer
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.place_dialog import PlaceDialog

Left, Nothing, Shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
SIZE = (200, 120)
HERE = Bounds(10.0, 50.0, 10.2, 50.08)
PIXELS = [(10.0, 8.0), (190.0, 12.0), (185.0, 110.0), (15.0, 105.0), (100.0, 60.0)]
TURN = 0.25


def place_of(col: float, row: float) -> tuple[float, float]:
    """The true place of a pixel of the scan: turned, 50 m of Web Mercator a pixel."""
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, *HERE.centre))
    u, v = (col - SIZE[0] / 2) * 50, -(row - SIZE[1] / 2) * 50
    cos, sin = math.cos(TURN), math.sin(TURN)
    lon, lat = transform_points(WEB_MERCATOR, WGS84, x + cos * u - sin * v, y + sin * u + cos * v)
    return float(lon), float(lat)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Red above, blue below, with a green square about pixel (150, 30)."""
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("#c00000"))
    for y in range(SIZE[1]):
        for x in range(SIZE[0]):
            if y >= 60:
                image.setPixelColor(x, y, QColor("#0000c0"))
            if abs(x - 150) < 10 and abs(y - 30) < 10:
                image.setPixelColor(x, y, QColor("#00c000"))
    path = tmp_path / "scan.png"
    assert image.save(str(path))
    return path


@pytest.fixture
def case(window: MainWindow, scan: Path, qtbot: QtBot) -> MainWindow:
    """A case about the place of the scan, which is a layer in pixel space."""
    window.resize(1300, 740)
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(HERE, 0.0)
    settle(window, qtbot)
    window.opener.open([str(scan)])
    qtbot.waitUntil(lambda: window.findChild(PlaceDialog) is not None, timeout=10_000)
    dialog = window.findChild(PlaceDialog)
    assert dialog is not None
    QTest.mouseClick(dialog.pixel_button, Left)
    qtbot.waitUntil(lambda: bool(window.session.document.layers), timeout=10_000)
    settle(window, qtbot)
    window.panel_context.show_layer(layer_of(window).uuid, raise_form=True)
    settle(window, qtbot)
    return window


def layer_of(window: MainWindow) -> Layer:
    (layer,) = window.session.document.layers.values()
    return layer


def opened(window: MainWindow, qtbot: QtBot) -> GeoreferencingDialog:
    """The dialog, by the menu's action."""
    action = window.action_table["georeference"]
    assert action.isEnabled()
    action.trigger()
    dialog = window.georeferencing.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.is_idle, timeout=20_000)
    return dialog


def on_picture(dialog: GeoreferencingDialog, col: float, row: float) -> QPoint:
    view = dialog.picture.canvas.viewport.view()
    return QPoint(*map(round, view.to_pixel(col, -row)))


def on_map(dialog: GeoreferencingDialog, lon: float, lat: float) -> QPoint:
    view = dialog.map.canvas.viewport.view()
    x, y = (float(v) for v in transform_points(WGS84, view.grid.crs, lon, lat))
    return QPoint(*map(round, view.to_pixel(x, y)))


def click_point(dialog: GeoreferencingDialog, col: float, row: float) -> None:
    """A pixel, then its place."""
    QTest.mouseClick(dialog.picture.canvas, Left, Nothing, on_picture(dialog, col, row))
    QTest.mouseClick(dialog.map.canvas, Left, Nothing, on_map(dialog, *place_of(col, row)))


def typed(dialog: GeoreferencingDialog, row: int, column: int, text: str) -> None:
    """Into a cell of the table, as by keyboard."""
    table = dialog.table
    table.setFocus()
    table.setCurrentIndex(table.points.index(row, column))
    QTest.keyClick(table, Qt.Key.Key_Return)
    editor = table.indexWidget(table.currentIndex())
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()


def cell(dialog: GeoreferencingDialog, row: int, column: int) -> str:
    return str(dialog.table.points.index(row, column).data())


def colour_at(window: MainWindow, col: float, row: float) -> str:
    """Of the map where a pixel of the scan truly lies."""
    view = window.canvas.viewport.view()
    x, y = (float(v) for v in transform_points(WGS84, view.grid.crs, *place_of(col, row)))
    image = window.canvas.grab_picture()
    return image.pixelColor(*map(round, view.to_pixel(x, y))).name()


def content(window: MainWindow) -> dict[str, object]:
    """All that a layer's row says, but for the stamps of edits."""
    row = layer_of(window)
    return {name: getattr(row, name) for name in ("crs", "control_points_json", "source_json", "style_json", "rev")}


@pytest.mark.bounded
def test_by_mouse_it_lands_and_undo_takes_it_back(
    case: MainWindow, scan: Path, make_window: MakeWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    before, bytes_before, hash_before = content(case), scan.read_bytes(), content_hash(case.session.document)
    assert layer_of(case).crs == PIXEL_SPACE
    dialog = opened(case, qtbot)
    assert not dialog.apply_button.isEnabled()
    assert "An affine fit needs 3 control points, 0 of them so far: set more." in dialog.verdict.text()
    for col, row in PIXELS[:3]:
        click_point(dialog, col, row)
    assert "unchecked" in dialog.verdict.text()
    assert dialog.freedom.text() == "0 degrees of freedom"
    assert cell(dialog, 0, METRES) == "–"
    assert dialog.preview.shown is not None, "the picture lies over the map"
    for col, row in PIXELS[3:]:
        click_point(dialog, col, row)
    assert dialog.freedom.text() == "4 degrees of freedom"
    assert "5 control points, affine, RMS " in dialog.verdict.text()
    assert "no position error" in dialog.verdict.text()
    assert all(float(cell(dialog, row, METRES)) < 100 for row in range(5)), "a pixel of the hand is worth some metres"
    assert content(case) == before, "nothing of the case has changed yet"
    qtbot.waitUntil(lambda: dialog.is_idle, timeout=20_000)
    QTest.mouseClick(dialog.apply_button, Left)
    settle(case, qtbot)
    assert case.georeferencing.dialog is None
    after, hash_after = content(case), content_hash(case.session.document)
    points = read_control_points(layer_of(case).control_points_json)
    assert points is not None
    assert (len(points.points), points.method, points.crs_before) == (5, Method.AFFINE, PIXEL_SPACE)
    assert points.by == case.session.actor
    assert layer_of(case).crs == ""
    assert [colour_at(case, *at) for at in ((50, 30), (50, 90), (150, 30))] == ["#c00000", "#0000c0", "#00c000"]
    assert case.session.history.undo_text() == "Georeference layer “scan”"
    picture = case.canvas.grab_picture()
    case.session.undo()
    settle(case, qtbot)
    assert content_hash(case.session.document) == hash_before
    case.session.redo()
    settle(case, qtbot)
    assert content(case) == after
    assert content_hash(case.session.document) == hash_after
    case.views.show_layer(layer_of(case).uuid)
    settle(case, qtbot)
    assert scan.read_bytes() == bytes_before
    assert {file.name for file in scan.parent.iterdir()} >= {"scan.png"}
    assert not list(scan.parent.glob("scan.pgw"))
    answers.path = tmp_path / "case.gpkg"
    case.action_table["save_as"].trigger()
    settle(case, qtbot)
    again = make_window()
    again.opener.open([str(answers.path)])
    settle(again, qtbot)
    assert colour_at(again, 150, 30) == "#00c000", "it is placed by what the case holds, and asks nothing"
    assert picture.size() == case.canvas.grab_picture().size()


@pytest.mark.bounded
def test_by_keyboard_alone_with_typed_places(case: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(case, qtbot)
    dialog.activateWindow()
    assert dialog.picture.canvas.hasFocus(), "the keyboard begins in the picture"
    QTest.keyClick(dialog.picture.canvas, Qt.Key.Key_Return)
    assert cell(dialog, 0, PIXEL) == "100.0, 60.0", "the crosshair stands in the middle of the picture"
    QTest.keyClick(dialog, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    assert dialog.map.canvas.hasFocus()
    QTest.keyClick(dialog.map.canvas, Qt.Key.Key_Return)
    lon, lat = dialog.map.canvas.viewport.centre_lonlat()
    assert dialog.draft.rows[0].place == pytest.approx((lon, lat))
    for number, (col, row) in enumerate(PIXELS[:4], 1):
        QTest.keyClick(dialog, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda rows=number + 1: len(dialog.draft.rows) == rows)  # a button moves before it acts
        typed(dialog, number, PIXEL, f"{col}, {row}")
        where = place_of(col, row)
        typed(dialog, number, PLACE, f"{where[1]:.7f}, {where[0]:.7f}")
    assert len(dialog.draft.points.on) == 5
    typed(dialog, 0, PLACE, "nowhere")
    assert dialog.complaint.isVisible()
    typed(dialog, 0, PIXEL, "900, 10")
    assert "within 200 × 120" in dialog.complaint.text()
    typed(dialog, 0, PLACE, "32U PA 12345 67890")
    assert float(cell(dialog, 0, METRES).replace("\u202f", "")) > 10_000, "a wrong point shows"
    assert "\N{NARROW NO-BREAK SPACE}" in cell(dialog, 0, METRES)
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    assert cell(dialog, 0, COUNTS) == "checks only"
    assert dialog.draft.fit is not None
    assert dialog.draft.fit.rms_m is not None
    assert dialog.draft.fit.rms_m < 0.1, "what is off counts no more, and is still checked"
    assert float(cell(dialog, 0, METRES).replace("\u202f", "")) > 10_000
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert len(dialog.draft.rows) == 4
    QTest.keyClick(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: case.georeferencing.dialog is None)
    settle(case, qtbot)
    assert colour_at(case, 150, 30) == "#00c000"
    info = case.views.layer_info(layer_of(case).uuid)
    assert isinstance(info, RasterInfo)
    for corner in ((0, 0), (200, 0), (200, 120), (0, 120)):
        a, b, c, d, e, f = info.transform
        x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, *place_of(*corner)))
        off = math.hypot(a * corner[0] + b * corner[1] + c - x, d * corner[0] + e * corner[1] + f - y)
        assert off < 25, "within half a pixel of 50 m, all over"


@pytest.mark.bounded
@popup
def test_the_points_show_again_and_methods_are_compared(case: MainWindow, qtbot: QtBot) -> None:
    case.settings.set("author", "Anna Lind")
    dialog = opened(case, qtbot)
    for col, row in PIXELS:
        click_point(dialog, col, row)
    choose_by_keys(dialog.method, "Projective")
    assert dialog.draft.method is Method.PROJECTIVE
    assert dialog.freedom.text() == "2 degrees of freedom"
    choose_by_keys(dialog.method, "Thin plate")
    assert dialog.freedom.text() == "goes through all points"
    assert "leaving out each point in turn" in dialog.verdict.text()
    QTest.mouseClick(dialog.apply_button, Left)
    settle(case, qtbot)
    assert colour_at(case, 150, 30) == "#00c000"
    panel = case.findChild(LayerPropertiesPanel)
    assert panel is not None
    assert panel.georeferencing.note.text().startswith("Placed by 5 control points, thin plate spline, RMS ")
    facts = dict(panel.facts.facts())
    assert facts["Georeferencing"].startswith("5 control points, thin plate spline")
    assert case.session.actor == "Anna Lind"
    assert facts["Control points"].startswith("5 of 5 count, set by Anna Lind "), "a name that was said: no login name"
    assert not panel.georeferencing.fields.fields["crs"].isVisible()
    assert not panel.georeferencing.ask_button.isVisible()
    menu = case.docks.layer_tree.menu_for(layer_of(case).uuid)
    next(action for action in menu.actions() if action.text() == "Georeference…").trigger()
    again = case.georeferencing.dialog
    assert again is not None
    qtbot.waitUntil(lambda: again.is_idle, timeout=20_000)
    assert again.draft.points == dialog.draft.points
    assert again.draft.method is Method.THIN_PLATE
    assert not again.draft.is_dirty
    steps = case.session.history.undo_text()
    QTest.mouseClick(again.apply_button, Left)
    settle(case, qtbot)
    assert case.session.history.undo_text() == steps, "the same points are no step"


@pytest.mark.bounded
def test_a_point_is_dragged_and_deleted_and_esc_drops_only_what_is_half_set(case: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(case, qtbot)
    for col, row in PIXELS[:4]:
        click_point(dialog, col, row)
    canvas = dialog.picture.canvas
    start, end = on_picture(dialog, *PIXELS[0]), on_picture(dialog, 60, 40)
    QTest.mousePress(canvas, Left, Nothing, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(canvas, start + QPoint(*(round(v * share) for v in (end - start).toTuple())))
    QTest.mouseRelease(canvas, Left, Nothing, end)
    assert dialog.draft.rows[0].pixel == pytest.approx((60, 40), abs=1.0)
    assert len(dialog.draft.rows) == 4
    QTest.mouseClick(canvas, Left, Nothing, on_picture(dialog, *PIXELS[1]))
    assert dialog.draft.current == 1, "a click on a point chooses it"
    assert dialog.table.currentIndex().row() == 1
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(dialog.draft.rows) == 3
    slip = on_picture(dialog, 120, 20)
    QTest.mousePress(canvas, Left, Nothing, slip - QPoint(9, 9))
    for way in (5, 0):
        QTest.mouseMove(canvas, slip - QPoint(way, way))
    QTest.mouseRelease(canvas, Left, Nothing, slip)
    assert dialog.draft.rows[3].pixel == pytest.approx((120, 20), abs=1.0), "a hand that slips still clicks"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert len(dialog.draft.rows) == 3, "the point without a place"
    QTest.mouseClick(canvas, Left, Nothing, QPoint(2, 2))
    assert "outside the picture" in dialog.complaint.text()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert case.georeferencing.dialog is dialog
    assert "Esc again drops them" in dialog.complaint.text()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert case.georeferencing.dialog is None
    assert layer_of(case).control_points_json == ""


@pytest.mark.bounded
def test_a_placed_picture_is_placed_anew_and_lies_again_as_its_file_says(
    case: MainWindow, scan: Path, qtbot: QtBot
) -> None:
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 30.0, 10.0))
    scan.with_suffix(".pgw").write_text(f"100\n0\n0\n-100\n{x}\n{y}\n")
    case.context.pool.known_probes.forget(str(scan))
    case.session.undo()
    settle(case, qtbot)
    case.opener.open([str(scan)])
    qtbot.waitUntil(lambda: case.findChild(PlaceDialog) is not None, timeout=10_000)
    question = case.findChild(PlaceDialog)
    assert question is not None
    question.search.setText("EPSG:3857")
    qtbot.waitUntil(lambda: question.place_button.isEnabled(), timeout=10_000)
    QTest.mouseClick(question.place_button, Left)
    qtbot.waitUntil(lambda: bool(case.session.document.layers), timeout=10_000)
    settle(case, qtbot)
    uuid, own = layer_of(case).uuid, bounds_of_all(case.scene)
    assert layer_of(case).crs == WEB_MERCATOR
    case.panel_context.show_layer(uuid, raise_form=True)
    case.views.show_bounds(HERE)
    settle(case, qtbot)
    dialog = opened(case, qtbot)
    assert not dialog.reset_button.isVisible()
    for number, at in enumerate(PIXELS[:3]):
        dialog.add_point()
        typed(dialog, number, PIXEL, f"{at[0]}, {at[1]}")
        where = place_of(*at)
        typed(dialog, number, PLACE, f"{where[1]:.7f}, {where[0]:.7f}")
    QTest.mouseClick(dialog.apply_button, Left)
    settle(case, qtbot)
    assert colour_at(case, 150, 30) == "#00c000"
    assert bounds_of_all(case.scene) != own
    panel = case.findChild(LayerPropertiesPanel)
    assert panel is not None
    assert "unchecked" in panel.georeferencing.note.text()
    QTest.mouseClick(panel.georeferencing.reset_button, Left)
    settle(case, qtbot)
    assert (layer_of(case).crs, layer_of(case).control_points_json) == (WEB_MERCATOR, "")
    assert bounds_of_all(case.scene) == own
    case.session.undo()
    settle(case, qtbot)
    assert colour_at(case, 150, 30) == "#00c000"


@pytest.mark.bounded
def test_what_a_hostile_case_holds_counts_as_absent(case: MainWindow, qtbot: QtBot) -> None:
    row = layer_of(case)
    for odd in ("[", "{}", '{"points": 3}', json.dumps({"method": "affine", "crs": "x", "points": []}), "nan"):
        before = layer_of(case)
        case.session.push(Edit("odd", (Change("layers", before, replace(before, control_points_json=odd)),)))
        settle(case, qtbot)
        assert case.scene.drawings[row.uuid].is_open
        dialog = opened(case, qtbot)
        assert dialog.draft.rows == []
        QTest.mouseClick(dialog.cancel_button, Left)
        settle(case, qtbot)


@pytest.mark.bounded
def test_a_pasted_picture_is_asked_about_and_georeferenced_at_once(
    window: MainWindow, scan: Path, qtbot: QtBot
) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(HERE, 0.0)
    window.activateWindow()
    window.canvas.setFocus()
    QGuiApplication.clipboard().setImage(QImage(str(scan)))
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.findChild(PlaceDialog) is not None, timeout=10_000)
    question = window.findChild(PlaceDialog)
    assert question is not None
    QTest.keyClick(question, Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.georeferencing.dialog is not None, timeout=10_000)
    dialog = window.georeferencing.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.is_idle, timeout=20_000)
    lon, lat = dialog.map.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx(HERE.centre, abs=0.05), "the map is where the window left it"
    seen = dialog.map.canvas.rect().adjusted(-1, -1, 1, 1)
    for corner in ((HERE.left, HERE.bottom), (HERE.right, HERE.top)):
        assert seen.contains(on_map(dialog, *corner)), "all that the window shows"
    for col, row in PIXELS[:4]:
        click_point(dialog, col, row)
    QTest.mouseClick(dialog.apply_button, Left)
    settle(window, qtbot)
    assert colour_at(window, 150, 30) == "#00c000"
    while window.session.history.undo_text():
        window.session.undo()
        settle(window, qtbot)
    assert not window.session.document.layers


@pytest.mark.parametrize("method", [Method.AFFINE, pytest.param(Method.THIN_PLATE, marks=pytest.mark.bounded)])
def test_a_chip_of_it_has_its_pixels_and_says_what_places_it(case: MainWindow, method: Method, qtbot: QtBot) -> None:
    points = tuple(ControlPoint(col, row, *place_of(col, row)) for col, row in PIXELS)
    session, uuid = case.session, layer_of(case).uuid
    session.push(place_by_points(session.document, uuid, PointSet(points, method, WEB_MERCATOR, SIZE), actor="A"))
    case.views.show_bounds(HERE, 0.0)
    settle(case, qtbot)
    case.images.chips.take()
    qtbot.waitUntil(lambda: bool(session.document.chips), timeout=10_000)
    settle(case, qtbot)
    chip = next(chip for chip in session.document.chips.values() if chip.kind == "pixels")
    (image,) = session.document.images.values()
    assert image.placement_note.startswith(f"5 control points, {method}, RMS ")
    assert json.loads(chip.stretch_json)["resampling"] == (
        "none" if method is Method.AFFINE else "nearest, on an even grid"
    )
    data = session.blob_reader()("chips", [chip.uuid], "data")[chip.uuid]
    with MemoryFile(data) as memory, memory.open() as file:
        x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, *place_of(150, 30)))
        row, col = file.index(x, y)
        assert tuple(int(v) for v in file.read()[:3, row, col]) == (0, 192, 0), "the green square is where it truly is"


@pytest.mark.bounded
def test_a_layer_with_points_has_no_other_crs_and_is_not_combined(case: MainWindow, qtbot: QtBot) -> None:
    points = PointSet(tuple(ControlPoint(*at, *place_of(*at)) for at in PIXELS), size=SIZE)
    session, uuid = case.session, layer_of(case).uuid
    edit = place_by_points(session.document, uuid, points, actor="A", now="2026-11-27T10:00:00Z")
    session.push(edit)
    assert place_by_points(session.document, uuid, points, actor="B").changes == ()
    with pytest.raises(InvalidValue, match="As the File Says"):
        update_layer(session.document, uuid, actor="A", crs="EPSG:4326")
    settle(case, qtbot)
    info = case.views.layer_info(uuid)
    assert isinstance(info, RasterInfo)
    with pytest.raises(InvalidValue, match="placed by control points"):
        part_of(layer_of(case), info)
    other = place_by_points(session.document, uuid, replace(points, method=Method.PROJECTIVE), actor="B")
    session.push(other)
    read = read_control_points(layer_of(case).control_points_json)
    assert read is not None
    assert (read.crs_before, read.by) == (PIXEL_SPACE, "B")
    session.push(nudge_layer(session.document, uuid, Nudge(10.0, 5.0, *HERE.centre), actor="A"))
    assert layer_of(case).nudge_json
    session.push(place_as_file_says(session.document, uuid, actor="A"))
    settle(case, qtbot)
    assert layer_of(case).nudge_json == "", "it was a nudge of where the points had put it"
    assert (layer_of(case).crs, layer_of(case).control_points_json) == (PIXEL_SPACE, "")
    with pytest.raises(CannotBePlaced):
        place_by_points(session.document, uuid, replace(points, points=points.points[:2]), actor="A")
    assert not can_have_points(Layer(uuid="x", kind="tiles", name="x", source_json='{"template": "a"}'))
    assert not can_have_points(Layer(uuid="x", kind="raster", name="x", source_json='{"combined": []}'))


def count_of(image: QImage, colour: str) -> int:
    """Pixels of exactly this colour."""
    wanted = QColor(colour)
    return int(np.count_nonzero((pixels(image) == (wanted.blue(), wanted.green(), wanted.red())).all(axis=-1)))


@pytest.mark.bounded
@popup
def test_residuals_are_arrows_and_the_preview_lies_over_the_map(case: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(case, qtbot)
    for col, row in PIXELS[:4]:
        click_point(dialog, col, row)
    dialog.draft.change(0, pixel=(30.0, 8.0))
    qtbot.waitUntil(lambda: dialog.is_idle, timeout=20_000)
    picture, shown = dialog.picture.canvas.grab_picture(), dialog.map.canvas.grab_picture()
    assert count_of(picture, ARROW_COLOR) > 60
    assert count_of(shown, ARROW_COLOR) > 60
    middle = on_map(dialog, *place_of(150, 30))
    assert shown.pixelColor(middle).green() > 90, "the green square, blended"
    QTest.keyClick(dialog, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    assert dialog.opacity.slider.hasFocus()
    QTest.keyClick(dialog.opacity.slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: dialog.is_idle, timeout=20_000)
    assert dialog.preview.shown is None
    assert dialog.map.canvas.grab_picture().pixelColor(middle).green() < 60
    QTest.keyClick(dialog.opacity.slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: dialog.is_idle, timeout=20_000)
    assert dialog.map.canvas.grab_picture().pixelColor(middle).name() == "#00c000"
    choose_by_keys(dialog.crs, "WGS 84 / UTM zone 32N")
    assert dialog.draft.crs == "EPSG:32632"
    QTest.mouseClick(dialog.apply_button, Left)
    settle(case, qtbot)
    info = case.views.layer_info(layer_of(case).uuid)
    assert info is not None
    assert info.crs == "EPSG:32632"
    again = opened(case, qtbot)
    assert again.draft.crs == "EPSG:32632"
    assert again.reset_button.isVisible()
    QTest.mouseClick(again.reset_button, Left)
    settle(case, qtbot)
    assert (layer_of(case).crs, layer_of(case).control_points_json) == (PIXEL_SPACE, "")
    assert case.canvas.viewport.crs == PIXEL_SPACE, "the map shows it where it is now"


@pytest.mark.bounded
@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
@pytest.mark.parametrize("method", list(Method))
def test_reader_processes_draw_it_through_each_fit(case: MainWindow, method: Method, qtbot: QtBot) -> None:
    points = tuple(ControlPoint(col, row, *place_of(col, row)) for col, row in PIXELS)
    session, uuid = case.session, layer_of(case).uuid
    session.push(place_by_points(session.document, uuid, PointSet(points, method, WEB_MERCATOR, SIZE), actor="A"))
    case.views.show_bounds(HERE, 0.0)
    settle(case, qtbot)
    assert [colour_at(case, *at) for at in ((50, 30), (50, 90), (150, 30))] == ["#c00000", "#0000c0", "#00c000"]
    assert case.scene.stack.problems() == {}
