"""Registering one image to another in the real window: found, shown, applied or left; and refused where it must be."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.placing.nudge import Nudge, read_nudge
from tests.support.content_hash import content_hash
from tests.support.shifted_pairs import pure_noise, true_pair, write_picture
from tests.support.windows import begin_on_map, settle
from tests.viewer.app.imagery.conftest import AddImage
from viewer.app.window import MainWindow
from viewer.commands.nudging import nudge_layer
from viewer.panels.layers.register_dialog import RegisterDialog
from viewer.panels.layers.registration import FoundShift, Registration
from viewer.panels.layers.residual_map import places_of

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

CORNER, PIXEL_M = (500_000.0, 5_700_000.0), 10.0


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.new_case()
    settle(window, qtbot)
    return window


def dialog_of(window: MainWindow, uuid: str, qtbot: QtBot) -> RegisterDialog:
    """Opened by the keyboard for a layer, and run."""
    window.panel_context.show_layer(uuid)
    begin_on_map(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChildren(RegisterDialog)[-1]
    assert "says nothing about where" in dialog.says_nothing.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)  # its default button
    qtbot.waitUntil(dialog.find_button.isEnabled, timeout=20_000)
    return dialog


def pixels(window: MainWindow) -> np.ndarray:
    image = window.canvas.grab_picture()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


@pytest.mark.bounded
def test_a_shift_is_found_shown_and_applied(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    moving_px, fixed_px, shift = true_pair(3)
    write_picture(tmp_path / "moving.tif", moving_px, CORNER, PIXEL_M, "EPSG:32652")
    write_picture(tmp_path / "fixed.tif", fixed_px, CORNER, PIXEL_M, "EPSG:32652")
    fixed, moving = add_image(tmp_path / "fixed.tif"), add_image(tmp_path / "moving.tif")
    case.views.show_layer(fixed)
    settle(case, qtbot)
    before, plain = content_hash(case.session.document), pixels(case)
    dialog = dialog_of(case, moving, qtbot)
    assert dialog.to.currentText() == "fixed"
    assert dialog.answer.text().startswith("Shift found: ")
    assert "parts" in dialog.residuals.text()
    assert dialog.apply_button.isEnabled()
    assert content_hash(case.session.document) == before
    assert (pixels(case) != plain).any()  # the residual map
    dialog.apply_button.setFocus()
    QTest.keyClick(dialog.apply_button, Qt.Key.Key_Space)
    settle(case, qtbot)
    assert not case.findChildren(RegisterDialog)
    nudge = read_nudge(case.session.document.layers[moving].nudge_json)
    assert nudge is not None
    truth = shift[0] * PIXEL_M / 0.9996, -shift[1] * PIXEL_M / 0.9996
    assert (nudge.dx_m, nudge.dy_m) == pytest.approx(truth, abs=2.0)  # a fifth of a pixel
    assert (nudge.how, nudge.against, nudge.by) == ("phase correlation", "fixed", case.session.actor)
    after = content_hash(case.session.document)
    case.session.history.stack.undo()
    assert content_hash(case.session.document) == before
    case.session.history.stack.redo()
    assert content_hash(case.session.document) == after

    # now they lie on each other: seen as the map shows them there is nothing left of it
    drawings = case.scene.drawings
    found: list[FoundShift | str] = []
    settle(case, qtbot)
    registration = Registration(drawings[moving], drawings[fixed], case)
    registration._look(case.canvas.viewport.view(), found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=10_000)
    (seen,) = found
    assert isinstance(seen, FoundShift)
    assert seen.registered.reliable, seen.registered.why
    assert (seen.registered.dx, seen.registered.dy) == pytest.approx((0.0, 0.0), abs=0.2)
    assert seen.nudge is not None
    assert (seen.nudge.dx_m, seen.nudge.dy_m) == pytest.approx((nudge.dx_m, nudge.dy_m), abs=2.5)


def test_a_fixed_layer_that_was_nudged_itself_counts_where_it_is_shown(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    picture = true_pair(4)[0]
    write_picture(tmp_path / "moving.tif", picture, CORNER, PIXEL_M, "EPSG:32652")
    write_picture(tmp_path / "fixed.tif", picture, CORNER, PIXEL_M, "EPSG:32652")
    fixed, moving = add_image(tmp_path / "fixed.tif"), add_image(tmp_path / "moving.tif")
    assert case.panel_context.do(nudge_layer, fixed, Nudge(70.0, -30.0, 129.0, 51.4))
    settle(case, qtbot)
    dialog = dialog_of(case, moving, qtbot)
    assert dialog.found is not None
    assert dialog.found.nudge is not None
    assert (dialog.found.nudge.dx_m, dialog.found.nudge.dy_m) == pytest.approx((70.0, -30.0), abs=1.0)
    dialog.reject()
    assert case.session.document.layers[moving].nudge_json == ""


@pytest.mark.bounded
def test_noise_is_not_reliable_and_nothing_is_moved(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    one, other, _ = pure_noise(1)
    write_picture(tmp_path / "one.tif", one, CORNER, PIXEL_M, "EPSG:32652")
    write_picture(tmp_path / "other.tif", other, CORNER, PIXEL_M, "EPSG:32652")
    add_image(tmp_path / "other.tif")
    uuid = add_image(tmp_path / "one.tif")
    before = content_hash(case.session.document)
    dialog = dialog_of(case, uuid, qtbot)
    assert dialog.answer.text().startswith("Not reliable, so nothing is moved. ")
    assert not dialog.apply_button.isEnabled()
    dialog.apply()
    assert content_hash(case.session.document) == before
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.bounded
def test_without_another_image_or_common_ground_a_sentence_says_so(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    picture = true_pair(1)[0]
    write_picture(tmp_path / "here.tif", picture, CORNER, PIXEL_M, "EPSG:32652")
    write_picture(tmp_path / "there.tif", picture, (700_000.0, 5_000_000.0), PIXEL_M, "EPSG:32652")
    here = add_image(tmp_path / "here.tif")
    case.panel_context.show_layer(here)
    case.action_table["register_layer"].trigger()
    dialog = case.findChildren(RegisterDialog)[-1]
    assert dialog.answer.text().startswith("No other image that is shown lies where “here” does")
    assert not dialog.find_button.isEnabled()
    dialog.reject()
    there = add_image(tmp_path / "there.tif")
    case.panel_context.show_layer(here)
    case.action_table["register_layer"].trigger()
    dialog = case.findChildren(RegisterDialog)[-1]
    assert dialog.answer.text().startswith("No other image that is shown lies where “here” does"), "it is far away"
    dialog.reject()
    found: list[FoundShift | str] = []
    Registration(*(case.scene.drawings[uuid] for uuid in (here, there)), case).find(
        case.canvas.viewport.view(), found.append
    )
    qtbot.waitUntil(lambda: bool(found), timeout=10_000)
    assert "no common ground" in str(found[0])


@pytest.mark.bounded
def test_only_images_of_the_same_ground_are_offered(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    """The topmost lies on another continent."""
    moving_px, fixed_px, _ = true_pair(3)
    for name, picture, corner in (
        ("fixed", fixed_px, CORNER),
        ("moving", moving_px, CORNER),
        ("far", fixed_px, (500_000.0, 1_700_000.0)),
    ):
        write_picture(tmp_path / f"{name}.tif", picture, corner, PIXEL_M, "EPSG:32652")
    _, moving, far = (add_image(tmp_path / f"{name}.tif") for name in ("fixed", "moving", "far"))
    assert case.session.document.layers_in_order()[-1].uuid == far
    dialog = dialog_of(case, moving, qtbot)
    assert [dialog.to.itemText(at) for at in range(dialog.to.count())] == ["fixed"]
    assert dialog.apply_button.isEnabled()
    dialog.reject()


@pytest.mark.bounded
def test_the_arrows_are_not_below_the_dialog(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    case.resize(1366, 768)
    moving_px, fixed_px, _ = true_pair(3)
    write_picture(tmp_path / "moving.tif", moving_px, CORNER, PIXEL_M, "EPSG:32652")
    write_picture(tmp_path / "fixed.tif", fixed_px, CORNER, PIXEL_M, "EPSG:32652")
    fixed, moving = add_image(tmp_path / "fixed.tif"), add_image(tmp_path / "moving.tif")
    case.views.show_layer(fixed)
    settle(case, qtbot)
    dialog = dialog_of(case, moving, qtbot)
    assert dialog.found is not None
    signs = places_of(case.canvas.viewport.view(), dialog.found.residuals)
    assert len(signs) >= 9
    covered = dialog.frameGeometry()
    assert covered.width() < 400
    corner = case.canvas.mapToGlobal(QPoint(0, 0))
    hidden = [sign for sign in signs if covered.contains(corner + QPoint(round(sign[0]), round(sign[1])))]
    assert hidden == []
    assert case.geometry().contains(covered.topLeft())
    dialog.reject()


def stretched(picture: np.ndarray, px: float) -> np.ndarray:
    """The same stretched from its middle, at its sides by so many pixels."""
    high, wide = picture.shape
    y, x = np.mgrid[:high, :wide].astype(np.float32)
    push = px * (x / wide * 2 - 1)
    return np.asarray(
        cv2.remap(picture, x + push.astype(np.float32), y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    )


@pytest.mark.bounded
def test_a_shift_smaller_than_its_parts_differ_is_not_significant(
    case: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    picture = true_pair(4)[0]
    write_picture(tmp_path / "fixed.tif", picture, CORNER, PIXEL_M, "EPSG:32652")
    write_picture(tmp_path / "moving.tif", stretched(picture, 0.9), CORNER, PIXEL_M, "EPSG:32652")
    add_image(tmp_path / "fixed.tif")
    uuid = add_image(tmp_path / "moving.tif")
    before = content_hash(case.session.document)
    dialog = dialog_of(case, uuid, qtbot)
    found = dialog.found
    assert found is not None
    assert found.registered.reliable, found.registered.why
    assert found.change_m < found.spread_m
    assert dialog.answer.text().startswith("Not significant, so nothing is moved: ")
    assert f"{found.spread_m:.3g} m by which the parts differ" in dialog.answer.text()
    assert not dialog.apply_button.isEnabled()
    dialog.apply()
    assert content_hash(case.session.document) == before
    dialog.reject()
    assert case.panel_context.do(nudge_layer, uuid, Nudge(80.0, 0.0, 129.0, 51.4))
    settle(case, qtbot)
    dialog = dialog_of(case, uuid, qtbot)
    assert dialog.apply_button.isEnabled(), "it was moved away, and is led back"
    dialog.reject()
