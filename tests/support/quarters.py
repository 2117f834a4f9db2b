"""The four coloured quarters of a `FaultyMaps`, as the real window shows them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.services.tile_service import TileService
from tests.support.map_faults import NORTH_EAST, NORTH_WEST, SOUTH_EAST, SOUTH_WEST, FaultyMaps
from tests.support.windows import new_case, settle
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.rendering.images import argb_of_image

BOX = Bounds(10.0, 44.0, 16.0, 48.0)
QUARTERS = {(11.5, 47.0): NORTH_WEST, (14.5, 47.0): NORTH_EAST, (11.5, 45.0): SOUTH_WEST, (14.5, 45.0): SOUTH_EAST}


def show(window: MainWindow, server: FaultyMaps, service: TileService, seen: Bounds, qtbot: QtBot) -> None:
    """The service as a layer of a new case, with a place in view."""
    new_case(window, qtbot)
    window.context.consent.allow_private(server.host)
    window.views.show_bounds(seen, 0.05)
    window.session.push(add_layer(window.session.document, "tiles", "Maps", encoded(service), actor="a"))
    settle(window, qtbot)


def the_layer(window: MainWindow) -> Layer:
    (layer,) = window.session.document.layers.values()
    return layer


def colours(window: MainWindow) -> dict[tuple[float, float], int]:
    """The colours on the map in the middle of each quarter of the box."""
    pixels, view = argb_of_image(window.canvas.grab_picture()), window.canvas.viewport.view()
    found = {}
    for lon, lat in QUARTERS:
        x, y = view.to_pixel(*(float(value) for value in transform_points(WGS84, view.grid.crs, lon, lat)))
        found[lon, lat] = int(pixels[round(y), round(x)])
    return found
