"""Clicks on the date of a dated layer, in the layer list and in the credit on the map, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.support.readers.tiny_cogs import write_cog
from tests.support.service_layers import badge, rest, show
from tests.support.windows import settle, take_up
from viewer.app.window import MainWindow
from viewer.canvas.furniture.corners import credit_rect
from viewer.canvas.furniture.overlays import credit_at
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_row_delegate import LayerRowDelegate

DATED = {"address_end": "?t={time}", "time": "2024-04-12"}
OTHER = "99 Nearest value used: time=2024-04-10T00:00:00.000Z ISO8601 (sky)"
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def date_has_focus(window: MainWindow) -> bool:
    panel = window.findChild(LayerPropertiesPanel)
    return panel is not None and panel.time.date.hasFocus()


def places(window: MainWindow, number: int = 1) -> list[QPoint]:
    """The middles of the badge and of the date of a row in the layer list, as they are painted."""
    tree = window.docks.layer_tree
    index, option = tree.model.index(number), QStyleOptionViewItem()
    tree.view.initViewItemOption(option)
    option.rect = tree.view.visualRect(index)
    delegate = tree.view.itemDelegate()
    assert isinstance(delegate, LayerRowDelegate)
    return [place.center() for _, place in delegate.beside(option, index).values()]


def place_of_credit(window: MainWindow, words: str) -> QPointF | None:
    """A pixel of the map at which the credit with these words is painted; None where it is not."""
    window.canvas.grab_picture()
    view, texts = window.canvas.viewport.view(), window.canvas.panes.in_use.picture.credits
    for y in range(view.height - 1, view.height // 2, -3):
        for x in range(view.width - 8, 0, -3):
            if words in credit_at(credit_rect(view), view, texts, QPointF(x, y)):
                return QPointF(x, y)
    return None


@pytest.mark.bounded
def test_a_click_on_the_date_in_the_layer_list_leads_to_the_dates(window, server, qtbot: QtBot) -> None:
    server.warning = OTHER
    show(window, server, "warned", qtbot, **DATED, nearest=True)
    assert badge(window) == "served 2024-04-10"
    view = window.docks.layer_tree.view
    for place in places(window):
        window.canvas.setFocus()
        QTest.mouseMove(view.viewport(), place)
        qtbot.waitUntil(lambda: view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor)
        QTest.mouseClick(view.viewport(), LEFT, PLAIN, place)
        qtbot.waitUntil(lambda: date_has_focus(window), timeout=20_000)
    window.canvas.setFocus()
    name = view.visualRect(window.docks.layer_tree.model.index(1)).topLeft() + QPoint(60, 8)
    QTest.mouseClick(view.viewport(), LEFT, PLAIN, name)
    rest(window, qtbot)
    assert not date_has_focus(window)


@pytest.mark.bounded
def test_a_click_on_the_credit_with_the_date_leads_to_the_dates(window, server, qtbot: QtBot) -> None:
    server.warning = OTHER
    show(window, server, "warned", qtbot, **DATED, nearest=True)
    place = place_of_credit(window, "10 April 2024 was served")
    assert place is not None
    at = (place / window.canvas.viewport.view().ratio).toPoint()
    window.canvas.setFocus()
    QTest.mouseMove(window.canvas, at)
    qtbot.waitUntil(lambda: window.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor)
    assert "the date of this layer" in window.canvas.panes.in_use.note_at(place)
    QTest.mouseClick(window.canvas, LEFT, PLAIN, at)
    qtbot.waitUntil(lambda: date_has_focus(window), timeout=20_000)
    assert not window.session.document.sites


def statement_has_focus(window: MainWindow) -> bool:
    """True while the keyboard is in the field for the date of an image."""
    panel = window.findChild(LayerPropertiesPanel)
    return panel is not None and panel.isVisible() and panel.fields.fields["acquired_at"].hasFocus()


def clicked_date(window: MainWindow, number: int, qtbot: QtBot) -> None:
    """Click on the date of a row in the layer list."""
    view, place = window.docks.layer_tree.view, places(window, number)[-1]
    window.canvas.setFocus()
    QTest.mouseClick(view.viewport(), LEFT, PLAIN, place)


@pytest.mark.bounded
def test_a_click_on_undated_leads_to_the_field_for_the_date(window, server, qtbot: QtBot) -> None:
    """The layer is of a server that states no date, and the analyst knows it."""
    show(window, server, "ok", qtbot)
    place = place_of_credit(window, "Sky company")
    assert place is not None
    QTest.mouseClick(window.canvas, LEFT, PLAIN, (place / window.canvas.viewport.view().ratio).toPoint())
    qtbot.waitUntil(lambda: statement_has_focus(window), timeout=20_000)
    clicked_date(window, 1, qtbot)
    qtbot.waitUntil(lambda: statement_has_focus(window), timeout=20_000)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    QTest.keyClicks(panel.fields.fields["acquired_at"], "2024-04-12")
    QTest.keyClick(panel.fields.fields["acquired_at"], Qt.Key.Key_Return)
    (layer,) = window.session.document.layers.values()
    assert (layer.acquired_at, layer.date_basis) == ("2024-04-12", "analyst")
    rest(window, qtbot)
    place = place_of_credit(window, "Sky company")
    assert place is not None
    assert window.canvas.panes.in_use.dated_at(place) == ""
    window.canvas.setFocus()
    QTest.mouseClick(window.docks.layer_tree.view.viewport(), LEFT, PLAIN, places(window)[-1])
    rest(window, qtbot)
    assert not statement_has_focus(window), "a date that is stated is no link"


@pytest.mark.bounded
def test_undated_in_list_and_credit_of_a_file_leads_to_the_field_for_the_date(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "scene.tif"
    write_cog(path, side=512)
    take_up(window, qtbot)
    window.opener.open([str(path)])
    settle(window, qtbot)
    (layer,) = (each for each in window.session.document.layers.values() if each.kind == "raster")
    window.views.show_layer(layer.uuid)
    settle(window, qtbot)
    clicked_date(window, 1, qtbot)
    qtbot.waitUntil(lambda: statement_has_focus(window), timeout=20_000)
    window.canvas.setFocus()
    place = place_of_credit(window, "date unknown")
    assert place is not None
    QTest.mouseClick(window.canvas, LEFT, PLAIN, (place / window.canvas.viewport.view().ratio).toPoint())
    qtbot.waitUntil(lambda: statement_has_focus(window), timeout=20_000)
