"""Letters on the map are the same whatever was written before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel

from viewer.canvas.labels.fonts import letters_path, map_font
from viewer.support.fonts import load_fonts

TEXT = "Power of Siberia, Восточный"
STYLES = [{}, {"bold": True}, {"italic": True}]


@pytest.mark.parametrize("style", STYLES)
def test_letters_do_not_depend_on_what_else_was_drawn(qtbot, style: dict[str, bool]) -> None:
    load_fonts()
    before = letters_path(QPointF(3, 14), map_font(12, **style), TEXT)
    label = QLabel(TEXT)
    qtbot.addWidget(label)
    label.grab()
    assert letters_path(QPointF(3, 14), map_font(12, **style), TEXT) == before


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [9, 12, 40])
def test_letters_have_the_size_and_the_place_of_the_font(qapp, size: int, style: dict[str, bool]) -> None:
    load_fonts()
    font = map_font(size, **style)
    drawn = letters_path(QPointF(100, 50), font, TEXT).boundingRect()
    metrics = QFontMetricsF(font)
    assert drawn.left() == pytest.approx(100, abs=0.15 * size)
    assert drawn.width() == pytest.approx(metrics.horizontalAdvance(TEXT), abs=0.25 * size)
    assert 50 - metrics.ascent() <= drawn.top() < 50 <= drawn.bottom() <= 50 + metrics.descent()
