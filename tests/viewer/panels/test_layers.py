"""The layer tree and the properties of a layer."""

from __future__ import annotations

import json

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QStyle, QStyleOptionViewItem

from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.raster.info import BandInfo, RasterInfo
from layers.vector.table import VectorInfo
from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk, small_case
from viewer.commands.layers import update_layer
from viewer.commands.meta import sites_visible
from viewer.panels.access import KnownLayers
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_rows import MIME
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.support.icons import line_icon
from viewer.support.language.text import unbroken

BOX = Bounds(0, 0, 1, 1)
BANDS = tuple(
    BandInfo(n, "uint16", None, "", color, 100.0 * n, 5000.0)
    for n, color in enumerate(("red", "green", "blue", "nir"), 1)
)
RASTER = RasterInfo("/x/scene.tif", "GTiff", 100, 80, BANDS, "EPSG:32652", (30, 0, 0, 0, -30, 0), BOX, BOX)
VECTOR = VectorInfo("/x/coast.geojson", "GeoJSON", "coast", "Point", 3, "EPSG:4326", (("name", "text"),), BOX, BOX)


@pytest.fixture
def tree(qtbot, desk: Desk) -> LayerTreePanel:
    return shown(qtbot, LayerTreePanel(desk.context), 320, 400)


@pytest.fixture
def properties(qtbot, desk: Desk) -> LayerPropertiesPanel:
    desk.context.layers = KnownLayers({"base": RASTER, "coast": VECTOR}.get)
    return shown(qtbot, LayerPropertiesPanel(desk.context), 330, 900)


def _names(tree: LayerTreePanel) -> list[str]:
    return [tree.model.data(tree.model.index(row)) for row in range(tree.model.rowCount())]


def _click_box(qtbot, tree: LayerTreePanel, row: int) -> None:
    view, option = tree.view, QStyleOptionViewItem()
    index = tree.model.index(row)
    option.initFrom(view)
    option.rect = view.visualRect(index)
    option.features = QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


def _click(qtbot, tree: LayerTreePanel, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    rect = tree.view.visualRect(tree.model.index(row))
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, modifier, rect.center() + QPoint(20, 0))


def test_the_sites_are_on_top_and_the_topmost_layer_next(tree: LayerTreePanel) -> None:
    assert _names(tree) == ["Sites", "Coast", "Night lights", "Blue Marble"]


def test_a_check_box_hides_and_undo_shows(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    _click_box(qtbot, tree, 1)
    assert not desk.document.layers["coast"].visible
    assert desk.history.undo_text() == "Hide layer “Coast”"
    desk.history.undo()
    assert desk.document.layers["coast"].visible
    _click_box(qtbot, tree, 0)
    assert not sites_visible(desk.document)
    desk.history.undo()
    assert sites_visible(desk.document)


def test_f2_renames_in_place(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    _click(qtbot, tree, 2)
    qtbot.keyClick(tree.view, Qt.Key.Key_F2)
    editor = tree.view.viewport().findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "Night")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.document.layers["night"].name == "Night")
    desk.history.undo()
    assert _names(tree)[2] == "Night lights"


def test_a_layer_is_dragged_to_its_place(tree: LayerTreePanel, desk: Desk) -> None:
    data = tree.model.mimeData([tree.model.index(3)])
    assert bytes(data.data(MIME).data()) == b"base"
    assert tree.model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex()) is False
    assert _names(tree) == ["Sites", "Blue Marble", "Coast", "Night lights"]
    assert [layer.uuid for layer in desk.document.layers_in_order()] == ["night", "coast", "base"]
    tree.model.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    assert _names(tree) == ["Sites", "Coast", "Blue Marble", "Night lights"]
    tree.model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert _names(tree)[0:2] == ["Sites", "Blue Marble"]
    tree.model.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, QModelIndex())
    assert _names(tree)[-1] == "Blue Marble"
    assert not tree.model.dropMimeData(QMimeData(), Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    while desk.history.stack.canUndo():
        desk.history.undo()
    assert _names(tree) == ["Sites", "Coast", "Night lights", "Blue Marble"]


def test_keys_and_buttons_move_and_remove(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    _click(qtbot, tree, 3)
    assert desk.context.layer_uuid == "base"
    assert not tree.down_button.isEnabled()
    qtbot.mouseClick(tree.up_button, Qt.MouseButton.LeftButton)
    assert _names(tree) == ["Sites", "Coast", "Blue Marble", "Night lights"]
    assert desk.context.layer_uuid == "base"
    qtbot.mouseClick(tree.down_button, Qt.MouseButton.LeftButton)
    assert _names(tree)[3] == "Blue Marble"
    _click(qtbot, tree, 2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(tree.view, Qt.Key.Key_Delete)
    assert _names(tree) == ["Sites", "Coast"]
    assert desk.history.undo_text() == "Remove 2 layers"
    desk.history.undo()
    assert _names(tree) == ["Sites", "Coast", "Night lights", "Blue Marble"]


def test_the_sites_are_neither_removed_nor_moved(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    _click(qtbot, tree, 0)
    qtbot.keyClick(tree.view, Qt.Key.Key_Delete)
    assert not tree.remove_button.isEnabled()
    assert not desk.history.stack.canUndo()
    assert not tree.model.flags(tree.model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_an_opacity_drag_is_previewed_and_one_step(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    previews: list[float] = []
    desk.context.layer_previewed.connect(lambda layer: previews.append(layer.opacity))
    _click(qtbot, tree, 1)
    slider = tree.opacity.slider
    slider.setSliderDown(True)
    for value in (180, 150, 100):
        slider.setSliderPosition(value)
    assert desk.document.layers["coast"].opacity == 1.0
    slider.setSliderDown(False)
    assert previews == [0.9, 0.75, 0.5]
    assert desk.document.layers["coast"].opacity == 0.5
    desk.history.undo()
    assert desk.document.layers["coast"].opacity == 1.0
    assert slider.value() == 200
    assert not desk.history.stack.canUndo()


def test_steps_by_key_are_one_step_and_go_to_their_layer(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    _click(qtbot, tree, 1)
    for _ in range(3):
        qtbot.keyClick(tree.opacity.slider, Qt.Key.Key_PageDown)
    desk.context.show_layer("night")
    assert desk.document.layers["coast"].opacity == pytest.approx(0.7)
    assert desk.document.layers["night"].opacity == 1.0
    desk.history.undo()
    assert not desk.history.stack.canUndo()


def test_a_problem_is_a_badge_with_an_escaped_sentence(tree: LayerTreePanel) -> None:
    index = tree.model.index(2)
    before = tree.model.data(index, Qt.ItemDataRole.DecorationRole).cacheKey()
    tree.set_problem("night", "<b>night.tif</b> is missing: choose it again.")
    assert tree.model.data(index, Qt.ItemDataRole.DecorationRole).cacheKey() != before
    tip = tree.model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert "<b>" in unbroken(tip)
    assert not QtGui.Qt.mightBeRichText(tip)
    tree.set_problem("night", "")
    assert tree.model.data(index, Qt.ItemDataRole.DecorationRole).cacheKey() == before
    tree.set_problem("gone", "x")


def test_of_very_many_layers_each_that_comes_to_grief_looks_at_none_of_the_others(
    tree: LayerTreePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 5,000 layers whose files are gone a case took more than a minute to open and to close."""
    looked: list[int] = []
    monkeypatch.setattr(tree.view, "isRowHidden", lambda row, _parent: (looked.append(row), False)[1])
    tree.set_problem("night", "It is missing.")
    tree.set_problem("night", "")
    assert not looked
    tree.filter.setText("night")
    assert looked, "it is by their names that the filter finds layers"


def test_the_menu_does_what_it_says(qtbot, tree: LayerTreePanel, desk: Desk) -> None:
    menu = tree.menu_for("night")
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == [
        *("Zoom to layer", "Properties…", "Rename", "Move up", "Move down"),
        *("Show only this", "Co&mment…", "&History", "Remove"),
    ]
    actions["Zoom to layer"].trigger()
    actions["Properties…"].trigger()
    actions["Move up"].trigger()
    assert desk.visited_layers == ["night"]
    assert desk.wanted == ["layer_properties"]
    assert _names(tree)[1] == "Night lights"
    actions["Remove"].trigger()
    assert "night" not in desk.document.layers


def test_the_tree_follows_another_document(tree: LayerTreePanel, desk: Desk) -> None:
    desk.context.show_layer("base")
    other = small_case()
    other.apply(update_layer(other, "coast", actor="Li", name="Shore"))
    desk.context.set_document(other)
    assert _names(tree)[1] == "Shore"
    assert not tree.opacity.isEnabled()


# -- properties ---------------------------------------------------------------------------------------------------


def test_no_layer_says_what_to_do(properties: LayerPropertiesPanel) -> None:
    assert properties.page.currentWidget() is properties.page.hint


def test_credit_and_date_are_edited_and_a_bad_date_is_refused(qtbot, properties, desk: Desk) -> None:
    desk.context.show_layer("base")
    date = properties.fields.fields["acquired_at"]
    qtbot.keyClicks(date, "yesterday")
    qtbot.keyClick(date, Qt.Key.Key_Return)
    assert properties.fields.refusal.isVisible()
    assert date.text() == "yesterday", "to be mended"
    date.selectAll()
    qtbot.keyClicks(date, "2004-06")
    qtbot.keyClick(date, Qt.Key.Key_Return)
    assert desk.document.layers["base"].acquired_at == "2004-06"


@popup
def test_bands_and_stretch_of_a_raster(qtbot, properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.show_layer("base")
    assert properties.raster.isVisible()
    assert not properties.vector.isVisible()
    fields = properties.raster.fields.fields
    assert [fields[f"band{place}"].currentData() for place in range(3)] == [1, 2, 3]
    choose_by_keys(fields["band0"], "4")
    style = desk.document.layers["base"].style
    assert style["bands"] == [4, 2, 3]
    assert style["stretches"][0][:2] == [400.0, 5000.0]
    low = fields["low1"]
    low.setFocus()
    low.selectAll()
    qtbot.keyClicks(low, "-3.5")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    assert desk.document.layers["base"].style["stretches"][1][0] == -3.5
    low.selectAll()
    qtbot.keyClicks(low, "dark")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    assert properties.raster.fields.refusal.isVisible()
    assert low.text() == "dark", "to be mended"
    qtbot.mouseClick(properties.raster.reset_button, Qt.MouseButton.LeftButton)
    assert desk.document.layers["base"].style_json == ""
    desk.history.undo()
    desk.history.undo()
    assert low.text() == "200"


@popup
def test_one_band_gets_a_colour_map(qtbot, properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.show_layer("base")
    form = properties.raster
    assert not form.looks.fields["colormap"].isVisible()
    choose_by_keys(form.mode, "One")
    assert desk.document.layers["base"].style["bands"] == [1]
    assert not form.fields.fields["band1"].isVisible()
    choose_by_keys(form.looks.fields["colormap"], "vir")
    assert desk.document.layers["base"].style["colormap"] == "viridis"


def test_a_gamma_drag_is_previewed_and_one_step(properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.show_layer("base")
    previews: list[str] = []
    desk.context.layer_previewed.connect(lambda layer: previews.append(layer.style_json))
    slider = properties.raster.looks.fields["gamma"].slider
    slider.setSliderDown(True)
    slider.setSliderPosition(100)
    slider.setSliderPosition(150)
    assert len(previews) == 2
    assert desk.document.layers["base"].style_json == ""
    slider.setSliderDown(False)
    gammas = {stretch[2] for stretch in desk.document.layers["base"].style["stretches"]}
    assert gammas == {json.loads(previews[-1])["stretches"][0][2]}
    desk.history.undo()
    assert not desk.history.stack.canUndo()


def test_a_vector_style(qtbot, properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.show_layer("coast")
    assert properties.vector.isVisible()
    fields = properties.vector.look.set.fields
    line = fields["stroke_color"].line
    line.selectAll()
    qtbot.keyClicks(line, "#00ff00")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert desk.document.layers["coast"].style["stroke_color"] == "#00ff00"
    line.selectAll()
    qtbot.keyClicks(line, "green")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert properties.vector.look.set.refusal.isVisible()
    properties.vector.tabs.setCurrentIndex(1)
    text = properties.vector.labels.fields.fields["text"]
    text.lineEdit().selectAll()
    qtbot.keyClicks(text.lineEdit(), "name")
    qtbot.keyClick(text.lineEdit(), Qt.Key.Key_Return)
    assert desk.document.layers["coast"].style["labels"]["text"] == "name"


def test_a_style_that_does_not_fit_is_said(properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.push(update_layer(desk.document, "base", actor="Li", style_json='{"bands": [9]}'))
    desk.context.show_layer("base")
    assert "choose a style" in properties.raster.fields.refusal.text()


def test_facts_are_plain_text(properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.show_layer("base")
    texts = [label.text() for label in properties.findChildren(QLabel)]
    assert "100 × 80 px" in texts
    for label in properties.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText, label.text()
    desk.context.show_layer("night")
    assert properties.unread.isVisible()


def test_a_file_read_later_brings_its_style(properties: LayerPropertiesPanel, desk: Desk) -> None:
    desk.context.show_layer("night")
    properties.look_again()
    assert properties.unread.isVisible()
    desk.context.layers = KnownLayers({"night": RASTER}.get)
    properties.look_again()
    assert properties.raster.isVisible()
    assert not properties.unread.isVisible()


def test_a_kind_that_is_none_of_ours_is_no_file_name(tree: LayerTreePanel, desk: Desk) -> None:
    """`../mark` stands beside the folder of icons."""
    layer = Layer(uuid="odd", kind="../mark", name="Odd", order_key=99.0)
    desk.context.document.apply(Edit("Add", (Change("layers", None, layer),)))
    row = tree.model.row_of("odd")
    icon = tree.model.data(tree.model.index(row), Qt.ItemDataRole.DecorationRole)
    warning = line_icon("warning", tree.palette())
    assert icon.pixmap(20).toImage() == warning.pixmap(20).toImage()
