"""Terms of a service that nobody knew: stated in the layer's properties, undone, saved and opened again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.layer import TERMS_STATED, Layer
from layers.document.layer_terms import Terms, may_leave, terms_of
from tests.support.cases.rich import read_case
from tests.support.choices import choose_by_keys, popup
from tests.support.product_windows import ready
from tests.support.service_layers import rest, show
from tests.support.tile_server import TileServer
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_properties import LayerPropertiesPanel

pytestmark = popup


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def panel_of(window: MainWindow, qtbot: QtBot) -> LayerPropertiesPanel:
    (uuid,) = window.session.document.layers
    window.panel_context.show_layer(uuid, raise_form=True)
    rest(window, qtbot)
    return window.findChildren(LayerPropertiesPanel)[-1]


def layer_in(window: MainWindow) -> Layer:
    (layer,) = window.session.document.layers.values()
    return layer


def type_into(panel: LayerPropertiesPanel, column: str, text: str) -> None:
    field = panel.fields.fields[column]
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClicks(field, text)
    field.flush()


@pytest.mark.bounded
def test_terms_are_stated_in_the_properties_and_kept(
    window: MainWindow, server: TileServer, qtbot: QtBot, tmp_path: Path
) -> None:
    show(window, server, "ok", qtbot)
    drawing = window.scene.drawings[layer_in(window).uuid]
    panel = panel_of(window, qtbot)
    type_into(panel, "own_licence", "By letter of May 2024")
    type_into(panel, "own_link", "https://sky.example/terms")
    type_into(panel, "provider", "Sky Ltd")
    choose_by_keys(panel.fields.fields["own_export"], "Not allowed")
    stated = Terms("By letter of May 2024", "https://sky.example/terms", "Sky company", "Sky Ltd", "no")
    assert terms_of(layer_in(window)) == stated
    assert not may_leave(layer_in(window))
    assert window.scene.drawings[layer_in(window).uuid] is drawing, "no tile is fetched for that"
    window.session.undo()
    assert may_leave(layer_in(window)), "each field is a step of its own"
    assert terms_of(layer_in(window)).provider == "Sky Ltd"
    window.session.redo()
    path = tmp_path / "case.gpkg"
    window.session.save_as(path)
    qtbot.waitUntil(lambda: path.exists() and window.is_idle(), timeout=20_000)
    (layer,) = read_case(path).document.layers.values()
    assert terms_of(layer) == stated


def test_what_the_service_states_stands_there_in_grey(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    known = {"licence": "CC BY 4.0", "link": "https://sky.example", "operator": "Sky Agency", "may_export": False}
    show(window, server, "ok", qtbot, **known)  # type: ignore[arg-type]
    fields = panel_of(window, qtbot).fields.fields
    greyed = {name: fields[name].placeholderText() for name in ("own_licence", "own_link", "provider", "credit")}
    assert greyed == {
        "own_licence": "CC BY 4.0 (as the service states)",
        "own_link": "https://sky.example (as the service states)",
        "provider": "Sky Agency (as the service states)",
        "credit": "Sky company (as the service states)",
    }
    assert fields["own_export"].currentText() == "Service forbids it"
    assert not fields["own_licence"].toPlainText()


@pytest.mark.bounded
def test_a_file_here_has_no_terms_of_a_service(window: MainWindow, qtbot: QtBot) -> None:
    window.session.new_case()
    source = {"shipped": "blue_marble.tif"}
    window.session.push(add_layer(window.session.document, "raster", "World", source, actor="a"))
    fields = panel_of(window, qtbot).fields.fields
    assert fields["sensor"].isVisible()
    assert not any(fields[name].isVisible() for name in TERMS_STATED)


@pytest.mark.bounded
def test_a_finding_leads_to_the_field_of_the_terms(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    show(window, server, "ok", qtbot)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    (finding,) = [one for group in shown.findings.groups for one in group.findings if one.rule == "image-terms"]
    shown.findings.cure_wanted.emit(finding)
    panel = window.findChildren(LayerPropertiesPanel)[-1]
    qtbot.waitUntil(lambda: panel.fields.fields["own_licence"].hasFocus(), timeout=20_000)
