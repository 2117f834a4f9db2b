"""Sliders go where they are clicked, their number is typed, and keys move them by what the number shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.viewer.conftest import shown
from viewer.panels.widgets.slider_field import SliderField, factor, percent

Key = Qt.Key


@pytest.fixture
def field(qtbot: QtBot) -> SliderField:
    field = shown(qtbot, SliderField(0.0, 1.0, percent), 300, 40)
    field.setAccessibleName("Opacity")
    field.show_value(1.0)
    field.heard = []  # type: ignore[attr-defined]
    field.committed.connect(field.heard.append)  # type: ignore[attr-defined]
    return field


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75])
def test_a_click_goes_there_in_one_step(field: SliderField, share: float) -> None:
    slider = field.slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.width() * share), slider.height() // 2))
    (value,) = field.heard  # type: ignore[attr-defined]
    assert value == pytest.approx(share, abs=0.04)


def test_a_press_beside_the_handle_drags_it_on(field: SliderField) -> None:
    slider = field.slider
    places = [QPoint(round(slider.width() * share), slider.height() // 2) for share in (0.5, 0.4, 0.3)]
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(slider, place)
    assert field.heard == []  # type: ignore[attr-defined]
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=places[-1])
    (value,) = field.heard  # type: ignore[attr-defined]
    assert value == pytest.approx(0.3, abs=0.04)


def test_keys_move_by_one_and_by_ten_of_what_is_shown(field: SliderField) -> None:
    field.slider.setFocus()
    QTest.keyClick(field.slider, Key.Key_Left)
    assert field.number.text() == "99 %"
    QTest.keyClick(field.slider, Key.Key_PageDown)
    assert field.number.text() == "89 %"
    field.flush()
    assert field.heard == [0.89]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "value"), [("37", 0.37), ("37 %", 0.37), ("12,5", 0.125), ("900", 1.0), ("-3", 0.0), ("−3", 0.0)]
)
def test_the_number_is_typed(field: SliderField, typed: str, value: float) -> None:
    field.number.selectAll()
    field.number.insert(typed)  # QTest types no minus sign
    QTest.keyClick(field.number, Key.Key_Return)
    assert field.heard == [pytest.approx(value)]  # type: ignore[attr-defined]
    field.show_value(value)
    assert field.number.text() == percent(value)


def test_what_is_no_number_goes_back(field: SliderField) -> None:
    field.number.selectAll()
    QTest.keyClicks(field.number, "half")
    QTest.keyClick(field.number, Key.Key_Return)
    assert field.heard == []  # type: ignore[attr-defined]
    assert field.number.text() == "100 %"
    assert field.number.accessibleName() == "Opacity, as a number"


def test_words_and_fine_numbers(qtbot: QtBot) -> None:
    cluster = shown(qtbot, SliderField(0.0, 120.0, lambda value: f"{value:.0f} px" if value else "off"), 300, 40)
    heard: list[float] = []
    cluster.committed.connect(heard.append)
    cluster.show_value(30.0)
    for typed in ("Off", "45 px"):
        cluster.number.selectAll()
        QTest.keyClicks(cluster.number, typed)
        QTest.keyClick(cluster.number, Key.Key_Return)
    assert heard == [0.0, 45.0]
    gamma = shown(qtbot, SliderField(0.2, 3.0, factor), 300, 40)
    assert (gamma.slider.singleStep(), gamma.slider.pageStep()) == (1, 10)
