"""Bands of a scene that a catalogue in a folder names: shown by role, chosen by hand, and said what the picture is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from rasterio.transform import from_origin

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.project.opening.intake import read_case
from tests.support import band_files as separate
from tests.support.windows import settle, take_up
from tests.viewer.app.conftest import Answers
from viewer.app.window import MainWindow
from viewer.export.processing import stretch_words
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.panels.raster_style.band_form import BandForm
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.panels.widgets.fields import ChoiceField
from viewer.rendering.raster.raster_drawing import RasterDrawing

NAMES = ("blue", "green", "red", "nir")
BOX = [15.0, 49.95, 15.1, 50.1]
RING = [[15.0, 49.95], [15.1, 49.95], [15.1, 50.1], [15.0, 50.1], [15.0, 49.95]]


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def write_catalogue(folder: Path, *, style: str, bands: int = 4) -> Path:
    """A static catalogue with relative links, of one item whose file has no word on its bands."""
    (folder / "items").mkdir(parents=True)
    pixels = np.random.default_rng(1).integers(100, 3000, (bands, 256, 256)).astype(np.uint16)
    place = {"crs": "EPSG:32633", "transform": from_origin(500_000, 5_550_000, 20, 20)}
    shape = {"width": 256, "height": 256, "count": bands, "dtype": "uint16"}
    with rasterio.open(folder / "items/ortho.tif", "w", driver="COG", blocksize=128, **shape, **place) as file:
        file.write(pixels)
    key = "common_name" if style == "eo:bands" else "eo:common_name"
    listed = [{"name": f"B{at}", key: name} for at, name in enumerate(NAMES, 1)]
    image = {"href": "./ortho.tif", "type": "image/tiff; application=geotiff; profile=cloud-optimized", style: listed}
    item = {
        "type": "Feature",
        "stac_version": "1.1.0" if style == "bands" else "1.0.0",
        "id": "ortho",
        "bbox": BOX,
        "geometry": {"type": "Polygon", "coordinates": [RING]},
        "properties": {"datetime": "2024-05-01T10:00:00Z", "platform": "an aircraft"},
        "links": [{"rel": "parent", "href": "../catalog.json"}],
        "assets": {"image": image | {"roles": ["data"]}},
    }
    links = [{"rel": "item", "href": "./items/ortho.json"}, {"rel": "root", "href": "./catalog.json"}]
    catalogue = {"type": "Catalog", "stac_version": "1.1.0", "id": "c", "description": "A flight", "links": links}
    (folder / "items/ortho.json").write_text(json.dumps(item))
    (folder / "catalog.json").write_text(json.dumps(catalogue))
    return folder


def added(window: MainWindow, folder: Path, qtbot: QtBot) -> tuple[Layer, BandForm]:
    """The scene of the catalogue as a layer, searched and clicked on the strip, and the form of its bands."""
    take_up(window, qtbot)
    window.views.show_bounds(Bounds(15.0, 50.0, 15.1, 50.1), 0.0)
    window.action_table["panel_time_strip"].trigger()
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    settle(window, qtbot)
    QTest.mouseClick(strip.archives_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    dialog.archive.setEditText(str(folder))
    dialog.begin.setText("2024-01-01")
    QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    desk = window.scenes.desk
    qtbot.waitUntil(lambda: desk.archives.is_idle and bool(desk.ticks), timeout=20_000)
    desk.use(desk.ticks[0].key)
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=20_000)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    window.panel_context.show_layer(layer.uuid)
    window.action_table["image_style"].trigger()
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    return layer, panel.raster.bands


def choose(field: ChoiceField, text: str) -> None:
    place = field.findText(text)
    assert place >= 0, [field.itemText(at) for at in range(field.count())]
    field.setCurrentIndex(place)
    field.activated.emit(place)


def words_of(window: MainWindow, layer: Layer) -> str:
    """The words of a product on how the picture was made."""
    drawing = window.scene.drawings[layer.uuid]
    assert isinstance(drawing, RasterDrawing)
    return stretch_words(window.scene, drawing)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("style", ["bands", "eo:bands"])
def test_bands_are_chosen_by_what_they_see_and_the_picture_is_named(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, answers: Answers, style: str
) -> None:
    layer, form = added(window, write_catalogue(tmp_path / "flight", style=style), qtbot)
    assert layer.source["path"].endswith("ortho.tif")
    assert layer.source["band_names"] == {"1": "blue", "2": "green", "3": "red", "4": "nir"}
    assert (layer.acquired_at, layer.date_basis) == ("2024-05-01T10:00:00Z", "catalogue")
    fields = form.fields.fields
    assert [fields[f"band{place}"].currentText() for place in range(3)] == ["3 red", "2 green", "1 blue"]
    assert form.preset.currentText() == "True colour"
    assert form.picture.isVisible()
    assert form.picture.text() == "Natural colours: red, green and blue are shown as they are seen."
    choose(fields["band0"], "4 nir")
    settle(window, qtbot)
    assert form.picture.text() == "False colour: near infrared, green, blue shown as red, green, blue."
    assert "bands 4, 2, 1, false colour (near infrared, green, blue)" in words_of(window, layer)
    choose(form.preset, "Colour infrared (vegetation red)")
    settle(window, qtbot)
    assert form.picture.text() == "False colour: near infrared, red, green shown as red, green, blue."
    choose(form.naming.band, "Band 4")
    choose(form.naming.meaning, "not known")
    settle(window, qtbot)
    assert form.picture.text() == "Nobody says what these bands see: the colours may be natural or false."
    assert "false colour" not in words_of(window, layer)
    assert "colours may be false: nobody states what the bands see" in words_of(window, layer)


@pytest.mark.bounded
def test_names_of_more_bands_than_the_file_has_are_not_used_and_that_is_said(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    _, form = added(window, write_catalogue(tmp_path / "flight", style="bands", bands=3), qtbot)
    assert form.fields.fields["band0"].currentText() == "1"
    assert form.picture.text().startswith("Its catalogue names 4 bands, the file has 3: those names are not used.")


@pytest.mark.bounded
def test_bands_in_files_of_their_own_are_one_layer_in_natural_colours_that_is_saved_and_opened_again(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, answers: Answers
) -> None:
    folder = separate.write_catalogue(tmp_path / "scenes")
    layer, form = added(window, folder, qtbot)
    fields = form.fields.fields
    shown = [fields[f"band{place}"].currentText() for place in range(3)]
    assert shown == ["3 B04 red", "2 B03 green", "1 B02 blue"]
    assert form.picture.text() == "Natural colours: red, green and blue are shown as they are seen."
    choose(form.preset, "Colour infrared (vegetation red)")
    settle(window, qtbot)
    assert form.picture.text() == "False colour: near infrared, red, green shown as red, green, blue."
    rows = window.docks.layer_tree.model
    (row,) = [row for row in range(rows.rowCount()) if rows.index(row).data() == layer.name]
    assert rows.index(row).data(BADGE_ROLE) == "false colour"
    assert "near infrared, red, green" in rows.index(row).data(Qt.ItemDataRole.ToolTipRole)
    words = words_of(window, layer)
    assert "bands 4, 3, 2, false colour (near infrared, red, green)" in words
    assert (layer.acquired_at, layer.date_basis) == ("2024-05-01T10:00:00Z", "catalogue")
    case = answers.path = tmp_path / "a.gpkg"
    window.file_menu.save_as()
    qtbot.waitUntil(lambda: case.exists() and not window.session.is_dirty, timeout=20_000)
    (stored,) = read_case(case).document.layers.values()
    paths = [file["path"] for file in stored.source["band_files"]]
    assert paths[:2] == ["scenes/items/B02.tif", "scenes/items/B03.tif"]
    assert stored.style["bands"] == [4, 3, 2]
    document = window.session.document
    window.opener.open([str(case)])
    qtbot.waitUntil(lambda: window.session.document is not document and bool(window.scene.drawings), timeout=20_000)
    settle(window, qtbot)
    (drawing,) = window.scene.drawings.values()
    assert isinstance(drawing, RasterDrawing)
    assert not drawing.problem
    assert drawing.style is not None
    assert drawing.style.bands == (4, 3, 2)
