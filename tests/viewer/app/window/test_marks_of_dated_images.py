"""Marks and comparisons of two dated images in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from layers.document.placing.nudge import Nudge
from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import begin_on_map, opened, press, settle, texts
from tests.viewer.app.window.conftest import hand_on_map
from tests.viewer.tools.conftest import Desk
from viewer.app.imagery.mark_images import FINER
from viewer.app.window import MainWindow
from viewer.canvas.mark_query import place_words_at
from viewer.commands.claims import add_claim
from viewer.commands.layers import add_layer, update_layer
from viewer.commands.meta import set_sites_visible, sites_visible
from viewer.commands.nudging import nudge_layer
from viewer.commands.sites import update_site
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_rows import BADGE_ROLE

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # as every menu offscreen
Key, Nothing, Left = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
Control = Qt.KeyboardModifier.ControlModifier
PLACE = Bounds(8, 48, 12, 52)
DAYS = {"old": "1985-08-01", "new": "2020-08-01"}


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Desk:
    """A hand on the map of two dated images of one place, the newer one above."""
    desk = hand_on_map(window, qtbot)
    y, x = np.mgrid[0:64, 0:64]
    for name, more in (("old", 0), ("new", 30)):
        bands = np.stack((x * 3 + more, y * 3 + more, x + y + more)).astype(np.uint8)
        opened(window, write_raster(tmp_path / f"{name}.tif", bands, "EPSG:4326", PLACE), qtbot)
    for name, day in DAYS.items():
        window.panel_context.do(update_layer, layer(window, name), acquired_at=day, date_kind="instant")
    window.views.show_bounds(PLACE, 0.0)
    window.canvas.setFocus()
    settle(window, qtbot)
    return desk


def layer(window: MainWindow, name: str) -> str:
    return next(row.uuid for row in window.session.document.layers.values() if row.name == name)


def show(window: MainWindow, qtbot: QtBot, name: str, *, visible: bool = True) -> None:
    window.panel_context.do(update_layer, layer(window, name), visible=visible)
    settle(window, qtbot)


@pytest.mark.bounded
def test_a_mark_of_a_hidden_image_is_no_mark_of_the_one_that_is_shown(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    desk.click(10.0, 50.0)
    settle(window, qtbot)
    (mark,) = window.session.document.sites.values()
    assert window.session.document.images[mark.image_uuid].layer_uuid == layer(window, "new")
    view = window.canvas.viewport.view()
    assert not window.scene.marks.frames(view)[0].index.is_place(mark.uuid)
    show(window, qtbot, "new", visible=False)
    assert window.scene.marks.frames(view)[0].index.is_place(mark.uuid)
    at = desk.at(10.0, 50.0)
    assert "not said to be present on this one" in place_words_at(window.scene, view, at.x(), at.y())
    show(window, qtbot, "new")
    assert not window.scene.marks.frames(view)[0].index.is_place(mark.uuid)


@pytest.mark.bounded
def test_marking_and_finding_while_the_sites_are_hidden_says_so_and_shows_them(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    panels = window.panel_context
    panels.do(set_sites_visible, False)
    press(Key.Key_P)
    desk.click(10.0, 50.0)
    settle(window, qtbot)
    (mark,) = window.session.document.sites.values()
    line = window.messages.line("hidden sites")
    assert line is not None
    assert line.action is not None
    assert line.action.text == "Show Sites"
    line.action.run()
    assert sites_visible(window.session.document)
    assert window.messages.line("hidden sites") is None
    panels.do(update_site, mark.uuid, label="Shed seven")
    panels.do(set_sites_visible, False)
    palette = window.search.show_palette([])
    typed = palette.findChild(QLineEdit)
    assert typed is not None
    QTest.keyClicks(typed, "shed seven")
    qtbot.waitUntil(lambda: any("Shed seven" in text for text in palette.shown_texts()), timeout=10_000)
    QTest.keyClick(typed, Key.Key_Return)
    assert window.messages.line("hidden sites") is not None
    panels.do(set_sites_visible, True)
    assert window.messages.line("hidden sites") is None, "it goes with what it is about"


@pytest.mark.bounded
def test_that_the_sites_are_hidden_stands_above_what_is_said_of_the_first_mark(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    document, origin = window.session.document, {"shipped": "blue_marble.tif"}
    window.session.push(add_layer(document, "raster", "Blue Marble", origin, actor="me", uuid="earth"))
    window.panel_context.do(set_sites_visible, False)
    settle(window, qtbot)
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    qtbot.waitUntil(lambda: window.messages.line(FINER) is not None, timeout=10_000)
    settle(window, qtbot)
    assert window.messages.lines()[-1].key == "hidden sites"
    window.messages.show("worse", "The disk is full.", "error")
    assert window.messages.lines()[-1].key == "worse"


def test_a_link_pasted_on_the_map_is_a_source_of_the_claim_that_is_open(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText("https://example.org/news/the-river-moved")
    panels, document = window.panel_context, window.session.document
    press(Key.Key_V, Control)
    dialog = window.findChild(AddImageryDialog)
    assert dialog is not None, "without a claim it may be an address of imagery"
    dialog.reject()
    begin_on_map(window, qtbot)
    assert not document.sources
    panels.do(add_claim, uuid="claim", statement="The river moved")
    panels.show_claim("claim", raise_form=True)
    window.canvas.setFocus()
    settle(window, qtbot)
    press(Key.Key_V, Control)
    (source,) = document.sources.values()
    assert source.url == "https://example.org/news/the-river-moved"
    assert [link.source_uuid for link in document.links.claim_to_sources("claim")] == [source.uuid]
    assert "is a source of the claim “The river moved” now" in texts(window)
    press(Key.Key_Z, Control)
    assert not document.sources


@pytest.mark.bounded
def test_a_shifted_layer_says_so_in_the_list_and_on_the_map(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    uuid = layer(window, "new")
    window.panel_context.do(nudge_layer, uuid, Nudge(12.4, -3.0, 10.0, 50.0, by="Li", at="2026-11-27T10:00:00Z"))
    settle(window, qtbot)
    model = window.docks.layer_tree.model
    index = model.index(model.row_of(uuid))
    assert index.data(BADGE_ROLE) == "shifted"
    assert "12.4 m east, 3 m south" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("Moved by hand")
    shown = window.scene.stack.credits(window.canvas.viewport.view())
    assert [text for text in shown if "shifted 12.4 m east, 3 m south" in text]
    press(Key.Key_Z, Control)
    settle(window, qtbot)
    assert not model.index(model.row_of(uuid)).data(BADGE_ROLE)
    assert "shifted" not in " ".join(window.scene.stack.credits(window.canvas.viewport.view()))


@pytest.mark.bounded
def test_the_palette_hides_and_shows_a_layer_by_name(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    def run(text: str, wanted: str) -> None:
        palette = window.search.show_palette([])
        typed = palette.findChild(QLineEdit)
        QTest.keyClicks(typed, text)
        qtbot.waitUntil(lambda: not palette.is_searching, timeout=10_000)
        assert palette.shown_texts()[0] == wanted
        QTest.keyClick(typed, Key.Key_Return)
        settle(window, qtbot)

    layers = window.session.document.layers
    run("hide new", "Hide “new”")
    assert not layers[layer(window, "new")].visible
    assert layers[layer(window, "old")].visible
    run("show new", "Show “new”")
    assert layers[layer(window, "new")].visible
    run("hide all sites", "Hide all sites")
    assert not sites_visible(window.session.document)
    palette = window.search.show_palette([])
    QTest.keyClicks(palette.findChild(QLineEdit), "new")
    qtbot.waitUntil(lambda: not palette.is_searching, timeout=10_000)
    assert "new" in palette.shown_texts()
    assert "Hide “new”" not in palette.shown_texts(), "the name alone means the layer itself"
    palette.close()


@pytest.mark.bounded
def test_a_kept_comparison_is_opened_where_one_looks_within_it(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.comparisons.compare([layer(window, "old"), layer(window, "new")])
    settle(window, qtbot)
    uuid = window.comparisons.current
    window.comparisons.end()
    window.views.show_bounds(Bounds(9.9, 49.95, 10.0, 50.0), 0.0)
    settle(window, qtbot)
    near = window.canvas.viewport.resolution
    window.comparisons.open(uuid)
    settle(window, qtbot)
    assert window.comparisons.spec is not None
    assert window.canvas.viewport.resolution == pytest.approx(near, rel=0.05), "but for the room of the bar"
    window.comparisons.end()
    window.views.show_bounds(Bounds(20.0, 40.0, 21.0, 41.0), 0.0)
    settle(window, qtbot)
    window.comparisons.open(uuid)
    settle(window, qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(10.0, abs=0.5), pytest.approx(50.0, abs=0.5)), "from elsewhere it leads there"
