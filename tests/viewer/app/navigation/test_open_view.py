"""A view is opened in a web map only after it was said what is sent, and in the datum that the map counts on."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.crs import PIXEL_SPACE
from layers.geo.measure import distance_m
from layers.services.web_views.web_viewer import shipped_web_maps
from tests.support.windows import texts
from tests.viewer.app.conftest import settle
from viewer.app.navigation.open_view import OpenViewDialog, shown_view
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.support.settings import config_folder

BEIJING = (116.40, 39.91)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser was given."""
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()) or True)
    return found


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot, opened: list[str]) -> OpenViewDialog:
    window.file_menu.new_case()
    lon, lat = BEIJING
    window.views.show_bounds(Bounds(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05))
    settle(window, qtbot)
    window.action_table["open_view"].trigger()
    found = window.findChild(OpenViewDialog)
    assert found is not None
    return found


def _choose(dialog: OpenViewDialog, title: str) -> None:
    (item,) = dialog.list.findItems(title, Qt.MatchFlag.MatchExactly)
    dialog.list.setCurrentItem(item)


def test_nothing_is_opened_before_it_was_said_what_is_sent(
    dialog: OpenViewDialog, opened: list[str], qtbot: QtBot
) -> None:
    assert opened == []
    assert dialog.host.text() == "www.google.com"
    assert "39.91" in dialog.place.text()
    assert "WGS 84" in dialog.place.text()
    assert dialog.address.text().replace("\u200b", "").startswith("https://www.google.com/maps/@39.91")
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.host.text() == "yandex.com"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    (address,) = opened
    assert address.startswith("https://yandex.com/maps/?ll=116.4")
    assert address == address.replace(" ", "")


@pytest.mark.bounded
@pytest.mark.parametrize(("title", "datum"), [("Amap", "GCJ-02"), ("Baidu Maps", "BD-09")])
def test_a_chinese_map_is_given_its_own_datum(dialog: OpenViewDialog, title: str, datum: str) -> None:
    _choose(dialog, title)
    assert f"converted to {datum}" in dialog.place.text()
    assert "good to" in dialog.place.text()
    there = parse_coordinate(dialog.chosen().address)
    assert there.datum == datum
    assert distance_m(there.lon, there.lat, *BEIJING) < 15, "our own reader of addresses leads back"


PLACES = ((2.35, 48.86, "does not differ there"), (128.334, 51.884, "It may, by 5"), (116.4, 39.91, "converted to"))


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(("lon", "lat", "said"), PLACES)
def test_it_says_what_becomes_of_the_place_where_the_map_may_be_shifted(
    window: MainWindow, qtbot: QtBot, lon: float, lat: float, said: str
) -> None:
    window.file_menu.new_case()
    window.views.show_place(lon, lat, 100.0)
    window.action_table["open_view"].trigger()
    dialog = window.findChild(OpenViewDialog)
    assert dialog is not None
    _choose(dialog, "Amap")
    assert said in dialog.place.text()


def test_the_address_can_be_copied_without_contacting_anybody(dialog: OpenViewDialog, opened: list[str]) -> None:
    _choose(dialog, "OpenStreetMap")
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == dialog.chosen().address
    assert opened == []
    assert dialog.isVisible()


def test_without_a_browser_it_says_so(dialog: OpenViewDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    dialog.open_button.click()
    assert "No browser" in dialog.note.text()
    assert dialog.isVisible()


@pytest.mark.bounded
def test_the_day_of_the_topmost_dated_image_is_sent(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    source = {"template": "https://example.org/{z}/{x}/{y}.png", "title": "x"}
    fields = {"acquired_at": "2024-04-12T03:00:00Z", "date_kind": "instant"}
    document = window.session.document
    window.session.push(add_layer(document, "tiles", "dated", source, actor="me", visible=True, **fields))
    window.views.show_bounds(Bounds(10, 10, 11, 11))
    view = shown_view(window.canvas, window.views)
    assert view is not None
    assert view.day == date(2024, 4, 12)
    (worldview,) = (link for link in shipped_web_maps().links if "Worldview" in link.title)
    assert worldview.address(view).address.endswith("&t=2024-04-12")


def test_off_the_earth_there_is_nothing_to_open(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    window.canvas.motion.set_crs(PIXEL_SPACE)
    window.action_table["open_view"].trigger()
    assert window.findChild(OpenViewDialog) is None
    assert "no place on the Earth" in texts(window)


def test_own_web_maps_stand_first_and_a_bad_one_is_said(window: MainWindow, opened: list[str], qtbot: QtBot) -> None:
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True)
    own = '[[link]]\ntitle = "Our tower"\ntemplate = "https://tower.example.org/{lat}/{lon}/{z}"\n'
    bad = '[[link]]\ntitle = "Theirs"\ntemplate = "https://a.org/{who}"\n'
    (folder / "web_maps.toml").write_text(own + bad, encoding="utf-8")
    window.file_menu.new_case()
    window.views.show_bounds(Bounds(10, 10, 11, 11))
    settle(window, qtbot)
    window.action_table["open_view"].trigger()
    dialog = window.findChild(OpenViewDialog)
    assert dialog is not None
    assert dialog.list.item(0).text() == "Our tower"
    assert not dialog.list.findItems("Theirs", Qt.MatchFlag.MatchExactly)
    assert "Theirs is left out of the list" in texts(window)
    assert "web_maps.toml" in dialog.own.text()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert opened[0].startswith("https://tower.example.org/10.5")


def test_addresses_are_whole(dialog: OpenViewDialog) -> None:
    for row in range(dialog.list.count()):
        dialog.list.setCurrentRow(row)
        url = QUrl(dialog.chosen().address, QUrl.ParsingMode.StrictMode)
        assert url.isValid()
        assert url.scheme() == "https"
        assert "{" not in dialog.chosen().address
