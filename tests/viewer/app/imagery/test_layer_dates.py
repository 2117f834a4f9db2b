"""Dates of layers in the real window: from the name of a file, for several at once, and for what was marked before."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.marks.mark_shape import as_json, shape_of
from layers.document.marks.shadow_mark import ShadowMark
from layers.document.observation import Observation
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.time.shadows import ShadowImage
from tests.support.windows import begin_on_map, press, settle, texts
from tests.viewer.app.imagery.conftest import MIDDLE, AddImage, write_scene
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.commands.imagery.late_facts import (
    date_evidence,
    evidence_without,
    evidence_without_date,
    state_on_evidence,
)
from viewer.commands.imagery.layer_dates import LayerDate, date_layers
from viewer.commands.imagery.mark_images import source_uuid_of
from viewer.commands.layers import update_layer
from viewer.commands.sites import add_site
from viewer.commands.sources import update_source
from viewer.panels.layers.acquisition_panel import AcquisitionPanel
from viewer.panels.layers.layer_dates_dialog import LayerDatesDialog
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.observations.observation_sheet import ObservationSheet
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.sites.chip_words import chip_credit_words, chip_date_words
from viewer.panels.sites.image_part import ImagePart
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.panels.widgets.link_button import LinkButton

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key = Qt.Key
DAY = "2020-08-31"


@pytest.fixture
def scene_file(tmp_path: Path) -> Path:
    """Without any date but that in its name."""
    return write_scene(tmp_path / "planet_20200831.tif", hole=False)


def only_layer(window: MainWindow) -> Layer:
    (layer,) = window.session.document.layers.values()
    return layer


def properties(window: MainWindow, qtbot: QtBot) -> LayerPropertiesPanel:
    window.panel_context.show_layer(next(iter(window.session.document.layers)), raise_form=True)
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    return panel


def click(link: LinkButton) -> None:
    assert link.isVisible()
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)


def mark(window: MainWindow, desk: Desk, qtbot: QtBot) -> Site:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_P)
    desk.click(*MIDDLE)
    settle(window, qtbot)
    QTest.keyClick(window.canvas, Key.Key_Escape)
    (site,) = window.session.document.sites.values()
    return site


def chip(window: MainWindow, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_C)
    qtbot.waitUntil(lambda: bool(window.session.document.chips), timeout=10_000)
    settle(window, qtbot)


def type_date(panel: LayerPropertiesPanel, text: str) -> None:
    field = panel.fields.fields["acquired_at"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Key.Key_Return)


def offer_of(window: MainWindow, verb: str = "Date Them Too") -> QPushButton:
    bar = window.findChild(MessageBar)
    assert bar is not None
    return next(one for one in bar.findChildren(QPushButton) if one.text() == verb and one.isVisible())


# -- the name of a file -------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_one_click_takes_the_date_of_a_name(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    panel = properties(window, qtbot)
    qtbot.waitUntil(panel.name_date.isVisible)
    assert panel.name_date.text() == "31 August 2020, from the file’s name: state it?"
    steps = window.session.history.stack.count()
    click(panel.name_date)
    layer = only_layer(window)
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == (DAY, "instant", "file name")
    assert window.session.history.stack.count() == steps + 1
    assert panel.name_date.isHidden()
    window.session.undo()
    assert only_layer(window).acquired_at == ""
    assert panel.name_date.isVisible()


@pytest.mark.bounded
def test_the_acquisition_offers_it_too(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.action_table["panel_acquisition"].trigger()
    settle(window, qtbot)
    panel = window.findChild(AcquisitionPanel)
    assert panel is not None
    qtbot.waitUntil(panel.name_date.isVisible)
    click(panel.name_date)
    assert only_layer(window).date_basis == "file name"
    assert panel.name_date.isHidden()
    assert "31" in panel.when.text()


@pytest.mark.bounded
def test_a_name_offers_nothing_where_the_file_says_when(
    window: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    window.file_menu.new_case()
    add_image(write_scene(tmp_path / "scene_20200831.tif", ACQUISITION_DATETIME="2019-01-01T10:00:00Z"))
    panel = properties(window, qtbot)
    assert panel.fields.fields["acquired_at"].placeholderText() != "unknown"
    assert panel.name_date.isHidden()


@pytest.mark.bounded
def test_the_menu_of_a_layer_offers_it(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    menu = window.docks.layer_tree.menu_for(only_layer(window).uuid)
    (entry,) = (action for action in menu.actions() if action.text().startswith("Date it"))
    assert entry.text() == "Date it: 31 August 2020, from the file’s name?"
    entry.trigger()
    assert only_layer(window).acquired_at == DAY
    menu.close()


# -- several at once ----------------------------------------------------------------------------------------------


@pytest.fixture
def several(window: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot) -> list[str]:
    """Uuids of three layers: of a day, of a month, and of no date."""
    window.file_menu.new_case()
    names = ("a_20200831.tif", "b 2020-07.tif", "c_site.tif")
    uuids = [add_image(write_scene(tmp_path / name, value=30 + at)) for at, name in enumerate(names)]
    begin_on_map(window, qtbot)
    return uuids


def select_all(window: MainWindow) -> QPoint:
    """Where the topmost of the layers, which are all selected then, stands in the tree."""
    view = window.docks.layer_tree.view
    places = [view.visualRect(view.model().index(row, 0)).center() for row in (1, 3)]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, places[1])
    return places[1]


def context_menu(window: MainWindow, place: QPoint, qtbot: QtBot) -> QMenu:
    view = window.docks.layer_tree.view.viewport()
    QTest.mousePress(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.mouseRelease(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, place)
    return menu


def choose(menu: QMenu, entry: QAction) -> None:
    QTest.mouseClick(
        menu, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, menu.actionGeometry(entry).center()
    )


@pytest.mark.bounded
def test_several_layers_are_dated_in_one_table_and_one_step(
    window: MainWindow, several: list[str], qtbot: QtBot
) -> None:
    menu = context_menu(window, select_all(window), qtbot)
    choose(menu, next(action for action in menu.actions() if action.text() == "Date by name…"))
    qtbot.waitUntil(lambda: window.findChild(LayerDatesDialog) is not None)
    dialog = window.findChild(LayerDatesDialog)
    assert dialog is not None
    told = {row.uuid: (row.date.text(), row.kind.currentData(), row.item.checkState(0)) for row in dialog.rows}
    yes, no = Qt.CheckState.Checked, Qt.CheckState.Unchecked
    assert told == {
        several[0]: (DAY, "instant", yes),
        several[1]: ("2020-07", "interval", yes),
        several[2]: ("", "unknown", no),
    }
    assert dialog.take_button.text() == "Date 2 layers"
    (blank,) = (row for row in dialog.rows if row.uuid == several[2])
    QTest.keyClicks(blank.date, "31 April 2016")
    assert "April has 30 days" in dialog.note.text()
    assert not dialog.take_button.isEnabled()
    blank.date.clear()
    QTest.keyClicks(blank.date, "28 April 2016")
    assert dialog.take_button.text() == "Date 3 layers"
    steps = window.session.history.stack.count()
    QTest.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    rows = [window.session.document.layers[uuid] for uuid in several]
    assert [(row.acquired_at, row.date_kind, row.date_basis) for row in rows] == [
        (DAY, "instant", "file name"),
        ("2020-07", "interval", "file name"),
        ("2016-04-28", "instant", "analyst"),
    ]
    assert window.session.history.stack.count() == steps + 1
    window.session.undo()
    assert not any(row.acquired_at for row in window.session.document.layers.values())


@pytest.mark.bounded
def test_the_layer_menu_and_the_palette_lead_to_the_table(window: MainWindow, several: list[str], qtbot: QtBot) -> None:
    action = window.action_table["date_layers"]
    assert action.isEnabled()
    assert action in window.action_table["save_layer"].associatedObjects()[0].actions()
    action.trigger()
    dialog = window.findChild(LayerDatesDialog)
    assert dialog is not None
    assert len(dialog.rows) == 3, "all that have no date, where not several are selected"
    row = dialog.rows[-1]
    row.item.setCheckState(0, Qt.CheckState.Unchecked)
    assert dialog.take_button.text() in ("Date 1 layer", "Date 2 layers")
    QTest.mouseClick(dialog.none_button, Qt.MouseButton.LeftButton)
    assert not dialog.take_button.isEnabled()
    QTest.mouseClick(dialog.all_button, Qt.MouseButton.LeftButton)
    assert dialog.take_button.text() == "Date 2 layers", "the one without a date has nothing to take"
    dialog.reject()


@pytest.mark.bounded
def test_the_list_the_strip_and_the_sheet_lead_to_the_table(
    window: MainWindow, several: list[str], qtbot: QtBot
) -> None:
    tree = window.docks.layer_tree
    qtbot.waitUntil(lambda: tree.date_links[1].isVisible())
    assert tree.date_links[0].isHidden()
    assert tree.date_links[1].text() == "3 undated: date them by name…"
    window.panel_context.panel_wanted.emit("time_strip")
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    qtbot.waitUntil(strip.undated.isVisible)
    window.panel_context.do(add_site, Point(*MIDDLE), label="A bend")
    window.panel_context.typing_wanted.emit("observation_sheet")
    sheet = window.docks.observations.panel
    assert isinstance(sheet, ObservationSheet)
    qtbot.waitUntil(sheet.undated.isVisible)
    for link in (tree.date_links[1], sheet.undated):
        click(link)
        qtbot.waitUntil(lambda: window.findChild(LayerDatesDialog) is not None)
        dialog = window.findChild(LayerDatesDialog)
        assert dialog is not None
        assert {row.uuid for row in dialog.rows} == set(several)
        dialog.close()
        qtbot.waitUntil(lambda: window.findChild(LayerDatesDialog) is None)
    for uuid in several[:2]:
        window.panel_context.do(date_layers, {uuid: LayerDate(DAY, "instant", "file name")})
    qtbot.waitUntil(lambda: tree.date_links[1].isHidden() and sheet.undated.text().startswith("1 undated: state"))
    assert tree.date_links[0].isHidden(), "the name of the last one has no date to offer"


@pytest.mark.bounded
def test_the_one_undated_image_is_dated_below_the_list(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    link = window.docks.layer_tree.date_links[0]
    qtbot.waitUntil(link.isVisible)
    assert link.text() == "31 August 2020, from the file’s name: state it?"
    click(link)
    assert only_layer(window).date_basis == "file name"
    qtbot.waitUntil(link.isHidden)


@pytest.mark.bounded
def test_images_hidden_under_others_are_counted_below_the_list(
    window: MainWindow, several: list[str], qtbot: QtBot
) -> None:
    tree = window.docks.layer_tree
    qtbot.waitUntil(lambda: tree.hidden.isVisible())
    assert tree.hidden.text() == "2 hidden under others: step through…"
    window.panel_context.do(update_layer, several[2], visible=False)
    qtbot.waitUntil(lambda: tree.hidden.text().startswith("1 hidden"))
    click(tree.hidden)
    assert window.docks.time_strip.isVisible()


@pytest.mark.bounded
def test_the_keyboard_goes_with_the_link_into_the_strip_and_stays_there(
    window: MainWindow, several: list[str], qtbot: QtBot
) -> None:
    """It stayed on the link, and jumped to the next control once a step uncovered the image."""
    tree = window.docks.layer_tree
    qtbot.waitUntil(lambda: tree.hidden.text().startswith("2 hidden"))
    for number, uuid in enumerate(several):
        window.panel_context.do(date_layers, {uuid: LayerDate(f"2020-0{number + 1}-01", "instant", "analyst")})
    settle(window, qtbot)
    tree.hidden.setFocus()
    press(Qt.Key.Key_Space)
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    qtbot.waitUntil(strip.view.hasFocus)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Return):
        press(key)
        settle(window, qtbot)
        assert strip.view.hasFocus()


@pytest.mark.bounded
def test_the_key_of_the_strip_leads_into_it_though_its_scenes_come_later(
    window: MainWindow, several: list[str], desk: Desk, qtbot: QtBot
) -> None:
    window.panel_context.do(date_layers, {several[0]: LayerDate("2020-01-01", "instant", "analyst")})
    window.views.show_layer(several[0])
    settle(window, qtbot)
    window.canvas.setFocus()
    press(Qt.Key.Key_F9)
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    assert strip.place.hasFocus(), "there is no scene in it yet"
    press(Qt.Key.Key_End)
    assert strip.place.currentIndex() == 0, "a key that is meant for the strip chooses nothing in its head"
    qtbot.waitUntil(strip.view.hasFocus)
    strip.place.setFocus()
    window.panel_context.do(update_layer, several[0], visible=False)
    settle(window, qtbot)
    assert strip.place.hasFocus(), "the keyboard stays where the analyst has put it"


@pytest.mark.bounded
def test_an_image_that_draws_nothing_is_not_told_as_hidden_under_others(
    window: MainWindow, several: list[str], add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    tree, path = window.docks.layer_tree, tmp_path / "empty.tif"
    shutil.copyfile(tmp_path / "c_site.tif", path)
    with rasterio.open(path, "r+") as file:
        file.nodata = 0
        file.write(np.zeros((file.count, file.height, file.width), file.dtypes[0]))
    empty = add_image(path)
    settle(window, qtbot)
    qtbot.waitUntil(lambda: tree.hidden.text().startswith("2 hidden"))
    assert empty not in window.canvas.pane.picture.covered
    for uuid in several[1:]:
        window.panel_context.do(update_layer, uuid, visible=False)
    qtbot.waitUntil(tree.hidden.isHidden)


@pytest.mark.bounded
def test_one_layer_is_shown_alone_and_the_others_come_back(
    window: MainWindow, several: list[str], qtbot: QtBot
) -> None:
    tree, layers = window.docks.layer_tree, window.session.document.layers
    window.panel_context.do(update_layer, several[0], visible=False)

    def shown() -> list[bool]:
        return [layers[uuid].visible for uuid in several]

    def choose(uuid: str, text: str) -> None:
        menu = tree.menu_for(uuid)
        texts = {action.text(): action for action in menu.actions()}
        assert text in texts, sorted(texts)
        texts[text].trigger()
        menu.close()

    choose(several[1], "Show only this")
    assert shown() == [False, True, False]
    choose(several[1], "Show the others again")
    assert shown() == [False, True, True], "what was hidden before stays so"
    choose(several[0], "Show only this")
    assert shown() == [True, False, False]
    window.session.undo()
    assert shown() == [False, True, True]


@pytest.mark.bounded
def test_the_strip_shows_an_image_that_lies_under_others(window: MainWindow, several: list[str], qtbot: QtBot) -> None:
    layers, scenes = window.session.document.layers, window.scenes.desk
    qtbot.waitUntil(window.docks.layer_tree.hidden.isVisible)
    click(window.docks.layer_tree.hidden)
    qtbot.waitUntil(lambda: len(scenes.ticks) == len(several))

    def shown() -> list[bool]:
        settle(window, qtbot)
        return [layers[uuid].visible for uuid in several]

    def enter(number: int) -> list[bool]:
        scenes.choose(next(tick.key for tick in scenes.ticks if tick.layers == (several[number],)))
        window.docks.time_strip.panel.view.setFocus()
        press(Qt.Key.Key_Return)
        return shown()

    assert shown() == [True, True, True]
    steps = window.session.history.stack.count()
    assert enter(0) == [True, False, False], "what lies over it is hidden"
    assert window.session.history.stack.count() == steps + 1
    assert enter(1) == [True, True, False]
    assert enter(0) == [True, False, False]
    assert enter(2) == [True, False, True]
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    assert shown() == [True, True, False], "one step each"


def test_no_layer_is_no_step() -> None:
    with pytest.raises(InvalidValue, match="No layer"):
        date_layers(Document(), {}, actor="Li")


# -- what was marked before ---------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_what_was_marked_before_the_layer_was_dated_is_offered_the_date(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    site = mark(window, desk, qtbot)
    window.selection.set({site.uuid})
    chip(window, qtbot)
    document, history = window.session.document, window.session.history
    (image,), (source,) = document.images.values(), document.sources.values()
    assert (image.acquired_at, source.acquired_at) == ("", "")
    panel = properties(window, qtbot)
    type_date(panel, DAY)
    said = "is now dated 31 August 2020. Made on it before, and still without that date: 1 mark, 2 chips and 1 source."
    assert said in texts(window)
    assert panel.late_date.isVisible()
    steps = history.stack.count()
    QTest.mouseClick(offer_of(window), Qt.MouseButton.LeftButton)
    assert history.stack.count() == steps + 1
    image, source = document.images[image.uuid], document.sources[source.uuid]
    assert (image.acquired_at, image.date_kind, image.date_basis) == (DAY, "instant", "analyst")
    assert (source.acquired_at, source.date_basis) == (DAY, "analyst")
    for one in document.chips.values():
        assert one.acquired_at == "", "a chip keeps its stamp"
        assert chip_date_words(document, one) == f"date unknown; stated later: {DAY} (from the analyst)"
    assert panel.late_date.isHidden()
    assert "now dated 31 August" not in texts(window)
    window.selection.set({site.uuid})
    settle(window, qtbot)
    part = window.findChild(ImagePart)
    assert part is not None
    assert dict(part.facts.facts())["Acquired"] == f"{DAY} (from the analyst)"
    words = [part.chips.item(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(part.chips.count())]
    assert [f"stated later: {DAY}" in said for said in words] == [True, True]
    window.session.undo()
    assert document.images[image.uuid].acquired_at == ""
    assert document.sources[source.uuid].acquired_at == ""
    assert only_layer(window).acquired_at == DAY


@pytest.mark.bounded
def test_the_offer_goes_with_the_date_and_waits_in_the_form(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    mark(window, desk, qtbot)
    panel = properties(window, qtbot)
    click(panel.name_date)
    assert "1 mark and 1 source" in texts(window)
    window.session.undo()
    assert "1 mark and 1 source" not in texts(window)
    assert panel.late_date.isHidden()
    window.session.redo()
    assert panel.late_date.text() == "Marked before it was dated: date 1 mark and 1 source too"
    window.messages.clear("late dates")
    click(panel.late_date)
    (image,) = window.session.document.images.values()
    assert (image.acquired_at, image.date_basis) == (DAY, "file name")
    type_date(panel, "2020-09-01")
    assert "1 mark and 1 source" in texts(window), "the date was corrected"


@pytest.mark.bounded
def test_nothing_is_offered_where_nothing_was_marked(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    panel = properties(window, qtbot)
    type_date(panel, DAY)
    assert "Made on it" not in texts(window)
    assert panel.late_date.isHidden()
    site = mark(window, desk, qtbot)
    assert window.session.document.images[site.image_uuid].acquired_at == DAY


@pytest.mark.bounded
def test_shadows_and_dates_of_sites_follow_in_the_same_step(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    site = mark(window, desk, qtbot)
    document, actor = window.session.document, window.session.actor
    (image,) = document.images.values()
    (layer,) = document.layers
    shape = ShadowMark(1.0, 1.0, image=ShadowImage())
    window.session.push(
        add_site(document, site.geometry, actor=actor, uuid="s", image_uuid=image.uuid, shape_json=as_json(shape))
    )
    seen = Observation(uuid="o", site_uuid="s", image_uuid=image.uuid, presence="present", view_quality="clear")
    window.session.push(Edit("Look", (Change("observations", None, seen),)))
    window.session.push(date_layers(document, {layer: LayerDate(DAY, "instant")}, actor=actor))
    assert evidence_without_date(document, (layer,)).words == "2 marks and 1 source"
    window.session.push(date_evidence(document, (layer,), actor=actor))
    shadow = shape_of(document.sites["s"].shape_json)
    assert isinstance(shadow, ShadowMark)
    assert (shadow.image.acquired_at, shadow.image.date_kind) == (DAY, "instant")
    assert document.sites["s"].observed_at == DAY
    window.session.undo()
    assert document.sites["s"].observed_at == ""


@pytest.mark.bounded
def test_a_source_that_somebody_has_dated_stays(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    mark(window, desk, qtbot)
    document, actor = window.session.document, window.session.actor
    (source,) = document.sources
    (layer,) = document.layers
    window.session.push(update_source(document, source, actor=actor, acquired_at="2019"))
    window.session.push(date_layers(document, {layer: LayerDate(DAY, "instant")}, actor=actor))
    window.session.push(date_evidence(document, (layer,), actor=actor))
    assert document.sources[source].acquired_at == "2019"


@pytest.mark.bounded
def test_credit_and_sensor_stated_later_reach_the_image_and_its_source_in_one_step(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    site = mark(window, desk, qtbot)
    window.selection.set({site.uuid})
    chip(window, qtbot)
    document, history = window.session.document, window.session.history
    (image,), (source,) = document.images.values(), document.sources.values()
    assert (image.credit, image.sensor, source.rights, source.sensor) == ("", "", "", "")
    panel = properties(window, qtbot)
    for column, text in (("credit", "© Planet Labs"), ("sensor", "PlanetScope")):
        field = panel.fields.fields[column]
        field.setFocus()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Key.Key_Return)
    sentence = "states more now (credit, sensor). Made on it before, and still without: 1 mark, 2 chips and 1 source."
    assert sentence in texts(window)
    offer = "Marked before this was stated: state credit, sensor on 1 mark, 2 chips and 1 source too"
    assert panel.late_date.text() == offer
    steps = history.stack.count()
    QTest.mouseClick(offer_of(window, "State It There Too"), Qt.MouseButton.LeftButton)
    assert history.stack.count() == steps + 1
    image, source = document.images[image.uuid], document.sources[source.uuid]
    assert (image.credit, image.sensor) == ("© Planet Labs", "PlanetScope")
    assert (source.rights, source.sensor) == ("© Planet Labs", "PlanetScope")
    assert image.acquired_at == "", "no date was stated"
    pixels = next(row for row in document.chips.values() if row.kind == "pixels")
    assert pixels.credit == "", "a chip keeps its stamp"
    assert chip_credit_words(document, pixels) == "credit not stated; stated later: © Planet Labs"
    assert "states more now" not in texts(window)
    assert panel.late_date.isHidden()
    window.session.undo()
    assert (document.images[image.uuid].credit, document.sources[source.uuid].sensor) == ("", "")


def test_what_was_stated_otherwise_on_purpose_stays() -> None:
    """The sensor of a file that names its platform too, and rights that somebody has typed."""
    layer = Layer(uuid="l", kind="raster", name="S", credit="© ESA", source_json='{"sensor": "MSI"}')
    image = Image(uuid="i", image_key="k", layer_uuid="l", credit="© Copernicus", sensor="Sentinel-2A MSI")
    own = Source(uuid=source_uuid_of("k"), rights="by agreement", sensor="Sentinel-2A MSI")
    document = Document({"layers": [layer], "images": [image], "sources": [own]})
    assert evidence_without(document, ["l"]).facts == ("credit",)
    document.apply(state_on_evidence(document, ["l"], actor="Li"))
    assert (document.images["i"].credit, document.images["i"].sensor) == ("© ESA", "Sentinel-2A MSI")
    assert document.sources[own.uuid].rights == "by agreement"
    assert state_on_evidence(document, ["l"], actor="Li").changes == ()
