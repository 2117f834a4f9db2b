"""Services that end early, do not answer, or have nothing to show, in the real window: what is said, and the ways out.

The state of a layer is said by its badge, by the plate on the map and in the layer's properties.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar
from shapely import Point, box

from layers.geo.bounds import Bounds
from tests.support.service_layers import badge, click_on_plate, dark_share, note_on_map, plate, properties, rest, show
from tests.support.tile_server import TileServer
from viewer.commands.sites import add_site
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.rendering.service_state import Way
from viewer.support.elided import ElidedLabel


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.mark.bounded
def test_a_service_that_ends_at_level_4_is_shown_enlarged_and_the_map_says_so(window, server, qtbot) -> None:
    show(window, server, "shallow", qtbot)
    assert dark_share(window) < 0.01
    assert "“Sky” has nothing finer than level 4 here" in note_on_map(window)


@pytest.mark.bounded
def test_a_service_that_does_not_answer_says_so_on_the_dark_map_until_it_does(window, server, qtbot) -> None:
    server.fail_first = 10_000
    show(window, server, "ok", qtbot)
    assert dark_share(window) > 0.8
    assert server.host in note_on_map(window)
    server.fail_first = 0
    window.context.fetcher.forgive(server.host)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    assert window.scene.stack.notices(window.canvas.viewport.view()) == []


@pytest.mark.bounded
def test_a_service_that_is_not_allowed_says_so_on_the_dark_map(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, allowed=False)
    assert server.log == []
    assert "allow" in note_on_map(window)


@pytest.mark.bounded
def test_a_service_is_credited_once_a_tile_of_it_is_there(window, server, qtbot) -> None:
    server.fail_first = 10_000
    show(window, server, "ok", qtbot)
    window.canvas.grab_picture()
    assert window.canvas.panes.in_use.picture.credits == []
    server.fail_first = 0
    window.context.fetcher.forgive(server.host)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    assert window.canvas.panes.in_use.picture.credits == ["Sky company (date unknown)"]


@pytest.mark.bounded
def test_the_plate_lies_on_no_mark_goes_with_a_click_and_leaves_the_badge(window, server, qtbot) -> None:
    window.context.fetcher.set_offline(True)
    show(window, server, "ok", qtbot)
    canvas, pane = window.canvas, window.canvas.panes.in_use
    assert "working offline" in note_on_map(window)
    first = QRectF(pane.plate.rect)
    lon, lat = canvas.viewport.lonlat(first.center().x(), first.center().y())
    window.session.push(add_site(window.session.document, Point(lon, lat), actor="a", label="x", uuid="x"))
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    assert "working offline" in note_on_map(window)
    assert not pane.plate.rect.adjusted(-8, -8, 8, 8).contains(first.center()), "it makes room for the mark"
    area = box(lon - 2, lat - 1, lon + 2, lat + 1)
    window.session.push(add_site(window.session.document, area, actor="a"))
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    canvas.grab_picture()
    assert pane.plate is None, "there is no room: the badge says it"
    window.action_table["undo"].trigger()
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    canvas.grab_picture()
    place = (pane.plate.rect.center() / canvas.viewport.view().ratio).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    canvas.grab_picture()
    assert pane.plate is None
    assert not window.selection.uuids
    canvas.motion.pan_by(40, 0)
    canvas.motion.zoom_in()
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    canvas.grab_picture()
    assert pane.plate is None, "also elsewhere"
    tree = window.docks.layer_tree.model
    assert "offline mode" in [tree.index(row).data(BADGE_ROLE) for row in range(tree.rowCount())]


FAULTS = {
    "status404": ("nothing here", "“Sky” has nothing here", []),
    "status503": ("busy", "asks us to wait", []),
    "html": ("failed", "web page", ["Try again", "Work offline"]),
    "status500": ("failed", "error 500", ["Try again", "Work offline"]),
}


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_understood_from_the_badge_the_map_and_the_properties(window, server, fault, qtbot) -> None:
    word, sentence, ways = FAULTS[fault]
    show(window, server, fault, qtbot)
    assert dark_share(window) > 0.8
    shown = plate(window)
    assert badge(window) == word
    assert sentence in note_on_map(window)
    assert [link.words for link in shown.links] == ways
    form = properties(window, qtbot)
    assert form.isVisible()
    assert sentence in form.words.text()
    assert [link.text() for link in form.links.values() if link.isVisible()] == ways


@pytest.mark.bounded
def test_an_unreachable_service_says_so_and_comes_again_by_a_click(window, server, qtbot) -> None:
    port = server.server_address[1]
    server.stop()
    show(window, server, "ok", qtbot)
    note = note_on_map(window)
    assert f"{server.host} cannot be reached: it takes no connections." in note
    assert "earlier" not in note, "nothing of it is stored"
    assert "stored tiles" not in note
    assert badge(window) == "unreachable"
    again = TileServer(port=port)
    try:
        click_on_plate(window, "Try again")
        qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
        rest(window, qtbot)
        assert plate(window) is None
        qtbot.waitUntil(lambda: badge(window) == "")  # told with the next look at the state
        assert not properties(window, qtbot).isVisible()
    finally:
        again.stop()


@pytest.mark.bounded
def test_trying_again_is_seen_at_once_and_a_new_failure_says_when(window, server, qtbot) -> None:
    server.stop()
    show(window, server, "ok", qtbot)
    first = note_on_map(window)
    click_on_plate(window, "Try again")
    qtbot.waitUntil(lambda: badge(window) == "loading")
    assert "“Sky” is asked again." in note_on_map(window)
    rest(window, qtbot)
    qtbot.waitUntil(lambda: badge(window) == "unreachable", timeout=20_000)
    assert re.search(r"takes no connections\. Tried again at \d\d:\d\d:\d\d\.", note_on_map(window))
    assert "Tried again" not in first
    assert "Tried again at" in properties(window, qtbot).words.text()
    tree = window.docks.layer_tree.model
    assert "Tried again at" in tree.index(1).data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.bounded
def test_what_came_earlier_is_said_where_it_is_shown(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot)
    server.stop()
    window.canvas.motion.zoom_in()
    rest(window, qtbot)
    qtbot.waitUntil(
        lambda: "it takes no connections. What came earlier is shown." in properties(window, qtbot).words.text()
    )


@pytest.mark.bounded
def test_a_closed_plate_comes_again_for_another_reason_only(window, server, qtbot) -> None:
    show(window, server, "html", qtbot)
    click_on_plate(window)
    assert plate(window) is None
    window.context.fetcher.forgive(server.host)
    rest(window, qtbot)
    assert plate(window) is None, "the same reason"
    server.fail_first = 10_000
    window.context.fetcher.forgive(server.host)
    rest(window, qtbot)
    assert "error 500" in note_on_map(window)


def test_work_offline_is_one_click_from_the_plate_and_back_in_the_status_bar(window, server, qtbot) -> None:
    show(window, server, "html", qtbot)
    asked = len(server.log)
    click_on_plate(window, "Work offline")
    rest(window, qtbot)
    assert window.status.offline.isVisible()
    assert window.action_table["offline"].isChecked()
    assert badge(window) == "offline mode"
    window.canvas.motion.pan_by(300, 0)
    rest(window, qtbot)
    assert len(server.log) == asked
    window.status.offline.click()
    qtbot.waitUntil(lambda: not window.action_table["offline"].isChecked())
    assert not window.status.offline.isVisible()


@pytest.mark.bounded
def test_a_paused_service_leads_to_the_permissions(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, allowed=False)
    assert badge(window) == "paused"
    click_on_plate(window, "Permissions…")
    assert window.access.dialog is not None
    window.access.dialog.reject()
    assert server.log == []


@pytest.mark.bounded
def test_what_is_fetched_is_in_the_status_bar_after_a_while_and_goes(window, server, qtbot) -> None:
    show(window, server, "hang", qtbot, waits=False)
    work = window.status.findChild(QProgressBar)
    qtbot.waitUntil(work.isVisible, timeout=10_000)
    words = [label.text() for label in window.status.findChildren(ElidedLabel) if label.isVisible()]
    assert any(text.startswith("“Sky”: 0 of ") and text.endswith(" tiles, 0 kB") for text in words), words
    qtbot.waitUntil(lambda: badge(window) == "loading", timeout=10_000)
    assert plate(window) is None
    window.action_table["offline"].trigger()
    server.released.set()
    rest(window, qtbot)
    qtbot.waitUntil(lambda: not work.isVisible(), timeout=10_000)
    assert badge(window) == "offline mode"


@pytest.mark.bounded
@pytest.mark.parametrize("limits", [{"min_level": 13}, {"scales": (0.0, 20_000.0)}], ids=["levels", "W22 scales"])
def test_w22_beyond_its_scales_nothing_is_asked_and_the_map_says_from_which_scale_it_shows(
    window, server, limits, qtbot
) -> None:
    show(window, server, "ok", qtbot, **limits)
    window.canvas.viewport.centre_on(*window.canvas.viewport.centre, 400.0)
    window.canvas.motion.come_to_rest()
    rest(window, qtbot)
    server.log.clear()
    window.canvas.motion.pan_by(900, 0)
    rest(window, qtbot)
    assert server.log == []
    assert badge(window).startswith("from 1:")
    assert "“Sky” shows from 1:" in note_on_map(window)
    click_on_plate(window, "Zoom there")
    rest(window, qtbot)
    assert dark_share(window) < 0.01
    assert plate(window) is None


@pytest.mark.bounded
def test_outside_of_what_a_service_covers_the_map_says_so_and_leads_there(window, server, qtbot) -> None:
    show(window, server, "status404", qtbot, bounds=Bounds(10, 40, 20, 50))
    assert badge(window) == "nothing here"
    assert "covers another part of the world" in note_on_map(window)
    click_on_plate(window, "Show where it is")
    rest(window, qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert 10 < lon < 20
    assert 40 < lat < 50


@pytest.mark.bounded
def test_w17_another_date_that_was_served_is_said_in_all_places(window, server, qtbot) -> None:
    server.warning = "99 Nearest value used: time=2024-04-10T00:00:00.000Z ISO8601 (sky)"
    dated = {"address_end": "?t={time}", "time": "2024-04-12", "nearest": True}
    show(window, server, "warned", qtbot, **dated)
    sentence = "“Sky”: 2024-04-12 was asked for, 2024-04-10 was served."
    assert badge(window) == "served 2024-04-10"
    assert sentence in note_on_map(window)
    assert sentence in properties(window, qtbot).words.text()
    said = "Sky company (12 April 2024, asked for; 10 April 2024 was served)"
    assert window.canvas.panes.in_use.picture.credits == [said]


@pytest.mark.bounded
def test_w17_where_the_nearest_date_may_be_served_the_badge_says_so(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, address_end="?t={time}", time="2024-04-12", nearest=True)
    assert badge(window) == "nearest"
    assert plate(window) is None
    form = properties(window, qtbot)
    assert "2024-04-12 is asked for, the nearest may be served" in form.words.text()
    assert Way.CHOOSE_DATE not in [way for way, link in form.links.items() if link.isVisible()]
