"""Files that do not settle everything themselves: several layers, tables whose columns say nothing, other readings."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.support.readers.tiny_geopackage import geopackage
from tests.support.readers.tiny_hdf5 import FILES
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.layers.table_dialog import TableDialog
from viewer.panels.layers.table_picker import TablePicker


def layers_of(window: MainWindow) -> list[str]:
    return [layer.name for layer in window.session.document.layers_in_order()]


def opened(window: MainWindow, qtbot, path: Path) -> TablePicker | TableDialog:
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: window.layer_questions.dialog is not None, timeout=10_000)
    dialog = window.layer_questions.dialog
    assert isinstance(dialog, TablePicker | TableDialog)
    return dialog


def shown(dialog: TableDialog, qtbot) -> None:
    qtbot.waitUntil(lambda: "Reading" not in dialog.says.text(), timeout=10_000)


@pytest.mark.bounded
def test_a_file_of_several_layers_asks_which(window, qtbot, tmp_path):
    picker = opened(window, qtbot, geopackage(tmp_path / "a.gpkg", "pads", "roads", "лес"))
    assert layers_of(window) == []
    assert window.is_idle()  # it waits for nobody
    assert [picker.list.topLevelItem(row).text(0) for row in range(3)] == ["pads", "roads", "лес"]
    assert picker.add_button.text() == "A&dd 3 layers"
    picker.none_button.click()
    assert not picker.add_button.isEnabled()
    picker.all_button.click()
    picker.list.topLevelItem(1).setCheckState(0, picker.list.topLevelItem(1).checkState(0).Unchecked)
    picker.add_button.click()
    settle(window, qtbot)
    assert layers_of(window) == ["a: pads", "a: лес"]
    window.session.undo()
    assert layers_of(window) == []


@pytest.mark.bounded
def test_where_nobody_can_be_asked_all_layers_are_taken(window, qtbot, tmp_path):
    window.layer_adder.asks = False
    window.opener.open([str(geopackage(tmp_path / "a.gpkg", "pads", "roads"))])
    settle(window, qtbot)
    assert layers_of(window) == ["a: pads", "a: roads"]
    assert window.layer_questions.is_idle


@pytest.mark.bounded
def test_of_many_pictures_in_a_file_the_first_is_ticked(window, qtbot, tmp_path):
    path = tmp_path / "a.h5"
    path.write_bytes(FILES["eos5"])
    picker = opened(window, qtbot, path)
    assert window.layer_questions.dialog.windowTitle() == "Layers of a.h5"
    rows = [picker.list.topLevelItem(row) for row in range(2)]
    assert [row.text(0) for row in rows] == ["Cloud", "Red"]
    assert rows[0].toolTip(0) == "HDFEOS/GRIDS/Earth/Data_Fields/Cloud"
    assert [picker.list.headerItem().text(column) for column in range(3)] == ["Name", "Size", ""]
    assert [row.text(1) for row in rows] == ["30 × 20 int16"] * 2
    assert picker.add_button.text() == "A&dd 1 layer"
    rows[0].setCheckState(0, Qt.CheckState.Unchecked)
    rows[1].setCheckState(0, Qt.CheckState.Checked)
    picker.add_button.click()
    settle(window, qtbot)
    (layer,) = window.session.document.layers_in_order()
    assert (layer.name, layer.source["part"]) == ("a: Red", "HDFEOS/GRIDS/Earth/Data_Fields/Red")


@pytest.mark.bounded
def test_where_nobody_can_be_asked_one_picture_is_taken(window, qtbot, tmp_path):
    (tmp_path / "a.h5").write_bytes(FILES["eos5"])
    window.layer_adder.asks = False
    window.opener.open([str(tmp_path / "a.h5")])
    settle(window, qtbot)
    (layer,) = window.session.document.layers_in_order()
    assert layer.source["part"].endswith("Cloud")


def test_giving_up_adds_nothing_and_the_next_file_is_asked_about(window, qtbot, tmp_path):
    first = opened(window, qtbot, geopackage(tmp_path / "a.gpkg", "pads", "roads"))
    window.opener.open([str(geopackage(tmp_path / "b.gpkg", "x", "y"))])
    qtbot.waitUntil(lambda: window.layer_questions.waiting == 1, timeout=10_000)
    first.reject()
    second = window.layer_questions.dialog
    assert "b.gpkg" in second.windowTitle()
    second.reject()
    assert layers_of(window) == []


@pytest.mark.bounded
def test_a_table_whose_columns_say_nothing_is_asked_about(window, qtbot, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("place name;eins;zwei\nВосточный;400000;5750000\nnowhere;;\n", encoding="cp1251")
    dialog = opened(window, qtbot, path)
    shown(dialog, qtbot)
    assert "choose the columns" in dialog.says.text()
    assert not dialog.add_button.isEnabled()
    assert "cp1251" in dialog.evidence.text()
    assert dialog.preview.item(0, 0).text() == "Восточный"
    for key, name in (("x", "eins"), ("y", "zwei")):
        box = dialog.columns[key]
        box.setCurrentIndex(box.findData(name))
        box.activated.emit(box.currentIndex())
    shown(dialog, qtbot)
    assert "name their CRS" in dialog.says.text()
    dialog.crs.setFocus()
    dialog.crs.setText("EPSG:32652")
    dialog.crs.textEdited.emit("EPSG:32652")
    qtbot.waitUntil(lambda: "It would lie" in dialog.says.text(), timeout=10_000)
    assert dialog.says.text().startswith("1 of the first 2 rows have a place.")
    dialog.add_button.click()
    settle(window, qtbot)
    (layer,) = window.session.document.layers_in_order()
    assert layer.source["options"] == {"x": "eins", "y": "zwei", "crs": "EPSG:32652"}
    bounds = window.scene.drawings[layer.uuid].bounds_lonlat()
    assert bounds.centre == pytest.approx((127.55, 51.89), abs=0.01)


@pytest.mark.bounded
def test_how_a_layer_is_read_can_be_changed_and_undone(window, qtbot, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("lat,lon,lat2,lon2\n51,128,10,20\n", encoding="utf-8")
    window.opener.open([str(path)])
    settle(window, qtbot)
    (layer,) = window.session.document.layers_in_order()
    before = layer.source_json
    window.panel_context.layer_verbs.ask_reading.emit(layer.uuid)
    dialog = window.layer_questions.dialog
    shown(dialog, qtbot)
    for key, name in (("x", "lon2"), ("y", "lat2")):
        dialog.columns[key].setCurrentIndex(dialog.columns[key].findData(name))
    dialog.columns["x"].activated.emit(0)
    shown(dialog, qtbot)
    dialog.add_button.click()
    settle(window, qtbot)
    changed = window.session.document.layers[layer.uuid]
    assert changed.source["options"]["x"] == "lon2"
    assert window.scene.drawings[layer.uuid].bounds_lonlat().centre == (20, 10)
    window.session.undo()
    settle(window, qtbot)
    assert json.loads(window.session.document.layers[layer.uuid].source_json) == json.loads(before)
    assert window.scene.drawings[layer.uuid].bounds_lonlat().centre == (128, 51)
