"""Images that nobody has looked at are counted outside the sheet: in the site's form, on the strip, and on pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.observation_sheets import sheet_of, typed, with_scenes
from tests.support.product_windows import WAIT_MS, ready
from tests.support.windows import begin_on_map, press, settle
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.panels.sites.site_form import SiteFormPanel

GAP = "last seen 1 August 1985; not seen 1 August 1995 (1 image between without a row); no row for 1 of 3 images"


@pytest.mark.bounded
def test_images_without_a_row_are_counted_in_form_strip_and_product(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """Gaps were in sight in the sheet alone: elsewhere "last seen; not seen" read as if all had been looked at."""
    with_scenes(window, tmp_path, qtbot)
    hidden = next(layer for layer in window.session.document.layers.values() if layer.name == "1990")
    window.session.push(update_layer(window.session.document, hidden.uuid, actor="me", visible=False))
    sheet = sheet_of(window, qtbot)
    site = sheet.desk.sheet.sites[0]
    typed("+")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    typed("-c")
    window.selection.set((site,))
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    qtbot.waitUntil(lambda: GAP in form.observation_line.text())
    window.docks.show_panel("panel_time_strip")
    strip = window.docks.time_strip.panel
    qtbot.waitUntil(lambda: GAP in strip.summary.text(), timeout=WAIT_MS)
    window.views.show_bounds(Bounds(10.0, 50.0, 10.1, 50.1), 0.0)
    settle(window, qtbot)
    window.product_windows.begin()
    product = ready(window, qtbot)
    qtbot.waitUntil(lambda: product.is_idle and product.laid is not None, timeout=WAIT_MS)
    assert product.laid is not None
    assert GAP in str(product.laid.facts().words_of())
    window.product_windows.close_all()
    begin_on_map(window, qtbot)
    sheet.view.setFocus()
    qtbot.waitUntil(sheet.view.hasFocus)
    press(Qt.Key.Key_Left)
    typed("-c")
    qtbot.waitUntil(lambda: "no row for" not in form.observation_line.text())
