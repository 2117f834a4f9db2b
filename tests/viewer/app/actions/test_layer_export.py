"""A vector layer saved as a file: whole, with its attributes, under its name only when it is right."""

import json

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.windows import opened
from tests.viewer.app.conftest import settle
from viewer.app.desktop.questions import Questions, Which
from viewer.app.window import MainWindow
from viewer.canvas.feature_query import hits_at
from viewer.commands.layer_filter import set_layer_filter
from viewer.panels.layers.reading_form import ReadingForm
from viewer.panels.sites.make_sites import MakeSitesDialog


def at(window: MainWindow, lon: float, lat: float) -> tuple[float, float]:
    x, y = transform_points(WGS84, window.canvas.viewport.crs, lon, lat)
    return window.canvas.viewport.view().to_pixel(float(x), float(y))


NUMBERS = [9007199254740993, 9007199254740995, 1]


@pytest.fixture
def uuid(window, qtbot, tmp_path) -> str:
    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(128 + i, 51) for i in range(3)], object))
    columns = [np.array(NUMBERS), np.array(["", None, "文昌"], object)]
    pyogrio.raw.write(
        path, points, columns, ["n", "имя"], layer="a", driver="GPKG", geometry_type="Point", crs="EPSG:4326"
    )
    opened(window, path, qtbot)
    (layer,) = window.session.document.layers_in_order()
    return layer.uuid


def save(window: MainWindow, qtbot, uuid: str) -> str:
    """The sentence in the message line."""
    window.panel_context.layer_verbs.save.emit(uuid)
    qtbot.waitUntil(lambda: window.layer_export.is_idle and window.is_idle(), timeout=10_000)
    line = window.messages.line("save layer")
    return "" if line is None else line.text


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".csv"])
def test_a_layer_is_saved_whole(window, qtbot, answers, tmp_path, uuid, suffix):
    answers.path = tmp_path / f"out{suffix}"
    assert "3 features" in save(window, qtbot, uuid)
    assert answers.asked[-1] == "write a.gpkg"
    if suffix == ".geojson":
        rows = json.loads(answers.path.read_text("utf-8"))["features"]
        assert [row["properties"] for row in rows] == [
            {"n": n, "имя": name} for n, name in zip(NUMBERS, ["", None, "文昌"], strict=True)
        ]
    else:
        source = source_of(OfLayer.of({"path": str(answers.path)}))
        columns = rows_of(source, 0, 10, None).columns
        rows = list(zip(columns["n"], columns["имя"], strict=True))
        if suffix == ".fgb":  # sorted by place
            rows.sort(reverse=True)
            rows[:2] = rows[1::-1]
        assert rows == list(zip(NUMBERS, ["", None, "文昌"], strict=True))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "out"))) == [answers.path.name]


@pytest.mark.bounded
def test_what_cannot_be_saved_leaves_what_stands_there(window, qtbot, answers, tmp_path, uuid, monkeypatch):
    answers.path = tmp_path / "a.gpkg"
    before = answers.path.read_bytes()
    assert "own file" in save(window, qtbot, uuid)
    assert answers.path.read_bytes() == before
    answers.path = tmp_path / "a.docx"
    assert "choose one of these endings" in save(window, qtbot, uuid)
    answers.path = tmp_path / "nowhere" / "a.csv"
    assert "its folder is gone" in save(window, qtbot, uuid)
    answers.path = tmp_path / "kept.csv"
    answers.path.write_text("mine")

    def fails(*_: object) -> None:
        raise NotReadable("It is broken.")

    monkeypatch.setattr("layers.readers.export.vector_export.append_lines", fails)
    assert "It is broken." in save(window, qtbot, uuid)
    assert answers.path.read_text() == "mine"


@pytest.mark.bounded
def test_what_the_filter_shows_or_what_is_selected_is_saved_alone(window, qtbot, answers, tmp_path, uuid):
    answers.path, answers.which = tmp_path / "part.csv", Which.SHOWN
    window.canvas.features.set(uuid, [1, 3])
    window.panel_context.do(set_layer_filter, uuid, "n > 1")
    settle(window, qtbot)
    qtbot.waitUntil(lambda: window.scene.stack.filters.fids(uuid) is not None)
    assert "2 features" in save(window, qtbot, uuid)
    assert answers.asked == ["which of a: all 3, shown 2, selected 1", "write a.gpkg"], "what is not shown is not meant"
    answers.which = Which.SELECTED
    assert "1 feature" in save(window, qtbot, uuid)
    assert rows_of(source_of(OfLayer.of({"path": str(answers.path)})), 0, 10, None).columns["n"] == NUMBERS[:1]
    answers.which = None
    asked = len(answers.asked)
    save(window, qtbot, uuid)
    assert len(answers.asked) == asked + 1, "giving up asks for no file"


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_large_fids_are_selected_read_and_saved(window, qtbot, answers, tmp_path, suffix):
    """As where the ids of OpenStreetMap are the fids: more than 32 bits."""
    fids, names = [5, 2**31, 2**40 - 1], ["a", "b", "c"]
    path = tmp_path / "large.gpkg"
    places = [shapely.Point(128 + i, 51) for i in range(3)]
    frame = gpd.GeoDataFrame({"name": names, "fid": fids}, geometry=places, crs=4326)
    pyogrio.write_dataframe(frame, path, layer="large", layer_options={"FID": "fid"})
    opened(window, path, qtbot)
    (layer,) = window.session.document.layers_in_order()
    window.panel_context.show_layer(layer.uuid)
    window.canvas.motion.zoom_to_bounds(Bounds(127, 50, 131, 52))
    settle(window, qtbot)
    hits = hits_at(window.scene, window.canvas.viewport.view(), *at(window, 130, 51))
    assert [hit.fid for hit in hits] == fids[2:]
    window.canvas.features.set(layer.uuid, fids[1:])
    found: dict[int, dict[str, object]] = {}
    window.map.features.read(layer.uuid, fids, found.update)
    qtbot.waitUntil(lambda: bool(found))
    assert {fid: row["name"] for fid, row in found.items()} == dict(zip(fids, names, strict=True))
    window.action_table["make_sites"].trigger()
    window.findChild(MakeSitesDialog).make()
    qtbot.waitUntil(lambda: len(window.session.document.sites) == 2, timeout=10_000)
    assert sorted(site.label for site in window.session.document.sites.values()) == names[1:]
    answers.path, answers.which = tmp_path / f"part{suffix}", Which.SELECTED
    assert "2 features" in save(window, qtbot, layer.uuid)
    rows = rows_of(source_of(OfLayer.of({"path": str(answers.path)})), 0, 10, None)
    assert (rows.fids.tolist(), rows.columns["name"]) == (fids[1:], names[1:])


def test_the_question_offers_what_there_is(window, qtbot):
    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        offered.update({button.text(): button.isEnabled() for button in box.buttons()})
        next(button for button in box.buttons() if "Selected" in button.text()).click()

    offered: dict[str, bool] = {}
    QTimer.singleShot(0, answer)
    found = Questions(window).which_features("a", {Which.ALL: 3000, Which.SHOWN: 0, Which.SELECTED: 1})
    assert found is Which.SELECTED
    assert offered["&All (3\u202f000)"]
    assert not offered["Those the &Filter Shows (0)"]


def test_the_layer_menu_saves_the_current_layer(window, qtbot, answers, tmp_path, uuid):
    answers.path = tmp_path / "menu.gpkg"
    window.panel_context.show_layer(uuid)
    window.action_table["save_layer"].trigger()
    qtbot.waitUntil(answers.path.exists, timeout=10_000)
    window.panel_context.show_layer("")
    assert not window.action_table["save_layer"].isEnabled()


def test_giving_up_saves_nothing(window, qtbot, answers, uuid):
    answers.path = None
    assert save(window, qtbot, uuid) == ""


def test_the_menu_of_a_layer_saves_it(window, uuid, qtbot):
    menu = window.docks.layer_tree.menu_for(uuid)
    with qtbot.waitSignal(window.panel_context.layer_verbs.save) as caught:
        next(action for action in menu.actions() if action.text() == "Save layer as…").trigger()
    assert caught.args == [uuid]


@pytest.mark.bounded
def test_the_encoding_of_a_shapefile_is_a_choice_and_one_step(window, qtbot, tmp_path):
    path = tmp_path / "b.shp"
    points = shapely.to_wkb(np.array([shapely.Point(128, 51)], object))
    pyogrio.raw.write(
        path,
        points,
        [np.array(["Пуск"], object)],
        ["имя"],
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="cp1251",
    )
    opened(window, path, qtbot)
    (layer,) = window.session.document.layers_in_order()
    window.panel_context.show_layer(layer.uuid, raise_form=True)
    qtbot.waitUntil(lambda: window.findChild(ReadingForm) is not None)
    form = window.findChild(ReadingForm)
    assert form.isVisible()
    assert form.encoding.currentText() == "automatic (cp1251)"
    form.encoding.setCurrentIndex(form.encoding.findData("koi8-r"))
    form.encoding.activated.emit(form.encoding.currentIndex())
    settle(window, qtbot)
    assert window.session.document.layers[layer.uuid].source["options"] == {"encoding": "koi8-r"}
    assert "chosen by hand" in form.note.text()
    window.session.undo()
    settle(window, qtbot)
    assert form.encoding.currentText() == "automatic (cp1251)"


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".csv"])
def test_rows_without_places_or_values_are_written_and_counted(window, qtbot, answers, tmp_path, suffix):
    rows = [{"type": "Feature", "properties": {"a": a}, "geometry": None} for a in ("x", None)]
    path = tmp_path / "none.geojson"
    rows.append({"type": "Feature", "properties": {"a": None}, "geometry": {"type": "Point", "coordinates": [1, 2]}})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    opened(window, path, qtbot)
    (layer,) = window.session.document.layers_in_order()
    answers.path = tmp_path / f"out{suffix}"
    assert "3 features" in save(window, qtbot, layer.uuid)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows[:2]}))
    assert "2 features" in save(window, qtbot, layer.uuid)
    assert answers.path.exists()


@pytest.mark.bounded
def test_what_the_format_cannot_hold_is_said(window, qtbot, answers, tmp_path):
    path = tmp_path / "mixed.gpkg"
    shapes = shapely.to_wkb(np.array([shapely.Point(1, 2, 3), shapely.LineString([(0, 0, 1), (1, 1, 1)])], object))
    pyogrio.raw.write(
        path, shapes, [np.arange(2)], ["n"], layer="a", driver="GPKG", geometry_type="Unknown", crs="EPSG:4326"
    )
    opened(window, path, qtbot)
    (layer,) = window.session.document.layers_in_order()
    answers.path = tmp_path / "out.fgb"
    assert "2 features. A FlatGeobuf of several kinds" in save(window, qtbot, layer.uuid)
