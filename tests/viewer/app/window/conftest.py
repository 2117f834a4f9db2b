"""For tests that work with mouse and keyboard in the real window."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.windows import begin_on_map, settle
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow


def hand_on_map(window: MainWindow, qtbot: QtBot) -> Desk:
    """A hand on the map of a new case in the active window."""
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(Bounds(9.0, 49.8, 10.0, 50.6), 0.0)
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return Desk(window.canvas)


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> Desk:
    return hand_on_map(window, qtbot)
