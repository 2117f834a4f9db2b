"""Comparisons by mouse and keyboard in the real window: made by one key, moved, blinked, renamed, undone and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.checkpoint import Checkpoint
from layers.document.comparison import MODES, read_spec
from layers.document.rows import Comparison
from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import begin_on_map, settle, take_up, texts
from viewer.app.window import MainWindow
from viewer.canvas.mark_query import marks_at
from viewer.commands.layers import update_layer
from viewer.commands.sites import add_site
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.printed import page_picture
from viewer.panels.comparisons.comparison_list import ComparisonListPanel
from viewer.panels.widgets.tick_dialog import TickDialog

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
Nothing, Control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
PLACE = Bounds(8, 48, 12, 52)
DAYS = {"old": "1985-08-01", "mid": "2000-08-01T10:00:00Z", "new": "2020-08-01"}


def write_scene(folder: Path, name: str, seed: int) -> Path:
    """A scene of 64 pixels a side."""
    y, x = np.mgrid[0:64, 0:64]
    bands = np.stack((x * 3 + seed, y * 3 + seed, x + y + seed)).astype(np.uint8)
    return write_raster(folder / f"{name}.tif", bands, "EPSG:4326", PLACE)


class Hand:
    """Counts what is done to the window: keys and clicks, each an interaction."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.count = 0

    def key(self, key: Key, modifiers: Qt.KeyboardModifier = Nothing, widget: QWidget | None = None) -> None:
        target = widget or QApplication.focusWidget()
        assert target is not None, "the keyboard is nowhere"
        self.count += 1
        QTest.keyClick(target, key, modifiers)
        self.settle()

    def click_layer(self, name: str, modifiers: Qt.KeyboardModifier = Nothing) -> None:
        tree = self.window.docks.layer_tree
        rows = {tree.model.index(at).data(): at for at in range(tree.model.rowCount())}
        at = tree.view.visualRect(tree.model.index(rows[name])).center()
        self.count += 1
        QTest.mouseClick(tree.view.viewport(), Left, modifiers, at)
        self.settle()

    def settle(self) -> None:
        settle(self.window, self.qtbot)


@pytest.fixture
def hand(window: MainWindow, qtbot: QtBot) -> Hand:
    """An active window of a new case."""
    window.file_menu.new_case()
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return Hand(window, qtbot)


def add(hand: Hand, folder: Path, *names: str, dated: bool = True) -> None:
    """Scenes as layers, in this order, under their names."""
    for seed, name in enumerate(names):
        hand.window.opener.open([str(write_scene(folder, name, 30 * seed))])
        hand.settle()
    document = hand.window.session.document
    for layer in list(document.layers.values()) if dated else ():
        hand.window.panel_context.do(update_layer, layer.uuid, acquired_at=DAYS[layer.name], date_kind="instant")
    hand.settle()


def names_of(window: MainWindow) -> list[str]:
    spec = window.comparisons.spec
    layers = window.session.document.layers
    return [] if spec is None else [layers[frame.layers[0]].name for frame in spec.frames]


@pytest.mark.bounded
def test_from_two_scenes_in_the_tree_to_a_swipe_and_to_a_blink(hand: Hand, tmp_path: Path) -> None:
    """At most two interactions, and one more: the scene that was added last is the current one of the tree."""
    add(hand, tmp_path, "old", "mid", "new", dated=False)
    sides = hand.window.compared.sides
    hand.click_layer("old", Control)
    hand.key(Key.Key_K)
    assert hand.count == 2
    assert names_of(hand.window) == ["old", "new"]
    assert sides.spec is not None
    assert sides.spec.mode == "swipe"
    assert hand.window.comparison_bar.bar.isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyPress(focus, Key.Key_B)
    assert sides.phase == 1
    assert sides.is_held, "blinks as long as the key is held"
    QTest.keyRelease(focus, Key.Key_B)
    assert not sides.is_held
    hand.window.docks.layer_tree.view.setFocus()
    QTest.keyPress(hand.window.docks.layer_tree.view, Key.Key_B)
    assert sides.is_held, "wherever the keyboard is"
    QTest.keyRelease(hand.window.docks.layer_tree.view, Key.Key_B)
    assert not sides.is_held
    assert hand.window.toolbox.in_hand == "tool_select"


@pytest.mark.bounded
def test_two_clicks_in_the_tree_make_a_swipe(hand: Hand, tmp_path: Path) -> None:
    """Of any two scenes, whichever is the current one; the choice stays as it was."""
    add(hand, tmp_path, "old", "mid", "new", dated=False)
    hand.click_layer("old")
    hand.click_layer("mid", Qt.KeyboardModifier.AltModifier)
    assert hand.count == 2
    assert names_of(hand.window) == ["old", "mid"]
    assert [hand.window.session.document.layers[u].name for u in hand.window.docks.layer_tree.selected()] == ["old"]
    hand.click_layer("old", Qt.KeyboardModifier.AltModifier)
    assert "Two images are compared" in texts(hand.window)


@pytest.mark.bounded
def test_the_newest_two_under_the_pointer_and_an_undated_one_is_not_ranked(hand: Hand, tmp_path: Path) -> None:
    add(hand, tmp_path, "new", "old", "mid")
    hand.window.opener.open([str(write_scene(tmp_path, "someday", 9))])
    hand.settle()
    hand.window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert names_of(hand.window) == ["mid", "new"]
    assert "Not ranked, as its date is not known: “someday”" in texts(hand.window)
    row = hand.window.session.document.comparisons[hand.window.comparisons.current]
    assert row.name == "mid / new"
    line = next(line for line in hand.window.messages.lines() if line.action is not None and line.key == "comparison")
    line.action.run()
    (dialog,) = hand.window.findChildren(TickDialog)
    assert dialog.list.topLevelItemCount() == 4, "it is asked about: all that lie there"
    dialog.reject()


@pytest.mark.bounded
def test_what_was_said_of_a_comparison_ends_with_it(hand: Hand, tmp_path: Path) -> None:
    add(hand, tmp_path, "new", "old")
    hand.window.opener.open([str(write_scene(tmp_path, "someday", 9))])
    hand.settle()
    hand.window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert "Not ranked" in texts(hand.window)
    hand.key(Key.Key_Escape)
    assert hand.window.comparisons.spec is None
    assert "Not ranked" not in texts(hand.window)


@pytest.mark.bounded
def test_the_same_images_again_show_the_comparison_that_is_kept(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "mid", "new")
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    desk, uuid = window.comparisons, window.comparisons.current
    window.action_table["compare_fade"].trigger()
    window.action_table["swap_sides"].trigger()
    hand.settle()
    shown = desk.spec
    window.action_table["end_comparison"].trigger()
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert (desk.current, desk.spec) == (uuid, shown)
    assert len(window.session.document.comparisons) == 1
    window.action_table["end_comparison"].trigger()
    hand.click_layer("old")
    hand.click_layer("new", Control)
    hand.key(Key.Key_K)
    assert len(window.session.document.comparisons) == 2, "of other images it is another one"


@pytest.mark.bounded
def test_the_menu_ticks_the_mode_and_esc_is_said(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new")
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    rows = {mode: f"compare_{mode.replace('swipe ', '')}" for mode in MODES if mode != "blink"} | {"blink": "blink"}
    bar, places = window.comparison_bar.bar, set()
    for mode, id_ in rows.items():
        if mode != window.comparisons.spec.mode:
            window.action_table[id_].trigger()
        assert window.comparisons.spec.mode == mode
        assert [one for one in rows.values() if window.action_table[one].isChecked()] == [id_]
        hand.settle()
        kept = [bar.name, bar.mode, bar.match, bar.swap, bar.end]
        places.add(tuple((widget.x(), widget.width()) for widget in kept))
    assert len(places) == 1, "what all modes have keeps its place"
    for button, id_ in ((bar.swap, "swap_sides"), (bar.mode, "blink")):
        assert window.action_table[id_].shortcut().toString() in button.toolTip()
    window.action_table["compare_spyglass"].trigger()
    assert bar.from_left.isVisible()
    assert bar.from_top.isVisible()
    said = window.status.hint
    assert "Esc ends the comparison." in said.text()
    assert "The glass goes with the pointer; Shift+G holds it where it is." in said.text()
    window.session.push(add_site(window.session.document, Point(10.0, 50.0), actor="a", uuid="pad"))
    window.selection.set({"pad"})
    assert "Esc ends" not in said.text(), "the first Esc lets go of the mark"
    window.selection.clear()
    assert "Esc ends the comparison." in said.text()
    window.action_table["follow_pointer"].trigger()
    assert "Drag the glass to move it" in said.text()
    window.action_table["follow_pointer"].trigger()
    assert bar.position.toolTip() == "Position of the glass, from the left"
    window.action_table["compare_fade"].trigger()
    assert bar.position.toolTip() == bar.position.slider.accessibleName() == "Share of the image on top"
    window.action_table["compare_panes"].trigger()
    window.docks.layer_tree.view.setFocus()
    QTest.keyPress(window.docks.layer_tree.view, Key.Key_B)
    assert "side by side" in said.text()
    QTest.keyRelease(window.docks.layer_tree.view, Key.Key_B)
    assert "Esc" in window.action_table["end_comparison"].text()
    window.action_table["end_comparison"].trigger()
    window.status.show_tip("")
    assert "comparison" not in said.text()


@pytest.mark.bounded
def test_a_spyglass_goes_with_the_pointer_until_it_is_held(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert not window.action_table["follow_pointer"].isEnabled()
    window.action_table["compare_spyglass"].trigger()
    assert window.action_table["follow_pointer"].isChecked()
    canvas, desk, document = window.canvas, window.comparisons, window.session.document
    steps = window.session.history.stack.count()

    def middle() -> QPoint:
        spec = desk.spec
        return QPoint(round(spec.position * canvas.width()), round(spec.position_y * canvas.height()))

    for place in (QPoint(150, 120), QPoint(260, 200)):
        QTest.mouseMove(canvas, place)
        assert (middle() - place).manhattanLength() <= 2
    assert window.session.history.stack.count() == steps, "looking is no edit"
    hand.settle()
    seen = canvas.viewport.view()
    window.action_table["tool_pan"].trigger()
    QTest.mousePress(canvas, Left, pos=QPoint(260, 200))
    for by in (20, 60):
        QTest.mouseMove(canvas, QPoint(260 + by, 200))
    QTest.mouseRelease(canvas, Left, pos=QPoint(320, 200))
    assert canvas.viewport.view() != seen, "a drag is the tool's, though the glass is under it"
    assert (middle() - QPoint(320, 200)).manhattanLength() <= 2
    canvas.setFocus()
    QTest.keyClick(canvas, Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    assert not window.action_table["follow_pointer"].isChecked()
    QTest.mouseMove(canvas, QPoint(100, 100))
    assert (middle() - QPoint(320, 200)).manhattanLength() <= 2
    kept = read_spec(document.comparisons[desk.current].spec_json)
    assert kept is not None
    assert kept.position == desk.spec.position, "where it is held is kept"
    QTest.keyClick(canvas, Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseMove(canvas, QPoint(120, 140))
    assert (middle() - QPoint(120, 140)).manhattanLength() <= 2


@pytest.mark.bounded
def test_where_dates_do_not_tell_it_is_asked(hand: Hand, tmp_path: Path, qtbot: QtBot) -> None:
    add(hand, tmp_path, "old", "mid", "new", dated=False)
    hand.window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert hand.window.comparisons.spec is None
    (dialog,) = hand.window.findChildren(TickDialog)
    assert [dialog.list.topLevelItem(at).text(1) for at in range(3)] == ["date unknown"] * 3
    assert not dialog.ticked(), "none is proposed"
    assert not dialog.take_button.isEnabled()
    for at in (0, 2):
        dialog.list.topLevelItem(at).setCheckState(0, Qt.CheckState.Checked)
    QTest.mouseClick(dialog.take_button, Left)
    hand.settle()
    assert names_of(hand.window) == ["old", "new"]


def test_nothing_to_compare_is_said(hand: Hand, tmp_path: Path) -> None:
    hand.key(Key.Key_K)
    assert "A comparison needs two images of one place" in texts(hand.window)
    add(hand, tmp_path, "old", dated=False)
    hand.window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert hand.window.comparisons.spec is None
    assert not hand.window.findChildren(QDialog, "none")


@pytest.mark.bounded
@pytest.mark.parametrize("field", ["mode", "match", "position"])
def test_esc_in_the_bar_leads_to_the_map(hand: Hand, tmp_path: Path, field: str) -> None:
    """The next letter is a tool's: it must not be typed into the filter of the layers."""
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    widget = (
        window.comparison_bar.bar.position.slider if field == "position" else getattr(window.comparison_bar.bar, field)
    )
    widget.setFocus()
    hand.key(Key.Key_Escape)
    assert window.comparisons.spec is None
    assert window.canvas.hasFocus()
    hand.key(Key.Key_P)
    assert window.toolbox.in_hand == "tool_point"


@pytest.mark.bounded
def test_modes_the_bar_and_the_name_by_keyboard_undone_and_done_again(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    document, bar, desk = window.session.document, window.comparison_bar.bar, window.comparisons
    uuid = desk.current
    before = snapshot(window)
    assert QApplication.focusWidget() is bar.position.slider, "arrow keys move the bar"
    for _ in range(3):
        hand.key(Key.Key_Right)
    bar.position.flush()
    assert desk.spec.position == pytest.approx(0.53)
    assert read_spec(document.comparisons[uuid].spec_json) == desk.spec
    hand.key(Key.Key_K)
    assert desk.current == uuid, "the same key leads back to the bar"
    window.action_table["compare_spyglass"].trigger()
    assert bar.mode.currentData() == "spyglass"
    bar.height_field.slider.setFocus()
    for _ in range(5):
        hand.key(Key.Key_Right)
    bar.height_field.flush()
    assert desk.spec.position_y == pytest.approx(0.55), "the glass goes down by keys too"
    window.action_table["blink"].trigger()
    assert desk.spec.mode == "blink"
    assert not bar.rate.isHidden()
    assert bar.position.isHidden()
    bar.rate.setValue(5.0)
    hand.qtbot.waitUntil(lambda: window.compared.sides.phase == 1)
    window.action_table["compare_fade"].trigger()
    window.action_table["swap_sides"].trigger()
    hand.settle()
    assert names_of(window) == ["new", "old"]
    bar.name.setFocus()
    bar.name.selectAll()
    QTest.keyClicks(bar.name, "Pier bb")
    hand.key(Key.Key_Return)
    assert document.comparisons[uuid].name == "Pier bb", "a name may hold a b"
    after = snapshot(window)
    while document.comparisons:
        window.action_table["undo"].trigger()
    assert desk.spec is None
    assert not bar.isVisible()
    assert snapshot(window)["comparisons"] == {}
    for _ in range(30):
        window.action_table["redo"].trigger()
    assert snapshot(window) == after
    assert before != after


def snapshot(window: MainWindow) -> dict[str, dict[str, object]]:
    return {table: dict(window.session.document.table(table)) for table in ("comparisons", "layers", "sites")}


@pytest.mark.bounded
def test_the_stretch_is_matched_and_is_part_of_the_same_step(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    desk = window.comparisons
    hand.settle()
    assert desk.spec.match
    first, second = desk.spec.frames
    styles = second.styles[second.layers[0]]["stretches"]
    assert styles[0] == pytest.approx([30.0, 285.0, 1.0], abs=0.5), "the second image is 30 brighter all over"
    assert first.styles[first.layers[0]]["stretches"][0] == [0.0, 255.0, 1.0]
    window.action_table["match_stretch"].trigger()
    assert not any(frame.styles for frame in desk.spec.frames)
    assert not window.comparison_bar.bar.match.isChecked()
    window.action_table["undo"].trigger()
    assert desk.spec.frames[1].styles
    window.action_table["undo"].trigger()
    assert not window.session.document.comparisons, "made and matched by one step"
    hand.settle()
    window.action_table["redo"].trigger()
    assert window.session.document.comparisons


@pytest.mark.bounded
def test_the_bar_is_dragged_and_kept_as_one_step(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    canvas, desk = window.canvas, window.comparisons
    y, middle = canvas.height() // 3, canvas.width() // 2
    QTest.mousePress(canvas, Left, pos=QPoint(middle, y))
    for step in range(1, 11):
        QTest.mouseMove(canvas, QPoint(middle + 10 * step, y))
    assert desk.spec.position == pytest.approx((middle + 100) / canvas.width(), abs=0.01)
    row = window.session.document.comparisons[desk.current]
    assert read_spec(row.spec_json).position == 0.5, "kept when it is let go"
    QTest.mouseRelease(canvas, Left, pos=QPoint(middle + 100, y))
    row = window.session.document.comparisons[desk.current]
    assert read_spec(row.spec_json) == desk.spec
    window.action_table["undo"].trigger()
    assert desk.spec.position == 0.5


@pytest.mark.bounded
def test_the_map_stays_a_map_and_esc_ends_the_comparison(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    canvas, desk = window.canvas, window.comparisons
    canvas.setFocus()
    before = canvas.viewport.view()
    hand.key(Key.Key_Right)
    hand.key(Key.Key_Plus)
    assert canvas.viewport.view() != before
    window.toolbox.take("tool_point")
    on_screen = canvas.mapToGlobal(QPoint(40, 200))
    QTest.mouseClick(canvas, Left, pos=QPoint(40, 200))
    hand.settle()
    (site,) = window.session.document.sites.values()
    at = canvas.mapFromGlobal(on_screen).toTuple()
    assert marks_at(window.compared.frames[1], canvas.viewport.view(), *at) == [site.uuid], "on every side"
    window.toolbox.take("tool_line")
    canvas.setFocus()
    hand.key(Key.Key_Escape)
    assert desk.spec is not None, "the first Esc lays the tool down"
    window.selection.clear()
    hand.key(Key.Key_Escape)
    assert desk.spec is None
    assert window.compared.frames == [window.scene]
    assert not window.comparison_bar.bar.isVisible()
    assert window.session.document.comparisons, "it is kept"


@pytest.mark.bounded
def test_the_list_opens_renames_moves_and_deletes(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "mid", "new", dated=False)
    for name in ("old", "mid"):
        hand.click_layer("new")
        hand.click_layer(name, Control)
        hand.key(Key.Key_K)
        hand.settle()
    desk, canvas = window.comparisons, window.canvas
    made = canvas.viewport.centre_lonlat()
    canvas.motion.pan_by(300, 0)
    hand.settle()
    window.action_table["panel_comparisons"].trigger()
    panel = window.docks.comparisons.panel
    assert isinstance(panel, ComparisonListPanel)
    assert [panel.model.index(at).data().split("\n")[0] for at in range(2)] == ["old / new", "mid / new"]
    first = panel.model.uuid_at(0)
    desk.end()
    panel.view.setCurrentIndex(panel.model.index(0))
    panel.view.setFocus()
    hand.key(Key.Key_Return)
    assert names_of(window) == ["old", "new"]
    assert canvas.viewport.centre_lonlat() == pytest.approx(made, abs=0.02), "where it was made"
    assert "shown now" in panel.model.index(0).data()
    panel.view.setFocus()
    hand.key(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert panel.model.uuid_at(1) == first
    hand.key(Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "Pier")
    hand.key(Key.Key_Return)
    assert window.session.document.comparisons[first].name == "Pier"
    assert window.comparison_bar.bar.name.text() == "Pier"
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(1))
    hand.key(Key.Key_Delete)
    assert first not in window.session.document.comparisons
    assert desk.spec is None
    window.action_table["undo"].trigger()
    assert panel.model.rowCount() == 2


@pytest.mark.bounded
def test_a_comparison_is_kept_in_the_case_and_opens_the_same(
    hand: Hand, tmp_path: Path, answers: object, make_window: object
) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new")
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    hand.settle()
    spec = window.comparisons.spec
    answers.path = tmp_path / "kept.gpkg"
    window.file_menu.save()
    hand.settle()
    window.file_menu.close_case()
    hand.settle()
    assert window.compared.sides.spec is None
    window.opener.open([str(tmp_path / "kept.gpkg")])
    hand.settle()
    (row,) = window.session.document.comparisons.values()
    window.comparisons.open(row.uuid)
    hand.settle()
    assert window.comparisons.spec == spec


@pytest.mark.bounded
def test_what_a_case_cannot_say_is_said(hand: Hand, tmp_path: Path) -> None:
    rows = [Comparison(uuid="odd", name="Odd", spec_json="[" * 9000)]
    take_up(hand.window, hand.qtbot, comparisons=rows)
    hand.window.comparisons.open("odd")
    assert "“Odd” cannot be shown" in texts(hand.window)
    assert hand.window.comparisons.spec is None


@pytest.mark.bounded
def test_a_mark_knows_the_image_of_its_side(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new")
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    canvas = window.canvas
    for at, name in ((canvas.width() // 2 - 60, "old"), (canvas.width() // 2 + 60, "new")):
        window.toolbox.take("tool_point")
        QTest.mouseClick(canvas, Left, pos=QPoint(at, canvas.height() // 3))
        hand.settle()
        site = list(window.session.document.sites.values())[-1]
        image = window.session.document.images[site.image_uuid]
        assert window.session.document.layers[image.layer_uuid].name == name
        assert image.acquired_at == DAYS[name]


@pytest.mark.bounded
def test_a_picture_of_the_map_has_the_comparison_with_its_dates(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[PrintedPlate] = []

    def kept(laid: PrintedPlate, page: int, checkpoint: Checkpoint) -> QImage:
        pages.append(laid)
        return page_picture(laid, page, checkpoint)

    monkeypatch.setattr("viewer.export.printed.page_picture", kept)
    window = hand.window
    add(hand, tmp_path, "old", "new")
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    QApplication.clipboard().clear()
    window.action_table["copy_picture"].trigger()
    hand.qtbot.waitUntil(lambda: not QApplication.clipboard().image().isNull(), timeout=20_000)
    copied = QApplication.clipboard().image()
    view = window.canvas.viewport.view()
    assert copied.width() == view.width
    middle = range(view.width // 2 - 1, view.width // 2 + 2)
    rows = range(view.height // 2 - 25, view.height // 2 + 25)  # the grip is higher up
    column = [max(copied.pixelColor(x, y).lightness() for x in middle) for y in rows]
    beside = [copied.pixelColor(view.width // 2 - 8, y).lightness() for y in rows]
    assert min(column) > 190, "the bar, which may lie between two pixels"
    assert max(beside) < 120, "and nothing beside it"
    said = " ".join(pages[0].plate.captions[0])
    assert "1 August 1985" in said
    assert "1 August 2020" in said


@pytest.mark.bounded
def test_in_a_case_that_can_only_be_looked_at_a_comparison_is_shown_and_not_kept(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hand.window
    add(hand, tmp_path, "old", "new", dated=False)
    monkeypatch.setattr(window.session, "_looked_at", "only to be looked at")
    window.canvas.setFocus()
    hand.key(Key.Key_K)
    assert not window.session.document.comparisons
    assert names_of(window) == ["old", "new"]
    assert not window.comparison_bar.bar.name.isEnabled()
    assert window.comparison_bar.bar.name.text() == "Not kept"
    window.action_table["compare_fade"].trigger()
    window.action_table["swap_sides"].trigger()
    hand.settle()
    assert window.comparisons.spec.mode == "fade"
    assert names_of(window) == ["new", "old"]
    assert window.comparisons.spec.frames[1].styles, "matched all the same"
    window.action_table["end_comparison"].trigger()
    assert window.comparisons.spec is None
