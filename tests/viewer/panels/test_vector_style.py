"""The style of a vector layer, made in its form: classes, looks, labels, scales; each gesture one undo step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from layers.errors import GeoloupeError
from layers.formula.budget import Budget
from layers.geo.bounds import Bounds
from layers.vector.columns import attributes_of, column_of
from layers.vector.style.layer_style import VectorStyle
from layers.vector.table import VectorInfo
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk, unnamed
from viewer.panels.access import KnownLayers
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_rows import CLASSES_ROLE
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.vector_style.class_rows import COUNT, LABEL, VALUE
from viewer.panels.vector_style.vector_style_form import VectorStyleForm

BOX = Bounds(0, 0, 1, 1)
FIELDS = (("name", "text"), ("type", "text"), ("height", "real"))
INFO = VectorInfo("/x/sites.gpkg", "GPKG", "sites", "Point", 6, "EPSG:4326", FIELDS, BOX, BOX)
ATTRIBUTES = attributes_of(
    range(6),
    [
        column_of("name", list("abcdef")),
        column_of("type", ["port", "port", "airport", None, "depot", "port"]),
        column_of("height", [1.0, 2.0, 5.0, 9.0, None, 30.0]),
    ],
)


@pytest.fixture
def panel(qtbot, desk: Desk) -> LayerPropertiesPanel:
    desk.context.layers = KnownLayers({"coast": INFO}.get)
    panel = LayerPropertiesPanel(desk.context)
    qtbot.addWidget(panel)
    panel.vector.with_columns = _at_once
    panel.resize(330, 1300)
    panel.show()
    qtbot.waitExposed(panel)
    desk.context.show_layer("coast")
    return panel


def _at_once(_columns: Any, work: Callable, done: Callable, failed: Callable) -> None:
    try:
        done(work(ATTRIBUTES, Budget()))
    except GeoloupeError as error:
        failed(error.sentence)


@pytest.fixture
def form(panel: LayerPropertiesPanel) -> VectorStyleForm:
    return panel.vector


def style_of(desk: Desk) -> VectorStyle:
    return VectorStyle.from_json(desk.document.layers["coast"].style)


def pick(field: Any, value: Any) -> None:
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


def texts(form: VectorStyleForm, column: int) -> list[str]:
    rows = form.classes.rows
    return [rows.data(rows.index(row, column)) for row in range(rows.rowCount())]


def test_categories_by_the_column_that_suggests_itself(form: VectorStyleForm, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "categorised")
    style = style_of(desk)
    assert (style.mode, style.column) == ("categorised", "type")
    assert texts(form, LABEL) == ["airport", "depot", "port", "All others"]
    assert texts(form, COUNT) == ["1", "1", "3", "1"]
    assert [one.symbol.marker for one in style.classes] == ["airfield", "depot", "port"]
    desk.history.undo()
    assert desk.document.layers["coast"].style_json == ""
    assert not form.classes.isVisible()
    assert not desk.history.stack.canUndo(), "one gesture, one step"


def test_a_class_has_its_own_look_label_and_check_box(qtbot, form: VectorStyleForm, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "categorised")
    rows, table = form.classes.rows, form.classes.table
    table.setCurrentIndex(rows.index(2, LABEL))
    assert "port" in form.look_heading.text()
    line = form.look.set.fields["fill_color"].line
    line.selectAll()
    qtbot.keyClicks(line, "#123456")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert [one.symbol.fill_color == "#123456" for one in style_of(desk).classes] == [False, False, True]
    assert table.currentIndex().row() == 2
    assert rows.setData(rows.index(2, LABEL), "Seaports")
    assert rows.setData(rows.index(0, LABEL), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert rows.setData(rows.index(3, LABEL), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    style = style_of(desk)
    assert [one.shown for one in style.classes] == [False, True, True]
    assert style.classes[2].label == "Seaports"
    assert not style.show_other
    for _ in range(4):
        desk.history.undo()
    assert style_of(desk).classes[2].symbol.fill_color != "#123456"
    assert style_of(desk).show_other


def test_classes_move_go_and_come(form: VectorStyleForm, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "categorised")
    rows, table, buttons = form.classes.rows, form.classes.table, form.classes.buttons
    table.setCurrentIndex(rows.index(2, LABEL))
    buttons["up"].click()
    assert [one.value for one in style_of(desk).classes] == ["airport", "port", "depot"]
    assert table.currentIndex().row() == 1
    buttons["remove"].click()
    assert [one.value for one in style_of(desk).classes] == ["airport", "depot"]
    assert texts(form, COUNT) == ["1", "1", "4"], "what has no class is counted with the others"
    buttons["add"].click()
    assert rows.setData(rows.index(2, VALUE), "port")
    assert texts(form, COUNT) == ["1", "1", "3", "1"]
    desk.history.undo()
    desk.history.undo()
    desk.history.undo()
    assert [one.value for one in style_of(desk).classes] == ["airport", "port", "depot"]


def test_graduated(form: VectorStyleForm, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "graduated")
    pick(form.classes.fields.fields["class_count"], 3)
    pick(form.classes.fields.fields["method"], "equal interval")
    style = style_of(desk)
    assert [(one.lower, one.upper) for one in style.classes] == [
        (1, pytest.approx(10.667, abs=0.01)),
        (pytest.approx(10.667, abs=0.01), pytest.approx(20.333, abs=0.01)),
        (pytest.approx(20.333, abs=0.01), 30),
    ]
    assert texts(form, COUNT) == ["4", "0", "1", "1"]
    rows = form.classes.rows
    assert rows.setData(rows.index(0, VALUE), "0 – 5,5")
    assert style_of(desk).classes[0].upper == 5.5
    assert not rows.setData(rows.index(0, VALUE), "five")
    assert "range" in form.classes.fields.refusal.text()
    before = [one.symbol.fill_color for one in style_of(desk).classes]
    pick(form.classes.fields.fields["palette"], "cividis")
    assert [one.symbol.fill_color for one in style_of(desk).classes] != before
    assert style_of(desk).classes[0].upper == 5.5, "other colours leave the limits"


def test_rules(form: VectorStyleForm, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "rules")
    form.classes.buttons["add"].click()
    rows = form.classes.rows
    assert rows.setData(rows.index(0, VALUE), "height > 4 and type is not null")
    assert texts(form, COUNT) == ["2", "4"]
    for wrong, word in (("height >", ""), ("heigth > 4", "no column “heigth”")):
        form.classes.fields.refuse("")
        assert not rows.setData(rows.index(0, VALUE), wrong)
        assert word in form.classes.fields.refusal.text() != ""
    assert texts(form, COUNT) == ["2", "4"], "the rule that stood still holds"
    assert rows.setData(rows.index(0, VALUE), "HEIGHT > 4")


def test_labels_and_scales(qtbot, form: VectorStyleForm, desk: Desk) -> None:
    form.tabs.setCurrentIndex(1)
    text = form.labels.fields.fields["text"]
    assert not form.labels.fields.fields["bold"].isEnabled()
    text.lineEdit().selectAll()
    qtbot.keyClicks(text.lineEdit(), "{name} ({height:.0f} m)")
    qtbot.keyClick(text.lineEdit(), Qt.Key.Key_Return)
    assert style_of(desk).labels.text == "{name} ({height:.0f} m)"
    text.lineEdit().selectAll()
    qtbot.keyClicks(text.lineEdit(), "{name")
    qtbot.keyClick(text.lineEdit(), Qt.Key.Key_Return)
    assert "{" in form.labels.fields.refusal.text()
    pick(form.labels.fields.fields["priority"], "height")
    form.tabs.setCurrentIndex(2)
    scale = form.scale.fields.fields["visible_from"]
    qtbot.keyClicks(scale, "1:250 000")
    qtbot.keyClick(scale, Qt.Key.Key_Return)
    style = style_of(desk)
    assert (style.labels.priority, style.visible_from) == ("height", 250_000)
    assert scale.text().startswith("1:250")


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("text", ["1:25.000", "1:25'000", "25,000", "1 : 25 000", "1/25000"])
def test_a_scale_is_read_as_people_write_it(qtbot, form: VectorStyleForm, desk: Desk, text: str) -> None:
    form.tabs.setCurrentIndex(2)
    scale = form.scale.fields.fields["visible_from"]
    qtbot.keyClicks(scale, text)
    qtbot.keyClick(scale, Qt.Key.Key_Return)
    assert style_of(desk).visible_from == 25_000
    scale.selectAll()
    qtbot.keyClicks(scale, "wide")
    qtbot.keyClick(scale, Qt.Key.Key_Return)
    assert "above 0" in form.scale.fields.refusal.text()
    scale.clear()
    qtbot.keyClick(scale, Qt.Key.Key_Return)
    assert style_of(desk).visible_from == 0.0


def test_a_slider_previews_and_commits_once(form: VectorStyleForm, panel: LayerPropertiesPanel, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "categorised")
    form.classes.table.setCurrentIndex(form.classes.rows.index(1, LABEL))
    shown: list[VectorStyle] = []
    desk.context.layer_previewed.connect(lambda layer: shown.append(VectorStyle.from_json(layer.style)))
    slider = form.look.set.fields["size_px"].slider
    slider.setSliderDown(True)
    slider.setSliderPosition(100)
    slider.setSliderPosition(150)
    assert [style.classes[1].symbol.size_px != style.classes[0].symbol.size_px for style in shown] == [True, True]
    slider.setSliderDown(False)
    assert style_of(desk).classes[1].symbol == shown[-1].classes[1].symbol
    desk.history.undo()
    assert style_of(desk).classes[1].symbol.size_px == 19.0


def test_without_attributes_it_says_so(form: VectorStyleForm, desk: Desk) -> None:
    form.with_columns = None
    pick(form.fields.fields["mode"], "categorised")
    assert "attributes" in form.fields.refusal.text()
    assert desk.document.layers["coast"].style_json == ""
    assert form.fields.fields["mode"].currentData() == "single"


def test_every_control_has_a_name(form: VectorStyleForm) -> None:
    pick(form.fields.fields["mode"], "graduated")
    assert not unnamed(form)


def test_the_layer_tree_shows_the_classes(qtbot, desk: Desk, form: VectorStyleForm) -> None:
    tree = shown(qtbot, LayerTreePanel(desk.context), 300, 500)
    index = tree.model.index(1)
    low = tree.view.visualRect(index).height()
    pick(form.fields.fields["mode"], "categorised")
    lines = index.data(CLASSES_ROLE)
    assert [text for _, text in lines] == ["airport", "depot", "port", "others"]
    qtbot.waitUntil(lambda: tree.view.visualRect(index).height() > low + 4 * 14)
    option = QStyleOptionViewItem()
    option.initFrom(tree.view)
    option.rect = tree.view.visualRect(index)
    option.rect.setHeight(low)
    option.features = QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = tree.view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, tree.view)
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert not desk.document.layers["coast"].visible
    rows = form.classes.rows
    assert rows.setData(rows.index(1, LABEL), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert [text for _, text in index.data(CLASSES_ROLE)] == ["airport", "port", "others"]


def test_graduated_by_size(form: VectorStyleForm, desk: Desk) -> None:
    pick(form.fields.fields["mode"], "graduated")
    pick(form.classes.fields.fields["vary"], "size")
    sizes = [one.symbol.size_px for one in style_of(desk).classes]
    assert sizes == sorted(set(sizes))
    assert not form.classes.fields.fields["palette"].isVisible()
