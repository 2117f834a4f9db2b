"""Channels from different files: in the dialog, on the map, undone, saved, reopened, and with a file missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.errors import InvalidValue
from tests.support.pictures import map_of
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from tests.viewer.panels.conftest import unnamed
from tests.viewer.rendering.conftest import write_raster
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.panels.raster_style.combine_dialog import CombineDialog

RED = np.stack([np.full((120, 160), 200), np.full((120, 160), 90)]).astype(np.uint8)
GREEN = np.full((1, 60, 80), 120, np.uint8)
GROUND = (14, 26, 36)
BLUE = np.full((1, 200, 200), 40, np.uint16)


@pytest.fixture
def three(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> dict[str, Layer]:
    """Three images of one place in three CRSs and resolutions, by name; "blue" is dated, "red" lies on top."""
    write_raster(tmp_path / "blue.tif", BLUE, "EPSG:4326", 8.9, 47.35, 0.001)
    write_raster(tmp_path / "green.tif", GREEN, "EPSG:32632", 498000.0, 5232000.0, 100.0)
    write_raster(tmp_path / "red.tif", RED, "EPSG:3857", 1.0e6, 5.98e6, 50.0)
    window.opener.open([str(tmp_path / f"{name}.tif") for name in ("blue", "green", "red")])
    settle(window, qtbot)
    document = window.session.document
    layers = {layer.name: layer for layer in document.layers.values()}
    dated = {"acquired_at": "2020-05-01", "date_kind": "instant", "credit": "ESA"}
    window.session.push(update_layer(document, layers["blue"].uuid, actor="me", **dated))
    window.panel_context.show_layer(layers["red"].uuid)
    settle(window, qtbot)
    return layers


def combine(window: MainWindow, qtbot: QtBot) -> Layer:
    window.action_table["combine_bands"].trigger()
    (dialog,) = window.findChildren(CombineDialog)
    dialog.combine_button.click()
    settle(window, qtbot)
    return window.session.document.layers[dialog.combined]


def colour(window: MainWindow, qtbot: QtBot, layer: Layer) -> tuple[int, ...]:
    """In the middle of the layer on the map: red, green, blue."""
    window.panel_context.view.show_layer(layer.uuid)
    settle(window, qtbot)
    view = window.canvas.viewport.view()
    picture = map_of(window.scene, view)
    return tuple(int(v) for v in picture[view.height // 2, view.width // 2, ::-1])


def hide_others(window: MainWindow, kept: Layer) -> None:
    for layer in list(window.session.document.layers.values()):
        if layer.uuid != kept.uuid:
            window.session.push(update_layer(window.session.document, layer.uuid, actor="me", visible=False))


def test_the_dialog_offers_the_layers_and_their_bands(window: MainWindow, three: dict, qtbot: QtBot) -> None:
    window.action_table["combine_bands"].trigger()
    (dialog,) = window.findChildren(CombineDialog)
    assert unnamed(dialog) == []
    assert [field.currentText() for field in dialog.layers] == ["red", "green", "blue"]
    assert [dialog.bands[0].itemText(n) for n in range(dialog.bands[0].count())] == ["1", "2"]
    assert dialog.note.text().startswith(
        "Channels of different dates: “red” date unknown; “green” date unknown; “blue” 2"
    )
    dialog.bands[0].activated.emit(1)
    dialog.layers[2].activated.emit(0)
    assert [field.currentText() for field in dialog.layers] == ["red", "green", "red"]
    assert dialog.bands[0].currentText() == "2"
    dialog.reject()


@pytest.mark.bounded
def test_each_channel_is_of_its_own_file(window: MainWindow, three: dict, qtbot: QtBot) -> None:
    layer = combine(window, qtbot)
    assert window.panel_context.layer_uuid == layer.uuid
    assert layer.name == "Combined red, green, blue"
    assert layer.style["bands"] == [1, 3, 4]
    hide_others(window, layer)
    assert colour(window, qtbot, layer) == (200, 120, 0)  # blue's 40 is all it has: the low end of its stretch
    window.session.push(
        update_layer(
            window.session.document,
            layer.uuid,
            actor="me",
            style_json='{"bands": [2, 3, 4], "stretches": [[0, 255, 1], [0, 255, 1], [0, 80, 1]]}',
        )
    )
    assert colour(window, qtbot, layer) == (90, 120, 128)
    for _ in range(5):
        window.session.undo()
    assert layer.uuid not in window.session.document.layers


@pytest.mark.bounded
def test_its_date_is_that_of_what_is_shown(window: MainWindow, three: dict, qtbot: QtBot) -> None:
    layer = combine(window, qtbot)
    hide_others(window, layer)
    view = window.canvas.viewport.view()
    assert window.scene.stack.credits(view) == ["red, credit not given; green, credit not given; ESA (composite)"]
    plain = '{"bands": [4]}'
    window.session.push(update_layer(window.session.document, layer.uuid, actor="me", style_json=plain))
    settle(window, qtbot)
    assert window.scene.stack.credits(view) == ["ESA (1 May 2020)"]


@pytest.mark.bounded
def test_it_is_saved_and_a_missing_file_is_a_badge(
    window: MainWindow, three: dict, qtbot: QtBot, tmp_path: Path, answers: Answers, make_window: MakeWindow
) -> None:
    layer = combine(window, qtbot)
    hide_others(window, layer)
    before = colour(window, qtbot, layer)
    shown = '{"bands": [1, 2, 4], "stretches": [[0, 255, 1], [0, 255, 1], [0, 80, 1]]}'
    window.session.push(update_layer(window.session.document, layer.uuid, actor="me", style_json=shown))
    answers.path = tmp_path / "case.gpkg"
    window.file_menu.save()
    settle(window, qtbot)
    (tmp_path / "green.tif").rename(tmp_path / "away.tif")
    other = make_window()
    opened(other, answers.path, qtbot)
    assert "green.tif" in other.scene.stack.problems()[layer.uuid], "though nothing of it is shown"
    assert colour(other, qtbot, layer) == (200, 90, 128)
    needing = json.dumps(layer.style)
    other.session.push(update_layer(other.session.document, layer.uuid, actor="me", style_json=needing))
    assert colour(other, qtbot, layer) == GROUND
    other.session.undo()
    assert colour(other, qtbot, layer) == (200, 90, 128)
    (tmp_path / "away.tif").rename(tmp_path / "green.tif")
    other.session.redo()
    other.scene.drawings[layer.uuid].reload()
    settle(other, qtbot)
    assert layer.uuid not in other.scene.stack.problems()
    assert colour(other, qtbot, layer) == before


@pytest.mark.bounded
def test_what_cannot_be_done_is_refused(window: MainWindow, three: dict, qtbot: QtBot) -> None:
    layer = combine(window, qtbot)
    with pytest.raises(InvalidValue, match="own CRS"):
        update_layer(window.session.document, layer.uuid, actor="me", crs="EPSG:4326")
    window.action_table["combine_bands"].trigger()
    dialog = window.findChildren(CombineDialog)[-1]
    names = [dialog.layers[0].itemText(n) for n in range(dialog.layers[0].count())]
    assert names == ["red", "green", "blue"]
    dialog.reject()


@pytest.mark.bounded
def test_images_of_different_places_are_refused_in_the_dialog(
    window: MainWindow, three: dict, qtbot: QtBot, tmp_path: Path
) -> None:
    write_raster(tmp_path / "far.tif", GREEN, "EPSG:4326", 100.0, 10.0, 0.001)
    opened(window, tmp_path / "far.tif", qtbot)
    window.action_table["combine_bands"].trigger()
    (dialog,) = window.findChildren(CombineDialog)
    far = dialog.layers[0].findText("far")
    dialog.layers[0].activated.emit(far)
    assert "do not overlap" in dialog.refusal.text()
    assert not dialog.combine_button.isEnabled()
    dialog.reject()


@pytest.mark.bounded
def test_its_stretch_is_found_in_all_its_files(window: MainWindow, three: dict, qtbot: QtBot) -> None:
    layer = combine(window, qtbot)
    window.docks.show_panel("layer_properties")
    fields = window.docks.details.currentWidget().panel.raster.stretch.fields.fields
    fields["method"].committed.emit("minmax")
    settle(window, qtbot)
    stretches = window.session.document.layers[layer.uuid].style["stretches"]
    assert [low for low, _high, _gamma in stretches] == [200, 120, 40]
