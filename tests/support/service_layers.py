"""Layers of services in the real window: how one is shown, what the map and the layer list say of it, and clicks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer
from viewer.app.window import MainWindow
from viewer.canvas.furniture.notice_plate import NoticePlate
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.commands.layers import add_layer
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.panels.layers.service_state_form import ServiceStateForm
from viewer.rendering.images import argb_of_image


def show(
    window: MainWindow,
    server: TileServer,
    fault: str,
    qtbot: QtBot,
    *,
    allowed: bool = True,
    waits: bool = True,
    address_end: str = "",
    **values: object,
) -> None:
    """A service whose row says that it goes to level 18, as the analyst typed it."""
    template = server.template(fault) + address_end
    known = {"max_level": 18, "attribution": "Sky company"} | values
    window.session.new_case()
    if allowed:
        window.context.consent.allow_private(server.host)
    service = encoded(TileService("Sky", template, **known))  # type: ignore[arg-type]
    window.session.push(add_layer(window.session.document, "tiles", "Sky", service, actor="a"))
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 128.3, 51.9))
    window.canvas.viewport.centre_on(x, y, 20.0)
    window.canvas.motion.come_to_rest()
    if waits:
        rest(window, qtbot)


def rest(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.is_idle, timeout=60_000)
    window.canvas.grab_picture()


def badge(window: MainWindow) -> str:
    tree = window.docks.layer_tree.model
    return str(tree.index(1).data(BADGE_ROLE))


def plate(window: MainWindow) -> NoticePlate | None:
    window.canvas.grab_picture()
    return window.canvas.panes.in_use.plate


def properties(window: MainWindow, qtbot: QtBot) -> ServiceStateForm:
    """The state in the properties of the only layer, which are brought to the front."""
    (uuid,) = window.session.document.layers
    window.panel_context.show_layer(uuid, raise_form=True)
    rest(window, qtbot)
    return window.findChildren(ServiceStateForm)[-1]


def click_on_plate(window: MainWindow, words: str = "") -> None:
    """A click on a way out that the plate offers, or on its sentence."""
    shown = plate(window)
    assert shown is not None
    place = shown.rect.topLeft() + QPointF(12, 12)
    if words:
        (link,) = [link for link in shown.links if link.words == words]
        place = shown.rect.topLeft() + link.rect.center()
    at = (place / window.canvas.viewport.view().ratio).toPoint()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def dark_share(window: MainWindow) -> float:
    """Share of the map on which there is nothing but its ground."""
    ground = 0xFF000000 | int(BACKGROUND_COLOR[1:], 16)
    return float((argb_of_image(window.canvas.grab_picture()) == ground).mean())


def note_on_map(window: MainWindow) -> str:
    window.canvas.grab_picture()
    pane = window.canvas.panes.in_use
    assert pane.plate is not None
    return pane.note_at(pane.plate.rect.center())
