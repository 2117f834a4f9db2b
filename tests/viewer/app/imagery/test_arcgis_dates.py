"""Maps of ArcGIS by date, in the real window: from the address to the latest date, and a step back, by its log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.services.offers.arcgis import read_arcgis
from tests.support.map_faults import FaultyMaps, day_of_ms, serving_maps
from tests.support.quarters import show
from tests.support.service_layers import dark_share, note_on_map
from tests.support.windows import begin_on_map, new_case, press, settle
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.imagery.add_imagery import AddImageryDialog

BOX = Bounds(10.0, 44.0, 16.0, 48.0)
JANUARY, MAY_1, MAY_3 = 1704067200000, 1714521600000, 1714694400000
"""Midnight of 1 January, and of 1 and 3 May 2024, in milliseconds."""
DATES = {"timeExtent": [MAY_1, MAY_3], "timeInterval": 1, "timeIntervalUnits": "esriTimeUnitsDays"}
EXTENT = dict(zip(("xmin", "ymin", "xmax", "ymax"), BOX, strict=True)) | {"spatialReference": {"wkid": 4326}}
TILES = {
    "rows": 256,
    "cols": 256,
    "dpi": 96,
    "format": "PNG",
    "origin": {"x": -20037508.342787, "y": 20037508.342787},
    "spatialReference": {"wkid": 102100, "latestWkid": 3857},
    "lods": [{"level": at, "resolution": 156543.03392800014 / 2**at} for at in range(12)],
}
KINDS = {
    "ImageServer": {"name": "Sky", "extent": EXTENT, "pixelSizeX": 10, "capabilities": "Image", "timeInfo": DATES},
    "MapServer": {
        "mapName": "Sky",
        "fullExtent": EXTENT,
        "singleFusedMapCache": True,
        "tileInfo": TILES,
        "timeInfo": DATES,
        "capabilities": "Map",
    },
}


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def server() -> Iterator[FaultyMaps]:
    with serving_maps(BOX) as server:
        server.days = {"2024-05-01", "2024-05-03"}
        for kind, description in KINDS.items():
            text = json.dumps({"currentVersion": 11.1, "copyrightText": "Sky company"} | description)
            server.documents[f"/arcgis/rest/services/Sky/{kind}"] = text.encode()
        yield server


def asked_days(server: FaultyMaps) -> list[str]:
    """The first days of the times that maps were asked for, since the log was cleared."""
    times = [parse_qs(urlsplit(path).query)["time"][0] for path in server.log if "bbox=" in path]
    return sorted({day_of_ms(time.partition(",")[0]) for time in times})


@pytest.mark.bounded
@pytest.mark.parametrize("kind", KINDS)
def test_a_map_by_date_is_added_at_its_latest_date_and_stepped_back(
    window: MainWindow, server: FaultyMaps, kind: str, qtbot: QtBot
) -> None:
    new_case(window, qtbot)
    window.views.show_bounds(BOX, 0.05)
    QGuiApplication.clipboard().setText(f"{server.url}/arcgis/rest/services/Sky/{kind}")
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [dialog for dialog in window.findChildren(AddImageryDialog) if dialog.isVisible()]
    qtbot.waitUntil(dialog.panel.line.hasFocus)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.panel.back.isVisible, timeout=10_000)
    assert dialog.panel.form.time.isVisible(), "it has the control that every dated layer has"
    server.log.clear()
    press(Qt.Key.Key_Return)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert (layer.name, layer.acquired_at, layer.credit) == ("Sky, 2024-05-03", "2024-05-03", "Sky company")
    export = "exportImage" if kind == "ImageServer" else "export"
    assert {urlsplit(path).path.rpartition("/")[2] for path in server.log} == {export}
    assert asked_days(server) == ["2024-05-03"]
    assert dark_share(window) < 0.5
    server.log.clear()
    begin_on_map(window, qtbot)
    window.panel_context.show_layer(layer.uuid)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)
    assert asked_days(server) == ["2024-05-02"]
    assert dark_share(window) > 0.95, "there is nothing of that day"
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)
    assert asked_days(server) == ["2024-05-01", "2024-05-02"]
    assert dark_share(window) < 0.5
    (layer,) = window.session.document.layers.values()
    assert (layer.name, layer.acquired_at) == ("Sky, 2024-05-01", "2024-05-01")
    assert window.action_table["previous_date"].isEnabled()


@pytest.mark.bounded
def test_a_map_by_month_is_of_a_month_and_steps_go_through_the_months(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    months = {"timeExtent": [JANUARY, MAY_1], "timeInterval": 1, "timeIntervalUnits": "esriTimeUnitsMonths"}
    description = KINDS["ImageServer"] | {"currentVersion": 11.1, "timeInfo": months}
    server.documents["/arcgis/rest/services/Sky/ImageServer"] = json.dumps(description).encode()
    new_case(window, qtbot)
    window.views.show_bounds(BOX, 0.05)
    QGuiApplication.clipboard().setText(f"{server.url}/arcgis/rest/services/Sky/ImageServer")
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [dialog for dialog in window.findChildren(AddImageryDialog) if dialog.isVisible()]
    qtbot.waitUntil(dialog.panel.line.hasFocus)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.panel.back.isVisible, timeout=10_000)
    server.log.clear()
    press(Qt.Key.Key_Return)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert (layer.name, layer.acquired_at) == ("Sky, 2024-05", "2024-05"), "no day is claimed"
    assert asked_days(server) == ["2024-05-01"]
    begin_on_map(window, qtbot)
    window.panel_context.show_layer(layer.uuid)
    window.canvas.setFocus()
    for month in ("2024-04", "2024-03"):
        server.log.clear()
        QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        settle(window, qtbot)
        (layer,) = window.session.document.layers.values()
        assert (layer.name, layer.acquired_at) == (f"Sky, {month}", month)
        assert asked_days(server) == [f"{month}-01"]


@pytest.mark.bounded
def test_a_folder_of_services_leads_to_one_of_them(window: MainWindow, server: FaultyMaps, qtbot: QtBot) -> None:
    services = [{"name": "Sky", "type": "ImageServer"}, {"name": "Sky", "type": "GPServer"}]
    text = json.dumps({"currentVersion": 11.1, "folders": ["More"], "services": services})
    server.documents["/arcgis/rest/services"] = text.encode()
    new_case(window, qtbot)
    QGuiApplication.clipboard().setText(f"{server.url}/arcgis/rest/services")
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [dialog for dialog in window.findChildren(AddImageryDialog) if dialog.isVisible()]
    qtbot.waitUntil(dialog.panel.line.hasFocus)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.panel.back.isVisible, timeout=10_000)
    titles = [row.entry.title for row in dialog.panel.model.rows if not isinstance(row, str)]
    assert titles == ["Sky (ImageServer)", "More/"]
    qtbot.waitUntil(lambda: dialog.add_button.text() == "Ask")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.panel.form.time.isVisible, timeout=10_000)
    press(Qt.Key.Key_Return)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert layer.name == "Sky, 2024-05-03"


def test_t18_an_error_that_comes_as_a_success_is_told_on_the_map(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    server.arcgis_error = {"code": 499, "message": "Token Required", "details": []}
    home = f"{server.url}/arcgis/rest/services/Sky/ImageServer"
    service = read_arcgis(json.dumps(KINDS["ImageServer"]).encode(), home).layers[0].service
    assert service is not None
    show(window, server, service, BOX, qtbot)
    assert "Token Required" in note_on_map(window)
    assert dark_share(window) > 0.8
