"""Row F58 at the window: features that are nowhere are counted on the layer and listed in its properties."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.pictures import picture
from tests.support.readers.no_places import INF, NAN, geopackage, wkb_area, wkb_line, wkb_point
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_rows import BADGE_ROLE

ROWS = [
    wkb_line((100, 20), (110, 30), (120, 25)),
    wkb_line((100, 95), (110, 96)),
    wkb_area([(100, 40), (110, 40), (110, 50), (1e308, NAN), (100, 40)]),
    wkb_point(NAN, INF),
    wkb_point(115, 35),
    wkb_line((100, 20), (1e308, -1e308), (120, 25), (125, 30)),
]


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> str:
    window.opener.open([str(path)])
    settle(window, qtbot)
    (uuid,) = window.session.document.layers
    window.panel_context.show_layer(uuid, raise_form=True)
    settle(window, qtbot)
    return uuid


@pytest.mark.bounded
def test_f58_the_map_is_complete_and_the_layer_says_what_is_not_drawn(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = geopackage(tmp_path / "odd.gpkg", *ROWS)
    with Heartbeat() as heart:
        uuid = opened(window, qtbot, path)
    assert heart.longest_ms < 3 * FREE_MS, "panels are made for the first time"
    assert window.scene.stack.problems() == {}
    assert window.messages.lines() == []
    assert picture(window.canvas).std() > 3, "the others are drawn"
    row = window.docks.layer_tree.model.index(1)
    assert row.data(BADGE_ROLE) == "2 not drawn"
    info = window.views.layer_info(uuid)
    assert info is not None
    assert info.bounds_lonlat is not None
    assert info.bounds_lonlat.is_finite()
    shown = " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())
    for number in (2, 3, 4, 6):
        assert f"Row {number}:" in shown
    for crs in ("EPSG:4326", "EPSG:3995", "EPSG:32650", "EPSG:3857"):
        window.views.set_crs(crs)
        settle(window, qtbot)
        assert window.scene.stack.problems() == {}, crs


def test_a_layer_whose_rows_have_no_geometry_is_known_and_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "nulls.geojson"
    path.write_text('{"type": "Feature", "properties": {"a": 1}, "geometry": null}')
    uuid = opened(window, qtbot, path)
    assert window.compared.is_open()
    assert window.docks.layer_tree.model.index(1).data(BADGE_ROLE) == "table only"
    window.views.show_layer(uuid)
    assert (
        window.messages.lines()[-1].text
        == "nulls.geojson holds 1 row, which has no place: nothing of it is drawn, see its table."
    )
