"""Features of servers in the real window: chosen in Add imagery, kept as files, fetched again on request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.services.features.feature_origin import origin_of
from layers.services.imagery_entry import ImageryEntry
from tests.support.feature_server import FeatureServer, serving_features
from tests.support.windows import new_case, settle
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.secrets import SecretKind
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.logins.sign_in import SignInDialog
from viewer.support.settings import data_folder

VIEW = Bounds(9.99, 50.15, 10.05, 50.25)


@pytest.fixture
def server() -> Iterator[FeatureServer]:
    with serving_features() as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with a case whose map shows `VIEW`."""
    new_case(window, qtbot)
    window.views.show_bounds(VIEW, 0.0)
    settle(window, qtbot)
    return window


def entry(server: FeatureServer) -> ImageryEntry:
    address = f"{server.address}collections/parks/items"
    return ImageryEntry(title="Parks", role="vectors", kind="ogcapi", address=address, attribution="Survey")


def fetched(window: MainWindow, server: FeatureServer, qtbot: QtBot) -> Layer:
    """The layer of the features in the view."""
    window.layer_menu.features.add(entry(server))
    settle(window, qtbot)
    return only_layer(window)


def only_layer(window: MainWindow) -> Layer:
    (layer,) = (layer for layer in window.session.document.layers.values() if origin_of(layer.source) is not None)
    return layer


def features_in(layer: Layer) -> list[dict[str, Any]]:
    return json.loads(Path(layer.source["path"]).read_text("utf-8"))["features"]


def message(window: MainWindow) -> str:
    return " ".join(line.text for line in window.messages.lines() if line.key == "features")


@pytest.mark.bounded
@pytest.mark.parametrize("typed", ["", "collections"])
def test_a_collection_is_added_from_its_address(
    desk: MainWindow, server: FeatureServer, qtbot: QtBot, typed: str
) -> None:
    desk.layer_menu.ask_server(f"{server.address}{typed}")
    (dialog,) = desk.findChildren(AddImageryDialog)
    assert server.log == []
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.panel.current() is not None and dialog.panel.current().entry.title == "Parks")
    assert server.items == []
    assert dialog.add_button.isEnabled()
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(desk.session.document.layers) and desk.is_idle(), timeout=15_000)
    layer = only_layer(desk)
    origin = origin_of(layer.source)
    assert (layer.name, layer.credit, len(features_in(layer))) == ("Parks", "Survey", 25)
    assert origin is not None
    assert (origin.words, origin.question.licence) == ("25 features.", "CC BY 4.0")
    assert message(desk) == "Parks: 25 features."
    assert Path(layer.source["path"]).parent == data_folder() / "features"


@pytest.mark.bounded
def test_a_saved_case_has_its_features_beside_it(
    desk: MainWindow, server: FeatureServer, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.session.save_as(tmp_path / "walks.gpkg")
    settle(desk, qtbot)
    layer = fetched(desk, server, qtbot)
    assert Path(layer.source["path"]).parent == tmp_path / "walks features"


@pytest.mark.bounded
def test_fetching_again_is_one_step_to_undo_and_keeps_the_old_file(
    desk: MainWindow, server: FeatureServer, qtbot: QtBot
) -> None:
    before = fetched(desk, server, qtbot)
    server.count = 30
    desk.panel_context.show_layer(before.uuid)
    action = desk.action_table["fetch_again"]
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    settle(desk, qtbot)
    after = only_layer(desk)
    assert after.uuid == before.uuid
    assert [len(features_in(layer)) for layer in (before, after)] == [25, 30]
    desk.session.undo()
    assert only_layer(desk).source == before.source
    desk.session.redo()
    assert only_layer(desk).source == after.source


@pytest.mark.bounded
def test_f29_features_that_want_a_login_are_fetched_after_it(
    desk: MainWindow, server: FeatureServer, qtbot: QtBot
) -> None:
    server.odd.add("wants login")
    desk.layer_menu.features.add(entry(server))
    settle(desk, qtbot)
    (line,) = (line for line in desk.messages.lines() if line.key == "features")
    assert "refuses us (code 401)" in line.text
    assert line.action is not None
    assert line.action.text == "Sign In…"
    line.action.run()
    (dialog,) = desk.findChildren(SignInDialog)
    dialog.form.choose(SecretKind.BEARER)
    QTest.keyClicks(dialog.form.value, "a-key")
    QTest.mouseClick(dialog.sign_in_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: message(desk) == "Parks: 25 features.", timeout=15_000)


@pytest.mark.bounded
def test_fetching_again_asks_about_a_host_that_is_not_allowed(
    desk: MainWindow, server: FeatureServer, qtbot: QtBot
) -> None:
    layer = fetched(desk, server, qtbot)
    count = len(server.log)
    desk.context.consent.withdraw(server.host)
    desk.layer_menu.features.fetch_again(layer.uuid)
    settle(desk, qtbot)
    assert len(server.log) == count
    (line,) = (line for line in desk.messages.lines() if line.key == "features")
    assert line.action is not None
    line.action.run()
    settle(desk, qtbot)
    assert len(server.log) > count
    assert message(desk) == "Parks: 25 features."


@pytest.mark.bounded
def test_pages_on_another_host_come_once_it_is_allowed(desk: MainWindow, server: FeatureServer, qtbot: QtBot) -> None:
    with serving_features() as other:
        server.next_host = other.host
        layer = fetched(desk, server, qtbot)
        assert (len(features_in(layer)), other.log) == (10, [])
        assert message(desk).startswith(f"Parks: 10 of 25 features. {other.host} is not contacted")
        (line,) = (line for line in desk.messages.lines() if line.key == "features")
        assert line.action is not None
        line.action.run()
        settle(desk, qtbot)
        assert len(features_in(only_layer(desk))) == 25


def test_nothing_in_the_view_is_said(desk: MainWindow, server: FeatureServer, qtbot: QtBot) -> None:
    server.count = 0
    desk.layer_menu.features.add(entry(server))
    settle(desk, qtbot)
    assert not desk.session.document.layers
    assert "no features in this view" in message(desk)


@pytest.mark.bounded
def test_an_error_in_words_adds_nothing(desk: MainWindow, server: FeatureServer, qtbot: QtBot) -> None:
    server.stop()
    desk.layer_menu.features.add(entry(server))
    settle(desk, qtbot)
    assert not desk.session.document.layers
    assert message(desk).startswith("“Parks” was not fetched.")


@pytest.mark.bounded
def test_another_case_does_not_get_the_features(desk: MainWindow, server: FeatureServer, qtbot: QtBot) -> None:
    server.odd, server.count = {"endless"}, 20_000
    desk.layer_menu.features.add(entry(server))
    qtbot.waitUntil(lambda: bool(server.items))
    desk.session.new_case()
    settle(desk, qtbot)
    assert desk.layer_menu.features.is_idle
    assert not any(origin_of(layer.source) for layer in desk.session.document.layers.values())
