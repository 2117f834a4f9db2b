"""Steps that are said where they are out of sight, and views and cases that are left as they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.project.saving.recovery import recoverable
from tests.support.sessions import Desk as SessionDesk
from tests.support.windows import new_case, press, settle, shown_where, texts
from tests.viewer.app.conftest import MakeWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site, add_sites
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.shell import status_bar
from viewer.panels.shell.status_bar import StatusBar
from viewer.support.elided import ElidedLabel
from viewer.support.settings import sessions_folder

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key = Qt.Key


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    return new_case(window, qtbot)


def hint_of(window: MainWindow) -> str:
    bar = window.findChild(StatusBar)
    assert bar is not None
    return bar.findChildren(ElidedLabel)[0].text()


@pytest.fixture
def said_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done is said until the event loop has its turn."""
    monkeypatch.setattr(status_bar, "DONE_MS", 0)


@pytest.mark.bounded
def test_undo_and_redo_say_what_they_did(said_briefly: None, case: MainWindow, qtbot: QtBot) -> None:
    case.session.push(add_site(case.session.document, Point(128.3, 51.9), actor="me", uuid="pad", label="Pad"))
    case.canvas.viewport.centre_on(-8e6, -4e6, 50.0)
    case.action_table["undo"].trigger()
    assert hint_of(case) == "Undone: Add site “Pad”"
    case.action_table["redo"].trigger()
    assert hint_of(case) == "Redone: Add site “Pad”"
    qtbot.waitUntil(lambda: "Pad" not in hint_of(case))


@pytest.mark.bounded
@pytest.mark.parametrize("seen", [True, False])
def test_zoom_to_selection_stays_close_to_a_point_in_sight(case: MainWindow, qtbot: QtBot, seen: bool) -> None:
    site = add_site(case.session.document, Point(128.3, 51.9), actor="me", uuid="pad", position_error_m=50_000.0)
    case.session.push(site)
    case.selection.set(("pad",))
    x, y = 14_282_290.7, 6_784_000.0
    case.canvas.viewport.centre_on(x + (5_000.0 if seen else 5_000_000.0), y, 20.0)
    case.canvas.motion.come_to_rest()
    case.action_table["zoom_selection"].trigger()
    settle(case, qtbot)
    lon, lat = case.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(128.3, abs=0.01), pytest.approx(51.9, abs=0.05))
    assert (case.canvas.viewport.resolution == pytest.approx(20.0)) == seen


@pytest.mark.bounded
@pytest.mark.parametrize(("count", "key"), [(5, Key.Key_R), (6, Key.Key_R), (62, Key.Key_J)])
def test_a_claim_about_many_sites_says_so_at_its_head(case: MainWindow, qtbot: QtBot, count: int, key: Qt.Key) -> None:
    rows = [(Point(128.3 + row / 100, 51.9), {"label": str(row)}) for row in range(count)]
    case.session.push(add_sites(case.session.document, rows, actor="me"))
    case.selection.set(case.session.document.sites)
    case.canvas.setFocus()
    press(key)
    form = case.findChild(ClaimFormPanel)
    assert form is not None
    qtbot.waitUntil(form.isVisible)
    is_many = count > 5
    assert form.about_many.isVisibleTo(form) == is_many
    assert (f"about all {count} sites" in texts(case)) == is_many
    if is_many:
        assert form.about_many.text() == f"About {count} sites"
        qtbot.waitUntil(lambda: not form.about_many.visibleRegion().isEmpty())
        case.action_table["undo"].trigger()
        assert not case.session.document.claims


@pytest.mark.bounded
def test_a_double_click_on_a_layer_opens_its_form_and_leaves_the_view(case: MainWindow, qtbot: QtBot) -> None:
    source = {"shipped": "coast.geojson"}
    case.session.push(add_layer(case.session.document, "vector", "Coast", source, actor="me", uuid="a"))
    settle(case, qtbot)
    case.canvas.viewport.centre_on(14e6, 6.7e6, 30.0)
    case.canvas.motion.come_to_rest()
    settle(case, qtbot)
    before = shown_where(case)
    tree = case.findChild(LayerTreePanel)
    assert tree is not None
    rect = tree.view.visualRect(tree.model.index(tree.model.row_of("a")))
    for click in (QTest.mouseClick, QTest.mouseDClick):
        click(tree.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect.center())
    settle(case, qtbot)
    assert shown_where(case) == before
    form = case.findChild(LayerPropertiesPanel)
    assert form is not None
    qtbot.waitUntil(form.isVisible)
    assert case.panel_context.layer_uuid == "a"


def test_a_case_that_was_never_named_is_offered_as_such(make_window: MakeWindow, qtbot: QtBot) -> None:
    desk = SessionDesk()
    desk.session.new_case()
    desk.wait()
    desk.mark("one")
    desk.crash()
    window = make_window()
    window.offer_recovery(recoverable(sessions_folder()))
    cards = [one for one in window.start_page.findChildren(QAbstractButton) if "Recover" in one.accessibleName()]
    (card,) = cards
    assert "“”" not in card.accessibleName()
    assert card.accessibleName().startswith("Recover an unnamed case of ")
    assert card.text().endswith(", 1 edit, 1 site")
