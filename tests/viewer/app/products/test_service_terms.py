"""Terms of services in products: imagery that may not stand in one keeps it from being issued, and terms are on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.document.layer import ALLOWED
from layers.product.facts import ImageFact
from layers.product.publishing import DRAFT
from layers.services.tile_service import TileService
from tests.support.product_windows import WAIT_MS, export_as, ready, settled
from tests.support.service_layers import show
from tests.support.tile_server import TileServer
from tests.viewer.app.conftest import Answers
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer, update_layer
from viewer.export.plates.maps.image_captions import image_facts, image_line
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def rules_in(shown: ProductWindow) -> set[str]:
    """The rules of all findings that stand."""
    return {finding.rule for group in shown.findings.groups for finding in group.findings}


@pytest.mark.bounded
@pytest.mark.parametrize("may_export", [True, False])
def test_imagery_whose_terms_forbid_it_keeps_a_product_from_being_issued(
    window: MainWindow, server: TileServer, qtbot: QtBot, may_export: bool
) -> None:
    show(window, server, "ok", qtbot, may_export=may_export, licence="CC-BY-4.0")
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    rules = {finding.rule for finding in shown.findings.blocking}
    assert ("licence-forbids" in rules) == (not may_export)


@pytest.mark.bounded
def test_not_even_a_draft_shows_it_until_its_terms_are_stated(
    window: MainWindow, server: TileServer, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    """The page shows it on the screen, and no name of a file is asked for; stated terms let it through."""
    show(window, server, "ok", qtbot, may_export=False)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    export_as(shown, DRAFT)
    qtbot.waitUntil(lambda: "allow a file that shows" in shown.said.text(), timeout=WAIT_MS)
    assert shown.said.text().startswith("Nothing is written: the terms of its service do not allow a file that shows")
    assert not [asked for asked in answers.asked if asked.startswith("write")]
    (layer,) = window.session.document.layers
    answers.path = tmp_path / "draft.png"
    window.panel_context.do(update_layer, layer, own_export=ALLOWED)
    qtbot.waitUntil(lambda: shown.is_idle and not shown.findings.blocking, timeout=WAIT_MS)
    shown.export()
    settled(window, qtbot)
    assert answers.path.exists()


@pytest.mark.bounded
def test_a_picture_of_the_map_is_not_copied_with_it(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    show(window, server, "ok", qtbot, may_export=False)
    QGuiApplication.clipboard().clear()
    window.action_table["copy_picture"].trigger()
    settled(window, qtbot)
    assert QGuiApplication.clipboard().image().isNull()
    assert any("do not allow a file that shows image “Sky”" in line.text for line in window.messages.lines())


@pytest.mark.bounded
def test_a_chip_of_the_view_is_not_taken_with_it(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    """Nor where it lies under another layer that may be kept: a chip of the view shows both."""
    show(window, server, "ok", qtbot, may_export=False)
    document = window.session.document
    service = encoded(TileService("Open", server.template("ok"), attribution="Open company"))
    window.session.push(add_layer(document, "tiles", "Open", service, actor="a"))
    settled(window, qtbot)
    window.action_table["take_chip"].trigger()
    qtbot.waitUntil(
        lambda: any("The terms of Sky do not allow" in line.text for line in window.messages.lines()),
        timeout=WAIT_MS,
    )
    assert not document.chips


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("terms", "warns"), [({}, True), ({"licence": "CC BY 4.0"}, False), ({"licence": "none"}, True)]
)
def test_a_product_warns_of_a_service_whose_terms_nobody_states(
    window: MainWindow, server: TileServer, qtbot: QtBot, terms: dict[str, str], warns: bool
) -> None:
    show(window, server, "ok", qtbot, **terms)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    (layer,) = window.session.document.layers
    assert ("image-terms" in rules_in(shown)) == warns
    assert not shown.findings.blocking
    if warns:
        window.panel_context.do(update_layer, layer, own_licence="Free for reports, by letter of May 2024")
        qtbot.waitUntil(
            lambda: shown.is_idle and "image-terms" not in rules_in(shown),
            timeout=WAIT_MS,
        )


@pytest.mark.bounded
@pytest.mark.parametrize("nearest", [False, True])
def test_a_caption_prints_the_date_of_the_imagery_once(
    window: MainWindow, server: TileServer, qtbot: QtBot, nearest: bool
) -> None:
    """The name of a layer of one day ends with that day."""
    show(window, server, "ok", qtbot, address_end="?t={time}", time="2024-04-12", nearest=nearest)
    (layer,) = window.session.document.layers
    window.panel_context.do(update_layer, layer, name="Sky, 2024-04-12")
    settled(window, qtbot)
    page = SimpleNamespace(
        shown=SimpleNamespace(frames=[window.scene]), view=window.canvas.viewport.view(), unseen=frozenset
    )
    (fact,) = image_facts(cast(MapOnPage, page))
    assert image_line(fact).startswith("Image: Sky, 12 April 2024")
    assert "2024-04-12" not in image_line(fact)
    assert image_line(fact).count("12 April 2024") == 1


@pytest.mark.parametrize(
    ("name", "date", "line"),
    [
        ("Sky, 2024-04-12", "12 April 2024", "Image: Sky, 12 April 2024."),
        ("Sky, 2024-04-12T10:30:00Z", "12 April 2024", "Image: Sky, 10:30 UTC, 12 April 2024."),
        ("Sky, 2024-04-12T10:30:00Z", "12 April 2024, 10:30 UTC", "Image: Sky, 12 April 2024, 10:30 UTC."),
        ("Sky, 2024-04-12/2024-04-14", "12 to 14 April 2024", "Image: Sky, 12 to 14 April 2024."),
        ("Sky, 2023", "12 April 2024", "Image: Sky, 2023, 12 April 2024."),
        ("Sky, 2024", "date unknown", "Image: Sky, 2024, date unknown."),
        ("Sky, red", "12 April 2024", "Image: Sky, red, 12 April 2024."),
        ("2024", "2024", "Image: 2024."),
    ],
)
def test_only_a_date_that_is_printed_beside_a_name_is_left_out_of_it(name: str, date: str, line: str) -> None:
    assert image_line(ImageFact("l", name, date=date)).startswith(line)


@pytest.mark.bounded
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
    page = SimpleNamespace(
        shown=SimpleNamespace(frames=[window.scene]), view=window.canvas.viewport.view(), unseen=frozenset
    )
    (fact,) = image_facts(cast(MapOnPage, page))
    assert "Credit: Sky company" in image_line(fact)
    assert image_line(fact).endswith(words)
