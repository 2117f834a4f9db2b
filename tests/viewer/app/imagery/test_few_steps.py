"""From a dated scene in view to a claim with a source: interactions, counted from the events that are delivered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.counted_steps import Counter
from tests.support.hands import click, write
from tests.support.windows import press, settle
from tests.viewer.app.imagery.conftest import AT, MIDDLE
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow

Key, Left, Nothing = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
MOST_TO_A_MARK, MOST_TO_A_CLAIM = 3, 4


def button(window: MainWindow, name: str) -> QAbstractButton:
    found = [one for one in window.findChildren(QAbstractButton) if one.accessibleName() == name and one.isVisible()]
    assert found, f"there is no button {name}"
    return found[0]


def tool_button(window: MainWindow, action: str) -> QWidget:
    found = window.toolbar.widgetForAction(window.action_table[action])
    assert found is not None
    return found


def check_mark(window: MainWindow, label: str) -> None:
    (site,) = window.session.document.sites.values()
    assert site.label == label
    image = window.session.document.images[site.image_uuid]
    assert (image.acquired_at, image.date_basis) == (AT, "metadata")
    assert site.pixel_m


def check_claim(window: MainWindow, statement: str) -> None:
    document = window.session.document
    ((claim,), (site,), (source,)) = (document.claims.values(), document.sites.values(), document.sources.values())
    assert claim.statement == statement
    assert [row.uuid for row in document.links.sites_of_claim(claim.uuid)] == [site.uuid]
    assert [link.source_uuid for link in document.links.claim_to_sources(claim.uuid)] == [source.uuid]
    assert (source.kind, source.acquired_at, source.date_basis) == ("imagery", AT, "metadata")
    assert site.position_source_uuid == source.uuid


@pytest.mark.bounded
def test_by_mouse_a_mark_takes_three_steps_and_its_claim_four_more(
    window: MainWindow, desk: Desk, counter: Counter, qtbot: QtBot
) -> None:
    click(tool_button(window, "tool_point"))
    desk.click(*MIDDLE)
    write("Pad 1S")
    press(Key.Key_Return)
    settle(window, qtbot)
    check_mark(window, "Pad 1S")
    to_mark = len(counter.told)
    click(button(window, "Judge something about this site"))
    settle(window, qtbot)
    write("A tower stands on the pad")
    click(button(window, "Cite the image behind the mark"))
    settle(window, qtbot)
    check_claim(window, "A tower stands on the pad")
    to_claim = len(counter.told) - to_mark
    print(f"by mouse: {to_mark} to a mark, {to_claim} more to a claim: {counter.told}")
    assert 0 < to_mark <= MOST_TO_A_MARK
    assert 0 < to_claim <= MOST_TO_A_CLAIM


@pytest.mark.bounded
def test_by_keyboard_a_mark_takes_three_steps_and_its_claim_four_more(
    window: MainWindow, desk: Desk, counter: Counter, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    press(Key.Key_Return)
    write("Pad 1S")
    press(Key.Key_Return)
    settle(window, qtbot)
    check_mark(window, "Pad 1S")
    to_mark = len(counter.told)
    press(Key.Key_J)
    settle(window, qtbot)
    write("A tower stands on the pad")
    press(Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    settle(window, qtbot)
    check_claim(window, "A tower stands on the pad")
    to_claim = len(counter.told) - to_mark
    print(f"by keyboard: {to_mark} to a mark, {to_claim} more to a claim: {counter.told}")
    assert 0 < to_mark <= MOST_TO_A_MARK
    assert 0 < to_claim <= MOST_TO_A_CLAIM


@pytest.mark.bounded
def test_a_second_claim_cites_the_same_source(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(*MIDDLE)
    press(Key.Key_Escape)
    for statement in ("One", "Two"):
        press(Key.Key_J)
        settle(window, qtbot)
        write(statement)
        press(Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        press(Key.Key_Escape)
    document = window.session.document
    (source,) = document.sources.values()
    assert len(document.claims) == 2
    assert all(
        [link.source_uuid for link in document.links.claim_to_sources(uuid)] == [source.uuid]
        for uuid in document.claims
    )


def test_the_image_is_cited_from_the_form_of_the_site(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(*MIDDLE)
    press(Key.Key_Escape)
    press(Key.Key_J)
    settle(window, qtbot)
    write("One")
    press(Key.Key_Escape)
    window.panel_context.panel_wanted.emit("site_form")
    settle(window, qtbot)
    cite = button(window, "Cite the image for a claim of this site")
    cite.setFocus()
    press(Key.Key_Space)
    (claim,) = window.session.document.claims.values()
    assert len(window.session.document.links.claim_to_sources(claim.uuid)) == 1
    assert not cite.isEnabled()
