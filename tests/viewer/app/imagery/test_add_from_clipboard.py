"""From the address of a server on the clipboard to a dated layer on the map: interactions, counted from the events that
are delivered, and nobody contacted before consent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from tests.layers.services.stac.made import item
from tests.support.counted_steps import Counter
from tests.support.stac_server import serving_stac
from tests.support.tile_server import TileServer, serving
from tests.support.windows import begin_on_map, new_case, press, settle
from tests.support.wmts_documents import capabilities, dimension, layer, mercator, resource
from viewer.app.window import MainWindow
from viewer.canvas.viewport import lonlat_bounds
from viewer.commands.claims import add_claim
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.imagery.add_imagery import AddImageryDialog

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
Left = Qt.MouseButton.LeftButton
MOST_STEPS = 3
CATALOGUE = "https://catalogue.example.org/stac/v1"
FIRST, LAST = "2024-03-01", "2024-06-30"


@pytest.fixture
def server() -> Iterator[TileServer]:
    """A server of an undated layer and two dated ones, and their tiles."""
    with serving() as server:
        tiles = f"{server.url}/ok/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png"
        dated = resource(f"{tiles}?time={{Time}}")
        days = dimension("Time", f"{FIRST}/{LAST}/P1D")
        hours = dimension("Time", "2024-05-01T10:00:00Z,2024-05-01T12:00:00Z")
        server.document = capabilities(
            layer("streets", resources=resource(tiles)),
            layer("daily", resources=dated, more=days),
            layer("hourly", resources=dated, more=hours),
            mercator(levels=12),
        )
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> MainWindow:
    return new_case(window, qtbot)


def address_of(server: TileServer, more: str = "") -> str:
    return f"{server.url}/ok/0/0/0.xml?SERVICE=WMTS&REQUEST=GetCapabilities{more}"


def copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def dialogs(window: MainWindow) -> list[AddImageryDialog]:
    return [dialog for dialog in window.findChildren(AddImageryDialog) if dialog.isVisible()]


def shown_dialog(window: MainWindow, qtbot: QtBot) -> AddImageryDialog:
    """The only dialog, with the keyboard in its line."""
    (dialog,) = dialogs(window)
    qtbot.waitUntil(dialog.panel.line.hasFocus)
    return dialog


def wait_for_answer(dialog: AddImageryDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.panel.back.isVisible(), timeout=10_000)


def added(window: MainWindow, qtbot: QtBot) -> Layer:
    """The only layer, once its tiles are drawn."""
    assert dialogs(window) == []
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    return layer


def check_dated(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    """The layer is dated, in the case and in what its tiles are asked for, and it is drawn."""
    layer = added(window, qtbot)
    assert (layer.name, layer.acquired_at) == (f"Scenes, {LAST}", LAST)
    assert any(path.endswith(f".png?time={LAST}") for path in server.log)
    window.canvas.grab_picture()
    assert window.canvas.panes.in_use.plate is None, "nothing is amiss"


@pytest.mark.bounded
def test_three_keys_lead_from_a_copied_address_to_a_dated_layer(
    desk: MainWindow, server: TileServer, counter: Counter, qtbot: QtBot
) -> None:
    copy(address_of(server))
    press(Key.Key_V, Control)
    dialog = shown_dialog(desk, qtbot)
    assert dialog.add_button.text() == "Allow and Ask"
    assert server.log == [], "nobody is asked before consent"
    press(Key.Key_Return)
    wait_for_answer(dialog, qtbot)
    press(Key.Key_Return)
    check_dated(desk, server, qtbot)
    print(f"by keyboard: {counter.told}")
    assert 0 < len(counter.told) <= MOST_STEPS, counter.told


def test_three_keys_lead_from_the_address_of_one_scene_to_its_dated_layer(
    desk: MainWindow, counter: Counter, qtbot: QtBot
) -> None:
    with serving_stac([]) as server:
        picture = f"http://{server.host}/v1/scene.tif"
        scene = item(assets={"visual": {"href": picture, "type": "image/tiff", "roles": ["visual"]}})
        path = "/v1/stac/collections/s2/items/scene"
        server.files[path] = json.dumps(scene).encode()
        copy(f"http://{server.host}{path}")
        press(Key.Key_V, Control)
        dialog = shown_dialog(desk, qtbot)
        assert (dialog.add_button.text(), server.log) == ("Allow and Ask", [])
        press(Key.Key_Return)
        wait_for_answer(dialog, qtbot)
        listed = [row if isinstance(row, str) else row.entry.title for row in dialog.panel.model.rows]
        assert listed == ["Dated imagery", "scene"]
        assert dialog.add_button.text() == "Add"
        facts = " ".join(label.text() for label in dialog.panel.form.findChildren(QLabel))
        assert "2026-03-01" in facts
        assert "cloud 12.5 % of the scene" in facts
        press(Key.Key_Return)
        layer = added(desk, qtbot)
    assert (layer.name, layer.acquired_at, layer.date_kind) == ("scene", "2026-03-01T10:20:30Z", "instant")
    assert layer.source["address"] == picture
    assert desk.canvas.viewport.centre_lonlat() == pytest.approx((10.5, 50.5), abs=0.1), "the map has gone there"
    assert len(counter.told) <= MOST_STEPS, counter.told


@pytest.mark.bounded
def test_by_mouse_any_layer_takes_three_steps(
    desk: MainWindow, server: TileServer, counter: Counter, qtbot: QtBot
) -> None:
    copy(address_of(server))
    press(Key.Key_I, Control)
    dialog = shown_dialog(desk, qtbot)
    assert dialog.panel.line.text() == address_of(server), "the copied address is taken by itself"
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    wait_for_answer(dialog, qtbot)
    rows = dialog.panel.model.rows
    at = next(at for at, row in enumerate(rows) if not isinstance(row, str) and row.layer.name == "hourly")
    place = dialog.panel.list.visualRect(dialog.panel.model.index(at, 0)).center()
    QTest.mouseClick(dialog.panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)  # the press of a double click
    QTest.mouseDClick(dialog.panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    layer = added(desk, qtbot)
    print(f"by mouse: {counter.told}")
    assert layer.acquired_at == "2024-05-01T12:00:00Z"
    assert 0 < len(counter.told) <= MOST_STEPS, counter.told


@pytest.mark.bounded
def test_an_allowed_server_is_asked_at_once(
    desk: MainWindow, server: TileServer, counter: Counter, qtbot: QtBot
) -> None:
    desk.context.consent.allow_private(server.host)
    copy(address_of(server))
    press(Key.Key_V, Control)
    wait_for_answer(shown_dialog(desk, qtbot), qtbot)
    press(Key.Key_Return)
    check_dated(desk, server, qtbot)
    assert len(counter.told) < MOST_STEPS, counter.told


@pytest.mark.bounded
def test_the_layer_and_time_of_a_copied_request_are_chosen(desk: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    copy(address_of(server, "&layer=daily&TIME=2024-04-12"))
    press(Key.Key_V, Control)
    dialog = shown_dialog(desk, qtbot)
    press(Key.Key_Return)
    wait_for_answer(dialog, qtbot)
    row = dialog.panel.current()
    assert row is not None
    assert row.layer is not None
    assert row.layer.name == "daily"
    press(Key.Key_Return)
    assert added(desk, qtbot).acquired_at == "2024-04-12"


def add_from_start_page(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    """Paste the server's address on the start page, ask it, and add its first dated layer."""
    window.activateWindow()
    window.start_page.setFocus()
    copy(address_of(server))
    QTest.keyClick(window, Key.Key_V, Control)
    dialog = shown_dialog(window, qtbot)
    press(Key.Key_Return)
    wait_for_answer(dialog, qtbot)
    press(Key.Key_Return)
    check_dated(window, server, qtbot)


def test_an_address_is_pasted_on_the_start_page(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    add_from_start_page(window, server, qtbot)


@pytest.mark.bounded
def test_the_map_goes_to_a_region_that_is_a_speck_on_it(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    region = "<ows:LowerCorner>30 40</ows:LowerCorner><ows:UpperCorner>30.5 40.3</ows:UpperCorner>"
    tiles = resource(f"{server.url}/ok/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png?time={{Time}}")
    box = f"<ows:WGS84BoundingBox>{region}</ows:WGS84BoundingBox>"
    days = dimension("Time", f"{FIRST}/{LAST}/P1D")
    server.document = capabilities(layer("region", resources=tiles, more=days, box=box), mercator(levels=12))
    add_from_start_page(window, server, qtbot)
    shown = lonlat_bounds(window.canvas.viewport.crs, window.canvas.viewport.view().world_bounds())
    assert shown.contains(Bounds(30.0, 40.0, 30.5, 40.3))
    assert shown.width < 2


@pytest.mark.parametrize("is_link", [True, False])
def test_an_address_is_dropped_on_the_start_page(
    window: MainWindow, server: TileServer, qtbot: QtBot, is_link: bool
) -> None:
    data, where, copies = QMimeData(), QPointF(5, 5), Qt.DropAction.CopyAction
    data.setText("words of a note")
    mouse = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(where, copies, data, *mouse)
    QApplication.sendEvent(window, entering)
    assert not entering.isAccepted()
    data.setUrls([QUrl(address_of(server))]) if is_link else data.setText(address_of(server))
    entering = QDragEnterEvent(where, copies, data, *mouse)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(where, copies, data, *mouse))
    assert shown_dialog(window, qtbot).panel.line.text() == address_of(server)
    assert server.log == []


def test_an_address_is_pasted_on_a_list_beside_the_map(desk: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    tree = desk.docks.layer_tree.view
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    copy(address_of(server))
    press(Key.Key_V, Control)
    shown_dialog(desk, qtbot).reject()
    copy("words")
    desk.activateWindow()
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    press(Key.Key_V, Control)
    assert dialogs(desk) == []


@pytest.mark.bounded
def test_a_template_is_pasted_and_added_with_its_date(desk: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    copy(f"{server.template()}?time={{time}}")
    press(Key.Key_V, Control)
    shown_dialog(desk, qtbot)
    assert desk.session.document.layers == {}
    assert server.log == []
    press(Key.Key_Return)
    assert added(desk, qtbot).acquired_at


@pytest.mark.bounded
def test_a_copied_address_is_suggested_once_and_typing_replaces_it(
    desk: MainWindow, server: TileServer, qtbot: QtBot
) -> None:
    desk.context.consent.allow_private(server.host)
    copy(address_of(server))
    press(Key.Key_I, Control)
    dialog = shown_dialog(desk, qtbot)
    assert dialog.panel.line.text() == address_of(server)
    QTest.keyClicks(dialog.panel.line, "night")
    assert dialog.panel.line.text() == "night"
    assert server.log == [], "what nobody pasted is not asked, even of a server that is allowed"
    dialog.reject()
    begin_on_map(desk, qtbot)
    press(Key.Key_I, Control)
    dialog = shown_dialog(desk, qtbot)
    assert dialog.panel.line.text() == ""
    dialog.reject()
    for text in ("https://news.example.org/2024/flood.html", "words of a note"):
        copy(text)
        begin_on_map(desk, qtbot)
        press(Key.Key_I, Control)
        dialog = shown_dialog(desk, qtbot)
        assert dialog.panel.line.text() == ""
        dialog.reject()


@pytest.mark.bounded
def test_a_link_is_a_source_while_a_claim_is_open_and_a_service_is_not(
    desk: MainWindow, server: TileServer, qtbot: QtBot
) -> None:
    context = desk.panel_context
    context.do(add_claim, statement="A dam broke")
    (claim,) = desk.session.document.claims
    context.show_claim(claim)
    begin_on_map(desk, qtbot)
    copy("https://news.example.org/2024/flood.html")
    press(Key.Key_V, Control)
    settle(desk, qtbot)
    assert dialogs(desk) == []
    assert len(desk.session.document.sources) == 1
    copy(address_of(server))
    begin_on_map(desk, qtbot)
    press(Key.Key_V, Control)
    shown_dialog(desk, qtbot).reject()
    assert len(desk.session.document.sources) == 1
    context.show_claim("")
    copy("https://news.example.org/2024/flood.html")
    begin_on_map(desk, qtbot)
    press(Key.Key_V, Control)
    assert shown_dialog(desk, qtbot).add_button.text() == "Allow and Ask"


@pytest.mark.bounded
def test_layers_of_a_server_that_was_asked_are_found_the_next_time(
    desk: MainWindow, server: TileServer, qtbot: QtBot
) -> None:
    copy(address_of(server))
    press(Key.Key_V, Control)
    dialog = shown_dialog(desk, qtbot)
    press(Key.Key_Return)
    wait_for_answer(dialog, qtbot)
    dialog.reject()
    begin_on_map(desk, qtbot)
    press(Key.Key_I, Control)
    dialog = shown_dialog(desk, qtbot)
    assert dialog.panel.line.text() == "", "what was pasted is not suggested again"
    QTest.keyClicks(dialog.panel.line, "hourly")
    row = dialog.panel.current()
    assert row is not None
    assert row.layer is not None
    assert row.layer.name == "hourly"
    press(Key.Key_Return)
    assert added(desk, qtbot).acquired_at == "2024-05-01T12:00:00Z"


def test_a_large_picture_is_pasted_and_added(desk: MainWindow, qtbot: QtBot) -> None:
    opened: list[list[str]] = []
    desk.opener.open = opened.append  # type: ignore[method-assign]
    address = "https://files.example.org/scene.tif"
    copy(address)
    press(Key.Key_V, Control)
    dialog = shown_dialog(desk, qtbot)
    assert "files.example.org" in dialog.panel.form.contact.text()
    assert dialog.add_button.text() == "Add"
    press(Key.Key_Return)
    assert opened == [[address]]
    assert desk.context.consent.permits("files.example.org")
    begin_on_map(desk, qtbot)
    press(Key.Key_I, Control)
    dialog = shown_dialog(desk, qtbot)
    qtbot.waitUntil(lambda: bool(dialog.panel.model.rows))  # the lists are read in a job
    assert dialog.panel.model.rows[0] == "Added lately"
    row = dialog.panel.current()
    assert row is not None
    assert row.entry.address == address


@pytest.mark.bounded
def test_an_address_is_pasted_wherever_no_text_is_typed(desk: MainWindow, qtbot: QtBot) -> None:
    """A catalogue's address, which could be that of a page, after a click beside the map."""
    service = {"kind": "xyz", "url": "https://tiles.example.org/{z}/{x}/{y}.png"}
    desk.session.push(add_layer(desk.session.document, "tiles", "Sky", service, actor="a"))
    settle(desk, qtbot)
    tree = desk.docks.layer_tree.view
    QTest.mouseClick(tree.viewport(), Left, pos=tree.visualRect(tree.model().index(0, 0)).center())
    copy(CATALOGUE)
    press(Key.Key_V, Control)
    assert shown_dialog(desk, qtbot).panel.line.text() == CATALOGUE
    shown_dialog(desk, qtbot).reject()
    (uuid,) = desk.session.document.layers
    desk.panel_context.show_layer(uuid, raise_form=True)
    settle(desk, qtbot)
    docks = [dock for dock in desk.findChildren(QDockWidget) if not dock.isHidden()]
    asked = set()
    for widget in [widget for dock in docks for widget in dock.findChildren(QWidget)]:
        is_line = isinstance(widget, QLineEdit | QPlainTextEdit)
        if is_line or not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            continue
        name = f"{type(widget).__name__} {widget.accessibleName()}"
        desk.activateWindow()
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        press(Key.Key_V, Control)
        assert dialogs(desk), name
        shown_dialog(desk, qtbot).reject()
        asked.add(name)
    assert {"RowTableView Sites", "Slider Opacity", "ChoiceField Kind of date"} <= asked


def test_a_field_that_takes_text_takes_a_pasted_address(desk: MainWindow, qtbot: QtBot) -> None:
    line = desk.docks.layer_tree.findChild(QLineEdit)
    assert line is not None
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    copy(CATALOGUE)
    press(Key.Key_V, Control)
    assert dialogs(desk) == []
    assert line.text() == CATALOGUE


@pytest.mark.bounded
def test_a_link_pasted_on_the_list_of_claims_is_a_source(desk: MainWindow, qtbot: QtBot) -> None:
    desk.panel_context.do(add_claim, statement="A dam broke")
    desk.docks.show_panel("claim_list")
    claims = desk.docks.claims.panel
    assert isinstance(claims, ClaimListPanel)
    view = claims.list.view
    QTest.mouseClick(view.viewport(), Left, pos=view.visualRect(view.model().index(0, 0)).center())
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    copy("https://news.example.org/2024/flood.html")
    press(Key.Key_V, Control)
    settle(desk, qtbot)
    assert dialogs(desk) == []
    assert len(desk.session.document.sources) == 1
