"""Pictures without a place, pasted or dropped: kept as files, asked about, and laid on the map by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QColorSpace, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.grid.tile_grid import TileGrid, View
from layers.raster.info import RasterInfo
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.windows import opened, settle, texts, warm_up
from tests.viewer.app.conftest import Answers, MakeWindow
from viewer.app.opening.pasted_png import png_of, size_in_png
from viewer.app.opening.pictures import OnView, pictures_folder, placed_copy, world_file
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.place_dialog import PlaceDialog
from viewer.support.settings import data_folder

Left, Nothing, Control = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
HERE = Bounds(10, 50, 11, 51)


def picture() -> QImage:
    """Red above, blue below."""
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#c00000"))
    for y in range(50, 100):
        for x in range(200):
            image.setPixelColor(x, y, QColor("#0000c0"))
    return image


@pytest.fixture
def case(window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """A case in a file, with the map about 10.5 E, 50.5 N and nothing on it."""
    window.file_menu.new_case()
    settle(window, qtbot)
    answers.path = tmp_path / "trip" / "case.gpkg"
    answers.path.parent.mkdir()
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    window.views.show_bounds(HERE, 0.0)
    settle(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    return window


def paste(window: MainWindow, qtbot: QtBot) -> PlaceDialog:
    """Ctrl+V on the map, and the question that follows."""
    QGuiApplication.clipboard().setImage(picture())
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Control)
    return question(window, qtbot)


def question(window: MainWindow, qtbot: QtBot) -> PlaceDialog:
    qtbot.waitUntil(lambda: window.findChild(PlaceDialog) is not None, timeout=10_000)
    found = window.findChild(PlaceDialog)
    assert found is not None
    return found


def layer_of(window: MainWindow, qtbot: QtBot) -> Layer:
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    return layer


def colour(window: MainWindow, x: float, y: float) -> str:
    """Of the map, at a part of its width and height."""
    image = window.canvas.grab_picture()
    return image.pixelColor(round(image.width() * x), round(image.height() * y)).name()


@pytest.mark.bounded
def test_a_pasted_screenshot_of_the_view_lies_on_it(
    case: MainWindow, make_window: MakeWindow, answers: Answers, qtbot: QtBot
) -> None:
    dialog = paste(case, qtbot)
    assert dialog.windowTitle().startswith("Place of Pasted")
    assert "world file" not in dialog.numbers.text()
    assert dialog.numbers.height() >= dialog.numbers.heightForWidth(dialog.numbers.width()), "all of it is read"
    assert "Its date is not known." in dialog.numbers.text()
    QTest.mouseClick(dialog.fill_button, Left)
    layer = layer_of(case, qtbot)
    assert layer.name.startswith("Pasted 20")
    assert (layer.kind, layer.acquired_at, layer.date_kind) == ("raster", "", "unknown")
    path = Path(layer.source["path"])
    assert answers.path is not None
    assert path.parent == answers.path.parent / "case pictures"
    assert path.with_suffix(".pgw").is_file()
    assert (colour(case, 0.3, 0.46), colour(case, 0.7, 0.54)) == ("#c00000", "#0000c0")
    case.session.undo()
    settle(case, qtbot)
    assert not case.session.document.layers
    case.session.redo()
    case.action_table["save"].trigger()
    settle(case, qtbot)
    again = opened(make_window(), answers.path, qtbot)
    again.views.show_bounds(HERE, 0.0)
    settle(again, qtbot)
    assert colour(again, 0.3, 0.46) == "#c00000", "it travels with the case, and asks nothing"


@pytest.mark.bounded
@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
@pytest.mark.parametrize("how", ["centre", "fill"])
def test_a_pasted_picture_is_there_at_once(case: MainWindow, how: str, qtbot: QtBot) -> None:
    dialog = paste(case, qtbot)
    QTest.mouseClick(dialog.centre_button if how == "centre" else dialog.fill_button, Left)
    layer_of(case, qtbot)
    assert (colour(case, 0.45, 0.47), colour(case, 0.55, 0.53)) == ("#c00000", "#0000c0")
    assert "Nothing of" not in texts(case)


@pytest.mark.bounded
def test_what_fills_the_view_keeps_its_proportions(case: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(paste(case, qtbot).fill_button, Left)
    layer = layer_of(case, qtbot)
    info = case.views.layer_info(layer.uuid)
    assert isinstance(info, RasterInfo)
    assert info.transform[0] == pytest.approx(-info.transform[4])
    case.panel_context.show_layer(layer.uuid, raise_form=True)
    settle(case, qtbot)
    form = case.findChild(LayerPropertiesPanel)
    assert form is not None
    facts = [label.text() for label in form.facts.findChildren(QLabel)]
    assert "CRS in the file" in facts
    assert any(text.endswith(" m") for text in facts), "the pixel has its unit"
    assert not [text for text in facts if "choose its CRS" in text]


@pytest.mark.bounded
def test_a_pasted_picture_in_the_middle_has_the_pixels_of_the_map(case: MainWindow, qtbot: QtBot) -> None:
    case.canvas.motion.rotate_by(30)
    settle(case, qtbot)
    dialog = paste(case, qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    layer_of(case, qtbot)
    image = case.canvas.grab_picture()
    x, y = image.width() // 2, image.height() // 2
    assert image.pixelColor(x, y - 20).name() == "#c00000"
    assert image.pixelColor(x + 90, y + 40).name() == "#0000c0"
    assert image.pixelColor(x + 110, y).name() not in ("#c00000", "#0000c0")


@pytest.mark.bounded
def test_a_picture_may_stay_in_its_own_pixels(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.canvas.setFocus()
    QTest.mouseClick(paste(window, qtbot).pixel_button, Left)
    layer = layer_of(window, qtbot)
    assert layer.crs == PIXEL_SPACE
    assert Path(layer.source["path"]).parent == data_folder() / "pictures", "the case has no file yet"
    assert window.views.is_in_pixels


@pytest.mark.bounded
def test_a_picture_in_its_own_pixels_is_laid_on_the_map_later(case: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(paste(case, qtbot).pixel_button, Left)
    layer = layer_of(case, qtbot)
    qtbot.waitUntil(lambda: case.findChild(PlaceDialog) is None, timeout=10_000)
    case.views.show_bounds(HERE, 0.0)
    settle(case, qtbot)
    case.panel_context.layer_verbs.ask_place.emit(layer.uuid)
    QTest.mouseClick(question(case, qtbot).fill_button, Left)
    qtbot.waitUntil(lambda: case.session.document.layers[layer.uuid].crs != PIXEL_SPACE, timeout=10_000)
    settle(case, qtbot)
    assert (colour(case, 0.3, 0.46), colour(case, 0.7, 0.54)) == ("#c00000", "#0000c0")
    case.session.undo()
    assert case.session.document.layers[layer.uuid].crs == PIXEL_SPACE


@pytest.mark.bounded
def test_a_dropped_picture_is_copied_and_its_own_folder_left_alone(
    case: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    theirs = tmp_path / "desktop" / "shot.png"
    theirs.parent.mkdir()
    assert picture().save(str(theirs))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(theirs))])
    at = QPointF(case.canvas.rect().center())
    entering = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, Left, Nothing)
    QApplication.sendEvent(case.canvas, entering)
    QApplication.sendEvent(case.canvas, QDropEvent(at, Qt.DropAction.CopyAction, data, Left, Nothing))
    QTest.mouseClick(question(case, qtbot).fill_button, Left)
    layer = layer_of(case, qtbot)
    assert layer.name == "shot"
    assert Path(layer.source["path"]).parent.name == "case pictures"
    assert [path.name for path in theirs.parent.iterdir()] == ["shot.png"]
    assert colour(case, 0.3, 0.46) == "#c00000"


def test_a_folder_that_takes_no_picture_is_said(case: MainWindow, answers: Answers, qtbot: QtBot) -> None:
    assert answers.path is not None
    (answers.path.parent / "case pictures").write_text("a file in the way")
    QGuiApplication.clipboard().setImage(picture())
    QTest.keyClick(case.canvas, Qt.Key.Key_V, Control)
    qtbot.waitUntil(lambda: "The picture cannot be kept in “case pictures”" in texts(case), timeout=10_000)


@pytest.mark.bounded
def test_a_large_picture_is_kept_while_the_window_stays_free(case: MainWindow, qtbot: QtBot) -> None:
    image = QImage(9000, 7000, QImage.Format.Format_RGB32)
    image.fill(QColor("#406080"))
    QGuiApplication.clipboard().setImage(image)
    warm_up(case, qtbot)
    told: list[float] = []
    case.context.jobs.progressed.connect(lambda job: told.append(job.fraction))
    with Heartbeat() as heart:
        QTest.keyClick(case.canvas, Qt.Key.Key_V, Control)
        question(case, qtbot)
    assert heart.longest_ms < FREE_MS
    assert any(0 < part < 1 for part in told), "how far it is"
    (kept,) = pictures_folder(case.session.target).iterdir()
    assert size_in_png(kept.read_bytes()[:100]) == (9000, 7000)


def test_what_another_program_gives_as_png_is_kept_as_it_is(case: MainWindow, qtbot: QtBot) -> None:
    data = png_of(picture())
    content = QMimeData()
    content.setData("image/png", data)
    QGuiApplication.clipboard().setMimeData(content)
    QTest.keyClick(case.canvas, Qt.Key.Key_V, Control)
    question(case, qtbot)
    (kept,) = pictures_folder(case.session.target).iterdir()
    assert kept.read_bytes() == data


@pytest.mark.parametrize(
    "kind", ["RGB32", "ARGB32", "Grayscale8", "Grayscale16", "RGBA64", "Mono", "RGB888", "ARGB32_Premultiplied"]
)
def test_a_picture_of_any_kind_is_kept_without_loss(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.app.opening.pasted_png.STRIP_PIXELS", 700)
    image = picture().convertToFormat(QImage.Format[f"Format_{kind}"])
    image.setDotsPerMeterX(3000)
    if image.hasAlphaChannel():
        image.setPixelColor(3, 4, QColor(10, 200, 30, 128))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb) if kind == "RGB32" else image.colorSpace())
    back = QImage.fromData(png_of(image))
    whole = QImage.Format.Format_RGBA64 if kind in ("RGBA64", "Grayscale16") else QImage.Format.Format_ARGB32
    assert back.convertToFormat(whole) == image.convertToFormat(whole)
    assert back.dotsPerMeterX() == 3000
    assert back.colorSpace() == image.colorSpace() or not image.colorSpace().isValid()


def test_nothing_on_the_clipboard_is_said(case: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    QTest.keyClick(case.canvas, Qt.Key.Key_V, Control)
    assert "marks, GeoJSON, coordinates, a picture or the address of imagery" in texts(case)


@given(st.floats(-180, 180), st.integers(1, 5000), st.integers(1, 5000), st.sampled_from(["centre", "fill"]))
def test_a_world_file_lays_the_corners_where_they_should_be(turn: float, width: int, height: int, how: OnView) -> None:
    view = View(TileGrid("EPSG:3857", 7.0, 1e6, 6e6, turn), 30, -40, 800, 600)
    a, d, b, e, x, y = map(float, world_file((width, height), view, how).split())
    left, top = x - (a + b) / 2, y - (d + e) / 2
    first = view.to_pixel(left, top)
    last = view.to_pixel(left + a * width + b * height, top + d * width + e * height)
    shown = min(800 / width, 600 / height) if how == "fill" else 1.0
    half = width * shown / 2, height * shown / 2
    expected = (400 - half[0], 300 - half[1], 400 + half[0], 300 + half[1])
    assert (*first, *last) == pytest.approx(expected, abs=1e-3)


def test_a_picture_of_the_same_name_is_not_overwritten(tmp_path: Path) -> None:
    view = View(TileGrid("EPSG:3857", 7.0, 0.0, 0.0), 0, 0, 800, 600)
    names = []
    for folder, data in (("one", b"first"), ("two", b"second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shot.jpg").write_bytes(data)
        copied = placed_copy(tmp_path / folder / "shot.jpg", tmp_path / "kept", world_file((10, 10), view, "fill"))
        assert copied.read_bytes() == data
        assert copied.with_suffix(".jgw").is_file()
        names.append(copied.name)
    assert names[0] == "shot.jpg"
    assert names[1] != "shot.jpg"
