"""Tests of what paths and addresses become."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import geopandas as gpd
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.document import Document
from layers.geo.crs import PIXEL_SPACE
from layers.project.saving.publish import write_case
from tests.layers.services.stac.made import as_bytes, item
from tests.support.windows import make_panels, opened
from tests.viewer.app.conftest import Answers, settle
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.canvas.extent import bounds_of_all
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.time_strip.archive_dialog import ArchiveDialog

POINT = {"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "Point", "coordinates": [37.6, 55.7]}}


def _layers(window: MainWindow) -> list[tuple[str, str]]:
    return [(layer.kind, layer.name) for layer in window.session.document.layers_in_order()]


@pytest.mark.bounded
def test_files_become_layers_in_one_undoable_step(window: MainWindow, points: Path, qtbot: QtBot) -> None:
    window.opener.open([str(sample_data.path("blue_marble.tif")), str(points)])
    settle(window, qtbot)
    assert _layers(window) == [("raster", "blue_marble"), ("vector", "points")]
    assert window.pages.currentWidget() is window.canvas
    window.session.undo()
    assert _layers(window) == []
    window.session.redo()
    assert len(_layers(window)) == 2


def test_a_file_is_shown_where_it_is(window: MainWindow, points: Path, qtbot: QtBot) -> None:
    opened(window, points, qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(37.6, abs=0.2), pytest.approx(55.7, abs=0.2))


@pytest.mark.parametrize("name", ["early.tif", "early.pmtiles"])
def test_the_address_of_a_cog_or_of_pmtiles_becomes_a_layer_and_allows_its_host(
    window: MainWindow, qtbot: QtBot, name: str
) -> None:
    window.opener.open([f"https://files.example.org/scenes/{name}?v=1"])
    settle(window, qtbot)
    assert _layers(window) == [("raster", "early")]
    (layer,) = window.session.document.layers.values()
    assert layer.source == {"address": f"https://files.example.org/scenes/{name}?v=1"}
    assert window.context.consent.permits("files.example.org")


@pytest.mark.bounded
def test_a_case_and_files_together(window: MainWindow, points: Path, tmp_path: Path, qtbot: QtBot) -> None:
    write_case(Document(), tmp_path / "case.gpkg")
    window.opener.open([str(points), str(tmp_path / "case.gpkg")])
    settle(window, qtbot)
    assert window.session.target == tmp_path / "case.gpkg"
    assert _layers(window) == [("vector", "points")]
    assert window.session.is_dirty


def test_an_address_is_consent_for_its_host(window: MainWindow, qtbot: QtBot) -> None:
    window.opener.open(["https://tiles.example.org/{z}/{x}/{y}.png"])
    qtbot.waitUntil(lambda: window.opener.is_idle)
    assert [kind for kind, _name in _layers(window)] == ["tiles"]
    assert window.settings.get("allowed_hosts") == ["tiles.example.org"]
    assert window.messages.line("consent") is None


def test_the_address_of_a_server_leads_to_the_dialog_and_nobody_is_asked(window: MainWindow, qtbot: QtBot) -> None:
    address = "https://maps.example.org/wms?SERVICE=WMS&REQUEST=GetCapabilities"
    window.opener.open([address])
    dialog = window.findChild(AddImageryDialog)
    assert dialog is not None
    assert dialog.panel.line.text() == address
    settle(window, qtbot)
    row = dialog.panel.current()
    assert row is not None, "lists that came later leave the address"
    assert (row.entry.kind, row.entry.address) == ("wms", address)
    assert window.settings.get("allowed_hosts") == []
    assert _layers(window) == []
    dialog.reject()


@pytest.mark.bounded
def test_an_archive_of_the_list_leads_to_its_question(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.opener.open(["https://planetarycomputer.microsoft.com/api/stac/v1"])
    dialog = window.findChild(AddImageryDialog)
    assert dialog is not None
    assert dialog.add_button.text() == "Search Archive…"
    dialog.add_button.click()
    qtbot.waitUntil(lambda: window.findChild(ArchiveDialog) is not None)
    question = window.findChild(ArchiveDialog)
    assert question is not None
    assert question.entry is not None
    assert question.entry.title == "Planetary Computer"
    window.panel_context.archive_wanted.emit("https://stac.example.org/v1")
    assert question.entry.address == "https://stac.example.org/v1"
    assert window.settings.get("allowed_hosts") == []
    question.close()


def _bad_inputs(folder: Path) -> dict[str, Path]:
    bad = {name: folder / name for name in ("missing.tif", "folder.tif", "text.tif", "pipe.geojson", "empty.gpkg")}
    bad["folder.tif"].mkdir()
    bad["text.tif"].write_text("no picture")
    os.mkfifo(bad["pipe.geojson"])
    bad["empty.gpkg"].write_bytes(b"")
    return bad


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("name", ["missing.tif", "folder.tif", "text.tif", "pipe.geojson", "empty.gpkg"])
def test_bad_input_is_one_sentence(window: MainWindow, tmp_path: Path, name: str, qtbot: QtBot) -> None:
    path = _bad_inputs(tmp_path)[name]
    opened(window, path, qtbot)
    lines = window.messages.lines()
    assert len(lines) == 1
    assert name in lines[0].text
    assert lines[0].level == "error"
    assert window.layer_adder.failures == [lines[0].text]
    assert _layers(window) == []
    assert not window.session.is_dirty


@pytest.mark.bounded
def test_where_nobody_can_be_asked_a_lone_picture_is_in_pixel_space(
    window: MainWindow, tmp_path: Path, points: Path, qtbot: QtBot
) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    assert image.save(str(tmp_path / "photo.png"))
    window.layer_adder.asks = False
    opened(window, tmp_path / "photo.png", qtbot)
    assert _layers(window) == [("raster", "photo")]
    assert window.layer_adder.notices == ["photo.png has no position and no CRS: it is shown in pixel space."]
    viewport = window.canvas.viewport
    assert viewport.crs == PIXEL_SPACE
    assert viewport.centre == (pytest.approx(4.0, abs=0.1), pytest.approx(-4.0, abs=0.1))
    assert max(viewport.view().world_bounds().width, viewport.view().world_bounds().height) < 20
    window.opener.open([str(tmp_path / "photo.png"), str(points)])
    settle(window, qtbot)
    (line,) = window.messages.lines()
    assert "photo.png" in line.text
    assert _layers(window) == [("raster", "photo"), ("vector", "points")]
    assert window.layer_adder.failures == [line.text]


@pytest.mark.bounded
def test_the_good_ones_are_opened_beside_the_bad(
    window: MainWindow, points: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window.opener.open([str(tmp_path / "missing.tif"), str(points), "gibs:no_such_layer"])
    settle(window, qtbot)
    assert _layers(window) == [("vector", "points")]
    assert len(window.layer_adder.failures) == 2


def test_the_layers_of_one_edit_stand_in_their_order() -> None:
    document = Document()
    names = ["a", "b", "c"]
    edit = edit_for(document, [FoundLayer("vector", name, {"path": f"/{name}.geojson"}) for name in names], "me")
    document.apply(edit)
    assert [layer.name for layer in document.layers_in_order()] == names
    document.apply(edit.inverse())
    assert not document.layers


@pytest.mark.bounded
def test_the_properties_of_a_layer_are_known_however_late_they_are_asked_for(
    window: MainWindow, points: Path, qtbot: QtBot
) -> None:
    make_panels(window)
    opened(window, points, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    assert not panel.isVisible()
    window.action_table["layer_properties"].trigger()
    qtbot.waitUntil(panel.isVisible)
    assert panel.vector.isVisibleTo(panel)
    assert "Features" in {label.text() for label in panel.findChildren(QLabel)}


@pytest.mark.bounded
def test_a_geopackage_that_is_no_case_is_added_without_a_question(
    window: MainWindow, answers: Answers, points: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    opened(window, points, qtbot)
    gpd.read_file(points).to_file(tmp_path / "plain.gpkg", layer="plain")
    opened(window, tmp_path / "plain.gpkg", qtbot)
    assert answers.asked == []
    assert [name for _, name in _layers(window)] == ["points", "plain"]


@pytest.mark.bounded
def test_a_case_asks_before_it_takes_the_place_of_another(
    window: MainWindow, answers: Answers, points: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    write_case(Document(), tmp_path / "case.gpkg")
    opened(window, points, qtbot)
    window.opener.open([str(tmp_path / "case.gpkg")])
    qtbot.waitUntil(lambda: answers.asked == ["unsaved New case"])
    settle(window, qtbot)
    assert window.session.target is None, "it was given up"
    answers.unsaved_answer = Unsaved.DISCARD
    window.opener.open([str(tmp_path / "case.gpkg")])
    qtbot.waitUntil(lambda: window.session.target == tmp_path / "case.gpkg", timeout=10_000)


def test_layers_on_both_sides_of_the_antimeridian_are_shown_the_narrow_way(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    paths = [tmp_path / "east.geojson", tmp_path / "west.geojson"]
    for path, lon in zip(paths, (175, 190), strict=True):
        feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, 10]}}
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    window.opener.open([str(path) for path in paths])
    settle(window, qtbot)
    lon, _ = window.canvas.viewport.centre_lonlat()
    assert lon == pytest.approx(-177.5, abs=0.5)
    bounds = bounds_of_all(window.scene)
    assert bounds is not None
    assert bounds.width == pytest.approx(15)
    window.views.show_everything()
    assert window.canvas.viewport.centre_lonlat()[0] == pytest.approx(-177.5, abs=0.5)


@pytest.mark.bounded
def test_a_dropped_item_of_a_catalogue_is_its_image_and_not_its_outline(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    shutil.copy(sample_data.path("blue_marble.tif"), tmp_path / "scene.tif")
    here = {"visual": {"href": "./scene.tif", "type": "image/tiff", "roles": ["visual"]}}
    (tmp_path / "here.json").write_bytes(as_bytes(item(assets=here)))
    (tmp_path / "far.json").write_bytes(as_bytes(item()))
    window.opener.open([str(tmp_path / "here.json"), str(tmp_path / "far.json")])
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert (layer.kind, layer.source["path"]) == ("raster", str(tmp_path / "scene.tif"))
    assert (layer.acquired_at, layer.date_basis) == ("2026-03-01T10:20:30Z", "catalogue")
    dialog = window.findChild(AddImageryDialog)
    assert dialog is not None, "the picture of the other one is on a host: its dialog asks"
    qtbot.waitUntil(lambda: dialog.panel.current() is not None and dialog.panel.current().item is not None)
    assert dialog.panel.current().picture == "https://files.example.org/scene.tif"
    dialog.reject()
