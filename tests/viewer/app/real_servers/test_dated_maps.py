"""Maps with times of MapServer and tiles with times of MapProxy in the real window: the date asked for is drawn, listed
and printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.time.written_dates import written_date
from tests.support.real_servers.map_servers import DATED, mapproxy, mapserver
from tests.support.real_servers.processes import folder_of_nobody
from tests.support.service_layers import badge, note_on_map, plate, rest
from tests.support.windows import begin_on_map, new_case, press, settle, texts
from viewer.app.window import MainWindow
from viewer.export.plates.maps.image_captions import image_facts, image_line
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_rows import DATE_ROLE
from viewer.panels.layers.service_time_form import ServiceTimeForm
from viewer.rendering.images import argb_of_image

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(300)]

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
WEST, NORTH, SIDE_PX, STEP_DEG = 8.0, 48.0, 256, 1 / 128
DAYS = {"2024-04-01": 0xFFC82828, "2024-04-12": 0xFF28C828, "2024-04-20": 0xFF2828C8}
"""The colour of the picture of each day."""


@pytest.fixture(scope="module")
def server() -> Iterator[object]:
    with folder_of_nobody() as folder:
        transform = rasterio.Affine(STEP_DEG, 0, WEST, 0, -STEP_DEG, NORTH)
        for day, color in DAYS.items():
            channels = [(color >> shift) & 0xFF for shift in (16, 8, 0)]
            profile = {"width": SIDE_PX, "height": SIDE_PX, "count": 3, "dtype": "uint8", "driver": "GTiff"}
            path = folder / f"{day}.tif"
            with rasterio.open(path, "w", crs="EPSG:4326", transform=transform, photometric="RGB", **profile) as file:
                file.write(np.stack([np.full((SIDE_PX, SIDE_PX), value, np.uint8) for value in channels]))
            path.chmod(0o644)
        east, south = WEST + SIDE_PX * STEP_DEG, NORTH - SIDE_PX * STEP_DEG
        index = gpd.GeoDataFrame(
            {"location": [str(folder / f"{day}.tif") for day in DAYS], "time": list(DAYS)},
            geometry=[shapely.box(WEST, south, east, NORTH)] * len(DAYS),
            crs="EPSG:4326",
        )
        index.to_file(folder / "index.shp")
        for file in folder.glob("index.*"):
            file.chmod(0o644)
        default = list(DAYS)[-1]
        known = {"index": folder / "index.shp", "crs": "EPSG:4326", "default": default}
        listed = DATED.format(times=",".join(DAYS), **known)
        daily = DATED.format(times="2024-04-01/2024-04-20/P1D", **known)
        daily = daily.replace('NAME "dated"', 'NAME "daily"').replace("By Day", "Each Day")
        first = folder / f"{next(iter(DAYS))}.tif"
        with mapserver(first, "EPSG:4326", (WEST, south, east, NORTH), folder, [listed, daily]) as server:
            yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture(scope="module")
def proxy(server) -> Iterator[str]:
    """MapProxy in front of the server, with tiles of the layer "dated" at addresses of REST only."""
    box = (WEST, NORTH - SIDE_PX * STEP_DEG, WEST + SIDE_PX * STEP_DEG, NORTH)
    with folder_of_nobody() as folder, mapproxy(server.address, "EPSG:4326", box, folder, times=list(DAYS)) as address:
        yield address


def added(window: MainWindow, server, name: str, qtbot: QtBot) -> Layer:
    """The layer of this name, by its server's address from the clipboard and the keyboard."""
    new_case(window, qtbot)
    add_from(window, f"{server.address}/?SERVICE=WMS&REQUEST=GetCapabilities", name, qtbot)
    window.views.show_layer(next(iter(window.session.document.layers)))
    rest(window, qtbot)
    return now(window)


def add_from(window: MainWindow, address: str, name: str, qtbot: QtBot) -> None:
    """Add the layer of this name that a document offers."""
    QGuiApplication.clipboard().setText(address)
    press(Key.Key_V, Control)
    (dialog,) = [dialog for dialog in window.findChildren(AddImageryDialog) if dialog.isVisible()]
    qtbot.waitUntil(dialog.panel.line.hasFocus)
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.panel.back.isVisible(), timeout=20_000)
    rows = dialog.panel.model.rows
    at = next(at for at, row in enumerate(rows) if not isinstance(row, str) and row.layer and name in row.layer.name)
    place = dialog.panel.list.visualRect(dialog.panel.model.index(at, 0)).center()
    QTest.mouseClick(dialog.panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(dialog.panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(window, qtbot)


def now(window: MainWindow) -> Layer:
    (layer,) = window.session.document.layers.values()
    return layer


def middle_color(window: MainWindow) -> int:
    picture = argb_of_image(window.canvas.grab_picture())
    return int(picture[picture.shape[0] // 2, picture.shape[1] // 2])


def caption(window: MainWindow) -> str:
    on_page = SimpleNamespace(
        shown=SimpleNamespace(frames=(window.scene,)), view=window.canvas.viewport.view(), unseen=frozenset
    )
    (fact,) = image_facts(on_page)
    return image_line(fact)


def credits_on_map(window: MainWindow) -> list[str]:
    window.canvas.grab_picture()
    return window.canvas.panes.in_use.picture.credits


def check_shown(window: MainWindow, server, name: str, day: str) -> None:
    """The day is what the server was asked for, what the map shows, and what list, credit and caption say."""
    assert (now(window).name, now(window).acquired_at) == (f"{name}, {day}", day)
    assert middle_color(window) == DAYS[day]
    assert any(f"TIME={day}" in query.upper().split("&") for query in server.log)
    assert (badge(window), plate(window)) == ("", None)
    assert window.docks.layer_tree.model.index(1).data(DATE_ROLE) == day
    assert credits_on_map(window) == [f"{name}, {day}, credit not given ({written_date(day)})"]
    assert caption(window).startswith(f"Image: {name}, {written_date(day)} (known to the day, ")


def typed(form: ServiceTimeForm, day: str) -> None:
    form.date.setFocus()
    form.date.selectAll()
    QTest.keyClicks(form.date, day)
    QTest.keyClick(form.date, Key.Key_Return)


def test_steps_through_listed_days_show_what_is_said(window: MainWindow, server, qtbot: QtBot) -> None:
    added(window, server, "dated", qtbot)
    check_shown(window, server, "By Day", "2024-04-20")
    window.panel_context.show_layer(now(window).uuid, raise_form=True)
    form = window.findChildren(ServiceTimeForm)[-1]
    qtbot.waitUntil(form.isVisible)
    for day in ("2024-04-12", "2024-04-01"):
        begin_on_map(window, qtbot)
        press(Key.Key_Comma, Control)
        rest(window, qtbot)
        check_shown(window, server, "By Day", day)
    press(Key.Key_Comma, Control)
    assert "“By Day, 2024-04-01” has no date before 2024-04-01." in texts(window)
    typed(form, "2024-04-11")
    rest(window, qtbot)
    assert middle_color(window) == DAYS["2024-04-12"]
    assert "2024-04-11 was asked for; the nearest that the service has is shown." in form.note.text()
    begin_on_map(window, qtbot)
    press(Key.Key_P)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.rect().center())
    rest(window, qtbot)
    (image,) = window.session.document.images.values()
    assert (image.acquired_at, image.date_basis) == ("2024-04-12", "catalogue")
    assert image.service.startswith("Loopback Maps, By Day")


def test_a_day_that_is_offered_and_empty_is_said_to_be(window: MainWindow, server, qtbot: QtBot) -> None:
    """The server offers each day of three weeks, has three of them, and draws nothing for the others."""
    added(window, server, "daily", qtbot)
    check_shown(window, server, "Each Day", "2024-04-20")
    begin_on_map(window, qtbot)
    press(Key.Key_Comma, Control)
    rest(window, qtbot)
    assert badge(window) == "nothing here"
    assert "has nothing here on 2024-04-19: choose another date" in note_on_map(window)
    press(Key.Key_Period, Control)
    rest(window, qtbot)
    check_shown(window, server, "Each Day", "2024-04-20")


def test_tiles_of_mapproxy_are_stepped_through_and_compared_by_date(
    window: MainWindow, server, proxy: str, qtbot: QtBot
) -> None:
    new_case(window, qtbot)
    address = f"{proxy}/wmts/1.0.0/WMTSCapabilities.xml"
    add_from(window, address, "dated", qtbot)
    window.views.show_bounds(Bounds(WEST, NORTH - 2.0, WEST + 2.0, NORTH), 0.0)
    rest(window, qtbot)
    check_shown(window, server, "By Day", "2024-04-20")
    for day in ("2024-04-12", "2024-04-01"):
        begin_on_map(window, qtbot)
        press(Key.Key_Comma, Control)
        rest(window, qtbot)
        check_shown(window, server, "By Day", day)
    add_from(window, address, "dated", qtbot)
    rest(window, qtbot)
    assert middle_color(window) == DAYS["2024-04-20"], "on top of the other one"
    begin_on_map(window, qtbot)
    press(Key.Key_K)
    rest(window, qtbot)
    row = argb_of_image(window.canvas.grab_picture())[window.canvas.height() // 2]
    sides = [int(row[row.size // 2 + px]) for px in (-60, 60)]
    assert sides == [DAYS["2024-04-01"], DAYS["2024-04-20"]], "the older on the left of the swipe"
    spec = window.compared.sides.spec
    assert spec is not None
    names = [window.session.document.layers[frame.layers[0]].name for frame in spec.frames]
    assert names == ["By Day, 2024-04-01", "By Day, 2024-04-20"]
