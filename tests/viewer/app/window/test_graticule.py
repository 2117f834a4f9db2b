"""View > Graticule in the real window: drawn, kept in the case, taken back by undo, never in the way."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from tests.support.pictures import pixels
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.canvas.graticule_painter import text_sizes
from viewer.commands.meta import graticule_of_case, set_graticule

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # as every menu offscreen
ROWS = {"": "graticule_off", **{name: f"graticule_{name.lower()}" for name in ("DD", "DMS", "UTM", "MGRS")}}


def checked(window: MainWindow) -> list[str]:
    return [name for name, row in ROWS.items() if window.action_table[row].isChecked()]


@pytest.mark.bounded
def test_it_is_drawn_kept_and_taken_back(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1366, 768)
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(Bounds(126.0, 51.0, 130.0, 53.0), 0.0)
    settle(window, qtbot)
    document, canvas = window.session.document, window.canvas
    pictures = {"": canvas.grab_picture()}
    assert checked(window) == [""]
    for notation in ("DD", "DMS", "UTM", "MGRS"):
        window.action_table[ROWS[notation]].trigger()
        settle(window, qtbot)
        assert (checked(window), graticule_of_case(document)) == ([notation], notation)
        pictures[notation] = canvas.grab_picture()
    differences = {
        (one, other): int((pixels(pictures[one]) != pixels(pictures[other])).any(axis=-1).sum())
        for one in pictures
        for other in pictures
        if one < other
    }
    assert min(differences.values()) > 500, differences
    window.action_table[ROWS["MGRS"]].trigger()
    assert checked(window) == ["MGRS"], "a second click leaves it"
    window.action_table["undo"].trigger()
    settle(window, qtbot)
    assert checked(window) == ["UTM"]
    assert (pixels(canvas.grab_picture()) == pixels(pictures["UTM"])).all()
    window.action_table[ROWS[""]].trigger()
    settle(window, qtbot)
    assert (pixels(canvas.grab_picture()) == pixels(pictures[""])).all()


@pytest.mark.bounded
def test_a_map_that_moves_keeps_its_lines(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.resize(1366, 768)
    window.views.show_bounds(Bounds(126.0, 51.0, 130.0, 53.0), 0.0)
    window.action_table[ROWS["UTM"]].trigger()
    settle(window, qtbot)
    canvas = window.canvas
    before = pixels(canvas.grab_picture())
    canvas.viewport.pan(40, 0)
    canvas.motion.moved(resting=False)
    moved = pixels(canvas.grab_picture())
    strip, wide = slice(200, 260), 100
    shown, was = moved[strip, 140 : 140 + wide].astype(int), before[strip, 180 : 180 + wide].astype(int)
    assert np.ptp(was) > 40
    assert np.abs(shown - was).max() <= 4, "the lines went with the map"
    canvas.motion.come_to_rest()
    settle(window, qtbot)
    assert canvas.is_idle()


def test_another_word_is_refused_and_counts_as_none(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    with pytest.raises(InvalidValue):
        set_graticule(window.session.document, "GARS", actor="t")
    assert graticule_of_case(window.session.document) == ""


def test_widths_hold_every_label(window: MainWindow) -> None:
    width, height = text_sizes(1.0)("128°15'30\" E")
    assert 50 < width < 90
    assert 10 < height < 16
    assert text_sizes(2.0)("128° E")[0] == pytest.approx(2 * text_sizes(1.0)("128° E")[0], rel=0.1)
