"""Three bends of a real river over eight years: 24 rows by keys alone, and a product that says first and last seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from layers.product.gathering import content_of
from tests.support.counted_steps import Counter
from tests.support.observation_sheets import YEARS, rows_of, sheet_of, typed
from tests.support.product_windows import ready
from tests.support.windows import begin_on_map, opened, press, settle
from viewer.app.window import MainWindow
from viewer.commands.imagery.layer_dates import LayerDate, date_layers
from viewer.commands.sites import add_site

Key = Qt.Key
SCENES = Path(os.environ.get("GEOLOUPE_SCENES", "")) / "landsat_pucallpa_1985_2020"
BENDS = {
    "north": (
        (-74.5309, -8.3508),
        "++------",
        "first seen 1985; last seen 1990; not seen 1995, nor on 5 later images, the last of 2020",
    ),
    "west": ((-74.5050, -8.4729), "+-------", "last seen 1985; not seen 1990, nor on 6 later images, the last of 2020"),
    "east": (
        (-74.3107, -8.5213),
        "++++----",
        "first seen 1985; last seen 2000; not seen 2005, nor on 3 later images, the last of 2020",
    ),
}
"""For each bend a place in its main channel of 1985, what the images show there, and what follows."""


def keep_picture(widget: QWidget, name: str) -> None:
    """Keep a picture for a person to look at, where GEOLOUPE_PICTURES names a folder."""
    if folder := os.environ.get("GEOLOUPE_PICTURES"):
        widget.grab().save(str(Path(folder) / f"{name}.png"))


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The eight images, dated by the analyst, and three marks."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    settle(window, qtbot)
    for year in YEARS:
        opened(window, SCENES / f"{year}.tif", qtbot)
    session = window.session
    dates = {layer.uuid: LayerDate(layer.name[:4], "interval") for layer in session.document.layers.values()}
    session.push(date_layers(session.document, dates, actor="me"))
    for name, ((lon, lat), _, _) in BENDS.items():
        session.push(add_site(session.document, shapely.Point(lon, lat), actor="me", uuid=name, label=name))
    begin_on_map(window, qtbot)
    return window


@pytest.mark.bounded
@pytest.mark.skipif(not SCENES.is_dir(), reason="GEOLOUPE_SCENES names no folder with the scenes of Pucallpa")
def test_three_real_bends_are_24_rows_by_keys_and_a_product_says_first_and_last_seen(
    case: MainWindow, counter: Counter, qtbot: QtBot
) -> None:
    window, document = case, case.session.document
    counter.told.clear()
    sheet = sheet_of(window, qtbot, len(YEARS))
    while QApplication.focusWidget() is not sheet.target:
        press(Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        assert len(counter.told) < 20, counter.told
    typed("the main channel, not water")
    press(Key.Key_Return)
    sheet.view.setFocus()
    counter.told.clear()
    for _, letters, _ in BENDS.values():
        for letter in letters:
            typed(letter)
            if sheet.view.question.is_asking:
                typed("c")
            press(Key.Key_Right)
        press(Key.Key_Home)
        press(Key.Key_Down)
    keys = len(counter.told)
    assert not [step for step in counter.told if step.startswith("click")]
    rows = rows_of(document)
    assert len(rows) == 24
    assert keys <= 3 * len(rows), counter.told
    assert {row.target for row in rows.values()} == {"the main channel, not water"}
    content = content_of(document, list(BENDS))
    assert [site.seen for site in content.sites] == [
        f"the main channel, not water: {seen}" for _, _, seen in BENDS.values()
    ]
    for name, (_, letters, _) in BENDS.items():
        assert "".join({"present": "+", "absent": "-"}[rows[name, str(year)].presence] for year in YEARS) == letters
    qtbot.waitUntil(lambda: window.marks_then.hint.startswith("Marks as seen on 1985: 3 present"))
    settle(window, qtbot)
    keep_picture(window, "river_bends_sheet")
    window.selection.set(("east",))
    window.product_windows.begin()
    product = ready(window, qtbot)
    assert product.laid is not None
    seen = [site.seen for site in product.laid.content.sites]
    assert (
        "the main channel, not water: first seen 1985; last seen 2000; not seen 2005, nor on 3 later images, "
        "the last of 2020" in seen
    )
    keep_picture(product, "river_bends_product")
