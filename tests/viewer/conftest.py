"""Fixtures that tests of the window's rooms share: jobs that end with the test, and widgets that are seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.reading_inline import cases_inline, window_cases_inline
from viewer.support.jobs import Jobs

__all__ = ["cases_inline", "jobs", "shown", "window_cases_inline"]


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    assert jobs.shutdown()


def shown[W: QWidget](qtbot: QtBot, widget: W, width: int, height: int) -> W:
    """The widget, of this size and on the screen until the test ends."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget
