"""Tests of how a layer was placed, in its properties: the height of an RPC is the analyst's to choose."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.layer import Layer
from layers.geo.measure import distance_m
from tests.support.readers.georeferenced import points_of, with_rpc
from tests.support.readers.tiny_rasters import surface, write_raster
from tests.support.windows import opened
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.canvas.extent import bounds_of_all
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.place_dialog import PlaceDialog


def properties_of(window: MainWindow, qtbot: QtBot, path: Path) -> LayerPropertiesPanel:
    """Open a file, and the properties of its layer."""
    opened(window, path, qtbot)
    window.panel_context.show_layer(layer_of(window).uuid, raise_form=True)
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert isinstance(panel, LayerPropertiesPanel)
    return panel


def layer_of(window: MainWindow) -> Layer:
    return window.session.document.layers_in_order()[-1]


def type_height(panel: LayerPropertiesPanel, qtbot: QtBot, text: str) -> None:
    field = panel.georeferencing.height_field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.bounded
def test_another_height_moves_the_image_and_is_kept_in_the_case(
    make_window: MakeWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    panel = properties_of(window, qtbot, with_rpc(tmp_path))
    assert panel.georeferencing.height_field.isVisible()
    assert panel.georeferencing.height_field.text() == ""
    assert panel.georeferencing.height_field.placeholderText() == "215, the RPC’s own"
    assert "at a height of 215 m above the ellipsoid" in panel.georeferencing.note.text()
    before, picture = bounds_of_all(window.scene), window.canvas.grab_picture()
    type_height(panel, qtbot, "615")
    settle(window, qtbot)
    assert layer_of(window).height_m == 615.0
    after = bounds_of_all(window.scene)
    assert before is not None
    assert after is not None
    moved = distance_m(*before.centre, *after.centre)
    told = float(panel.georeferencing.note.text().split("is drawn ")[1].split(" m")[0])
    assert moved == pytest.approx(4 * told, abs=4.0), "four times what the note says of 100 m"
    assert "at a height of 615 m above the ellipsoid (chosen by the analyst)" in panel.georeferencing.note.text()
    assert any(name == "Georeferencing" and "615 m" in text for name, text in panel.facts.facts())
    assert not any(name == "Note" and "RPC" in text for name, text in panel.facts.facts()), "said once"
    assert window.canvas.grab_picture() != picture
    window.session.undo()
    settle(window, qtbot)
    assert layer_of(window).height_m is None
    assert bounds_of_all(window.scene) == before
    assert window.canvas.grab_picture() == picture
    window.session.redo()
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    other = make_window()
    opened(other, tmp_path / "case.gpkg", qtbot)
    assert layer_of(other).height_m == 615.0
    assert bounds_of_all(other.scene) == after


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("text", ["20000", "-1001", "high"])
def test_a_height_that_is_none_is_refused(window: MainWindow, tmp_path: Path, qtbot: QtBot, text: str) -> None:
    panel = properties_of(window, qtbot, with_rpc(tmp_path))
    type_height(panel, qtbot, text)
    assert "height" in panel.georeferencing.fields.refusal.text().casefold()
    assert text in panel.georeferencing.fields.refusal.text()
    assert panel.georeferencing.fields.refusal.isVisible()
    assert layer_of(window).height_m is None
    assert panel.georeferencing.height_field.text() == text, "to be mended"


@pytest.mark.bounded
def test_control_points_tell_how_far_they_are_off(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    values = surface().astype(np.uint8)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", None, gcps=points_of(25.0, 3))
    panel = properties_of(window, qtbot, path)
    assert "9 control points (second order), up to" in panel.georeferencing.note.text()
    assert any(name == "Georeferencing" and text.startswith("9 control points") for name, text in panel.facts.facts())
    assert not panel.georeferencing.height_field.isVisible()


@pytest.mark.bounded
def test_a_transform_has_no_height_and_can_be_doubted(window: MainWindow, qtbot: QtBot) -> None:
    panel = properties_of(window, qtbot, sample_data.path("blue_marble.tif"))
    assert not panel.georeferencing.height_field.isVisible()
    assert not panel.georeferencing.note.isVisible()
    assert ("Georeferencing", "the transform in the file") in panel.facts.facts()
    qtbot.mouseClick(panel.georeferencing.ask_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(PlaceDialog)
    assert isinstance(dialog, PlaceDialog)
    assert "says that it is in WGS 84" in dialog.question.lack
    dialog.reject()


@pytest.mark.bounded
def test_a_crs_that_is_none_is_refused(window: MainWindow, qtbot: QtBot) -> None:
    panel = properties_of(window, qtbot, sample_data.path("blue_marble.tif"))
    field = panel.georeferencing.fields.fields["crs"]
    qtbot.keyClicks(field, "nonsense")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "nonsense" in panel.georeferencing.fields.refusal.text()
    assert layer_of(window).crs == ""


@pytest.mark.bounded
def test_security_fields_and_extensions_of_a_nitf_are_shown(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "a.ntf"
    tags = {"FSCLAS": "R", "FSREL": "REL TO NATO", "ISCLAS": "U", "TRE": "USE00A=045" + " " * 104}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(
            path,
            "w",
            driver="NITF",
            width=128,
            height=128,
            count=1,
            dtype="uint8",
            ICORDS="G",
            crs="EPSG:4326",
            transform=rasterio.transform.from_bounds(10, 50, 11, 51, 128, 128),
            **tags,
        ) as out:
            out.write(surface().astype(np.uint8))
    shown = properties_of(window, qtbot, path).facts.facts()
    assert ("File: classification", "R (restricted)") in shown
    assert ("File: releasing instructions", "REL TO NATO") in shown
    assert ("Image: classification", "U (unclassified)") in shown
    assert ("TRE USE00A", "045") in shown
    assert not any(name.endswith("downgrade") for name, _ in shown), "what is empty is left out"
