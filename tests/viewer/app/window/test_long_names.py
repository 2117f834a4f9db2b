"""Names of any length, of files, layers, sites and cases, break no list, no form, no dialog and no message."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shapely import Point

import sample_data
from tests.support.product_windows import shown_product
from tests.viewer.app.conftest import settle
from viewer.app.desktop.questions import Questions, Which
from viewer.app.window import SMALLEST, MainWindow
from viewer.commands.claims import add_claim
from viewer.commands.layers import update_layer
from viewer.commands.meta import set_meta
from viewer.commands.sites import add_site
from viewer.commands.sources import add_source
from viewer.panels.shell.message_bar import MessageBar
from viewer.support.elided import ElidedLabel
from viewer.support.language.text import LONGEST_TIP, TIP_COLUMNS, breakable, tooltip, unbroken
from viewer.support.messages import MessageAction
from viewer.support.plain_label import PlainLabel, plain_label

pytestmark = pytest.mark.bounded

SCREEN = (1280, 800)
WIDEST_MENU_PX = 520
NAMES = {
    "one word": "x" * 600,
    "many words": "A name of many words " * 40,
    "Chinese": "东方航天港" * 150,
    "a path": "/folder-of_a case/" * 60,
    "lines": "a line\n" * 200,
    "markup": "<b>bold</b>&amp;" * 60,
    "endless": "y" * 20_000,
}


@pytest.fixture(params=NAMES.values(), ids=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def some(*ids: str) -> pytest.MarkDecorator:
    """A few of the names: each is tried somewhere, a window for each of all takes long."""
    return pytest.mark.parametrize("name", [NAMES[id_] for id_ in ids], ids=ids, indirect=True)


@pytest.fixture
def named(window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str) -> MainWindow:
    """Files with names as long as there are, and layers, a site, a claim, a source and a case called so."""
    window.resize(*SCREEN)
    files = []
    for shipped in ("coast.geojson", "night_lights.tif"):
        files.append(tmp_path / f"{'n' * 240}{Path(shipped).suffix}")
        shutil.copy(sample_data.path(shipped), files[-1])
    window.opener.open([*map(str, files), "http://127.0.0.1:1/{z}/{x}/{y}.png"])
    settle(window, qtbot)
    session, document = window.session, window.session.document
    for uuid in list(document.layers):
        session.push(update_layer(document, uuid, name=name, credit=name, actor="me"))
    session.push(add_site(document, Point(10, 50), actor="me", label=name, notes=name))
    session.push(add_claim(document, actor="me", statement=name, site_uuids=list(document.sites)))
    session.push(add_source(document, actor="me", title=name, publisher=name))
    session.push(set_meta(document, "title", name, actor="me"))
    settle(window, qtbot)
    return window


def shown(window: MainWindow) -> Iterator[str]:
    """Raise one panel after the other, each about something with such a name."""
    docks, document = window.docks, window.session.document
    for panel in ("panel_sites", "panel_claims", "panel_sources", "panel_responses", "panel_acquisition"):
        docks.show_panel(panel)
        yield panel
    docks.sources.panel.list.select(set(document.sources))
    docks.sources.panel.chosen(frozenset(document.sources))
    yield "source"
    window.selection.set(list(document.sites))
    yield "site"
    window.panel_context.show_claim(next(iter(document.claims)), raise_form=True)
    yield "claim"
    for layer in document.layers_in_order():
        window.panel_context.show_layer(layer.uuid, raise_form=True)
        yield f"{layer.kind} layer"
        docks.show_panel("acquisition")
        yield f"acquisition of the {layer.kind} layer"
    (vector,) = (layer.uuid for layer in document.layers_in_order() if layer.kind == "vector")
    window.panel_context.show_layer(vector)
    window.action_table["attribute_table"].trigger()
    yield "attributes"


def too_wide(top: QWidget) -> list[str]:
    """Labels that can be seen and are narrower than a word of theirs."""
    labels = [one for one in top.findChildren(QLabel) if one.isVisible() and not one.visibleRegion().isEmpty()]
    return [
        f"{type(one).__name__} of {one.minimumSizeHint().width()} px in {one.width()}: {one.text()[:40]}"
        for one in labels
        if one.text()
        and not isinstance(one, ElidedLabel)
        and one.minimumSizeHint().width() > one.width()
        and len(one.text()) > 40
    ]


@some("one word", "Chinese", "lines")
def test_no_panel_is_cut_and_the_window_grows_by_nothing(named: MainWindow, qtbot: QtBot) -> None:
    for what in shown(named):
        settle(named, qtbot)
        qtbot.wait(10)
        assert (named.width(), named.height()) == SCREEN, what
        assert too_wide(named) == [], what
        hint = named.minimumSizeHint()
        assert hint.width() <= 1000, what
        assert hint.height() <= SCREEN[1], what
    assert len(named.windowTitle()) < 200
    assert "\n" not in named.windowTitle()


@some("a path", "markup", "endless")
def test_menus_and_the_start_page_keep_their_width(named: MainWindow, qtbot: QtBot, name: str) -> None:
    deep = "/" + "/".join(["d" * 200] * 18) + f"/{name.replace('/', '')[:80]}.gpkg"
    named.settings.set("recent", [deep])
    for uuid in named.session.document.layers:
        assert named.docks.layer_tree.menu_for(uuid).sizeHint().width() < WIDEST_MENU_PX
    for menu in named.menuBar().findChildren(QMenu):
        menu.aboutToShow.emit()
        assert menu.sizeHint().width() < WIDEST_MENU_PX, menu.title()
    named.saving.guarded = lambda go_on: go_on()  # type: ignore[method-assign]
    named.file_menu.close_case()
    settle(named, qtbot)
    assert named.start_page.isVisible()
    assert named.start_page.widget().minimumSizeHint().width() < SCREEN[0]


@some("many words", "lines", "endless")
def test_a_message_is_read_to_its_end(named: MainWindow, qtbot: QtBot, name: str) -> None:
    (bar,) = named.findChildren(MessageBar)
    for count in range(3):
        named.messages.show(f"{count}", name, "warning", MessageAction("Try Again", lambda: None))
    settle(named, qtbot)
    qtbot.waitUntil(bar.isVisible)
    assert too_wide(bar) == []
    assert bar.height() <= named.canvas.height() / 2
    assert bar.width() <= named.canvas.width()


@some("one word", "Chinese", "endless")
def test_dialogs_fit_the_screen(named: MainWindow, qtbot: QtBot) -> None:
    seen = []
    for action in ("palette", "go_to", "add_imagery", "export_product", "select_expression", "combine_bands"):
        if not named.action_table[action].isEnabled():
            continue

        def look(action: str = action) -> None:
            found = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
            seen.extend((action, one.minimumSizeHint().toTuple(), too_wide(one)) for one in found)
            for one in found:
                one.reject()

        if action == "export_product":  # its window comes once what makes products is loaded
            named.action_table[action].trigger()
            shown_product(named, qtbot)
        QTimer.singleShot(150, named, look)
        if action != "export_product":
            named.action_table[action].trigger()
        qtbot.wait(200)
    assert {action for action, _, _ in seen} >= {"palette", "go_to", "add_imagery", "export_product"}
    for action, (width, height), wide in seen:
        assert width <= SCREEN[0], action
        assert height <= SCREEN[1], action
        assert wide == [], action


@some("many words", "markup", "endless")
def test_questions_fit_the_smallest_window(named: MainWindow, qtbot: QtBot, name: str) -> None:
    questions = Questions(named)
    asked: list[Callable[[], object]] = [
        lambda: questions.unsaved(name),
        lambda: questions.changed_on_disk(name),
        lambda: questions.take_over(name, name),
        lambda: questions.which_features(name, {Which.ALL: 2, Which.SELECTED: 1}),
    ]
    sizes = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QDialog)
        sizes.append((box.width(), box.height()))
        box.reject()

    for ask in asked:
        QTimer.singleShot(100, named, look)
        ask()
    assert len(sizes) == len(asked)
    assert max(width for width, _ in sizes) <= SMALLEST[0] + 60
    assert max(height for _, height in sizes) <= SMALLEST[1]


def test_tooltips_wrap_and_end(name: str) -> None:
    tip = tooltip(name)
    assert not QtGui.Qt.mightBeRichText(tip)
    assert len(unbroken(tip)) < 2 * LONGEST_TIP
    assert max(map(len, unbroken(tip).split("\n"))) <= TIP_COLUMNS


@pytest.mark.parametrize(
    "text",
    ["", "short", "two words", "x" * 24, "x" * 25, "/a/path/that/is/long/enough/to/be/broken", "S2B_MSIL2A_20210711T"],
)
def test_what_is_shown_is_what_was_given(qtbot: QtBot, text: str) -> None:
    label = plain_label(text)
    qtbot.addWidget(label)
    assert label.text() == text
    assert unbroken(breakable(text)) == text
    assert breakable(breakable(text)) == breakable(text)
    assert isinstance(label, PlainLabel)
