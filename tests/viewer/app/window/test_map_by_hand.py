"""The map under mouse and keys: all that is pressed, clicked or dragged does as it looks, in the real window."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
import shapely
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFocusEvent, QStatusTipEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from layers.colour.palettes import contrast
from layers.document.marks.mark_shape import Circle, as_json, shape_of_site
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.measure import destination
from tests.support.product_windows import shown_product
from tests.support.windows import press, settle, texts
from tests.viewer.app.conftest import Answers
from tests.viewer.app.window.conftest import hand_on_map
from tests.viewer.tools.conftest import Desk
from viewer.app.case.saving import file_name
from viewer.app.desktop.theme import THEMES, apply_theme
from viewer.app.opening.reading_watch import ReadingWatch
from viewer.app.window import MainWindow
from viewer.canvas.furniture.overlays import haloed_text_box
from viewer.commands.meta import set_meta
from viewer.commands.sites import add_site
from viewer.panels.shell.guide import GuideWindow, guide_text
from viewer.panels.sites.site_icons import ICON_SIZE, SiteIcons
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.tools.measure import READOUT_PX, MeasureTool

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # as every menu offscreen
Key, Nothing, Left = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
Control = Qt.KeyboardModifier.ControlModifier
FIRST, SECOND, THIRD = (9.3, 50.1), (9.5, 50.2), (9.6, 50.1)


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> Desk:
    """A hand on the map of a case with one site."""
    desk = hand_on_map(window, qtbot)
    add(window, "there", shapely.Point(9.2, 50.5), label="There before")
    settle(window, qtbot)
    return desk


def add(window: MainWindow, uuid: str, geometry: shapely.Geometry, **fields: object) -> None:
    window.session.push(add_site(window.session.document, geometry, actor="Li", uuid=uuid, **fields))


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("tool", ["tool_measure", "tool_line", "tool_polygon", "tool_arrow", "tool_lasso_sites"])
def test_undo_takes_the_last_point_back_while_one_is_drawing(window: MainWindow, desk: Desk, tool: str) -> None:
    window.action_table[tool].trigger()
    points = [FIRST] if tool == "tool_arrow" else [FIRST, SECOND]
    for place in points:
        desk.click(*place)
    actions = window.action_table
    assert "Last Point" in actions["undo"].text()
    for _ in points:
        assert window.toolbox.can_step_back
        press(Key.Key_Z, Control)
        assert set(window.session.document.sites) == {"there"}, "nothing of the case is undone meanwhile"
    assert not window.toolbox.can_step_back
    assert "Last Point" not in actions["undo"].text()
    actions["undo"].trigger()
    assert not window.session.document.sites, "only then the case"


@pytest.mark.bounded
def test_undo_is_offered_for_a_drawing_in_a_case_without_steps(window: MainWindow, desk: Desk) -> None:
    actions = window.action_table
    actions["undo"].trigger()
    assert not actions["undo"].isEnabled()
    window.action_table["tool_line"].trigger()
    desk.click(*FIRST)
    assert actions["undo"].isEnabled()
    press(Key.Key_Z, Control)
    assert not actions["undo"].isEnabled()


@pytest.mark.bounded
def test_undo_during_a_drag_gives_the_drag_up(window: MainWindow, desk: Desk) -> None:
    window.selection.set({"there"})
    desk.drag((9.2, 50.5), (9.4, 50.3), release=False)
    press(Key.Key_Z, Control)
    desk.release((9.4, 50.3))
    assert window.session.document.sites["there"].geometry.equals(shapely.Point(9.2, 50.5))


def test_the_hint_of_a_measurement_is_apart_from_it_and_names_backspace(window: MainWindow, desk: Desk) -> None:
    window.action_table["tool_measure"].trigger()
    desk.click(*FIRST)
    desk.click(*SECOND)
    hint = window.canvas.hint
    assert "km, " in hint.split(" · ")[0], hint
    assert "Backspace" in hint.split(" · ")[1]


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("corner", [(0.01, 0.01), (0.99, 0.01), (0.01, 0.99), (0.99, 0.99)])
def test_the_readout_of_a_measurement_stays_in_the_picture(
    window: MainWindow, desk: Desk, corner: tuple[float, float]
) -> None:
    window.action_table["tool_measure"].trigger()
    tool = window.canvas.tool
    assert isinstance(tool, MeasureTool)
    desk.click(*SECOND)
    view = window.canvas.viewport.view()
    px, py = view.width * corner[0], view.height * corner[1]
    QTest.mouseMove(window.canvas, QPointF(px / view.ratio, py / view.ratio).toPoint())
    box = haloed_text_box(tool.readout, READOUT_PX * view.ratio, bold=True)
    box.translate(tool.readout_at(view, px, py))
    assert QRectF(0.0, 0.0, view.width, view.height).contains(box)


@pytest.mark.bounded
def test_the_title_names_the_file_and_saving_is_said(
    window: MainWindow, desk: Desk, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    window.session.push(set_meta(window.session.document, "title", "What was reported: Vostochny", actor="Li"))
    answers.path = tmp_path / "s1_vostochny.gpkg"
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    assert answers.asked[-1] == "write What was reported - Vostochny.gpkg"
    assert window.windowTitle() == "What was reported: Vostochny – s1_vostochny.gpkg[*] – Geoloupe"
    assert "Saved as s1_vostochny.gpkg" in texts(window)
    add(window, "more", shapely.Point(9.4, 50.4))
    for sentence in ("Saved: s1_vostochny.gpkg", "Nothing to save in s1_vostochny.gpkg"):
        window.action_table["save"].trigger()
        settle(window, qtbot)
        (said,) = [line for line in window.messages.lines() if line.text == sentence]
        assert (said.level, said.count) == ("info", 1)


@pytest.mark.bounded
def test_an_unsaved_copy_is_offered_a_name_of_its_own_title(window: MainWindow, answers: Answers, qtbot: QtBot) -> None:
    window.action_table["open_demo"].trigger()
    settle(window, qtbot)
    window.action_table["save_as"].trigger()
    assert answers.asked[-1] == "write What was reported - China and Russia, April 2024.gpkg"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("a/b\\c|d", "a - b - c - d"),
        ("..", "case"),
        ('"x"?\n', "x"),
        ("\u202eevil", "evil"),
        ("\U0001f600" * 90, "\U0001f600" * 50),
    ],
)
def test_any_title_makes_a_name_that_every_system_takes(title: str, name: str) -> None:
    assert file_name(title) == name


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("free", [QRect(0, 0, 1366, 728), QRect(1366, 27, 1024, 700), QRect(0, 0, 3840, 2100)])
def test_the_first_window_is_no_larger_than_the_screen(window: MainWindow, free: QRect) -> None:
    window.resize(1440, 900)
    window.place.fit_screen(free)
    assert free.contains(window.geometry().adjusted(0, 0, 0, 30)), "with its title bar"
    if free.width() > 1440:
        assert (window.width(), window.height()) == (1440, 900)


def test_a_first_start_fits_the_window_to_the_screen(window: MainWindow, qtbot: QtBot) -> None:
    window.settings.set("window_geometry", "")
    window.resize(5000, 4000)
    window.place.restore()
    assert window.screen().availableGeometry().contains(window.geometry())


def test_an_actions_tip_stands_in_the_place_of_the_hint(window: MainWindow, desk: Desk) -> None:
    """Qt printed one over the other, as soon as the hint was shown again meanwhile."""
    bar = window.status
    tip = window.action_table["tool_measure"].statusTip()
    QApplication.sendEvent(window, QStatusTipEvent(tip))
    window.action_table["tool_measure"].trigger()
    hint = window.canvas.hint
    assert bar.currentMessage() == ""
    assert [label.text() for label in bar.findChildren(QLabel) if label.isVisible() and label.text()] == [tip]
    QApplication.sendEvent(window, QStatusTipEvent(""))
    assert [label.text() for label in bar.findChildren(QLabel) if label.isVisible() and label.text()] == [hint]


@pytest.mark.bounded
def test_switching_the_colours_shows_that_it_is_under_way(window: MainWindow, desk: Desk) -> None:
    shapes = []
    window.view_menu.theme_changed.connect(lambda: shapes.append(QApplication.overrideCursor().shape()))
    for _ in range(2):
        window.action_table["dark"].trigger()
    assert shapes == [Qt.CursorShape.WaitCursor] * 2
    assert QApplication.overrideCursor() is None


@pytest.mark.bounded
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_buttons_of_a_panel_that_was_out_of_the_window_can_be_seen(
    window: MainWindow, desk: Desk, theme: str
) -> None:
    """Qt put its own icons back, which are drawn for a light ground."""
    if window.settings.get("theme") != theme:
        window.action_table["dark"].trigger()
    dock = window.docks["panel_layers"]
    texts_of_float = []
    for floats in (True, False):
        dock.setFloating(floats)
        for name in ("qt_dockwidget_closebutton", "qt_dockwidget_floatbutton"):
            button = dock.findChild(QAbstractButton, name)
            assert button is not None
            picture = button.icon().pixmap(16, 16).toImage()
            colors = [picture.pixelColor(x, y) for x in range(16) for y in range(16)]
            drawn = {color.rgb() for color in colors if color.alpha() > 120}
            assert drawn
            assert all(contrast(QColor(rgb).name(), THEMES[theme].window) > 4.5 for rgb in drawn)
        texts_of_float.append(button.accessibleName())
    assert texts_of_float == ["Put the panel Layers back into the window", "Take the panel Layers out of the window"]
    apply_theme(cast("QApplication", QApplication.instance()), "dark")


def test_a_railways_sign_shows_whole_in_a_light_list(window: MainWindow) -> None:
    """White dashes on white were specks."""
    line = Site(uuid="a", geometry=shapely.LineString([(0, 0), (1, 1)]), class_code="railway")
    picture = SiteIcons().icon(line).pixmap(ICON_SIZE).toImage()
    colors = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    on_white = [contrast(color.name(), "#ffffff") for color in colors if color.alpha() > 200]
    assert len(on_white) > 0.7 * len(colors), "a ground of its own"
    assert sum(value > 4.5 for value in on_white) > 0.6 * len(on_white)


# -- what a click and a drag take hold of ------------------------------------------------------------------------

LOOSE = (9.5, 50.2)


@pytest.fixture
def loose(window: MainWindow, desk: Desk, qtbot: QtBot) -> str:
    """The uuid of a selected site of which only the area is known, whose circle and name are in view."""
    add(window, "loose", shapely.Point(LOOSE), label="Loose", position_error_m=12_000.0)
    window.selection.set({"loose"})
    settle(window, qtbot)
    window.canvas.grab()
    return "loose"


def name_of(window: MainWindow, uuid: str) -> QPoint:
    """The middle of a site's name on the map."""
    layout = window.scene.label_layout(window.canvas.viewport.view(), window.selection.uuids)
    (label,) = [label for label in layout.placed if label.uuid == uuid]
    ratio = window.canvas.viewport.view().ratio
    return QPoint(round(label.centre[0] / ratio), round(label.centre[1] / ratio))


def drag_by(window: MainWindow, start: QPoint, by: QPoint, *, release: bool = True) -> None:
    QTest.mousePress(window.canvas, Left, Nothing, start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(window.canvas, start + by * share)
    if release:
        QTest.mouseRelease(window.canvas, Left, Nothing, start + by)


@pytest.mark.bounded
@pytest.mark.parametrize("part", ["disc", "rim", "name"])
def test_neither_circle_nor_name_of_a_selected_site_moves_it(
    window: MainWindow, desk: Desk, loose: str, part: str
) -> None:
    at = {"disc": desk.at(9.56, 50.25), "name": name_of(window, loose), "rim": desk.at(*destination(*LOOSE, 200, 12e3))}
    steps, view = window.session.history.stack.count(), window.canvas.viewport.view()
    drag_by(window, at[part], QPoint(60, 40))
    assert window.session.history.stack.count() == steps
    assert window.selection.uuids == {loose}
    assert window.canvas.viewport.view() != view, "the map goes along instead"


@pytest.mark.bounded
def test_a_dragged_site_is_seen_moving_with_its_circle_and_name(
    window: MainWindow, desk: Desk, loose: str, qtbot: QtBot
) -> None:
    before, name = window.session.document.sites[loose], name_of(window, loose)
    drag_by(window, desk.at(*LOOSE), QPoint(60, 40), release=False)
    settle(window, qtbot)
    assert window.session.document.sites[loose] == before, "the document knows only the end"
    frame = window.scene.marks.frames(window.canvas.viewport.view())[0]
    (i,) = [i for i, row in enumerate(frame.rows) if frame.index.uuids[row] == loose]
    there = desk.at(*LOOSE) + QPoint(60, 40)
    assert (frame.px[i], frame.py[i]) == (pytest.approx(there.x(), abs=2), pytest.approx(there.y(), abs=2))
    assert frame.circles([i])[0].bounds is not None
    assert (name_of(window, loose) - name).manhattanLength() > 60
    with_it = window.canvas.grab_picture()
    press(Key.Key_Escape)
    settle(window, qtbot)
    assert name_of(window, loose) == name
    assert window.canvas.grab_picture() != with_it
    QTest.mouseRelease(window.canvas, Left, Nothing, there)
    drag_by(window, desk.at(*LOOSE), QPoint(60, 40))
    assert desk.at(*window.session.document.sites[loose].geometry.coords[0]) == there


def shown_on_map(window: MainWindow, uuid: str) -> Site:
    """The row of a line or an area as the map shows it now."""
    shapes = window.scene.marks.frames(window.canvas.viewport.view())[0].shapes
    return next(shape.site for shape in shapes if shape.uuid == uuid)


@pytest.mark.bounded
def test_a_handle_that_is_dragged_shows_the_mark_as_it_becomes(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    circle = Circle(LOOSE, 9000.0)
    add(window, "circle", circle.geometry(), shape_json=as_json(circle))
    window.selection.set({"circle"})
    settle(window, qtbot)
    edge = desk.at(*destination(*LOOSE, 90, 9000.0))
    drag_by(window, edge, QPoint(50, 0), release=False)
    (shape,) = [
        shape for shape in window.scene.marks.frames(window.canvas.viewport.view())[0].shapes if shape.uuid == "circle"
    ]
    shown = shape_of_site(shape.site)
    assert isinstance(shown, Circle)
    assert shown.radius_m > 10_000
    press(Key.Key_Escape)
    QTest.mouseRelease(window.canvas, Left, Nothing, edge)
    (shape,) = [
        shape for shape in window.scene.marks.frames(window.canvas.viewport.view())[0].shapes if shape.uuid == "circle"
    ]
    assert shape.site == window.session.document.sites["circle"]


@pytest.mark.bounded
def test_a_click_on_a_selected_symbol_stays_with_it(window: MainWindow, desk: Desk, loose: str, qtbot: QtBot) -> None:
    """The pad lies in the area of the cosmodrome, whose ring is far outside of the view."""
    add(window, "pad", shapely.Point(9.56, 50.25), label="Pad", position_error_m=6.5)
    window.selection.set({"pad"})
    for bounds in (Bounds(9.0, 49.8, 10.0, 50.6), Bounds(9.559, 50.2495, 9.561, 50.2505)):
        window.views.show_bounds(bounds, 0.0)
        settle(window, qtbot)
        for _ in range(3):
            desk.click(9.56, 50.25)
            assert window.selection.uuids == {"pad"}
    desk.click(9.5593, 50.2498)
    assert not window.selection.uuids, "nobody means an area whose outline is out of sight"


@pytest.mark.bounded
def test_only_clicks_in_one_place_go_on_to_the_symbol_below(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    add(window, "upper", shapely.Point(9.52, 50.21), position_error_m=6.5)
    add(window, "under", shapely.Point(9.5205, 50.21), position_error_m=6.5)
    window.selection.set({"under"})
    settle(window, qtbot)
    desk.click(9.52, 50.21)
    assert window.selection.uuids == {"under"}, "it is selected, and painted on top"
    desk.click(9.52, 50.21)
    assert window.selection.uuids == {"upper"}
    desk.click(9.52, 50.21)
    assert window.selection.uuids == {"under"}


@pytest.mark.bounded
def test_a_click_on_a_name_selects_its_site(window: MainWindow, desk: Desk, loose: str, qtbot: QtBot) -> None:
    line = shapely.LineString([(9.1, 49.9), (9.9, 49.95)])
    add(window, "road", line, label="The long road to the north", class_code="railway")
    window.selection.clear()
    settle(window, qtbot)
    window.canvas.grab()
    for uuid in ("there", "road", "loose"):
        QTest.mouseMove(window.canvas, name_of(window, uuid))
        assert window.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
        QTest.mouseClick(window.canvas, Left, Nothing, name_of(window, uuid))
        assert window.selection.uuids == {uuid}
        settle(window, qtbot)
        window.canvas.grab()


# -- places on coarse images -------------------------------------------------------------------------------------


@pytest.fixture
def on_world(window: MainWindow, desk: Desk, qtbot: QtBot) -> MainWindow:
    """The window with a case on the shipped world, whose pixels are some kilometres."""
    window.settings.set("new_on_world", True)
    window.file_menu.new_case()
    window.session.begin_case()
    settle(window, qtbot)
    return window


PIXEL_M = 7400.0


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["coordinate", "selection", "list"])
def test_a_point_is_shown_no_finer_than_the_image_tells_of_it(
    on_world: MainWindow, desk: Desk, qtbot: QtBot, way: str
) -> None:
    window = on_world
    add(window, "pad", shapely.Point(128.3, 51.9), position_error_m=6.5)
    window.selection.set({"pad"})
    if way == "coordinate":
        window.views.show_place(128.3, 51.9, 5.0)
    elif way == "selection":
        window.action_table["zoom_selection"].trigger()
    else:
        window.panel_context.zoom_to_sites([window.session.document.sites["pad"]])
    settle(window, qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(128.3, abs=0.1), pytest.approx(51.9, abs=0.1))
    assert PIXEL_M / 9 < window.views.metres_per_pixel() < PIXEL_M


@pytest.mark.bounded
def test_a_small_area_is_shown_whole_on_any_image(on_world: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window = on_world
    add(window, "field", shapely.box(128.3, 51.9, 128.302, 51.902))
    window.panel_context.zoom_to_sites([window.session.document.sites["field"]])
    settle(window, qtbot)
    assert window.views.metres_per_pixel() < 2.0


@pytest.mark.bounded
def test_the_notice_of_a_coarse_image_goes_with_its_mark(on_world: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window = on_world
    window.canvas.viewport.centre_on(4e6, 7e6, 5.0)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    window.action_table["tool_point"].trigger()
    desk.click(*window.canvas.viewport.centre_lonlat())
    settle(window, qtbot)
    (said,) = [line for line in window.messages.lines() if "no better than that" in line.text]
    assert said.level == "info", "it goes by itself: the form says it too"
    while window.session.document.sites:
        window.action_table["undo"].trigger()
    assert "no better than that" not in texts(window)


# -- help and export ---------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_guide_stands_beside_the_window_and_names_what_there_is(window: MainWindow, desk: Desk) -> None:
    QTest.keyClick(window, Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    guide = window.findChild(GuideWindow)
    assert guide is not None
    assert not guide.isModal()
    words = guide.page.toPlainText()
    for chapter in ("Compare images", "Pixel values and statistics", "Measure", "Products"):
        assert f"\n{chapter}\n" in words, chapter
    for line in ("Mark, Mark a Point (P)", "Edit, Undo (Ctrl+Z)", "Evidence, Report", "Help, Keyboard Shortcuts (F1)"):
        assert line in words, words
    assert "{" not in words
    assert "**" not in words
    guide.close()


def test_the_guide_speaks_of_no_command_that_there_is_not() -> None:
    def command(id_: str) -> str:
        raise KeyError(id_)

    with pytest.raises(KeyError):
        guide_text(command)


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["opened", "by Tab", "left"])
def test_a_long_title_is_shown_from_its_start_in_the_export(
    window: MainWindow, desk: Desk, qtbot: QtBot, way: str
) -> None:
    long = "What was reported about the launch sites of the far east, and what the answers to that were in the spring"
    for key in ("title", "subtitle"):
        window.session.push(set_meta(window.session.document, key, f"{key}: {long}", actor="Li"))
    seen: list[tuple[str, int, float]] = []

    window.action_table["export_product"].trigger()
    shown = shown_product(window, qtbot)
    for name in ("title", "subtitle"):
        line = shown.fields.lines[name]
        # Offscreen no second window becomes the active one: it is told as Qt would tell it.
        if way != "opened":
            QApplication.sendEvent(line, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
        if way == "left":
            QTest.keyClick(line, Key.Key_End)
            QApplication.sendEvent(line, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
        seen.append((line.selectedText(), line.cursorPosition(), line.cursorRect().center().x()))
    shown.close()
    assert [position for _, position, _ in seen] == [0, 0]
    assert all(x < 15 for _, _, x in seen), "the start is what is seen"
    if way == "by Tab":
        assert [text for text, _, _ in seen] == [f"title: {long}", f"subtitle: {long}"], "all is selected, as ever"


@pytest.mark.bounded
def test_layers_that_take_long_to_open_are_named_in_the_status_bar(
    window: MainWindow, desk: Desk, points: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The map was black for seconds without a word. A picture of the complete map said still that one was opened."""

    def shown() -> list[str]:
        return [label.text() for label in window.status.findChildren(QLabel) if label.isVisible() and label.text()]

    with monkeypatch.context() as patch:
        patch.setattr(VectorDrawing, "is_open", property(lambda drawing: False))
        window.opener.open([str(points)])
        qtbot.waitUntil(lambda: any("Opening points" in text for text in shown()), timeout=10_000)
        (stop,) = [b for b in window.status.findChildren(QAbstractButton) if b.accessibleName() == "Stop this"]
        assert not stop.isVisible(), "it cannot be stopped"
    watch = window.findChild(ReadingWatch)
    assert watch is not None
    watch.findChild(QTimer).setInterval(60_000)
    window.compared.updated.emit()
    qtbot.waitUntil(lambda: not any("Opening" in text for text in shown()), timeout=5000)
