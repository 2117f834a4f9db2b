"""Products and the map name the images that are seen on them, and no others, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.observation_sheets import with_scenes
from tests.support.product_windows import WAIT_MS, ready
from tests.support.windows import settle
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer


def credited(product: ProductWindow) -> list[str]:
    """The names of the images that the page tells of, the topmost first."""
    assert product.laid is not None
    (fact,) = product.laid.facts().maps
    return [image.name for image in fact.images if image.kind != "vector"]


@pytest.mark.bounded
def test_an_image_under_others_is_neither_credited_nor_judged(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with_scenes(window, tmp_path, qtbot)
    window.views.show_bounds(Bounds(10.02, 50.02, 10.08, 50.08), 0.0)
    settle(window, qtbot)
    window.product_windows.begin()
    product = ready(window, qtbot)
    qtbot.waitUntil(lambda: product.is_idle and credited(product) == ["1995"], timeout=WAIT_MS)
    assert product.laid is not None
    words = product.laid.facts().words_of()
    assert "1995" in words
    assert "1985" not in words
    assert not [row for group in product.findings.groups for row in group.findings if "1985" in row.where]
    top = next(uuid for uuid, row in window.session.document.layers.items() if row.name == "1995")
    window.session.push(update_layer(window.session.document, top, actor="me", opacity=0.5))
    qtbot.waitUntil(lambda: product.is_idle and credited(product) == ["1995", "1990"], timeout=WAIT_MS)


def test_the_map_credits_what_is_seen_once_it_rests_and_again_what_shows_through(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    with_scenes(window, tmp_path, qtbot)
    document = window.session.document
    for row in list(document.layers.values()):
        if row.kind == "raster":
            window.session.push(update_layer(document, row.uuid, actor="me", credit=f"Made in {row.name}"))
    window.views.show_bounds(Bounds(10.02, 50.02, 10.08, 50.08), 0.0)

    def made() -> list[str]:
        """The years of the scenes that the strip credits."""
        shown = window.canvas.pane.picture.credits
        return [year for year in ("1995", "1990", "1985") if any(f"Made in {year}" in text for text in shown)]

    qtbot.waitUntil(lambda: made() == ["1995"], timeout=WAIT_MS)
    top = next(uuid for uuid, row in document.layers.items() if row.name == "1995")
    window.session.push(update_layer(document, top, actor="me", opacity=0.5))
    qtbot.waitUntil(lambda: made() == ["1995", "1990"], timeout=WAIT_MS)
    window.session.push(update_layer(document, top, actor="me", visible=False))
    qtbot.waitUntil(lambda: made() == ["1990"], timeout=WAIT_MS)
