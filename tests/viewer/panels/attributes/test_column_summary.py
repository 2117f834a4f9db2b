"""Statistics of a column as they are read."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.vector.columns import column_of
from layers.vector.expression.column_statistics import statistics_of
from viewer.panels.attributes.column_summary import ColumnSummary


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every popup offscreen
def test_all_numbers_set_their_thousands_apart_alike(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    for values, total in (([11_000.5, 445.25], "11\u202f445.75"), ([11_000, 445], "11\u202f445")):
        found = statistics_of(column_of("v", values), np.arange(2))
        summary = ColumnSummary("v", found, "", parent)
        assert dict(summary.lines)["Sum"] == total
