"""Raw values under the pointer, and statistics inside an area, in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely import Polygon

from layers.geo.crs import WGS84, transform_points
from tests.support.drawn_rasters import write_raster
from tests.support.windows import opened, texts
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.canvas.sites.site_symbology import SELECTED_COLOR
from viewer.commands.layers import update_layer
from viewer.commands.sites import add_site
from viewer.panels.attributes.identify_panel import IdentifyPanel
from viewer.panels.raster_style.area_statistics_dialog import AreaStatisticsDialog

LEFT, TOP, STEP = 1_000_000.0, 6_000_000.0, 10.0
VALUES = np.random.default_rng(3).integers(1, 4000, (4, 120, 160)).astype(np.uint16)
VALUES[:, 50:60, 60:70] = 0
NAMES = ("blue", "green", "red", "nir")


def image(path: Path, values: np.ndarray = VALUES, **more: object) -> Path:
    write_raster(path, values, "EPSG:3857", LEFT, TOP, STEP, nodata=0, **more)
    with rasterio.open(path, "r+") as file:
        for index, name in enumerate(NAMES[: len(values)], 1):
            file.set_band_description(index, name)
        file.units = ("W/m2",) * len(values)
        file.scales = (0.5,) * len(values)
    return path


def open_image(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    opened(window, path, qtbot)
    x, y = LEFT + 80 * STEP, TOP - 60 * STEP
    window.canvas.viewport.centre_on(x, y, STEP / 3)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)


def pixel_at(window: MainWindow, column: int, row: int) -> QPoint:
    """The widget's place of the middle of an image's pixel."""
    view = window.canvas.viewport.view()
    px, py = view.to_pixel(LEFT + (column + 0.5) * STEP, TOP - (row + 0.5) * STEP)
    return QPoint(round(px / view.ratio), round(py / view.ratio))


def listed(window: MainWindow) -> dict[str, dict[str, str]]:
    """The panel's text, by layer."""
    panel = window.findChild(IdentifyPanel)
    assert panel is not None
    heads = [panel.tree.topLevelItem(at) for at in range(panel.tree.topLevelItemCount())]
    return {
        head.text(0): {head.child(n).text(0): head.child(n).text(1) for n in range(head.childCount())} for head in heads
    }


def identify(window: MainWindow, qtbot: QtBot, place: QPoint) -> dict[str, dict[str, str]]:
    window.action_table["tool_identify"].trigger()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    settle(window, qtbot)
    return listed(window)


@pytest.mark.bounded
def test_identify_tells_the_raw_values_of_every_image_there(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_image(window, qtbot, image(tmp_path / "lower.tif"))
    open_image(window, qtbot, image(tmp_path / "upper.tif", VALUES[:1] + 1))
    for column, row in ((80, 60), (70, 52), (97, 71)):
        found = identify(window, qtbot, pixel_at(window, column, row))
        assert list(found) == ["upper", "lower"]
        for number, name in enumerate(NAMES):
            raw = int(VALUES[number, row, column])
            assert found["lower"][f"Band {number + 1} ({name})"] == f"{raw} = {raw / 2:.6g} W/m2"
        assert found["upper"]["Band 1 (blue)"].startswith(f"{int(VALUES[0, row, column]) + 1} = ")
        assert found["lower"]["Pixel"] == f"column {column}, row {row}"
        assert found["lower"]["Date"] == "date unknown"
    panel = window.findChild(IdentifyPanel)
    assert panel.message.text() == "2 images there."
    panel.tree.copy_all()
    copied = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert ["lower", "Pixel", "column 97, row 71"] in copied


@pytest.mark.bounded
def test_the_shown_colour_is_that_of_the_map(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_image(window, qtbot, image(tmp_path / "scene.tif"))
    place = pixel_at(window, 90, 40)
    color = window.canvas.grab_picture().pixelColor(place)
    found = identify(window, qtbot, place)
    assert found["scene"]["Shown as"] == f"{color.red()}, {color.green()}, {color.blue()}"


@pytest.mark.bounded
def test_where_there_is_nothing_it_says_so_and_a_hole_shows_what_is_below(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    full = VALUES.copy()
    full[full == 0] = 5
    open_image(window, qtbot, image(tmp_path / "full.tif", full))
    open_image(window, qtbot, image(tmp_path / "holed.tif"))
    assert list(identify(window, qtbot, pixel_at(window, 65, 55))) == ["full"]
    assert identify(window, qtbot, QPoint(3, 3)) == {}
    assert "neither a feature nor an image" in window.findChild(IdentifyPanel).message.text()


@pytest.mark.bounded
def test_by_keys_alone_the_crosshair_is_identified(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_image(window, qtbot, image(tmp_path / "scene.tif"))
    window.action_table["tool_identify"].trigger()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert listed(window)["scene"]["Pixel"] in ("column 80, row 60", "column 79, row 59")


@pytest.mark.bounded
def test_the_place_that_was_clicked_stays_marked(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_image(window, qtbot, image(tmp_path / "scene.tif"))
    window.action_table["tool_identify"].trigger()
    place = pixel_at(window, 60, 45)
    box = QRect(place - QPoint(12, 12), place + QPoint(12, 12))
    empty = window.canvas.grab().copy(box).toImage()
    identify(window, qtbot, place)
    marked = window.canvas.grab().copy(box).toImage()
    assert marked != empty
    window.action_table["zoom_in"].trigger()
    settle(window, qtbot)
    moved = pixel_at(window, 60, 45)
    found = window.canvas.grab().copy(QRect(moved - QPoint(8, 8), moved + QPoint(8, 8))).toImage()
    colors = {QColor(found.pixel(x, y)).name() for x in range(17) for y in range(17)}
    assert QColor(SELECTED_COLOR).name() in colors, "it goes with the ground"
    window.action_table["tool_select"].trigger()
    window.action_table["tool_identify"].trigger()
    again = window.canvas.grab().copy(QRect(moved - QPoint(8, 8), moved + QPoint(8, 8))).toImage()
    assert QColor(SELECTED_COLOR).name() not in {
        QColor(again.pixel(x, y)).name() for x in range(17) for y in range(17)
    }, "and with the tool"


@pytest.mark.bounded
def test_pixel_space_has_values_too(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = image(tmp_path / "plain.tif")
    open_image(window, qtbot, path)
    (layer,) = window.session.document.layers
    window.session.push(update_layer(window.session.document, layer, actor="a", crs="pixels"))
    settle(window, qtbot)
    window.canvas.motion.set_crs("pixels")
    window.canvas.viewport.centre_on(80.5, -60.5, 0.2)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    width, height = window.canvas.width(), window.canvas.height()
    found = identify(window, qtbot, QPoint(width // 2, height // 2))
    raw = int(VALUES[2, 60, 80])
    assert found["plain"]["Band 3 (red)"].startswith(f"{raw} = ")
    assert found["plain"]["Pixel"] == "column 80, row 60"


def draw_area(window: MainWindow, columns: tuple[float, float], rows: tuple[float, float]) -> None:
    """A rectangle along the image's pixels, as a selected mark."""
    corners = [(columns[0], rows[0]), (columns[1], rows[0]), (columns[1], rows[1]), (columns[0], rows[1])]
    x, y = np.array(corners).T
    lon, lat = transform_points("EPSG:3857", WGS84, LEFT + x * STEP, TOP - y * STEP)
    area = Polygon(zip(lon, lat, strict=True))
    edit = add_site(window.session.document, area, actor="a", label="Apron")
    window.session.push(edit)
    window.selection.set({edit.changes[-1].uuid})


@pytest.mark.bounded
def test_statistics_inside_a_mark_are_those_of_its_pixels(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    action = window.action_table["area_statistics"]
    assert not action.isEnabled(), "no image"
    open_image(window, qtbot, image(tmp_path / "scene.tif"))
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    assert "Select one mark that encloses an area" in texts(window)
    assert window.findChild(AreaStatisticsDialog) is None
    draw_area(window, (55.4, 84.4), (45.4, 65.4))  # centres of columns 55 to 83, rows 45 to 64
    action.trigger()
    dialog = window.findChild(AreaStatisticsDialog)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    part = VALUES[:, 45:65, 55:84]
    assert "580 pixels have their centre inside the area, at full resolution." in dialog.note.text()
    for number, band in enumerate(part):
        valid = band[band > 0].astype(float)
        cells = [dialog.table.item(number, column).text() for column in range(dialog.table.columnCount())]
        assert cells[0] == f"{number + 1} {NAMES[number]} [W/m2]"
        assert cells[1:3] == [str(valid.size), f"{100 * (1 - valid.size / band.size):.1f} %"]
        assert [float(cell) for cell in cells[3:5]] == [valid.min(), valid.max()]
        assert float(cells[5]) == pytest.approx(valid.mean(), rel=1e-5)
        assert float(cells[9]) == pytest.approx(np.median(valid), rel=1e-5)
    header, last = dialog.table.horizontalHeader(), dialog.table.columnCount() - 1
    for column in range(1, last + 1):
        head, cell = dialog.table.horizontalHeaderItem(column), dialog.table.item(0, column)
        assert head.textAlignment() == cell.textAlignment(), "a number stands below its word"
    assert header.sectionSize(last) == max(dialog.table.sizeHintForColumn(last), header.sectionSizeHint(last))
    assert dialog.histogram.accessibleDescription()
    dialog.table.setCurrentCell(3, 0)
    band = dialog.found.bands[3][1]
    assert dialog.histogram.accessibleDescription() == f"{band.least:.6g} to {band.most:.6g}"
    dialog.copy_button.click()
    assert QApplication.clipboard().text().count("\n") == 4
    dialog.close()


@pytest.mark.bounded
def test_a_large_area_is_read_from_an_overview_and_says_so(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.rendering.layers.image_values.MOST_AREA_PX", 5_000)
    open_image(window, qtbot, image(tmp_path / "scene.tif"))
    draw_area(window, (0, 160), (0, 120))
    window.action_table["area_statistics"].trigger()
    dialog = window.findChild(AreaStatisticsDialog)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    assert "each stands for 2 × 2 pixels" in dialog.note.text()
    assert dialog.found.inside == 80 * 60
    dialog.close()


@pytest.mark.bounded
def test_an_area_beside_the_image_is_refused_in_words(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_image(window, qtbot, image(tmp_path / "scene.tif"))
    draw_area(window, (500, 600), (45, 65))
    window.action_table["area_statistics"].trigger()
    dialog = window.findChild(AreaStatisticsDialog)
    qtbot.waitUntil(lambda: "lies outside of the image" in dialog.note.text(), timeout=10_000)
    assert dialog.table.rowCount() == 0
    dialog.close()


SEAM = {
    "east of it": ("EPSG:4326", 175.0, 5.0, 0.05, 100),
    "west of it": ("EPSG:4326", -180.0, 5.0, 0.05, 100),
    "over it": ("EPSG:4326", 175.0, 5.0, 0.05, 200),
    "over it, from the west": ("EPSG:4326", -185.0, 5.0, 0.05, 200),
    "0 to 360": ("EPSG:4326", 0.0, 5.0, 0.5, 720),
    "Web Mercator, over it": ("EPSG:3857", 19_600_000.0, 500_000.0, 5000.0, 200),
    "UTM, over it": ("EPSG:32601", 100_000.0, 500_000.0, 2500.0, 200),
}


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(2)
@pytest.mark.parametrize(("crs", "left", "top", "step", "width"), SEAM.values(), ids=SEAM)
def test_an_image_at_the_antimeridian_is_drawn_and_read_on_both_sides(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, crs: str, left: float, top: float, step: float, width: int
) -> None:
    """A pixel is looked for on the map itself, and on the copy of the world beside it."""
    values = np.random.default_rng(4).integers(1, 4000, (1, 20, width)).astype(np.uint16)
    path = write_raster(tmp_path / "seam.tif", values, crs, left, top, step)
    opened(window, path, qtbot)
    half = 20_037_508.34
    column, row = (10, 9) if width != 720 else (350, 9)
    lon, lat = transform_points(crs, WGS84, left + (column + 0.5) * step, top - (row + 0.5) * step)
    x, y = (float(v) for v in transform_points(WGS84, "EPSG:3857", lon, lat))
    for centre in (half - 1000.0, 1000.0 - half):
        window.canvas.viewport.centre_on(centre, y, 1000.0 if step == 2500 else 4000.0)  # finer than its pixels
        window.canvas.motion.come_to_rest()
        settle(window, qtbot)
        view = window.canvas.viewport.view()
        seen = [view.to_pixel(x + turn * 2 * half, y)[0] for turn in (-1, 0, 1)]
        (px,) = [px for px in seen if 0 <= px < view.width]
        found = identify(window, qtbot, QPoint(round(px), round(view.to_pixel(x, y)[1])))
        assert found["seam"]["Band 1"] == str(values[0, row, column])
        assert found["seam"]["Pixel"] == f"column {column}, row {row}"


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["over it", "over it, from the west", "Web Mercator, over it", "UTM, over it"])
def test_statistics_over_the_antimeridian_miss_nothing(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    crs, left, top, step, width = SEAM[name]
    values = np.random.default_rng(4).integers(1, 4000, (1, 20, width)).astype(np.uint16)
    path = write_raster(tmp_path / "seam.tif", values, crs, left, top, step)
    opened(window, path, qtbot)
    corners = np.array([(40.6, 4.6), (150.4, 4.6), (150.4, 15.4), (40.6, 15.4)])
    lon, lat = transform_points(crs, WGS84, left + corners[:, 0] * step, top - corners[:, 1] * step)
    lon = np.where(lon < 0, lon + 360, lon)  # as it is drawn over the seam
    edit = add_site(window.session.document, Polygon(zip(lon, lat, strict=True)), actor="a")
    window.session.push(edit)
    window.selection.set({edit.changes[-1].uuid})
    window.action_table["area_statistics"].trigger()
    dialog = window.findChild(AreaStatisticsDialog)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    part = values[0, 5:15, 41:150]
    ((_, found),) = dialog.found.bands
    assert (found.valid, found.mean) == (part.size, pytest.approx(part.mean()))
    dialog.close()


@pytest.mark.bounded
def test_statistics_over_the_edge_of_an_image_round_the_earth(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    values = np.random.default_rng(4).integers(1, 4000, (1, 20, 720)).astype(np.uint16)
    opened(window, write_raster(tmp_path / "world.tif", values, "EPSG:4326", 0.0, 5.0, 0.5), qtbot)
    edit = add_site(window.session.document, Polygon([(-5, -2), (5, -2), (5, 2), (-5, 2)]), actor="a")
    window.session.push(edit)
    window.selection.set({edit.changes[-1].uuid})
    window.action_table["area_statistics"].trigger()
    dialog = window.findChild(AreaStatisticsDialog)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    part = np.concatenate([values[0, 6:14, 710:], values[0, 6:14, :10]], axis=1)
    ((_, found),) = dialog.found.bands
    assert (found.valid, found.mean) == (part.size, pytest.approx(part.mean()))
    dialog.close()
