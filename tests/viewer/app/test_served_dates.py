"""The date asked for and the date served are told apart on marks, chips and products, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from layers.document.image import Image
from tests.support.service_layers import badge, rest, show
from tests.support.windows import press
from viewer.app.window import MainWindow
from viewer.canvas.comparison.side_words import acquisition_shown
from viewer.commands.imagery.service_times import set_time_range
from viewer.commands.layers import update_layer
from viewer.export.plates.maps.image_captions import image_facts, image_line
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_rows import DATE_ROLE
from viewer.panels.sites.chip_words import date_words
from viewer.panels.sites.image_part import ImagePart

Key = Qt.Key
DATED = {"address_end": "?t={time}", "time": "2024-04-12"}
OTHER = "99 Nearest value used: time=2024-04-10T00:00:00.000Z ISO8601 (sky)"


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def marked(window: MainWindow, qtbot: QtBot) -> Image:
    """A mark in the middle of the map, by the key and a click; returns the image that it is recorded on."""
    window.activateWindow()
    window.canvas.setFocus()
    press(Key.Key_P)
    middle = window.canvas.rect().center()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    rest(window, qtbot)
    (site,) = window.session.document.sites.values()
    return window.session.document.images[site.image_uuid]


def caption(window: MainWindow) -> str:
    """The line of the image as a product prints it."""
    on_page = SimpleNamespace(
        shown=SimpleNamespace(frames=(window.scene,)), view=window.canvas.viewport.view(), unseen=frozenset
    )
    (fact,) = image_facts(on_page)  # type: ignore[arg-type]
    return image_line(fact)


@pytest.mark.bounded
def test_a_mark_and_its_chip_are_of_the_date_that_was_served(window, server, qtbot) -> None:
    server.warning = OTHER
    show(window, server, "warned", qtbot, **DATED, nearest=True)
    assert badge(window) == "served 2024-04-10"
    image = marked(window, qtbot)
    assert image.acquired_at.startswith("2024-04-10")
    assert image.service.endswith("asked for 2024-04-12, 2024-04-10 was served")
    part = window.findChild(ImagePart)
    assert part is not None
    assert any("asked for 2024-04-12" in label.text() for label in part.facts.findChildren(QLabel))
    window.canvas.setFocus()
    window.action_table["take_chip"].trigger()
    qtbot.waitUntil(lambda: len(window.session.document.chips) == 2, timeout=20_000)
    for chip in window.session.document.chips.values():
        assert chip.acquired_at.startswith("2024-04-10")
        assert chip.image_uuid == image.uuid
    line = caption(window)
    assert "10 April 2024" in line
    assert "served where 12 April 2024 was asked for" in line
    (drawing,) = (drawing for drawing in window.scene.drawings.values() if drawing.layer.kind == "tiles")
    assert acquisition_shown(drawing).at.startswith("2024-04-10"), "comparisons go by what is shown"


@pytest.mark.bounded
def test_a_mark_says_that_the_nearest_may_have_been_served(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, **DATED, nearest=True)
    image = marked(window, qtbot)
    assert image.acquired_at == "2024-04-12"
    assert image.service.endswith("asked for 2024-04-12, the nearest may be served")
    assert "12 April 2024, kind of date unknown (from metadata), as asked for, the nearest may be served" in caption(
        window
    )


@pytest.mark.bounded
def test_another_date_that_is_not_named_is_no_date(window, server, qtbot) -> None:
    server.warning = "99 nearest value used"
    show(window, server, "warned", qtbot, **DATED)
    image = marked(window, qtbot)
    assert (image.acquired_at, image.date_basis) == ("", "")
    assert image.service.endswith("asked for 2024-04-12, another date was served")
    assert "date unknown" in caption(window)


@pytest.mark.bounded
def test_a_server_that_serves_what_it_is_asked_for_needs_no_words(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, **DATED)
    image = marked(window, qtbot)
    assert image.acquired_at == "2024-04-12"
    assert "asked" not in image.service + caption(window)


def test_a_range_for_the_steps_has_no_tile_fetched_again(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, **DATED, times="2024-04-01,2024-04-12,2024-04-20")
    (layer,) = window.session.document.layers.values()
    drawing = window.scene.drawings[layer.uuid]
    server.log.clear()
    window.panel_context.do(set_time_range, layer.uuid, "2024-04-10", "2024-04-30")
    rest(window, qtbot)
    assert window.scene.drawings[layer.uuid] is drawing
    assert server.log == []
    window.panel_context.show_layer(layer.uuid)
    window.action_table["next_date"].trigger()
    rest(window, qtbot)
    assert all("t=2024-04-20" in line for line in map(str, server.log))
    assert server.log


@pytest.mark.bounded
def test_a_release_is_published_in_the_list_on_marks_chips_and_products(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot)
    (layer,) = window.session.document.layers.values()
    facts = {"acquired_at": "2014-02-20", "date_kind": "published", "date_basis": "catalogue"}
    window.panel_context.do(update_layer, layer.uuid, **facts)
    image = marked(window, qtbot)
    assert (image.acquired_at, image.date_kind, image.date_basis) == ("2014-02-20", "published", "catalogue")
    assert date_words(image) == "published 2014-02-20, date of the image unknown (from the catalogue)"
    assert window.docks.layer_tree.model.index(1).data(DATE_ROLE) == "published 2014-02-20"
    assert "published 20 February 2014" in caption(window)
    window.canvas.grab_picture()
    assert window.canvas.panes.in_use.picture.credits == [
        "Sky company (published 20 February 2014, date of the image unknown)"
    ]
    window.canvas.setFocus()
    window.action_table["take_chip"].trigger()
    qtbot.waitUntil(lambda: len(window.session.document.chips) == 2, timeout=20_000)
    assert {chip.date_kind for chip in window.session.document.chips.values()} == {"published"}
