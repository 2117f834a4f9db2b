"""Adding imagery of a service: dates, terms, consent. Nothing is contacted here."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDate, Qt

from layers.services.tile_service import TileService
from tests.viewer.panels.conftest import Desk
from viewer.panels.layers.add_imagery import AddImageryDialog


@pytest.fixture
def dialog(qtbot, desk: Desk) -> AddImageryDialog:
    dialog = AddImageryDialog(desk.context)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def _choose(dialog: AddImageryDialog, text: str) -> None:
    (item,) = dialog.panel.tree.findItems(text, Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
    dialog.panel.tree.setCurrentItem(item)


def test_a_dated_service_is_added_on_its_day_under_the_vectors(qtbot, dialog: AddImageryDialog, desk: Desk) -> None:
    _choose(dialog, "MODIS Terra")
    assert dialog.panel.date.isVisible()
    dialog.panel.date.setDate(QDate(2024, 4, 12))
    assert "NASA" in dialog.panel.terms.text()
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    order = [layer.uuid for layer in desk.document.layers_in_order()]
    layer = desk.document.layers[order[2]]
    assert order[3] == "coast"
    assert (layer.kind, layer.acquired_at, layer.date_kind) == ("tiles", "2024-04-12", "interval")
    assert layer.name.endswith("2024-04-12")
    assert "NASA" in layer.credit
    assert TileService.from_json(layer.source).time == "2024-04-12"
    assert desk.consented == ["gibs.earthdata.nasa.gov"]
    assert not dialog.isVisible()
    desk.history.undo()
    assert set(desk.document.layers) == {"base", "night", "coast"}


def test_an_undated_service_has_no_date(dialog: AddImageryDialog) -> None:
    _choose(dialog, "USGS Imagery")
    assert not dialog.panel.date.isVisible()


def test_non_commercial_imagery_needs_a_tick(qtbot, dialog: AddImageryDialog, desk: Desk) -> None:
    _choose(dialog, "Sentinel-2 cloudless")
    assert dialog.panel.agreed.isVisible()
    assert not dialog.add_button.isEnabled()
    dialog.panel.add()
    assert desk.consented == []
    qtbot.keyClick(dialog.panel.agreed, Qt.Key.Key_Space)
    assert dialog.add_button.isEnabled()
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert desk.consented == ["tiles.maps.eox.at"]


def test_a_custom_address_is_checked_and_warned_about(qtbot, dialog: AddImageryDialog, desk: Desk) -> None:
    _choose(dialog, "Another service")
    assert "terms of use" in dialog.panel.terms.text()
    assert not dialog.add_button.isEnabled()
    qtbot.keyClicks(dialog.panel.template, "file:///etc/{z}/{x}/{y}")
    assert "https://" in dialog.panel.refusal.text()
    assert not dialog.add_button.isEnabled()
    dialog.panel.template.clear()
    qtbot.keyClicks(dialog.panel.template, "https://t.example.org/{z}/{x}/{y}.png")
    assert dialog.panel.refusal.text() == ""
    qtbot.keyClicks(dialog.panel.attribution, "Example")
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    (layer,) = [layer for layer in desk.document.layers.values() if layer.kind == "tiles"]
    assert (layer.name, layer.credit) == ("t.example.org", "Example")
    assert desk.consented == ["t.example.org"]


def test_a_heading_is_no_service(qtbot, dialog: AddImageryDialog, desk: Desk) -> None:
    dialog.panel.tree.setCurrentItem(dialog.panel.tree.topLevelItem(0))
    assert not dialog.panel.is_ready()
    qtbot.mouseClick(dialog.buttons.buttons()[0], Qt.MouseButton.LeftButton)
    assert set(desk.document.layers) == {"base", "night", "coast"}
