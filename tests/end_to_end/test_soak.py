"""Work that is done again and again leaves nothing behind: objects, widgets and memory stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.soak import Course, soaking

CYCLES = 16
HELD_BY_NOBODY = {"PySide6.QtCore.QPoint"}
"""A point a cycle stays, though no object of Python holds it: some hundred bytes, lost by PySide."""
HELD_BY_CACHES = {"layers.grid.tile_grid.TileKey", "layers.grid.tile_grid.View", "PySide6.QtGui.QImage"}
"""Tiles of views on the way fill the caches up to their bounds, how soon depends on the machine: 19 keys in an hour."""
MORE_MB = 10.0
"""Megabytes that may be more than before, half of one a cycle: a worker after a thousand tests swings by six."""


@pytest.mark.bounded
@pytest.mark.timeout(1200)
def test_equal_cycles_leave_nothing_behind(qapp: QApplication, tmp_path: Path) -> None:
    course = Course()
    with soaking(qapp, tmp_path) as soak:
        soak.make_case()
        for _ in range(CYCLES):
            soak.cycle()
            course.note(soak.standing())
    grown = course.grown()
    assert grown.keys() <= HELD_BY_NOBODY | HELD_BY_CACHES, grown
    assert all(count < CYCLES for count in grown.values())
    assert course.grown_mb() < MORE_MB
