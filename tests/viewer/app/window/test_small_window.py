"""On a small screen too every panel is readable, and every control can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cut_texts import is_cut
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.commands.layer_filter import set_layer_filter
from viewer.panels.shell.message_bar import MessageBar
from viewer.support.messages import MessageAction

pytestmark = pytest.mark.bounded

LONG = "This case is open elsewhere (somebody on a computer with a long name): it can be read, and saved elsewhere."


@pytest.fixture(params=[(1280, 720), (1024, 700)], ids=lambda size: "x".join(map(str, size)))
def small(make_window: MakeWindow, qtbot: QtBot, request: pytest.FixtureRequest) -> MainWindow:
    window = make_window()
    window.resize(*request.param)
    window.file_menu.open_demo()
    settle(window, qtbot)
    return window


def shown(window: MainWindow) -> Iterator[str]:
    """Raise one panel after the other, each with something in it; yields what is raised."""
    docks, document = window.docks, window.session.document
    for name in ("panel_claims", "panel_sources", "panel_responses", "panel_acquisition"):
        docks.show_panel(name)
        yield name
    for late, rows in ((docks.sources, document.sources), (docks.responses, document.responses)):
        first = next(iter(rows))
        late.panel.list.select({first})
        late.panel.chosen(frozenset({first}))
        yield type(late.panel).__name__
    for uuids in ([next(iter(document.sites))], list(document.sites)[:3]):
        window.selection.set(uuids)
        yield f"{len(uuids)} sites"
    for layer in document.layers_in_order():
        window.panel_context.show_layer(layer.uuid, raise_form=True)
        yield layer.name
        docks.show_panel("acquisition")
        yield f"Acquisition of {layer.name}"
    (coast,) = (layer.uuid for layer in document.layers_in_order() if layer.kind == "vector")
    window.panel_context.show_layer(coast)
    window.session.push(set_layer_filter(document, coast, " or ".join(["min_zoom > 3"] * 20), actor="Li"))
    docks.show_panel("identify")
    window.action_table["attribute_table"].trigger()
    yield "Attributes"
    docks.attributes.panel.show_counts(1_999_999, 2_222_222, 1_999_999)
    yield "Attributes of millions"


def test_nothing_is_cut_and_no_panel_lies_on_another(small: MainWindow, qtbot: QtBot) -> None:
    for name in shown(small):
        settle(small, qtbot)
        qtbot.wait(20)
        seen = [one for one in small.findChildren(QWidget) if one.isVisible() and not one.visibleRegion().isEmpty()]
        cut = [one.text() for one in seen if isinstance(one, QLabel | QAbstractButton) and is_cut(one)]
        assert not cut, (name, cut)
        docks = [dock for dock in small.docks.all() if dock in seen]
        for one, other in combinations(docks, 2):
            assert not one.geometry().intersects(other.geometry()), (name, one.windowTitle(), other.windowTitle())


def test_what_has_no_room_in_the_toolbar_is_behind_a_button_that_can_be_seen(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    window = make_window()
    window.file_menu.new_case()
    window.resize(1024, 700)
    settle(window, qtbot)
    button = window.toolbar.findChild(QToolButton, "qt_toolbar_ext_button")
    qtbot.waitUntil(button.isVisible)
    for dark in (True, False):
        window.view_menu.set_dark(dark)
        picture = button.grab().toImage()
        lights = [QColor(picture.pixel(x, y)).lightness() for x in range(picture.width()) for y in range(12, 24)]
        assert max(lights) - min(lights) > 80, "an icon"
    assert button.accessibleName()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("rows", ["sources", "responses"])
def test_a_list_shows_some_rows_above_its_form(small: MainWindow, qtbot: QtBot, rows: str) -> None:
    small.docks.show_panel(f"panel_{rows}")
    view = getattr(small.docks, rows).panel.list.view
    rows_seen = 2 if rows == "sources" else 3  # a source has two lines
    qtbot.waitUntil(lambda: view.viewport().height() >= rows_seen * view.rowHeight(0))


def test_the_text_of_a_message_is_no_column_of_words(small: MainWindow, qtbot: QtBot) -> None:
    small.messages.show("a", "Another.", "info")
    small.messages.show("b", LONG, "warning", MessageAction("Take Over…", lambda: None))
    (bar,) = small.findChildren(MessageBar)
    (text,) = (label for label in bar.findChildren(QLabel) if label.text() == LONG)
    qtbot.waitUntil(lambda: text.width() > 0.6 * bar.width() or bar.width() > 600)
    assert {button.text() for button in bar.findChildren(QAbstractButton) if button.isVisible()} >= {
        "Take Over…",
        "1 more",
    }
