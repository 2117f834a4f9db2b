"""A coordinate in any notation, read aloud before it is gone to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.coordinates import Notation
from viewer.app.navigation.go_to import GoToDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> GoToDialog:
    dialog = GoToDialog(Notation.DD)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _line(dialog: GoToDialog) -> QLineEdit:
    line = dialog.findChild(QLineEdit)
    assert line is not None
    return line


@pytest.mark.parametrize("text", ["51.884, 128.334", "51°53'02.4\"N 128°20'02.4\"E", "52U DC 54160 48346"])
def test_enter_goes_there(dialog: GoToDialog, text: str, qtbot: QtBot) -> None:
    qtbot.keyClicks(_line(dialog), text)
    assert "51.88" in dialog.readings()[0]
    with qtbot.waitSignal(dialog.place_chosen) as chosen:
        qtbot.keyClick(_line(dialog), Qt.Key.Key_Return)
    lon, lat, error_m = chosen.args
    assert (lon, lat) == (pytest.approx(128.334, abs=0.01), pytest.approx(51.884, abs=0.01))
    assert error_m > 0
    assert not dialog.isVisible()


def test_the_datum_moves_the_place(dialog: GoToDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(_line(dialog), "39.914, 116.404")
    plain = dialog.readings()[0]
    box = dialog.findChild(QComboBox)
    assert box is not None
    box.setCurrentText("GCJ-02")
    assert dialog.readings()[0] != plain
    assert "GCJ-02" in dialog.readings()[0]
    with qtbot.waitSignal(dialog.place_chosen) as chosen:
        qtbot.keyClick(_line(dialog), Qt.Key.Key_Return)
    assert chosen.args[:2] == [pytest.approx(116.39776, abs=1e-4), pytest.approx(39.91260, abs=1e-4)]


def test_what_is_no_coordinate_is_said(dialog: GoToDialog, qtbot: QtBot) -> None:
    heard: list[object] = []
    dialog.place_chosen.connect(lambda *place: heard.append(place))
    qtbot.keyClicks(_line(dialog), "where it hurts")
    assert dialog.readings() == []
    assert dialog.sentence().endswith(".")
    qtbot.keyClick(_line(dialog), Qt.Key.Key_Return)
    assert not heard
    assert dialog.isVisible()


def test_a_shape_is_gone_to_by_its_bounds(dialog: GoToDialog, qtbot: QtBot) -> None:
    _line(dialog).setText("POLYGON((128 51, 129 51, 129 52, 128 52, 128 51))")
    assert "WKT" in dialog.readings()[0]
    with qtbot.waitSignal(dialog.extent_chosen) as chosen:
        qtbot.keyClick(_line(dialog), Qt.Key.Key_Return)
    assert chosen.args == [Bounds(128, 51, 129, 52)]
