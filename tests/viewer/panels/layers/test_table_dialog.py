"""Tests of how a table is to be read: the dialog over a reader in this process."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.vector.table import VectorInfo
from tests.support.readers.raw import raw
from viewer.panels.layers.table_dialog import TableDialog

POOL = ReaderPool(inline=True)


@pytest.fixture
def opened(qtbot, tmp_path: Path):
    def make(text: str, options: dict[str, Any] | None = None) -> TableDialog:
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")

        def ask(options: dict[str, Any], answered) -> None:
            try:
                header = POOL.ask(raw("probe", {"path": str(path), "options": options, "preview": True})).header
            except GeoloupeError as error:
                answered(error)
            else:
                answered([convert(one, VectorInfo) for one in header["layers"]])

        dialog = TableDialog("t.csv", ask, options)
        qtbot.addWidget(dialog)
        return dialog

    return make


def choose(box, value: str) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_one_column_of_two_is_not_enough(opened):
    dialog = opened("name,a,b\nx,51.5,128.25\n")
    choose(dialog.columns["x"], "b")
    assert "choose the columns" in dialog.says.text()
    assert not dialog.add_button.isEnabled()
    choose(dialog.columns["y"], "a")
    assert "1 of the first 1 rows have a place." in dialog.says.text()
    assert dialog.add_button.isEnabled()


def test_swapped_columns_are_told_and_can_be_put_right(opened):
    dialog = opened("name,lat,lon\nx,128.25,51.5\n")
    assert dialog.says.text() == "“lat” and “lon” look swapped: choose them the other way round."
    assert not dialog.add_button.isEnabled()
    choose(dialog.columns["x"], "lat")
    choose(dialog.columns["y"], "lon")
    assert "1 of the first 1 rows have a place." in dialog.says.text()
    assert dialog.options() == {"x": "lat", "y": "lon", "crs": "EPSG:4326"}


def test_degrees_minutes_and_seconds_are_shown_and_another_way_can_be_chosen(opened):
    dialog = opened("lat_deg,lat_min,ns,lon_deg,lon_min,ew,x,y\n51,30,N,128,15,E,7,50\n")
    assert dialog.mode.currentData() == "parts"
    fonts = [dialog.preview.item(0, column).font().bold() for column in range(8)]
    assert fonts == [True] * 6 + [False] * 2
    assert "1 of the first 1 rows have a place." in dialog.says.text()
    assert "x" not in dialog.options()
    choose(dialog.mode, "xy")
    assert dialog.mode.currentData() == "xy"
    assert "choose the columns" in dialog.says.text()
    assert not dialog.add_button.isEnabled()
    choose(dialog.columns["x"], "x")
    choose(dialog.columns["y"], "y")
    assert dialog.add_button.isEnabled()
    assert {key: dialog.options()[key] for key in ("x", "y")} == {"x": "x", "y": "y"}


def test_the_row_of_names_is_shown_and_can_be_chosen(opened):
    dialog = opened("Sites,,\nname,lat,lon\nx,51.5,128.25\ny,51,128\n")
    assert (dialog.header_row.value(), "header_row" in dialog.options()) == (2, False)
    assert "2 of the first 2 rows have a place." in dialog.says.text()
    dialog.header_row.setValue(3)
    assert dialog.preview.horizontalHeaderItem(0).text() == "x"
    assert dialog.options()["header_row"] == 3
    dialog.header_row.setValue(2)
    assert dialog.options()["header_row"] == 2
    assert dialog.preview.horizontalHeaderItem(1).text() == "lat"
    dialog.header.click()
    assert dialog.options() == {"header": False, "crs": "EPSG:4326"} or "header_row" not in dialog.options()
    assert not dialog.form.isRowVisible(dialog.header_row)
    kept = opened("Sites,,\nname,lat,lon\nx,51.5,128.25\n", {"header_row": 2})
    assert kept.options()["header_row"] == 2
