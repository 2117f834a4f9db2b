"""Styles as QML files, from the menu of a layer."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from layers.project.qgis.qml_in import read_qml
from layers.project.storage.fsops import FileSystem
from layers.vector.style.layer_style import VectorStyle
from tests.viewer.app.conftest import Answers, MakeWindow
from viewer.app.window import MainWindow
from viewer.rendering.vector.vector_drawing import VectorDrawing


def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> str:
    path = tmp_path / "ports.geojson"
    features = [
        {"type": "Feature", "properties": {"type": kind}, "geometry": {"type": "Point", "coordinates": [i, i]}}
        for i, kind in enumerate(["port", "depot", "port"])
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: bool(window.session.document.layers), timeout=20_000)
    (uuid,) = window.session.document.layers
    drawing = lambda: window.scene.drawings.get(uuid)  # noqa: E731
    qtbot.waitUntil(lambda: isinstance(drawing(), VectorDrawing) and drawing().info is not None, timeout=20_000)
    qtbot.waitUntil(window.is_idle, timeout=20_000)
    return uuid


def verb(window: MainWindow, uuid: str, text: str) -> None:
    menu = window.docks.layer_tree.menu_for(uuid)
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()


def said(window: MainWindow) -> str:
    return " ".join(line.text for line in window.messages.lines())


@pytest.mark.bounded
def test_saved_and_taken_over_again(make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path) -> None:
    window = make_window()
    uuid = opened(window, qtbot, tmp_path)
    answers.path = tmp_path / "style.qml"
    verb(window, uuid, "Save style")
    qtbot.waitUntil(lambda: "style.qml" in said(window), timeout=20_000)
    saved = read_qml(answers.path.read_bytes()).style
    assert saved.fill_color == window.scene.drawings[uuid].style.fill_color
    answers.path.write_text(answers.path.read_text().replace("circle", "pentagon"))
    verb(window, uuid, "Load style")
    qtbot.waitUntil(lambda: "pentagon" in said(window), timeout=20_000)
    assert VectorStyle.from_json(window.session.document.layers[uuid].style).fill_color == saved.fill_color
    window.session.history.undo()
    assert not window.session.document.layers[uuid].style_json


@pytest.mark.bounded
def test_what_is_no_style_is_said(make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path) -> None:
    window = make_window()
    uuid = opened(window, qtbot, tmp_path)
    answers.path = tmp_path / "bad.qml"
    answers.path.write_text('<!DOCTYPE qgis [<!ENTITY a "b">]><qgis>&a;</qgis>')
    verb(window, uuid, "Load style")
    qtbot.waitUntil(lambda: "entities" in said(window), timeout=20_000)
    assert not window.session.document.layers[uuid].style_json


def test_a_style_beside_the_file_is_offered(make_window: MakeWindow, qtbot: QtBot, tmp_path: Path) -> None:
    beside = tmp_path / "ports.qml"
    beside.write_text(
        '<qgis><renderer-v2 type="singleSymbol"><symbols><symbol name="0" type="marker"><layer class="SimpleMarker">'
        '<Option type="Map"><Option name="color" value="1,2,3,255"/></Option></layer></symbol></symbols></renderer-v2>'
        "</qgis>"
    )
    window = make_window()
    uuid = opened(window, qtbot, tmp_path)
    qtbot.waitUntil(lambda: "beside ports.geojson" in said(window), timeout=20_000)
    line = next(line for line in window.messages.lines() if line.key == "style")
    assert line.action is not None
    line.action.run()
    qtbot.waitUntil(lambda: bool(window.session.document.layers[uuid].style_json), timeout=20_000)
    assert window.session.document.layers[uuid].style["fill_color"] == "#010203"


@pytest.mark.bounded
def test_f03_a_style_that_is_not_written_whole_leaves_the_old_one(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    uuid = opened(window, qtbot, tmp_path)
    answers.path = tmp_path / "style.qml"
    answers.path.write_text("the old style")

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystem, "fsync_file", full)
    verb(window, uuid, "Save style")
    qtbot.waitUntil(lambda: "style.qml" in said(window), timeout=20_000)
    assert "full" in said(window)
    assert answers.path.read_text() == "the old style"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ports.geojson", "style.qml"]
