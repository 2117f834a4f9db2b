"""Terms of services in products: imagery that may not stand in one keeps it from being issued, and terms are on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from tests.support.product_windows import ready
from tests.support.service_layers import show
from tests.support.tile_server import TileServer, serving
from viewer.app.window import MainWindow
from viewer.export.plates.maps.image_captions import image_facts, image_line
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.mark.parametrize("may_export", [True, False])
def test_imagery_whose_terms_forbid_it_keeps_a_product_from_being_issued(
    window: MainWindow, server: TileServer, qtbot: QtBot, may_export: bool
) -> None:
    show(window, server, "ok", qtbot, may_export=may_export, licence="CC-BY-4.0")
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    rules = {finding.rule for finding in shown.findings.blocking}
    assert ("licence-forbids" in rules) == (not may_export)


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ("CC BY 4.0", "Licence: CC BY 4.0, for non-commercial use only."),
        ("CC BY-NC-SA 4.0", "Licence: CC BY-NC-SA 4.0."),
        ("", "Licence: for non-commercial use only."),
    ],
)
def test_a_product_says_that_its_imagery_is_for_non_commercial_use(
    window: MainWindow, server: TileServer, qtbot: QtBot, licence: str, words: str
) -> None:
    show(window, server, "ok", qtbot, non_commercial=True, licence=licence)
    page = SimpleNamespace(shown=SimpleNamespace(frames=[window.scene]), view=window.canvas.viewport.view())
    (fact,) = image_facts(cast(MapOnPage, page))
    assert "Credit: Sky company" in image_line(fact)
    assert image_line(fact).endswith(words)
