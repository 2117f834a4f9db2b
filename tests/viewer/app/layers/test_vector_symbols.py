"""Tests of how vector layers look in the real window: in the form, in the layer tree and on the map alike."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.colour.palettes import QUALITATIVE, contrast
from tests.support.analyst import Analyst
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_rows import CLASSES_ROLE
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.vector_style.vector_style_form import VectorStyleForm
from viewer.rendering.vector.vector_drawing import VectorDrawing

pytestmark = pytest.mark.qt_log_ignore(
    "does not support grabbing the keyboard", extend=True
)  # as every popup offscreen

KINDS = ["port", "depot", "factory", "airport", "company"]


@pytest.fixture
def analyst(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Analyst:
    """With four layers of points, so that their automatic colours are of several kinds."""
    frame = gpd.GeoDataFrame(
        {"kind": KINDS * 4, "size": range(20)}, geometry=[Point(10 + n / 10, 50) for n in range(20)], crs=4326
    )
    paths = [tmp_path / f"{name}.gpkg" for name in ("one", "two", "three", "four")]
    for path in paths:
        pyogrio.write_dataframe(frame, path)
    window.resize(1300, 900)
    window.opener.open([str(path) for path in paths])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == len(paths), timeout=10_000)
    settle(window, qtbot)
    return Analyst(window, lambda holds: qtbot.waitUntil(holds, timeout=10_000))


def form_of(analyst: Analyst, uuid: str) -> VectorStyleForm:
    analyst.window.panel_context.show_layer(uuid, raise_form=True)
    analyst.settle()
    return analyst.panel(LayerPropertiesPanel).vector


def drawing(analyst: Analyst, uuid: str) -> VectorDrawing:
    found = analyst.window.panel_context.layers.drawing_of(uuid)
    assert isinstance(found, VectorDrawing)
    return found


def choose_mode(analyst: Analyst, form: VectorStyleForm, mode: str) -> None:
    analyst.choose(form.fields.fields["mode"], mode)
    analyst.settle()


@pytest.mark.bounded
def test_a_first_change_of_the_style_keeps_the_colour_that_the_layer_had(analyst: Analyst) -> None:
    for uuid in analyst.window.session.document.layers:
        before = drawing(analyst, uuid).style
        form = form_of(analyst, uuid)
        assert form.look.set.fields["fill_color"].line.text() == before.fill_color
        analyst.choose_text(form.look.set.fields["symbol"], "Square")
        analyst.settle()
        now = drawing(analyst, uuid).style
        assert (now.marker, now.fill_color, now.stroke_color) == ("square", before.fill_color, before.stroke_color)


def test_a_row_of_the_layer_tree_is_as_tall_as_its_classes(analyst: Analyst) -> None:
    uuid = next(iter(analyst.window.session.document.layers))
    tree = analyst.panel(LayerTreePanel)
    choose_mode(analyst, form_of(analyst, uuid), "categorised")
    index = tree.model.index(tree.model.row_of(uuid))
    QApplication.processEvents()
    height = tree.view.visualRect(index).height()
    assert "others" not in [text for _, text in index.data(CLASSES_ROLE)]
    tree.view.doItemsLayout()
    assert tree.view.visualRect(index).height() == height


@pytest.mark.bounded
def test_a_sign_can_be_read_on_any_colour(analyst: Analyst) -> None:
    uuid = next(iter(analyst.window.session.document.layers))
    form = form_of(analyst, uuid)
    choose_mode(analyst, form, "categorised")
    for palette in QUALITATIVE:
        analyst.choose(form.classes.fields.fields["palette"], palette)
        analyst.settle()
        looks = [one.symbol for one in drawing(analyst, uuid).style.classes]
        assert {look.marker for look in looks} == {"port", "depot", "factory", "airfield", "company"}
        for look in looks:
            assert contrast(look.stroke_color, look.fill_color) > 1.8, (palette, look.fill_color)


@pytest.mark.bounded
def test_values_that_are_too_many_for_classes_are_said(analyst: Analyst, tmp_path: Path) -> None:
    names = [f"value {n % 70}" for n in range(140)]
    frame = gpd.GeoDataFrame(
        {"name": names, "kind": KINDS * 28}, geometry=[Point(n / 10, 50) for n in range(140)], crs=4326
    )
    pyogrio.write_dataframe(frame, tmp_path / "many.gpkg")
    analyst.window.opener.open([str(tmp_path / "many.gpkg")])
    analyst.wait(lambda: len(analyst.window.session.document.layers) == 5)
    analyst.settle()
    (uuid,) = (u for u, layer in analyst.window.session.document.layers.items() if layer.name == "many")
    form = form_of(analyst, uuid)
    choose_mode(analyst, form, "categorised")
    assert not form.classes.note.isVisible()
    analyst.choose(form.classes.fields.fields["column"], "name")
    analyst.wait(form.classes.note.isVisible)
    assert (
        form.classes.note.text() == "24 values have classes of their own: 92 features share the symbol of all others."
    )
    analyst.keys("Ctrl+Z")
    analyst.wait(lambda: not form.classes.note.isVisible())
