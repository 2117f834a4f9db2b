"""Photographs with a position in the real window: their camera's place becomes a mark by one click."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from tests.support.readers.tiny_photograph import write_photograph
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.layers.georeferencing_form import GeoreferencingForm
from viewer.panels.layers.place_dialog import PlaceDialog
from viewer.panels.search.palette import CommandPalette

PLACE = (31.5, 50.2508333)


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    return write_photograph(tmp_path / "IMG_0815.jpg", EXIF_OffsetTimeOriginal="+03:00")


def asked(window: MainWindow, path: Path, qtbot: QtBot) -> PlaceDialog:
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(PlaceDialog)), timeout=10_000)
    (dialog,) = (one for one in window.findChildren(PlaceDialog) if one.isVisible())
    settle(window, qtbot)
    return dialog


def click(button: QPushButton) -> None:
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def the_mark(window: MainWindow) -> Site:
    (mark,) = window.session.document.sites.values()
    return mark


def check_mark(window: MainWindow) -> None:
    mark = the_mark(window)
    assert (mark.mark_kind, mark.label, mark.observed_at) == ("photo", "IMG_0815", "2024-05-06T04:08:09Z")
    assert (mark.geometry.x, mark.geometry.y) == pytest.approx(PLACE)
    assert "Canon EOS R5" in mark.notes
    assert not mark.is_site
    assert window.selection.uuids == {mark.uuid}


def test_the_question_about_its_place_offers_to_mark_the_camera(
    window: MainWindow, photograph: Path, qtbot: QtBot
) -> None:
    dialog = asked(window, photograph, qtbot)
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert any("taken at 50.25083, 31.50000 with Canon EOS R5, 2024-05-06T04:08:09Z" in text for text in said)
    assert "IMG_0815.jpg is a photograph: it says where its camera was, not where the picture lies." in said
    assert "date is not known" not in dialog.numbers.text()
    click(dialog.camera_button)
    settle(window, qtbot)
    check_mark(window)
    assert not window.session.document.layers, "the picture itself is not added"
    assert window.canvas.viewport.centre_lonlat() == pytest.approx(PLACE, abs=1e-3)
    assert dialog.isVisible()
    assert not dialog.camera_button.isEnabled()
    dialog.reject()
    window.session.undo()
    assert not window.session.document.sites


@pytest.mark.bounded
def test_the_form_of_the_layer_and_the_menu_mark_it_too(window: MainWindow, photograph: Path, qtbot: QtBot) -> None:
    dialog = asked(window, photograph, qtbot)
    click(dialog.pixel_button)
    settle(window, qtbot)
    (layer,) = window.session.document.layers
    window.panel_context.show_layer(layer, raise_form=True)
    settle(window, qtbot)
    form = window.findChild(GeoreferencingForm)
    assert form is not None
    click(form.camera_button)
    settle(window, qtbot)
    check_mark(window)
    assert not window.views.is_off_earth, "the map of the Earth shows it"
    window.session.undo()
    assert not window.session.document.sites
    action = window.action_table["mark_camera"]
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    check_mark(window)
    steps = window.session.history.stack.count()
    action.trigger()
    assert window.session.history.stack.count() == steps, "it is marked already"
    check_mark(window)


@pytest.mark.bounded
def test_the_palette_finds_it(window: MainWindow, photograph: Path, qtbot: QtBot) -> None:
    dialog = asked(window, photograph, qtbot)
    click(dialog.pixel_button)
    settle(window, qtbot)
    window.panel_context.show_layer(next(iter(window.session.document.layers)))
    qtbot.waitUntil(window.action_table["mark_camera"].isEnabled)
    window.action_table["palette"].trigger()
    palette = window.findChildren(CommandPalette)[-1]
    QTest.keyClicks(palette.focusWidget() or palette, "camera")
    QTest.keyClick(palette.focusWidget() or palette, Qt.Key.Key_Return)
    settle(window, qtbot)
    check_mark(window)


@pytest.mark.bounded
def test_a_picture_without_a_position_offers_no_mark(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = write_photograph(tmp_path / "plain.jpg", EXIF_GPSLatitudeRef="", EXIF_GPSLatitude="")
    dialog = asked(window, path, qtbot)
    assert not hasattr(dialog, "camera_button")
    assert "Its date is not known." in dialog.numbers.text()
    click(dialog.pixel_button)
    settle(window, qtbot)
    window.panel_context.show_layer(next(iter(window.session.document.layers)), raise_form=True)
    settle(window, qtbot)
    form = window.findChild(GeoreferencingForm)
    assert form is not None
    assert form.camera_button.isHidden()
    assert not window.action_table["mark_camera"].isEnabled()
