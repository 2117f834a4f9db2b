"""The message that tells how many tiles the pictures in exported data need, before any of them is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.comparison import spec_of
from layers.document.edit import Change, Edit
from layers.document.rows import Comparison
from layers.document.site import Site
from tests.support.product_windows import WAIT_MS
from tests.support.service_layers import show
from tests.support.tile_server import TileServer
from tests.viewer.app.conftest import Answers
from viewer.app.products.data.data_dialog import DataDialog
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher

LICENSED: dict[str, Any] = {"licence": "CC BY 4.0", "may_cache": False}


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def sentences(window: MainWindow, answers: Answers, path: Path, server: TileServer, qtbot: QtBot) -> dict[str, int]:
    """What the window says while it writes a file, and the number of requests that the server knew of by then."""
    said: dict[str, int] = {}

    def note() -> None:
        said.update({line.text: len(server.log) for line in window.messages.lines() if line.text not in said})

    window.action_table["export_data"].trigger()
    qtbot.waitUntil(lambda: window.map_export.is_idle, timeout=WAIT_MS)
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    dialog.format.setCurrentIndex(dialog.format.findData(path.suffix))
    answers.path = path
    window.messages.changed.connect(note)
    server.log.clear()
    QTest.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(words.startswith("Written") for words in said), timeout=WAIT_MS)
    return said


@pytest.mark.bounded
@pytest.mark.parametrize("ending", [".html", ".kmz"])
def test_the_number_is_said_before_the_pictures_are_made(
    window: MainWindow, server: TileServer, answers: Answers, tmp_path: Path, qtbot: QtBot, ending: str
) -> None:
    """A KMZ shows the images of comparisons only, a report the map as well."""
    show(window, server, "ok", qtbot, **LICENSED)
    (layer,) = window.session.document.layers
    changes = [Change("sites", None, Site(uuid="s", geometry=Point(10.0, 50.0)))]
    if ending == ".kmz":
        row = Comparison(uuid="c", name="Same", spec_json=spec_of([layer], [layer]).to_json())
        changes.append(Change("comparisons", None, row))
    window.session.push(Edit("Marks", tuple(changes)))
    said = sentences(window, answers, tmp_path / f"a{ending}", server, qtbot)
    first = next(iter(said))
    assert first == f"The pictures in this file need {len(set(server.log))} tiles of {server.host}; none is stored."
    assert len(server.log) > 4
    assert said[first] == 0, "before any is asked for"


def test_data_without_pictures_of_services_say_nothing_of_tiles(
    window: MainWindow, server: TileServer, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    show(window, server, "ok", qtbot, **LICENSED)
    said = sentences(window, answers, tmp_path / "a.geojson", server, qtbot)
    assert not any("tile" in words for words in said)
    assert server.log == []
